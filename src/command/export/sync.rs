//! Keeping a folder in step: the files that an earlier export wrote and that should not be there any more are removed.
//! Only the list of the earlier export tells which files these are, and a file is removed only if it is still what that
//! export wrote.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use super::{Exported, Named};
use crate::album::Album;
use crate::destination::{Destination, Hidden};
use crate::directory::{Account, Guid, Sid};
use crate::failure::{Context, Failure};
use crate::hash::Hash;
use crate::pipeline::Stop;
use crate::progress::Progress;
use crate::report::{Code, IndexRow, Reason, Record, Status, read_index, read_row, record};
use crate::saving::{Folder, INDEX, SaveError, alike};

/// What an earlier export wrote into the folder.
#[derive(Default)]
pub(super) struct Earlier {
    pub(super) rows: Vec<IndexRow>,
    files: Files,
}

/// Names of files. Names that differ only by case or Unicode form are found together, because some file systems take
/// them for the same.
#[derive(Default)]
struct Files(HashMap<String, Vec<(String, Hash)>>);

impl Files {
    fn of<'r>(rows: impl Iterator<Item = &'r IndexRow>) -> Self {
        let mut files: HashMap<String, Vec<(String, Hash)>> = HashMap::new();
        for row in rows {
            files.entry(alike(&row.photo)).or_default().push((row.photo.clone(), row.hash));
        }
        Self(files)
    }

    /// Returns the one of these names that leads to the same file as `name` does, and the hash of its photo.
    fn same_file(&self, name: &str, folder: &Folder) -> Option<(&str, Hash)> {
        let alike = self.0.get(&alike(name))?;
        let exact = alike.iter().find(|(other, _)| other == name);
        let same = exact.or_else(|| alike.iter().find(|(other, _)| folder.is_same_file(other, name)))?;
        Some((&same.0, same.1))
    }
}

/// A file that an earlier export wrote and this one does not.
pub(super) enum Left {
    /// The file is to be removed. The record says why.
    Remove(IndexRow, Record),
    /// The file stays, and so does its row. The record says why; it is `None` if the account has a record that does.
    Keep(IndexRow, Option<Record>),
    /// There is nothing to remove: the file is gone already, or it is the file of the account's new photo under another
    /// spelling.
    Gone(Record),
}

impl Earlier {
    /// Reads what earlier exports left in the folder. Without `sync`, that is only what a killed one wrote: such files may
    /// be replaced, but nothing is removed.
    pub(super) fn read(folder: &Folder, sync: bool) -> Result<Self, Failure> {
        let list = if sync { folder.index()? } else { None };
        let mut rows = list.map_or(Ok(Vec::new()), |list| read_index(&list))?;
        let unlisted: Vec<IndexRow> = folder.unlisted()?.iter().filter_map(|line| read_row(line)).collect();
        // The line is there before the file is, so it counts only if the file is what the line says.
        for row in unlisted.into_iter().filter(|row| is_there(row, folder)) {
            rows.retain(|earlier| earlier.photo != row.photo);
            rows.push(row);
        }
        let files = Files::of(rows.iter());
        Ok(Self { rows: if sync { rows } else { Vec::new() }, files })
    }

    /// Returns the hash of the photo that the earlier export wrote to a file, even if its name was spelled otherwise then.
    pub(super) fn hash(&self, file: &str, folder: &Folder) -> Option<Hash> {
        self.files.same_file(file, folder).map(|(_, hash)| hash)
    }

    /// Returns the rows whose files this run has not written.
    pub(super) fn unwritten(&self, exported: &[Exported], folder: &Folder) -> Vec<IndexRow> {
        let written = Files::of(exported.iter().filter_map(|one| one.row.as_ref()));
        self.rows.iter().filter(|row| written.same_file(&row.photo, folder).is_none()).cloned().collect()
    }

