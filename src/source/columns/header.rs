//! The header: the row that names the columns.

use super::super::headers::{self, plain};
use super::super::layout::SampleRow;
use super::super::{Options, SourceError, beginning};
use super::{Column, Columns, SHOWN_CHARS, is_path};
use crate::source::folder::has_image_extension;

/// A row that may be the header.
pub(super) struct Header<'a> {
    options: &'a Options,
    cells: &'a [String],
    line: u64,
}

impl<'a> Header<'a> {
    pub(super) fn of(row: &'a SampleRow, options: &'a Options) -> Self {
        let cells = &row.cells;
        // Spreadsheets give every row as many delimiters as the longest one has.
        let end = cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
        Self { options, cells: &cells[..end], line: row.line }
    }

    /// Finds the columns by this header. If no name is known to be that of the photo column, the photo column is the
    /// one that has paths.
    pub(super) fn columns(&self, paths: Option<usize>, rows: &[SampleRow]) -> Result<Columns, SourceError> {
        let options = self.options;
        let asked_user = self.asked(options.user_column.as_ref())?.or_else(|| self.by_attribute());
        let asked_photo = self.asked(options.photo_column.as_ref())?;
        let known_user = self.known_user(rows).filter(|&(at, _)| Some(at) != asked_photo);
        let user = asked_user.or(known_user.map(|(at, _)| at));
        let known_photo = self.known_photo(rows, user);
        let hash = self.named(headers::HASH);
        let photo = asked_photo.or(known_photo).or_else(|| paths.filter(|&at| Some(at) != user));
        // If there are two columns and one of them is known, the other one is the one that is missing.
        let other =
            |known: usize| (self.cells.len() == 2 && known < 2).then(|| 1 - known).filter(|&at| Some(at) != hash);
        let (user, photo) = match (user, photo) {
            (Some(user), _) if options.users_only => (user, user),
            (Some(user), Some(photo)) if user == photo => {
                return Err(self.no_column("for the photo besides the user's (--photo-column names it)"));
            }
            (Some(user), Some(photo)) => (user, photo),
            (Some(user), None) => {
                (user, other(user).ok_or_else(|| self.no_column("for the photo (--photo-column names it)"))?)
            }
            (None, Some(photo)) => {
                (other(photo).ok_or_else(|| self.no_column("for the user (--user-column names it)"))?, photo)
            }
            (None, None) => return Err(self.no_column("for the user and the photo (--user-column, --photo-column)")),
        };
        let match_by = match asked_user {
            None => known_user.and_then(|(_, attribute)| attribute),
            Some(at) => self.cells.get(at).and_then(|name| headers::user(name)?.1),
        };
        let all_known = known_user.is_some() && (known_photo.is_some() || options.users_only);
        Ok(Columns {
            approved: None,
            user,
            photo,
            sha256: hash.filter(|&at| at != user && at != photo),
            crop: self.named(headers::CROP).filter(|&at| at != user && at != photo),
            header: Some(self.cells.to_vec()),
            above: self.line,
            match_by,
            notes: self.notes(user, photo, all_known || names(options).next().is_some()),
        })
    }

    /// Returns the column that the user chose.
    fn asked(&self, column: Option<&Column>) -> Result<Option<usize>, SourceError> {
        match column {
            None => Ok(None),
            Some(Column::Number(number)) => Ok(Some(number - 1)),
            Some(Column::Name(name)) => self.named(name).map(Some).ok_or_else(|| self.no_column(name)),
        }
    }

    /// Returns the column that has the name of the attribute in `--match-by`.
    fn by_attribute(&self) -> Option<usize> {
        self.options.match_by.as_ref().and_then(|attribute| self.named(attribute))
    }

    /// Returns the column with this name, in the same spelling or nearly so.
    fn named(&self, name: &str) -> Option<usize> {
        let wanted = plain(name);
        let nearly = || self.cells.iter().position(|cell| plain(cell) == wanted).filter(|_| !wanted.is_empty());
        self.cells.iter().position(|cell| cell == name).or_else(nearly)
    }

    /// Returns the user column by its name. If several columns have such a name, the surest name counts, and then the
    /// first that is filled in.
    fn known_user(&self, rows: &[SampleRow]) -> Option<(usize, Option<&'static str>)> {
        let is_empty = |at: usize| rows.iter().all(|row| row.cell(at).is_empty());
        let known = self.cells.iter().enumerate().filter_map(|(at, cell)| Some((at, headers::user(cell)?)));
        known.min_by_key(|&(at, (rank, _))| (rank, is_empty(at), at)).map(|(at, (_, attribute))| (at, attribute))
    }

    /// Returns the photo column by its name. If several columns have such a name, the first that has paths counts.
    fn known_photo(&self, rows: &[SampleRow], user: Option<usize>) -> Option<usize> {
        let has_paths = |at: usize| rows.iter().any(|row| is_path(row.cell(at)));
        let known = self.cells.iter().enumerate().filter_map(|(at, cell)| Some((at, headers::photo(cell)?)));
        let others = known.filter(|&(at, _)| Some(at) != user);
        others.min_by_key(|&(at, rank)| (!has_paths(at), rank, at)).map(|(at, _)| at)
    }

