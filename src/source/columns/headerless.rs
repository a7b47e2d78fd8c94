//! Lists without a header.

use super::super::layout::SampleRow;
use super::super::{Options, SourceError};
use super::header::{Header, is_comment};
use super::{Column, Columns, not_read};
use crate::hash::Hash;

/// Returns the columns that the user chose by number. Otherwise the photos are in the column that has paths, and the
/// users in the only other one.
pub(super) fn columns(options: &Options, sample: &[SampleRow], paths: Option<usize>) -> Result<Columns, SourceError> {
    let comments = sample.iter().take_while(|row| is_comment(row)).count();
    let (comments, rows) = sample.split_at(comments);
    let above = comments.last().map_or(0, |row| row.line);
    let mut notes: Vec<String> = not_read(comments).into_iter().collect();
    let Some(first) = rows.first() else { return Ok(Columns { photo: 1, above, notes, ..Columns::default() }) };
    if first.cells.iter().any(|cell| Hash::parse(cell).is_some()) {
        return Err(SourceError::NoHeader);
    }
    let asked = [&options.user_column, &options.photo_column].map(|column| match column {
        Some(Column::Number(number)) => Some(number - 1),
        _ => None,
    });
    let (user, photo) = pair(options, rows, asked, paths)?;
    if asked == [None, None] {
        let [user, photo] = [user + 1, photo + 1];
        let read = if options.users_only {
            format!("column {user} as the user (--user-column chooses another)")
        } else {
            format!(
                "column {user} as the user and column {photo} as the photo (--user-column and --photo-column choose \
                 others)"
            )
        };
        notes.push(format!("the CSV file has no header that is known: using {read}"));
    }
    Ok(Columns { user, photo, above, notes, ..Columns::default() })
}

/// Returns the columns of users and photos. There is at least one row.
fn pair(
    options: &Options,
    rows: &[SampleRow],
    asked: [Option<usize>; 2],
    paths: Option<usize>,
) -> Result<(usize, usize), SourceError> {
    let no_column = |wanted| Err(Header::of(&rows[0], options).no_column(wanted));
    let width = rows[0].cells.len();
    let other = |known: usize| (width == 2 && known < 2).then(|| 1 - known);
    let is_filled = |at: &usize| rows.iter().any(|row| !row.cell(*at).is_empty());
    let photos = asked[1].or(paths);
    let is_other = |at: &usize| Some(*at) != photos;
    let is_open = asked[0].is_none() && (options.users_only || photos.is_some());
    if is_open && (0..width).filter(is_filled).filter(is_other).count() > 1 {
        // Each of them may be the users': a given name in the first one may be somebody else's logon name.
        return no_column("that is surely the user's (--user-column names it)");
    }
    // If each row begins with a delimiter, the first column is empty and does not count.
    let first = (0..width).find(is_filled).unwrap_or(0);
    let (user, photo) = match (asked, paths) {
        ([user, _], _) if options.users_only => return Ok((user.unwrap_or(first), user.unwrap_or(first))),
        ([Some(user), Some(photo)], _) => (Some(user), Some(photo)),
        // This is refused later as swapped columns, with advice.
        ([None, None], Some(0)) => (other(0).map(|_| 0), Some(1)),
        ([None, None], Some(_)) => (Some(first), paths),
        ([None, None], None) => return no_column("for the user and the photo (--user-column, --photo-column)"),
        ([Some(user), None], _) => (Some(user), paths.filter(|&at| at != user).or_else(|| other(user))),
        ([None, Some(photo)], _) => (other(photo), Some(photo)),
    };
    match (user, photo) {
        (Some(user), Some(photo)) if user != photo => Ok((user, photo)),
        (None, _) => no_column("for the user (--user-column names it)"),
        _ => no_column("for the photo besides the user's (--photo-column names it)"),
    }
}
