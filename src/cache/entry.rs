//! Entries of the cache: which thumbnail was made of a file for an account, and how the file looked then.

use std::fmt;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use super::look::Look;
use crate::hash::Hash;
use crate::thumbnail::{Doubt, Thumbnail};

/// Half of a SHA-256, which is enough to tell any two things apart that were not made to be alike.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Mark([u8; 16]);

/// What is known about one file and one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// The canonical path, the account's objectGUID, and everything else that decides what the thumbnail is like: the
    /// options and the version of adphoto.
    pub(super) key: Mark,
    /// How the file looked: its size and times, and its inode or the names in its folder.
    pub(super) state: Mark,
    /// The hash of the thumbnail that was made of the file.
    pub(super) thumbnail: Hash,
    /// The hash of the file itself.
    pub(super) picture: Hash,
    /// For a thumbnail that was enlarged: the width and height of the photo, and the size of the thumbnail, in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    enlarged: Option<(u32, u32, u32)>,
    /// The number of complete runs that have not needed this entry.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) idle: u8,
}

impl Entry {
    /// Returns the entry of a thumbnail that was just made; `None` if it has a remark that an entry cannot hold.
    pub(super) fn new(look: &Look, picture: Hash, thumbnail: &Thumbnail) -> Option<Self> {
        let enlarged = match thumbnail.doubts[..] {
            [] => None,
            [Doubt::Enlarged { from: (width, height), to }] => Some((width, height, to)),
            // Whoever has to look at a photo is told so each time.
            _ => return None,
        };
        let (key, state, thumbnail) = (look.key, look.state, Hash::of(&thumbnail.jpeg));
        Some(Self { key, state, thumbnail, picture, enlarged, idle: 0 })
    }

    /// Returns the remark about the thumbnail.
    pub(super) fn doubt(&self) -> Option<Doubt> {
        self.enlarged.map(|(width, height, to)| Doubt::Enlarged { from: (width, height), to })
    }
}

fn is_zero(idle: &u8) -> bool {
    *idle == 0
}

impl Mark {
    /// Computes the mark of several texts. Different lists of texts have different marks.
    pub(super) fn of(parts: &[&[u8]]) -> Self {
        let mut all = Vec::new();
        for part in parts {
            all.extend((part.len() as u64).to_le_bytes());
            all.extend(*part);
        }
        Self(Hash::of(&all).half())
    }

    /// Returns to which of `parts` parts of about the same size this mark belongs.
    pub(super) fn part_of(self, parts: u32) -> u32 {
        let [a, b, c, d, ..] = self.0;
        u32::from_le_bytes([a, b, c, d]) % parts
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
