//! Finding accounts.

use futures_util::{StreamExt, TryStreamExt, stream};
use ldap3::Scope;

use super::directory::Directory;
use super::filter::{self, Clause, Filter};
use crate::directory::connection::OperationError;
use crate::directory::guid::Guid;
use crate::directory::sessions::Entry;
use crate::directory::sid::Sid;

/// A filter for normal user accounts. The attribute is indexed, and its value leaves out computers, trusts and contacts
/// (MS-SAMR 2.2.1.9).
pub(super) const USER_ACCOUNTS: &str = "(sAMAccountType=805306368)";
/// The bit ACCOUNTDISABLE of userAccountControl (MS-ADTS 2.2.16).
pub(super) const ACCOUNT_DISABLED: i64 = 2;
/// Attributes that are read of every account, in addition to those asked for.
const ACCOUNT_ATTRIBUTES: [&str; 12] = [
    "objectGUID",
    "objectSid",
    "sAMAccountName",
    "userAccountControl",
    "displayName",
    "cn",
    "givenName",
    "sn",
    "department",
    "title",
    "physicalDeliveryOfficeName",
    "company",
];
/// The maximum number of lookups in one search. With 100 at a time, 20,000 accounts a second were looked up; with one
/// at a time, 1,000.
const LOOKUPS_A_QUERY: usize = 100;
/// The maximum number of bytes of all values in one search, far below the 256,000 that Samba accepts.
const BYTES_A_QUERY: usize = 64 * 1024;
/// The number of searches that are sent without waiting for the answer to the previous one, so that network delays do
/// not add up.
const QUERIES_AT_ONCE: usize = 4;

/// The error for an entry that names no account.
pub(super) const LACKING: OperationError = OperationError::Lacking("an account's objectGUID or sAMAccountName");

/// A user account, as far as matching needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The account's present DN.
    pub dn: String,
    /// The account's objectGUID, which never changes.
    pub guid: Guid,
    /// The account's objectSid, in its binary form.
    pub sid: Vec<u8>,
    pub sam_account_name: String,
    /// The values of the attributes that were asked for, by which photos are matched.
    pub keys: Vec<String>,
    pub display_name: Option<String>,
    pub department: Option<String>,
    /// The names by which people know the account: its displayName, its cn, and its givenName with its sn.
    pub names: Vec<String>,
    /// The values of the further attributes that were asked for, each as one text; empty if there is none.
    pub columns: Vec<String>,
    /// The account's title, office and company: words that may stand beside a name without being part of it.
    pub details: Vec<String>,
    /// Whether the account is enabled, so that its user may sign in.
    pub enabled: bool,
}

impl Account {
    /// Returns the DN of the OU or container that the account is in.
    #[must_use]
    pub fn container(&self) -> &str {
        container(&self.dn)
    }

    pub(super) fn read(entry: &Entry, attributes: &[String], columns: &[String]) -> Option<Self> {
        Some(Self {
            guid: entry.guid("objectGUID")?,
            sid: entry.values("objectSid").first().cloned().unwrap_or_default(),
            sam_account_name: entry.text("sAMAccountName")?,
            keys: attributes.iter().flat_map(|attribute| entry.texts(attribute)).collect(),
            display_name: entry.text("displayName"),
            columns: columns.iter().map(|column| text_of(entry, column)).collect(),
            department: entry.text("department"),
            names: entry.texts("displayName").chain(entry.texts("cn")).chain(full_name(entry)).collect(),
            details: ["title", "physicalDeliveryOfficeName", "company"]
                .iter()
                .filter_map(|name| entry.text(name))
                .collect(),
            enabled: entry.number("userAccountControl").is_none_or(|flags| flags & ACCOUNT_DISABLED == 0),
            dn: entry.dn.clone(),
        })
    }
}

