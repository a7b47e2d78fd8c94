//! Reading the photos of the directory and saving each.

use std::ops::ControlFlow::{Break, Continue};

use futures_util::{StreamExt, stream};

use super::names::Named;
use super::sync::Earlier;
use crate::album::Album;
use crate::cli::Kind;
use crate::destination::Destination;
use crate::hash::Hash;
use crate::panics::caught;
use crate::pipeline::{self, ACCOUNTS_A_READ, Flow, READS_AT_ONCE, Stop, Why};
use crate::progress::Stage;
use crate::report::{IndexRow, Reason, Record, Status, record, render_row};
use crate::saving::{FileName, Folder, Found, SaveError, Saved, Unlisted};
use crate::thumbnail;

/// The result for one photo.
pub(super) struct Exported {
    pub(super) record: Record,
    /// The photo's row in the list, if the photo was saved or would be.
    pub(super) row: Option<IndexRow>,
    /// The text by which the list names the photo's account.
    pub(super) user: String,
    /// Whether the photo replaces another file.
    pub(super) replaces: bool,
}

/// The options and the places that are the same for all photos.
pub(super) struct Export<'r, D> {
    pub(super) only: Option<Kind>,
    pub(super) fit: thumbnail::Options,
    pub(super) dry_run: bool,
    /// Where a line for each file is written before the file is; `None` if none is written.
    pub(super) unlisted: Option<&'r Unlisted>,
    pub(super) earlier: &'r Earlier,
    pub(super) destination: &'r D,
    pub(super) folder: &'r Folder,
    pub(super) album: &'r Album,
    pub(super) stop: &'r Stop,
}

/// An account and its photo.
type Read<'n> = (&'n Named, Flow<Vec<u8>>);

impl<D: Destination> Export<'_, D> {
    /// Saves all photos. Accounts without a photo get no record.
    pub(super) async fn run(&self, accounts: &[Named], stage: &Stage) -> Vec<Exported> {
        stream::iter(accounts.chunks(ACCOUNTS_A_READ))
            .map(|accounts| self.read(accounts))
            .buffered(READS_AT_ONCE)
            .flat_map(stream::iter)
            .inspect(|_| stage.advance(1))
            .filter_map(async |read| read.map(|read| self.save(read)))
            .collect()
            .await
    }

    /// Reads the photos of some accounts. The result is `None` for each account without a photo of the wanted kind.
    async fn read<'n>(&self, accounts: &'n [Named]) -> Vec<Option<Read<'n>>> {
        let guids: Vec<_> = accounts.iter().map(|named| named.account.guid).collect();
        let mut answer = pipeline::held(self.destination, None, &guids, false, self.stop).await;
        let photo = |named: &'n Named| match &mut answer {
            Ok(held) => {
                let photo = held.remove(&named.account.guid)?.photo.filter(|photo| self.is_wanted(photo))?;
                Some((named, Continue(photo)))
            }
            Err(reason) => {
                let record = record::of_account(&named.account, Status::NotAttempted, vec![reason.clone()]);
                Some((named, Break(record)))
            }
        };
        let read: Vec<_> = accounts.iter().map(photo).collect();
        if let Err(error) = self.announce(read.iter().flatten()) {
            // Without its line, the next run would take a file for somebody else's.
            self.stop.ask(Why::FolderFailed(error.to_string()));
        }
        read
    }

    /// Remembers which files will be written, for the case that this run is killed before it writes the list.
    fn announce<'n>(&self, read: impl Iterator<Item = &'n Read<'n>>) -> Result<(), SaveError> {
        let Some(unlisted) = self.unlisted.filter(|_| self.stop.why().is_none()) else { return Ok(()) };
        let line = |(named, photo): &Read<'_>| {
            let (Continue(photo), Ok(file)) = (photo, &named.file) else { return None };
            let found = self.folder.look(file, photo, self.earlier.hash(file.as_str(), self.folder));
            found.is_ok_and(|found| found != Found::Same).then(|| render_row(&self.row(named, file, photo)))
        };
        unlisted.add(&read.filter_map(line).collect::<Vec<_>>())
    }

    fn is_wanted(&self, photo: &[u8]) -> bool {
        let Some(kind) = self.only else { return true };
        let is_ok = caught(|| D::flaws(photo, &self.fit).is_empty()).unwrap_or(false);
        is_ok == (kind == Kind::Ok)
    }

    fn save(&self, (named, read): Read<'_>) -> Exported {
        let not_saved = |record| Exported { record, row: None, user: named.user.clone(), replaces: false };
        let photo = match read {
            Continue(photo) => photo,
            Break(record) => return not_saved(record),
        };
        let held = Some(self.album.keep(&photo));
        let path = |file: &FileName| self.folder.path_of(file).display().to_string();
        let ends = |status, reasons| Record {
            photo: named.file.as_ref().map_or(String::new(), path),
            before: held,
            after: held,
            ..record::of_account(&named.account, status, reasons)
        };
        if self.stop.why().is_some() {
            return not_saved(ends(Status::NotAttempted, vec![self.stop.reason()]));
        }
        let file = match &named.file {
            Ok(file) => file,
            Err(reason) => return not_saved(ends(Status::Failed, vec![reason.clone()])),
        };
        match self.put(file, &photo) {
            Ok((status, replaces)) => {
                let row = Some(self.row(named, file, &photo));
                Exported { record: ends(status, Vec::new()), row, user: named.user.clone(), replaces }
            }
            Err(error) => not_saved(ends(Status::Failed, vec![Reason::from(&error)])),
        }
    }

    /// Writes a file, unless this is a dry run. Returns the photo's status, and whether it replaces another file; only
    /// a dry run looks at that.
    fn put(&self, file: &FileName, photo: &[u8]) -> Result<(Status, bool), SaveError> {
        let ours = self.earlier.hash(file.as_str(), self.folder);
        if self.dry_run {
            return self.folder.look(file, photo, ours).map(|found| match found {
                Found::Same => (Status::Unchanged, false),
                Found::Nothing => (Status::WouldExport, false),
                Found::Replaceable => (Status::WouldExport, true),
            });
        }
        self.folder.save(file, photo, ours).map(|saved| match saved {
            Saved::Written => (Status::Exported, false),
            Saved::Unchanged => (Status::Unchanged, false),
        })
    }

    fn row(&self, named: &Named, file: &FileName, photo: &[u8]) -> IndexRow {
        let account = &named.account;
        IndexRow {
            user: named.user.clone(),
            photo: file.as_str().to_owned(),
            dn: account.dn.clone(),
            display_name: account.display_name.clone().unwrap_or_default(),
            bytes: photo.len(),
            hash: Hash::of(photo),
            columns: account.columns.clone(),
        }
    }
}
