//! The order in which runs were made, as far as their journals prove it.
//!
//! Undo must take back the newest run first. The clock is not enough to tell which one that is: it may have been set
//! back between two runs, or they were made on two machines. Two things prove an order: a header names the run before
//! it (`follows`), and a run found the photos that another one had left.

use std::collections::HashMap;

use super::read::Past;
use super::record::Outcome;
use crate::directory::Guid;
use crate::hash::Hash;

/// The photo that an account had before a run's first change, and the one that it had after the last.
struct Step {
    before: Option<Hash>,
    after: Option<Hash>,
}

/// Sorts runs, the oldest first: by what proves their order, and where nothing does, by the clock. Returns whether the
/// clock agrees with that order, so that the times of different runs can be compared.
pub fn sort(pasts: &mut Vec<Past>) -> bool {
    pasts.sort_by_key(|past| past.header.as_ref().map(|header| header.started));
    let steps: Vec<HashMap<Guid, Step>> = pasts.iter().map(steps).collect();
    let is_before = |one: usize, other: usize| {
        let follows = |later: usize, earlier: usize| {
            let headers = pasts[later].header.as_ref().zip(pasts[earlier].header.as_ref());
            headers.is_some_and(|(later, earlier)| later.follows.as_ref() == Some(&earlier.id))
        };
        follows(other, one) || leads(&steps[one], &steps[other]) && !leads(&steps[other], &steps[one])
    };
    // Repeatedly takes the first run, by the clock, that has no other run before it.
    let mut left: Vec<usize> = (0..pasts.len()).collect();
    let mut order = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let is_oldest = |&run: &usize| left.iter().all(|&other| other == run || !is_before(other, run));
        // Runs that were made at the same time may prove a circle. Then the clock decides.
        let next = left.iter().position(is_oldest).unwrap_or(0);
        order.push(left.remove(next));
    }
    let clock_agrees = order.is_sorted();
    let mut unsorted: Vec<Option<Past>> = pasts.drain(..).map(Some).collect();
    pasts.extend(order.into_iter().filter_map(|run| unsorted[run].take()));
    clock_agrees
}

/// Returns what a run did to each account, counting only changes that were made.
fn steps(past: &Past) -> HashMap<Guid, Step> {
    let mut steps: HashMap<Guid, Step> = HashMap::new();
    for change in past.changes.iter().filter(|change| change.outcome == Some(Outcome::Done)) {
        let step = steps.entry(change.guid).or_insert(Step { before: change.before, after: change.after });
        step.after = change.after;
    }
    steps
}

/// Returns whether the steps of `one` led to those of `other`: for every account that both changed, `other` found the
/// photo that `one` had left.
///
/// At least one account must prove that order and not the reverse. An account proves nothing if it had no photo in
/// between, as many accounts have none, or if it went from A to B and back to A, as with an undo: that looks the same
/// both ways.
fn leads(one: &HashMap<Guid, Step>, other: &HashMap<Guid, Step>) -> bool {
    let shared: Vec<(&Step, &Step)> =
        one.iter().filter_map(|(account, earlier)| Some((earlier, other.get(account)?))).collect();
    shared.iter().all(|(earlier, later)| later.before == earlier.after)
        && shared.iter().any(|(earlier, later)| later.before.is_some() && later.after != earlier.before)
}
