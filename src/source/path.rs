//! Turning the text of a CSV field into a path on this machine.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;

use super::Problem;
use super::spelling::{FolderIndex, has_lost_letter, percent_decoded, plain};

/// The number of files of a folder that are looked at one by one, before the folder is listed to know of all of them.
const LOOKS_A_FOLDER: usize = 16;

/// How to resolve the texts of the photo column.
pub(super) enum Resolver {
    /// As paths, relative to the folder of the CSV file.
    BesideCsv(Beside),
    /// By the file name alone, in one folder.
    InFolder(FolderIndex),
    /// Not at all, because only the users are needed.
    Nowhere,
}

impl Resolver {
    /// Returns whether only the users are needed.
    pub(super) fn is_nowhere(&self) -> bool {
        matches!(self, Self::Nowhere)
    }
}

/// The folder of a CSV file, and what is known about folders to which the list leads.
pub(super) struct Beside {
    folder: PathBuf,
    /// How often the files of each folder were looked at.
    looks: RefCell<HashMap<PathBuf, usize>>,
    /// The folders that were listed; `None` if a folder could not be read.
    seen: RefCell<HashMap<PathBuf, Option<FolderIndex>>>,
}

impl Resolver {
    /// Returns the path of the photo that `text` names. Whether the file exists shows only when it is read.
    ///
    /// # Errors
    /// When the file certainly does not exist, and more can be said about it.
    pub(super) fn resolve(&self, text: &str) -> Result<PathBuf, Problem> {
        let text = &*local(text);
        match self {
            Self::Nowhere => Ok(PathBuf::new()),
            Self::InFolder(index) => index.find(last_part(text)),
            Self::BesideCsv(_) if text.contains("://") => Err(Problem::WebAddress),
            Self::BesideCsv(beside) => beside.find(text),
        }
    }
}

