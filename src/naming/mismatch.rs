//! The reasons why a photo is not assigned to any account, and what to do about each.

use std::borrow::Cow;

use super::match_by::DEFAULT_MATCH_BY;
use super::suggestion::Suggestion;
use crate::directory::{Account, Terms};
use crate::failure::Advice;
use crate::saving::is_encoded;
use crate::source::beginning;

/// Number of items that a message names before it abbreviates the list.
pub(crate) const NAMED: usize = 3;
/// Number of characters of a file's name, or of a part of one, that a message shows.
const SHOWN_CHARS: usize = 100;

/// The reason why a photo is not assigned to any account.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Mismatch {
    /// No account has that name.
    #[error("no user account{} has the {attribute} {}{}", below.as_ref().map_or(String::new(), |base| format!(" below {base}")), quoted(tried), did_you_mean(suggestions))]
    Unknown {
        /// The base DN, if the run is limited to a part of the domain.
        below: Option<String>,
        /// The attribute or rules that names were matched by.
        attribute: String,
        /// The names that were searched for.
        tried: Vec<String>,
        /// Accounts that may be meant; empty if none were searched for.
        suggestions: Vec<Suggestion>,
    },
    /// The account exists, but outside the base DN that the run is limited to.
    #[error("{account} is in {container}, outside --base-dn")]
    Outside {
        /// The sAMAccountName of the account.
        account: String,
        /// The OU or container that it is in.
        container: String,
    },
    /// Several accounts have that name.
    #[error("{} accounts have the {attribute} \"{key}\": {}", dns.len(), some_of(dns))]
    Ambiguous {
        /// The attribute or rules that names were matched by.
        attribute: String,
        /// The name that the accounts share.
        key: String,
        /// The DNs of the accounts.
        dns: Vec<String>,
        /// The words by which messages call the names of accounts.
        terms: Terms,
        suggestions: Vec<Suggestion>,
    },
    /// A part of the file's name stands for one account, but the whole name fits others equally well.
    #[error("\"{}\" may be {}", beginning(name, SHOWN_CHARS), told_apart(suggestions).join(" or "))]
    Either {
        /// The name of the file.
        name: String,
        /// The accounts in question, beginning with the one that a part of the name stands for.
        suggestions: Vec<Suggestion>,
    },
    /// A part of the file's name stands for one account, but more of the name fits another account.
    #[error("\"{name}\" is the name of {}{}, while \"{key}\" is the account {account}", other.user, and_others(*more))]
    NameOfAnother {
        /// The part that stands for an account.
        key: String,
        /// The sAMAccountName of the account.
        account: String,
        /// The name of the other account.
        name: String,
        /// The account that the file is probably named after.
        other: Box<Suggestion>,
        /// Number of further accounts with that name.
        more: usize,
    },
    /// A part of the file's name stands for one account, but the whole may be the name of a person who has no account.
    #[error("\"{}\" is the account {}, but \"{}\" is no part of that name", key, found.described(), beginning(text, SHOWN_CHARS))]
    UnexplainedText {
        /// The part that stands for an account.
        key: String,
        /// The account that the part stands for.
        found: Box<Suggestion>,
        /// The text that nothing known about the account explains.
        text: String,
    },
    /// A number at the beginning of the file's name stands for an account, but may be a date or year just as well.
    #[error("\"{key}\" is the account {}, but may be a date or year here", found.described())]
    MayBeDate {
        /// The part that stands for an account.
        key: String,
        /// The account that the part stands for.
        found: Box<Suggestion>,
    },
    /// The file's name does not have the form that `--name-pattern` requires.
    #[error("the name is not as --name-pattern says")]
    NotThePattern,
    /// What `--name-pattern` takes for the user is only a part of a word or number.
    #[error("--name-pattern takes \"{}\" out of the middle of a word or number", beginning(part, SHOWN_CHARS))]
    CutByPattern {
        /// The part that the pattern takes.
        part: String,
    },
    /// Several photos are meant for one account.
    #[error("another photo is for {}, too: {}", account.sam_account_name, some_of(others))]
    SeveralPhotos {
        account: Box<Account>,
        /// The other photos, or only the first few of them.
        others: Vec<String>,
    },
    /// A list gives the same photo to the same account more than once.
    #[error("{} is given this photo already: {earlier}", account.sam_account_name)]
    Repeated {
        account: Box<Account>,
        /// The place in the list that gives it first.
        earlier: String,
    },
    /// Several paths in the list end in the same name, but the folder (`--photo-dir`) has only one file of that name.
    #[error("{} and {} would both be {path}", .named, .other)]
    SameFile {
        /// The path in the list.
        named: String,
        /// Another path in the list that ends in the same name.
        other: String,
        /// The file that was found for both paths.
        path: String,
    },
    /// The name belongs to another domain, as in `DOMAIN\user`.
    #[error("{domain} is not this domain ({})", here.join(", "))]
    OtherDomain {
        /// The domain that was named.
        domain: String,
        /// The names of the domain that the run works on.
        here: Vec<String>,
    },
    /// The name has the form `DOMAIN\user`, and Microsoft 365 has no such names.
    #[error("{name} is a name of Active Directory, which Microsoft 365 does not know")]
    NotInCloud {
        /// The name, as it was given.
        name: String,
    },
    /// The name has this many characters, more than the name of any account.
    #[error("a name of {0} characters, longer than any account's")]
    NameTooLong(usize),
}

impl Mismatch {
    /// Returns the accounts that may be meant, the most likely first.
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
            Self::Ambiguous { terms: Terms::ActiveDirectory, .. } => {
                "name the account by its sAMAccountName, DN or objectGUID"
            }
            Self::Ambiguous { terms: Terms::Microsoft365, .. } => {
                "name the account by its userPrincipalName or its object id"
            }
            Self::Either { .. } => {
                "name the file after nothing but the logon name of the person it shows, or give it with --account"
            }
            Self::NameOfAnother { .. } => {
                "name the file after the logon name of the person it shows, or give it with --account"
            }
            Self::UnexplainedText { .. } => {
                "if it shows this person, give it with --account, or add --ignore-text TEXT"
            }
            Self::MayBeDate { .. } => {
                "if it shows this person, give it with --account, or name the file after the number alone"
            }
            Self::CutByPattern { .. } => "let the group (?<user>…) of --name-pattern take whole words and numbers",
            Self::NotThePattern => "rename the file, or widen --name-pattern",
            Self::SeveralPhotos { .. } => "keep only the right one; none was written",
            Self::Repeated { .. } => return None,
            Self::SameFile { .. } => "give the files different names, or leave out --photo-dir; none was written",
            Self::OtherDomain { .. } => "run the command on that domain: name its domain controller with --server",
            Self::NotInCloud { .. } => {
                "write user@domain, as people sign in to Microsoft 365, or the onPremisesSamAccountName alone"
            }
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

/// Returns the first of several names, with an ellipsis if there are more.
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

/// Describes the accounts, and adds the department to those that share their name with another.
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
