//! The names of all accounts of the domain.

use ldap3::Scope;

use super::account::{ACCOUNT_DISABLED, USER_ACCOUNTS};
use super::directory::Directory;
use crate::directory::connection::OperationError;
use crate::directory::guid::Guid;
use crate::directory::sessions::Entry;

/// Attributes that are read of every account, in addition to those asked for.
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

/// The names of one account; a text is empty if the account does not have the attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    pub guid: Guid,
    /// The account's present DN.
    pub dn: String,
    pub sam_account_name: String,
    pub display_name: String,
    pub cn: String,
    pub given_name: String,
    pub surname: String,
    pub department: String,
    pub mail: String,
    /// The account's userPrincipalName.
    pub principal_name: String,
    pub employee_id: String,
    /// The values of each further attribute that was asked for, in that order.
    pub more: Vec<Vec<String>>,
    /// Whether the account is enabled, so that its user may sign in.
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
    /// Reads the names of all user accounts of the domain, one after the other, whatever the base DN is and disabled
    /// accounts included. `add` keeps what it needs of each. If a connection is lost, reading begins again with a new
    /// `start`. Attributes that may not be read are empty; an account whose objectGUID may not be read is left out.
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
