//! How figures and people read, and how many of a kind are shown to people.

use std::io::{self, Write};

use super::Record;

/// Records of one kind that are shown: a screenful, and a report file has all.
pub(super) const SHOWN: usize = 20;

/// `anna (Anna Schmidt, Sales)`.
pub(super) fn person(record: &Record) -> String {
    let known: Vec<&str> = record.display_name.as_deref().into_iter().chain(record.department.as_deref()).collect();
    if known.is_empty() { record.user.clone() } else { format!("{} ({})", record.user, known.join(", ")) }
}

/// Says how many were not shown, and where they are.
pub(super) fn more(count: usize, shown: usize, indent: &str, out: &mut dyn Write) -> io::Result<()> {
    match count.saturating_sub(shown) {
        0 => Ok(()),
        more => writeln!(out, "{indent}… and {} more (all in --report FILE.csv)", grouped_number(more)),
    }
}

/// `1234567` as `1,234,567`.
pub(super) fn grouped_number(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

/// `4.2 KB`.
pub(super) fn bytes(bytes: usize) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        _ => format!("{}.{} KB", bytes / 1024, bytes % 1024 * 10 / 1024),
    }
}
