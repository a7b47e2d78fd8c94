//! The charts above the cards: a bar of all records, and in an audit a bar for each group.

use super::super::wording::grouped_number;
use super::super::{Coverage, Group, Report, Status};

/// Width of a bar in the units of its SVG image, which the page scales.
const BAR_WIDTH: usize = 1000;
/// The least width of a segment in the same units, so that it can be seen.
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
    pub(super) all: Row,
    pub(super) groups: Vec<Row>,
    pub(super) with_any_photo: Option<String>,
}

/// The figures of a group.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) segments: Vec<Segment>,
    pub(super) percent: usize,
    /// The numbers of accounts: all, ok, missing, unfit, unknown.
    pub(super) figures: [String; 5],
}

impl Part {
    /// Returns the statuses that occur, with their counts.
    pub(super) fn all(report: &Report) -> Vec<Self> {
        let counted = Status::ALL.map(|status| (status, report.count(status)));
        let segments = segments(counted.map(|(status, count)| (tone(status), count)));
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
        Self {
            by: coverage.by(),
            with_any_photo: coverage.with_any_photo().map(|(percent, counts)| format!("{percent} %, {counts}")),
            all: Row::new("All", &coverage.all()),
            groups: coverage.groups().iter().map(|group| Row::new(&group.name, group)).collect(),
        }
    }
}

impl Row {
    fn new(name: &str, group: &Group) -> Self {
        let &Group { ok, missing, unfit, unknown, .. } = group;
        let tones = [(Status::Ok, ok), (Status::Missing, missing), (Status::Unfit, unfit), (Status::Skipped, unknown)];
        Self {
            name: if name.is_empty() { "(none)".to_owned() } else { name.to_owned() },
            segments: segments(tones.map(|(status, count)| (tone(status), count))),
            percent: ok * 100 / group.accounts().max(1),
            figures: [group.accounts(), ok, missing, unfit, unknown].map(grouped_number),
        }
    }
}

/// Returns the segments of a bar; a count of 0 has none. Each begins at the rounded sum of all before it, so that
/// together they fill the bar, and each is wide enough to be seen.
fn segments<const N: usize>(counts: [(&'static str, usize); N]) -> Vec<Segment> {
    let total = counts.iter().map(|(_, count)| count).sum::<usize>().max(1);
    let mut before = 0;
    let segment = |(tone, count): (&'static str, usize)| {
        let from = before * BAR_WIDTH / total;
        before += count;
        Segment { tone, from, width: (before * BAR_WIDTH / total - from).max(MIN_SEGMENT_WIDTH) }
    };
    counts.into_iter().filter(|(_, count)| *count > 0).map(segment).collect()
}

/// Returns the words for a status that people read. Its stable name is for scripts.
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
        Status::WouldWrite | Status::WouldRestore | Status::WouldPublish => "new",
        Status::Removed | Status::WouldRemove => "gone",
        Status::Missing | Status::NotAttempted => "open",
        Status::Unfit => "poor",
        Status::Unchanged => "same",
        Status::Skipped => "idle",
        Status::Failed => "bad",
    }
}
