//! The beginning and the end of `import --move-done`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::cli::ImportArgs;
use crate::progress::Progress;
use crate::report::{Code, Reason, Record, Status};
use crate::saving::{DoneFolder, DoneFolderError, Recovered};
use crate::source::{Item, Photo};

/// Opens the folder to which photos are moved once they are written. Photos that a killed run was about to move get
/// their names back first, so that this run finds them.
pub(super) fn open(args: &ImportArgs, progress: &Progress) -> Result<Option<DoneFolder>, DoneFolderError> {
    let Some(path) = &args.move_done else { return Ok(None) };
    let open = if args.dry_run { DoneFolder::rehearsed } else { DoneFolder::open };
    let done = open(path, &args.source, args.source_options.recursive)?;
    if args.dry_run {
        return Ok(None);
    }
    if args.source.is_dir() {
        let Recovered { put_back, moved, left } = done.recover();
        let to = format!("is now in {}, because there is a newer photo of its name", path.display());
        tell(&put_back, "got its name back", progress);
        tell(&moved, &to, progress);
        tell(&left, "can be neither moved nor given its name back", progress);
    }
    Ok(Some(done))
}

/// Shows a note for each photo.
fn tell(photos: &[PathBuf], outcome: &str, progress: &Progress) {
    for photo in photos {
        progress.note(&format!("an earlier run was killed while it moved a photo: {} {outcome}", photo.display()));
    }
}

/// Moves the photos that all of their accounts hold by now.
pub(super) fn clear(done: &DoneFolder, items: &[Item], records: &mut [Record], progress: &Progress) {
    // Files are told apart by their real paths, because a list may name one file in several ways.
    let mut owners: BTreeMap<PathBuf, Vec<(usize, &Path)>> = BTreeMap::new();
    for (place, item) in items.iter().enumerate() {
        if let Some(Photo { path, .. }) = item.photo() {
            let real = path.canonicalize().unwrap_or_else(|_| path.clone());
            owners.entry(real).or_default().push((place, path));
        }
    }
    let is_done =
        |record: &Record| matches!(record.status, Status::Written | Status::Unchanged) || record.has(Code::NamedTwice);
    let mut stay = 0;
    for owners in owners.into_values() {
        if !owners.iter().all(|&(place, _)| is_done(&records[place])) {
            continue;
        }
        // If one of the paths is a link, that is the one to try: to move the photo itself would break the link.
        let link = owners.iter().find(|(_, path)| path.is_symlink());
        if let Some((_, path)) = link.or(owners.first())
            && let Err(error) = done.take(path)
        {
            stay += 1;
            progress.log(&format!("not moved: {}: {error}", path.display()));
            owners.iter().for_each(|&(place, _)| records[place].reasons.push(Reason::from(&error)));
        }
    }
    if stay > 0 {
        let photos = if stay == 1 { "1 photo".to_owned() } else { format!("{stay} photos") };
        progress.note(&format!("{photos} could not be moved to the folder of --move-done"));
    }
}
