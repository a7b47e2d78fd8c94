//! Whose a photo is: the names of files and of users, held against the accounts of the directory.
//!
//! Two relations, never mixed up. A name *is called* what an account is called (`called`): that may decide who gets a
//! photo. A name *resembles* another (`likeness`, `fit`): that only ever refuses or suggests.
//!
//! [`assign()`] is the whole way for a batch. It asks the directory (`lookup`) and decides by what is pure: which part of a
//! name is a key (`candidates`, `pattern`), which account that is (`matching`), and whether everybody's names
//! (`roster`) say that it is somebody else (`judge`, `list`).

mod assign;
mod batch;
mod called;
mod candidates;
mod common;
mod dn;
mod extras;
mod fit;
mod hints;
mod identity;
mod index;
mod judge;
mod likeness;
mod list;
pub(crate) mod lookup;
mod match_by;
mod matching;
mod mismatch;
mod pattern;
mod person;
mod plain;
mod roster;
mod spelling;
mod stem;
mod suggestion;
mod title;
mod values;
mod vocabulary;
mod words;

pub use assign::{Assigned, Options, Users, assign, find_users};
pub use hints::Hint;
pub use list::Misnamed;
pub use lookup::{LookupError, Step};
pub(crate) use match_by::DEFAULT_MATCH_BY;
pub use match_by::{MatchBy, MatchByError, Rules};
pub use mismatch::Mismatch;
pub(crate) use mismatch::{NAMED, some_of};
pub use pattern::PatternError;
pub use roster::Roster;
pub use suggestion::{Suggestion, Why};

use crate::directory::Account;
use crate::source::Photo;

/// A photo and the account it is for.
#[derive(Debug, Clone)]
pub struct Match {
    /// The photo.
    pub photo: Photo,
    /// Whose it is.
    pub account: Account,
    /// What of a file's name was not part of the account's (`648x648`, `team photo (2)`).
    pub ignored: Option<String>,
    /// Another account after which a list's file is named.
    pub named_after: Option<String>,
    /// Other accounts that get the same file, or the first of them.
    pub shared_with: Vec<String>,
}

#[cfg(test)]
mod tests;
