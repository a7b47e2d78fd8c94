//! The lines of `adphoto check` about the connection and the domain.

use std::error::Error;
use std::net::SocketAddr;

use crate::directory::check::{Certificate, Controller, Identity};
use crate::directory::{ConnectError, ConnectOptions, OperationError, PhotoSchema};
use crate::failure::Advice;
use crate::report::Check;

pub(super) const DNS: &str = "dns";
pub(super) const TCP: &str = "tcp";
pub(super) const TLS: &str = "tls";
pub(super) const BIND: &str = "bind";
pub(super) const BASE_DN: &str = "base-dn";
pub(super) const LEVEL: &str = "level";
pub(super) const WRITABLE: &str = "writable";
pub(super) const SCHEMA: &str = "schema";
pub(super) const ACCOUNTS: &str = "accounts";
pub(super) const READ: &str = "read";
pub(super) const WRITE: &str = "write";
pub(super) const ADMIN_ACCOUNTS: &str = "admin-accounts";
/// The names of all lines, in their order.
pub(super) const ALL: [&str; 12] =
    [DNS, TCP, TLS, BIND, BASE_DN, LEVEL, WRITABLE, SCHEMA, ACCOUNTS, READ, WRITE, ADMIN_ACCOUNTS];

/// A certificate that expires within this many days is worth a warning.
const DAYS: i64 = 30;
/// The maximum number of a certificate's names that are shown.
const NAMES: usize = 4;

pub(super) fn dns(addresses: &[SocketAddr]) -> Check {
    let addresses: Vec<String> = addresses.iter().map(|address| address.ip().to_string()).collect();
    Check::ok(DNS, addresses.join(", "))
}

pub(super) fn unresolved(error: &ConnectError) -> Check {
    not_connected_at(DNS, error)
}

pub(super) fn tcp(knocked: &[(SocketAddr, Result<(), ConnectError>)]) -> Check {
    let open: Vec<String> =
        knocked.iter().filter(|(_, opened)| opened.is_ok()).map(|(address, _)| address.to_string()).collect();
    let closed = knocked.iter().find_map(|(address, opened)| Some((address, opened.as_ref().err()?)));
    match closed {
        None => Check::ok(TCP, format!("{} {} connections", open.join(", "), takes(open.len()))),
        Some((_, error)) if open.is_empty() => not_connected_at(TCP, error),
        Some((address, error)) => {
            let detail =
                format!("{} {} connections, not {address}: {}", open.join(", "), takes(open.len()), words(error));
            Check::warning(TCP, detail, "remove the dead address from DNS: every connection waits for it first")
        }
    }
}

fn takes(count: usize) -> &'static str {
    if count == 1 { "takes" } else { "take" }
}

pub(super) fn tls(certificate: Option<&Certificate>) -> Check {
    match certificate {
        Some(certificate) if certificate.days_left < DAYS => {
            Check::warning(TLS, described(certificate), "renew the domain controller's certificate soon")
        }
        Some(certificate) => Check::ok(TLS, described(certificate)),
        None => Check::ok(TLS, "the certificate is valid, but its details cannot be read"),
    }
}

pub(super) fn no_tls(certificate: Option<&Certificate>, error: &ConnectError) -> Check {
    let mut check = not_connected_at(TLS, error);
    if let Some(certificate) = certificate {
        check.detail += &format!("; the certificate is {}", described(certificate));
    }
    check
}

pub(super) fn without_tls(is_clear: bool) -> Check {
    Check::ok(
        TLS,
        match is_clear {
            true => "not used: the connection is in clear text, but does not leave this machine",
            false => "not used: Kerberos seals the connection, without a certificate",
        },
    )
}

