//! What all accounts of the domain are called.

use ldap3::Scope;

use super::account::{ACCOUNT_DISABLED, USER_ACCOUNTS};
use super::directory::Directory;
use crate::directory::connection::OperationError;
use crate::directory::guid::Guid;
use crate::directory::sessions::Entry;

/// What is read of each account, besides the attributes that are asked for.
const NAMES: [&str; 11] = [
    "objectGUID",
    "sAMAccountName",
    "userAccountControl",
    "displayName",
    "cn",
    "givenName",
    "sn",
    "department",
    "mail",
    "userPrincipalName",
    "employeeID",
];

/// What one account is called, empty where it has no such attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// Its objectGUID.
    pub guid: Guid,
    /// Its DN now.
    pub dn: String,
    /// Its sAMAccountName.
    pub sam_account_name: String,
    /// Its displayName.
    pub display_name: String,
    /// Its cn.
    pub cn: String,
    /// Its givenName.
    pub given_name: String,
    /// Its sn.
    pub surname: String,
    /// Its department.
    pub department: String,
    /// Its mail.
    pub mail: String,
    /// Its userPrincipalName.
    pub principal_name: String,
    /// Its employeeID.
    pub employee_id: String,
    /// The values of each further attribute that was asked for.
    pub more: Vec<Vec<String>>,
    /// Whether it may sign in.
    pub enabled: bool,
}

impl Names {
    fn read(entry: &Entry, more: &[String]) -> Option<Self> {
        let text = |attribute: &str| entry.text(attribute).unwrap_or_default();
        Some(Self {
            guid: entry.guid("objectGUID")?,
            dn: entry.dn.clone(),
            sam_account_name: text("sAMAccountName"),
            display_name: text("displayName"),
            cn: text("cn"),
            given_name: text("givenName"),
            surname: text("sn"),
            department: text("department"),
            mail: text("mail"),
            principal_name: text("userPrincipalName"),
            employee_id: text("employeeID"),
            more: more.iter().map(|attribute| entry.texts(attribute).collect()).collect(),
            enabled: entry.number("userAccountControl").is_none_or(|flags| flags & ACCOUNT_DISABLED == 0),
        })
    }
}

impl Directory {
    /// Reads what all user accounts of the domain are called, disabled ones too and whatever the base DN is, one after the
    /// other: `add` keeps of each what is needed. Where a connection is lost, it begins again with a new `start`. What may
    /// not be read is empty; an account whose objectGUID may not be read is left out.
    ///
    /// # Errors
    /// When the search fails.
    pub async fn names_of_everybody<T>(
        &self,
        more: &[String],
        start: impl Fn() -> T,
        add: impl Fn(&mut T, Names),
    ) -> Result<T, OperationError> {
        let mut attributes = NAMES.to_vec();
        attributes.extend(more.iter().map(String::as_str));
        self.link
            .persist(async |session| {
                let mut all = start();
                let each = |entry: Entry| {
                    if let Some(names) = Names::read(&entry, more) {
                        add(&mut all, names);
                    }
                };
                session.search_each(&self.domain().dn, Scope::Subtree, USER_ACCOUNTS, &attributes, each).await?;
                Ok(all)
            })
            .await
    }
}
