//! Lists that were joined into one file, so that the header of the second list is in the middle of the rows.

use super::columns::Columns;
use super::folder::has_image_extension;
use super::layout::{DELIMITERS, SampleRow};
use super::row::{MAX_FIELD_BYTES, text};
use super::rows::{Field, Row, Rows};
use super::{Options, headers, marks};

/// Returns whether a row is not data: a line for programs, or a line that is drawn for the eye.
pub(super) fn is_no_row(row: &Row<'_>, columns: &Columns) -> bool {
    marks::is_mark(row.first_line) || is_rule(row, columns)
}

/// Returns whether a row is the line of dashes that database programs draw below the header.
fn is_rule(row: &Row<'_>, columns: &Columns) -> bool {
    let is_drawn =
        |field: &Field<'_>| !field.raw.is_empty() && field.raw.chars().all(|c| matches!(c, '-' | '=' | '_' | '+'));
    let is_below = columns.header.is_some() && row.line == columns.above + 1;
    is_below && row.fields.as_ref().is_some_and(|fields| fields.iter().all(is_drawn))
}

/// Returns the columns and the delimiter from this row on, if the row is the header of a list that was joined to the
/// one above.
pub(super) fn header(row: &Row<'_>, columns: &Columns, delimiter: u8, options: &Options) -> Option<(Columns, u8)> {
    let fields = row.fields.as_ref()?;
    // Nearly every row names an image and ends here, without further cost.
    let photo = fields.get(columns.photo);
    if row.first_line.len() > MAX_FIELD_BYTES || photo.is_some_and(|photo| has_image_extension(photo.raw.as_ref())) {
        return None;
    }
    let cells_of = |fields: &[Field<'_>]| fields.iter().map(text).collect::<Vec<String>>();
    let cells = cells_of(fields);
    if columns.header.as_ref().is_some_and(|header| cells.starts_with(header)) {
        return Some((Columns { above: row.line, ..columns.clone() }, delimiter));
    }
    if columns.approved.is_some() {
        // Rows after an approved list were not approved.
        return None;
    }
    let is_one_cell = cells.len() == 1;
    let is_other = |other: &u8| is_one_cell && row.first_line.as_bytes().contains(other);
    let others = DELIMITERS.into_iter().filter(is_other).filter_map(|other| {
        let row = Rows::new(row.first_line, other, row.line).next()?;
        Some((cells_of(&row.fields?), other))
    });
    let begins_a_file = row.first_line.starts_with(['\u{feff}', '\u{1a}']);
    let is_header = |(cells, _): &(Vec<String>, u8)| {
        headers::are_names(cells, columns.header.as_deref().filter(|_| !begins_a_file))
    };
    let (cells, delimiter) = std::iter::once((cells, delimiter)).chain(others).find(is_header)?;
    let found = Columns::find(options, &[SampleRow { line: row.line, cells }]).ok()?;
    found.header.is_some().then_some((found, delimiter))
}
