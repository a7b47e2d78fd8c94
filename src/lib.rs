//! adphoto writes photos to Active Directory: it reads them from a CSV file or a folder, finds the account that each is
//! for, makes a 96×96 JPEG of it and writes that to `thumbnailPhoto` over LDAP.
//!
//! ```text
//! Source ─▶ Photo ─▶ Match ─▶ Thumbnail ─▶ Change ─▶ Outcome ─▶ Record ─▶ report
//!  source/         naming/   thumbnail/        pipeline/            report/
//! ```
//!
//! Data flows in one direction only. [`command`] connects the rooms; each of the others can be read on its own. The
//! rooms below stand in order of their floors: each imports only from lower floors. `docs/design.md` says what each is
//! for.

pub mod command;

pub mod settings;

pub mod sign_in;

pub mod cli;

pub mod pipeline;

pub mod report;

pub mod naming;

pub mod account_pictures;
pub mod cache;
pub mod destination;
pub mod journal;
pub mod progress;
pub mod saving;

pub mod directory;
pub mod log;
pub mod microsoft365;
pub mod source;
pub mod state;
pub mod thumbnail;

pub mod failure;

pub mod album;
pub mod crop_box;
pub mod hash;
mod ownership;
mod panics;
pub mod terminal;
