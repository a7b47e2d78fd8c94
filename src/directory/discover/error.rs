//! Errors of finding domain controllers, with advice.

use std::borrow::Cow;
use std::time::Duration;

use hickory_resolver::net::NetError;

use super::DomainName;
use crate::failure::Advice;

/// The maximum number of names in one message; the others are only counted.
const NAMES_SHOWN: usize = 4;

/// Why no domain controller was found.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// The user gave no domain, and this machine's settings name none.
    #[error("neither a domain nor a domain controller was given, and this machine's settings name no domain")]
    NoDomain,
    /// The domain is known only from the DNS search list, which whoever runs the network (DHCP) can set.
    #[error("this machine's domain is known only from the search domain of its DNS settings: {0}")]
    Unsure(DomainName),
    /// DNS answered NXDOMAIN.
    #[error("there is no domain {domain}: {asked} knows no such name")]
    NoSuchDomain { domain: DomainName, asked: String },
    /// The domain exists in DNS, but has no SRV records of domain controllers.
    #[error("{domain} has no domain controllers: {asked} has no SRV records _ldap._tcp.dc._msdcs.{domain}")]
    NoControllers { domain: DomainName, asked: String },
    /// All SRV records name hosts outside the domain.
    #[error("DNS names no domain controller inside {domain}, only {}", some_of(names))]
    AllOutside {
        domain: DomainName,
        /// The host names in the records.
        names: Vec<String>,
    },
    #[error("{asked} did not answer within {} s", waited.as_secs_f32())]
    NoAnswer { asked: String, waited: Duration },
    /// The DNS server answered REFUSED.
    #[error("{asked} refuses to answer questions about {domain}")]
    Refused { domain: DomainName, asked: String },
    /// The lookup failed for another reason.
    #[error("{asked} could not be asked for the domain controllers of {domain}")]
    Failed { domain: DomainName, asked: String, source: Box<NetError> },
    /// The system's settings name no DNS server.
    #[error("this machine has no usable DNS settings")]
    NoDnsServer { source: Box<NetError> },
}

impl Advice for DiscoverError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        Some(match self {
            Self::NoDomain => {
                "name the domain with --domain ad.example.com, or a domain controller with --server dc1.ad.example.com"
                    .into()
            }
            Self::Unsure(domain) => format!(
                "whoever runs the network may have set it, and adphoto would send a password there; if it is right, \
                 pass --domain {domain}"
            )
            .into(),
            Self::NoSuchDomain { domain, .. } | Self::NoControllers { domain, .. } | Self::Refused { domain, .. }
                if domain.may_be_netbios() =>
            {
                let short = domain.to_string().to_ascii_uppercase();
                format!(
                    "{short} looks like the domain's short (NetBIOS) name: --domain takes the DNS name, such as \
                     ad.example.com"
                )
                .into()
            }
            Self::NoSuchDomain { .. } => {
                "check the spelling, and whether this machine asks the domain's own DNS servers: --dns-server asks \
                 another, --server needs no DNS records"
                    .into()
            }
            Self::NoControllers { .. } => {
                "check that this is the DNS name of the Active Directory domain, such as ad.example.com, not of the \
                 company's website; --dns-server asks the domain's own DNS server, --server names a domain controller"
                    .into()
            }
            Self::AllOutside { .. } => {
                "adphoto does not use them, because a forged DNS answer could send your password anywhere; if one of \
                 them is right, name it with --server"
                    .into()
            }
            Self::NoAnswer { .. } | Self::Failed { .. } => {
                "check the network, the VPN and the address; --dns-server asks another DNS server, --server needs no \
                 DNS records"
                    .into()
            }
            Self::Refused { .. } => {
                "ask one of the domain's own DNS servers, usually its domain controllers, with --dns-server".into()
            }
            Self::NoDnsServer { .. } => {
                "name a DNS server with --dns-server, or a domain controller with --server".into()
            }
        })
    }
}

/// Joins the first few names and counts the others.
pub(super) fn some_of(names: &[String]) -> String {
    let shown = names.iter().take(NAMES_SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > NAMES_SHOWN { format!("{shown} and {} more", names.len() - NAMES_SHOWN) } else { shown }
}
