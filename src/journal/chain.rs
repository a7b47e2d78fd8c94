//! Finds the photo that an account had before the runs that are to be taken back, starting from the photo that it holds
//! now. This module reads and writes nothing.
//!
//! Each run that changed the account is a link from one photo (before) to another (after). If run 1 replaced photo A
//! with B, and run 2 replaced B with C, undo starts at C and follows the links backwards: C came from B, and B came
//! from A. If somebody else replaced B with X in between, run 2 is a link from X to C; no link leads to X, so undo
//! stops there and restores X.

use time::OffsetDateTime;

use crate::hash::Hash;

/// One change of an account that a run made, or may have made. Photos are given by their hashes; `None` means no photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The photo that the account had.
    pub before: Option<Hash>,
    /// The photo that the account was to get.
    pub after: Option<Hash>,
    /// Whether the change is known to have been made.
    pub certain: bool,
    pub at: OffsetDateTime,
}

/// The photo that an account goes back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The photo that the account had before a link.
    Before {
        /// The link's place in the list.
        link: usize,
        /// Whether somebody else changed the photo between an older link and this one.
        interrupted: bool,
    },
    /// The photo that the account holds now. No link led to it, and one link started from it, so the change of that
    /// link was taken back already, or was never made.
    Held,
    /// Unknown, because what the account holds is neither before nor after any of the links: somebody else wrote it.
    Unknown,
}

/// Follows the links backwards from the photo that an account holds, and returns where they lead. `links` are in the
/// order of time.
///
/// An uncertain link counts as made if the photo that it was to write was there afterwards: the account still holds it,
/// or a later link found it. With `force`, photos that somebody else wrote in between are passed over, down to the
/// oldest link.
#[must_use]
pub fn trace(links: &[Link], held: Option<Hash>, force: bool) -> Origin {
    let mut used = vec![false; links.len()];
    let mut last = None;
    loop {
        // The photo whose origin is looked for now.
        let state = last.map_or(held, |last: usize| links[last].before);
        let next = leading_to(links, &used, state, last).or_else(|| {
            let older = last.unwrap_or(links.len());
            if force { (0..older).rev().find(|&link| !used[link]) } else { None }
        });
        let Some(next) = next else { break };
        used[next] = true;
        last = Some(next);
    }
    match last {
        Some(link) => {
            // A certain older link that was not used means that somebody else wrote in between. That matters only if
            // the result is not the photo from before all runs anyway.
            let interrupted =
                links[link].before != links[0].before && (0..link).any(|older| !used[older] && links[older].certain);
            Origin::Before { link, interrupted }
        }
        None if links.iter().any(|link| link.before == held) => Origin::Held,
        None => Origin::Unknown,
    }
}

/// Returns the unused link that led to `state`, the latest one before `last`.
///
/// If there is none, the clocks of two machines may differ, so a link with a later time is taken, too. That one must be
/// certain: an uncertain change that seems to come afterwards proves nothing.
fn leading_to(links: &[Link], used: &[bool], state: Option<Hash>, last: Option<usize>) -> Option<usize> {
    let leads = |&link: &usize| !used[link] && links[link].after == state;
    let earlier = (0..last.unwrap_or(links.len())).rev().find(leads);
    earlier.or_else(|| (0..links.len()).rev().filter(|&link| links[link].certain).find(leads))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::{Duration, OffsetDateTime};

    use super::{Hash, Link, Origin, trace};

    /// Returns one of few photos, so that the same ones occur again.
    fn photo(number: u8) -> Option<Hash> {
        (number > 0).then(|| Hash::of(&[number]))
    }

    fn link(before: u8, after: u8, certain: bool, second: i64) -> Link {
        let at = OffsetDateTime::UNIX_EPOCH + Duration::seconds(second);
        Link { before: photo(before), after: photo(after), certain, at }
    }

    fn origin(links: &[Link], held: Option<Hash>, force: bool) -> Option<Option<Hash>> {
        match trace(links, held, force) {
            Origin::Before { link, .. } => Some(links[link].before),
            Origin::Held => Some(held),
            Origin::Unknown => None,
        }
    }

    /// What happened to a change.
    #[derive(Debug, Clone, Copy)]
    enum Fate {
        Done,
        /// The change was made or not, as the flag says, but the run does not know.
        Perhaps(bool),
    }

    fn fate() -> impl Strategy<Value = Fate> {
        prop_oneof![Just(Fate::Done), any::<bool>().prop_map(Fate::Perhaps)]
    }

    proptest! {
        #[test]
        fn whatever_was_done_or_not_the_start_is_found(start in 0..4_u8, steps in prop::collection::vec((0..4_u8, fate()), 1..9)) {
            let (mut held, mut links) = (start, Vec::new());
            for (after, fate) in steps.into_iter().filter(|(after, _)| *after < 4) {
                if after == held {
                    continue;
                }
                links.push(link(held, after, matches!(fate, Fate::Done), links.len() as i64));
                if matches!(fate, Fate::Done | Fate::Perhaps(true)) {
                    held = after;
                }
            }
            if !links.is_empty() {
                prop_assert_eq!(origin(&links, photo(held), false), Some(photo(start)));
                prop_assert_eq!(origin(&links, photo(held), true), Some(photo(start)));
            }
        }

        /// If all changes are certain, clocks that differ do not matter.
        #[test]
        fn two_runs_explain_each_other_in_any_order(photos in prop::collection::vec(0..4_u8, 2..7), order in any::<prop::sample::Index>()) {
            let mut links: Vec<_> = photos.windows(2).filter(|pair| pair[0] != pair[1]).map(|pair| link(pair[0], pair[1], true, 0)).collect();
            if !links.is_empty() {
                let middle = order.index(links.len());
                links.rotate_left(middle);
                prop_assert_eq!(origin(&links, photo(photos[photos.len() - 1]), false), Some(photo(photos[0])));
            }
        }

        #[test]
        fn what_somebody_else_wrote_is_never_gone_over(photos in prop::collection::vec(0..4_u8, 2..7)) {
            let links: Vec<_> = photos.windows(2).map(|pair| link(pair[0], pair[1], true, 0)).collect();
            prop_assert_eq!(origin(&links, photo(9), false), None);
            prop_assert_eq!(origin(&links, photo(9), true), Some(photo(photos[0])));
        }
    }

    #[test]
    fn a_photo_of_somebody_else_between_two_runs_is_where_undo_stops() {
        let links = [link(1, 2, true, 1), link(3, 4, true, 2)];
        assert_eq!(trace(&links, photo(4), false), Origin::Before { link: 1, interrupted: true });
        assert_eq!(trace(&links, photo(4), true), Origin::Before { link: 0, interrupted: false });
        assert_eq!(trace(&links, photo(3), false), Origin::Held);
        assert_eq!(trace(&links, photo(2), false), Origin::Before { link: 0, interrupted: false });
        assert_eq!(trace(&links, photo(1), false), Origin::Held);
    }

    /// The first run was taken back before the second began.
    #[test]
    fn what_was_there_at_first_needs_no_remark() {
        let links = [link(1, 2, true, 1), link(1, 4, true, 3)];
        assert_eq!(trace(&links, photo(4), false), Origin::Before { link: 1, interrupted: false });
    }

    /// The answer of the first change was lost, and another run replaced the photo before anybody looked.
    #[test]
    fn a_lost_answer_is_found_by_what_the_next_run_found() {
        let links = [link(1, 2, false, 1), link(2, 3, true, 2)];
        assert_eq!(trace(&links, photo(3), false), Origin::Before { link: 0, interrupted: false });
    }
}
