//! The interface to the places that hold people's photos: what a run asks of such a place, and what the place can
//! promise.
//!
//! Code that finds people does so through [`Accounts`]. Code that reads, writes, compares or restores photos does so
//! through [`Destination`], and what users are told about safety comes from it, too.

mod accounts;
mod active_directory;
mod microsoft365;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt::Debug;

use time::OffsetDateTime;

pub use accounts::Accounts;
pub use active_directory::ActiveDirectory;
pub use microsoft365::{Microsoft365, Recall, forget_sent};

use crate::directory::{Dsa, Guid, HeldPhoto, NotFound, PhotoChange, Server};
use crate::failure::Advice;
use crate::hash::Hash;
use crate::state::KeptError;
use crate::thumbnail::{self, Flaw, Print};

/// Why an account that shows no photo may have one nevertheless.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hidden {
    /// The user may not read the account's photo.
    Unreadable,
    /// It is unknown whether the user may read it.
    Unknown,
    /// The account has no mailbox that could hold a photo. The words say more, and what to do.
    NoMailbox(String, Option<Cow<'static, str>>),
    /// The destination refuses to say. The words say why, and what to do.
    Refused(String, Option<Cow<'static, str>>),
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
    /// The account has no mailbox that could hold a photo.
    NoMailbox,
    /// The server refused the photo or the write for another reason.
    Other,
    /// The change was not sent, because the journal could not record it first.
    NotRecorded,
    /// The change was not sent, because no server could be reached.
    NotSent,
    /// The change was sent, and nobody knows whether it was made.
    Unconfirmed,
}

/// What is known of a change that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// The hash of the photo that is served now, if that is not the one that was sent; the inner `None` is no photo.
    pub served: Option<Option<Hash>>,
    /// Whether the change can be seen already.
    pub is_visible: bool,
}

/// What a destination knows about an account's photo without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remembered {
    /// The hash of the photo that an import sent.
    pub sent: Hash,
    /// When the account was last seen to hold that photo, or what the destination serves for it.
    pub seen: OffsetDateTime,
}

impl Made {
    /// A change after which the photo that was sent is there, byte for byte.
    pub const EXACTLY: Self = Self { served: None, is_visible: true };
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
    /// Where accounts are found.
    type Accounts: Accounts;

    /// The name for journals and settings, which never changes.
    const NAME: &str;
    /// The name of the permanent identifier of an account, a GUID that survives renames and moves.
    const IDENTITY: &str;
    /// How undo puts a photo back, in words that end a sentence: byte for byte, or as the destination served it.
    const RESTORES: &str;

    /// The words that say that the destination cannot be used any more. They begin a sentence.
    const LOST: &str;
    /// Whether reading an account tells why it shows no photo, so that to ask [`hidden`](Self::hidden) costs nothing.
    const TELLS_HIDDEN_AT_ONCE: bool;

    /// The largest number of bytes that a replaced photo is expected to take in the journal; `None` if journals stay so
    /// small that their size does not matter.
    const JOURNALED_BYTES: Option<u64>;

    /// Whether lists of exported photos name accounts by their SIDs in Active Directory, so that they can be imported
    /// there.
    const NAMES_BY_SID: bool;

    /// Returns where accounts are found.
    fn accounts(&self) -> &Self::Accounts;

    /// Returns the address that is asked now.
    fn server(&self) -> String;

    /// Returns the name of the attribute that holds the photo.
    fn attribute(&self) -> &str;

    /// Returns the largest photo that the attribute takes, in bytes; the outer `None` means that there is no such
    /// attribute, the inner that there is no limit.
    async fn room(&self) -> Result<Option<Option<usize>>, Self::ReadError>;

    /// Returns whether `photo`, which an account holds, is `wanted` in all that people can see. Some destinations encode
    /// photos anew, so that what is read is never what was written.
    fn is_same(&self, account: Guid, photo: &[u8], wanted: &[u8]) -> bool;

    /// Returns which of these accounts are known to hold a photo that an import sent, so that their photos need not be read.
    async fn remembered(&self, accounts: &[Guid]) -> Result<HashMap<Guid, Remembered>, Self::ReadError>;

    /// Remembers that an account holds `photo`, which is `wanted` in all that people can see.
    fn remember(&self, account: Guid, photo: &[u8], wanted: Hash);

    /// Returns whether somebody else has changed the account's photo since an import sent one. `photo` is what the account
    /// holds.
    fn is_changed_since(&self, account: Guid, photo: Option<&[u8]>) -> bool;

    /// Keeps for later runs what this run has learnt.
    ///
    /// # Errors
    /// When it cannot be written; later runs then know less.
    fn save(&self) -> Result<(), KeptError>;

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

    /// Returns whether hidden photos can be recognized at all.
    async fn tells_hidden(&self) -> Result<bool, Self::ReadError>;

    /// Returns which of these accounts may have a photo although none is shown.
    async fn hidden(&self, accounts: &[Guid]) -> Result<HashMap<Guid, Hidden>, Self::ReadError>;

    /// Counts the accounts in scope.
    async fn count_accounts(&self) -> Result<usize, Self::ReadError>;

    /// Returns the print by which a photo is known again after it was written; `None` if its bytes are enough.
    fn print(photo: &[u8]) -> Option<Print>;

    /// Returns what is wrong with a photo, where a photo made with `options` would be as it should be.
    fn flaws(photo: &[u8], options: &thumbnail::Options) -> Vec<Flaw>;

    /// Changes one photo from `change.before` to `change.after`. `announce` is called with each server before that
    /// server gets the write.
    async fn change<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
        &self,
        account: Guid,
        change: PhotoChange<'_>,
        server: Option<&Server>,
        announce: impl AsyncFnMut(&str, Option<&Dsa>) -> Result<(), E>,
    ) -> Result<Made, Self::WriteError>;

    /// Finds the server to which an earlier run sent a write, by its address and its identity; `None` if any server
    /// knows what all of them know.
    async fn find_again(&self, address: &str, dsa: Option<&Dsa>) -> Option<Result<Server, NotFound>>;

    /// Returns whether this kind of change is known to be refused, whatever the account.
    fn forbids(&self, change: PhotoChange<'_>) -> bool;

    /// Returns the error for a change without the right to it.
    fn denied(&self, change: PhotoChange<'_>) -> Self::WriteError;

    /// Returns the error for an account that no longer exists.
    fn gone(&self) -> Self::WriteError;

    /// Returns the error for a write that could not be sent because there is no connection.
    fn not_sent(&self, error: Self::ReadError) -> Self::WriteError;
}
