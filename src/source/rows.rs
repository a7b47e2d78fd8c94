//! Splits CSV text into rows. Each row stands on its own, so that a bad quotation mark costs one row and not the rest
//! of the file. Rows and fields are slices of the text, so even very long ones take no memory of their own.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memchr3};

use super::characters::{is_blank, is_typographic};
use super::embedded::Embedded;

/// A row of CSV text.
pub(super) struct Row<'t> {
    /// The line on which the row starts, from 1.
    pub(super) line: u64,
    /// The fields of the row; `None` if a quotation mark has no partner.
    pub(super) fields: Option<Vec<Field<'t>>>,
    /// The first line of the row.
    pub(super) first_line: &'t str,
    /// The other lines of a row whose quoted fields have line breaks.
    pub(super) more_lines: &'t str,
    /// The position of the row's second line in the text.
    second_line: usize,
}

/// A field as it is in the text.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Field<'t> {
    /// The field without the spaces around it, and without its quotation marks.
    pub(super) raw: &'t str,
    /// Whether the field is quoted. Inside such a field, a quotation mark is written twice.
    pub(super) quoted: bool,
}

impl<'t> Field<'t> {
    /// Returns the field's text.
    pub(super) fn text(&self) -> Cow<'t, str> {
        if self.quoted && self.raw.contains("\"\"") {
            Cow::Owned(self.raw.replace("\"\"", "\""))
        } else {
            Cow::Borrowed(self.raw)
        }
    }

    /// Returns whether the field is empty.
    pub(super) fn is_blank(&self) -> bool {
        self.raw.chars().all(is_blank)
    }
}

impl Row<'_> {
    /// Returns whether all fields are empty.
    pub(super) fn is_blank(&self) -> bool {
        self.fields.as_ref().is_some_and(|fields| fields.iter().all(Field::is_blank))
    }
}

/// The rows of a CSV text.
pub(super) struct Rows<'t> {
    text: &'t str,
    /// The delimiter, which may change in the middle of joined lists.
    pub(super) delimiter: u8,
    position: usize,
    line: u64,
}

/// The maximum number of bytes that a quoted field may have after its first line. An address or a remark is shorter,
/// and a longer field has lost its closing quotation mark.
const MAX_MORE_BYTES: usize = 16 * 1024;
/// The maximum number of fields of a row that are kept: more than an export of all attributes of an account has.
const MAX_FIELDS: usize = 4096;

impl<'t> Rows<'t> {
    /// Returns the rows of a text whose first line has the number `line` in its file.
    pub(super) fn new(text: &'t str, delimiter: u8, line: u64) -> Self {
        Self { text, delimiter, position: 0, line }
    }

    /// Resumes at the second line of `row`, which turned out to have swallowed the lines after its first.
    pub(super) fn resume_at_second_line(&mut self, row: &Row<'_>) {
        self.position = row.second_line;
        self.line = row.line + 1;
    }

    /// Returns the fields of the row that starts at `from`, and the position after the row, if its quotation marks
    /// pair.
    fn paired_row(&self, from: usize) -> Option<(Vec<Field<'t>>, usize)> {
        let (mut line, _) = line_end(self.text, from);
        let limit = line + MAX_MORE_BYTES;
        let mut may_be_enclosed = true;
        let mut fields = Vec::new();
        let mut at = from;
        loop {
            let start = self.skip_blanks(at);
            let (field, end) = if self.text.as_bytes().get(start) == Some(&b'"') {
                self.quoted_field(start, limit)?
            } else {
                // A quoted field may have ended on a later line.
                line = if start > line { line_end(self.text, start).0 } else { line };
                self.other_field(start, line, &mut may_be_enclosed)
            };
            fields.push(field);
            // The rest of the line is ignored if the row has too many fields.
            if fields.len() == MAX_FIELDS || self.text.as_bytes().get(end) != Some(&self.delimiter) {
                return Some((fields, line_end(self.text, end).1));
            }
            at = end + 1;
        }
    }

