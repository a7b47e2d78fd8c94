//! The Group Policy that brings published pictures to the PCs: no script, no program, and no other rights there.
//!
//! Windows' own Group Policy Preferences copy a user's pictures from the share and set the twelve values of the registry,
//! and take both away when the pictures are gone from the share.

mod backup;
mod place;
mod preferences;
mod readme;
mod xml;

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use ring::digest::{SHA256, digest};
use time::OffsetDateTime;

pub use place::{Share, TargetFolder};

use crate::directory::Guid;
use crate::failure::Advice;

/// A policy, ready to be written.
#[derive(Debug, Clone)]
pub struct Policy {
    share: Share,
    folder: TargetFolder,
    keep_own_picture: bool,
    name: String,
    /// Of the backup, in braces and upper case.
    id: String,
    /// Of the policy that was backed up: none that there is.
    gpo: String,
    /// `2026-01-31 12:00:00`
    changed: String,
    /// `2026-01-31T12:00:00`
    backup_time: String,
}

/// Why a policy was not written.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// Another backup is there, or something else.
    #[error("{} is not empty, and holds no policy that adphoto made with this --id", .0.display())]
    NotEmpty(PathBuf),
    /// It cannot be written.
    #[error("cannot write {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Advice for PolicyError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        Some(match self {
            Self::NotEmpty(_) => "name an empty folder, or one that is not there yet".into(),
            Self::Io { .. } => "check the disk and your right to write there".into(),
        })
    }
}

impl Policy {
    /// A policy of that name. With an `id`, the same settings give the same bytes; without one, each is another.
    #[must_use]
    pub fn new(share: Share, folder: TargetFolder, keep_own_picture: bool, name: &str, id: Option<Guid>) -> Self {
        let time = id.map_or_else(OffsetDateTime::now_utc, derived_time);
        let id = braced(id.unwrap_or_else(|| random(fastrand::u128(..).to_le_bytes())));
        let (date, [hour, minute, second]) =
            (time.date(), [time.hour(), time.minute(), time.second()].map(|part| format!("{part:02}")));
        let changed = format!("{date} {hour}:{minute}:{second}");
        let backup_time = changed.replace(' ', "T");
        let gpo = derived(&id, "policy");
        Self { share, folder, keep_own_picture, name: name.to_owned(), id, gpo, changed, backup_time }
    }

    /// Writes the backup, and beside it a page that says what to do with it. Returns where that is.
    ///
    /// # Errors
    /// When the folder holds something else, or cannot be written.
    pub fn write(&self, folder: &Path) -> Result<PathBuf, PolicyError> {
        let failed = |path: &Path| {
            let path = path.to_path_buf();
            move |source| PolicyError::Io { path, source }
        };
        std::fs::create_dir_all(folder).map_err(failed(folder))?;
        let readme = folder.join(readme::NAME);
        let mut entries = std::fs::read_dir(folder).map_err(failed(folder))?.flatten().map(|entry| entry.file_name());
        let is_ours = |name: &std::ffi::OsString| {
            name.to_str().is_some_and(|name| [self.id.as_str(), "manifest.xml", readme::NAME].contains(&name))
        };
        if !entries.all(|name| is_ours(&name)) {
            return Err(PolicyError::NotEmpty(folder.to_path_buf()));
        }
        let mut files = backup::files(self);
        files.insert(0, (readme::NAME.to_owned(), readme::page(self)));
        for (name, content) in files {
            let path = backup::place(folder, &name);
            std::fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(failed(&path))?;
            std::fs::write(&path, content).map_err(failed(&path))?;
        }
        Ok(readme)
    }

    /// A GUID for something of this policy, always the same for the same `id`.
    fn uid(&self, what: &str) -> String {
        derived(&self.id, what)
    }
}

fn derived(id: &str, what: &str) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest(&SHA256, format!("{id} {what}").as_bytes()).as_ref()[..16]);
    braced(random(bytes))
}

/// As RFC 9562 wants those that are made by chance: version 4, variant 1. The third group is stored last byte first.
fn random(mut bytes: [u8; 16]) -> Guid {
    bytes[7] = bytes[7] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    Guid(bytes)
}

fn braced(guid: Guid) -> String {
    format!("{{{}}}", guid.to_string().to_uppercase())
}

/// A moment of the year 2026, by the id.
fn derived_time(id: Guid) -> OffsetDateTime {
    const BEGIN: i64 = 1_767_225_600;
    const SECONDS: u32 = 365 * 24 * 60 * 60;
    let hash = digest(&SHA256, &id.0);
    let number = hash.as_ref().iter().take(4).fold(0_u32, |number, &byte| number << 8 | u32::from(byte));
    OffsetDateTime::from_unix_timestamp(BEGIN + i64::from(number % SECONDS)).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
