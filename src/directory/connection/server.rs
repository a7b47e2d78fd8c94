//! The address of a domain controller, and how the connection to it is protected.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

use crate::directory::discover::DomainName;
use crate::failure::Advice;

/// How a connection is protected against reading and changing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// TLS from the start (`ldaps://`).
    Tls,
    /// TLS by the StartTLS operation before anything else (`ldap://`).
    StartTls,
    /// Kerberos' own sealing (`ldap://` with Kerberos), which needs no certificate.
    Sealed,
    /// No protection: on loopback addresses only, and only with `--allow-clear-text`.
    None,
}

/// The address of a domain controller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// A DNS name or an IP address; an IPv6 address without brackets.
    pub host: String,
    /// The port; if none was given, 636 for `ldaps://` and 389 for `ldap://`.
    pub port: u16,
    pub protection: Protection,
    /// The host's addresses if they are known already; if empty, the system looks them up.
    pub addresses: Vec<IpAddr>,
}

/// The reason why a `--server` cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServerError {
    #[error("`{0}` is neither a host name nor a URL such as ldaps://dc1.ad.example.com")]
    Malformed(String),
    /// The URL has a path, a user or a query.
    #[error("`{0}` has more than a scheme, a host and a port; pass a base DN and a user with --base-dn and --user")]
    TooMuch(String),
    /// The URL's scheme is neither ldap nor ldaps.
    #[error("`{0}` does not start with ldaps:// or ldap://")]
    Scheme(String),
    /// The port is the Global Catalog's.
    #[error("port {0} is the Global Catalog, which has no thumbnailPhoto; use port 636 (ldaps) or 389 (StartTLS)")]
    GlobalCatalog(u16),
    /// `--allow-clear-text` was given with a host that is not this machine.
    #[error(
        "`{0}` is not this machine: --allow-clear-text works with loopback addresses only, because everybody on the \
         network could read the password; leave it out, and TLS protects the connection"
    )]
    ClearText(String),
    /// `--allow-clear-text` was given without `--server`.
    #[error(
        "--allow-clear-text needs --server and a loopback address: domain controllers found by DNS are on other \
         machines"
    )]
    ClearTextByName,
    /// `--server` and `--domain` were given together.
    #[error(
        "--server and --domain exclude each other: --server names the domain controllers, with --domain DNS does; \
         leave one out (either may come from the environment, as ADPHOTO_SERVER or ADPHOTO_DOMAIN)"
    )]
    ServerAndDomain,
}

impl Advice for ServerError {
    fn is_usage(&self) -> bool {
        true
    }
}

