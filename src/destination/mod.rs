//! The interface to the places that hold people's photos: what a run asks of such a place, and what the place can
//! promise.
//!
//! Active Directory is the only one so far. Code that reads, writes, compares or restores photos does so through
//! [`Destination`], and what users are told about safety comes from it, too.

mod active_directory;

use std::collections::{HashMap, HashSet};
use std::fmt::Debug;

pub use active_directory::ActiveDirectory;

use crate::directory::{Dsa, Guid, HeldPhoto, PhotoChange, Server};
use crate::failure::Advice;

/// Why an account that shows no photo may have one nevertheless.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hidden {
    /// The user may not read the account's photo.
    Unreadable,
    /// It is unknown whether the user may read it.
    Unknown,
}

/// The kind of reason why a change was not made, as far as a run treats them differently. The error itself has the
/// words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The photo is no longer the one that was read.
    Conflict {
        /// Whether this run's own write, whose answer was lost, may have been done in between.
        perhaps_done: bool,
    },
    /// The user who is signed in has no right to make the change.
    NoRight,
    /// The account no longer exists.
    Gone,
    /// The server does not accept writes.
    ReadOnly,
    /// The server refused the photo or the write for another reason.
    Other,
    /// The change was not sent, because the journal could not record it first.
    NotRecorded,
    /// The change was not sent, because no server could be reached.
    NotSent,
    /// The change was sent, and nobody knows whether it was made.
    Unconfirmed,
}

/// An error of a change that was not made.
pub trait Refusing: Advice + Send + Sync + 'static {
    /// Returns the kind of reason.
    fn refused(&self) -> Refused;
}

/// A place that holds photos, to which somebody has signed in.
///
/// Accounts are named by the GUID that [`IDENTITY`](Self::IDENTITY) names. Some destinations have several servers,
/// which learn of each other's writes only after a while; `server` then limits a request to one of them, and `None`
/// asks any.
#[expect(async_fn_in_trait, reason = "one runtime drives a run's futures in place, so that they need not be Send")]
pub trait Destination: Debug {
    /// The reason why something could not be read.
    type ReadError: Advice + Send + Sync + 'static;
    /// The reason why a change was not made.
    type WriteError: Refusing;

    /// The name for journals and settings, which never changes.
    const NAME: &str;
    /// The name of the permanent identifier of an account, a GUID that survives renames and moves.
    const IDENTITY: &str;
    /// How undo puts a photo back, in words that end a sentence: byte for byte, or as the destination served it.
    const RESTORES: &str;

    /// Returns the name of the attribute that holds the photo.
    fn attribute(&self) -> &str;

    /// Returns the user who is signed in.
    fn user(&self) -> &str;

    /// Returns the last connection error; empty if there was none.
    fn trouble(&self) -> String;

    /// Waits until there is a connection.
    async fn ready(&self) -> Result<(), Self::ReadError>;

    /// Reads what the accounts hold. With `with_rights` it also reads whether the photo may be written, which costs
    /// more. Accounts that no longer exist are missing from the answer.
    async fn photos(
        &self,
        server: Option<&Server>,
        accounts: &[Guid],
        with_rights: bool,
    ) -> Result<HashMap<Guid, HeldPhoto>, Self::ReadError>;

    /// Returns which of these accounts hold a photo, without reading the photos.
    async fn photo_holders(&self, accounts: &[Guid]) -> Result<HashSet<Guid>, Self::ReadError>;

    /// Returns which of these accounts may have a photo although none is shown.
    async fn hidden(&self, accounts: &[Guid]) -> Result<HashMap<Guid, Hidden>, Self::ReadError>;

    /// Counts the accounts in scope.
    async fn count_accounts(&self) -> Result<usize, Self::ReadError>;

    /// Changes one photo from `change.before` to `change.after`. `announce` is called with each server before that
    /// server gets the write.
    async fn change<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
        &self,
        account: Guid,
        change: PhotoChange<'_>,
        server: Option<&Server>,
        announce: impl AsyncFnMut(&Server, Option<&Dsa>) -> Result<(), E>,
    ) -> Result<(), Self::WriteError>;

    /// Returns the error for a write without the right to it.
    fn denied(&self) -> Self::WriteError;

    /// Returns the error for an account that no longer exists.
    fn gone(&self) -> Self::WriteError;

    /// Returns the error for a write that could not be sent because there is no connection.
    fn not_sent(&self, error: Self::ReadError) -> Self::WriteError;
}
