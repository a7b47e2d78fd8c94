//! Names that may become part of a question to DNS.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use crate::failure::Advice;

/// What DNS takes (RFC 1035 2.3.4), less what discovery puts before a domain's name.
const MAX_DOMAIN: usize = 180;
const MAX_LABEL: usize = 63;

/// Why a name cannot be one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Something other than labels between dots.
    #[error("a domain's DNS name is needed, such as ad.example.com: letters, digits, hyphens and dots")]
    Domain,
    /// An address.
    #[error("an address is no domain; --server takes it")]
    Address,
    /// Something other than one label.
    #[error("a site's name has letters, digits, hyphens and underscores, at most 63")]
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
    /// Whether this host name is the domain's, and one that can be used.
    pub(in crate::directory) fn holds(&self, host: &str) -> bool {
        let inside = host.strip_suffix(&self.0).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        inside && host.split('.').all(is_label)
    }

    /// A single label, which a DNS domain hardly ever is and a NetBIOS name always.
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
        if name.len() > MAX_DOMAIN || !name.split('.').all(is_label) {
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
    (1..=MAX_LABEL).contains(&label.len())
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
