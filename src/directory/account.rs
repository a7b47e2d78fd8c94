//! Finding accounts.

use std::fmt;

use futures_util::{StreamExt, TryStreamExt, stream};
use ldap3::Scope;

use super::entry::Entry;
use super::{Clause, Directory, Filter, OperationError, filter};

/// Normal user accounts and nothing else: indexed, and without computers, trusts and contacts (MS-SAMR 2.2.1.9).
pub(super) const USER_ACCOUNTS: &str = "(sAMAccountType=805306368)";
/// ACCOUNTDISABLE of userAccountControl (MS-ADTS 2.2.16).
pub(super) const ACCOUNT_DISABLED: i64 = 2;
/// What is read of an account, besides the attribute that is asked for.
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
/// Keys in one query: 100 looked up 20,000 accounts a second, one at a time 1,000.
const LOOKUPS_A_QUERY: usize = 100;
/// Bytes of values in one query, far below the 256,000 that Samba takes for a search.
const BYTES_A_QUERY: usize = 64 * 1024;
/// Queries on their way at once: answers need not wait for the network between them.
const QUERIES_AT_ONCE: usize = 4;

/// An objectGUID: names an account for ever, whatever it is called and wherever it is moved.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Guid(pub [u8; 16]);

impl Guid {
    /// The name that every operation takes instead of a DN (MS-ADTS 3.1.1.3.1.2.4).
    pub(super) fn as_dn(self) -> String {
        let hex: String = self.0.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("<GUID={hex}>")
    }

    /// Reads `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, in braces or not: the first three groups are numbers whose bytes
    /// are stored least significant first (MS-DTYP 2.3.4).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(text);
        let groups: Vec<&str> = text.split('-').collect();
        let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
        if lengths != [8, 4, 4, 4, 12] || !groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
        {
            return None;
        }
        let mut bytes = [0; 16];
        let digits = groups.concat();
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(digits.get(at * 2..at * 2 + 2)?, 16).ok()?;
        }
        bytes[..4].reverse();
        bytes[4..6].reverse();
        bytes[6..8].reverse();
        Some(Self(bytes))
    }
}

/// As Windows writes it, and [`Guid::parse`] reads it.
impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, rest @ ..] = self.0;
        let number = u32::from_le_bytes([a, b, c, d]);
        let (first, second) = (u16::from_le_bytes([e, rest[0]]), u16::from_le_bytes([rest[1], rest[2]]));
        let last: String = rest[5..].iter().map(|byte| format!("{byte:02x}")).collect();
        write!(f, "{number:08x}-{first:04x}-{second:04x}-{:02x}{:02x}-{last}", rest[3], rest[4])
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.as_dn())
    }
}

/// A user account, as far as matching needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its name now.
    pub dn: String,
    /// Its name for ever.
    pub guid: Guid,
    /// Its objectSid, binary.
    pub sid: Vec<u8>,
    /// Its sAMAccountName.
    pub sam_account_name: String,
    /// The values of the attributes that are asked for: those that are matched by.
    pub keys: Vec<String>,
    /// Its displayName.
    pub display_name: Option<String>,
    /// Its department.
    pub department: Option<String>,
    /// displayName, cn, and givenName with sn: what people call it.
    pub names: Vec<String>,
    /// Its title, office and company: what may stand beside a name without being another.
    pub details: Vec<String>,
    /// Whether it may sign in.
    pub enabled: bool,
}

impl Account {
    /// The DN of the OU or container that it is in.
    #[must_use]
    pub fn container(&self) -> &str {
        container(&self.dn)
    }

    fn read(entry: &Entry, attributes: &[String]) -> Option<Self> {
        Some(Self {
            guid: Guid(entry.values("objectGUID").first()?.as_slice().try_into().ok()?),
            sid: entry.values("objectSid").first().cloned().unwrap_or_default(),
            sam_account_name: entry.text("sAMAccountName")?,
            keys: attributes.iter().flat_map(|attribute| entry.texts(attribute)).collect(),
            display_name: entry.text("displayName"),
            department: entry.text("department"),
            names: entry.texts("displayName").chain(entry.texts("cn")).chain(full_name(entry)).collect(),
            details: ["title", "physicalDeliveryOfficeName", "company"].iter().filter_map(|name| entry.text(name)).collect(),
            enabled: entry.number("userAccountControl").is_none_or(|flags| flags & ACCOUNT_DISABLED == 0),
            dn: entry.dn.clone(),
        })
    }
}

