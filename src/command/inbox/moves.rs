//! Moving photos, and telling how many were moved.

use std::path::{Path, PathBuf};

use crate::progress::Progress;
use crate::report::Reason;
use crate::saving::{MoveFlag, MovedFolder};

/// The maximum number of photos that a dry run names.
const MAX_NAMED: usize = 20;

/// A photo file, with its places in the list of items. A list may name one file in several ways.
pub(super) type Owners<'i> = Vec<(usize, &'i Path)>;

/// The photos that were moved, or would be moved, and those that could not be moved.
#[derive(Default)]
pub(super) struct Moves {
    dry_run: bool,
    moved: Vec<(MoveFlag, PathBuf)>,
    stay: Vec<MoveFlag>,
}

impl Moves {
    pub(super) fn new(dry_run: bool) -> Self {
        Self { dry_run, ..Self::default() }
    }

    /// Moves one file; a dry run only counts it. Returns the reason if it cannot be moved.
    pub(super) fn take(
        &mut self,
        owners: &Owners<'_>,
        folder: &MovedFolder,
        why: Option<&str>,
        progress: &Progress,
    ) -> Option<Reason> {
        // If one of the paths is a link, that path is tried, because moving the photo itself would break the link.
        let link = owners.iter().find(|(_, path)| path.is_symlink());
        let &(_, path) = link.or(owners.first())?;
        let taken = if self.dry_run { Ok(()) } else { folder.take(path, why) };
        let to = folder.path().display();
        match taken {
            Ok(()) => {
                let done = if self.dry_run { "would be moved" } else { "moved" };
                progress.log(&format!("{done} to {to}: {}", path.display()));
                self.moved.push((folder.flag(), path.to_path_buf()));
                None
            }
            Err(error) => {
                progress.log(&format!("not moved to {to}: {}: {error}", path.display()));
                self.stay.push(folder.flag());
                Some(Reason::from(&error))
            }
        }
    }

    /// Says how many photos were moved. A dry run names them, because it leaves nothing to look at.
    pub(super) fn tell(&self, folders: &[&MovedFolder], progress: &Progress) {
        for folder in folders {
            let (flag, to) = (folder.flag(), folder.path().display());
            let of_flag = |moved: &&(MoveFlag, PathBuf)| moved.0 == flag;
            let paths: Vec<String> =
                self.moved.iter().filter(of_flag).map(|(_, path)| path.display().to_string()).collect();
            let more = if paths.len() > MAX_NAMED { ", …" } else { "" };
            let named = format!("{}{more}", paths.iter().take(MAX_NAMED).cloned().collect::<Vec<_>>().join(", "));
            match (paths.len(), flag) {
                (0, _) => {}
                (count, _) if self.dry_run => {
                    progress.note(&format!("{} would be moved to {to}: {named}", photos(count)));
                }
                (count, MoveFlag::Failed) => {
                    let were = if count == 1 { "was" } else { "were" };
                    let text = format!("{} that failed {were} moved to {to}, with the reason beside it", photos(count));
                    progress.note(&text);
                }
                (_, MoveFlag::Done) => {}
            }
            let stay = self.stay.iter().filter(|stays| **stays == flag).count();
            if stay > 0 {
                progress.note(&format!("{} could not be moved to the folder of {flag}", photos(stay)));
            }
        }
    }
}

fn photos(count: usize) -> String {
    if count == 1 { "1 photo".to_owned() } else { format!("{count} photos") }
}
