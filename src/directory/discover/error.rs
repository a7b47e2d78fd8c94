//! Why no domain controller was found, and what to do about it.

use std::borrow::Cow;
use std::time::Duration;

use hickory_resolver::net::NetError;

use super::DomainName;
use crate::failure::Advice;

/// Names shown of those that are not used.
const SHOWN: usize = 4;

/// Why no domain controller was found.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// Neither given nor set on this machine.
    #[error("no domain controller is named, no domain either, and this machine does not say which domain is its own")]
    NoDomain,
    /// Known from the search domain alone.
    #[error("only the search domain of this machine's DNS settings, {0}, says which domain is its own")]
    Unsure(DomainName),
    /// NXDOMAIN.
    #[error("there is no domain {domain}: {asked} knows no such name")]
    NoSuchDomain {
        /// The domain.
        domain: DomainName,
        /// Who was asked.
        asked: String,
    },
    /// The domain is there, its domain controllers are not.
    #[error("{domain} has no domain controllers: {asked} has no SRV records _ldap._tcp.dc._msdcs.{domain}")]
    NoControllers {
        /// The domain.
        domain: DomainName,
        /// Who was asked.
        asked: String,
    },
    /// Whoever answered named hosts of somebody else.
    #[error("DNS names no domain controller inside {domain}, only {}", some_of(names))]
    AllOutside {
        /// The domain.
        domain: DomainName,
        /// What it named.
        names: Vec<String>,
    },
    /// Silence.
    #[error("{asked} did not answer within {} s", waited.as_secs_f32())]
    NoAnswer {
        /// Who was asked.
        asked: String,
        /// The timeout.
        waited: Duration,
    },
    /// REFUSED.
    #[error("{asked} refuses to answer questions about {domain}")]
    Refused {
        /// The domain.
        domain: DomainName,
        /// Who was asked.
        asked: String,
    },
    /// Anything else.
    #[error("{asked} could not be asked for the domain controllers of {domain}")]
    Failed {
        /// The domain.
        domain: DomainName,
        /// Who was asked.
        asked: String,
        /// What was wrong.
        source: Box<NetError>,
    },
    /// The system's settings name nobody to ask.
    #[error("this machine has no usable DNS settings")]
    NoDnsServer {
        /// What was wrong.
        source: Box<NetError>,
    },
}

impl Advice for DiscoverError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        Some(match self {
            Self::NoDomain => {
                "name the domain with --domain ad.example.com, or a domain controller with --server dc1.ad.example.com"
                    .into()
            }
            Self::Unsure(domain) => format!(
                "whoever runs the network may have set it, and a password would go there: if it is right, write --domain \
                 {domain}"
            )
            .into(),
            Self::NoSuchDomain { domain, .. } | Self::NoControllers { domain, .. } | Self::Refused { domain, .. }
                if domain.may_be_netbios() =>
            {
                let short = domain.to_string().to_ascii_uppercase();
                format!(
                    "{short} looks like the domain's short (NetBIOS) name: --domain takes the DNS name, such as ad.example.com"
                )
                .into()
            }
            Self::NoSuchDomain { .. } => {
                "check the spelling, and whether this machine asks the domain's own DNS servers: --dns-server names one, \
                 --server does without"
                    .into()
            }
            Self::NoControllers { .. } => {
                "is it the DNS name of the Active Directory domain, such as ad.example.com, and not the company's? \
                 --dns-server asks the domain's own DNS server, --server names a domain controller"
                    .into()
            }
            Self::AllOutside { .. } => {
                "DNS could send a password anywhere, so these are not used; if one is the domain's own, name it with --server"
                    .into()
            }
            Self::NoAnswer { .. } | Self::Failed { .. } => {
                "check the network, the VPN and the address; --dns-server asks another, --server does without DNS records"
                    .into()
            }
            Self::Refused { .. } => {
                "ask one of the domain's own DNS servers, usually its domain controllers, with --dns-server".into()
            }
            Self::NoDnsServer { .. } => {
                "--dns-server names the DNS server to ask, --server a domain controller".into()
            }
        })
    }
}

/// The first few of many names.
pub(super) fn some_of(names: &[String]) -> String {
    let shown = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN { format!("{shown} and {} more", names.len() - SHOWN) } else { shown }
}