/// Returns the parent of a DN: everything after its first comma that is not escaped.
#[must_use]
pub fn container(dn: &str) -> &str {
    let mut escaped = false;
    let comma = dn.bytes().position(|byte| {
        let ends = byte == b',' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    comma.map_or("", |comma| &dn[comma + 1..])
}

/// Returns the values of an attribute as one text, `; ` between them.
fn text_of(entry: &Entry, attribute: &str) -> String {
    if attribute.eq_ignore_ascii_case("objectGUID") {
        return entry.guid(attribute).map_or(String::new(), |guid| guid.to_string());
    }
    if attribute.eq_ignore_ascii_case("objectSid") {
        let sid = entry.values(attribute).first().and_then(|sid| Sid::from_bytes(sid));
        return sid.map_or(String::new(), |sid| sid.to_string());
    }
    entry.texts(attribute).collect::<Vec<_>>().join("; ")
}

fn full_name(entry: &Entry) -> Option<String> {
    Some(format!("{} {}", entry.text("givenName")?, entry.text("sn")?))
}

/// Which accounts are listed, and what is read of each.
#[derive(Debug, Clone, Copy)]
pub struct AccountQuery<'q> {
    /// The filter that the accounts match; `None` lists all accounts in scope.
    pub filter: Option<&'q Filter>,
    /// The attribute whose values become the `keys` of each account.
    pub attribute: &'q str,
    /// The attributes whose values become the `columns` of each account.
    pub columns: &'q [String],
}

impl<'q> AccountQuery<'q> {
    /// Asks for all accounts in scope, without further columns.
    #[must_use]
    pub fn all(attribute: &'q str) -> Self {
        Self { filter: None, attribute, columns: &[] }
    }
}

/// One lookup: an account is found if any of the clauses holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// The clauses, at least one.
    pub clauses: Vec<Clause>,
}

/// The user accounts below a base DN.
#[derive(Debug, Clone, Default)]
pub struct InScope {
    /// Enabled accounts that inherit delegations.
    pub enabled: Vec<Guid>,
    /// Enabled accounts with adminCount=1. They do not inherit delegations, because AdminSDHolder overwrites their
    /// access lists (MS-ADTS 3.1.1.6.1).
    pub protected: Vec<Guid>,
    /// Number of disabled accounts.
    pub disabled: usize,
}

impl Directory {
    /// Finds accounts in the whole domain, whatever the base DN is. Returns each account once that any of the lookups
    /// finds, with the values of `attributes` as its `keys`.
    ///
    /// # Errors
    /// When a search fails. The whole call fails then, because a name that was not looked up must not count as unknown.
    pub async fn find_accounts_anywhere(
        &self,
        lookups: &[Lookup],
        attributes: &[String],
    ) -> Result<Vec<Account>, OperationError> {
        let wanted = wanted(attributes);
        let queries = batches(lookups).map(|batch| async {
            let clauses = batch.iter().flat_map(|lookup| &lookup.clauses);
            let filter = format!("(&{USER_ACCOUNTS}{})", filter::any(clauses));
            let entries = self.link.search_few(&self.domain().dn, Scope::Subtree, &filter, &wanted).await?;
            read(&entries, attributes, &[])
        });
        let mut answers = stream::iter(queries).buffered(QUERIES_AT_ONCE);
        let mut seen = std::collections::HashSet::new();
        let mut found = Vec::new();
        while let Some(accounts) = answers.try_next().await? {
            found.extend(accounts.into_iter().filter(|account| seen.insert(account.guid)));
        }
        Ok(found)
    }

    /// Returns the user accounts below the base DN that `query` asks for, disabled ones included, sorted by
    /// sAMAccountName.
    ///
    /// # Errors
    /// When the search fails.
    pub async fn list_accounts(&self, query: &AccountQuery<'_>) -> Result<Vec<Account>, OperationError> {
        let (filter, attributes) = (user_accounts(query.filter), [query.attribute.to_owned()]);
        let all = [&attributes, query.columns].concat();
        let entries = self.link.search(&self.domain().base_dn, Scope::Subtree, &filter, &wanted(&all)).await?;
        let mut accounts = read(&entries, &attributes, query.columns)?;
        accounts.sort_by_cached_key(|account| account.sam_account_name.to_lowercase());
        Ok(accounts)
    }

