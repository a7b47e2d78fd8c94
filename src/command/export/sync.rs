//! Keeping a folder in step: the files that an earlier export wrote and that should not be there any more are removed.
//! Only the list of the earlier export tells which files these are, and a file is removed only if it is still what that
//! export wrote.

use std::collections::{HashMap, HashSet};

use super::{Exported, Named};
use crate::album::Album;
use crate::destination::Destination;
use crate::directory::{Account, Sid};
use crate::failure::{Context, Failure};
use crate::hash::Hash;
use crate::report::{Code, IndexRow, Reason, Record, Status, read_index, record};
use crate::saving::{Folder, INDEX, SaveError};

/// What an earlier export wrote into the folder.
#[derive(Default)]
pub(super) struct Earlier {
    pub(super) rows: Vec<IndexRow>,
    hashes: HashMap<String, Hash>,
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
    /// Reads the list in the folder, if there is one.
    pub(super) fn read(folder: &Folder) -> Result<Self, Failure> {
        let Some(list) = folder.index()? else { return Ok(Self::default()) };
        let rows = read_index(&list)?;
        let hashes = rows.iter().map(|row| (row.photo.clone(), row.hash)).collect();
        Ok(Self { rows, hashes })
    }

    /// Returns the hash of the photo that the earlier export wrote to a file.
    pub(super) fn hash(&self, file: &str) -> Option<Hash> {
        self.hashes.get(file).copied()
    }

    /// Refuses a folder that was filled with other accounts: all of its files would be removed.
    pub(super) fn check(&self, listed: &[Account]) -> Result<(), Failure> {
        let known: HashSet<String> = listed.iter().flat_map(texts).collect();
        if self.rows.is_empty() || self.rows.iter().any(|row| known.contains(&row.user)) {
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

/// Returns the texts by which a list may name an account.
fn texts(account: &Account) -> impl Iterator<Item = String> {
    let sid = Sid::from_bytes(&account.sid).map(|sid| sid.to_string());
    [account.sam_account_name.clone(), account.guid.to_string()].into_iter().chain(sid)
}

/// Everything that is needed to decide about the files that are left.
pub(super) struct Leftovers<'r, D> {
    pub(super) earlier: &'r Earlier,
    /// All accounts that were found, disabled ones included.
    pub(super) listed: &'r [Account],
    /// The accounts among these that are exported.
    pub(super) named: &'r [Named],
    /// Whether photos of one kind are left out.
    pub(super) only: bool,
    pub(super) destination: &'r D,
    pub(super) folder: &'r Folder,
    pub(super) album: &'r Album,
}

impl<D: Destination> Leftovers<'_, D> {
    /// Decides about each file that an earlier export wrote and this one did not.
    pub(super) async fn find(&self, exported: &[Exported]) -> Result<Vec<Left>, Failure> {
        let files: HashMap<&str, &str> =
            exported.iter().filter_map(|one| Some((one.user.as_str(), one.row.as_ref()?.photo.as_str()))).collect();
        let written: HashSet<&str> = files.values().copied().collect();
        let failed: HashSet<&str> =
            exported.iter().filter(|one| one.row.is_none()).map(|one| one.user.as_str()).collect();
        let accounts: HashMap<String, &Account> =
            self.listed.iter().flat_map(|account| texts(account).map(move |text| (text, account))).collect();
        let in_scope: HashSet<_> = self.named.iter().map(|named| named.account.guid).collect();
        let left: Vec<&IndexRow> =
            self.earlier.rows.iter().filter(|row| !written.contains(row.photo.as_str())).collect();
        let unseen: Vec<_> = left
            .iter()
            .filter(|row| !files.contains_key(row.user.as_str()))
            .filter_map(|row| Some(accounts.get(&row.user)?.guid))
            .filter(|guid| in_scope.contains(guid))
            .collect();
        let mut hidden =
            self.destination.hidden(&unseen).await.context("cannot read your rights; no file was removed")?;
        let decide = |row: &&IndexRow| {
            let account = accounts.get(&row.user).copied();
            if failed.contains(row.user.as_str()) {
                return Left::Keep((*row).clone(), None);
            }
            let reason = match (account, files.get(row.user.as_str())) {
                (_, Some(file)) if self.folder.is_same_file(file, &row.photo) => {
                    return Left::Gone(self.record(
                        row,
                        Status::Unchanged,
                        Reason::new(Code::OtherName, format!("it is {file} now")),
                    ));
                }
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
