//! What an account held before the runs that are taken back.

use std::sync::Arc;

use crate::hash::Hash;
use crate::journal::{Link, Origin, Past, Recorded, trace};
use crate::report::{Code, Reason};

/// Everything that the runs to be taken back did to one account.
#[derive(Debug)]
pub(crate) struct Restored {
    pub(crate) pasts: Arc<Vec<Past>>,
    /// For each change, the indexes of its journal and of the change in it, in order of time.
    pub(crate) changes: Vec<(usize, usize)>,
    /// Whether to restore the photo even if others have changed it since.
    pub(crate) force: bool,
}

impl Restored {
    /// Returns the photo that an account is to hold again, given that it holds `held` now, and possibly a remark.
    pub(crate) fn photo_for(&self, held: Option<&[u8]>) -> Result<(Option<Vec<u8>>, Option<Reason>), Reason> {
        let links: Vec<Link> = self.changes.iter().map(|&place| link(self.change(place))).collect();
        match trace(&links, self.known(held), self.force) {
            Origin::Before { link, interrupted } => {
                let place = self.changes[link];
                let photo = self.pasts[place.0].before(self.change(place)).map_err(|error| {
                    Reason::with(
                        Code::JournalUnreadable,
                        &error,
                        "restore the journal from a backup, then run the same command again",
                    )
                })?;
                Ok((photo, interrupted.then(interruption)))
            }
            Origin::Held => Ok((held.map(<[u8]>::to_vec), None)),
            Origin::Unknown => Err(Reason::with(
                Code::ChangedSince,
                &"the photo was changed after that run; adphoto left it as it is",
                "look at the account's photo; --force puts the old one back all the same",
            )),
        }
    }

    /// Returns the hash of what the account holds. If that is a photo which these runs wrote, encoded anew, it is the hash
    /// of the one that was written.
    fn known(&self, held: Option<&[u8]>) -> Option<Hash> {
        let held = held?;
        let exactly = Hash::of(held);
        let changes = || self.changes.iter().rev().map(|&place| self.change(place));
        if changes().any(|change| change.after == Some(exactly) || change.before == Some(exactly)) {
            return Some(exactly);
        }
        let written = changes().find(|change| change.print.as_ref().is_some_and(|print| print.is_of(held)));
        written.map_or(Some(exactly), |change| change.after)
    }

    fn change(&self, (past, change): (usize, usize)) -> &Recorded {
        &self.pasts[past].changes[change]
    }
}

fn link(change: &Recorded) -> Link {
    let certain = change.outcome == Some(crate::journal::Outcome::Done);
    Link { before: change.before, after: change.after, certain, at: change.at }
}

fn interruption() -> Reason {
    Reason::new(
        Code::ChangedBetween,
        "someone else changed the photo between these runs: their photo is back, not the one from before the first \
         run (--force restores that)",
    )
}
