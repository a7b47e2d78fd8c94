//! Why a photo goes to nobody.

use std::borrow::Cow;

use super::match_by::DEFAULT_MATCH_BY;
use super::suggestion::Suggestion;
use crate::directory::Account;
use crate::failure::Advice;
use crate::saving::is_encoded;
use crate::source::beginning;

/// How many of a list a message names.
pub(crate) const NAMED: usize = 3;
/// How much of a name that is nobody's a message shows.
const SHOWN_CHARS: usize = 100;

/// Why a photo goes to nobody.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Mismatch {
    /// No account of that name.
    #[error("no user account{} has the {attribute} {}{}", below.as_ref().map_or(String::new(), |base| format!(" below {base}")), quoted(tried), did_you_mean(suggestions))]
    Unknown {
        /// The base DN, where it is not the whole domain.
        below: Option<String>,
        /// What was matched by.
        attribute: String,
        /// The names that were looked for.
        tried: Vec<String>,
        /// Accounts that may be meant, where these were looked for.
        suggestions: Vec<Suggestion>,
    },
    /// An account that the run does not look at.
    #[error("{account} is in {container}, outside --base-dn")]
    Outside {
        /// Its sAMAccountName.
        account: String,
        /// The OU or container that it is in.
        container: String,
    },
    /// Several accounts of that name.
    #[error("{} accounts have the {attribute} \"{key}\": {}", dns.len(), some_of(dns))]
    Ambiguous {
        /// What was matched by.
        attribute: String,
        /// The name.
        key: String,
        /// Their DNs.
        dns: Vec<String>,
        /// The accounts.
        suggestions: Vec<Suggestion>,
    },
    /// A part of the file's name is one account, but the whole of it is as much the name of others.
    #[error("\"{}\" may be {}", beginning(name, SHOWN_CHARS), told_apart(suggestions).join(" or "))]
    Either {
        /// The file's name.
        name: String,
        /// The accounts, first the one that a part of the name is.
        suggestions: Vec<Suggestion>,
    },
    /// A part of the file's name is one account, but more of it is what people call another.
    #[error("\"{name}\" is the name of {}{}, while \"{key}\" is the account {account}", other.user, and_others(*more))]
    NameOfAnother {
        /// The part that is an account.
        key: String,
        /// Its sAMAccountName.
        account: String,
        /// What the other is called.
        name: String,
        /// The other.
        other: Box<Suggestion>,
        /// How many more accounts have that name.
        more: usize,
    },
    /// A part of the file's name is one account, but with the rest it may be the name of a person who has no account.
    #[error("\"{}\" is the account {}, but \"{}\" is no part of that name", key, found.described(), beginning(text, SHOWN_CHARS))]
    UnexplainedText {
        /// The part that is an account.
        key: String,
        /// The account.
        found: Box<Suggestion>,
        /// What nothing explains.
        text: String,
    },
    /// The file's name is not as `--name-pattern` says.
    #[error("the name is not as --name-pattern says")]
    NotThePattern,
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
    /// The accounts that may be meant, the likeliest first.
    #[must_use]
    pub fn suggestions(&self) -> &[Suggestion] {
        match self {
            Self::Unknown { suggestions, .. }
            | Self::Ambiguous { suggestions, .. }
            | Self::Either { suggestions, .. } => suggestions,
            Self::NameOfAnother { other, .. } => std::slice::from_ref(other),
            _ => &[],
        }
    }
}

impl Advice for Mismatch {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::Unknown { attribute, tried, .. } => help_for_unknown(attribute, tried),
            Self::Outside { .. } => "leave out --base-dn, or give one that this account is below, too",
            Self::Ambiguous { .. } => "name the account by its sAMAccountName, DN or objectGUID",
            Self::Either { .. } => {
                "name the file after nothing but the sAMAccountName of the person it shows, or give it with --account"
            }
            Self::NameOfAnother { .. } => {
                "name the file after the sAMAccountName of the person it shows, or give it with --account"
            }
            Self::UnexplainedText { .. } => {
                "if it shows this person, give it with --account, or add --ignore-text TEXT"
            }
            Self::NotThePattern => "rename the file, or widen --name-pattern",
            Self::SeveralPhotos { .. } => "keep only the right one; none was written",
            Self::Repeated { .. } => return None,
            Self::SameFile { .. } => "give the files different names, or leave out --photo-dir; none was written",
            Self::OtherDomain { .. } => "run the command on that domain: name its domain controller with --server",
            Self::NameTooLong(_) => "correct the name",
        };
        Some(advice.into())
    }
}

/// Returns what to do about a name that no account has.
fn help_for_unknown(attribute: &str, tried: &[String]) -> &'static str {
    let is_default = attribute.eq_ignore_ascii_case(DEFAULT_MATCH_BY);
    if is_default && tried.iter().any(|name| name.contains('@')) {
        "the name looks like an address: add --match-by userPrincipalName or --match-by mail"
    } else if tried.iter().any(|name| is_encoded(name)) {
        "the name looks like one that export had to encode: import the index.csv beside the file instead"
    } else {
        "correct the name, or choose another attribute with --match-by (mail, employeeID, …)"
    }
}

/// The first of several, and whether there are more.
pub(crate) fn some_of(names: &[String]) -> String {
    let named = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join("; ");
    if names.len() > NAMED { format!("{named}; …") } else { named }
}

fn did_you_mean(suggestions: &[Suggestion]) -> String {
    let told = told_apart(suggestions);
    let shown = told.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match told.len() {
        0 => String::new(),
        1..=NAMED => format!("; similar: {shown}"),
        _ => format!("; similar: {shown}, …"),
    }
}

/// The accounts, with the department where several have one name.
fn told_apart(suggestions: &[Suggestion]) -> Vec<String> {
    let has_namesake =
        |one: &Suggestion| suggestions.iter().any(|other| other.guid != one.guid && other.name == one.name);
    let described = |one: &Suggestion| if has_namesake(one) { one.with_department() } else { one.described() };
    suggestions.iter().map(described).collect()
}

fn and_others(more: usize) -> String {
    match more {
        0 => String::new(),
        1 => " and 1 other".to_owned(),
        more => format!(" and {more} others"),
    }
}

fn quoted(names: &[String]) -> String {
    let shown = names.iter().take(NAMED).map(|name| format!("\"{}\"", beginning(name, SHOWN_CHARS)));
    let shown = shown.collect::<Vec<_>>().join(" or ");
    if names.len() > NAMED { format!("{shown} or …") } else { shown }
}
