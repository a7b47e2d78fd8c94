//! In which order runs were made, as their journals prove it: a clock may have been set back between two of them.

use std::collections::HashMap;

use super::read::Past;
use super::record::Outcome;
use crate::directory::Guid;
use crate::hash::Hash;

/// What a run did to one account, from its first change to its last.
struct Step {
    before: Option<Hash>,
    after: Option<Hash>,
}

/// Sorts runs, the oldest first: where one found what another left, that one came later, whatever the clock said. Returns
/// whether the clock agrees, so that times of different runs can be compared.
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
    let mut left: Vec<usize> = (0..pasts.len()).collect();
    let mut order = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let is_oldest = |&run: &usize| left.iter().all(|&other| other == run || !is_before(other, run));
        // Runs that prove a circle were made at once: then the clock decides.
        let next = left.iter().position(is_oldest).unwrap_or(0);
        order.push(left.remove(next));
    }
    let clock_agrees = order.is_sorted();
    let mut unsorted: Vec<Option<Past>> = pasts.drain(..).map(Some).collect();
    pasts.extend(order.into_iter().filter_map(|run| unsorted[run].take()));
    clock_agrees
}

fn steps(past: &Past) -> HashMap<Guid, Step> {
    let mut steps: HashMap<Guid, Step> = HashMap::new();
    for change in past.changes.iter().filter(|change| change.outcome == Some(Outcome::Done)) {
        let step = steps.entry(change.guid).or_insert(Step { before: change.before, after: change.after });
        step.after = change.after;
    }
    steps
}

/// Whether one run found what the other left, for every account that both changed. Where it also left what the other had
/// found, as an undo does, that proves nothing.
fn leads(one: &HashMap<Guid, Step>, other: &HashMap<Guid, Step>) -> bool {
    let shared: Vec<(&Step, &Step)> =
        one.iter().filter_map(|(account, earlier)| Some((earlier, other.get(account)?))).collect();
    shared.iter().all(|(earlier, later)| later.before == earlier.after)
        && shared.iter().any(|(earlier, later)| later.before.is_some() && later.after != earlier.before)
}
