//! The order in which to try the hosts of SRV records (RFC 2782).

use super::dns::Srv;

/// Sorts the records by priority, lowest first. Records of equal priority are drawn at random, each with a chance in
/// proportion to its weight, so that clients spread over the domain controllers.
pub(super) fn by_priority(mut records: Vec<Srv>, random: &mut fastrand::Rng) -> Vec<Srv> {
    random.shuffle(&mut records);
    // RFC 2782 puts weight 0 first: such a record is drawn only when the random number is 0, so rarely, but not never.
    records.sort_by_key(|record| (record.priority, record.weight > 0));
    let mut ordered = Vec::with_capacity(records.len());
    for equals in records.chunk_by(|one, other| one.priority == other.priority) {
        let mut left = equals.to_vec();
        while !left.is_empty() {
            let sum = left.iter().map(|record| u32::from(record.weight)).sum();
            let drawn = random.u32(0..=sum);
            let mut running = 0;
            let reaches = |record: &Srv| {
                running += u32::from(record.weight);
                running >= drawn
            };
            let next = left.iter().position(reaches).unwrap_or_default();
            ordered.push(left.remove(next));
        }
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::{Srv, by_priority};

    fn record(target: &str, priority: u16, weight: u16) -> Srv {
        Srv { priority, weight, target: target.to_owned() }
    }

    /// Counts how often each name comes first in 10,000 draws.
    fn firsts(records: &[Srv], names: &[&str]) -> Vec<usize> {
        let mut random = fastrand::Rng::with_seed(7);
        let drawn: Vec<String> =
            (0..10_000).map(|_| by_priority(records.to_vec(), &mut random)[0].target.clone()).collect();
        names.iter().map(|name| drawn.iter().filter(|first| first == name).count()).collect()
    }

    #[test]
    fn priority_decides_first_and_nothing_is_lost() {
        let mut random = fastrand::Rng::with_seed(1);
        let records = vec![
            record("c", 20, 65535),
            record("a", 0, 0),
            record("d", 65535, 1),
            record("b", 10, 1),
            record("b2", 10, 9),
        ];
        for _ in 0..100 {
            let mut targets: Vec<_> =
                by_priority(records.clone(), &mut random).into_iter().map(|record| record.target).collect();
            targets[1..3].sort();
            assert_eq!(targets, ["a", "b", "b2", "c", "d"]);
        }
        assert!(by_priority(Vec::new(), &mut random).is_empty());
    }

    #[test]
    fn weight_is_a_share() {
        let counts = firsts(&[record("a", 0, 100), record("b", 0, 300)], &["a", "b"]);
        assert!((2_300..2_700).contains(&counts[0]) && (7_300..7_700).contains(&counts[1]), "{counts:?}");
        let counts = firsts(&[record("never", 0, 0), record("a", 0, 999)], &["never", "a"]);
        assert!((1..50).contains(&counts[0]), "a very small chance: {counts:?}");
    }

    #[test]
    fn where_nobody_has_a_weight_each_has_the_same_chance() {
        let counts = firsts(&[record("a", 0, 0), record("b", 0, 0), record("c", 0, 0)], &["a", "b", "c"]);
        assert!(counts.iter().all(|count| (3_100..3_600).contains(count)), "{counts:?}");
    }
}
