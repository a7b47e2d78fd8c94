//! The file name of each photo's thumbnail. The disk is looked at only to find out whether a thumbnail would take the place
//! of a photo.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::thread::ScopedJoinHandle;

use unicode_normalization::UnicodeNormalization;

use super::Folder;
use super::device::is_device;
use crate::failure::Advice;
use crate::source::{Key, Photo};

/// The longest file name that every file system accepts, in bytes.
pub(super) const MAX_BYTES: usize = 255;
pub(super) const EXTENSION: &str = ".jpg";
/// The maximum number of other photos that a message names.
const MAX_NAMED: usize = 3;

/// The name of a file, without a folder.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FileName(String);

impl FileName {
    pub(super) fn new(name: &str) -> Self {
        Self(name.to_owned())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<Path> for FileName {
    fn as_ref(&self) -> &Path {
        Path::new(&self.0)
    }
}

/// The reason why no file is written for a photo.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Clash {
    /// The text that names the user cannot be the name of a file.
    #[error("{name} cannot be the name of a file: {why}")]
    NotAFileName { name: String, why: &'static str },
    /// Several photos would get the same file name.
    #[error("several photos would become {name}: also {}", others.join(", "))]
    SeveralPhotos {
        /// The file name.
        name: String,
        /// Some of the other photos.
        others: Vec<String>,
    },
    /// The list names the same photo for the same user a second time.
    #[error("{name} is made from this photo already: {earlier}")]
    Repeated {
        /// The file name.
        name: String,
        /// The row that names it first.
        earlier: String,
    },
    /// The thumbnail would overwrite one of the photos.
    #[error("the thumbnail would replace {}, which is one of the photos", .0.display())]
    IsAPhoto(PathBuf),
    /// Two different paths of the list lead to one file in the folder of `--photo-dir`.
    #[error("the list names {named} here and {other} elsewhere, but both lead to {}", path.display())]
    SameFile {
        /// The path in this row.
        named: String,
        /// The path in another row.
        other: String,
        /// The file to which both lead.
        path: PathBuf,
    },
}

impl Advice for Clash {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::NotAFileName { .. } => "rename the file, or use a column of the list with plain names",
            Self::SeveralPhotos { .. } => "keep only the right one; none was written",
            Self::Repeated { .. } => return None,
            Self::IsAPhoto(_) => "name another folder for the thumbnails",
            Self::SameFile { .. } => "give the files different names, or leave out --photo-dir; none was written",
        };
        Some(advice.into())
    }
}

/// The number of photos that are looked for at the same time.
const LOOKS_AT_ONCE: usize = 32;

/// Returns the file name in `folder` for each photo, in the order of the photos.
#[must_use]
pub fn names(photos: &[&Photo], folder: &Folder) -> Vec<Result<FileName, Clash>> {
    let mut names: Vec<_> = photos.iter().map(|photo| file_name(&photo.key)).collect();
    leave_out_repeated(photos, &mut names);
    refuse_same_names(photos, &mut names);
    refuse_same_files(photos, &mut names);
    let mut originals = listed_in(photos, folder);
    // Links can lead to a file only if it is there.
    if names.iter().flatten().any(is_there(folder)) {
        originals.extend(all_places(photos));
    }
    for name in &mut names {
        let Ok(found) = name else { continue };
        if originals.contains(&folded(&folder.real_path.join(&found))) {
            *name = Err(Clash::IsAPhoto(folder.path_of(found)));
        }
    }
    names
}

/// Returns where the photos are that the list names in `folder` itself, whether they are there or not: a thumbnail that is
/// saved before such a photo is read would be taken for it.
fn listed_in(photos: &[&Photo], folder: &Folder) -> HashSet<String> {
    let mut parents = HashMap::new();
    let mut is_folder = |parent: &Path| {
        let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        let look = || parent.canonicalize().is_ok_and(|found| folded(&found) == folded(&folder.real_path));
        *parents.entry(parent.to_path_buf()).or_insert_with(look)
    };
    let named = photos.iter().filter(|photo| photo.path.parent().is_some_and(&mut is_folder));
    named.filter_map(|photo| photo.path.file_name()).map(|name| folded(&folder.real_path.join(name))).collect()
}

