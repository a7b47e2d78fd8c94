//! The hint at the end of a dry run: in how many photos the face is cut off or small, where `--crop face` would show it.

use std::borrow::Cow;
use std::path::Path;

use crate::report::{Record, Status};
use crate::thumbnail::Placed;

/// The number of photos that are named, so that somebody can look at them first.
const WORST: usize = 3;

/// Returns the hint; `None` if the crop around the face would make no photo better.
pub(super) fn hint<'r>(records: impl Iterator<Item = Cow<'r, Record>>) -> Option<String> {
    let (mut all, mut found) = (0_usize, Vec::new());
    for record in records.filter(|record| matches!(record.status, Status::WouldWrite | Status::WouldPublish)) {
        all += 1;
        if let Some(face) = record.misplaced.filter(|face| face.is_cut() || face.is_small()) {
            found.push((face, name(&record)));
        }
    }
    if found.is_empty() {
        return None;
    }
    found.sort_by(|(one, first), (other, second)| {
        badness(one).total_cmp(&badness(other)).then_with(|| first.cmp(second))
    });
    let named: Vec<String> = found.iter().take(WORST).map(|(face, name)| in_words(face, name)).collect();
    let worst = if found.len() > WORST { "; the worst are " } else { ": " };
    Some(format!(
        "in {} of {} photos the face is cut off or small; --crop face would show it{worst}{}",
        found.len(),
        all,
        named.join(", ")
    ))
}

/// Returns a number that is lower the less can be seen of a face: first those that are cut off, then small ones.
fn badness(face: &Placed) -> f64 {
    if face.is_cut() { face.visible } else { 1.0 + face.height }
}

fn name(record: &Record) -> String {
    Path::new(&record.photo).file_name().map_or(record.user.clone(), |name| name.display().to_string())
}

fn in_words(face: &Placed, name: &str) -> String {
    let percent = |share: f64| (share * 100.0).floor();
    match face.is_cut() {
        true => format!("{name} ({} % of the face is left)", percent(face.visible)),
        false => format!("{name} (the face has {} % of the height)", percent(face.height)),
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use crate::report::{Record, Status};
    use crate::thumbnail::Placed;

    fn record(photo: &str, status: Status, visible: f64, height: f64) -> Record {
        let misplaced = Some(Placed { visible, height });
        Record { photo: format!("photos/{photo}"), misplaced, ..Record::blank(status, Vec::new()) }
    }

    fn hint(records: &[Record]) -> Option<String> {
        super::hint(records.iter().map(Cow::Borrowed))
    }

    #[test]
    fn the_worst_come_first_and_only_what_would_be_written_counts() {
        let would = |photo: &str, visible, height| record(photo, Status::WouldWrite, visible, height);
        let fine = Record::blank(Status::WouldWrite, Vec::new());
        assert_eq!(hint(&[fine.clone(), would("large.jpg", 1.0, 0.3)]), None);
        let failed = record("failed.jpg", Status::Failed, 0.0, 0.1);
        let mut records = vec![would("small.jpg", 1.0, 0.119), fine, would("cut.jpg", 0.5, 0.4), failed];
        let words = "cut.jpg (50 % of the face is left), small.jpg (the face has 11 % of the height)";
        let expected = format!("in 2 of 3 photos the face is cut off or small; --crop face would show it: {words}");
        assert_eq!(hint(&records), Some(expected));
        records.extend([would("gone.jpg", 0.0, 0.5), would("tiny.jpg", 0.95, 0.05)]);
        let said = hint(&records).expect("a hint");
        assert!(said.starts_with("in 4 of 5 photos "), "{said}");
        let worst =
            "; the worst are gone.jpg (0 % of the face is left), cut.jpg (50 % of the face is left), tiny.jpg (";
        assert!(said.contains(worst), "{said}");
    }
}
