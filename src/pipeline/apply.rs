//! From a change to its outcome: the only place that knows what a dry run is.

use super::change::Change;
use crate::destination::{Destination, Refused, Refusing};
use crate::directory::{Dsa, Guid, PhotoChange, Server};
use crate::journal::{self, Journal, Subject};
use crate::report::{Code, Reason};

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The destination took it.
    Done,
    /// A dry run: the destination would be asked to take it.
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
    /// Where it stands among the run's records, for the journal.
    pub row: u64,
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
#[derive(Debug)]
pub enum Refusal<W> {
    /// Somebody else was quicker: theirs is kept.
    Conflict,
    /// There is a photo that cannot be seen, so that it could not be put back.
    Unreadable {
        /// What holds it.
        attribute: String,
    },
    /// Anything else that the destination said.
    Write(W),
}

impl<W: Refusing> From<&Refusal<W>> for Reason {
    fn from(refusal: &Refusal<W>) -> Self {
        match refusal {
            Refusal::Conflict => Self::conflict(),
            Refusal::Unreadable { attribute } => Self::with(
                Code::PhotoUnreadable,
                &"the account has a photo that you may not read; it was left as it is",
                format!("ask for the right to read {attribute} there"),
            ),
            Refusal::Write(error) => Self::refused(error),
        }
    }
}

/// Makes changes, or in a dry run says what it would do.
#[derive(Debug)]
pub struct Applier<'d, D> {
    destination: &'d D,
    mode: Mode<'d>,
}

impl<'d, D: Destination> Applier<'d, D> {
    /// Returns one for this destination.
    #[must_use]
    pub fn new(destination: &'d D, mode: Mode<'d>) -> Self {
        Self { destination, mode }
    }

    /// Returns whether nothing is written: the rights of whoever is signed in must then be read beforehand, as the
    /// destination is not asked to write and cannot refuse.
    #[must_use]
    pub fn is_dry_run(&self) -> bool {
        matches!(self.mode, Mode::DryRun)
    }

    /// Makes one change; `writable` is what the destination says of the right to it, if it was asked.
    ///
    /// # Errors
    /// When the destination refuses, or in a dry run says that it would.
    pub async fn apply(
        &self,
        target: Target<'_>,
        change: &Change,
        writable: Option<bool>,
    ) -> Result<Outcome, Refusal<D::WriteError>> {
        match self.mode {
            _ if matches!(change, Change::Unchanged { .. }) => Ok(Outcome::Unchanged),
            Mode::DryRun if writable == Some(false) => Err(Refusal::Write(self.destination.denied())),
            Mode::DryRun => Ok(Outcome::WouldDo),
            Mode::Real(journal) => self.make(target, change, journal).await,
        }
    }

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
            row: target.row,
        });
        let announce = async |server: &Server, dsa: Option<&Dsa>| entry.before_asking(&server.to_string(), dsa).await;
        let written = self.destination.change(target.account, photos, target.server, announce).await;
        entry.end(outcome_of(&written), written.as_ref().err().map(ToString::to_string));
        match written {
            Ok(()) => Ok(Outcome::Done),
            Err(error) if matches!(error.refused(), Refused::Conflict { .. }) => {
                Err(self.explain_conflict(target, change).await)
            }
            Err(error) => Err(Refusal::Write(error)),
        }
    }

    /// An add was refused because there is a photo: one that appeared meanwhile, or one that was there all the time and
    /// may not be read?
    async fn explain_conflict(&self, target: Target<'_>, change: &Change) -> Refusal<D::WriteError> {
        if change.before().is_none() && self.shows_no_photo(target).await {
            Refusal::Unreadable { attribute: self.destination.attribute().to_owned() }
        } else {
            Refusal::Conflict
        }
    }

    /// Whether the account, read again, shows no photo.
    async fn shows_no_photo(&self, target: Target<'_>) -> bool {
        let held = self.destination.photos(target.server, &[target.account], false).await;
        held.is_ok_and(|held| held.get(&target.account).is_some_and(|held| held.photo.is_none()))
    }
}

/// What the journal says of it.
fn outcome_of<W: Refusing>(written: &Result<(), W>) -> journal::Outcome {
    match written.as_ref().map_err(Refusing::refused) {
        Ok(()) => journal::Outcome::Done,
        Err(Refused::Conflict { perhaps_done: false }) => journal::Outcome::Conflict,
        // What others found there tells later whether it was made.
        Err(Refused::Conflict { perhaps_done: true } | Refused::Unconfirmed) => journal::Outcome::Unconfirmed,
        Err(_) => journal::Outcome::NotDone,
    }
}
