//! The charts above the cards: a bar of all records, and in an audit a bar for each group.

use super::super::wording::grouped_number;
use super::super::{Coverage, Group, Report, Status};

/// Width of a bar in the units of its SVG image, which the page scales.
const BAR_WIDTH: usize = 1000;
/// The minimum width of a segment in the same units, so that it can be seen.
const MIN_SEGMENT_WIDTH: usize = 3;

/// A status that occurs in the bar of all records.
pub(super) struct Part {
    pub(super) status: &'static str,
    pub(super) label: &'static str,
    pub(super) tone: &'static str,
    pub(super) count: String,
    pub(super) segment: Segment,
}

/// A segment of a bar.
pub(super) struct Segment {
    pub(super) tone: &'static str,
    pub(super) from: usize,
    pub(super) width: usize,
}

/// The coverage of an audit.
pub(super) struct Table<'r> {
    pub(super) by: &'r str,
    /// The columns of numbers: the tone and the name of each. A column of zeros is left out.
    pub(super) columns: Vec<(&'static str, &'static str)>,
    pub(super) all: Row,
    /// The groups. Those with the most gaps come first.
    pub(super) groups: Vec<Row>,
    pub(super) with_any_photo: Option<String>,
}

/// The figures of a group.
pub(super) struct Row {
    /// The place by which the cards name the group; `None` for the row of all groups.
    pub(super) place: Option<usize>,
    pub(super) name: String,
    pub(super) segments: Vec<Segment>,
    pub(super) percent: usize,
    /// The number of all accounts, followed by the number in each column.
    pub(super) figures: Vec<String>,
}

/// The columns that a table may have.
const COLUMNS: [(Status, &str); 4] =
    [(Status::Ok, "In order"), (Status::Missing, "No photo"), (Status::Unfit, "Unfit"), (Status::Skipped, "Not known")];

impl Part {
    /// Returns the statuses that occur, with their counts.
    pub(super) fn all(report: &Report) -> Vec<Self> {
        let counted = Status::ALL.map(|status| (status, report.count(status)));
        let segments = segments(counted.iter().map(|&(status, count)| (tone(status), count)).collect());
        let parts = counted.into_iter().filter(|(_, count)| *count > 0).zip(segments);
        let part = |((status, count), segment): ((Status, usize), Segment)| Self {
            status: status.name(),
            label: label(status),
            tone: tone(status),
            count: grouped_number(count),
            segment,
        };
        parts.map(part).collect()
    }
}

impl<'r> Table<'r> {
    pub(super) fn new(coverage: &'r Coverage) -> Self {
        let all = coverage.all();
        let filled = counts(&all).map(|count| count > 0);
        let columns = COLUMNS.iter().zip(filled).filter(|(_, filled)| *filled);
        let row = |place, name: &str, group: &Group| Row::new(place, name, group, filled);
        Self {
            by: coverage.by(),
            columns: columns.map(|((status, name), _)| (tone(*status), *name)).collect(),
            with_any_photo: coverage.with_any_photo().map(|(percent, counts)| format!("{percent} %, {counts}")),
            all: row(None, "All", &all),
            groups: coverage.by_gaps().iter().map(|(place, group)| row(Some(*place), &group.name, group)).collect(),
        }
    }
}

/// Returns the numbers of a group, in the order of the columns.
fn counts(group: &Group) -> [usize; 4] {
    let &Group { ok, missing, unfit, unknown, .. } = group;
    [ok, missing, unfit, unknown]
}

impl Row {
    fn new(place: Option<usize>, name: &str, group: &Group, filled: [bool; 4]) -> Self {
        let counts = counts(group);
        let toned: Vec<_> = COLUMNS.iter().zip(counts).map(|((status, _), count)| (tone(*status), count)).collect();
        let shown = counts.into_iter().zip(filled).filter(|(_, filled)| *filled).map(|(count, _)| count);
        Self {
            place,
            name: if name.is_empty() { "(none)".to_owned() } else { name.to_owned() },
            segments: segments(toned),
            percent: group.ok * 100 / group.accounts().max(1),
            figures: std::iter::once(group.accounts()).chain(shown).map(grouped_number).collect(),
        }
    }
}

/// Returns the segments of a bar; a count of 0 has none. Each begins at the rounded sum of all before it, so that
/// together they fill the bar, and each is wide enough to be seen.
fn segments(counts: Vec<(&'static str, usize)>) -> Vec<Segment> {
    let total = counts.iter().map(|(_, count)| count).sum::<usize>().max(1);
    let mut before = 0;
    let segment = |(tone, count): (&'static str, usize)| {
        let from = before * BAR_WIDTH / total;
        before += count;
        Segment { tone, from, width: (before * BAR_WIDTH / total - from).max(MIN_SEGMENT_WIDTH) }
    };
    counts.into_iter().filter(|(_, count)| *count > 0).map(segment).collect()
}

/// Returns the words for a status that people read. Scripts read the status's stable name instead.
pub(super) fn label(status: Status) -> &'static str {
    match status {
        Status::Written => "Written",
        Status::WouldWrite => "Would be written",
        Status::Converted => "Converted",
        Status::Removed => "Removed",
        Status::WouldRemove => "Would be removed",
        Status::Restored => "Put back",
        Status::WouldRestore => "Would be put back",
        Status::Exported => "Exported",
        Status::Published => "Published",
        Status::WouldPublish => "Would be published",
        Status::WouldExport => "Would be exported",
        Status::Ok => "In order",
        Status::Missing => "No photo",
        Status::Unfit => "Unfit",
        Status::Unchanged => "Unchanged",
        Status::Skipped => "Skipped",
        Status::Failed => "Failed",
        Status::NotAttempted => "Not attempted",
    }
}

/// Returns the CSS class that gives a status its colour.
pub(super) fn tone(status: Status) -> &'static str {
    match status {
        Status::Written | Status::Restored | Status::Exported | Status::Published | Status::Converted | Status::Ok => {
            "good"
        }
        Status::WouldWrite | Status::WouldRestore | Status::WouldPublish | Status::WouldExport => "new",
        Status::Removed | Status::WouldRemove => "gone",
        Status::Missing | Status::NotAttempted => "open",
        Status::Unfit => "poor",
        Status::Unchanged => "same",
        Status::Skipped => "idle",
        Status::Failed => "bad",
    }
}
