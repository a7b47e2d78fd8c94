//! Accounts from which a person can choose, for a photo for which no account was found.

use serde::{Deserialize, Serialize};

use super::{Code, Record, Status};
use crate::directory::{Account, Guid};
use crate::naming::{Mismatch, Suggestion, Why};

/// An account that may be meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggested {
    /// The account's objectGUID.
    pub guid: Guid,
    /// The account's sAMAccountName.
    pub user: String,
    /// What people call the account; empty if that is not known.
    pub name: String,
    /// The account's department; empty if it is not known.
    pub department: String,
    pub sure: Sure,
    pub why: Why,
}

/// How sure a suggestion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sure {
    /// The account is called exactly as the photo says.
    Exact,
    /// The account's name resembles the one that the photo says.
    Likely,
}

/// An account of the domain that can be chosen on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The account's objectGUID.
    pub guid: Guid,
    /// The account's sAMAccountName.
    pub user: String,
    /// What people call the account; empty if that is not known.
    pub name: String,
}

impl From<&Account> for Person {
    fn from(account: &Account) -> Self {
        let name = account.display_name.as_ref().or(account.names.first());
        Self { guid: account.guid, user: account.sam_account_name.clone(), name: name.cloned().unwrap_or_default() }
    }
}

impl From<&Suggestion> for Suggested {
    fn from(suggestion: &Suggestion) -> Self {
        Self {
            guid: suggestion.guid,
            user: suggestion.user.clone(),
            name: suggestion.name.clone(),
            department: suggestion.department.clone(),
            sure: if suggestion.why == Why::Called { Sure::Exact } else { Sure::Likely },
            why: suggestion.why,
        }
    }
}

impl Record {
    /// Adds the accounts that may be meant.
    pub(crate) fn suggesting(self, mismatch: &Mismatch) -> Self {
        Self { suggestions: mismatch.suggestions().iter().map(Suggested::from).collect(), ..self }
    }

    /// Returns whether the record failed only because of the name, so that a person who sees the photo can say whose it
    /// is.
    pub(crate) fn is_nobodys(&self) -> bool {
        let of_name = [
            Code::NoSuchAccount,
            Code::Ambiguous,
            Code::NameOfAnother,
            Code::UnexplainedText,
            Code::NotThePattern,
            Code::SeveralPhotos,
        ];
        self.status == Status::Failed && of_name.into_iter().any(|code| self.has(code))
    }

    /// Returns one text of each suggestion, joined for a cell of a table.
    pub(super) fn suggested(&self, text: impl Fn(&Suggested) -> &str) -> String {
        self.suggestions.iter().map(text).collect::<Vec<_>>().join("; ")
    }
}
