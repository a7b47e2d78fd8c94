//! Reading one row of a list: the user, and the path of the photo.

use super::approved::Schema;
use super::columns::Columns;
use super::embedded::Embedded;
use super::path::Resolver;
use super::rows::{Field, Row};
use super::{Item, Key, ListRow, Photo, Problem, Unusable, beginning, cell, head};
use crate::hash::Hash;

/// The longest field, in bytes: longer than any name, DN or path in use.
pub(super) const MAX_FIELD_BYTES: usize = 4096;
/// The maximum number of characters of an unreadable row that a report shows.
pub(super) const SHOWN_CHARS: usize = 60;

/// The cells of a row that matter.
struct Cells {
    user: String,
    photo: String,
    sha256: String,
    /// Whether the row chooses a part of the photo.
    is_cropped: bool,
    /// The length of the longest of these fields in the file, in bytes.
    longest: usize,
    /// Number of fields in the row.
    found: usize,
    /// Number of fields up to the last one that is not blank.
    filled: usize,
}

/// Returns the photo that a row names, or why the row cannot be used.
pub(super) fn item(row: &Row<'_>, columns: &Columns, resolver: &Resolver) -> Item {
    let line = Some(row.line);
    let Some(fields) = &row.fields else {
        let (user, photo) = (beginning(row.first_line.trim(), SHOWN_CHARS), String::new());
        let problem = Problem::UnbalancedQuote;
        return Item::Unusable(Box::new(Unusable { user, photo, line, path: None, problem }));
    };
    if let Some(schema) = &columns.approved {
        return approved(fields, schema, row.line, resolver);
    }
    let cells = Cells::of(fields, columns);
    match cells.photo(row.line, columns, resolver) {
        Ok(photo) => Item::Photo(photo),
        Err(problem) => Item::Unusable(Box::new(Unusable {
            user: beginning(&cells.user, SHOWN_CHARS),
            photo: beginning(&cells.photo, SHOWN_CHARS),
            line,
            path: None,
            problem,
        })),
    }
}

/// Returns the photo that a row of an approved list names, or why the row cannot be used.
fn approved(fields: &[Field<'_>], schema: &Schema, line: u64, resolver: &Resolver) -> Item {
    let cells: Vec<String> = fields.iter().map(text).collect();
    let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
    let longest = fields.iter().map(|field| field.raw.len()).max().unwrap_or_default();
    let read = || {
        if longest > MAX_FIELD_BYTES {
            return Err(Problem::FieldTooLong { bytes: longest });
        }
        if cells.iter().any(|cell| cell.contains('\0')) {
            return Err(Problem::Nul);
        }
        let row = schema.read(&cells)?;
        let (key, path) = (Key::Exact(row.guid), resolver.resolve(&row.path)?);
        let (sha256, approved) = (Some(row.sha256), Some(row.approved));
        Ok(Photo { key, path, row: Some(Box::new(ListRow { line, path: row.path, sha256, approved })) })
    };
    match read() {
        Ok(photo) => Item::Photo(photo),
        Err(problem) => {
            let shown = |at: usize| beginning(cells.get(at).copied().unwrap_or_default(), SHOWN_CHARS);
            let (user, photo) = (shown(schema.user()), shown(schema.photo()));
            Item::Unusable(Box::new(Unusable { user, photo, line: Some(line), path: None, problem }))
        }
    }
}

/// Returns the text of a field; if it is too long, only the beginning.
pub(super) fn text(field: &Field<'_>) -> String {
    cell::read(&Field { raw: head(field.raw, MAX_FIELD_BYTES), ..*field }.text()).to_owned()
}

impl Cells {
    fn of(fields: &[Field<'_>], columns: &Columns) -> Self {
        let field = |at: usize| fields.get(at).copied().unwrap_or_default();
        let [user, photo] = [columns.user, columns.photo].map(field);
        let sha256 = columns.sha256.map(field).unwrap_or_default();
        let longest = [user, photo, sha256].map(|field| field.raw.len()).into_iter().max().unwrap_or_default();
        let filled = fields.iter().rposition(|field| !field.is_blank()).map_or(0, |last| last + 1);
        let is_cropped = columns.crop.map(field).is_some_and(|crop| !crop.is_blank());
        let [user, photo, sha256] = [user, photo, sha256].map(|field| text(&field));
        Self { user, photo, sha256, is_cropped, longest, found: fields.len(), filled }
    }

    fn photo(&self, line: u64, columns: &Columns, resolver: &Resolver) -> Result<Photo, Problem> {
        if let Some(embedded) = Embedded::of(&self.photo) {
            return Err(Problem::Embedded(embedded));
        }
        if self.longest > MAX_FIELD_BYTES {
            return Err(Problem::FieldTooLong { bytes: self.longest });
        }
        if [&self.user, &self.photo, &self.sha256].into_iter().any(|cell| cell.contains('\0')) {
            return Err(Problem::Nul);
        }
        if self.found < columns.needed() {
            return Err(Problem::TooFewFields { found: self.found, needed: columns.needed() });
        }
        if let Some(width) = columns.width(resolver.is_nowhere()).filter(|&width| self.filled > width) {
            return Err(Problem::TooManyFields { found: self.filled, width });
        }
        if self.user.is_empty() {
            return Err(Problem::NoUser);
        }
        if self.photo.is_empty() {
            return Err(Problem::NoPhoto);
        }
        let sha256 = Hash::parse(&self.sha256);
        if sha256.is_none() && !self.sha256.is_empty() {
            return Err(Problem::NotAHash);
        }
        if self.is_cropped {
            return Err(Problem::CropNotApproved);
        }
        let path = resolver.resolve(&self.photo)?;
        let row = ListRow { line, path: self.photo.clone(), sha256, approved: None };
        Ok(Photo { key: Key::Exact(self.user.clone()), path, row: Some(Box::new(row)) })
    }
}
