//! Whose photo is it? Pure: photos and accounts in, matches out, known for the whole batch before the first write.
//!
//! [`lookups`] says what to ask the directory, [`pair`] decides from its answer. A directory may answer with names that
//! are alike without being equal (AD ignores accents, MS-ADTS 6.5): only equal names, but for case, match.

use super::batch;
use super::identity::Identity;
use super::index::Index;
use super::suggestion::Suggestion;
use crate::directory::{Account, Domain, Lookup};
use crate::source::{Key, Photo, beginning};

/// Longer than any account's name; a DN may be longer than the 256 characters of sAMAccountName.
const MAX_KEY_CHARS: usize = 1024;
/// How much of a name that is nobody's a message shows.
const SHOWN_CHARS: usize = 100;

/// A photo and the account it is for.
#[derive(Debug, Clone)]
pub struct Match {
    /// The photo.
    pub photo: Photo,
    /// Whose it is.
    pub account: Account,
    /// What of a file's name was not part of the account's (`648x648`, `team photo (2)`).
    pub ignored: Option<String>,
    /// Other accounts that get the same file, or the first of them.
    pub shared_with: Vec<String>,
}

/// Why a photo goes to nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// No account of that name.
    #[error("no user account{} has the {attribute} {}{}", below.as_ref().map_or(String::new(), |base| format!(" below {base}")), quoted(tried), did_you_mean(similar))]
    Unknown {
        /// The base DN, where it is not the whole domain.
        below: Option<String>,
        /// The attribute.
        attribute: String,
        /// The names that were looked for.
        tried: Vec<String>,
        /// Accounts of similar names, where these were looked for.
        similar: Vec<Suggestion>,
    },
    /// Several accounts of that name.
    #[error("{} accounts have the {attribute} \"{key}\": {}", dns.len(), some_of(dns))]
    Ambiguous {
        /// The attribute.
        attribute: String,
        /// The name.
        key: String,
        /// Their DNs.
        dns: Vec<String>,
    },
    /// A prefix of the file's name is one account, but more of it is what people call another.
    #[error("\"{name}\" is the name of {other}, while \"{key}\" is the account {account}")]
    NameOfAnother {
        /// The prefix that is an account.
        key: String,
        /// Its sAMAccountName.
        account: String,
        /// What the other is called, by displayName, cn, or givenName and sn.
        name: String,
        /// The other's sAMAccountName.
        other: String,
    },
    /// Several photos for one account.
    #[error("another photo is for {}, too: {}", account.sam_account_name, some_of(others))]
    SeveralPhotos {
        /// The account.
        account: Box<Account>,
        /// The other photos, or the first of them.
        others: Vec<String>,
    },
    /// The same photo for the same account once more.
    #[error("{} is given this photo already: {earlier}", account.sam_account_name)]
    Repeated {
        /// The account.
        account: Box<Account>,
        /// Where the list says it first.
        earlier: String,
    },
    /// Several files of one name, of which a folder has but one (`--photo-dir`).
    #[error("{} and {} would both be {path}", .named, .other)]
    SameFile {
        /// The path in the list.
        named: String,
        /// Another path in the list, which ends in the same name.
        other: String,
        /// The file that was found for both.
        path: String,
    },
    /// `DOMAIN\user` of a domain that this is not.
    #[error("{domain} is not this domain ({})", here.join(", "))]
    OtherDomain {
        /// The domain that was named.
        domain: String,
        /// This domain's names.
        here: Vec<String>,
    },
    /// Longer than any account's name.
    #[error("a name of {0} characters, longer than any account's")]
    NameTooLong(usize),
}

impl Mismatch {
    /// Returns the accounts that may be meant, the likeliest first.
    #[must_use]
    pub fn suggestions(&self) -> &[Suggestion] {
        match self {
            Self::Unknown { similar, .. } => similar,
            _ => &[],
        }
    }
}

/// How many of a list a message names.
pub(crate) const NAMED: usize = 3;

pub(crate) fn some_of(names: &[String]) -> String {
    let named = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join("; ");
    if names.len() > NAMED { format!("{named}; …") } else { named }
}

