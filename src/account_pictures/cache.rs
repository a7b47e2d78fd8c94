//! A record of which pictures were made from which photo, so that the next run need not make them again.
//!
//! The cache file is in the tree, so everybody who may write pictures may also change the cache. It is therefore
//! trusted only to save work: the pictures' files are still read and compared by content, no path is taken from the
//! cache, and nothing is removed because of it.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::tree::{Pictures, Tree, TreeError};
use crate::directory::Sid;
use crate::hash::Hash;

const NAME: &str = ".adphoto-cache.json";
/// The size up to which a cache file is read, enough for some 300,000 people. A larger one is ignored.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
const VERSION: u32 = 1;

/// The pictures that were made for each person.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Cache {
    version: u32,
    people: BTreeMap<String, Entry>,
}

/// The pictures that were made from one photo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The hash of the photo and of how pictures are made from it.
    pub made_of: Hash,
    /// The hash of all twelve pictures' files together.
    pub files: Hash,
    /// The number of pixels on each side of the largest picture.
    pub largest: u32,
}

impl Entry {
    /// Returns whether these pictures are exactly the ones that were made.
    #[must_use]
    pub fn describes(&self, pictures: &Pictures) -> bool {
        all_files(pictures) == Some(self.files)
    }
}

/// Returns one hash for the twelve pictures together; `None` if one of them is missing.
#[must_use]
pub(super) fn all_files(pictures: &Pictures) -> Option<Hash> {
    let hashes: Option<Vec<String>> = pictures.iter().map(|picture| picture.map(String::from)).collect();
    Some(Hash::of(hashes?.concat().as_bytes()))
}

impl Cache {
    /// Reads the cache of a tree. Returns an empty one if there is none or it is damaged; all pictures are then made
    /// again.
    #[must_use]
    pub fn read(tree: &Tree) -> Self {
        let path = tree.root_file(NAME);
        let is_ours = path.symlink_metadata().is_ok_and(|found| found.is_file() && found.len() <= MAX_BYTES);
        let content = is_ours.then(|| std::fs::read(&path).ok()).flatten().unwrap_or_default();
        serde_json::from_slice(&content).ok().filter(|cache: &Self| cache.version == VERSION).unwrap_or_default()
    }

    /// Returns the entry of a person, if there is one.
    #[must_use]
    pub fn of(&self, sid: &Sid) -> Option<&Entry> {
        self.people.get(sid.as_str())
    }

    /// Replaces the entry of a person, or removes it if `entry` is `None`.
    pub fn set(&mut self, sid: &Sid, entry: Option<Entry>) {
        match entry {
            Some(entry) => self.people.insert(sid.to_string(), entry),
            None => self.people.remove(sid.as_str()),
        };
    }

    /// Writes the cache to its tree, unless the file there has the same content already.
    ///
    /// # Errors
    /// When the file cannot be written.
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