/// Returns a test for names that the folder has already, or may have.
fn is_there(folder: &Folder) -> impl Fn(&FileName) -> bool {
    let entries = std::fs::read_dir(&folder.real_path).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
    let there = entries.map(|entries| entries.iter().map(|entry| folded(entry.file_name().as_ref())).collect());
    let there: Option<HashSet<String>> = there.ok();
    move |name| there.as_ref().is_none_or(|there| there.contains(&folded(name.as_ref())))
}

/// Returns where the photos are. On a share, each takes a round trip, so many are looked for at the same time.
fn all_places(photos: &[&Photo]) -> HashSet<String> {
    let some = |photos: &[&Photo]| photos.iter().flat_map(|photo| places(&photo.path)).collect::<Vec<String>>();
    std::thread::scope(|scope| {
        let parts = photos.chunks(photos.len().div_ceil(LOOKS_AT_ONCE).max(1));
        let look = |part| std::thread::Builder::new().spawn_scoped(scope, move || some(part)).ok();
        let looks: Vec<_> = parts.map(|part| (part, look(part))).collect();
        // Where no thread could be started, this one looks.
        let found = |(part, look): (_, Option<ScopedJoinHandle<'_, Vec<String>>>)| {
            look.and_then(|look| look.join().ok()).unwrap_or_else(|| some(part))
        };
        looks.into_iter().flat_map(found).collect()
    })
}

/// Returns where a photo is, and, if its path is a link, where the link is.
fn places(photo: &Path) -> impl Iterator<Item = String> {
    let link = photo.parent().zip(photo.file_name()).and_then(|(folder, name)| {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        Some(folder.canonicalize().ok()?.join(name))
    });
    photo.canonicalize().into_iter().chain(link).map(|path| folded(&path))
}

/// Returns a form that is equal for all paths that a system takes for the same. Windows ignores case, and macOS ignores
/// both case and the Unicode form.
fn folded(path: &Path) -> String {
    path.to_string_lossy().nfc().collect::<String>().to_lowercase()
}

/// Returns the file name for a user, if the text that names the user can be one.
fn file_name(key: &Key) -> Result<FileName, Clash> {
    let text = key.text();
    let refused = |why| Err(Clash::NotAFileName { name: text.chars().take(64).collect(), why });
    let name = format!("{text}{EXTENSION}");
    if text.is_empty() {
        return refused("it is empty");
    }
    if text.contains(['/', '\\']) || text.chars().any(char::is_control) {
        return refused("it contains a slash, a backslash or a control character");
    }
    // An import of the folder would not read a hidden file.
    if text.starts_with('.') {
        return refused("it begins with a dot, so the file would be hidden");
    }
    // Windows would write `a:b` to a hidden stream of the file `a`, and `NUL.jpg` nowhere.
    if cfg!(windows) && (text.contains(['<', '>', ':', '"', '|', '?', '*']) || is_device(text)) {
        return refused("Windows does not allow it, or reserves it for a device");
    }
    if name.len() > MAX_BYTES {
        return refused("it is too long");
    }
    Ok(FileName(name))
}

/// Refuses rows of a list that repeat an earlier row. Such a row is not a second photo for the same name.
fn leave_out_repeated(photos: &[&Photo], names: &mut [Result<FileName, Clash>]) {
    let mut said = HashMap::new();
    for (photo, name) in photos.iter().zip(names) {
        let Ok(found) = &name else { continue };
        match said.entry((folded(found.as_ref()), photo.named(), photo.sha256())) {
            Entry::Vacant(first) => drop(first.insert(photo)),
            Entry::Occupied(first) => {
                *name = Err(Clash::Repeated { name: found.0.clone(), earlier: first.get().described() });
            }
        }
    }
}