impl Server {
    /// Reads `ldaps://HOST[:PORT]`, `ldap://HOST[:PORT]` or `HOST[:PORT]`.
    ///
    /// `ldap` is what protects an `ldap://` connection. If that is Kerberos (`Sealed`), a host without a scheme means
    /// `ldap://`, otherwise `ldaps://`.
    ///
    /// # Errors
    /// When the text has none of these forms, names the Global Catalog, or asks for clear text to another machine.
    pub fn parse(text: &str, ldap: Protection) -> Result<Self, ServerError> {
        let shown = masked(text);
        let malformed = || ServerError::Malformed(shown.clone());
        let scheme = if ldap == Protection::Sealed { "ldap" } else { "ldaps" };
        let url = if text.contains("://") { text.to_owned() } else { format!("{scheme}://{text}") };
        let url = Url::parse(&url).map_err(|_| malformed())?;
        let (protection, default_port) = match url.scheme() {
            "ldaps" => (Protection::Tls, 636),
            "ldap" => (ldap, 389),
            _ => return Err(ServerError::Scheme(shown)),
        };
        if !matches!(url.path(), "" | "/")
            || url.query().is_some()
            || url.fragment().is_some()
            || !url.username().is_empty()
            || url.password().is_some()
        {
            return Err(ServerError::TooMuch(shown));
        }
        let host = match url.host().ok_or_else(malformed)? {
            Host::Domain("") => return Err(malformed()),
            Host::Domain(name) => name.to_ascii_lowercase(),
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        };
        if !host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':')) {
            return Err(malformed());
        }
        let port = url.port().unwrap_or(default_port);
        if matches!(port, 3268 | 3269) {
            return Err(ServerError::GlobalCatalog(port));
        }
        if protection == Protection::None && !is_loopback(&host) {
            return Err(ServerError::ClearText(host));
        }
        Ok(Self { host, port, protection, addresses: Vec::new() })
    }

    /// Returns whether both are the same server; their known addresses do not count.
    pub(in crate::directory) fn is_same_as(&self, other: &Self) -> bool {
        (&self.host, self.port, self.protection) == (&other.host, other.port, other.protection)
    }

    /// Returns whether `url` is the LDAP service of the same host, whatever protects the connection: a journal may name
    /// `ldap://HOST:389` where this run uses `ldaps://HOST:636`.
    pub(in crate::directory) fn is_also(&self, url: &str) -> bool {
        const USUAL: [Option<u16>; 3] = [None, Some(389), Some(636)];
        let usual = |port: Option<u16>| USUAL.contains(&port);
        host_of(url).is_some_and(|(host, port)| host == self.host && usual(port) && usual(Some(self.port)))
    }

    /// Returns whether a referral means this server.
    pub(in crate::directory) fn is_named_by(&self, reference: &str) -> bool {
        let Some((host, port)) = host_of(reference) else { return false };
        host == self.host && port.is_none_or(|port| port == self.port)
    }

    /// Returns the server that a referral means, protected like this one, if its name is in one of `domains`. If this
    /// connection has no protection, no referral is trusted.
    pub(in crate::directory) fn in_domain<'d>(
        &self,
        reference: &str,
        mut domains: impl Iterator<Item = &'d str>,
    ) -> Option<Self> {
        let (host, _) = host_of(reference)?;
        let port = match self.protection {
            Protection::Tls => 636,
            Protection::StartTls | Protection::Sealed => 389,
            Protection::None => return None,
        };
        let is_below = |domain: &str| {
            domain.parse::<DomainName>().is_ok_and(|domain| !domain.may_be_netbios() && domain.holds(&host))
        };
        domains.any(is_below).then_some(Self { host, port, protection: self.protection, addresses: Vec::new() })
    }

    /// Returns the URL, as `ldap3` and the journal write it.
    pub(in crate::directory) fn url(&self) -> String {
        let scheme = if self.protection == Protection::Tls { "ldaps" } else { "ldap" };
        match self.host.contains(':') {
            true => format!("{scheme}://[{}]:{}", self.host, self.port),
            false => format!("{scheme}://{}:{}", self.host, self.port),
        }
    }
}

/// Returns the part of a `--server` that a message or a log may repeat. What stands before an `@`, a query, and what is in
/// the place of a port and is none may be a password.
#[must_use]
pub fn masked(text: &str) -> String {
    let end = text.find(['?', '#']).unwrap_or(text.len());
    let (before, secret) = text.split_at(end);
    let shown = match before.rsplit_once('@') {
        Some((_, host)) => format!("…@{}", without_password(host)),
        None if secret.contains('@') => "…".to_owned(),
        None => without_password(before),
    };
    if secret.is_empty() { shown } else { format!("{shown}?…") }
}

/// Masks what stands behind a host and a colon, unless it is a port: it may be the beginning of a password with a comma.
fn without_password(text: &str) -> String {
    let (scheme, host) = text.find("://").map_or(("", text), |at| text.split_at(at + "://".len()));
    let is_port = |port: &str| port.trim_end_matches('/').bytes().all(|byte| byte.is_ascii_digit());
    match host.split_once(':') {
        Some((name, port)) if !host.starts_with('[') && !is_port(port) => format!("{scheme}{name}:…"),
        _ => text.to_owned(),
    }
}

/// Returns the host and port of a referral such as `ldap://dc2.ad.example.com/CN=…`.
fn host_of(reference: &str) -> Option<(String, Option<u16>)> {
    let url = Url::parse(reference).ok()?;
    Some((url.host_str()?.to_ascii_lowercase(), url.port()))
}

/// Returns whether `host` is this machine: a loopback address, or the one name that means it everywhere (RFC 6761 6.3).
fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url())
    }
}

#[cfg(test)]
mod tests {
    use super::{Protection, Server, ServerError};

    #[test]
    fn a_host_means_ldaps_and_ldap_means_starttls() {
        for (text, protection, shown) in [
            ("dc1.example.com", Protection::Tls, "ldaps://dc1.example.com:636"),
            ("dc1:1636", Protection::Tls, "ldaps://dc1:1636"),
            ("LDAP://DC1.example.com/", Protection::StartTls, "ldap://dc1.example.com:389"),
            ("ldaps://[::1]", Protection::Tls, "ldaps://[::1]:636"),
        ] {
            let server = Server::parse(text, Protection::StartTls).expect(text);
            assert_eq!((server.protection, server.to_string().as_str()), (protection, shown));
        }
    }

