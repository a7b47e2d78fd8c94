//! Numbers, sizes and people in words, and how many records of a kind are shown.

use std::io::{self, Write};

use super::Record;

/// The maximum number of records of one kind that are shown: a screenful. A report file has all of them.
pub(super) const MAX_SHOWN: usize = 20;

/// Returns an account in words: `anna (Anna Schmidt, Sales)`.
pub(super) fn person(record: &Record) -> String {
    let known: Vec<&str> = record.display_name.as_deref().into_iter().chain(record.department.as_deref()).collect();
    if known.is_empty() { record.user.clone() } else { format!("{} ({})", record.user, known.join(", ")) }
}

/// Writes how many records were not shown, and where to find them.
pub(super) fn more(count: usize, shown: usize, indent: &str, report: &str, out: &mut dyn Write) -> io::Result<()> {
    match count.saturating_sub(shown) {
        0 => Ok(()),
        more => writeln!(out, "{indent}… and {} more (all in {report})", grouped_number(more)),
    }
}

/// Returns a number with its digits grouped: `1,234,567`.
pub(super) fn grouped_number(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

/// Returns a size in words: `4.2 KB`.
pub(super) fn bytes(bytes: usize) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        _ => format!("{}.{} KB", bytes / 1024, bytes % 1024 * 10 / 1024),
    }
}
