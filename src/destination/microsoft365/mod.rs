//! Microsoft 365 as a destination. Photos are encoded anew by the service, so that they are compared as pictures.

mod people;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use futures_util::{StreamExt, TryStreamExt, stream};

use self::people::dn;
use super::{Destination, Hidden, Made, Refused, Refusing};
use crate::directory::{Domain, Dsa, Guid, HeldPhoto, NotFound, PhotoChange, Server};
use crate::failure::Advice;
use crate::hash::Hash;
use crate::microsoft365::{ChangeError, GraphError, Held, Policy, Tenant, Trouble, User, Written, role};
use crate::thumbnail::{self, Flaw, Print};

/// The number of photos that are asked for at the same time. The gate lets fewer through.
const READS_AT_ONCE: usize = 8;
/// The largest photo that Microsoft Graph takes, in bytes.
const MAX_PHOTO_BYTES: usize = 4 << 20;

/// A tenant to which an app has signed in.
#[derive(Debug)]
pub struct Microsoft365 {
    tenant: Tenant,
    domain: Domain,
    /// Where the tenant changes photos; `None` if the app may not know.
    policy: Option<Policy>,
    /// Why accounts that were read showed no photo.
    hidden: RefCell<HashMap<Guid, Trouble>>,
    /// The last error of Graph itself.
    last: RefCell<String>,
    /// The DN of each account, or what stands for it, for the records of photos that are read or written.
    called: RefCell<HashMap<Guid, String>>,
}

impl Microsoft365 {
    /// Uses a tenant as a destination, and reads its policy.
    ///
    /// # Errors
    /// When Graph cannot be asked.
    pub async fn new(tenant: Tenant) -> Result<Self, GraphError> {
        let name = format!("the tenant {}", tenant.id());
        let (dn, names) = (tenant.id().to_owned(), vec![tenant.id().to_owned()]);
        let domain = Domain { dn, base_dn: name, names, ..Domain::default() };
        let policy = tenant.policy().await?;
        Ok(Self {
            tenant,
            domain,
            policy,
            hidden: RefCell::default(),
            last: RefCell::default(),
            called: RefCell::default(),
        })
    }

    /// Returns where the tenant changes photos; `None` if the app may not know.
    #[must_use]
    pub fn policy(&self) -> Option<Policy> {
        self.policy
    }

    /// Returns whether any account comes from Active Directory.
    ///
    /// # Errors
    /// When the accounts cannot be read.
    pub async fn has_synced(&self) -> Result<bool, GraphError> {
        Ok(self.users().await?.iter().any(|(_, user)| user.on_premises_sync_enabled == Some(true)))
    }

    /// Returns the tenant itself.
    #[must_use]
    pub fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    fn note(&self, error: &GraphError) {
        *self.last.borrow_mut() = error.to_string();
    }

    /// Returns whether the app may write photos; `None` if its token does not say.
    fn may_write(&self) -> Option<bool> {
        let claims = self.tenant.claims()?;
        let may = claims.has(role::WRITE_PHOTOS) || claims.has(role::WRITE_USERS);
        Some(may && self.policy != Some(Policy::OnPremises))
    }

    /// Reads all accounts, with their GUIDs.
    async fn users(&self) -> Result<Vec<(Guid, &User)>, GraphError> {
        let users = self.tenant.users(&|_| ()).await?;
        let users: Vec<(Guid, &User)> = users.iter().filter_map(|user| Some((Guid::parse(&user.id)?, user))).collect();
        let mut called = self.called.borrow_mut();
        if called.is_empty() {
            called.extend(users.iter().map(|(guid, user)| (*guid, dn(user))));
        }
        Ok(users)
    }

    async fn held(&self, account: Guid) -> Result<Option<(Guid, HeldPhoto)>, GraphError> {
        let photo = match self.tenant.photo(&account.to_string()).await? {
            Held::Photo(photo) => Some(photo),
            Held::Nothing => None,
            Held::Gone => return Ok(None),
            Held::Unknown(trouble) => {
                self.hidden.borrow_mut().insert(account, trouble);
                None
            }
        };
        let dn = self.called.borrow().get(&account).cloned().unwrap_or_default();
        Ok(Some((account, HeldPhoto { dn, photo, writable: None })))
    }
}

impl Destination for Microsoft365 {
    type ReadError = GraphError;
    type WriteError = ChangeError;
    type Accounts = Self;

    const NAME: &str = "microsoft365";
    const IDENTITY: &str = "object id";
    const RESTORES: &str = "as Microsoft 365 served them, not byte for byte";
    const LOST: &str = "Microsoft 365 cannot be used any more";
    const TELLS_HIDDEN_AT_ONCE: bool = true;
    const NAMES_BY_SID: bool = true;

    fn accounts(&self) -> &Self {
        self
    }

    fn server(&self) -> String {
        self.tenant.address().to_owned()
    }

    fn attribute(&self) -> &str {
        "photo"
    }

    async fn room(&self) -> Result<Option<Option<usize>>, GraphError> {
        Ok(Some(Some(MAX_PHOTO_BYTES)))
    }

