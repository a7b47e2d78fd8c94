//! Keeps many accounts in little memory.

use std::collections::HashMap;

use ldap3::Scope;

use super::account::{Account, AccountQuery, LACKING, user_accounts, wanted};
use super::directory::Directory;
use crate::directory::connection::OperationError;
use crate::directory::guid::Guid;
use crate::directory::sessions::Entry;

/// Size of a page in bytes. Pages are not moved when there are more of them, as the content of a growing vector is.
const PAGE: usize = 256 * 1024;

/// Accounts, packed one behind the other. An [`Account`] by itself takes three times as much, most of it for the
/// allocations of its texts.
#[derive(Debug, Default)]
pub struct PackedAccounts {
    pages: Vec<Vec<u8>>,
    /// For each account, its page and where it begins there.
    places: Vec<(u32, u32)>,
    rows: HashMap<Guid, AccountRow>,
}

/// The place of an account among others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AccountRow(u32);

impl PackedAccounts {
    /// Returns the number of accounts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Adds an account, or replaces the one with the same objectGUID.
    pub fn insert(&mut self, account: &Account) -> AccountRow {
        let packed = packed(account);
        if self.pages.last().is_none_or(|page| page.len() + packed.len() > PAGE) {
            self.pages.push(Vec::with_capacity(PAGE.max(packed.len())));
        }
        let page = self.pages.len() - 1;
        let place = (page as u32, self.pages[page].len() as u32);
        self.pages[page].extend(packed);
        let next = AccountRow(self.places.len() as u32);
        let row = *self.rows.entry(account.guid).or_insert(next);
        if row == next {
            self.places.push(place)
        } else {
            self.places[row.0 as usize] = place
        }
        row
    }

    /// Returns the place of the account with this objectGUID.
    #[must_use]
    pub fn row(&self, guid: Guid) -> Option<AccountRow> {
        self.rows.get(&guid).copied()
    }

    /// Returns all places, in the order in which the accounts came.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = AccountRow> + use<> {
        (0..self.places.len() as u32).map(AccountRow)
    }

    /// Returns the account at a place that these accounts have given out.
    #[must_use]
    pub fn get(&self, AccountRow(row): AccountRow) -> Account {
        let (page, start) = self.places[row as usize];
        unpacked(&self.pages[page as usize][start as usize..])
    }
}

fn packed(account: &Account) -> Vec<u8> {
    let Account { dn, guid, sid, sam_account_name, keys, display_name, department, names, columns, details, enabled } =
        account;
    let mut out = vec![u8::from(*enabled)];
    out.extend(guid.0);
    for text in [dn.as_bytes(), sid, sam_account_name.as_bytes()] {
        put(&mut out, text);
    }
    for text in [display_name, department] {
        put_all(&mut out, text.as_slice());
    }
    for texts in [keys, names, columns, details] {
        put_all(&mut out, texts);
    }
    out
}

fn unpacked(bytes: &[u8]) -> Account {
    let mut rest = bytes;
    let enabled = rest[0] == 1;
    let mut guid = [0; 16];
    guid.copy_from_slice(&rest[1..17]);
    rest = &rest[17..];
    // Fields are evaluated in the order in which they stand here, which is that of `packed`.
    Account {
        enabled,
        guid: Guid(guid),
        dn: text(&mut rest),
        sid: take(&mut rest).to_vec(),
        sam_account_name: text(&mut rest),
        display_name: texts(&mut rest).pop(),
        department: texts(&mut rest).pop(),
        keys: texts(&mut rest),
        names: texts(&mut rest),
        columns: texts(&mut rest),
        details: texts(&mut rest),
    }
}

/// Writes a number, seven bits in a byte, the lowest first; the eighth bit says that there are more.
fn put_number(out: &mut Vec<u8>, mut number: usize) {
    while number > 0x7f {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn number(rest: &mut &[u8]) -> usize {
    let (mut number, mut shift) = (0, 0);
    loop {
        let byte = rest[0];
        *rest = &rest[1..];
        number |= usize::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return number;
        }
    }
}

fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len());
    out.extend(bytes);
}

fn put_all(out: &mut Vec<u8>, texts: &[String]) {
    put_number(out, texts.len());
    texts.iter().for_each(|text| put(out, text.as_bytes()));
}

fn take<'r>(rest: &mut &'r [u8]) -> &'r [u8] {
    let length = number(rest);
    let (taken, after) = rest.split_at(length);
    *rest = after;
    taken
}

fn text(rest: &mut &[u8]) -> String {
    String::from_utf8_lossy(take(rest)).into_owned()
}

fn texts(rest: &mut &[u8]) -> Vec<String> {
    (0..number(rest)).map(|_| text(rest)).collect()
}

impl Directory {
    /// Returns the same accounts as [`list_accounts`](Self::list_accounts), in little memory: they are not sorted, have
    /// no names and details, and those that are not wanted are left out.
    ///
    /// # Errors
    /// When the search fails.
    pub async fn list_many(
        &self,
        query: &AccountQuery<'_>,
        is_wanted: impl Fn(&Account) -> bool,
    ) -> Result<PackedAccounts, OperationError> {
        let (filter, attributes) = (user_accounts(query.filter), [query.attribute.to_owned()]);
        let all = [&attributes, query.columns].concat();
        let wanted = wanted(&all);
        self.link
            .persist(async |session| {
                let (mut accounts, mut is_whole) = (PackedAccounts::default(), true);
                let each = |entry: Entry| match Account::read(&entry, &attributes, query.columns) {
                    Some(account) if is_wanted(&account) => {
                        accounts.insert(&Account { names: Vec::new(), details: Vec::new(), ..account });
                    }
                    Some(_) => {}
                    None => is_whole = false,
                };
                session.search_each(&self.domain().base_dn, Scope::Subtree, &filter, &wanted, each).await?;
                if is_whole { Ok(accounts) } else { Err(LACKING) }
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::{Account, Guid, PAGE, PackedAccounts};

    fn account(number: u8, text: &str) -> Account {
        let texts = |count: u8| (0..count).map(|place| format!("{text} {place}")).collect();
        Account {
            dn: format!("CN={text},DC=example"),
            guid: Guid([number; 16]),
            sid: vec![number; usize::from(number)],
            sam_account_name: text.to_owned(),
            keys: texts(number % 3),
            display_name: number.is_multiple_of(2).then(|| text.to_owned()),
            department: number.is_multiple_of(3).then(String::new),
            names: texts(number % 4),
            columns: texts(number % 5),
            details: texts(number % 2),
            enabled: number % 2 == 1,
        }
    }

    #[test]
    fn what_was_packed_is_unpacked() {
        let mut accounts = PackedAccounts::default();
        let long = "x".repeat(PAGE + 1);
        let texts = ["", "ü", "anna", &"a".repeat(127), &"b".repeat(128), &"c".repeat(20_000), &long];
        let all: Vec<Account> = (0..=255).map(|number: u8| account(number, texts[usize::from(number) % 7])).collect();
        let rows: Vec<_> = all.iter().map(|account| accounts.insert(account)).collect();
        assert_eq!((accounts.len(), accounts.is_empty()), (256, false));
        assert!(accounts.rows().eq(rows.iter().copied()));
        for (account, row) in all.iter().zip(&rows).rev() {
            assert_eq!((&accounts.get(*row), accounts.row(account.guid)), (account, Some(*row)));
        }
        let renamed = account(7, "renamed");
        assert_eq!((accounts.insert(&renamed), accounts.len()), (rows[7], 256));
        assert_eq!(accounts.get(rows[7]), renamed);
        assert_eq!(accounts.get(rows[8]), all[8]);
    }
}
