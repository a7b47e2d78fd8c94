//! From the text of a CSV field to a path on this machine.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;

/// Resolves the photo column of a CSV file.
pub(super) enum Resolver {
    /// Relative to the folder of the CSV file.
    BesideCsv(PathBuf),
    /// By file name alone, in a folder.
    InFolder(FolderIndex),
}

/// The files of one folder, by exact name and by name in NFC and lower case.
pub(super) struct FolderIndex {
    folder: PathBuf,
    /// `None` where several files differ only in case.
    folded: HashMap<String, Option<PathBuf>>,
}

impl FolderIndex {
    pub(super) fn read(folder: &Path) -> io::Result<Self> {
        let mut folded: HashMap<String, Option<PathBuf>> = HashMap::new();
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            folded
                .entry(fold(&entry.file_name().to_string_lossy()))
                .and_modify(|several| *several = None)
                .or_insert_with(|| Some(entry.path()));
        }
        Ok(Self { folder: folder.to_path_buf(), folded })
    }

    /// The file of that name: exactly, or else the only one that differs in case or Unicode form, as Windows, where
    /// the CSV may have been written, tells no difference.
    fn find(&self, name: &str) -> PathBuf {
        let exact = self.folder.join(name);
        if exact.exists() {
            return exact;
        }
        self.folded.get(&fold(name)).cloned().flatten().unwrap_or(exact)
    }
}

fn fold(name: &str) -> String {
    name.nfc().collect::<String>().to_lowercase()
}

impl Resolver {
    /// Where the photo named `text` should be; whether it is there shows when it is read.
    pub(super) fn resolve(&self, text: &str) -> PathBuf {
        match self {
            Self::InFolder(index) => index.find(text.rsplit(['/', '\\']).next().unwrap_or(text)),
            Self::BesideCsv(folder) => {
                if cfg!(windows) {
                    return folder.join(text);
                }
                if is_windows(text) {
                    return PathBuf::from(text);
                }
                let path = folder.join(text);
                // Not asked of every file: on a share each answer takes its time.
                if text.is_ascii() && !text.contains('\\') || path.exists() {
                    return path;
                }
                // `photos\anna.jpg` of a CSV written on Windows; ü of one character, or of two as macOS writes it.
                let slashes = text.replace('\\', "/");
                let forms = [slashes.nfc().collect::<String>(), slashes.nfd().collect()];
                let found = forms.into_iter().map(|form| folder.join(form)).find(|form| form.exists());
                found.unwrap_or_else(|| folder.join(slashes))
            }
        }
    }
}

/// Whether `path` is absolute on Windows: `C:\…`, `C:/…` or `\\server\share\…`.
pub(super) fn is_windows(path: &str) -> bool {
    let mut start = path.chars();
    let drive = start.next().is_some_and(|c| c.is_ascii_alphabetic()) && start.next() == Some(':');
    path.starts_with(r"\\") || drive && start.next().is_some_and(|c| matches!(c, '\\' | '/'))
}

/// On Linux, which tells the forms apart; macOS and Windows find the file in their own ways.
#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::Resolver;

    #[test]
    fn a_name_is_found_in_either_form_of_unicode() {
        let folder = tempfile::tempdir().expect("a folder");
        let [composed, decomposed] = ["m\u{fc}ller.jpg", "mu\u{308}ller.jpg"];
        let resolver = Resolver::BesideCsv(folder.path().to_path_buf());
        let found = |name: &str| resolver.resolve(name).file_name().map(|name| name.to_string_lossy().into_owned());
        std::fs::create_dir(folder.path().join("hr")).expect("a folder");
        std::fs::write(folder.path().join("hr").join(decomposed), "").expect("is written");
        assert_eq!(found(&format!(r"hr\{composed}")).as_deref(), Some(decomposed));
        assert_eq!(found(&format!("hr/{composed}")).as_deref(), Some(decomposed));
        std::fs::write(folder.path().join("hr").join(composed), "").expect("is written");
        assert_eq!(found(&format!("hr/{composed}")).as_deref(), Some(composed), "that very name goes first");
        assert_eq!(found("hr/m\u{fc}.jpg").as_deref(), Some("m\u{fc}.jpg"), "and is what an error names");
    }
}
