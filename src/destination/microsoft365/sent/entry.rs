//! What is known about the photo that one account got.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::directory::Guid;
use crate::hash::Hash;
use crate::state;

/// The number of days within which each photo is looked at once.
pub(super) const DAYS: i64 = 7;
const SECONDS_A_DAY: i64 = 24 * 3600;
/// The longest mediaEtag that is kept, in bytes. A longer one is as good as none.
const MAX_ETAG_BYTES: usize = 256;

/// A photo that an import gave an account, and how Microsoft 365 served it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    #[serde(with = "guid")]
    pub(super) account: Guid,
    /// The hash of the photo that was sent.
    pub(super) sent: Hash,
    /// The hash of the photo that was served afterwards.
    pub(super) served: Hash,
    /// The mediaEtag of the served photo; `None` if it was not asked for yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) etag: Option<String>,
    /// When the photo was last seen to be this one, in seconds since 1970.
    pub(super) seen: i64,
}

impl Entry {
    pub(super) fn new(account: Guid, sent: Hash, served: Hash, etag: Option<String>, now: OffsetDateTime) -> Self {
        let etag = etag.filter(|etag| etag.len() <= MAX_ETAG_BYTES);
        Self { account, sent, served, etag, seen: now.unix_timestamp() }
    }

    /// Returns whether the photo has to be looked at today. Each day it is the turn of a seventh of the object ids, and
    /// of all photos that were not seen for seven days.
    pub(super) fn is_due(&self, now: OffsetDateTime) -> bool {
        let today = now.unix_timestamp().div_euclid(SECONDS_A_DAY);
        let age = today - self.seen.div_euclid(SECONDS_A_DAY);
        let is_of_today = (part_of(self.account) + today).rem_euclid(DAYS) == 0;
        // A photo that was seen in the future is due, too: the clock may have been set back.
        is_of_today || !(0..DAYS).contains(&age)
    }

    /// Returns the time at which the photo was last seen.
    pub(super) fn seen_at(&self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.seen).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Returns whether the photo was last seen more than this many days ago.
    pub(super) fn is_older_than(&self, days: i64, now: OffsetDateTime) -> bool {
        now.unix_timestamp().saturating_sub(self.seen) > days * SECONDS_A_DAY
    }
}

/// Returns to which of seven parts an account belongs: the remainder of its object id, read as a number, divided by
/// seven.
fn part_of(account: Guid) -> i64 {
    let digits = account.to_string().replace('-', "");
    i64::try_from(u128::from_str_radix(&digits, 16).unwrap_or_default() % DAYS as u128).unwrap_or_default()
}

impl state::Entry for Entry {
    const VERSION: u32 = 1;
    type Key = [u8; 16];

    fn key(&self) -> [u8; 16] {
        self.account.0
    }
}

/// (De)serializes an object id as text.
mod guid {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::directory::Guid;

    pub(super) fn serialize<S: Serializer>(guid: &Guid, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(guid)
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(deserializer: D) -> Result<Guid, D::Error> {
        Guid::parse(&String::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("no object id"))
    }
}
