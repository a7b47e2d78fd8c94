//! Short hashes, by which entries of the cache are found and compared.

use std::fmt;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use crate::hash::Hash;

/// Half of a SHA-256, which is enough to tell any two things apart that were not made to be alike.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Mark([u8; 16]);

impl Mark {
    /// Computes the mark of several texts. Different lists of texts have different marks.
    pub(super) fn of(parts: &[&[u8]]) -> Self {
        let mut all = Vec::new();
        for part in parts {
            all.extend((part.len() as u64).to_le_bytes());
            all.extend(*part);
        }
        Hash::of(&all).into()
    }

    /// Returns to which of `parts` parts of about the same size this mark belongs.
    pub(super) fn part_of(self, parts: u32) -> u32 {
        let [a, b, c, d, ..] = self.0;
        u32::from_le_bytes([a, b, c, d]) % parts
    }
}

impl From<Hash> for Mark {
    fn from(hash: Hash) -> Self {
        Self(hash.half())
    }
}

impl From<Mark> for String {
    fn from(mark: Mark) -> Self {
        HEXLOWER.encode(&mark.0)
    }
}

impl TryFrom<String> for Mark {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bytes = HEXLOWER.decode(text.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or("not half a SHA-256")
    }
}

impl fmt::Debug for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0[..8]))
    }
}
