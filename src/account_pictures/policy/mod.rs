//! The Group Policy that brings published pictures to the PCs, without a script, a program or additional permissions
//! there.
//!
//! The policy uses Windows' own Group Policy Preferences. They copy a user's pictures from the share and set the twelve
//! registry values, and remove both when the pictures are gone from the share.

mod backup;
mod place;
mod preferences;
mod readme;
mod xml;

use std::borrow::Cow;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use ring::digest::{SHA256, digest};
use time::OffsetDateTime;

pub use place::{Share, TargetFolder};

use crate::directory::Guid;
use crate::failure::Advice;

/// A policy that is ready to be written.
#[derive(Debug, Clone)]
pub struct Policy {
    share: Share,
    folder: TargetFolder,
    keep_own_picture: bool,
    name: String,
    /// The GUID of the backup, in braces and upper case.
    id: String,
    /// The GUID of the policy that was allegedly backed up. No such policy exists.
    gpo: String,
    /// The time of the last change, as `2026-01-31 12:00:00`.
    changed: String,
    /// The same time, as `2026-01-31T12:00:00`.
    backup_time: String,
}

/// A policy could not be written.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The folder holds another backup, or something else.
    #[error("{} is not empty, and holds no policy that adphoto made with this --id", .0.display())]
    NotEmpty(PathBuf),
    /// A file or folder of the backup cannot be written.
    #[error("cannot write {}", path.display())]
    Io { path: PathBuf, source: io::Error },
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
    /// Creates a policy. With an `id`, the same settings always give the same bytes; without one, each policy gets a
    /// random GUID and the current time.
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

    /// Writes the backup, and next to it a page that explains what to do with it. Returns the path of that page.
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
        // Any folder may have a README.md. Only beside this policy's backup is it ours, and replaced.
        let entries = std::fs::read_dir(folder).map_err(failed(folder))?;
        let names =
            entries.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>().map_err(failed(folder))?;
        let is_ours =
            |name: &OsString| [self.id.as_str(), "manifest.xml", readme::NAME].iter().any(|ours| name == ours);
        let is_kept = names.iter().all(is_ours) && names.iter().any(|name| *name == *self.id);
        if !names.is_empty() && !is_kept {
            return Err(PolicyError::NotEmpty(folder.to_path_buf()));
        }
        let mut files = backup::files(self);
        files.push((readme::NAME.to_owned(), readme::page(self)));
        for (name, content) in files {
            let path = backup::place(folder, &name);
            std::fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(failed(&path))?;
            std::fs::write(&path, content).map_err(failed(&path))?;
        }
        Ok(readme)
    }

    /// Returns a GUID for a part of this policy, always the same for the same `id` and part.
    fn uid(&self, what: &str) -> String {
        derived(&self.id, what)
    }
}

fn derived(id: &str, what: &str) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest(&SHA256, format!("{id} {what}").as_bytes()).as_ref()[..16]);
    braced(random(bytes))
}

/// Turns random bytes into a GUID of version 4 (RFC 9562), by setting the bits for the version and the variant. The
/// version is in byte 7, because a GUID's third group is stored in little-endian order.
fn random(mut bytes: [u8; 16]) -> Guid {
    bytes[7] = bytes[7] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    Guid(bytes)
}

fn braced(guid: Guid) -> String {
    format!("{{{}}}", guid.to_string().to_uppercase())
}

/// Derives a time in the year 2026 from the ID, so that the same ID gives the same bytes.
fn derived_time(id: Guid) -> OffsetDateTime {
    const BEGIN: i64 = 1_767_225_600;
    const SECONDS: u32 = 365 * 24 * 60 * 60;
    let hash = digest(&SHA256, &id.0);
    let number = hash.as_ref().iter().take(4).fold(0_u32, |number, &byte| number << 8 | u32::from(byte));
    OffsetDateTime::from_unix_timestamp(BEGIN + i64::from(number % SECONDS)).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
