//! Telling a photo that is hidden from one that is not there: a server shows neither.

use std::collections::HashMap;

use tokio::sync::OnceCell;

use super::reading::ACCOUNTS_A_READ;
use crate::directory::check::{Identity, PhotoSchema};
use crate::directory::{Directory, Guid, OperationError};
use crate::report::Reason;

/// What the bound user may see. The server is not asked before somebody wants to know.
pub(crate) struct Visibility<'d> {
    directory: &'d Directory,
    /// `None` where the server does not tell enough.
    eyes: OnceCell<Option<Eyes>>,
}

/// Who asks, and what access lists call a photo.
struct Eyes {
    who: Identity,
    schema: PhotoSchema,
}

impl<'d> Visibility<'d> {
    pub(crate) fn new(directory: &'d Directory) -> Self {
        Self { directory, eyes: OnceCell::new() }
    }

    /// Whether the server tells anything about it.
    pub(crate) async fn is_told(&self) -> Result<bool, OperationError> {
        Ok(self.eyes().await?.is_some())
    }

    /// Which of these accounts, none of which shows a photo, may have one nevertheless, and why nobody can tell. None of
    /// them where the server does not tell.
    pub(crate) async fn hidden(&self, accounts: &[Guid]) -> Result<HashMap<Guid, Reason>, OperationError> {
        let mut hidden = HashMap::new();
        if accounts.is_empty() {
            return Ok(hidden);
        }
        let Some(Eyes { who, schema }) = self.eyes().await? else { return Ok(hidden) };
        for accounts in accounts.chunks(ACCOUNTS_A_READ) {
            let readable = self.directory.readable(accounts, who, schema).await?;
            hidden.extend(accounts.iter().filter_map(|guid| match readable.get(guid) {
                Some(Some(true)) => None,
                Some(Some(false)) => Some((*guid, Reason::hidden())),
                _ => Some((*guid, Reason::perhaps_hidden())),
            }));
        }
        Ok(hidden)
    }

    async fn eyes(&self) -> Result<Option<&Eyes>, OperationError> {
        Ok(self.eyes.get_or_try_init(|| Eyes::of(self.directory)).await?.as_ref())
    }
}

impl Eyes {
    async fn of(directory: &Directory) -> Result<Option<Self>, OperationError> {
        let (who, schema) = (directory.identity().await?, directory.photo_schema().await?);
        Ok(schema.map(|schema| Self { who, schema }).filter(|eyes| eyes.schema.tells_readers(&eyes.who)))
    }
}
