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
                // `photos\anna.jpg` of a CSV written on Windows.
                if text.contains('\\') && !path.exists() { folder.join(text.replace('\\', "/")) } else { path }
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
