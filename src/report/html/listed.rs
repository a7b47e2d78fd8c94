//! The approved list: what it says about a card, and why a card cannot be on it.
//!
//! The page of a dry run lets its reader approve photos and saves the approved ones as a list, which import reads. Each
//! row names everything that the reader saw: the account, the file by its hash, and the photo that it replaces by its
//! hash.

use std::io;

use data_encoding::BASE64;

use super::super::csv::cell;
use super::super::{Record, Status, Suggested};
use super::portrait::{Portrait, Shown};
use crate::album::Album;
use crate::crop_box::CropBox;
use crate::hash::Hash;
use crate::source::characters::is_blank;
use crate::thumbnail::Squares;

/// What a page lets its reader do.
pub(super) struct Approval {
    /// Whether anything can be approved.
    pub(super) offered: bool,
    /// Whether the page has the accounts of the domain, for searching.
    pub(super) has_search: bool,
}

/// A photo that can be approved: the fields of its row. Each is a cell that a spreadsheet does not run as a formula.
pub(super) struct Listed {
    /// The account; `None` if the reader has to choose it.
    pub(super) account: Option<Listing>,
    /// The absolute path of the file, because the list will be saved in another folder.
    pub(super) path: String,
    /// The hash of the file, so that no other photo can be put in its place.
    pub(super) sha256: Hash,
}

/// The account of a row, and the photo that it has now.
pub(super) struct Listing {
    pub(super) guid: String,
    pub(super) user: String,
    /// The hash of the account's photo; empty if it has none.
    pub(super) before: String,
}

/// An account that the reader can choose.
pub(super) struct Choice {
    pub(super) guid: String,
    /// The logon name, as a cell of the list.
    pub(super) user: String,
    pub(super) name: String,
    /// What distinguishes the account from others of that name.
    pub(super) more: String,
}

/// A whole photo, on which the reader can choose another square.
pub(super) struct Whole {
    /// The small copy of the photo, a JPEG in Base64.
    pub(super) picture: String,
    /// Width and height of the photo itself.
    pub(super) width: u32,
    pub(super) height: u32,
    /// The square that the run took.
    pub(super) taken: CropBox,
    /// The square around the face, if the face is certain.
    pub(super) face: Option<CropBox>,
    /// Whether somebody had chosen the square that was taken.
    pub(super) by_hand: bool,
}

/// The reason why a photo cannot be approved, although it would be written.
pub(super) enum Unlisted {
    /// Import would read another name of the file or the account from a list.
    Name,
    /// The page cannot show the photo, or the photo that it would replace was not kept.
    Picture,
}

impl Listed {
    /// Returns the row for a record, or the reason why it can have none; `None` if there is nothing to approve.
    ///
    /// # Errors
    /// When the photos cannot be read.
    pub(super) fn of(
        record: &Record,
        portraits: &[Portrait],
        album: &Album,
    ) -> io::Result<Option<Result<Self, Unlisted>>> {
        let is_proposed = record.status == Status::WouldWrite;
        // A record without a hash has a file of which no thumbnail could be made. The card says why.
        let is_asked = record.is_nobodys() && record.sha256.is_some();
        if !is_proposed && !is_asked {
            return Ok(None);
        }
        let is_shown = matches!(portraits.last(), Some(Portrait { shown: Shown::Photo(_), .. }));
        let Some(before) = before(record, album)?.filter(|_| is_shown) else {
            return Ok(Some(Err(Unlisted::Picture)));
        };
        let path = std::path::absolute(&record.photo)?.display().to_string();
        let account = is_proposed
            .then(|| record.guid.filter(|_| stays_as_it_is(&record.user)))
            .map(|guid| guid.map(|guid| Listing { guid: guid.to_string(), user: cell(&record.user), before }));
        Ok(Some(match (record.sha256, account) {
            (None, _) | (_, Some(None)) => Err(Unlisted::Name),
            _ if !stays_as_it_is(&path) => Err(Unlisted::Name),
            (Some(sha256), account) => Ok(Self { account: account.flatten(), path: cell(&path), sha256 }),
        }))
    }
}

impl Whole {
    /// Returns the whole photo of a record; `None` if its small copy was not made or not kept.
    ///
    /// # Errors
    /// When the album cannot be read.
    pub(super) fn of(record: &Record, album: &Album) -> io::Result<Option<Self>> {
        let Some(whole) = &record.whole else { return Ok(None) };
        let ((width, height), Squares { taken, face, by_hand }) = (whole.photo, whole.squares);
        let picture = album.look(&whole.picture)?;
        Ok(picture.map(|picture| Self { picture: BASE64.encode(&picture), width, height, taken, face, by_hand }))
    }
}

impl Choice {
    /// Returns the accounts among which the reader can choose: the suggestions, and before them the account itself if
    /// the photo is one of several for it.
    pub(super) fn all(record: &Record) -> Vec<Self> {
        let own = record.guid.map(|guid| Self {
            guid: guid.to_string(),
            user: record.user.clone(),
            name: record.display_name.clone().unwrap_or_default(),
            more: record.department.clone().unwrap_or_default(),
        });
        let suggested = |account: &Suggested| Self {
            guid: account.guid.to_string(),
            user: account.user.clone(),
            name: account.name.clone(),
            more: account.department.clone(),
        };
        let all = own.into_iter().chain(record.suggestions.iter().map(suggested));
        all.filter(|choice| stays_as_it_is(&choice.user)).map(Self::shown).collect()
    }

    fn shown(self) -> Self {
        let known = [&self.user, &self.more].into_iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>();
        let name = if self.name.is_empty() { self.user.clone() } else { self.name };
        Self { guid: self.guid, user: cell(&self.user), name, more: known.join(" · ") }
    }
}

/// Returns the hash of the photo that the account has, or an empty text if it has none. Returns `None` if the photo was
/// not kept.
fn before(record: &Record, album: &Album) -> io::Result<Option<String>> {
    match &record.before {
        None => Ok(Some(String::new())),
        Some(picture) => Ok(album.look(picture)?.map(|photo| Hash::of(&photo).to_string())),
    }
}

/// Returns whether import reads a field exactly as it was written. It does not if the field has blanks at an end, which
/// are removed, or control characters, which are escaped, or was not Unicode and so cannot be restored.
pub(super) fn stays_as_it_is(field: &str) -> bool {
    field.trim_matches(is_blank) == field
        && !field.contains(|c: char| c.is_control() || c == char::REPLACEMENT_CHARACTER)
}