fn described(certificate: &Certificate) -> String {
    let mut names = certificate.names.iter().take(NAMES).cloned().collect::<Vec<_>>().join(", ");
    match certificate.names.len() {
        0 => names += "no names",
        count if count > NAMES => names += &format!(" and {} more", count - NAMES),
        _ => {}
    }
    let days = match certificate.days_left {
        1 => "1 day left".to_owned(),
        days if days < 0 => "already expired".to_owned(),
        days => format!("{days} days left"),
    };
    format!("issued by {} for {names}, until {}, {days}", certificate.issuer, certificate.last_day)
}

pub(super) fn bind(who: &Identity) -> Check {
    let sid = who.account.as_ref().map(|account| format!(" ({})", account.sid)).unwrap_or_default();
    Check::ok(
        BIND,
        match who.is_confirmed {
            true => format!("as {}{sid}", who.name),
            false => format!("as {}, the name as given: the server does not tell who that is", who.name),
        },
    )
}

/// Returns the lines for an error after the handshake.
pub(super) fn not_connected(error: &ConnectError) -> Vec<Check> {
    match error {
        ConnectError::Domain { .. } => vec![Check::ok(BIND, "accepted"), not_connected_at(BASE_DN, error)],
        _ => vec![not_connected_at(BIND, error)],
    }
}

pub(super) fn base_dn(base_dn: &str, options: &ConnectOptions) -> Check {
    let whole = if options.base_dn.is_none() { " (the whole domain)" } else { "" };
    Check::ok(BASE_DN, format!("{base_dn}{whole}"))
}

pub(super) fn no_base_dn(error: &OperationError) -> Check {
    Check::failed(BASE_DN, words(error), error.advice().unwrap_or(AGAIN.into()))
}

pub(super) fn level(controller: &Controller) -> Check {
    let or_unknown = |level: &Option<String>| level.clone().unwrap_or_else(|| "unknown".to_owned());
    let name = controller.dns_name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
    let samba = if controller.is_samba { " (Samba)" } else { "" };
    let (domain, level) = (or_unknown(&controller.domain_level), or_unknown(&controller.level));
    Check::ok(LEVEL, format!("domain: {domain}; domain controller{name}: {level}{samba}"))
}

pub(super) fn writable(controller: &Controller) -> Check {
    match controller.is_read_only {
        true => Check::warning(
            WRITABLE,
            "a read-only domain controller (RODC): it refers writes to another one",
            "name a writable domain controller; `nltest /dsgetdc:DOMAIN /writable` finds one",
        ),
        false => Check::ok(WRITABLE, "a writable domain controller"),
    }
}

pub(super) fn schema(schema: &PhotoSchema, attribute: &str) -> Check {
    let limit = match schema.range_upper {
        Some(bytes) => format!("at most {bytes} bytes (rangeUpper)"),
        None => "no size limit".to_owned(),
    };
    Check::ok(SCHEMA, format!("{attribute}: {limit}"))
}

pub(super) fn no_attribute(attribute: &str) -> Check {
    let detail = format!("this domain's schema has no attribute {attribute}");
    Check::failed(
        SCHEMA,
        detail,
        "check that this is an Active Directory domain with the schema of Windows Server 2003 or later",
    )
}

const AGAIN: &str = "try again, or name another domain controller with --server";

/// Returns the line for a search that failed.
pub(super) fn no_answer(name: &'static str, error: &OperationError) -> Check {
    Check::failed(name, words(error), error.advice().unwrap_or(AGAIN.into()))
}

fn not_connected_at(name: &'static str, error: &ConnectError) -> Check {
    Check::failed(name, words(error), error.advice().unwrap_or(AGAIN.into()))
}

/// Returns an error with its causes, without the server, which the table shows anyway.
fn words(error: &dyn Error) -> String {
    let text = error.to_string();
    let mut words = match text.split_once("://").and_then(|(_, rest)| rest.split_once(": ")) {
        Some((_, rest)) if text.starts_with("ldap") => rest.to_owned(),
        _ => text,
    };
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !words.contains(&text) {
            words = format!("{words}: {text}");
        }
        cause = error.source();
    }
    words
}
