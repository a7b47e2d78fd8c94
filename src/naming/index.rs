//! An index of accounts by every form that a key may have.

use std::collections::{HashMap, HashSet};

use super::dn::Dn;
use super::identity::{Identity, Unique};
use super::spelling::key;
use crate::directory::{Account, Guid};

/// The accounts that a directory found, by each form of key that may name them.
pub(super) struct Index<'a> {
    by_key: HashMap<String, Vec<&'a Account>>,
    by_sam_account_name: HashMap<String, Vec<&'a Account>>,
    by_guid: HashMap<Guid, &'a Account>,
    by_sid: HashMap<&'a [u8], &'a Account>,
    by_dn: HashMap<Dn, &'a Account>,
}

impl<'a> Index<'a> {
    pub(super) fn new(accounts: &'a [Account]) -> Self {
        let mut by_key: HashMap<_, Vec<_>> = HashMap::new();
        for account in accounts {
            for value in &account.keys {
                by_key.entry(key(value)).or_default().push(account);
            }
        }
        let mut by_sam_account_name: HashMap<_, Vec<_>> = HashMap::new();
        for account in accounts {
            by_sam_account_name.entry(key(&account.sam_account_name)).or_default().push(account);
        }
        Self {
            by_key,
            by_sam_account_name,
            by_guid: accounts.iter().map(|account| (account.guid, account)).collect(),
            by_sid: accounts.iter().map(|account| (account.sid.as_slice(), account)).collect(),
            by_dn: accounts.iter().filter_map(|account| Some((Dn::parse(&account.dn)?.folded(), account))).collect(),
        }
    }

    /// Returns the accounts that a key names, each of them once. A directory may ignore accents in its search (AD does,
    /// MS-ADTS 6.5), so only accounts of its answer whose names are equal are returned.
    pub(super) fn find(&self, identity: &Identity<'_>) -> Vec<&'a Account> {
        let one = |account: Option<&&'a Account>| account.copied().into_iter().collect();
        let mut found: Vec<&Account> = match &identity.unique {
            None => Vec::new(),
            Some(Unique::Guid(guid)) => one(self.by_guid.get(guid)),
            Some(Unique::Sid(sid)) => one(self.by_sid.get(sid.as_slice())),
            Some(Unique::Dn(dn)) => one(self.by_dn.get(&dn.folded())),
            Some(Unique::DomainUser { user, .. }) => self.by_logon(user).collect(),
        };
        found.extend(self.by_key.get(&key(identity.name)).into_iter().flatten());
        let mut seen = HashSet::new();
        found.retain(|account| seen.insert(account.guid));
        found
    }

    /// Returns the accounts with that logon name. A domain has no more than one.
    pub(super) fn by_logon(&self, name: &str) -> impl Iterator<Item = &'a Account> {
        self.by_sam_account_name.get(&key(name)).into_iter().flatten().copied()
    }

    pub(super) fn by_guid(&self, guid: Guid) -> Option<&'a Account> {
        self.by_guid.get(&guid).copied()
    }
}
