//! The file of each account's photo, and the text that names the account in the list.

use std::collections::{HashMap, HashSet};

use crate::directory::{Account, Guid, Sid};
use crate::naming::some_of;
use crate::report::{Code, Reason, is_plain};
use crate::saving::{FileName, account_files};

/// An account, and the file for its photo.
pub(super) struct Named {
    pub(super) account: Account,
    /// The name of the file, or the reason why there can be none.
    pub(super) file: Result<FileName, Reason>,
    /// The text by which import finds the account.
    pub(super) user: String,
}

/// Returns the accounts whose files would have the same name. Only accounts that have a photo are in each other's way:
/// an administrator's second account has the same employeeID, and usually no photo.
pub(super) fn shared(accounts: &[Account], by: Option<&str>) -> Vec<Guid> {
    let Some(by) = by else { return Vec::new() };
    groups(accounts, by).into_values().filter(|group| group.len() > 1).flatten().map(|account| account.guid).collect()
}

/// Names the files after the attribute `by`, or after the sAMAccountName. `holders` are the accounts with a photo among
/// those that [`shared`] returns. With `by_sid`, the list names accounts of Active Directory by their SIDs.
pub(super) fn named(accounts: Vec<Account>, by: Option<&str>, holders: &HashSet<Guid>, by_sid: bool) -> Vec<Named> {
    let logon_names: Vec<&str> = accounts.iter().map(|account| account.sam_account_name.as_str()).collect();
    let logon_files = account_files(&logon_names);
    // A name that a list cannot hold, or that import could take for another account, is replaced by the objectGUID.
    let users: Vec<String> = accounts
        .iter()
        .zip(&logon_files)
        .map(|(account, file)| match Sid::from_bytes(&account.sid).filter(|_| by_sid) {
            Some(sid) => sid.to_string(),
            None if !file.has_twin && is_plain(&account.sam_account_name) => account.sam_account_name.clone(),
            None => account.guid.to_string(),
        })
        .collect();
    let files: Vec<Result<FileName, Reason>> = match by {
        None => logon_files.into_iter().map(|file| Ok(file.name)).collect(),
        Some(by) => named_by(&accounts, by, holders),
    };
    let parts = accounts.into_iter().zip(files).zip(users);
    parts.map(|((account, file), user)| Named { account, file, user }).collect()
}

fn named_by(accounts: &[Account], by: &str, holders: &HashSet<Guid>) -> Vec<Result<FileName, Reason>> {
    let groups = groups(accounts, by);
    let values: Vec<&str> = groups.keys().map(String::as_str).collect();
    let files: HashMap<&str, FileName> =
        values.iter().copied().zip(account_files(&values).into_iter().map(|file| file.name)).collect();
    let file = |account: &Account| {
        let value = value(account, by)?;
        let others: Vec<String> = groups[&value]
            .iter()
            .filter(|other| other.guid != account.guid && holders.contains(&other.guid))
            .map(|other| other.sam_account_name.clone())
            .collect();
        if others.is_empty() { Ok(files[value.as_str()].clone()) } else { Err(not_alone(by, &value, &others)) }
    };
    accounts.iter().map(file).collect()
}

/// Returns the accounts by the value after which their file is named.
fn groups<'a>(accounts: &'a [Account], by: &str) -> HashMap<String, Vec<&'a Account>> {
    let mut groups: HashMap<String, Vec<&Account>> = HashMap::new();
    for account in accounts {
        if let Ok(value) = value(account, by) {
            groups.entry(value).or_default().push(account);
        }
    }
    groups
}

/// Returns the value after which the account's file is named.
fn value(account: &Account, by: &str) -> Result<String, Reason> {
    if by == "objectGUID" {
        return Ok(account.guid.to_string());
    }
    let sid = Sid::from_bytes(&account.sid).filter(|_| by == "objectSid");
    if let Some(sid) = sid {
        return Ok(sid.to_string());
    }
    let help = "fill in the attribute, or name the files after another one (--name-by)";
    match &account.keys[..] {
        [value] if !value.trim().is_empty() => Ok(value.clone()),
        [] | [_] => Err(Reason::with(
            Code::NoName,
            &format!("the account has no {by} after which its file could be named"),
            help,
        )),
        values => {
            let text =
                format!("the account has {} values of {by}, and its file could have any of their names", values.len());
            Err(Reason::with(Code::NoName, &text, help))
        }
    }
}

fn not_alone(by: &str, value: &str, others: &[String]) -> Reason {
    Reason::with(
        Code::SharedName,
        &format!("its {by} {value} is also that of {}, so both files would have the same name", some_of(others)),
        format!("correct the {by} of one of them, or leave one out with --filter; neither photo was saved"),
    )
}
