//! The door to the places that hold people's photos: what a run asks of one, and what that one can promise.
//!
//! Active Directory is the first that answers. Whoever writes, compares or takes back photos asks through
//! [`Destination`], and takes from it what it may say about safety.

mod active_directory;

use std::collections::{HashMap, HashSet};
use std::fmt::Debug;

pub use active_directory::ActiveDirectory;

use crate::directory::{Dsa, Guid, HeldPhoto, PhotoChange, Server};
use crate::failure::Advice;

/// Whether a photo that is not seen may be there nevertheless.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hidden {
    /// The account's photo may not be read.
    Unreadable,
    /// Not even that can be told.
    Unknown,
}

/// Why a change was not made, as far as a run has to know: the words are the error's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The photo is not what was read any more. `perhaps_done`: this run's own write, whose answer was lost, may have been
    /// made in between.
    Conflict {
        /// Whether it may have been made.
        perhaps_done: bool,
    },
    /// Whoever is signed in has no right to it.
    NoRight,
    /// The account is gone.
    Gone,
    /// Whoever was asked takes no writes.
    ReadOnly,
    /// The photo, or the write, is refused for another reason.
    Other,
    /// It was not sent, since it could not be recorded first.
    NotRecorded,
    /// It was not sent, since nobody could be asked any more.
    NotSent,
    /// It was sent, and nobody knows whether it was made.
    Unconfirmed,
}

/// An error of a change that was not made.
pub trait Refusing: Advice + Send + Sync + 'static {
    /// Returns what it means for the run.
    fn refused(&self) -> Refused;
}

/// A place that holds photos, signed in to.
///
/// Accounts are named by the GUID that [`IDENTITY`](Self::IDENTITY) speaks of. `server` is who alone may be asked, of a
/// destination that has several which learn of writes from each other; `None` asks any.
#[expect(async_fn_in_trait, reason = "one runtime drives a run's futures in place, so that they need not be Send")]
pub trait Destination: Debug {
    /// Why something could not be read.
    type ReadError: Advice + Send + Sync + 'static;
    /// Why a change was not made.
    type WriteError: Refusing;

    /// The stable name, for journals and settings.
    const NAME: &str;
    /// What names an account for ever, whatever it is called and wherever it is moved: a GUID.
    const IDENTITY: &str;
    /// How undo puts a photo back, in words that end a sentence: the very bytes, or what the destination makes of them.
    const RESTORES: &str;

    /// Returns what holds a photo there: an attribute's name.
    fn attribute(&self) -> &str;

    /// Returns who is signed in.
    fn user(&self) -> &str;

    /// Returns what went wrong last; empty while all is well.
    fn trouble(&self) -> String;

    /// Waits until there is a connection.
    async fn ready(&self) -> Result<(), Self::ReadError>;

    /// Reads what the accounts hold; with `with_rights` also whether the photo may be written, which costs more. An
    /// account that is gone is missing from the answer.
    async fn photos(
        &self,
        server: Option<&Server>,
        accounts: &[Guid],
        with_rights: bool,
    ) -> Result<HashMap<Guid, HeldPhoto>, Self::ReadError>;

    /// Returns which of these accounts hold a photo, without reading it.
    async fn photo_holders(&self, accounts: &[Guid]) -> Result<HashSet<Guid>, Self::ReadError>;

    /// Returns which of these accounts, none of which shows a photo, may have one nevertheless.
    async fn hidden(&self, accounts: &[Guid]) -> Result<HashMap<Guid, Hidden>, Self::ReadError>;

    /// Counts the accounts in scope.
    async fn count_accounts(&self) -> Result<usize, Self::ReadError>;

    /// Changes one photo from `change.before` to `change.after`, and only if it still is `before`, byte for byte: else the
    /// answer is [`Refused::Conflict`]. `announce` is told of each server before it is sent the write.
    async fn change<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
        &self,
        account: Guid,
        change: PhotoChange<'_>,
        server: Option<&Server>,
        announce: impl AsyncFnMut(&Server, Option<&Dsa>) -> Result<(), E>,
    ) -> Result<(), Self::WriteError>;

    /// Returns the error of a write for which there is no right.
    fn denied(&self) -> Self::WriteError;

    /// Returns the error of an account that is gone.
    fn gone(&self) -> Self::WriteError;

    /// Returns the error of a write that could not be sent, since there is no connection.
    fn not_sent(&self, error: Self::ReadError) -> Self::WriteError;
}
