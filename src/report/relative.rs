//! The paths that people read: they are relative to the source, which the user named.

use std::borrow::Cow;
use std::path::{Path, PathBuf, absolute};

/// The folders to which the paths of a run are relative.
pub(super) struct Places {
    /// The source itself, and the folder of the list or of the fixed part of a pattern.
    folders: Vec<PathBuf>,
}

impl Places {
    /// Finds the folders from the path of the source alone, without looking at the disk.
    pub(super) fn of(source: Option<&str>) -> Self {
        let mut folders: Vec<PathBuf> = Vec::new();
        for folder in source.iter().flat_map(|source| Path::new(source).ancestors()) {
            folders.push(folder.to_path_buf());
            let is_pattern = |folder: &Path| folder.to_string_lossy().contains(['*', '?', '[']);
            if folders.len() > 1 && !is_pattern(folder) {
                break;
            }
        }
        // A path relative to the root would look like one relative to the current folder.
        folders.retain(|folder| folder.is_absolute() && folder.parent().is_some());
        Self { folders }
    }

    /// Returns the path of a photo relative to one of the folders, or its whole path if it is elsewhere.
    pub(super) fn short<'p>(&self, photo: &'p str) -> Cow<'p, str> {
        let Ok(whole) = absolute(photo) else { return photo.into() };
        let below = |folder: &PathBuf| whole.strip_prefix(folder).ok().filter(|rest| !rest.as_os_str().is_empty());
        match self.folders.iter().find_map(below) {
            Some(rest) => rest.display().to_string().into(),
            None => photo.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::absolute;

    use super::Places;

    #[test]
    fn a_photo_is_named_from_its_source_on() {
        let here = |path: &str| absolute(path).expect("a path").display().to_string();
        for (source, photo, short) in [
            ("hr", "hr/sub/a.jpg", "sub/a.jpg"),
            ("hr/list.csv", "hr/photos/a.jpg", "photos/a.jpg"),
            ("hr/list.csv", "hr/../a.jpg", "../a.jpg"),
            ("hr/a.jpg", "hr/a.jpg", "a.jpg"),
            ("hr/**/[ab]*.jpg", "hr/sub/a.jpg", "sub/a.jpg"),
            ("hr/[old]", "hr/[old]/a.jpg", "a.jpg"),
            ("hr", "elsewhere/a.jpg", "elsewhere/a.jpg"),
            ("hr", "", ""),
        ] {
            let found = Places::of(Some(&here(source))).short(photo).replace('\\', "/");
            // Windows resolves `..` when it makes a path absolute.
            if cfg!(windows) && photo.contains("..") {
                continue;
            }
            assert_eq!(found, short, "{photo} of {source}");
        }
        for source in [None, Some("hr"), Some("/list.csv")] {
            assert_eq!(Places::of(source).short("hr/a.jpg"), "hr/a.jpg", "{source:?}");
        }
    }
}
