//! How a CSV file separates its fields.

use super::columns::header_score;

/// Excel's own first line `sep=;`: the text behind it, its lines, and the delimiter it names.
pub(super) fn excel_mark(text: &str) -> (&str, u64, Option<u8>) {
    let Some((first, rest)) = text.split_once('\n') else { return (text, 0, None) };
    match first.trim_end().strip_prefix("sep=").map(str::as_bytes) {
        Some(&[delimiter]) => (rest, 1, Some(delimiter)),
        _ => (text, 0, None),
    }
}

/// The delimiter that makes the first line a header, or else the most frequent in it.
pub(super) fn find_delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let score = |&delimiter: &u8| {
        let fields = split(first, delimiter);
        let fields: Vec<&str> = fields.iter().collect();
        (header_score(&fields), fields.len())
    };
    // The last of the greatest wins: a comma on a tie.
    *b"|\t;,".iter().max_by_key(|delimiter| score(delimiter)).unwrap_or(&b',')
}

/// The fields of one row, trimmed.
pub(super) fn split(row: &str, delimiter: u8) -> csv::StringRecord {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(row.as_bytes());
    let mut record = csv::StringRecord::new();
    // Valid UTF-8 of any length is a record to a flexible reader: nothing can fail here.
    match reader.read_record(&mut record) {
        Ok(_) => record,
        Err(_) => csv::StringRecord::new(),
    }
}
