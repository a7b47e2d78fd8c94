//! The layout of a CSV file: what is above its table, and what separates its fields.

use std::collections::BTreeMap;

use super::embedded::Embedded;
use super::folder::has_image_extension;
use super::rows::{Field, Row, Rows};
use super::{Options, SourceError, beginning, cell, head, headers, marks};

/// The usual delimiters. The most certain comes first, because commas occur in names, too.
pub(super) const DELIMITERS: [u8; 4] = [b'\t', b'|', b';', b','];
/// Delimiters that count only if a header confirms them, because they occur in paths and names.
const RARE_DELIMITERS: [u8; 3] = [b'^', b'~', b':'];
/// A delimiter that occurs in no text, so every row is one cell.
const NO_DELIMITER: u8 = 0;
/// The number of rows from which the layout is determined.
pub(super) const SAMPLE_ROWS: usize = 100;
/// The maximum number of characters of a line that a message shows.
const SHOWN_CHARS: usize = 60;
/// The maximum number of bytes of a cell in the sample that are examined.
const MAX_SAMPLE_BYTES: usize = 1000;

/// The layout of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    /// The character between fields.
    pub(super) delimiter: u8,
    /// The position of the first line that is not a mark for programs.
    start: usize,
    /// The number of lines before it.
    lines: u64,
}

/// A row of the sample.
pub(super) struct SampleRow {
    /// The line on which the row starts, from 1.
    pub(super) line: u64,
    /// The texts of its cells.
    pub(super) cells: Vec<String>,
}

impl SampleRow {
    /// Returns the text of a cell; empty if the row ends before it.
    pub(super) fn cell(&self, at: usize) -> &str {
        self.cells.get(at).map_or("", String::as_str)
    }
}

impl Layout {
    /// Determines the layout from the first rows.
    pub(super) fn find(text: &str, options: &Options) -> Self {
        let above = marks::above(text);
        let found = || find_delimiter(&text[above.end..], options.users_only);
        let delimiter = options.delimiter.or(above.delimiter).unwrap_or_else(found);
        Self { delimiter, start: above.end, lines: above.lines }
    }

    /// Returns the rows of the text.
    pub(super) fn rows<'t>(&self, text: &'t str) -> Rows<'t> {
        Rows::new(&text[self.start..], self.delimiter, self.lines + 1)
    }

    /// Returns the first rows that are not blank.
    ///
    /// # Errors
    /// When the quotation marks of the first row do not pair, so that nothing can be learnt from it.
    pub(super) fn sample(&self, text: &str) -> Result<Vec<SampleRow>, SourceError> {
        let mut rows = self.rows(text);
        let mut sample = Vec::new();
        while sample.len() < SAMPLE_ROWS
            && let Some(row) = next_row(&mut rows, None)
        {
            match &row.fields {
                None if sample.is_empty() => {
                    return Err(SourceError::BrokenHeader { line: beginning(row.first_line.trim(), SHOWN_CHARS) });
                }
                Some(fields) if !row.is_blank() => {
                    sample.push(SampleRow { line: row.line, cells: fields.iter().map(cell_of).collect() });
                }
                _ => {}
            }
        }
        Ok(sample)
    }
}

/// Returns the text of a cell of the sample, as far as it is examined.
fn cell_of(field: &Field<'_>) -> String {
    cell::read(&Field { raw: head(field.raw, MAX_SAMPLE_BYTES), ..*field }.text()).to_owned()
}

/// Returns the next row. If it seems to have lost a closing quotation mark and to have swallowed later rows, it has no
/// fields, and reading resumes at its second line. Two signs show that: a name or path with a line break, and a line
/// inside the row that is itself a row with an image.
pub(super) fn next_row<'t>(rows: &mut Rows<'t>, columns: Option<(usize, usize)>) -> Option<Row<'t>> {
    let mut row = rows.next()?;
    if swallowed_rows(&row, rows.delimiter, columns) {
        rows.resume_at_second_line(&row);
        row.fields = None;
    }
    Some(row)
}

/// Returns whether a row with several lines has lost a quotation mark and contains other rows.
fn swallowed_rows(row: &Row<'_>, delimiter: u8, columns: Option<(usize, usize)>) -> bool {
    let Some(fields) = row.fields.as_ref().filter(|_| !row.more_lines.is_empty()) else { return false };
    let breaks = |at: usize| {
        fields.get(at).is_some_and(|field| field.raw.contains(['\r', '\n']) && Embedded::of(field.raw).is_none())
    };
    let all = fields.len();
    let is_image = |field: &Field<'_>| has_image_extension(field.raw.trim_matches('"').as_ref());
    let is_row = |line: &str| {
        let fields =
            Rows::new(line, delimiter, 1).next().and_then(|row| row.fields).unwrap_or_else(|| loosely(line, delimiter));
        match columns {
            Some((user, photo)) => {
                // A photo may be named without its extension, in a line that has all of a row's fields.
                let is_filled = |at: usize| fields.get(at).is_some_and(|field| !field.is_blank());
                let is_whole = || fields.len() == all && is_filled(user) && is_filled(photo);
                fields.get(photo).is_some_and(is_image) || is_whole()
            }
            None => fields.iter().any(is_image),
        }
    };
    columns.is_some_and(|(user, photo)| breaks(user) || breaks(photo)) || row.more_lines.split(['\r', '\n']).any(is_row)
}