    /// Returns the quoted field at `start` and the position after it, if a mark closes it.
    fn quoted_field(&self, start: usize, limit: usize) -> Option<(Field<'t>, usize)> {
        let closing = self.closing_quote(start, limit)?;
        let end = self.skip_blanks(closing + 1);
        self.ends_field(end).then(|| (Field { raw: &self.text[start + 1..closing], quoted: true }, end))
    }

    /// Returns the field at `start`, in the line that ends at `line_end`, and the position after it.
    fn other_field(&self, start: usize, line_end: usize, may_be_enclosed: &mut bool) -> (Field<'t>, usize) {
        let line = &self.text[start..line_end];
        let enclosed =
            closers(line).filter(|_| *may_be_enclosed).map(|closers| self.closing_mark(start, line, closers));
        // If no closing mark was found once, there is none in the rest of the line either. Without this flag, a long
        // row would be searched once for each of its fields.
        *may_be_enclosed &= enclosed != Some(None);
        let end = enclosed.flatten().unwrap_or_else(|| self.field_end(start));
        (Field { raw: self.text[start..end].trim_end_matches(is_blank), quoted: false }, end)
    }

    /// Returns the first position from `at` on that is not a space.
    fn skip_blanks(&self, at: usize) -> usize {
        let is_skipped = |c: char| is_blank(c) && c != '\r' && c != '\n' && c != char::from(self.delimiter);
        let rest = &self.text[at..];
        at + rest.len() - rest.trim_start_matches(is_skipped).len()
    }

    /// Returns whether a field may end at this position.
    fn ends_field(&self, at: usize) -> bool {
        self.text.as_bytes().get(at).is_none_or(|&byte| byte == self.delimiter || matches!(byte, b'\r' | b'\n'))
    }

    /// Returns the end of the unquoted field at `at`.
    fn field_end(&self, at: usize) -> usize {
        let bytes = self.text.as_bytes();
        memchr3(self.delimiter, b'\r', b'\n', &bytes[at..]).map_or(bytes.len(), |offset| at + offset)
    }

    /// Returns the mark that closes the quoted field opened at `opening`. A doubled mark is part of the text.
    fn closing_quote(&self, opening: usize, limit: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut at = opening + 1;
        loop {
            at += memchr(b'"', &bytes[at..])?;
            // A field beyond the limit has lost its mark, unless it is a photo in Base64.
            if at > limit && Embedded::of(&self.text[opening + 1..at]).is_none() {
                return None;
            }
            if bytes.get(at + 1) != Some(&b'"') {
                return Some(at);
            }
            at += 2;
        }
    }

    /// Returns the end of a field that begins with another mark than `"`, if there is a closing mark after which a
    /// field may end.
    fn closing_mark(&self, start: usize, line: &str, is_closed: fn(&str) -> bool) -> Option<usize> {
        let ends = line.char_indices().skip(1).map(|(at, c)| at + c.len_utf8());
        let mut behind = ends.filter(|&end| is_closed(&line[..end])).map(|end| self.skip_blanks(start + end));
        behind.find(|&end| self.ends_field(end))
    }
}

/// Returns the end of the line at `from`, and the start of the next one.
pub(super) fn line_end(text: &str, from: usize) -> (usize, usize) {
    let bytes = text.as_bytes();
    match memchr2(b'\r', b'\n', &bytes[from..]) {
        None => (bytes.len(), bytes.len()),
        Some(offset) => {
            let end = from + offset;
            (end, if bytes[end..].starts_with(b"\r\n") { end + 2 } else { end + 1 })
        }
    }
}

/// Returns how to recognize the end of a field that begins with a typographic quotation mark (Word and Outlook make
/// them of typed ones) or with a formula about a text, such as `="Miller, Anna"`. Delimiters inside are part of the
/// field.
fn closers(line: &str) -> Option<fn(&str) -> bool> {
    if line.starts_with(is_typographic) {
        return Some(|field| field.ends_with(is_typographic));
    }
    let formula = line.strip_prefix('=')?;
    if formula.starts_with('"') {
        return Some(|field| field.ends_with('"'));
    }
    let arguments = formula.trim_start_matches(|c: char| c.is_alphabetic() || matches!(c, '.' | '_'));
    arguments.starts_with("(\"").then_some(|field| field.ends_with("\")"))
}

