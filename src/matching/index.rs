//! Accounts by all that a key may be.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::dn::Dn;
use super::identity::{Identity, Unique};
use crate::directory::{Account, Guid};

pub(super) struct Index<'a> {
    by_key: HashMap<String, Vec<&'a Account>>,
    by_sam_account_name: HashMap<String, Vec<&'a Account>>,
    by_guid: HashMap<Guid, &'a Account>,
    by_sid: HashMap<&'a [u8], &'a Account>,
    by_dn: HashMap<Dn, &'a Account>,
    /// By displayName and cn, loosely.
    called: HashMap<String, Vec<&'a Account>>,
}

impl<'a> Index<'a> {
    pub(super) fn new(accounts: &'a [Account]) -> Self {
        let mut by_key: HashMap<_, Vec<_>> = HashMap::new();
        let mut by_sam_account_name: HashMap<_, Vec<_>> = HashMap::new();
        let mut called: HashMap<_, Vec<_>> = HashMap::new();
        for account in accounts {
            for key in &account.keys {
                by_key.entry(fold(key)).or_default().push(account);
            }
            by_sam_account_name.entry(fold(&account.sam_account_name)).or_default().push(account);
            for name in &account.names {
                called.entry(fold_loosely(name)).or_default().push(account);
            }
        }
        Self {
            by_key,
            by_sam_account_name,
            called,
            by_guid: accounts.iter().map(|account| (account.guid, account)).collect(),
            by_sid: accounts.iter().map(|account| (account.sid.as_slice(), account)).collect(),
            by_dn: accounts.iter().filter_map(|account| Some((Dn::parse(&account.dn)?.folded(), account))).collect(),
        }
    }

    /// The accounts that a key names, each once.
    pub(super) fn find(&self, identity: &Identity<'_>) -> Vec<&'a Account> {
        let several = |found: Option<&Vec<&'a Account>>| found.cloned().unwrap_or_default();
        let one = |found: Option<&&'a Account>| found.into_iter().copied().collect();
        let mut found: Vec<&Account> = match &identity.unique {
            None => Vec::new(),
            Some(Unique::Guid(guid)) => one(self.by_guid.get(guid)),
            Some(Unique::Sid(sid)) => one(self.by_sid.get(sid.as_slice())),
            Some(Unique::Dn(dn)) => one(self.by_dn.get(&dn.folded())),
            Some(Unique::DomainUser { user, .. }) => several(self.by_sam_account_name.get(&fold(user))),
        };
        found.extend(several(self.by_key.get(&fold(identity.name))));
        let mut seen = std::collections::HashSet::new();
        found.retain(|account| seen.insert(account.guid));
        found
    }

    /// An account other than `than` that people call `name`.
    pub(super) fn called(&self, name: &str, than: &Account) -> Option<&'a Account> {
        self.called.get(&fold_loosely(name))?.iter().copied().find(|account| account.guid != than.guid)
    }
}

/// Equal but for case, whatever the Unicode form: file names from macOS are decomposed.
fn fold(name: &str) -> String {
    name.trim().nfc().collect::<String>().to_lowercase()
}

/// Equal but for case, accents and blanks: where a likeness is reason enough for doubt.
fn fold_loosely(name: &str) -> String {
    let bare: String = name.nfkd().filter(|&c| !is_combining_mark(c)).collect();
    bare.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
