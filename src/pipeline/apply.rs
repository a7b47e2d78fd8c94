//! From a change to its outcome: the only place that knows what a dry run is.

use super::change::Change;
use crate::directory::{Directory, Dsa, Guid, PhotoChange, Server, WriteError};
use crate::journal::{self, Journal, Subject};

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The directory took it.
    Done,
    /// A dry run: the directory would be asked to take it.
    WouldDo,
    /// There was nothing to do.
    Unchanged,
}

/// Where a change is to be made.
#[derive(Debug, Clone, Copy)]
pub struct Target<'t> {
    /// The account.
    pub account: Guid,
    /// Its name, for the journal.
    pub dn: &'t str,
    /// Its sAMAccountName, for the journal.
    pub user: &'t str,
    /// The server that alone may be asked; `None` for any.
    pub server: Option<&'t Server>,
}

/// Whether changes are made.
#[derive(Debug, Clone, Copy)]
pub enum Mode<'m> {
    /// They are, each after the journal holds it.
    Real(&'m Journal),
    /// They are not.
    DryRun,
}

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Somebody else was quicker: theirs is kept.
    #[error("the photo was changed by someone else while this ran; it was left as it is")]
    Conflict,
    /// There is a photo that cannot be seen, so that it could not be put back.
    #[error("the account has a photo that you may not read; it was left as it is")]
    Unreadable,
    /// Anything else that the directory said.
    #[error(transparent)]
    Write(WriteError),
}

/// Makes changes, or in a dry run says what it would do.
#[derive(Debug)]
pub struct Applier<'d> {
    directory: &'d Directory,
    mode: Mode<'d>,
}

impl<'d> Applier<'d> {
    /// For one directory.
    #[must_use]
    pub fn new(directory: &'d Directory, mode: Mode<'d>) -> Self {
        Self { directory, mode }
    }

    /// Whether nothing is written: the bound user's rights must then be read beforehand, as the directory is not asked to
    /// write and cannot refuse.
    #[must_use]
    pub fn is_dry_run(&self) -> bool {
        matches!(self.mode, Mode::DryRun)
    }

    /// Makes one change; `writable` is what the directory says of the bound user's right to it, if it was asked.
    ///
    /// # Errors
    /// When the directory refuses, or in a dry run says that it would.
    pub async fn apply(&self, target: Target<'_>, change: &Change, writable: Option<bool>) -> Result<Outcome, Refusal> {
        match self.mode {
            _ if matches!(change, Change::Unchanged { .. }) => Ok(Outcome::Unchanged),
            Mode::DryRun if writable == Some(false) => Err(Refusal::Write(self.directory.denied())),
            Mode::DryRun => Ok(Outcome::WouldDo),
            Mode::Real(journal) => self.make(target, change, journal).await,
        }
    }

    async fn make(&self, target: Target<'_>, change: &Change, journal: &Journal) -> Result<Outcome, Refusal> {
        let photos = PhotoChange { before: change.before(), after: change.after() };
        let mut entry = journal.entry(Subject {
            guid: target.account,
            dn: target.dn,
            user: target.user,
            before: photos.before,
            after: photos.after,
        });
        let announce = async |server: &Server, dsa: Option<&Dsa>| entry.before_asking(&server.to_string(), dsa).await;
        let written = self.directory.modify_photo(target.account, photos, target.server, announce).await;
        entry.end(outcome_of(&written), written.as_ref().err().map(ToString::to_string));
        match written {
            Ok(()) => Ok(Outcome::Done),
            Err(WriteError::Changed { .. }) => Err(self.explain_conflict(target, change).await),
            Err(error) => Err(Refusal::Write(error)),
        }
    }

    /// An add was refused because there is a photo: one that appeared meanwhile, or one that was there all the time and
    /// may not be read?
    async fn explain_conflict(&self, target: Target<'_>, change: &Change) -> Refusal {
        if change.before().is_none() && self.holds(target, None).await {
            Refusal::Unreadable
        } else {
            Refusal::Conflict
        }
    }

    /// Whether the account, read again, shows that photo.
    async fn holds(&self, target: Target<'_>, photo: Option<&[u8]>) -> bool {
        let account = target.account;
        let held = match target.server {
            Some(server) => self.directory.photos_at(server, &[account], false).await,
            None => self.directory.photos(&[account], false).await,
        };
        held.is_ok_and(|held| held.get(&account).is_some_and(|held| held.photo.as_deref() == photo))
    }
}

/// What the journal says of it.
fn outcome_of(written: &Result<(), WriteError>) -> journal::Outcome {
    match written {
        Ok(()) => journal::Outcome::Done,
        Err(WriteError::Changed { perhaps_written: false }) => journal::Outcome::Conflict,
        // What others found there tells later whether it was made.
        Err(WriteError::Changed { perhaps_written: true } | WriteError::Unconfirmed { .. }) => {
            journal::Outcome::Unconfirmed
        }
        Err(_) => journal::Outcome::NotDone,
    }
}
