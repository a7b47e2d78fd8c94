//! Active Directory as a destination. Photos are in an attribute of the account, and are compared and replaced byte for
//! byte.

use std::collections::{HashMap, HashSet};

use tokio::sync::OnceCell;

use super::{Destination, Hidden, Made, Refused, Refusing, Remembered};
use crate::directory::check::{self, Identity};
use crate::directory::{
    Directory, Dsa, Guid, HeldPhoto, NotFound, OperationError, PhotoChange, PhotoSchema, Server, WriteError,
};
use crate::hash::Hash;
use crate::state::KeptError;
use crate::thumbnail::{self, Flaw, Print};

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
    type Accounts = Directory;

    const NAME: &str = "active-directory";
    const IDENTITY: &str = "objectGUID";
    const RESTORES: &str = "byte for byte";

    const LOST: &str = "no domain controller can be used any more";
    const TELLS_HIDDEN_AT_ONCE: bool = false;
    const JOURNALED_BYTES: Option<u64> = None;
    const NAMES_BY_SID: bool = false;

    fn accounts(&self) -> &Directory {
        &self.directory
    }

    fn server(&self) -> String {
        self.directory.server().to_string()
    }

    fn attribute(&self) -> &str {
        self.directory.photo_attribute()
    }

    async fn room(&self) -> Result<Option<Option<usize>>, OperationError> {
        let attribute = self.directory.attribute(self.attribute()).await?;
        Ok(attribute.map(|attribute| attribute.range_upper.and_then(|upper| usize::try_from(upper).ok())))
    }

    fn is_same(&self, _: Guid, photo: &[u8], wanted: &[u8]) -> bool {
        photo == wanted
    }

    async fn remembered(&self, _: &[Guid]) -> Result<HashMap<Guid, Remembered>, OperationError> {
        Ok(HashMap::new())
    }

    fn remember(&self, _: Guid, _: &[u8], _: Hash) {}

    fn is_changed_since(&self, _: Guid, _: Option<&[u8]>) -> bool {
        false
    }

    fn save(&self) -> Result<(), KeptError> {
        Ok(())
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

    async fn tells_hidden(&self) -> Result<bool, OperationError> {
        Ok(self.eyes().await?.is_some())
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
        mut announce: impl AsyncFnMut(&str, Option<&Dsa>) -> Result<(), E>,
    ) -> Result<Made, WriteError> {
        let announce = async |server: &Server, dsa: Option<&Dsa>| announce(&server.to_string(), dsa).await;
        self.directory.modify_photo(account, change, server, announce).await.map(|()| Made::EXACTLY)
    }

    fn print(_: &[u8]) -> Option<Print> {
        None
    }

    fn flaws(photo: &[u8], options: &thumbnail::Options) -> Vec<Flaw> {
        thumbnail::flaws(photo, options)
    }

    async fn find_again(&self, address: &str, dsa: Option<&Dsa>) -> Option<Result<Server, NotFound>> {
        Some(self.directory.find_again(address, dsa).await)
    }

    fn forbids(&self, _: PhotoChange<'_>) -> bool {
        false
    }

    fn denied(&self, _: PhotoChange<'_>) -> WriteError {
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
