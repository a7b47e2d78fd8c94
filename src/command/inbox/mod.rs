//! The beginning and the end of an import that empties its inbox: `--move-done` and `--move-failed`.

mod moves;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use time::OffsetDateTime;

use self::moves::{Moves, Owners};
use crate::cli::ImportArgs;
use crate::failure::Failure;
use crate::pipeline::{Stop, Why};
use crate::progress::Progress;
use crate::report::{Code, Record, Records, Status};
use crate::saving::{MoveFlag, MovedFolder, MovedFolderError, Recovered};
use crate::source::Item;
use crate::state::{Lock, LockError};
use crate::terminal::printable;

/// If more photos than this fail, and not one photo of the whole source finds its account, the settings are wrong and
/// not the photos.
const SUSPICIOUS: usize = 10;

/// The folders to which photos are moved after the run. In a dry run, nothing is created or moved.
pub(super) struct Inbox {
    folders: Vec<MovedFolder>,
    /// Held until the run has ended, reports included.
    _lock: Option<Lock>,
    dry_run: bool,
}

impl Inbox {
    /// Opens the folders. Photos that a killed run was about to move get their names back first, so that this run finds
    /// them.
    pub(super) fn open(args: &ImportArgs, progress: &Progress) -> Result<Self, Failure> {
        let given = [(MoveFlag::Done, &args.move_done), (MoveFlag::Failed, &args.move_failed)];
        let open = if args.dry_run { MovedFolder::rehearsed } else { MovedFolder::open };
        let folder = |(flag, path): (MoveFlag, &Option<PathBuf>)| {
            path.as_ref().map(|path| open(flag, path, &args.source, args.source_options.recursive))
        };
        let folders = given.into_iter().filter_map(folder).collect::<Result<Vec<_>, MovedFolderError>>()?;
        if let [done, failed] = folders.as_slice()
            && done.is(failed)
        {
            return Err(Failure::new("--move-done and --move-failed name the same folder: give each its own"));
        }
        let Some(folder) = folders.first().filter(|_| !args.dry_run) else {
            return Ok(Self { folders, _lock: None, dry_run: args.dry_run });
        };
        // The lock comes before anything is touched: a file that seems to be left by a killed run may belong to a run
        // that is still alive.
        let lock = lock(&args.source, progress)?;
        if args.source.is_dir() {
            recover(folder, progress);
        }
        Ok(Self { folders, _lock: lock, dry_run: false })
    }

    /// Remembers how the files look, before the run reads them.
    pub(super) fn look_at(&mut self, items: &[Item]) {
        for folder in &mut self.folders {
            folder.look_at(items.iter().filter_map(Item::path));
        }
    }

    /// Moves the photos that all of their accounts hold by now, and those that failed for their name or their file.
    pub(super) fn clear(&self, items: &[Item], records: &mut Records, stop: &Stop, progress: &Progress) {
        if self.folders.is_empty() {
            return;
        }
        let mut moves = Moves::new(self.dry_run);
        let may_move = |folder: &&MovedFolder| match folder.flag() {
            // If one picture was meant for too many accounts, the photos stay where they are. The next run must see the
            // accounts that have the picture, or it would give it to a few more.
            MoveFlag::Done => stop.why() != Some(&Why::Identical) && stop.foreseen().is_none(),
            // Whatever stops a whole run is not the fault of single photos, and may be the reason why they failed.
            MoveFlag::Failed if stop.why().or(stop.foreseen()).is_some() => false,
            MoveFlag::Failed => !nobody_was_found(records, folder, progress),
        };
        let folders: Vec<&MovedFolder> = self.folders.iter().filter(may_move).collect();
        let may_write = records.iter().flatten().any(|record| record.status == Status::Written);
        for owners in files(items).into_values() {
            let concerned: io::Result<Vec<Cow<'_, Record>>> =
                owners.iter().map(|&(place, _)| records.get(place)).collect();
            // Of a record that cannot be read any more, nobody knows whether its photo may go.
            let Ok(concerned) = concerned else { continue };
            let is_for = |folder: &&&MovedFolder| match folder.flag() {
                MoveFlag::Done => concerned.iter().all(|record| is_done(record)),
                MoveFlag::Failed => concerned.iter().all(|record| has_failed_for_good(record, may_write)),
            };
            let Some(&folder) = folders.iter().find(is_for) else { continue };
            let why = (folder.flag() == MoveFlag::Failed).then(|| reasons(&concerned));
            let Some(reason) = moves.take(&owners, folder, why.as_deref(), progress) else { continue };
            let told: Vec<(usize, Record)> = owners
                .iter()
                .zip(concerned)
                .map(|(&(place, _), record)| (place, record.into_owned().because(reason.clone())))
                .collect();
            for (place, record) in told {
                // The record was read just now, so it can be replaced.
                let _ = records.replace(place, record);
            }
        }
        moves.tell(&folders, progress);
    }
}