    #[test]
    fn with_kerberos_a_host_means_sealed_ldap() {
        for (text, protection, shown) in [
            ("dc1.example.com", Protection::Sealed, "ldap://dc1.example.com:389"),
            ("ldap://dc1:1389", Protection::Sealed, "ldap://dc1:1389"),
            ("ldaps://dc1", Protection::Tls, "ldaps://dc1:636"),
        ] {
            let server = Server::parse(text, Protection::Sealed).expect(text);
            assert_eq!((server.protection, server.to_string().as_str()), (protection, shown));
        }
    }

    #[test]
    fn clear_text_stays_on_this_machine() {
        for here in ["ldap://127.0.0.1:1389", "ldap://localhost", "ldap://[::1]"] {
            assert_eq!(
                Server::parse(here, Protection::None).map(|server| server.protection),
                Ok(Protection::None),
                "{here}"
            );
        }
        for away in ["ldap://10.0.0.1", "ldap://dc1", "ldap://127.0.0.1.example.com", "ldap://localhost.example.com"] {
            assert!(matches!(Server::parse(away, Protection::None), Err(ServerError::ClearText(_))), "{away}");
        }
        assert_eq!(Server::parse("ldaps://dc1", Protection::None).map(|server| server.protection), Ok(Protection::Tls));
    }

    #[test]
    fn a_referral_is_followed_inside_the_domain_only_and_as_well_protected() {
        let server = Server::parse("ldaps://dc1.ad.example.com", Protection::StartTls).expect("a server");
        let follow = |reference: &str| {
            server.in_domain(reference, ["EXAMPLE", "ad.example.com"].into_iter()).map(|server| server.to_string())
        };
        assert_eq!(follow("ldap://DC2.ad.example.com/CN=x,DC=ad"), Some("ldaps://dc2.ad.example.com:636".to_owned()));
        for away in ["ldap://dc2.example.com", "ldap://evilad.example.com", "ldap://EXAMPLE", "ldap:///DC=x", "dc2"] {
            assert_eq!(follow(away), None, "{away}");
        }
        let sealed = Server::parse("dc1.ad.example.com", Protection::Sealed).expect("a server");
        let other = sealed.in_domain("ldaps://dc2.ad.example.com", ["ad.example.com"].into_iter()).expect("a server");
        assert_eq!((other.port, other.protection), (389, Protection::Sealed));
        let clear = Server::parse("ldap://localhost:1", Protection::None).expect("a server");
        assert_eq!(clear.in_domain("ldap://dc2.ad.example.com", ["ad.example.com"].into_iter()), None);
        assert!(clear.is_named_by("ldap://localhost:1/DC=x") && clear.is_named_by("ldap://localhost"));
        assert!(!clear.is_named_by("ldap://localhost:2") && !server.is_named_by("ldap://dc2.ad.example.com"));
    }

    #[test]
    fn a_server_is_the_same_however_it_is_protected() {
        let server = Server::parse("ldaps://dc1.ad.example.com", Protection::StartTls).expect("a server");
        assert!(server.is_also("ldap://dc1.ad.example.com:389") && server.is_also("ldaps://dc1.ad.example.com:636"));
        for other in ["ldaps://dc2.ad.example.com:636", "ldaps://dc1.ad.example.com:1636", "dc1", ""] {
            assert!(!server.is_also(other), "{other}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused_without_repeating_a_password() {
        assert_eq!(Server::parse("ldap://dc1:3268", Protection::StartTls), Err(ServerError::GlobalCatalog(3268)));
        assert_eq!(Server::parse("https://dc1", Protection::StartTls), Err(ServerError::Scheme("https://dc1".into())));
        for text in ["", "ldaps://", "dc 1", "dc1:x"] {
            assert!(matches!(Server::parse(text, Protection::StartTls), Err(ServerError::Malformed(_))), "{text:?}");
        }
        for text in [
            "ldaps://a:secret@dc1",
            "ldapss://a:secret@dc1",
            "ldaps://a:secret@dc1:x",
            "ldaps://a:se/secret@dc1",
            "ldaps://a:se?secret@dc1",
            "ldaps://a:se#secret@dc1",
            "ldaps://dc1?pw=secret",
            "ldaps://dc1/?pw=secret",
            "ldaps://dc1:x?pw=secret",
            "ldapss://dc1/?pw=secret@x",
            "dc1?pw=secret",
            "ldap://dc1#secret",
            "?pw=secret",
            "a:secret@dc1",
            // The part of `--server a:secret,more@dc1` before the comma.
            "a:secret",
            "ldaps://a:secret",
        ] {
            let error = Server::parse(text, Protection::StartTls).expect_err("a password").to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
