//! Entries of the cache: which thumbnail was made of a file for an account, and how the file looked then.

use serde::{Deserialize, Serialize};

use super::look::Look;
use super::mark::Mark;
use crate::hash::Hash;
use crate::state;
use crate::thumbnail::Doubt;

/// What is known about one file and one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// The canonical path, the account's objectGUID, and everything else that decides what the thumbnail is like: the
    /// options and the version of adphoto.
    pub(super) key: Mark,
    /// How the file looked: its size and times, and its inode or the names in its folder.
    pub(super) state: Mark,
    /// The thumbnail that was made of the file.
    pub(super) thumbnail: Mark,
    /// The hash of the file itself.
    pub(super) picture: Hash,
    /// For a thumbnail that was enlarged: the width and height of the photo, and the size of the thumbnail, in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    enlarged: Option<Box<(u32, u32, u32)>>,
    /// For a photo with fewer pixels than Microsoft 365 shows: how many its picture has on each side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    not_sharp: Option<u32>,
    /// The number of complete runs that have not needed this entry.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) idle: u8,
}

impl Entry {
    /// Returns the entry of a thumbnail that was just made; `None` if it has a remark that an entry cannot hold.
    pub(super) fn new(look: &Look, picture: Hash, thumbnail: Hash, doubts: &[Doubt]) -> Option<Self> {
        let (enlarged, not_sharp) = match *doubts {
            [] => (None, None),
            [Doubt::Enlarged { from: (width, height), to }] => (Some(Box::new((width, height, to))), None),
            [Doubt::NotSharp(size)] => (None, Some(size)),
            // Whoever has to look at a photo is told so each time.
            _ => return None,
        };
        let (key, state, thumbnail) = (look.key, look.state, thumbnail.into());
        Some(Self { key, state, thumbnail, picture, enlarged, not_sharp, idle: 0 })
    }

    /// Returns the remark about the thumbnail.
    pub(super) fn doubt(&self) -> Option<Doubt> {
        let enlarged = self.enlarged.as_deref();
        let enlarged = enlarged.map(|&(width, height, to)| Doubt::Enlarged { from: (width, height), to });
        enlarged.or(self.not_sharp.map(Doubt::NotSharp))
    }
}

impl state::Entry for Entry {
    const VERSION: u32 = 2;
    type Key = Mark;

    fn key(&self) -> Mark {
        self.key
    }
}

fn is_zero(idle: &u8) -> bool {
    *idle == 0
}