/// Locks the source, because a second run in it would report all photos as failed that the first one moves away. Where
/// no lock can be taken, the run goes on without one.
fn lock(source: &Path, progress: &Progress) -> Result<Option<Lock>, LockError> {
    // The source may be a pattern such as `photos/*.jpg`, so the nearest folder above it that exists is locked.
    let there = source.ancestors().find(|above| above.exists()).unwrap_or(Path::new(""));
    let there = if there.as_os_str().is_empty() { Path::new(".") } else { there };
    let place = there.canonicalize().unwrap_or_else(|_| there.to_path_buf());
    match Lock::take(&place) {
        Ok(lock) => Ok(Some(lock)),
        Err(error @ LockError::AtWork { .. }) => Err(error),
        Err(error @ LockError::Unknown { .. }) => {
            progress.note(&error.to_string());
            Ok(None)
        }
    }
}

/// Gives their names back to the photos that a killed run was about to move.
fn recover(folder: &MovedFolder, progress: &Progress) {
    let Recovered { put_back, moved, left } = folder.recover();
    let to = format!("is now in {}, because there is a newer photo of its name", folder.path().display());
    let tell = |photos: &[PathBuf], outcome: &str| {
        for photo in photos {
            let photo = photo.display();
            progress.note(&format!("an earlier run was killed while it moved a photo: {photo} {outcome}"));
        }
    };
    tell(&put_back, "got its name back");
    tell(&moved, &to);
    tell(&left, "can be neither moved nor given its name back");
}

/// Returns the items of each file. Files are told apart by their real paths.
fn files(items: &[Item]) -> BTreeMap<PathBuf, Owners<'_>> {
    let mut files: BTreeMap<PathBuf, Owners<'_>> = BTreeMap::new();
    for (place, item) in items.iter().enumerate() {
        // A list may name a file that an earlier run has moved away.
        if let Some(path) = item.path().filter(|path| path.symlink_metadata().is_ok()) {
            let real = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
            files.entry(real).or_default().push((place, path));
        }
    }
    files
}

fn is_done(record: &Record) -> bool {
    matches!(record.status, Status::Written | Status::WouldWrite | Status::Unchanged) || record.has(Code::NamedTwice)
}

/// Returns whether the photo failed because of its name or its file, and would fail again the next night. A failure
/// that comes from the directory, or from a file that cannot be read, may be gone tomorrow. So may a missing right,
/// unless this run wrote other accounts (`may_write`): then this account is protected, and stays so.
fn has_failed_for_good(record: &Record, may_write: bool) -> bool {
    const BY_NAME_OR_FILE: [Code; 18] = [
        Code::Ambiguous,
        Code::BadName,
        Code::Blank,
        Code::Damaged,
        Code::EmptyFile,
        Code::NameOfAnother,
        Code::NoSuchAccount,
        Code::NotAnImage,
        Code::NotThePattern,
        Code::OtherDomain,
        Code::OtherUser,
        Code::OverBudget,
        Code::SameFile,
        Code::SeveralPhotos,
        Code::TooLarge,
        Code::Undecodable,
        Code::UnexplainedText,
        Code::Unsupported,
    ];
    // A photo may have a remark with one of those codes and fail for another reason.
    const BY_DIRECTORY: [Code; 7] = [
        Code::AccountGone,
        Code::Conflict,
        Code::NotConfirmed,
        Code::NotRecorded,
        Code::ReadOnly,
        Code::Refused,
        Code::Stopped,
    ];
    let by_name_or_file = || BY_NAME_OR_FILE.iter().any(|&code| record.has(code));
    record.status == Status::Failed
        && if record.has(Code::NoRight) { may_write } else { by_name_or_file() }
        && !BY_DIRECTORY.iter().any(|&code| record.has(code))
}

/// Returns whether many photos failed and none found its account, and tells the user if so. With a wrong base DN or
/// `--match-by`, one night must not move the whole inbox away.
fn nobody_was_found(records: &Records, folder: &MovedFolder, progress: &Progress) -> bool {
    let (mut failed, mut found) = (0, 0);
    for record in records.iter().flatten() {
        failed += usize::from(has_failed_for_good(&record, false));
        found += usize::from(record.guid.is_some());
    }
    let nobody = failed > SUSPICIOUS && found == 0;
    if nobody {
        let path = folder.path().display();
        progress.note(&format!(
            "not one of {failed} photos found its account, so none was moved to {path}: check --match-by, and what limits the run to some of the accounts"
        ));
    }
    nobody
}

/// Returns the text of the file that is put beside a photo that failed.
fn reasons(records: &[Cow<'_, Record>]) -> String {
    let now = OffsetDateTime::now_utc().replace_nanosecond(0).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let mut text = String::new();
    for record in records {
        let line = record.line.map(|line| format!(", line {line} of the list")).unwrap_or_default();
        text += &printable(&format!("{}{line}", record.photo));
        text += "\n\n";
        for reason in &record.reasons {
            text += &format!("{}: {}\n", reason.code.name(), printable(&reason.text));
            if let Some(remedy) = &reason.remedy {
                text += &format!("  {}\n", printable(remedy));
            }
        }
        text += "\n";
    }
    let (date, [hour, minute, second]) = (now.date(), [now.hour(), now.minute(), now.second()]);
    text + &format!("adphoto import, {date} {hour:02}:{minute:02}:{second:02} UTC\n")
}
