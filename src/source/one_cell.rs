//! Lists in which each row is a single cell. They come from a program that opened the file with the wrong separator and
//! saved each line as one quoted cell.

use super::layout::{DELIMITERS, Layout, SAMPLE_ROWS};
use super::rows::{Field, Row, Rows};
use super::{Options, SourceError, head, headers, marks};

/// The maximum number of bytes of a cell that are examined.
const MAX_CELL_BYTES: usize = 4096;

/// Returns the table inside the cells, if each row is one cell. Its lines have the same numbers as in the file.
///
/// # Errors
/// When each row is one cell and no header shows how to read the cells: a list of photos must have two columns.
pub(super) fn within_cells(text: &str, options: &Options) -> Result<Option<String>, SourceError> {
    let Some(outer) = DELIMITERS.into_iter().find(|&outer| is_one_cell_a_row(text, outer)) else { return Ok(None) };
    let mut within = String::with_capacity(text.len());
    let mut line = 1;
    for row in Rows::new(text, outer, 1) {
        within.extend((line..row.line).map(|_| '\n'));
        let cell = row.fields.as_ref().and_then(|fields| fields.first()).map_or(row.first_line.into(), Field::text);
        within.push_str(&cell);
        line = row.line + breaks(&cell);
    }
    let sample = Layout::find(&within, options).sample(&within)?;
    let mut rows = sample.iter().filter(|row| row.cells.len() > 1);
    let is_table = if options.users_only {
        rows.next().is_some_and(|row| row.cells.iter().any(|cell| headers::user(cell).is_some()))
    } else {
        rows.any(|row| headers::score(&row.cells) == 2)
    };
    match sample.first() {
        _ if is_table => Ok(Some(within)),
        Some(first) if !options.users_only && first.cells.len() > 1 => Err(SourceError::OneCell),
        _ => Ok(None),
    }
}

/// Returns whether each of the first rows is one cell, and most cells with a delimiter inside are quoted.
fn is_one_cell_a_row(text: &str, outer: u8) -> bool {
    let (mut quoted, mut others) = (0, 0);
    let rows = Rows::new(text, outer, 1).filter(|row| !row.is_blank() && !marks::is_mark(row.first_line));
    let is_one_cell = |row: Row<'_>| {
        let [cell, rest @ ..] = row.fields.as_deref().unwrap_or_default() else { return false };
        let holds_several = head(cell.raw, MAX_CELL_BYTES).contains(DELIMITERS.map(char::from));
        quoted += usize::from(holds_several && cell.quoted);
        others += usize::from(holds_several && !cell.quoted);
        !cell.is_blank() && rest.iter().all(Field::is_blank)
    };
    rows.take(SAMPLE_ROWS).all(is_one_cell) && quoted > 0 && quoted >= others
}

/// Returns the number of line breaks in a text.
fn breaks(text: &str) -> u64 {
    (text.matches('\n').count() + text.matches('\r').count() - text.matches("\r\n").count()) as u64
}

#[cfg(test)]
mod tests {
    use super::within_cells;
    use crate::source::Options;

    #[test]
    fn a_table_within_cells_is_found() {
        let list = Options::default();
        let within = |text: &str| within_cells(text, &list).expect("readable");
        assert_eq!(within("\"user,photo\"\n\"u0,a.jpg\"\n").as_deref(), Some("user,photo\nu0,a.jpg"));
        assert_eq!(
            within("\"user,photo\";;\r\n\"u0,\"\"a, b.jpg\"\"\";;\r\nu1;;\r\n").as_deref(),
            Some("user,photo\nu0,\"a, b.jpg\"\nu1")
        );
        for text in [
            "user,photo\nu0,a.jpg\n",
            "\"user\",\"photo\"\n\"u0\",\"a, b.jpg\"\n",
            "user\nanna\n",
            "\"Sales, 2026\"\nuser,photo\na,b.jpg\n",
            "",
        ] {
            assert_eq!(within(text), None, "{text}");
        }
        within_cells("\"Smith, Bob\"\n\"Miller, Anna.jpg\"\n", &list).expect_err("one column");
        let users = Options { users_only: true, ..Options::default() };
        assert_eq!(within_cells("\"Smith, Bob\"\n\"Miller, Anna\"\n", &users).expect("names"), None);
        assert!(within_cells("\"user,mail\"\n\"a,b\"\n", &users).expect("a table").is_some());
    }
}