/// Refuses all photos that would get the same file name. Only a person can say which of them is the right one.
fn refuse_same_names(photos: &[&Photo], names: &mut [Result<FileName, Clash>]) {
    let mut found: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, name) in names.iter().enumerate() {
        if let Ok(name) = name {
            found.entry(folded(name.as_ref())).or_default().push(index);
        }
    }
    for indexes in found.into_values().filter(|indexes| indexes.len() > 1) {
        for &index in &indexes {
            let Ok(name) = &names[index] else { continue };
            let others = indexes.iter().filter(|other| **other != index).take(MAX_NAMED);
            let others = others.map(|&other| photos[other].path.display().to_string()).collect();
            names[index] = Err(Clash::SeveralPhotos { name: name.0.clone(), others });
        }
    }
}

/// Refuses all photos whose rows name different paths that lead to one file, because `--photo-dir` looks only at the
/// file names.
fn refuse_same_files(photos: &[&Photo], names: &mut [Result<FileName, Clash>]) {
    let mut named: HashMap<&Path, Vec<&str>> = HashMap::new();
    for (photo, row) in photos.iter().filter_map(|photo| Some((photo, photo.row.as_ref()?))) {
        named.entry(&photo.path).or_default().push(&row.path);
    }
    for (photo, name) in photos.iter().zip(names) {
        // Windows takes slash and backslash for the same.
        let same = |one: &str, other: &str| one.replace('\\', "/") == other.replace('\\', "/");
        let (this, all) = (photo.named(), named.get(&*photo.path));
        let other = all.and_then(|all| all.iter().find(|other| !same(other, &this)));
        if let (Ok(_), Some(other)) = (&name, other) {
            let (named, path) = (this.into_owned(), photo.path.clone());
            *name = Err(Clash::SameFile { named, other: (*other).to_owned(), path });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn photo(key: &str, path: &str) -> Photo {
        Photo { key: Key::Exact(key.to_owned()), path: path.into(), row: None }
    }

    fn named(photos: &[Photo]) -> Vec<String> {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = Folder::open(folder.path(), false).expect("opens");
        let photos: Vec<&Photo> = photos.iter().collect();
        let name = |name: Result<FileName, Clash>| name.map_or_else(|clash| format!("({clash})"), |name| name.0);
        names(&photos, &folder).into_iter().map(name).collect()
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        let keys = ["mary ann", "a/b", "..", r"EXAMPLE\anna", "a\0b", "CN=anna,OU=people", ""];
        let photos: Vec<Photo> = (0..).zip(keys).map(|(n, key)| photo(key, &format!("{n}.png"))).collect();
        let holds = "cannot be the name of a file: it contains a slash, a backslash or a control character)";
        assert_eq!(
            named(&photos),
            [
                "mary ann.jpg".to_owned(),
                format!("(a/b {holds}"),
                "(.. cannot be the name of a file: it begins with a dot, so the file would be hidden)".to_owned(),
                format!(r"(EXAMPLE\anna {holds}"),
                format!("(a\0b {holds}"),
                "CN=anna,OU=people.jpg".to_owned(),
                "( cannot be the name of a file: it is empty)".to_owned(),
            ]
        );
    }

    /// Otherwise, the thumbnail would be there before the photo is read, and be taken for it.
    #[test]
    fn no_name_is_that_of_a_photo_which_is_not_there_yet() {
        let folder = tempfile::tempdir().expect("a folder");
        let later = folder.path().join("bob.jpg");
        let photos = [photo("bob", "photos/b.jpg"), photo("carl", &later.to_string_lossy())];
        let photos: Vec<&Photo> = photos.iter().collect();
        let names = names(&photos, &Folder::open(folder.path(), false).expect("opens"));
        assert!(matches!(&names[..], [Err(Clash::IsAPhoto(_)), Ok(_)]), "{names:?}");
    }

    #[test]
    fn two_photos_of_one_name_get_none() {
        let zoe = [photo("zo\u{e9}", "1.png"), photo("zoe\u{301}", "2.png")];
        assert!(named(&zoe).iter().all(|name| name.starts_with("(several photos")));
        let names = named(&[photo("anna", "anna.png"), photo("bob", "bob.png"), photo("Anna", "Anna.jpg")]);
        assert_eq!(
            names,
            [
                "(several photos would become anna.jpg: also Anna.jpg)",
                "bob.jpg",
                "(several photos would become Anna.jpg: also anna.png)"
            ]
        );
    }
}
