//! Finding files whose names a list spells differently: in another case, in another form of Unicode, or with lost
//! letters.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;

use super::Problem;
use crate::terminal::is_invisible;

/// Extensions of JPEG files, which people confuse.
const JPEG_ENDINGS: [&str; 4] = ["jpg", "jpeg", "jpe", "jfif"];

/// The files of one folder, by their [`folded`] names.
pub(super) struct FolderIndex {
    folder: PathBuf,
    /// The file for each folded name; `None` if several files differ only in what folding removes.
    folded: HashMap<String, Option<PathBuf>>,
}

impl FolderIndex {
    pub(super) fn read(folder: &Path) -> io::Result<Self> {
        let mut names: HashMap<String, Option<PathBuf>> = HashMap::new();
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            names
                .entry(folded(&entry.file_name().to_string_lossy()))
                .and_modify(|several| *several = None)
                .or_insert_with(|| Some(entry.path()));
        }
        Ok(Self { folder: folder.to_path_buf(), folded: names })
    }

    /// Returns the file with this name: exactly, or else the only one with the same [`folded`] name.
    ///
    /// # Errors
    /// When there is none, but another file may be meant.
    pub(super) fn find(&self, name: &str) -> Result<PathBuf, Problem> {
        let exact = self.folder.join(name);
        if self.has(name) || exact.exists() {
            return Ok(exact);
        }
        let found = self.nearly(name).or_else(|| self.nearly(&percent_decoded(name)?));
        found.map_or_else(|| self.similar(name).map_or(Ok(exact), Err), Ok)
    }

    /// Returns whether the folder's listing had a file with exactly this name. If not, there may be one all the same: it
    /// is unknown if several names differ only in what folding removes, and the system may have names of its own.
    pub(super) fn has(&self, name: &str) -> bool {
        let file = self.folded.get(&folded(name)).and_then(Option::as_ref);
        file.and_then(|file| file.file_name()).is_some_and(|found| found == name)
    }

    fn nearly(&self, name: &str) -> Option<PathBuf> {
        self.folded.get(&folded(name)).cloned().flatten()
    }

    /// Suggests a file for a name that no file has. The suggestion is not used: a doubtful name fails.
    fn similar(&self, name: &str) -> Option<Problem> {
        if has_lost_letter(name) {
            return Some(self.lost_letter(name));
        }
        let (stem, ending) = name.rsplit_once('.')?;
        let is_jpeg = JPEG_ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known));
        let found = JPEG_ENDINGS.iter().find_map(|ending| self.nearly(&format!("{stem}.{ending}")));
        let there_is = found.filter(|_| is_jpeg)?;
        Some(Problem::Misspelled { there_is: Some(file_name(&there_is)), lost_letter: false })
    }

    /// Returns the problem of a name with lost letters. It suggests the file that fits, if there is only one.
    pub(super) fn lost_letter(&self, name: &str) -> Problem {
        let wanted: Vec<char> = folded(name).chars().collect();
        let fits = |(name, _): &(&String, &PathBuf)| {
            let fits = |(wanted, letter): (&char, char)| is_lost(*wanted) || *wanted == letter;
            name.chars().count() == wanted.len() && wanted.iter().zip(name.chars()).all(fits)
        };
        let files = self.folded.iter().filter_map(|(name, file)| Some((name, file.as_ref()?)));
        let mut found = files.filter(fits);
        let there_is = found.next().filter(|_| found.next().is_none()).map(|(_, file)| file_name(file));
        Problem::Misspelled { there_is, lost_letter: true }
    }
}

/// Folds a name, so that names are equal if they differ only in case, in the form of Unicode or in the kind of spaces.
/// The program that wrote the list may ignore these differences: Windows does so, and web pages have other spaces.
fn folded(name: &str) -> String {
    plain(&name.nfc().collect::<String>()).to_lowercase()
}

/// Removes invisible characters and turns all kinds of spaces into the usual one.
pub(super) fn plain(name: &str) -> String {
    let visible = name.chars().filter(|&c| !is_invisible(c));
    visible.map(|c| if c.is_whitespace() { ' ' } else { c }).collect()
}

/// Decodes `anna%20m.jpg` to `anna m.jpg`; `None` if nothing is encoded, or not as UTF-8.
pub(super) fn percent_decoded(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    let before = bytes.len();
    for part in parts {
        let digits = part.get(..2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).ok().filter(|_| before < text.len())
}

/// Returns whether a letter was lost in an encoding that does not have it. It shows as `?`, which no file name on
/// Windows can have.
pub(super) fn has_lost_letter(name: &str) -> bool {
    name.contains(is_lost)
}

fn is_lost(letter: char) -> bool {
    matches!(letter, '?' | char::REPLACEMENT_CHARACTER)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(all(test, unix))]
mod tests {
    use super::{FolderIndex, Problem, percent_decoded};

    #[test]
    fn what_may_be_meant_is_named_and_not_taken() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["Meier_Łukasz.jpg", "a8.jpg", "x1.jpg", "x2.jpg"] {
            std::fs::write(folder.path().join(name), "").expect("is written");
        }
        let index = FolderIndex::read(folder.path()).expect("an index");
        let there_is = |name: &str| match index.find(name) {
            Err(Problem::Misspelled { there_is, lost_letter }) => Some((there_is, lost_letter)),
            _ => None,
        };
        assert_eq!(there_is("Meier_?ukasz.jpg"), Some((Some("Meier_Łukasz.jpg".to_owned()), true)));
        assert_eq!(there_is("meier_\u{fffd}ukasz.jpg"), Some((Some("Meier_Łukasz.jpg".to_owned()), true)));
        assert_eq!(there_is("x?.jpg"), Some((None, true)), "one of two is not named");
        assert_eq!(there_is("a8.JPEG"), Some((Some("a8.jpg".to_owned()), false)));
        assert_eq!(there_is("a8.png"), None);
    }

    #[test]
    fn only_what_was_encoded_is_decoded() {
        assert_eq!(percent_decoded("M%C3%BCller%20a.jpg").as_deref(), Some("Müller a.jpg"));
        assert_eq!(percent_decoded("100%.jpg"), None);
        assert_eq!(percent_decoded("a.jpg"), None);
    }
}