    /// Returns how many of the two columns the header names.
    fn score(&self) -> usize {
        let user = self.by_attribute().is_some() || self.known_user(&[]).is_some();
        // A list with a column of hashes must never be read as if it had none, so this name counts, too.
        let photo = || self.known_photo(&[], None).is_some() || self.named(headers::HASH).is_some();
        usize::from(user) + usize::from(!self.options.users_only && photo())
    }

    /// Returns notes about what was assumed: an uncertain header, and names that several columns have.
    fn notes(&self, user: usize, photo: usize, is_sure: bool) -> Vec<String> {
        let line = if self.line == 1 { "the CSV file's first line".to_owned() } else { format!("line {}", self.line) };
        let read = (!is_sure).then(|| format!("using {line} as the header: {}", self.shown()));
        let twice = |(at, option): (usize, &str)| {
            let name = self.cells.get(at).filter(|name| !name.is_empty())?;
            let count = self.cells.iter().filter(|cell| plain(cell) == plain(name)).count();
            let column = at + 1;
            (count > 1).then(|| {
                format!("{count} columns are called {name}: using column {column} ({option} can choose another by its number)")
            })
        };
        let photo = (!self.options.users_only).then_some((photo, "--photo-column"));
        let twice = std::iter::once((user, "--user-column")).chain(photo).filter_map(twice);
        read.into_iter().chain(twice).collect()
    }

    fn shown(&self) -> String {
        beginning(&self.cells.join(" | "), SHOWN_CHARS)
    }

    pub(super) fn no_column(&self, wanted: &str) -> SourceError {
        SourceError::NoColumn { wanted: wanted.to_owned(), line: self.line, header: self.shown() }
    }
}

/// Returns the row that names the columns that the user chose, or columns with known names.
pub(super) fn known(options: &Options, sample: &[SampleRow]) -> Option<usize> {
    let has_all = |row: &SampleRow| names(options).all(|name| Header::of(row, options).named(name).is_some());
    match names(options).next() {
        None => with_known_names(options, sample),
        Some(_) => {
            let first = || (!sample.is_empty()).then_some(0);
            sample.iter().position(has_all).or_else(|| with_known_names(options, sample)).or_else(first)
        }
    }
}

/// Returns the first row that names both columns, or else the first that names one. Only rows above the first photo
/// count: `mail,mail.jpg` is a row for an account called mail.
fn with_known_names(options: &Options, sample: &[SampleRow]) -> Option<usize> {
    let has_image = |row: &SampleRow| row.cells.iter().any(|cell| has_image_extension(cell.as_ref()));
    let above = &sample[..sample.iter().position(has_image).unwrap_or(sample.len())];
    // After the first row, a row with a single cell is a title.
    let is_row = |&at: &usize| at == 0 || above[at].cells.iter().filter(|cell| !cell.is_empty()).count() > 1;
    let with =
        |least: usize| (0..above.len()).filter(is_row).find(|&at| Header::of(&above[at], options).score() >= least);
    with(2).or_else(|| with(1))
}

/// Returns the row directly above the first path if it has a text in that column. It is then a header with unknown
/// names.
pub(super) fn unknown(sample: &[SampleRow], paths: Option<usize>) -> Option<usize> {
    let has_path = |row: &SampleRow| row.cells.iter().any(|cell| is_path(cell));
    let at = sample.iter().position(has_path)?.checked_sub(1)?;
    let row = &sample[at];
    (row.cells.len() > 1 && !row.cell(paths?).is_empty() && !is_comment(row)).then_some(at)
}

/// Returns whether a row is a comment about the file: it starts with `#`, or is nothing but the name of an encoding.
pub(super) fn is_comment(row: &SampleRow) -> bool {
    const ENCODINGS: [&str; 4] = ["utf", "iso8859", "windows125", "cp125"];
    let mut cells = row.cells.iter().filter(|cell| !cell.is_empty());
    let first = cells.next().map_or("", String::as_str);
    let is_encoding = |name: &str| {
        let number = ENCODINGS.iter().find_map(|start| name.strip_prefix(start));
        let number = number.map(|number| number.trim_end_matches(|c: char| c.is_ascii_alphabetic()));
        number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
            || matches!(name, "unicode" | "ansi" | "latin1")
    };
    first.starts_with('#') || cells.next().is_none() && is_encoding(plain(first).trim_start_matches("encoding"))
}

/// Returns the names of the columns that the user chose by name.
fn names(options: &Options) -> impl Iterator<Item = &str> {
    [&options.user_column, &options.photo_column].into_iter().filter_map(|column| match column {
        Some(Column::Name(name)) => Some(name.as_str()),
        _ => None,
    })
}
