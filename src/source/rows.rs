//! Splits CSV text into rows that each stand alone, so that one bad quotation mark costs one row and not the rest of
//! the file.

/// A row of CSV text.
pub(super) struct Row {
    /// The line it starts on, from 1.
    pub(super) line: u64,
    /// Its text without the stray spaces around quoted fields, which would make the quotes part of the text;
    /// `None` where a quotation mark has no partner.
    pub(super) text: Option<String>,
    /// Whether a quoted field holds a line break.
    pub(super) spans_lines: bool,
    /// Where the second line of the row starts in the file.
    second_line: usize,
}

/// The rows of a CSV text.
pub(super) struct Rows<'t> {
    text: &'t str,
    delimiter: u8,
    position: usize,
    line: u64,
}

/// A quoted field that spans lines is an address or a remark; one that goes on longer has lost its closing mark.
const LONGEST_QUOTED_LINES: usize = 16 * 1024;

impl<'t> Rows<'t> {
    pub(super) fn new(text: &'t str, delimiter: u8) -> Self {
        Self { text, delimiter, position: 0, line: 1 }
    }

    /// Goes back to the second line of `row`, which turned out to have swallowed the lines behind its first.
    pub(super) fn resume_at_second_line(&mut self, row: &Row) {
        self.position = row.second_line;
        self.line = row.line + 1;
    }

    /// The end of the line that `from` is on, and the start of the next.
    fn line_end(&self, from: usize) -> (usize, usize) {
        let bytes = self.text.as_bytes();
        match bytes[from..].iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
            None => (bytes.len(), bytes.len()),
            Some(offset) => {
                let end = from + offset;
                (end, if bytes[end..].starts_with(b"\r\n") { end + 2 } else { end + 1 })
            }
        }
    }

    /// The row that starts at `from` and the position behind it, if its quotation marks pair.
    fn paired_row(&self, from: usize) -> Option<(String, usize)> {
        let bytes = self.text.as_bytes();
        let blank =
            |at: usize| bytes.get(at).is_some_and(|&byte| byte == b' ' || byte == b'\t' && self.delimiter != b'\t');
        let skip_blanks = |mut at: usize| {
            while blank(at) {
                at += 1;
            }
            at
        };
        let ends_field =
            |at: usize| bytes.get(at).is_none_or(|&byte| byte == self.delimiter || matches!(byte, b'\r' | b'\n'));

        let mut row = String::new();
        let mut at = from;
        loop {
            let start = skip_blanks(at);
            let end = if bytes.get(start) == Some(&b'"') {
                let closing = self.closing_quote(start)?;
                row.push_str(&self.text[start..=closing]);
                let end = skip_blanks(closing + 1);
                if !ends_field(end) {
                    return None;
                }
                end
            } else {
                let end = (at..).find(|&at| ends_field(at))?;
                row.push_str(&self.text[at..end]);
                end
            };
            if bytes.get(end) != Some(&self.delimiter) {
                return Some((row, self.line_end(end).1));
            }
            row.push(char::from(self.delimiter));
            at = end + 1;
        }
    }

    /// The mark that closes the quoted field opened at `opening`; a doubled one is part of the text.
    fn closing_quote(&self, opening: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let first_line_end = self.line_end(opening).0;
        let mut at = opening + 1;
        loop {
            at += bytes[at..].iter().position(|&byte| byte == b'"')?;
            if at > first_line_end + LONGEST_QUOTED_LINES {
                return None;
            }
            if bytes.get(at + 1) != Some(&b'"') {
                return Some(at);
            }
            at += 2;
        }
    }
}

impl Iterator for Rows<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        if self.position >= self.text.len() {
            return None;
        }
        let (start, line) = (self.position, self.line);
        let second_line = self.line_end(start).1;
        let (text, end) = match self.paired_row(start) {
            Some((text, end)) => (Some(text), end),
            None => (None, second_line),
        };
        let mut lines = 0;
        let mut at = start;
        while at < end {
            at = self.line_end(at).1;
            lines += 1;
        }
        self.position = end;
        self.line = line + lines;
        Some(Row { line, text, spans_lines: end > second_line, second_line })
    }
}

#[cfg(test)]
mod tests {
    use super::Rows;

    fn rows(text: &str) -> Vec<(u64, Option<String>)> {
        Rows::new(text, b',').map(|row| (row.line, row.text)).collect()
    }

    #[test]
    fn an_open_quote_costs_its_own_line_only() {
        let found = rows("a,\"b.jpg\nc,d.jpg\r\n\"e\",\"f \"\"g\"\".jpg\"\nh,\"i\"j.jpg\nk,l.jpg");
        let expect = |line, text: &str| (line, Some(text.to_owned()));
        assert_eq!(
            found,
            [(1, None), expect(2, "c,d.jpg"), expect(3, "\"e\",\"f \"\"g\"\".jpg\""), (4, None), expect(5, "k,l.jpg")]
        );
    }

    #[test]
    fn spaces_around_a_quoted_field_go_and_lines_are_counted() {
        assert_eq!(
            rows("a , \"b, c.jpg\" \n\"x\ny\",z\n\nlast,row\n"),
            [
                (1, Some("a ,\"b, c.jpg\"".to_owned())),
                (2, Some("\"x\ny\",z".to_owned())),
                (4, Some(String::new())),
                (5, Some("last,row".to_owned()))
            ]
        );
    }
}
