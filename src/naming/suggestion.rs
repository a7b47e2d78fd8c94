//! Who may be meant where a name is nobody's: for a person to choose from, never followed.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

use crate::directory::{Account, Guid};

/// An account that may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Its objectGUID.
    pub guid: Guid,
    /// Its sAMAccountName.
    pub user: String,
    /// Its displayName, or what else people call it.
    pub name: String,
    /// Its department, which tells two of one name apart.
    pub department: String,
    /// Why it is suggested.
    pub why: Why,
}

/// Why an account is suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It is called so, its names in any order.
    Called,
    /// Its name is much like it.
    Similar,
}

impl Why {
    /// Returns the stable name, as reports give it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Called => "called-so",
            Self::Similar => "similar",
        }
    }
}

impl Suggestion {
    /// Suggests an account for a text.
    pub(super) fn new(account: &Account, text: &str) -> Self {
        let wanted = words(text);
        let is_called = account.names.iter().any(|name| words(name) == wanted);
        Self {
            guid: account.guid,
            user: account.sam_account_name.clone(),
            name: account.display_name.clone().or_else(|| account.names.first().cloned()).unwrap_or_default(),
            department: account.department.clone().unwrap_or_default(),
            why: if is_called { Why::Called } else { Why::Similar },
        }
    }

    /// Returns what people read: `aschmidt (Anna Schmidt)`.
    #[must_use]
    pub fn described(&self) -> String {
        if self.name.is_empty() { self.user.clone() } else { format!("{} ({})", self.user, self.name) }
    }
}

/// Its words whatever their order: "Schmidt, Anna" is Anna Schmidt.
fn words(name: &str) -> BTreeSet<String> {
    let name: String = name.nfc().collect();
    name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}
