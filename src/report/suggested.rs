//! Whose a photo may be that goes to nobody, and among whom to look: for a person to choose from.

use serde::Serialize;

use super::{Code, Record, Status};
use crate::directory::{Account, Guid};
use crate::naming::{Mismatch, Suggestion, Why};

/// An account that may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggested {
    /// Its objectGUID.
    pub guid: Guid,
    /// Its sAMAccountName.
    pub user: String,
    /// What people call it; empty where nothing is known.
    pub name: String,
    /// Its department; empty where none is known.
    pub department: String,
    /// How sure that is.
    pub sure: Sure,
    /// Why it is suggested: a stable name, for scripts.
    pub why: &'static str,
}

/// How sure a suggestion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sure {
    /// The account is called exactly so.
    Exact,
    /// Its name is much like it.
    Likely,
}

/// An account of the domain, as far as a page on which it can be chosen shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Its objectGUID.
    pub guid: Guid,
    /// Its sAMAccountName.
    pub user: String,
    /// What people call it; empty where nothing is known.
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
            why: suggestion.why.name(),
        }
    }
}

impl Record {
    /// Adds the accounts that may be meant.
    pub(crate) fn suggesting(self, mismatch: &Mismatch) -> Self {
        Self { suggestions: mismatch.suggestions().iter().map(Suggested::from).collect(), ..self }
    }

    /// Returns whether it failed for its name alone, so that a person who sees the photo can say whose it is.
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

    /// Returns the same text of all accounts that may be meant, as one cell of a table.
    pub(super) fn suggested(&self, text: impl Fn(&Suggested) -> &str) -> String {
        self.suggestions.iter().map(text).collect::<Vec<_>>().join("; ")
    }
}
