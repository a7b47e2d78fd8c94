//! adphoto writes photos to Active Directory: it reads them from a CSV file or a folder, finds the account that each is
//! for, makes a 96×96 JPEG of it and writes that to `thumbnailPhoto` over LDAP.
//!
//! ```text
//! Source ─▶ Photo ─▶ Match ─▶ Thumbnail ─▶ Change ─▶ Outcome ─▶ Record ─▶ report
//!  source/         naming/   thumbnail/        pipeline/            report/
//! ```
//!
//! Data flows in one direction only. [`command`] connects the rooms; each of the others can be read on its own.

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
