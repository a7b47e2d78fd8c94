//! Microsoft 365 as a destination. Photos are encoded anew by the service, so that they are compared as pictures.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use futures_util::{StreamExt, TryStreamExt, stream};

use super::{Accounts, Destination, Hidden, Made, Refused, Refusing};
use crate::directory::{
    Account, Attribute, Clause, Domain, Dsa, Filter, Guid, HeldPhoto, Lookup, Names, NotFound, PhotoChange, Server, Sid,
};
use crate::failure::Advice;
use crate::hash::Hash;
use crate::microsoft365::{ChangeError, GraphError, Held, Policy, Tenant, Trouble, User, Written, role};
use crate::thumbnail::{self, Flaw, Print};

/// Photos that are asked for at the same time. The gate lets fewer through.
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
    /// What accounts are called where a photo is read or written.
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

/// Returns the account's DN in Active Directory, or else its userPrincipalName.
fn dn(user: &User) -> String {
    let name = user.on_premises_distinguished_name.as_ref().or(user.user_principal_name.as_ref());
    name.unwrap_or(&user.id).clone()
}

/// The names of attributes in Active Directory and in Graph, and the value of each.
type Value = fn(&User) -> Option<&String>;
const ATTRIBUTES: [(&str, &str, Value); 15] = [
    ("userPrincipalName", "userPrincipalName", |user| user.user_principal_name.as_ref()),
    ("mail", "mail", |user| user.mail.as_ref()),
    ("mailNickname", "mailNickname", |user| user.mail_nickname.as_ref()),
    ("displayName", "displayName", |user| user.display_name.as_ref()),
    ("cn", "name", |user| user.display_name.as_ref()),
    ("givenName", "givenName", |user| user.given_name.as_ref()),
    ("sn", "surname", |user| user.surname.as_ref()),
    ("employeeID", "employeeId", |user| user.employee_id.as_ref()),
    ("department", "department", |user| user.department.as_ref()),
    ("title", "jobTitle", |user| user.job_title.as_ref()),
    ("physicalDeliveryOfficeName", "officeLocation", |user| user.office_location.as_ref()),
    ("company", "companyName", |user| user.company_name.as_ref()),
    ("objectGUID", "id", |user| Some(&user.id)),
    ("objectSid", "onPremisesSecurityIdentifier", |user| user.on_premises_security_identifier.as_ref()),
    ("distinguishedName", "onPremisesDistinguishedName", |user| user.on_premises_distinguished_name.as_ref()),
];
/// The name under which people sign in. It stands for all that Microsoft 365 has in its place.
const LOGON: &str = "sAMAccountName";

/// Returns the name of an attribute as reports have it, given one of its names.
fn canonical(name: &str) -> Option<&'static str> {
    let is = |known: &str| known.eq_ignore_ascii_case(name);
    if is(LOGON) || is("onPremisesSamAccountName") {
        return Some(LOGON);
    }
    ATTRIBUTES.iter().find(|(domain, graph, _)| is(domain) || is(graph)).map(|(domain, ..)| *domain)
}

/// Returns the values of an attribute.
fn values(user: &User, name: &str) -> Vec<String> {
    if canonical(name) == Some(LOGON) {
        return logons(user);
    }
    let attribute = ATTRIBUTES.iter().find(|(domain, ..)| Some(*domain) == canonical(name));
    attribute.and_then(|(.., value)| value(user)).filter(|value| !value.is_empty()).cloned().into_iter().collect()
}

/// Returns what people sign in with, and what stands before an address of theirs: the names that files bear.
fn logons(user: &User) -> Vec<String> {
    let principal = user.user_principal_name.as_deref().unwrap_or_default();
    let local = principal.split_once('@').map_or("", |(local, _)| local);
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    let all = [
        principal.to_owned(),
        local.to_owned(),
        optional(&user.on_premises_sam_account_name),
        optional(&user.mail_nickname),
        optional(&user.mail),
    ];
    let mut seen = HashSet::new();
    all.into_iter().filter(|name| !name.is_empty() && seen.insert(name.to_lowercase())).collect()
}

