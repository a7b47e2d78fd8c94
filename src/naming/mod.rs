//! Whose a photo is: the names of photos and of users, held against the accounts of the directory.
//!
//! [`lookup`] asks the directory, [`matching`] decides (pure), [`suggestions`] finds who may be meant where nobody fits.

pub mod lookup;
pub mod matching;
pub mod namesakes;
pub mod suggestions;

mod batch;
mod dn;
mod identity;
mod index;
mod similar;
mod suggestion;

pub use matching::{Match, Mismatch, lookups, named, pair};
pub(crate) use matching::{NAMED, some_of};
pub use similar::Similar;
pub use suggestion::{Suggestion, Why};

#[cfg(test)]
mod tests;
