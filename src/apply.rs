//! From a change to its outcome: the only place that knows what a dry run is.

use crate::change::Change;
use crate::directory::{Directory, Guid, PhotoChange, WriteError};

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
    dry_run: bool,
}

impl<'d> Applier<'d> {
    /// For one directory.
    #[must_use]
    pub fn new(directory: &'d Directory, dry_run: bool) -> Self {
        Self { directory, dry_run }
    }

    /// Whether the bound user's rights must be read beforehand: where the directory is not asked to write, it cannot
    /// refuse.
    #[must_use]
    pub fn needs_rights(&self) -> bool {
        self.dry_run
    }

    /// Makes one change; `writable` is what the directory says of the bound user's right to it, if it was asked.
    ///
    /// # Errors
    /// When the directory refuses, or in a dry run says that it would.
    pub async fn apply(&self, account: Guid, change: &Change, writable: Option<bool>) -> Result<Outcome, Refusal> {
        if matches!(change, Change::Unchanged { .. }) {
            return Ok(Outcome::Unchanged);
        }
        if self.dry_run {
            return if writable == Some(false) {
                Err(Refusal::Write(self.directory.denied()))
            } else {
                Ok(Outcome::WouldDo)
            };
        }
        let photos = PhotoChange { before: change.before(), after: change.after() };
        match self.directory.modify_photo(account, photos).await {
            Ok(()) => Ok(Outcome::Done),
            Err(WriteError::Changed) => Err(self.explain_conflict(account, change).await),
            Err(error) => Err(Refusal::Write(error)),
        }
    }

    /// An add was refused because there is a photo: one that appeared meanwhile, or one that was there all the time and
    /// may not be read?
    async fn explain_conflict(&self, account: Guid, change: &Change) -> Refusal {
        if change.before().is_none() && self.holds(account, None).await {
            Refusal::Unreadable
        } else {
            Refusal::Conflict
        }
    }

    /// Whether the account, read again, shows that photo.
    async fn holds(&self, account: Guid, photo: Option<&[u8]>) -> bool {
        match self.directory.photos(&[account], false).await {
            Ok(held) => held.get(&account).is_some_and(|held| held.photo.as_deref() == photo),
            Err(_) => false,
        }
    }
}
