//! Choosing a sample of the accounts in scope.

use crate::directory::guid::Guid;

/// Returns at most `count` of the accounts, evenly spread. Servers list a domain part by part, so the sample has
/// accounts of all parts.
#[must_use]
pub fn spread(accounts: &[Guid], count: usize) -> Vec<Guid> {
    let taken = count.min(accounts.len());
    (0..taken).filter_map(|number| accounts.get(number * accounts.len() / taken)).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::{Guid, spread};

    #[test]
    fn a_sample_comes_from_everywhere_and_has_none_twice() {
        let accounts: Vec<Guid> = (0..250).map(|number| Guid([number; 16])).collect();
        let first = |sample: Vec<Guid>| sample.iter().map(|guid| guid.0[0]).collect::<Vec<_>>();
        assert_eq!(first(spread(&accounts, 5)), [0, 50, 100, 150, 200]);
        assert_eq!(first(spread(&accounts[..3], 100)), [0, 1, 2]);
        assert!(spread(&[], 100).is_empty());
    }
}
