//! adphoto puts photos into Active Directory: it reads them from a CSV file or a folder, makes each a 96×96 JPEG,
//! finds whose it is and writes `thumbnailPhoto` over LDAP.
//!
//! ```text
//! Source ─▶ Photo ─▶ Match ─▶ Thumbnail ─▶ Change ─▶ Outcome ─▶ Record ─▶ report
//!  source/         naming/   thumbnail/        pipeline/            report/
//! ```
//!
//! One way, nothing comes back. [`command`] wires the rooms together; each of the others can be read alone. Below they stand
//! by floors: each imports only from floors below its own. `docs/design.md` says what each is for.

pub mod command;

pub mod settings;

pub mod sign_in;

pub mod cli;

pub mod pipeline;

pub mod report;

pub mod naming;

pub mod destination;
pub mod journal;
pub mod progress;
pub mod saving;

pub mod directory;
pub mod log;
pub mod source;
pub mod thumbnail;

pub mod failure;

pub mod album;
pub mod hash;
mod ownership;
mod panics;
pub mod terminal;
