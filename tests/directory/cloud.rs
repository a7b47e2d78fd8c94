//! The practice tenant in the place of a domain. Its accounts are those that Entra Connect would make of accounts in
//! Active Directory, and tests name them by the DNs that they have there.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use crate::tenant::{self, DOMAIN, Tenant};

/// The names of attributes in Active Directory, and in Graph.
const ATTRIBUTES: [(&str, &str); 11] = [
    ("mail", "mail"),
    ("mailNickname", "mailNickname"),
    ("userPrincipalName", "userPrincipalName"),
    ("displayName", "displayName"),
    ("givenName", "givenName"),
    ("sn", "surname"),
    ("employeeID", "employeeId"),
    ("department", "department"),
    ("title", "jobTitle"),
    ("physicalDeliveryOfficeName", "officeLocation"),
    ("company", "companyName"),
];
/// The attributes of Graph that hold an account's DN and logon name.
const DN: &str = "onPremisesDistinguishedName";
const LOGON: &str = "onPremisesSamAccountName";
const SID: &str = "onPremisesSecurityIdentifier";

/// A tenant whose accounts come from a domain.
pub(crate) struct Cloud {
    pub(crate) tenant: Tenant,
    /// The number of the last SID that was given out.
    last: AtomicU32,
}

impl Cloud {
    pub(crate) fn start() -> Self {
        let tenant = Tenant::start();
        // This tenant serves what was sent. tests/microsoft365 tests a tenant that encodes photos anew.
        tenant.set(|state| state.encodes = false);
        Self { tenant, last: AtomicU32::new(1000) }
    }

    /// Returns the flags that name the tenant and sign in with the certificate in this file.
    pub(crate) fn flags(&self, certificate: &str) -> Vec<String> {
        let flags = ["--target", "microsoft365", "--cloud", &self.tenant.url, "--allow-clear-text", "--tenant"];
        let app = [tenant::ID, "--client-id", tenant::CLIENT_ID, "--certificate", certificate];
        flags.into_iter().chain(app).map(str::to_owned).collect()
    }

    /// Adds an account, with attributes as Active Directory calls them.
    pub(crate) fn add(&self, dn: &str, logon: &str, cn: &str, attributes: &[(&str, &str)]) {
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let mut all: Vec<(&str, Value)> = vec![
            (DN, json!(dn)),
            (LOGON, json!(logon)),
            (SID, json!(format!("S-1-5-21-1-2-3-{number}"))),
            ("onPremisesSyncEnabled", json!(true)),
            ("displayName", json!(cn)),
        ];
        all.extend(attributes.iter().filter_map(|(name, value)| Some((graph_name(name)?, json!(value)))));
        let id = self.tenant.user(logon, &all);
        let flags = attributes.iter().find(|(name, _)| *name == "userAccountControl").map_or("512", |(_, flags)| flags);
        self.tenant.edit(&id, "accountEnabled", json!(flags.parse::<u32>().unwrap() & 2 == 0));
    }

    /// Returns the attributes of an account.
    pub(crate) fn user(&self, dn: &str) -> Option<Value> {
        self.tenant.users().into_iter().find(|user| user[DN].as_str().is_some_and(|own| own.eq_ignore_ascii_case(dn)))
    }

    pub(crate) fn id(&self, dn: &str) -> String {
        let user = self.user(dn).unwrap_or_else(|| panic!("no account {dn}"));
        user["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn sid(&self, dn: &str) -> String {
        self.user(dn).unwrap()[SID].as_str().unwrap().to_owned()
    }

    pub(crate) fn set(&self, dn: &str, attribute: &str, values: &[&str]) {
        let name = graph_name(attribute).unwrap_or_else(|| panic!("a tenant has no {attribute}"));
        self.tenant.edit(&self.id(dn), name, values.first().map_or(Value::Null, |value| json!(value)));
    }

    pub(crate) fn enable(&self, dn: &str, enabled: bool) {
        self.tenant.edit(&self.id(dn), "accountEnabled", json!(enabled));
    }

    pub(crate) fn rename(&self, dn: &str, new: &str) {
        self.tenant.edit(&self.id(dn), DN, json!(new));
    }

    pub(crate) fn photo(&self, dn: &str) -> Option<Vec<u8>> {
        self.tenant.photo(self.user(dn)?["id"].as_str().unwrap())
    }

    pub(crate) fn photos(&self) -> BTreeMap<String, Vec<u8>> {
        let photo =
            |user: Value| Some((user[LOGON].as_str()?.to_owned(), self.tenant.photo(user["id"].as_str().unwrap())?));
        self.tenant.users().into_iter().filter_map(photo).collect()
    }

    /// Returns the attributes and photos of all accounts, by their DNs.
    pub(crate) fn snapshot(&self) -> BTreeMap<String, BTreeMap<String, Vec<Vec<u8>>>> {
        let all = |user: Value| {
            let texts = user.as_object().unwrap().iter().filter(|(_, value)| !value.is_null());
            let texts = texts.map(|(name, value)| (name.clone(), vec![value.to_string().into_bytes()]));
            let photo = self.tenant.photo(user["id"].as_str().unwrap());
            let photo = photo.map(|photo| ("thumbnailPhoto".to_owned(), vec![photo]));
            (user[DN].as_str().unwrap().to_owned(), texts.chain(photo).collect())
        };
        self.tenant.users().into_iter().map(all).collect()
    }
}

fn graph_name(name: &str) -> Option<&'static str> {
    ATTRIBUTES.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, graph)| *graph)
}

/// Returns the name of an account in reports on the tenant.
pub(crate) fn principal(logon: &str) -> String {
    format!("{logon}@{DOMAIN}")
}