/// Splits a line whose quotation marks do not pair.
fn loosely(line: &str, delimiter: u8) -> Vec<Field<'_>> {
    line.split(char::from(delimiter)).map(|raw| Field { raw: raw.trim(), quoted: false }).collect()
}

/// Returns the delimiter with which a row reads as a header, or else the one that splits most rows into equally many
/// fields.
fn find_delimiter(text: &str, users_only: bool) -> u8 {
    let judged = DELIMITERS.map(|delimiter| Judged::new(text, delimiter));
    if users_only && judged.iter().all(|judged| judged.header_fields == 1) {
        // A list of names such as "Miller, Anna" below a header of one cell has no delimiter.
        return NO_DELIMITER;
    }
    let is_header = |delimiter: &u8| Judged::new(text, *delimiter).header_score == 2;
    if judged.iter().all(|judged| judged.header_score < 2)
        && let Some(delimiter) = RARE_DELIMITERS.into_iter().find(is_header)
    {
        return delimiter;
    }
    // `max_by_key` returns the last of equals, and the list is reversed: the most certain delimiter wins, or a comma if
    // nothing is known.
    let most = judged.iter().rev().max_by_key(|judged| (judged.header_score, judged.alike));
    most.filter(|most| most.header_score > 0 || most.alike > 0).map_or(b',', |most| most.delimiter)
}

/// The evidence for a delimiter.
struct Judged {
    delimiter: u8,
    /// How well the best row reads as a header with this delimiter.
    header_score: usize,
    /// The number of fields in that row.
    header_fields: usize,
    /// The greatest number of rows with equally many fields.
    alike: usize,
}

impl Judged {
    fn new(text: &str, delimiter: u8) -> Self {
        let rows = Rows::new(text, delimiter, 1).filter(|row| !row.is_blank()).take(SAMPLE_ROWS);
        let (mut header_score, mut header_fields, mut above) = (0, 0, true);
        let mut counts = BTreeMap::new();
        for fields in rows.filter_map(|row| row.fields) {
            let cells: Vec<String> = fields.iter().map(cell_of).collect();
            above &= !cells.iter().any(|cell| has_image_extension(cell.as_ref()));
            let score = if above { headers::score(&cells) } else { 0 };
            if score > header_score {
                (header_score, header_fields) = (score, cells.len());
            }
            *counts.entry(cells.len()).or_insert(0) += 1;
        }
        let alike = counts.into_iter().filter(|&(fields, _)| fields > 1).map(|(_, rows)| rows).max().unwrap_or(0);
        Self { delimiter, header_score, header_fields, alike }
    }
}

#[cfg(test)]
mod tests {
    use super::Layout;
    use crate::source::Options;

    fn delimiter(text: &str) -> char {
        char::from(Layout::find(text, &Options::default()).delimiter)
    }

    #[test]
    fn marks_are_passed_over_in_any_order() {
        for text in
            ["sep=|\nuser,a|photo\n", "#TYPE x\r\n\r\nsep=|\r\nuser|photo\r\n", "\n\"sep=|\"\n\n\"#TYPE x\"\nuser|x\n"]
        {
            let layout = Layout::find(text, &Options::default());
            let row = layout.rows(text).find(|row| !row.is_blank()).expect("a row");
            assert!(layout.delimiter == b'|' && row.first_line.starts_with("user"), "{text:?}");
            let above = &text[..text.find("user").expect("is there")];
            assert_eq!(row.line, 1 + above.matches('\n').count() as u64);
        }
    }

    #[test]
    fn delimiters_are_told_apart() {
        for (text, expected) in [
            ("user,photo\na,b.jpg\n", ','),
            ("Miller, Anna;a.jpg\nSmith, Bob;b.jpg\n", ';'),
            ("Miller, Anna\ta.jpg\nSmith; Bob\tb.jpg\n", '\t'),
            ("Miller, Anna|a.jpg\n", '|'),
            ("Photos, 2026\nuser;photo\na;b.jpg\n", ';'),
            ("user^photo\nMiller, Anna^b.jpg\n", '^'),
            ("login~file\na~b, c.jpg\n", '~'),
            ("user,mail,photo\na,x;y,b.jpg\n", ','),
            ("Kürzel;Name, Vorname;Bild\na;b, c;d.jpg\n", ';'),
            ("anna\n", ','),
            ("", ','),
        ] {
            assert_eq!(delimiter(text), expected, "{text}");
        }
        let users = Options { users_only: true, ..Options::default() };
        assert_eq!(Layout::find("displayName\nMiller, Anna\n", &users).delimiter, super::NO_DELIMITER);
        assert_eq!(Layout::find("user,mail\na,b\n", &users).delimiter, b',');
    }
}
