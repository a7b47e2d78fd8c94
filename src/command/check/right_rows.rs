//! The lines of `adphoto check` about accounts and rights.

use super::rows::{ACCOUNTS, ADMIN_ACCOUNTS, READ, WRITE};
use crate::directory::check::{Delegation, Rights};
use crate::directory::{Guid, InScope};
use crate::report::{Check, Undo};

/// The maximum number of accounts that one line names.
const NAMED: usize = 3;

pub(super) fn accounts(accounts: &InScope, own: Option<Guid>) -> Check {
    let mut all = accounts.enabled.iter().chain(&accounts.protected);
    let enabled = accounts.enabled.len() + accounts.protected.len();
    let mut detail = format!("{enabled} enabled, {} disabled", accounts.disabled);
    if own.is_some_and(|own| all.any(|guid| *guid == own)) {
        // Without these words, one account would seem to be missing in the lines below.
        detail += "; yours is left out below, because everybody may write their own photo";
    }
    match enabled {
        0 => Check::warning(
            ACCOUNTS,
            detail,
            "check --base-dn, and that the account that signs in may see the accounts below it",
        ),
        _ => Check::ok(ACCOUNTS, detail),
    }
}

pub(super) fn read(sample: &[Rights], all: usize, base_dn: &str, run: Option<&Delegation>) -> Check {
    if sample.is_empty() {
        return Check::not_tried(READ, NOBODY);
    }
    let refused: Vec<&Rights> = sample.iter().filter(|rights| rights.readable == Some(false)).collect();
    let readable = sample.iter().filter(|rights| rights.readable == Some(true)).count();
    if !refused.is_empty() {
        return delegated(Check::failed(READ, counted(readable, sample, all, &refused), remedy(base_dn, run)), run);
    }
    let unknown = sample.len() - readable;
    match unknown {
        0 => Check::ok(READ, counted(readable, sample, all, &[])),
        _ => Check::warning(
            READ,
            format!(
                "{}; unknown for {unknown}: they show no photo, and you may not read their access lists",
                counted(readable, sample, all, &[])
            ),
            "an import leaves a photo that it may not read as it is, and reports that",
        ),
    }
}

pub(super) fn write(sample: &[Rights], all: usize, base_dn: &str, run: Option<&Delegation>) -> Check {
    let refused: Vec<&Rights> = sample.iter().filter(|rights| !rights.writable).collect();
    let writable = sample.len() - refused.len();
    let detail = counted(writable, sample, all, &refused);
    match (sample.len(), refused.len()) {
        (0, _) => Check::not_tried(WRITE, NOBODY),
        (_, 0) => Check::ok(WRITE, detail),
        _ if writable > 0 => {
            let remedy = format!(
                "these accounts may be outside the delegation, or block inheritance; name a narrower --base-dn, or {}",
                remedy(base_dn, run)
            );
            delegated(Check::failed(WRITE, detail, remedy), run)
        }
        _ => delegated(Check::failed(WRITE, detail, remedy(base_dn, run)), run),
    }
}

pub(super) fn admin_accounts(sample: &[Rights], all: usize) -> Check {
    if sample.is_empty() {
        return Check::ok(ADMIN_ACCOUNTS, "no other enabled account with adminCount=1 in scope");
    }
    let refused: Vec<&Rights> = sample.iter().filter(|rights| !rights.writable).collect();
    let detail =
        format!("with adminCount=1: may write {}", { counted(sample.len() - refused.len(), sample, all, &refused) });
    match refused.len() {
        0 => Check::ok(ADMIN_ACCOUNTS, detail),
        _ => Check::warning(
            ADMIN_ACCOUNTS,
            detail,
            "Windows removes inherited delegations from these accounts on purpose (AdminSDHolder): have an \
             administrator write their photos",
        ),
    }
}

const NOBODY: &str = "no other enabled account in scope";

/// Returns a text such as `97 of 100 accounts, a sample of 20000; not CN=…`.
fn counted(may: usize, sample: &[Rights], all: usize, refused: &[&Rights]) -> String {
    let accounts = if sample.len() == 1 { "account" } else { "accounts" };
    let mut text = format!("{may} of {} {accounts}", sample.len());
    if all > sample.len() {
        text += &format!(", a sample of {all}");
    }
    if !refused.is_empty() {
        text += "; not ";
        text += &refused.iter().take(NAMED).map(|rights| rights.dn.as_str()).collect::<Vec<_>>().join("; ");
        if refused.len() > NAMED {
            text += &format!("; and {} more", refused.len() - NAMED);
        }
    }
    text
}

fn remedy(base_dn: &str, run: Option<&Delegation>) -> String {
    match run {
        Some(_) => format!(
            "have a domain administrator delegate this right, and nothing else, for all users below {base_dn}; on a \
             domain controller:"
        ),
        None => format!(
            "have a domain administrator let the account that signs in read and write thumbnailPhoto of all users \
             below {base_dn}"
        ),
    }
}

fn delegated(check: Check, run: Option<&Delegation>) -> Check {
    let undo = run.map(|run| Undo { run: run.take_back.clone(), caution: run.caution });
    Check { run: run.map(|run| run.give.clone()), undo, ..check }
}