    /// Refuses a folder that was filled with other accounts: all of its files would be removed.
    pub(super) fn check(&self, listed: &[Account]) -> Result<(), Failure> {
        let known: HashSet<String> = listed.iter().flat_map(texts).collect();
        if self.rows.is_empty() || self.rows.iter().any(|row| known.contains(&alike(&row.user))) {
            return Ok(());
        }
        let count = self.rows.len();
        Err(Failure::new(format!(
            "nothing was written: none of the accounts that were found is in the {INDEX} of that folder, so --sync would \
             remove all of its {count} photos"
        ))
        .hint("check --base-dn and --filter; photos of other accounts need a folder of their own"))
    }
}

/// Returns whether a row's file is there, as the row says.
fn is_there(row: &IndexRow, folder: &Folder) -> bool {
    matches!(folder.written_earlier(&row.photo, row.hash), Ok(Some(_)))
}

/// Returns the texts by which a list may name an account, without their case: a logon name is the same in any.
fn texts(account: &Account) -> impl Iterator<Item = String> {
    let sid = Sid::from_bytes(&account.sid).map(|sid| alike(sid.as_str()));
    [alike(&account.sam_account_name), account.guid.to_string()].into_iter().chain(sid)
}

/// Everything that is needed to decide about the files that an earlier export left in the folder.
pub(super) struct Leftovers<'r, D> {
    pub(super) earlier: &'r Earlier,
    /// All accounts that were found, disabled ones included.
    pub(super) listed: &'r [Account],
    /// The accounts among these that are exported.
    pub(super) named: &'r [Named],
    /// Whether `--only` leaves out some photos.
    pub(super) only: bool,
    pub(super) destination: &'r D,
    pub(super) folder: &'r Folder,
    pub(super) album: &'r Album,
    pub(super) progress: &'r Progress,
    /// Whether the note about what the server does not tell was given; a plan and its run decide both.
    pub(super) noted: Cell<bool>,
}

