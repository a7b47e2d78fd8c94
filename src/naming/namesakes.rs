//! Whose names the files of a list bear: where its rows and its photos have shifted, people get their neighbours' faces.

use std::collections::HashMap;

use anyhow::Result;
use unicode_normalization::UnicodeNormalization;

use super::lookup::{self, DEFAULT_MATCH_BY};
use super::matching::Match;
use crate::directory::{Account, Directory, Guid};
use crate::progress::Progress;
use crate::report::{Code, Reason};
use crate::source::Key;

/// Accounts by what their files would be called: sAMAccountName, or what people call them, in lower case.
pub(crate) struct Namesakes(HashMap<String, Vec<(Guid, String)>>);

impl Namesakes {
    /// Looks up the files' names; those of a folder are how its photos were matched.
    pub(crate) async fn find(
        found: impl Iterator<Item = &Match>,
        directory: &Directory,
        progress: &Progress,
    ) -> Result<Self> {
        let stems: Vec<Key> = found.filter_map(stem).map(Key::Stem).collect();
        if stems.is_empty() {
            return Ok(Self(HashMap::new()));
        }
        let stage = progress.stage("Matching file names", 0);
        let accounts =
            lookup::find_accounts(&stems.iter().collect::<Vec<_>>(), directory, DEFAULT_MATCH_BY, &stage).await?;
        let mut by_name: HashMap<String, Vec<(Guid, String)>> = HashMap::new();
        for account in accounts {
            for name in names(&account) {
                by_name.entry(name).or_default().push((account.guid, account.sam_account_name.clone()));
            }
        }
        Ok(Self(by_name))
    }

    /// That the file bears the name of somebody else, and not of who gets it.
    pub(crate) fn remark(&self, found: &Match) -> Option<Reason> {
        let others = self.0.get(&stem(found)?.to_lowercase())?;
        let (_, other) = others.first().filter(|_| others.iter().all(|(guid, _)| *guid != found.account.guid))?;
        let text = format!("given to {}, but the file is named after {other}", found.account.sam_account_name);
        Some(Reason::with(Code::NamedAfterAnother, &text, "check that the list's rows and its photos have not shifted"))
    }
}

/// The name of a list's file without its ending, unless it is that of the account which gets it.
fn stem(found: &Match) -> Option<String> {
    let Key::Exact(user) = &found.photo.key else { return None };
    // Composed, as directories hold names; macOS writes them decomposed.
    let stem: String = found.photo.path.file_stem()?.to_string_lossy().nfc().collect();
    let own = stem.to_lowercase();
    let is_own = own == user.to_lowercase() || names(&found.account).any(|name| name == own);
    (!is_own).then_some(stem)
}

fn names(account: &Account) -> impl Iterator<Item = String> {
    std::iter::once(&account.sam_account_name).chain(&account.names).map(|name| name.to_lowercase())
}
