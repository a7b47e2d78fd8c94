//! Names of domains and sites, checked before they become part of a DNS name.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use crate::failure::Advice;

/// The longest domain name, in bytes: DNS allows 255 (RFC 1035 2.3.4), of which discovery needs some for
/// `_ldap._tcp.SITE._sites.dc._msdcs.`.
const MAX_DOMAIN_BYTES: usize = 180;
/// The longest label, in bytes (RFC 1035 2.3.4).
const MAX_LABEL_BYTES: usize = 63;

/// The reason why a text is not the name of a domain or site.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// The text is not a list of labels with dots between them.
    #[error("not a domain's DNS name such as ad.example.com: it may have letters, digits, hyphens and dots")]
    Domain,
    /// The text is an IP address.
    #[error("an IP address is not a domain; pass it with --server")]
    Address,
    /// The text is not a single label.
    #[error("not a site's name: it may have letters, digits, hyphens and underscores, at most 63")]
    Site,
}

impl Advice for NameError {
    fn is_usage(&self) -> bool {
        true
    }
}

/// The DNS name of a domain, in lower case and without a dot at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainName(String);

impl DomainName {
    /// Returns whether `host` is a valid name in this domain or is the domain itself.
    pub(in crate::directory) fn holds(&self, host: &str) -> bool {
        let inside = host.strip_suffix(&self.0).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        inside && host.split('.').all(is_label)
    }

    /// Returns whether the name is a single label: DNS domains hardly ever are, NetBIOS names always.
    pub(in crate::directory) fn may_be_netbios(&self) -> bool {
        !self.0.contains('.')
    }
}

impl FromStr for DomainName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        if text.parse::<IpAddr>().is_ok() {
            return Err(NameError::Address);
        }
        if name.len() > MAX_DOMAIN_BYTES || !name.split('.').all(is_label) {
            return Err(NameError::Domain);
        }
        Ok(Self(name))
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of a site, as in Active Directory Sites and Services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteName(String);

impl FromStr for SiteName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if is_label(text) { Ok(Self(text.to_owned())) } else { Err(NameError::Site) }
    }
}

impl fmt::Display for SiteName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_label(label: &str) -> bool {
    (1..=MAX_LABEL_BYTES).contains(&label.len())
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::{DomainName, NameError, SiteName};

    #[test]
    fn a_domain_has_a_dns_name() {
        for text in ["ad.example.com", "AD.Example.COM", "ad.example.com."] {
            assert_eq!(text.parse::<DomainName>().map(|name| name.to_string()), Ok("ad.example.com".to_owned()));
        }
        assert_eq!("EXAMPLE".parse::<DomainName>().map(|name| name.may_be_netbios()), Ok(true));
        let long = "a.".repeat(100);
        for text in ["", ".", "ad..example", ".example", "EXAMPLE\\anna", "ldap://dc1", "a b", "müller.test", &long] {
            assert_eq!(text.parse::<DomainName>(), Err(NameError::Domain), "{text}");
        }
        for text in ["10.0.0.1", "::1"] {
            assert_eq!(text.parse::<DomainName>(), Err(NameError::Address), "{text}");
        }
    }

    #[test]
    fn a_site_is_one_label() {
        assert!("Default-First-Site-Name".parse::<SiteName>().is_ok());
        for text in ["", "a.b", "a b", "a*", &"a".repeat(64)] {
            assert_eq!(text.parse::<SiteName>(), Err(NameError::Site), "{text}");
        }
    }
}