    /// Returns all user accounts below a base DN, as objectGUIDs only.
    ///
    /// # Errors
    /// When a search fails.
    pub async fn in_scope(&self, base_dn: &str) -> Result<InScope, OperationError> {
        // The OID is LDAP_MATCHING_RULE_BIT_AND (MS-ADTS 3.1.1.3.4.4.1).
        let disabled = format!("(userAccountControl:1.2.840.113556.1.4.803:={ACCOUNT_DISABLED})");
        let guids = async |which: &str| -> Result<Vec<Guid>, OperationError> {
            let filter = format!("(&{USER_ACCOUNTS}{which})");
            let found = self.link.search(base_dn, Scope::Subtree, &filter, &["objectGUID"]).await?;
            let guid =
                |entry: &Entry| entry.guid("objectGUID").ok_or(OperationError::Lacking("an account's objectGUID"));
            found.iter().map(guid).collect()
        };
        Ok(InScope {
            enabled: guids(&format!("(!{disabled})(!(adminCount=1))")).await?,
            protected: guids(&format!("(!{disabled})(adminCount=1)")).await?,
            disabled: guids(&disabled).await?.len(),
        })
    }
}

/// Returns the filter for the user accounts that another filter finds, or for all of them.
pub(super) fn user_accounts(filter: Option<&Filter>) -> String {
    match filter {
        Some(filter) => format!("(&{USER_ACCOUNTS}{filter})"),
        None => USER_ACCOUNTS.to_owned(),
    }
}

/// Returns the attributes to read: those of every account, and `attributes`.
pub(super) fn wanted(attributes: &[String]) -> Vec<&str> {
    let mut wanted = ACCOUNT_ATTRIBUTES.to_vec();
    for attribute in attributes {
        if !wanted.iter().any(|name| name.eq_ignore_ascii_case(attribute)) {
            wanted.push(attribute);
        }
    }
    wanted
}

fn read(entries: &[Entry], attributes: &[String], columns: &[String]) -> Result<Vec<Account>, OperationError> {
    let account = |entry| Account::read(entry, attributes, columns).ok_or(LACKING);
    entries.iter().map(account).collect()
}

/// Splits lookups into consecutive groups that each fit into one search.
fn batches(lookups: &[Lookup]) -> impl Iterator<Item = &[Lookup]> {
    let bytes = |lookup: &Lookup| lookup.clauses.iter().map(Clause::size).sum::<usize>();
    let mut rest = lookups;
    std::iter::from_fn(move || {
        let mut room = BYTES_A_QUERY;
        let fitting = rest.iter().take(LOOKUPS_A_QUERY).take_while(|lookup| {
            let fits = bytes(lookup) <= room;
            room = room.saturating_sub(bytes(lookup));
            fits
        });
        // A lookup that is too large by itself forms a group of its own.
        let (batch, after) = rest.split_at(fitting.count().max(1).min(rest.len()));
        rest = after;
        (!batch.is_empty()).then_some(batch)
    })
}

#[cfg(test)]
mod tests {
    use super::{Clause, Lookup, batches};

    #[test]
    fn batches_hold_a_hundred_lookups_or_less_bytes() {
        let lookup = |length: usize| Lookup { clauses: vec![Clause::new("cn", vec![b'a'; length])] };
        let sizes = |lookups: &[Lookup]| batches(lookups).map(<[_]>::len).collect::<Vec<_>>();
        assert_eq!(sizes(&vec![lookup(8); 250]), [100, 100, 50]);
        assert_eq!(sizes(&vec![lookup(30_000); 3]), [2, 1]);
        assert_eq!(sizes(&[lookup(100_000), lookup(1)]), [1, 1]);
        assert!(sizes(&[]).is_empty());
    }
}