/// Returns the name of an account in reports.
fn name(user: &User) -> String {
    user.user_principal_name.clone().unwrap_or_else(|| user.id.clone())
}

fn account(guid: Guid, user: &User, attributes: &[String], columns: &[String]) -> Account {
    let (given, surname) = (user.given_name.as_deref(), user.surname.as_deref());
    let full = given.zip(surname).map(|(given, surname)| format!("{given} {surname}"));
    let details = [&user.job_title, &user.office_location, &user.company_name];
    let sid = user.on_premises_security_identifier.as_deref().and_then(Sid::parse);
    Account {
        dn: dn(user),
        guid,
        sid: sid.map(|sid| sid.to_bytes()).unwrap_or_default(),
        sam_account_name: name(user),
        keys: attributes.iter().flat_map(|attribute| values(user, attribute)).collect(),
        display_name: user.display_name.clone(),
        department: user.department.clone(),
        names: user.display_name.clone().into_iter().chain(full).collect(),
        columns: columns.iter().map(|column| values(user, column).join("; ")).collect(),
        details: details.into_iter().flatten().cloned().collect(),
        enabled: user.account_enabled != Some(false),
    }
}

fn names(guid: Guid, user: &User, more: &[String]) -> Names {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    Names {
        guid,
        dn: dn(user),
        sam_account_name: name(user),
        display_name: text(&user.display_name),
        cn: String::new(),
        given_name: text(&user.given_name),
        surname: text(&user.surname),
        department: text(&user.department),
        mail: text(&user.mail),
        principal_name: text(&user.user_principal_name),
        employee_id: text(&user.employee_id),
        more: more.iter().map(|attribute| values(user, attribute)).collect(),
        enabled: user.account_enabled != Some(false),
    }
}

impl Accounts for Microsoft365 {
    type Error = GraphError;

    fn domain(&self) -> &Domain {
        &self.domain
    }

    async fn attribute(&self, name: &str) -> Result<Option<Attribute>, GraphError> {
        let attribute =
            |name: &str| Attribute { name: name.to_owned(), indexed: true, range_upper: None, is_text: true };
        Ok(canonical(name).map(attribute))
    }

    /// Returns all accounts: they have been read anyway, and whoever asks compares names exactly.
    async fn find_accounts_anywhere(
        &self,
        lookups: &[Lookup],
        attributes: &[String],
        progress: impl Fn(usize),
    ) -> Result<Vec<Account>, GraphError> {
        let users = self.users().await?;
        progress(lookups.len());
        let by_guid = lookups
            .iter()
            .flat_map(|lookup| &lookup.clauses)
            .all(|clause| matches!(clause, Clause::Is { attribute, .. } if attribute == "objectGUID"));
        let wanted: HashSet<&[u8]> = lookups
            .iter()
            .flat_map(|lookup| &lookup.clauses)
            .filter_map(|clause| match clause {
                Clause::Is { value, .. } => Some(value.as_slice()),
                Clause::All(_) => None,
            })
            .collect();
        let is_wanted = |guid: &Guid| !by_guid || wanted.contains(guid.0.as_slice());
        let found = users.into_iter().filter(|(guid, _)| is_wanted(guid));
        Ok(found.map(|(guid, user)| account(guid, user, attributes, &[])).collect())
    }

    async fn list_accounts(
        &self,
        _filter: Option<&Filter>,
        attribute: &str,
        columns: &[String],
    ) -> Result<Vec<Account>, GraphError> {
        let (users, attributes) = (self.users().await?, [attribute.to_owned()]);
        let listed = users.into_iter().map(|(guid, user)| account(guid, user, &attributes, columns));
        let mut accounts: Vec<Account> = listed.collect();
        accounts.sort_by_cached_key(|account| account.sam_account_name.to_lowercase());
        Ok(accounts)
    }

    async fn names_of_everybody<T>(
        &self,
        more: &[String],
        start: impl Fn() -> T,
        add: impl Fn(&mut T, Names),
    ) -> Result<T, GraphError> {
        let mut all = start();
        self.users().await?.into_iter().for_each(|(guid, user)| add(&mut all, names(guid, user, more)));
        Ok(all)
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