    fn is_same(&self, _: Guid, photo: &[u8], wanted: &[u8]) -> bool {
        photo == wanted || thumbnail::is_same_picture(photo, wanted)
    }

    fn user(&self) -> &str {
        self.tenant.user()
    }

    fn trouble(&self) -> String {
        self.last.borrow().clone()
    }

    async fn ready(&self) -> Result<(), GraphError> {
        self.tenant.ready().await.inspect_err(|error| self.note(error))
    }

    async fn photos(
        &self,
        _server: Option<&Server>,
        accounts: &[Guid],
        with_rights: bool,
    ) -> Result<HashMap<Guid, HeldPhoto>, GraphError> {
        let reads = stream::iter(accounts).map(|account| self.held(*account)).buffer_unordered(READS_AT_ONCE);
        let held: Result<Vec<Option<(Guid, HeldPhoto)>>, GraphError> = reads.try_collect().await;
        let held = held.inspect_err(|error| self.note(error))?;
        let writable = self.may_write().filter(|_| with_rights);
        Ok(held.into_iter().flatten().map(|(guid, held)| (guid, HeldPhoto { writable, ..held })).collect())
    }

    async fn photo_holders(&self, accounts: &[Guid]) -> Result<HashSet<Guid>, GraphError> {
        let held = self.photos(None, accounts, false).await?;
        Ok(held.into_iter().filter(|(_, held)| held.photo.is_some()).map(|(guid, _)| guid).collect())
    }

    async fn tells_hidden(&self) -> Result<bool, GraphError> {
        Ok(true)
    }

    async fn hidden(&self, accounts: &[Guid]) -> Result<HashMap<Guid, Hidden>, GraphError> {
        let mut hidden = self.hidden.borrow_mut();
        let reason = |trouble: Trouble| {
            let (text, remedy): (String, Option<Cow<'static, str>>) = (trouble.to_string(), trouble.advice());
            match trouble {
                Trouble::NoMailbox(_) => Hidden::NoMailbox(text, remedy),
                Trouble::Refused(_) => Hidden::Refused(text, remedy),
            }
        };
        Ok(accounts.iter().filter_map(|guid| Some((*guid, reason(hidden.remove(guid)?)))).collect())
    }

    async fn count_accounts(&self) -> Result<usize, GraphError> {
        Ok(self.users().await?.len())
    }

    fn print(photo: &[u8]) -> Option<Print> {
        Print::of(photo)
    }

    /// Returns what makes a photo unfit: what Microsoft 365 shows is cut to a square and encoded by itself, so that only
    /// the picture counts.
    fn flaws(photo: &[u8], options: &thumbnail::Options) -> Vec<Flaw> {
        thumbnail::cloud_flaws(photo, options)
    }

    async fn change<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
        &self,
        account: Guid,
        change: PhotoChange<'_>,
        _server: Option<&Server>,
        mut announce: impl AsyncFnMut(&str, Option<&Dsa>) -> Result<(), E>,
    ) -> Result<Made, ChangeError> {
        announce(self.tenant.address(), None).await.map_err(|error| ChangeError::Withheld(error.into()))?;
        let is_same = |one: &[u8], other: &[u8]| self.is_same(account, one, other);
        let written = self.tenant.change(&account.to_string(), change.before, change.after, is_same).await;
        if let Err(ChangeError::NotSent(error) | ChangeError::Unconfirmed(error)) = &written {
            self.note(error);
        }
        match written? {
            Written::Seen(photo) => Ok(Made { served: Some(photo.as_deref().map(Hash::of)), is_visible: true }),
            Written::NotYet => Ok(Made { served: None, is_visible: false }),
        }
    }

    async fn find_again(&self, _address: &str, _dsa: Option<&Dsa>) -> Option<Result<Server, NotFound>> {
        None
    }

    fn forbids(&self, change: PhotoChange<'_>) -> bool {
        change.after.is_none() && self.tenant.claims().is_some_and(|claims| !claims.has(role::WRITE_USERS))
    }

    fn denied(&self, change: PhotoChange<'_>) -> ChangeError {
        let what = if change.after.is_some() { "write" } else { "remove" };
        let why = match self.policy {
            Some(Policy::OnPremises) => "the tenant takes photos from Active Directory only".to_owned(),
            _ => String::new(),
        };
        ChangeError::Denied { user: self.user().to_owned(), what, why }
    }

    fn gone(&self) -> ChangeError {
        ChangeError::Gone
    }

    fn not_sent(&self, error: GraphError) -> ChangeError {
        ChangeError::NotSent(error)
    }
}

impl Refusing for ChangeError {
    fn refused(&self) -> Refused {
        match self {
            Self::Changed { perhaps_written } => Refused::Conflict { perhaps_done: *perhaps_written },
            Self::Denied { .. } => Refused::NoRight,
            Self::Gone => Refused::Gone,
            Self::Trouble(Trouble::NoMailbox(_)) => Refused::NoMailbox,
            Self::Trouble(Trouble::Refused(_)) => Refused::Other,
            Self::Withheld(_) => Refused::NotRecorded,
            Self::NotSent(_) => Refused::NotSent,
            Self::Unconfirmed(_) => Refused::Unconfirmed,
        }
    }
}
