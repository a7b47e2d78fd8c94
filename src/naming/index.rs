//! Accounts by all that a key may be.

use std::collections::{HashMap, HashSet};

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
    /// By the longest word of each name of several words that people call it.
    called: HashMap<String, Vec<Called<'a>>>,
}

/// A name that people call an account.
struct Called<'a> {
    account: &'a Account,
    name: &'a str,
    words: HashSet<String>,
}

impl<'a> Index<'a> {
    pub(super) fn new(accounts: &'a [Account]) -> Self {
        let mut by_key: HashMap<_, Vec<_>> = HashMap::new();
        let mut by_sam_account_name: HashMap<_, Vec<_>> = HashMap::new();
        let mut called: HashMap<String, Vec<Called<'a>>> = HashMap::new();
        for account in accounts {
            for key in &account.keys {
                by_key.entry(fold(key)).or_default().push(account);
            }
            by_sam_account_name.entry(fold(&account.sam_account_name)).or_default().push(account);
            for name in &account.names {
                let words = words(name);
                if let Some(longest) = words.iter().max_by_key(|word| word.len()).filter(|_| words.len() > 1) {
                    called.entry(longest.clone()).or_default().push(Called { account, name, words: words.clone() });
                }
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
        let mut seen = HashSet::new();
        found.retain(|account| seen.insert(account.guid));
        found
    }

    /// An account other than `than` whose name is in `text`, and that name: all its words, in any order, and at least
    /// one of them in `ignored`, the part of the text that `than`'s key left over.
    pub(super) fn called(&self, text: &str, ignored: &str, than: &Account) -> Option<(&'a Account, &'a str)> {
        let (text, ignored) = (words(text), words(ignored));
        let mut candidates = text.iter().filter_map(|word| self.called.get(word)).flatten();
        let is_in_text = |called: &&Called<'a>| {
            called.account.guid != than.guid && called.words.is_subset(&text) && !called.words.is_disjoint(&ignored)
        };
        candidates.find(is_in_text).map(|called| (called.account, called.name))
    }
}

/// Equal but for case, whatever the Unicode form: file names from macOS are decomposed.
fn fold(name: &str) -> String {
    name.trim().nfc().collect::<String>().to_lowercase()
}

/// The words of a name without case and accents: where a likeness is reason enough for doubt.
fn words(name: &str) -> HashSet<String> {
    let bare: String = name.nfkd().filter(|&c| !is_combining_mark(c)).collect();
    let words = bare.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}
