//! adphoto puts photos into Active Directory: it reads them from a CSV file or a folder, makes each a 96×96 JPEG,
//! finds whose it is and writes `thumbnailPhoto` over LDAP.
//!
//! ```text
//! Source ─▶ Photo ─▶ Match ─▶ Thumbnail ─▶ Change ─▶ Outcome ─▶ Record ─▶ report
//!  source/         naming/   thumbnail/        pipeline/            report/
//! ```
//!
//! One way, nothing comes back. [`command`] wires the rooms together; each of the others can be read alone.

pub mod album;
pub mod cli;
pub mod command;
pub mod destination;
pub mod directory;
pub mod failure;
pub mod hash;
pub mod journal;
pub mod log;
pub mod naming;
mod ownership;
mod panics;
pub mod pipeline;
pub mod progress;
pub mod report;
pub mod saving;
pub mod settings;
pub mod sign_in;
pub mod source;
pub mod terminal;
pub mod thumbnail;
