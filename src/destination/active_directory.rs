//! Active Directory as a destination. Photos are in an attribute of the account, and are compared and replaced byte for
//! byte.

use std::collections::{HashMap, HashSet};

use tokio::sync::OnceCell;

use super::{Destination, Hidden, Refused, Refusing};
use crate::directory::check::{self, Identity};
use crate::directory::{Directory, Dsa, Guid, HeldPhoto, OperationError, PhotoChange, PhotoSchema, Server, WriteError};

/// The maximum number of accounts whose access lists are read in one search. The answer has at most a few megabytes.
const ACCOUNTS_A_READ: usize = 50;

/// A domain to which somebody has signed in.
#[derive(Debug)]
pub struct ActiveDirectory {
    directory: Directory,
    /// What is needed to recognize hidden photos; `None` if the server does not tell enough. It is read only when
    /// somebody needs it.
    eyes: OnceCell<Option<Eyes>>,
}

/// The bound user, and how access lists name the photo.
#[derive(Debug)]
struct Eyes {
    who: Identity,
    schema: PhotoSchema,
}

impl ActiveDirectory {
    /// Uses a directory as a destination.
    #[must_use]
    pub fn new(directory: Directory) -> Self {
        Self { directory, eyes: OnceCell::new() }
    }

    /// Returns the directory, in which accounts are found and listed.
    #[must_use]
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Returns whether hidden photos can be recognized.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn tells_hidden(&self) -> Result<bool, OperationError> {
        Ok(self.eyes().await?.is_some())
    }

    async fn eyes(&self) -> Result<Option<&Eyes>, OperationError> {
        let look = async || {
            let (who, schema) = (check::identity(&self.directory).await?, self.directory.photo_schema().await?);
            Ok::<_, OperationError>(
                schema.map(|schema| Eyes { who, schema }).filter(|eyes| eyes.schema.tells_readers(&eyes.who)),
            )
        };
        Ok(self.eyes.get_or_try_init(look).await?.as_ref())
    }
}

impl Destination for ActiveDirectory {
    type ReadError = OperationError;
    type WriteError = WriteError;

    const NAME: &str = "active-directory";
    const IDENTITY: &str = "objectGUID";
    const RESTORES: &str = "byte for byte";

    fn attribute(&self) -> &str {
        self.directory.photo_attribute()
    }

    fn user(&self) -> &str {
        self.directory.user()
    }

    fn trouble(&self) -> String {
        self.directory.trouble().borrow().clone()
    }

    async fn ready(&self) -> Result<(), OperationError> {
        self.directory.ready().await
    }

    async fn photos(
        &self,
        server: Option<&Server>,
        accounts: &[Guid],
        with_rights: bool,
    ) -> Result<HashMap<Guid, HeldPhoto>, OperationError> {
        match server {
            Some(server) => self.directory.photos_at(server, accounts, with_rights).await,
            None => self.directory.photos(accounts, with_rights).await,
        }
    }

    async fn photo_holders(&self, accounts: &[Guid]) -> Result<HashSet<Guid>, OperationError> {
        self.directory.photo_holders(accounts).await
    }

    async fn hidden(&self, accounts: &[Guid]) -> Result<HashMap<Guid, Hidden>, OperationError> {
        let mut hidden = HashMap::new();
        if accounts.is_empty() {
            return Ok(hidden);
        }
        let Some(Eyes { who, schema }) = self.eyes().await? else { return Ok(hidden) };
        for accounts in accounts.chunks(ACCOUNTS_A_READ) {
            let readable = check::readable(&self.directory, accounts, who, schema).await?;
            hidden.extend(accounts.iter().filter_map(|guid| match readable.get(guid) {
                Some(Some(true)) => None,
                Some(Some(false)) => Some((*guid, Hidden::Unreadable)),
                _ => Some((*guid, Hidden::Unknown)),
            }));
        }
        Ok(hidden)
    }

    async fn count_accounts(&self) -> Result<usize, OperationError> {
        let scope = self.directory.in_scope(&self.directory.domain().base_dn).await?;
        Ok(scope.enabled.len() + scope.protected.len() + scope.disabled)
    }

    async fn change<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
        &self,
        account: Guid,
        change: PhotoChange<'_>,
        server: Option<&Server>,
        announce: impl AsyncFnMut(&Server, Option<&Dsa>) -> Result<(), E>,
    ) -> Result<(), WriteError> {
        self.directory.modify_photo(account, change, server, announce).await
    }

    fn denied(&self) -> WriteError {
        self.directory.denied()
    }

    fn gone(&self) -> WriteError {
        WriteError::NoSuchAccount
    }

    fn not_sent(&self, error: OperationError) -> WriteError {
        WriteError::NotSent(error)
    }
}

impl Refusing for WriteError {
    fn refused(&self) -> Refused {
        match self {
            Self::Changed { perhaps_written } => Refused::Conflict { perhaps_done: *perhaps_written },
            Self::Denied { .. } => Refused::NoRight,
            Self::NoSuchAccount => Refused::Gone,
            Self::Referral(_) => Refused::ReadOnly,
            Self::Constraint(_) | Self::Refused { .. } => Refused::Other,
            Self::Withheld(_) => Refused::NotRecorded,
            Self::NotSent(_) => Refused::NotSent,
            Self::Unconfirmed { .. } => Refused::Unconfirmed,
        }
    }
}