/// The DN of what the entry of this DN is in.
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

fn full_name(entry: &Entry) -> Option<String> {
    Some(format!("{} {}", entry.text("givenName")?, entry.text("sn")?))
}

/// What to look up for one key: accounts for which any clause holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// At least one.
    pub clauses: Vec<Clause>,
}

impl Directory {
    /// The accounts of the whole domain that any of the lookups finds, each once, whatever the base DN is; their `keys` are
    /// the values of `attributes`. `progress` is told how many lookups were done.
    ///
    /// # Errors
    /// When a search fails: what is not known to match must not be taken for unknown.
    pub async fn find_accounts_anywhere(
        &self,
        lookups: &[Lookup],
        attributes: &[String],
        progress: impl Fn(usize),
    ) -> Result<Vec<Account>, OperationError> {
        let wanted = wanted(attributes);
        let queries = batches(lookups).map(|batch| async {
            let clauses = batch.iter().flat_map(|lookup| &lookup.clauses);
            let filter = format!("(&{USER_ACCOUNTS}{})", filter::any(clauses));
            let entries = self.search_few(&self.domain.dn, Scope::Subtree, &filter, &wanted).await?;
            read(&entries, attributes).map(|accounts| (batch.len(), accounts))
        });
        let mut answers = stream::iter(queries).buffered(QUERIES_AT_ONCE);
        let mut seen = std::collections::HashSet::new();
        let mut found = Vec::new();
        while let Some((lookups, accounts)) = answers.try_next().await? {
            progress(lookups);
            found.extend(accounts.into_iter().filter(|account| seen.insert(account.guid)));
        }
        Ok(found)
    }

    /// All user accounts, disabled ones too, or those of them that the filter finds, by name; their `keys` are the values
    /// of `attribute`.
    ///
    /// # Errors
    /// When the search fails.
    pub async fn list_accounts(
        &self,
        filter: Option<&Filter>,
        attribute: &str,
    ) -> Result<Vec<Account>, OperationError> {
        let filter = match filter {
            Some(filter) => format!("(&{USER_ACCOUNTS}{filter})"),
            None => USER_ACCOUNTS.to_owned(),
        };
        let attributes = [attribute.to_owned()];
        let entries = self.search(&self.domain.base_dn, Scope::Subtree, &filter, &wanted(&attributes)).await?;
        let mut accounts = read(&entries, &attributes)?;
        accounts.sort_by_cached_key(|account| account.sam_account_name.to_lowercase());
        Ok(accounts)
    }
}

/// What to read of accounts: what each has, and these attributes.
fn wanted(attributes: &[String]) -> Vec<&str> {
    let mut wanted = ACCOUNT_ATTRIBUTES.to_vec();
    for attribute in attributes {
        if !wanted.iter().any(|name| name.eq_ignore_ascii_case(attribute)) {
            wanted.push(attribute);
        }
    }
    wanted
}

fn read(entries: &[Entry], attributes: &[String]) -> Result<Vec<Account>, OperationError> {
    let account = |entry| {
        Account::read(entry, attributes).ok_or(OperationError::Lacking("an account's objectGUID or sAMAccountName"))
    };
    entries.iter().map(account).collect()
}

/// Consecutive lookups, few enough for one query.
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
        // One that is too large goes alone.
        let (batch, after) = rest.split_at(fitting.count().max(1).min(rest.len()));
        rest = after;
        (!batch.is_empty()).then_some(batch)
    })
}

#[cfg(test)]
mod tests {
    use super::{Clause, Guid, Lookup, batches};

    #[test]
    fn a_guid_is_read_as_windows_writes_it() {
        let guid = Guid::parse("{6B29FC40-CA47-1067-B31D-00DD010662DA}").expect("a GUID");
        assert_eq!(guid.as_dn(), "<GUID=40fc296b47ca6710b31d00dd010662da>");
        assert_eq!(guid.to_string(), "6b29fc40-ca47-1067-b31d-00dd010662da");
        assert!(Guid::parse("6B29FC40-CA47-1067-B31D-00DD010662D").is_none());
        assert!(Guid::parse("é6b29fc-ca47-1067-b31d-00dd010662da").is_none());
    }

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
