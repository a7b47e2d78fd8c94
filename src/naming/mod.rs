//! Finds the account that each photo belongs to, by comparing the names of files and users with the directory.
//!
//! Two ways to compare names are kept strictly apart. A name can be *the same* as an account's name (`called`): that
//! may decide who gets a photo. A name can *resemble* another one (`likeness`, `fit`): that only ever leads to a
//! refusal or a suggestion.
//!
//! [`assign()`] does all of this for a batch of photos. It asks the directory (`resolve`, `lookup`), and decides with
//! pure code: which part of a name is the key (`candidates`, `pattern`), which account the key names (`matching`), and
//! whether the names of all accounts (`roster`) show that somebody else is meant (`judge`, `list`).

mod assign;
mod batch;
mod called;
mod candidates;
mod common;
mod date;
mod dn;
mod extras;
mod fit;
mod hints;
mod identity;
mod index;
mod judge;
mod key_kind;
mod likeness;
mod list;
pub(crate) mod lookup;
mod match_by;
mod matching;
mod mismatch;
mod paired;
mod particle;
mod pattern;
mod person;
mod phrase;
mod plain;
mod resolve;
mod role;
mod roster;
mod spelling;
mod stem;
mod suggestion;
mod title;
mod told;
mod values;
mod vocabulary;
mod words;

pub use assign::{Assigned, Users, assign, find_users};
pub use hints::Hint;
pub use list::Misnamed;
pub use lookup::{LookupError, Step};
pub(crate) use match_by::DEFAULT_MATCH_BY;
pub use match_by::{MatchBy, MatchByError, Rules};
pub use mismatch::Mismatch;
pub(crate) use mismatch::{NAMED, some_of};
pub use paired::Matches;
pub use pattern::PatternError;
pub use resolve::Options;
pub use roster::Roster;
pub use suggestion::{Suggestion, Why};

use crate::directory::Account;
use crate::source::Photo;

/// A photo and the account it is for.
#[derive(Debug, Clone)]
pub struct Match {
    pub photo: Photo,
    pub account: Account,
    /// The part of the file's name that does not belong to the account's name (`648x648`, `team photo (2)`).
    pub ignored: Option<String>,
    /// Another account that the file seems to be named after, although the list assigns the file to this one.
    pub named_after: Option<String>,
    /// Other accounts that get the same file; only the first ones if there are many.
    pub shared_with: Vec<String>,
}

#[cfg(test)]
mod tests;
