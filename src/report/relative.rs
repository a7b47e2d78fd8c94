//! Paths as people read them: from the source on, which they named themselves.

use std::borrow::Cow;
use std::path::{Path, PathBuf, absolute};

/// Where a run's photos are, as far as its source tells.
pub(super) struct Places {
    /// The source itself, and the folder that a list or the fixed part of a pattern is in.
    folders: Vec<PathBuf>,
}

impl Places {
    /// Finds them from the source alone, whatever there is by now.
    pub(super) fn of(source: Option<&str>) -> Self {
        let mut folders: Vec<PathBuf> = Vec::new();
        for folder in source.iter().flat_map(|source| Path::new(source).ancestors()) {
            folders.push(folder.to_path_buf());
            let is_pattern = |folder: &Path| folder.to_string_lossy().contains(['*', '?', '[']);
            if folders.len() > 1 && !is_pattern(folder) {
                break;
            }
        }
        // From the root on, a path would look like one from here on.
        folders.retain(|folder| folder.is_absolute() && folder.parent().is_some());
        Self { folders }
    }

    /// Returns the path from there on, or the whole path of a photo that is elsewhere.
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
            // Windows takes `..` away when it makes a path whole.
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
