//! The journal of a run: what each account held before, durable before it is changed, so that the run can be taken back.
//!
//! A file of JSON Lines, each with a checksum: a header, then for each change its intent and its outcome, then an end.
//!
//! ```json
//! {"sum":"…","header":{"version":2,"id":"…","started":"2026-11-21T18:30:00Z","command":"import","domain":"DC=…", …}}
//! {"sum":"…","intent":{"n":1,"guid":"…","dn":"CN=…","server":"ldaps://dc1:636","before":"/9j/…","after_sha256":"…", …}}
//! {"sum":"…","outcome":{"n":1,"result":"done"}}
//! {"sum":"…","end":{"finished":"2026-11-21T18:31:00Z","stopped":false,"done":1, …}}
//! ```
//!
//! An intent without an outcome may have happened or not: what the account holds tells. Whatever a power cut tears off
//! the end was not acted upon yet.

mod chain;
mod error;
mod folder;
mod line;
mod order;
mod read;
mod record;
mod write;

pub use chain::{Link, Origin, trace};
pub use error::JournalError;
pub use folder::{Folder, Listed, Place, State};
pub use order::sort;
pub use read::{Index, Past, Recorded, Unusable, index};
pub use record::{End, Header, Intent, Outcome, Switch};
pub use write::{Entry, Journal, Subject};

#[cfg(test)]
mod tests;
