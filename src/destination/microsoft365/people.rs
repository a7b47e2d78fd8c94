//! The accounts of a tenant, with the attribute names of Active Directory.

use std::collections::HashSet;

use super::Microsoft365;
use crate::destination::Accounts;
use crate::directory::{Account, AccountQuery, Attribute, Clause, Domain, Guid, Lookup, Names, PackedAccounts, Sid};
use crate::microsoft365::{GraphError, User};

/// Returns the account's DN in Active Directory, or else its userPrincipalName.
pub(super) fn dn(user: &User) -> String {
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
/// The attribute with which people sign in. In Microsoft 365 it stands for all that [`logons`] returns.
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

/// Returns the names after which files are named: what people sign in with, their addresses, and what stands before the
/// `@`.
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

    /// Returns all accounts: they have been read anyway, and the caller compares names exactly.
    async fn find_accounts_anywhere(
        &self,
        lookups: &[Lookup],
        attributes: &[String],
    ) -> Result<Vec<Account>, GraphError> {
        let users = self.users().await?;
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

    /// Returns all accounts. `query` never has a filter, because `--filter` is wrong usage with a tenant.
    async fn list_accounts(&self, query: &AccountQuery<'_>) -> Result<Vec<Account>, GraphError> {
        let (users, attributes) = (self.users().await?, [query.attribute.to_owned()]);
        let listed = users.into_iter().map(|(guid, user)| account(guid, user, &attributes, query.columns));
        let mut accounts: Vec<Account> = listed.collect();
        accounts.sort_by_cached_key(|account| account.sam_account_name.to_lowercase());
        Ok(accounts)
    }

    async fn list_many(
        &self,
        query: &AccountQuery<'_>,
        is_wanted: impl Fn(&Account) -> bool,
    ) -> Result<PackedAccounts, GraphError> {
        let mut accounts = PackedAccounts::default();
        for account in self.list_accounts(query).await?.into_iter().filter(is_wanted) {
            accounts.insert(&Account { names: Vec::new(), details: Vec::new(), ..account });
        }
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
