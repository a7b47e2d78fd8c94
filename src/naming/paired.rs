//! Photos with the accounts that they are for, in little memory: a batch may have one for everybody in a large company.

use std::ops::Range;

use super::candidates::extra;
use super::{Match, Mismatch};
use crate::directory::{AccountRow, Guid, PackedAccounts};
use crate::source::Photo;

/// A photo, and the place of the account that it is for.
#[derive(Debug)]
pub(super) struct Paired<'p> {
    pub(super) photo: &'p Photo,
    pub(super) guid: Guid,
    pub(super) account: AccountRow,
    /// The part of the name that identifies the account. `u32` saves memory, and no name has four gigabytes.
    pub(super) part: Range<u32>,
    /// Another account that the file seems to be named after.
    pub(super) named_after: Option<Box<str>>,
    /// Other accounts that get the same file; only the first ones if there are many.
    pub(super) shared_with: Box<[String]>,
}

/// The account of each photo, or why it has none, in the order of the photos.
#[derive(Debug, Default)]
pub struct Matches<'p> {
    pub(super) accounts: PackedAccounts,
    pub(super) all: Vec<Result<Paired<'p>, Box<Mismatch>>>,
}

impl<'p> Matches<'p> {
    /// Returns the objectGUIDs of the accounts that were found.
    pub fn guids(&self) -> impl Iterator<Item = Guid> {
        self.all.iter().flatten().map(|paired| paired.guid)
    }

    /// Returns each match by itself.
    pub fn each(self) -> impl Iterator<Item = Result<Match, Mismatch>> + use<'p> {
        let Self { accounts, all } = self;
        all.into_iter().map(move |paired| paired.map(|paired| paired.unpacked(&accounts)).map_err(|why| *why))
    }
}

impl Paired<'_> {
    fn unpacked(self, accounts: &PackedAccounts) -> Match {
        let Range { start, end } = self.part;
        let ignored = extra(self.photo.key.text(), &(start as usize..end as usize));
        Match {
            photo: self.photo.clone(),
            account: accounts.get(self.account),
            ignored: (!ignored.is_empty()).then_some(ignored),
            named_after: self.named_after.map(String::from),
            shared_with: self.shared_with.into_vec(),
        }
    }
}
