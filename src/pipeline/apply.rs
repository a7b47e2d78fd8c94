//! Applying changes: the only place that knows what a dry run is.

use super::change::Change;
use crate::destination::{Destination, Made, Refused, Refusing};
use crate::directory::{Dsa, Guid, PhotoChange, Server};
use crate::journal::{self, Journal, Subject};
use crate::report::{Code, Reason};

/// The result of applying a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The destination made the change. It may not be visible yet.
    Done { is_visible: bool },
    /// This is a dry run; otherwise the destination would be asked to make the change.
    WouldDo,
    /// There was nothing to do.
    Unchanged,
}

/// The account to which a change applies, with what the journal records about it.
#[derive(Debug, Clone, Copy)]
pub struct Target<'t> {
    pub account: Guid,
    /// The account's DN, for the journal.
    pub dn: &'t str,
    /// The account's sAMAccountName, for the journal.
    pub user: &'t str,
    /// The only server that may be asked; `None` for any.
    pub server: Option<&'t Server>,
    /// The position among the run's records, for the journal.
    pub row: u64,
}

/// Whether changes are made.
#[derive(Debug, Clone, Copy)]
pub enum Mode<'m> {
    /// Changes are made, each after the journal has recorded it.
    Real(&'m Journal),
    /// No change is made.
    DryRun,
}

/// The reason why a change was not made.
#[derive(Debug)]
pub enum Refusal<W> {
    /// Somebody else has changed the photo in the meantime; their photo stays.
    Conflict,
    /// The account has a photo that cannot be read, so it could not be put back.
    Unreadable {
        /// The attribute that holds the photo.
        attribute: String,
    },
    /// The destination refused for another reason.
    Write(W),
}

impl<W: Refusing> From<&Refusal<W>> for Reason {
    fn from(refusal: &Refusal<W>) -> Self {
        match refusal {
            Refusal::Conflict => Self::conflict(),
            Refusal::Unreadable { attribute } => Self::with(
                Code::PhotoUnreadable,
                &"the account has a photo that you may not read; adphoto left it as it is",
                format!("ask for the right to read {attribute} of this account"),
            ),
            Refusal::Write(error) => Self::refused(error),
        }
    }
}

/// Makes changes, or in a dry run finds out what it would do.
#[derive(Debug)]
pub struct Applier<'d, D> {
    destination: &'d D,
    mode: Mode<'d>,
}

impl<'d, D: Destination> Applier<'d, D> {
    /// Returns an applier for this destination.
    #[must_use]
    pub fn new(destination: &'d D, mode: Mode<'d>) -> Self {
        Self { destination, mode }
    }

    /// Returns whether this is a dry run. The user's rights must then be read in advance, because the destination is
    /// not asked to write and so cannot refuse.
    #[must_use]
    pub fn is_dry_run(&self) -> bool {
        matches!(self.mode, Mode::DryRun)
    }

    /// Makes one change. `writable` says whether the user has the right to make it, if the destination was asked for
    /// that.
    ///
    /// # Errors
    /// When the destination refuses, or in a dry run would refuse.
    pub async fn apply(
        &self,
        target: Target<'_>,
        change: &Change,
        writable: Option<bool>,
    ) -> Result<Outcome, Refusal<D::WriteError>> {
        let photos = PhotoChange { before: change.before(), after: change.after() };
        match self.mode {
            _ if matches!(change, Change::Unchanged { .. }) => Ok(Outcome::Unchanged),
            Mode::DryRun if writable == Some(false) || self.destination.forbids(photos) => {
                Err(Refusal::Write(self.destination.denied(photos)))
            }
            Mode::DryRun => Ok(Outcome::WouldDo),
            Mode::Real(journal) => self.make(target, change, journal).await,
        }
    }

    /// Makes one change: announces it in the journal, asks the destination, and records the result in the journal.
    async fn make(
        &self,
        target: Target<'_>,
        change: &Change,
        journal: &Journal,
    ) -> Result<Outcome, Refusal<D::WriteError>> {
        let photos = PhotoChange { before: change.before(), after: change.after() };
        let mut entry = journal.entry(Subject {
            guid: target.account,
            dn: target.dn,
            user: target.user,
            before: photos.before,
            after: photos.after,
            print: photos.after.and_then(D::print),
            row: target.row,
        });
        let announce = async |server: &str, dsa: Option<&Dsa>| entry.before_asking(server, dsa).await;
        let written = self.destination.change(target.account, photos, target.server, announce).await;
        if let Ok(Made { served: Some(Some(served)), .. }) = &written {
            entry.served(*served);
        }
        entry.end(outcome_of(&written), written.as_ref().err().map(ToString::to_string));
        match written {
            Ok(Made { is_visible, .. }) => Ok(Outcome::Done { is_visible }),
            Err(error) if matches!(error.refused(), Refused::Conflict { .. }) => {
                Err(self.explain_conflict(target, change).await)
            }
            Err(error) => Err(Refusal::Write(error)),
        }
    }

    /// Finds out why adding a photo was refused: either somebody added one in the meantime, or there was always one
    /// that the user may not read.
    async fn explain_conflict(&self, target: Target<'_>, change: &Change) -> Refusal<D::WriteError> {
        if change.before().is_none() && self.shows_no_photo(target).await {
            Refusal::Unreadable { attribute: self.destination.attribute().to_owned() }
        } else {
            Refusal::Conflict
        }
    }

    /// Reads the account again, and returns whether it shows no photo.
    async fn shows_no_photo(&self, target: Target<'_>) -> bool {
        let held = self.destination.photos(target.server, &[target.account], false).await;
        held.is_ok_and(|held| held.get(&target.account).is_some_and(|held| held.photo.is_none()))
    }
}

/// Translates the result for the journal.
fn outcome_of<W: Refusing>(written: &Result<Made, W>) -> journal::Outcome {
    match written.as_ref().map_err(Refusing::refused) {
        Ok(_) => journal::Outcome::Done,
        Err(Refused::Conflict { perhaps_done: false }) => journal::Outcome::Conflict,
        // What later runs find in the account may show whether the change was made.
        Err(Refused::Conflict { perhaps_done: true } | Refused::Unconfirmed) => journal::Outcome::Unconfirmed,
        Err(_) => journal::Outcome::NotDone,
    }
}