impl Beside {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, looks: RefCell::default(), seen: RefCell::default() }
    }

    fn find(&self, text: &str) -> Result<PathBuf, Problem> {
        if !cfg!(windows) && is_windows(text) {
            return Ok(PathBuf::from(text));
        }
        let path = self.folder.join(text);
        // Most names are not checked, because on a network share every check takes time. What may need another spelling
        // is checked.
        let is_plain = text.is_ascii() && !text.contains(['%', '?']) && (cfg!(windows) || !text.contains('\\'));
        if is_plain || self.exists(&path) {
            return Ok(path);
        }
        // Try other spellings: `photos\anna.jpg` in a CSV written on Windows; ü as one character, or as two as macOS
        // writes it; unusual spaces and invisible characters, which web pages have.
        let text = if cfg!(windows) { text.to_owned() } else { text.replace('\\', "/") };
        let forms = [text.clone(), plain(&text)].into_iter().chain(percent_decoded(&text));
        let forms = forms.flat_map(|form| [form.nfc().collect::<String>(), form.nfd().collect()]);
        let path = self.folder.join(&text);
        match forms.map(|form| self.folder.join(form)).find(|form| self.exists(form)) {
            Some(found) => Ok(found),
            // The prefix of long Windows paths has a question mark, too.
            None if has_lost_letter(text.trim_start_matches(r"\\?\")) => Err(self.lost_letter(&path)),
            None => Ok(path),
        }
    }

    /// Returns whether a file exists. A list may have thousands of names that are to be checked: their folder is then
    /// listed once.
    fn exists(&self, path: &Path) -> bool {
        let folder = folder_of(path);
        let mut looks = self.looks.borrow_mut();
        let looks = looks.entry(folder.to_path_buf()).or_default();
        *looks += 1;
        *looks > LOOKS_A_FOLDER && self.index(path, |index, name| index.has(name)).unwrap_or(false) || path.exists()
    }

    fn lost_letter(&self, path: &Path) -> Problem {
        let unknown = Problem::Misspelled { there_is: None, lost_letter: true };
        self.index(path, FolderIndex::lost_letter).unwrap_or(unknown)
    }

    /// Asks the listing of a path's folder about its name; `None` if the folder cannot be read.
    fn index<T>(&self, path: &Path, ask: impl FnOnce(&FolderIndex, &str) -> T) -> Option<T> {
        let folder = folder_of(path);
        let mut seen = self.seen.borrow_mut();
        let index = seen.entry(folder.to_path_buf()).or_insert_with(|| FolderIndex::read(folder).ok());
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        index.as_ref().map(|index| ask(index, &name))
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Returns the path in a `file:` address, which browsers and Office write; any other text is returned as it is.
fn local(text: &str) -> Cow<'_, str> {
    let Some(address) = text.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("file:")).map(|_| &text[5..]) else {
        return text.into();
    };
    let decoded = percent_decoded(address).unwrap_or_else(|| address.to_owned());
    let path = decoded.trim_start_matches('/');
    let slashes = decoded.len() - path.len();
    if is_windows(path) {
        return path.to_owned().into();
    }
    // file://server/share/anna.jpg and file:////server/share/anna.jpg are on a share; file:///home/anna.jpg and
    // file:/home/anna.jpg are on this machine.
    match slashes {
        2 if !path.starts_with("localhost/") => format!(r"\\{}", path.replace('/', r"\")).into(),
        2 => path["localhost".len()..].to_owned().into(),
        0 => path.to_owned().into(),
        4.. => format!(r"\\{}", path.replace('/', r"\")).into(),
        _ => format!("/{path}").into(),
    }
}

/// Returns the file name of a path on any system, or of a web address.
fn last_part(text: &str) -> &str {
    let path = if text.contains("://") { text.split(['?', '#']).next().unwrap_or(text) } else { text };
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Returns whether `path` is an absolute path on Windows: `C:\…`, `C:/…` or `\\server\share\…`.
pub(super) fn is_windows(path: &str) -> bool {
    let mut start = path.chars();
    let drive = start.next().is_some_and(|c| c.is_ascii_alphabetic()) && start.next() == Some(':');
    path.starts_with(r"\\") || drive && start.next().is_some_and(|c| matches!(c, '\\' | '/'))
}

#[cfg(test)]
mod tests {
    use super::{last_part, local};

    #[test]
    fn addresses_of_files_are_paths() {
        for (address, path) in [
            ("file:///C:/Photos/anna%20m.jpg", "C:/Photos/anna m.jpg"),
            ("FILE:///home/anna.jpg", "/home/anna.jpg"),
            ("file:/home/anna.jpg", "/home/anna.jpg"),
            ("file://localhost/home/anna.jpg", "/home/anna.jpg"),
            ("file://fs01/hr/M%C3%BCller.jpg", r"\\fs01\hr\Müller.jpg"),
            ("file:////fs01/hr/a.jpg", r"\\fs01\hr\a.jpg"),
            ("files/a.jpg", "files/a.jpg"),
            ("100%.jpg", "100%.jpg"),
        ] {
            assert_eq!(local(address), path);
        }
        assert_eq!(last_part("https://hr.example.test/p/a2.jpg?size=large#x"), "a2.jpg");
        assert_eq!(last_part(r"C:\p\a?.jpg"), "a?.jpg");
    }
}

/// Tests on Linux, where these spellings are different files. macOS and Windows find files in ways of their own.
#[cfg(all(test, target_os = "linux"))]
mod linux_tests {
    use super::{Beside, FolderIndex, Problem, Resolver};

    #[test]
    fn a_name_is_found_in_either_form_of_unicode() {
        let folder = tempfile::tempdir().expect("a folder");
        let [composed, decomposed] = ["m\u{fc}ller.jpg", "mu\u{308}ller.jpg"];
        let resolver = Resolver::BesideCsv(Beside::new(folder.path().to_path_buf()));
        let found = |name: &str| {
            let path = resolver.resolve(name).expect("a path");
            path.file_name().map(|name| name.to_string_lossy().into_owned())
        };
        std::fs::create_dir(folder.path().join("hr")).expect("a folder");
        std::fs::write(folder.path().join("hr").join(decomposed), "").expect("is written");
        assert_eq!(found(&format!(r"hr\{composed}")).as_deref(), Some(decomposed));
        assert_eq!(found(&format!("hr/{composed}")).as_deref(), Some(decomposed));
        std::fs::write(folder.path().join("hr").join(composed), "").expect("is written");
        assert_eq!(found(&format!("hr/{composed}")).as_deref(), Some(composed), "that very name goes first");
        assert_eq!(found("hr/m\u{fc}.jpg").as_deref(), Some("m\u{fc}.jpg"), "and is what an error names");
    }

    /// The folder is listed once, and then many names are found that would be looked at one by one.
    #[test]
    fn many_names_are_found_as_the_folder_has_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let resolver = Resolver::BesideCsv(Beside::new(folder.path().to_path_buf()));
        let name = |number: usize| format!("m\u{fc}ller{number}.jpg");
        for number in (0..200).step_by(2) {
            std::fs::write(folder.path().join(name(number)), "").expect("is written");
        }
        std::fs::write(folder.path().join("MU\u{308}LLER100.jpg"), "").expect("is written");
        std::fs::write(folder.path().join("mu\u{308}ller101.jpg"), "").expect("is written");
        for number in 0..200 {
            let expected = if number == 101 { "mu\u{308}ller101.jpg".to_owned() } else { name(number) };
            assert_eq!(resolver.resolve(&name(number)).expect("a path"), folder.path().join(expected));
        }
    }

    #[test]
    fn a_name_is_found_as_web_pages_and_browsers_write_it() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["anna m.jpg", "B.jpg", "100%41.jpg"] {
            std::fs::write(folder.path().join(name), "").expect("is written");
        }
        let index = FolderIndex::read(folder.path()).expect("an index");
        for resolver in [Resolver::BesideCsv(Beside::new(folder.path().to_path_buf())), Resolver::InFolder(index)] {
            for (name, file) in [
                ("anna\u{a0}m.jpg", "anna m.jpg"),
                ("an\u{ad}na m.jpg", "anna m.jpg"),
                ("anna%20m.jpg", "anna m.jpg"),
                ("100%41.jpg", "100%41.jpg"),
            ] {
                assert_eq!(resolver.resolve(name).expect("a path"), folder.path().join(file), "{name}");
            }
        }
    }

    #[test]
    fn a_letter_that_was_lost_is_looked_for_beside_the_list() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("hr")).expect("a folder");
        std::fs::write(folder.path().join("hr/Meier_Łukasz.jpg"), "").expect("is written");
        let resolver = Resolver::BesideCsv(Beside::new(folder.path().to_path_buf()));
        for (name, file) in [(r"hr\Meier_?ukasz.jpg", Some("Meier_Łukasz.jpg")), ("gone/?.jpg", None), ("?.jpg", None)]
        {
            let Err(Problem::Misspelled { there_is, lost_letter: true }) = resolver.resolve(name) else {
                panic!("{name}")
            };
            assert_eq!(there_is.as_deref(), file);
        }
        std::fs::write(folder.path().join("why?.jpg"), "").expect("is written");
        assert!(resolver.resolve("why?.jpg").is_ok(), "Linux has such names");
    }
}
