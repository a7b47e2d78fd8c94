//! What the approved list says of a card, and why a card cannot be on it.

use std::io;

use super::super::csv::cell;
use super::super::{Record, Status, Suggested};
use super::portrait::{Portrait, Shown};
use crate::album::Album;
use crate::hash::Hash;
use crate::source::characters::is_blank;

/// What can be approved on a page.
pub(super) struct Approval {
    /// Whether anything can.
    pub(super) offered: bool,
    /// Whether the accounts of the domain are there to be searched.
    pub(super) has_search: bool,
}

/// A photo that can be approved: the fields of its row, each as a cell that no spreadsheet runs.
pub(super) struct Listed {
    /// The account; `None` where somebody has to say whose the photo is.
    pub(super) account: Option<Listing>,
    /// Absolute: the list will lie in another folder.
    pub(super) path: String,
    /// Of the file, so that no other takes its place.
    pub(super) sha256: Hash,
}

/// The account of a row, and what it has now.
pub(super) struct Listing {
    pub(super) guid: String,
    pub(super) user: String,
    /// The hash of its photo; empty if it has none.
    pub(super) before: String,
}

/// An account that may be chosen.
pub(super) struct Choice {
    pub(super) guid: String,
    /// As a cell.
    pub(super) user: String,
    pub(super) name: String,
    /// What tells it apart from others of that name.
    pub(super) more: String,
}

/// Why a photo cannot be approved that should be.
pub(super) enum Unlisted {
    /// A list could not hold the name of its file or account.
    Name,
    /// The page does not show the picture, or not the one that it would replace.
    Picture,
}

impl Listed {
    /// Returns what the list says of a record; `None` where there is nothing to approve.
    ///
    /// # Errors
    /// When the photos cannot be read.
    pub(super) fn of(
        record: &Record,
        portraits: &[Portrait],
        album: &Album,
    ) -> io::Result<Option<Result<Self, Unlisted>>> {
        let is_proposed = record.status == Status::WouldWrite;
        // What could not be made of the file, the card says anyway.
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
            // Import would read something else from the list than what was approved.
            (None, _) | (_, Some(None)) => Err(Unlisted::Name),
            _ if !stays_as_it_is(&path) => Err(Unlisted::Name),
            (Some(sha256), account) => Ok(Self { account: account.flatten(), path: cell(&path), sha256 }),
        }))
    }
}

impl Choice {
    /// Returns the accounts that may be meant, and for one of several photos of an account that account.
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

/// The hash of what the account has, empty if it has nothing; `None` if that was not kept.
fn before(record: &Record, album: &Album) -> io::Result<Option<String>> {
    match &record.before {
        None => Ok(Some(String::new())),
        Some(picture) => Ok(album.look(picture)?.map(|photo| Hash::of(&photo).to_string())),
    }
}

/// Whether import reads a field as it was written: a line break may end a row, import trims, and what was no Unicode is
/// no longer known.
pub(super) fn stays_as_it_is(field: &str) -> bool {
    field.trim_matches(is_blank) == field
        && !field.contains(|c: char| c.is_control() || c == char::REPLACEMENT_CHARACTER)
}
