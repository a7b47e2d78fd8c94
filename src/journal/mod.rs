//! The journal of a run: a file with the photo that each account had before, so that the run can be taken back.
//!
//! It is a file of JSON Lines, each with a checksum: a header, then for each change its intent and later its outcome,
//! then an end.
//!
//! ```json
//! {"sum":"…","header":{"version":2,"id":"…","started":"2026-11-21T18:30:00Z","command":"import","domain":"DC=…", …}}
//! {"sum":"…","intent":{"n":1,"guid":"…","dn":"CN=…","server":"ldaps://dc1:636","before":"/9j/…","after_sha256":"…", …}}
//! {"sum":"…","outcome":{"n":1,"result":"done"}}
//! {"sum":"…","end":{"finished":"2026-11-21T18:31:00Z","stopped":false,"done":1, …}}
//! ```
//!
//! Three rules make it safe:
//!
//! - An intent, with the old photo, is on the disk (synced) before the domain controller is asked. So whatever a power
//!   cut tears off the end of the file belongs to changes that were not asked for yet.
//! - An outcome is written later and need not be on the disk at once. An intent without an outcome means that the
//!   change may or may not have been made; what the account holds now shows which.
//! - A line that was torn off or damaged is recognized by its checksum and never believed.
//!
//! | file | what it has |
//! |---|---|
//! | `record.rs`, `line.rs` | what the lines say, and how a line is written |
//! | `write.rs`, `read.rs` | writing during a run, and reading afterwards |
//! | `folder.rs`, `list.rs` | where journals are, and lists of them |
//! | `order.rs`, `chain.rs` | for undo: which run came first, and what an account goes back to |

mod chain;
mod error;
mod folder;
mod line;
mod list;
mod order;
mod read;
mod record;
mod size;
mod write;
mod writer;

pub use chain::{Link, Origin, trace};
pub use error::JournalError;
pub use folder::{Folder, Place};
pub use list::{Listed, State};
pub use order::sort;
pub use read::{Index, Past, Recorded, Unusable, index};
pub use record::{End, Header, Intent, Outcome, Switch};
pub use size::Size;
pub use write::{Entry, Journal, Subject};

#[cfg(test)]
mod tests;
