//! Whose a photo may be that goes to nobody: for a person to choose from.

use serde::Serialize;

use super::Record;
use crate::directory::Guid;
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

    /// Returns the same text of all accounts that may be meant, as one cell of a table.
    pub(super) fn suggested(&self, text: impl Fn(&Suggested) -> &str) -> String {
        self.suggestions.iter().map(text).collect::<Vec<_>>().join("; ")
    }
}
