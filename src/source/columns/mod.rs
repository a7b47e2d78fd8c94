//! Finding the columns of a CSV file that name the account and the photo.

mod header;
mod headerless;
#[cfg(test)]
mod tests;

use std::str::FromStr;

use self::header::Header;
use super::approved::{ApprovedError, Schema};
use super::folder::has_image_extension;
use super::layout::SampleRow;
use super::path::is_windows;
use super::{Options, SourceError, beginning};

/// A column that `--user-column` or `--photo-column` chooses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// The name in the header.
    Name(String),
    /// The position, from 1.
    Number(usize),
}

impl FromStr for Column {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.parse() {
            Ok(number) if number > 0 => Self::Number(number),
            _ => Self::Name(text.to_owned()),
        })
    }
}

/// The maximum number of characters of a line that a message shows.
const SHOWN_CHARS: usize = 200;

/// The columns to read; positions are counted from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Columns {
    /// The column of the users.
    pub(super) user: usize,
    /// The column of the photos.
    pub(super) photo: usize,
    /// The column of the files' SHA-256, if there is one.
    pub(super) sha256: Option<usize>,
    /// The column of squares that were chosen by hand, which only an approved list may have.
    pub(super) crop: Option<usize>,
    /// The columns of an approved list, if this is one and its photos are needed.
    pub(super) approved: Option<Schema>,
    /// The cells of the header, if there is one.
    pub(super) header: Option<Vec<String>>,
    /// The last line above the rows: that of the header or of a comment; 0 if there is neither.
    pub(super) above: u64,
    /// The attribute that the header names as that of the users.
    pub(super) match_by: Option<&'static str>,
    /// Notes about what was assumed.
    pub(super) notes: Vec<String>,
}

impl Columns {
    /// Finds the columns: by what the user chose, by the header, and by the content of the first rows.
    ///
    /// # Errors
    /// When a column that is needed is missing, or the columns that were found cannot be the right ones.
    pub(super) fn find(options: &Options, sample: &[SampleRow]) -> Result<Self, SourceError> {
        // An approved list is binding, whatever somebody has written above it.
        let above = sample.iter().take_while(|row| !row.cells.iter().any(|cell| is_path(cell)));
        for (at, row) in above.enumerate() {
            if let Some(schema) = Schema::find(&row.cells)? {
                let notes = not_read(&sample[..at]).into_iter().collect();
                return Ok(Self { notes, ..Self::approved(schema, row, options)? });
            }
        }
        let paths = path_column(sample);
        let header = header::known(options, sample).or_else(|| header::unknown(sample, paths));
        let mut found = match header {
            Some(at) => {
                let mut found = Header::of(&sample[at], options).columns(paths, &sample[at + 1..])?;
                found.notes.splice(0..0, not_read(&sample[..at]));
                found
            }
            None => headerless::columns(options, sample, paths)?,
        };
        let asked = options.user_column.is_some() || options.photo_column.is_some();
        if !asked && found.look_swapped(sample, options.users_only) {
            let (user, photo) = (found.photo + 1, found.user + 1);
            return Err(SourceError::Swapped { columns: (!options.users_only).then_some((user, photo)) });
        }
        if options.users_only {
            // A list of users needs no other column.
            (found.photo, found.sha256, found.crop) = (found.user, None, None);
        }
        Ok(found)
    }

    /// Returns the columns of an approved list, which its header fixes.
    fn approved(schema: Schema, header: &SampleRow, options: &Options) -> Result<Self, SourceError> {
        if options.user_column.is_some() || options.photo_column.is_some() {
            return Err(ApprovedError::OtherColumns.into());
        }
        let user = schema.account();
        let (photo, approved) = if options.users_only { (user, None) } else { (schema.photo(), Some(schema)) };
        Ok(Self { user, photo, approved, header: Some(header.cells.clone()), above: header.line, ..Self::default() })
    }

    /// Returns the number of fields after which a row must have no other, if the header says so. A delimiter that
    /// belongs to a text moves all fields behind it, so that a user may be another one. It cannot, where the first
    /// column is the user's and the second the photo's: then there is no such photo.
    pub(super) fn width(&self, users_only: bool) -> Option<usize> {
        let cannot_move = !users_only && (self.user, self.photo) == (0, 1);
        self.header.as_ref().map(Vec::len).filter(|_| !cannot_move)
    }

    /// Returns how many fields a row must have at least.
    pub(super) fn needed(&self) -> usize {
        self.user.max(self.photo) + 1
    }

    /// Returns whether the users look like paths and the photos do not.
    fn look_swapped(&self, sample: &[SampleRow], users_only: bool) -> bool {
        let (mut all, mut users, mut photos) = (0, 0, 0);
        for row in sample.iter().filter(|row| row.line > self.above && !row.cell(self.user).is_empty()) {
            all += 1;
            users += usize::from(is_path(row.cell(self.user)));
            photos += usize::from(!users_only && is_path(row.cell(self.photo)));
        }
        users > 0 && users * 10 >= all * 9 && photos * 10 <= all
    }
}

/// Returns the column that has the most paths, unless two columns have equally many. The first column counts only if no
/// other column has paths, because rows usually begin with the user.
fn path_column(sample: &[SampleRow]) -> Option<usize> {
    let width = sample.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let count = |at: usize| sample.iter().filter(|row| is_path(row.cell(at))).count();
    let mut counted: Vec<(usize, usize)> =
        (1..width).map(|at| (count(at), at)).filter(|&(count, _)| count > 0).collect();
    counted.sort_unstable();
    match counted[..] {
        [] => (width > 0 && count(0) > 0).then_some(0),
        [.., (second, _), (most, _)] if second == most => None,
        [.., (_, at)] => Some(at),
    }
}

/// Returns whether a cell can only be a path of a photo. `EXAMPLE\anna` and `Sales/Marketing` could be something else.
fn is_path(cell: &str) -> bool {
    let is_relative = || ["./", "../", ".\\", "..\\"].iter().any(|start| cell.starts_with(start));
    has_image_extension(cell.as_ref())
        || is_windows(cell)
        || cell.starts_with(['/', '\\'])
        || cell.contains("://")
        || is_relative()
}

/// Returns a note about rows above the table.
fn not_read(rows: &[SampleRow]) -> Option<String> {
    let (first, last) = (rows.first()?.line, rows.last()?.line);
    let cells = rows.iter().flat_map(|row| &row.cells).filter(|cell| !cell.is_empty());
    let text = cells.map(String::as_str).collect::<Vec<_>>().join(" | ");
    let lines = if first == last { format!("line {first} is") } else { format!("lines {first} to {last} are") };
    Some(format!("{lines} above the table and ignored: {}", beginning(&text, SHOWN_CHARS)))
}