impl<'t> Iterator for Rows<'t> {
    type Item = Row<'t>;

    /// Returns the next row that is not an empty line.
    fn next(&mut self) -> Option<Row<'t>> {
        let bytes = self.text.as_bytes();
        while let Some(b'\r' | b'\n') = bytes.get(self.position) {
            self.position += if bytes[self.position..].starts_with(b"\r\n") { 2 } else { 1 };
            self.line += 1;
        }
        if self.position >= self.text.len() {
            return None;
        }
        let (start, line) = (self.position, self.line);
        let (first_end, second_line) = line_end(self.text, start);
        let (fields, end) = match self.paired_row(start) {
            Some((fields, end)) => (Some(fields), end),
            None => (None, second_line),
        };
        let mut lines = 0;
        let mut at = start;
        while at < end {
            at = line_end(self.text, at).1;
            lines += 1;
        }
        self.position = end;
        self.line = line + lines;
        let (first_line, more_lines) = (&self.text[start..first_end], &self.text[second_line..end]);
        Some(Row { line, fields, first_line, more_lines, second_line })
    }
}

#[cfg(test)]
mod tests {
    use super::Rows;

    fn rows(text: &str) -> Vec<(u64, Option<Vec<String>>)> {
        let text_of = |field: &super::Field<'_>| field.text().into_owned();
        Rows::new(text, b',', 1)
            .map(|row| (row.line, row.fields.map(|fields| fields.iter().map(text_of).collect())))
            .collect()
    }

    fn row<const N: usize>(line: u64, fields: [&str; N]) -> (u64, Option<Vec<String>>) {
        (line, Some(fields.map(str::to_owned).to_vec()))
    }

    #[test]
    fn an_open_quote_costs_its_own_line_only() {
        let found = rows("a,\"b.jpg\nc,d.jpg\r\n\"e\",\"f \"\"g\"\".jpg\"\nh,\"i\"j.jpg\nk,l.jpg");
        let expected =
            [(1, None), row(2, ["c", "d.jpg"]), row(3, ["e", "f \"g\".jpg"]), (4, None), row(5, ["k", "l.jpg"])];
        assert_eq!(found, expected);
    }

    #[test]
    fn blanks_around_a_field_go_and_lines_are_counted() {
        assert_eq!(
            rows("a , \"b, c.jpg\" \n\"x\ny\",z\n\nlast,row\n"),
            [row(1, ["a", "b, c.jpg"]), row(2, ["x\ny", "z"]), row(5, ["last", "row"])]
        );
        // A byte order mark that joining files has left in the middle, and the Ctrl-Z with which DOS ends a file.
        assert_eq!(rows("\u{feff}\"a\",b\r\u{1a}"), [row(1, ["a", "b"]), row(2, [""])]);
    }

    #[test]
    fn other_marks_enclose_a_field_where_they_pair() {
        assert_eq!(
            rows(
                "“Miller, Anna”, a.jpg\n„Ä, B“,x\n=\"00,1\",=HYPERLINK(\"a (2),b.jpg\",\"c\"),d\n“open,e.jpg\n=A(1),f"
            ),
            [
                row(1, ["“Miller, Anna”", "a.jpg"]),
                row(2, ["„Ä, B“", "x"]),
                row(3, ["=\"00,1\"", "=HYPERLINK(\"a (2),b.jpg\",\"c\")", "d"]),
                row(4, ["“open", "e.jpg"]),
                row(5, ["=A(1)", "f"]),
            ]
        );
    }

    /// A reader that took one pass for each field would not finish.
    #[test]
    fn a_row_of_any_length_takes_one_pass() {
        for piece in [",", "“,", "=\"a", "\"\",", "a“", "\"", " ", "\u{feff}"] {
            let text = piece.repeat(2_000_000);
            let fields = Rows::new(&text, b',', 1).map(|row| row.fields.map_or(0, |fields| fields.len())).max();
            assert!(fields <= Some(super::MAX_FIELDS), "{piece}: {fields:?}");
        }
    }
}