impl<D: Destination> Leftovers<'_, D> {
    /// Runs [`find`](Self::find); `None` if the run is stopped before or meanwhile.
    pub(super) async fn find_unless_stopped(
        &self,
        exported: &[Exported],
        stop: &Stop,
    ) -> Option<Result<Vec<Left>, Failure>> {
        stop.unless_asked(self.find(exported)).await.filter(|_| stop.why().is_none())
    }

    /// Decides about each file that an earlier export wrote and this one did not.
    async fn find(&self, exported: &[Exported]) -> Result<Vec<Left>, Failure> {
        let rows = || exported.iter().filter_map(|one| one.row.as_ref());
        let files: HashMap<String, &str> = rows().map(|row| (alike(&row.user), row.photo.as_str())).collect();
        let written = Files::of(rows());
        let failed: HashSet<String> =
            exported.iter().filter(|one| one.row.is_none()).map(|one| alike(&one.user)).collect();
        let accounts: HashMap<String, &Account> =
            self.listed.iter().flat_map(|account| texts(account).map(move |text| (text, account))).collect();
        let in_scope: HashSet<_> = self.named.iter().map(|named| named.account.guid).collect();
        let names: HashSet<&str> = files.values().copied().collect();
        let left: Vec<&IndexRow> = self.earlier.rows.iter().filter(|row| !names.contains(row.photo.as_str())).collect();
        let unseen: Vec<_> = left
            .iter()
            .filter(|row| !files.contains_key(&alike(&row.user)))
            .filter_map(|row| Some(accounts.get(&alike(&row.user))?.guid))
            .filter(|guid| in_scope.contains(guid))
            .collect();
        let mut hidden = self.hidden(&unseen).await.context("cannot read your rights; no file was removed")?;
        let decide = |row: &&IndexRow| {
            let user = alike(&row.user);
            let account = accounts.get(&user).copied();
            // A file system that ignores case has one file for both names: removing it would remove the new photo.
            let own = files.get(&user).copied().filter(|file| self.folder.is_same_file(file, &row.photo));
            if let Some(file) = own.or_else(|| Some(written.same_file(&row.photo, self.folder)?.0)) {
                let reason = Reason::new(Code::OtherName, format!("it is {file} now"));
                return Left::Gone(self.record(row, Status::Unchanged, reason));
            }
            if failed.contains(&user) {
                return Left::Keep((*row).clone(), None);
            }
            let reason = match (account, files.get(&user)) {
                (_, Some(file)) => Reason::new(Code::OtherName, format!("the photo of this account is {file} now")),
                (None, None) => Reason::new(
                    Code::NotListed,
                    "the account is not among those that are exported any more: it was deleted, or the base DN or the \
                     filter leaves it out",
                ),
                (Some(account), None) if !in_scope.contains(&account.guid) => {
                    Reason::new(Code::Disabled, "the account is disabled")
                }
                (Some(account), None) => match hidden.remove(&account.guid) {
                    Some(hidden) => {
                        let reason = Reason::hidden(hidden, self.destination.attribute());
                        return Left::Keep((*row).clone(), Some(self.record(row, Status::Failed, reason)));
                    }
                    None if self.only => {
                        Reason::new(Code::NoPhoto, "the account has no photo any more, or none of the kind in --only")
                    }
                    None => Reason::new(Code::NoPhoto, "the account has no photo any more"),
                },
            };
            self.look(row, reason)
        };
        Ok(left.iter().map(decide).collect())
    }

    /// Returns which of the accounts that show no photo may have one. If the server does not tell what the user may
    /// read, any of them may.
    async fn hidden(&self, unseen: &[Guid]) -> Result<HashMap<Guid, Hidden>, D::ReadError> {
        if unseen.is_empty() || self.destination.tells_hidden().await? {
            return self.destination.hidden(unseen).await;
        }
        if !self.noted.replace(true) {
            self.progress.note(
                "this server does not tell what you may read: the files of accounts that show no photo any more are kept",
            );
        }
        Ok(unseen.iter().map(|guid| (*guid, Hidden::Unknown)).collect())
    }

    /// Decides about a file that should not be there any more. It is removed only if it is still what an earlier export
    /// wrote.
    fn look(&self, row: &IndexRow, reason: Reason) -> Left {
        match self.folder.written_earlier(&row.photo, row.hash) {
            Ok(Some(photo)) => {
                let record = self.record(row, Status::NotAttempted, reason);
                Left::Remove(row.clone(), Record { before: Some(self.album.keep(&photo)), ..record })
            }
            Ok(None) => Left::Gone(self.record(row, Status::Unchanged, reason)),
            Err(SaveError::Exists(_)) => {
                let text = format!("{}, but its file is not what was exported, so it was left there", reason.text);
                let reason =
                    Reason::with(Code::FileChanged, &text, "look at the file, and remove it if nobody needs it");
                Left::Keep(row.clone(), Some(self.record(row, Status::Failed, reason)))
            }
            Err(error) => Left::Keep(row.clone(), Some(self.record(row, Status::Failed, Reason::from(&error)))),
        }
    }

    fn record(&self, row: &IndexRow, status: Status, reason: Reason) -> Record {
        let photo = self.folder.path_to(&row.photo).display().to_string();
        record::of_indexed(row, photo, status, vec![reason])
    }
}

/// Removes the files that are to be removed, except in a dry run. Returns the records, and the rows of the files that
/// stay.
pub(super) fn remove(left: Vec<Left>, folder: &Folder, dry_run: bool) -> (Vec<Record>, Vec<IndexRow>) {
    let (mut records, mut kept) = (Vec::new(), Vec::new());
    for one in left {
        match one {
            Left::Gone(record) => records.push(record),
            Left::Keep(row, record) => {
                records.extend(record);
                kept.push(row);
            }
            Left::Remove(_, record) if dry_run => records.push(Record { status: Status::WouldRemove, ..record }),
            Left::Remove(row, record) => match folder.remove(&row.photo) {
                Ok(()) => records.push(Record { status: Status::Removed, ..record }),
                Err(error) => {
                    let reasons = vec![Reason::from(&error)];
                    records.push(Record { status: Status::Failed, reasons, ..record });
                    kept.push(row);
                }
            },
        }
    }
    (records, kept)
}