fn did_you_mean(similar: &[Suggestion]) -> String {
    let described: Vec<String> = similar.iter().map(Suggestion::described).collect();
    if described.is_empty() { String::new() } else { format!("; similar: {}", described.join(", ")) }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("\"{}\"", beginning(name, SHOWN_CHARS))).collect::<Vec<_>>().join(" or ")
}

/// The names that a key may stand for, the longest first.
fn candidates(key: &Key) -> Vec<&str> {
    match key {
        Key::Exact(text) => vec![text.trim()],
        Key::Stem(stem) => {
            let ends = std::iter::once(stem.len()).chain(stem.rmatch_indices(' ').map(|(at, _)| at));
            let mut names: Vec<&str> = ends.map(|end| stem[..end].trim()).filter(|name| !name.is_empty()).collect();
            names.dedup();
            names
        }
    }
}

/// What to ask the directory for these keys: for each name that one may stand for one lookup.
#[must_use]
pub fn lookups<'k>(keys: impl IntoIterator<Item = &'k Key>, match_by: &str) -> Vec<Lookup> {
    let mut seen = std::collections::HashSet::new();
    let mut lookups = Vec::new();
    for key in keys.into_iter().filter(|key| key.text().chars().count() <= MAX_KEY_CHARS) {
        let names = candidates(key);
        for (place, name) in names.iter().enumerate() {
            // The shortest prefix can be no longer name of anybody than itself.
            let as_called = place + 1 < names.len();
            let clauses = Identity::parse(name).clauses(match_by, as_called);
            if !clauses.is_empty() && seen.insert(clauses.clone()) {
                lookups.push(Lookup { clauses });
            }
        }
    }
    lookups
}

/// Pairs photos with accounts, in the order of the photos.
#[must_use]
pub fn pair(photos: &[&Photo], accounts: &[Account], match_by: &str, domain: &Domain) -> Vec<Result<Match, Mismatch>> {
    let index = Index::new(accounts);
    let mut paired: Vec<_> = photos
        .iter()
        .map(|&photo| {
            let (account, ignored) = find(&photo.key, &index, match_by, domain)?;
            Ok(Match { account: account.clone(), ignored, photo: photo.clone(), shared_with: Vec::new() })
        })
        .collect();
    batch::check(&mut paired);
    paired
}

/// The account that each key names, in the order of the keys.
#[must_use]
pub fn named<'a>(
    keys: &[&Key],
    accounts: &'a [Account],
    match_by: &str,
    domain: &Domain,
) -> Vec<Result<&'a Account, Mismatch>> {
    let index = Index::new(accounts);
    keys.iter().map(|key| find(key, &index, match_by, domain).map(|(account, _)| account)).collect()
}

type Found<'a> = Result<(&'a Account, Option<String>), Mismatch>;

fn find<'a>(key: &Key, index: &Index<'a>, match_by: &str, domain: &Domain) -> Found<'a> {
    let length = key.text().chars().count();
    if length > MAX_KEY_CHARS {
        return Err(Mismatch::NameTooLong(length));
    }
    let names = candidates(key);
    for name in &names {
        let identity = Identity::parse(name);
        if let Some(other) = identity.other_domain(domain) {
            return Err(Mismatch::OtherDomain { domain: other.to_owned(), here: domain.names.clone() });
        }
        match index.find(&identity)[..] {
            [] => {}
            [account] => {
                let ignored = key.text().trim()[name.len()..].trim();
                if let Some((other, called)) = index.called(key.text(), ignored, account) {
                    return Err(Mismatch::NameOfAnother {
                        key: (*name).to_owned(),
                        account: account.sam_account_name.clone(),
                        name: called.to_owned(),
                        other: other.sam_account_name.clone(),
                    });
                }
                return Ok((account, (!ignored.is_empty()).then(|| ignored.to_owned())));
            }
            ref several => {
                let dns = several.iter().map(|account| account.dn.clone()).collect();
                return Err(Mismatch::Ambiguous { attribute: match_by.to_owned(), key: (*name).to_owned(), dns });
            }
        }
    }
    let tried = names.into_iter().map(str::to_owned).collect();
    let below = domain.narrowed.then(|| domain.base_dn.clone());
    Err(Mismatch::Unknown { below, attribute: match_by.to_owned(), tried, similar: Vec::new() })
}
