//! What the last run made of which photo, so that the next need not make it again.
//!
//! It lies in the tree, where whoever may write pictures may write it, too: it says that work can be saved, and nothing
//! else. Files are compared with it by what they hold, no path is taken from it, and nothing is removed because of it.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::tree::{Pictures, Tree, TreeError};
use crate::directory::Sid;
use crate::hash::Hash;

/// The cache's file.
const NAME: &str = ".adphoto-cache.json";
/// Bytes of it that are read: some 300,000 people.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
const VERSION: u32 = 1;

/// What is known of each person's pictures.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Cache {
    version: u32,
    people: BTreeMap<String, Entry>,
}

/// What was made of a photo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Of the photo, and of how pictures are made of it.
    pub made_of: Hash,
    /// Of all twelve files.
    pub files: Hash,
    /// Pixels on each side of the largest picture.
    pub largest: u32,
}

impl Entry {
    /// Whether these pictures are what was made.
    #[must_use]
    pub fn describes(&self, pictures: &Pictures) -> bool {
        all_files(pictures) == Some(self.files)
    }
}

/// Returns one hash for the twelve pictures; `None` where one is missing.
#[must_use]
pub(super) fn all_files(pictures: &Pictures) -> Option<Hash> {
    let hashes: Option<Vec<String>> = pictures.iter().map(|picture| picture.map(String::from)).collect();
    Some(Hash::of(hashes?.concat().as_bytes()))
}

impl Cache {
    /// Reads the cache of a tree; an empty one where there is none, or it is damaged: then all pictures are made anew.
    #[must_use]
    pub fn read(tree: &Tree) -> Self {
        let path = tree.root_file(NAME);
        let is_ours = path.symlink_metadata().is_ok_and(|found| found.is_file() && found.len() <= MAX_BYTES);
        let content = is_ours.then(|| std::fs::read(&path).ok()).flatten().unwrap_or_default();
        serde_json::from_slice(&content).ok().filter(|cache: &Self| cache.version == VERSION).unwrap_or_default()
    }

    /// What is known of a person.
    #[must_use]
    pub fn of(&self, sid: &Sid) -> Option<&Entry> {
        self.people.get(sid.as_str())
    }

    /// Notes what a person has now; `None` if that is nothing.
    pub fn set(&mut self, sid: &Sid, entry: Option<Entry>) {
        match entry {
            Some(entry) => self.people.insert(sid.to_string(), entry),
            None => self.people.remove(sid.as_str()),
        };
    }

    /// Writes it, if that is another than before.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, tree: &Tree) -> Result<(), TreeError> {
        self.version = VERSION;
        let content = serde_json::to_vec(self).unwrap_or_default();
        if std::fs::read(tree.root_file(NAME)).is_ok_and(|there| there == content) {
            return Ok(());
        }
        tree.write_file(Path::new(NAME), &content)
    }
}

#[cfg(test)]
mod tests {
    use super::{Cache, Entry, NAME};
    use crate::account_pictures::Tree;
    use crate::directory::Sid;
    use crate::hash::Hash;

    #[test]
    fn a_damaged_cache_is_an_empty_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let tree = Tree::open(folder.path(), false).expect("opens");
        let sid = Sid::parse("S-1-5-21-1-2-3-4").expect("a SID");
        let entry = Entry { made_of: Hash::of(b"photo"), files: Hash::of(b"files"), largest: 96 };
        let mut cache = Cache::read(&tree);
        cache.set(&sid, Some(entry.clone()));
        cache.write(&tree).expect("is written");
        assert_eq!(Cache::read(&tree).of(&sid), Some(&entry));
        let path = folder.path().join(NAME);
        let whole = std::fs::read(&path).expect("is there");
        for damaged in [&whole[..whole.len() - 1], b"", b"[]", br#"{"version":2,"people":{}}"#, b"\xff"] {
            std::fs::write(&path, damaged).expect("is written");
            assert_eq!(Cache::read(&tree).of(&sid), None);
        }
    }
}
