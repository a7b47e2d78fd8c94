//! Splits CSV text into rows that each stand alone, so that one bad quotation mark costs one row and not the rest of
//! the file.

/// A row of CSV text.
pub(super) struct Row<'t> {
    /// The line it starts on, from 1.
    pub(super) line: u64,
    /// Its text without the stray spaces around quoted fields, which would make the quotes part of the text;
    /// `None` where a quotation mark has no partner.
    pub(super) text: Option<String>,
    /// Its first line as it stands, and those that a quoted field goes on in.
    pub(super) first_line: &'t str,
    pub(super) more_lines: &'t str,
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
const MAX_MORE_LINES: usize = 16 * 1024;

impl<'t> Rows<'t> {
    pub(super) fn new(text: &'t str, delimiter: u8) -> Self {
        Self { text, delimiter, position: 0, line: 1 }
    }

    /// Goes back to the second line of `row`, which turned out to have swallowed the lines behind its first.
    pub(super) fn resume_at_second_line(&mut self, row: &Row<'_>) {
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
            |at: usize| bytes.get(at).is_some_and(|&byte| matches!(byte, b' ' | b'\t') && byte != self.delimiter);
        let skip_blanks = |mut at: usize| {
            while blank(at) {
                at += 1;
            }
            at
        };
        let ends_field =
            |at: usize| bytes.get(at).is_none_or(|&byte| byte == self.delimiter || matches!(byte, b'\r' | b'\n'));

        let limit = self.line_end(from).0 + MAX_MORE_LINES;
        let mut row = String::new();
        let mut at = from;
        loop {
            let start = skip_blanks(at);
            let end = if bytes.get(start) == Some(&b'"') {
                let closing = self.closing_quote(start, limit)?;
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
    fn closing_quote(&self, opening: usize, limit: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut at = opening + 1;
        loop {
            at += bytes[at..].iter().position(|&byte| byte == b'"')?;
            if at > limit {
                return None;
            }
            if bytes.get(at + 1) != Some(&b'"') {
                return Some(at);
            }
            at += 2;
        }
    }
}

impl<'t> Iterator for Rows<'t> {
    type Item = Row<'t>;

    fn next(&mut self) -> Option<Row<'t>> {
        if self.position >= self.text.len() {
            return None;
        }
        let (start, line) = (self.position, self.line);
        let (first_end, second_line) = self.line_end(start);
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
        let (first_line, more_lines) = (&self.text[start..first_end], &self.text[second_line..end]);
        Some(Row { line, text, first_line, more_lines, second_line })
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
