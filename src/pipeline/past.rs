//! What an account held before the runs that are taken back.

use std::sync::Arc;

use crate::hash::Hash;
use crate::journal::{Link, Origin, Past, Recorded, trace};
use crate::report::{Code, Reason};

/// All that these runs did to one account.
#[derive(Debug)]
pub(crate) struct Restored {
    pub(crate) pasts: Arc<Vec<Past>>,
    /// Which journal and which of its changes, in the order of time.
    pub(crate) changes: Vec<(usize, usize)>,
    /// Whatever others have written since.
    pub(crate) force: bool,
}

impl Restored {
    /// The photo that an account is to hold again, where it holds `held` now, and what else is worth knowing.
    pub(crate) fn photo_for(&self, held: Option<&[u8]>) -> Result<(Option<Vec<u8>>, Option<Reason>), Reason> {
        let links: Vec<Link> = self.changes.iter().map(|&place| link(self.change(place))).collect();
        match trace(&links, held.map(Hash::of), self.force) {
            Origin::Before { link, interrupted } => {
                let place = self.changes[link];
                let photo = self.pasts[place.0].before(self.change(place)).map_err(|error| {
                    Reason::with(
                        Code::JournalUnreadable,
                        &error,
                        "take the journal from a backup, and run the same again",
                    )
                })?;
                Ok((photo, interrupted.then(interruption)))
            }
            Origin::Held => Ok((held.map(<[u8]>::to_vec), None)),
            Origin::Unknown => Err(Reason::with(
                Code::ChangedSince,
                &"the photo was changed after that run; it was left as it is",
                "look at the account's photo; --force puts the old one back nevertheless",
            )),
        }
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
        "someone else changed the photo between these runs: theirs is back, not that before the first run (--force)",
    )
}
