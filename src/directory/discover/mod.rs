//! Finding a domain's domain controllers as Windows does: by their SRV records in DNS (MS-ADTS 6.3.2.3).
//!
//! DNS answers are not authenticated, and a forged one could send a password to another host. So only hosts inside the
//! domain are used, and TLS or Kerberos must then prove that the host has that name.

mod dns;
mod error;
mod name;
mod order;
mod own;

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::{StreamExt, stream};

pub use error::DiscoverError;
pub use name::{DomainName, NameError, SiteName};
pub use own::{Origin, own_domain};

use dns::{Dns, Srv};

/// The maximum number of domain controllers that are kept. No run fails over more often than this.
const MAX_CONTROLLERS: usize = 64;
/// The number of host names whose addresses are looked up at the same time.
const LOOKUPS_AT_ONCE: usize = 8;

/// A question to DNS for the domain controllers of a domain.
#[derive(Debug, Clone)]
pub struct Question {
    pub domain: DomainName,
    /// The site whose domain controllers are tried first.
    pub site: Option<SiteName>,
    /// The DNS server to ask; `None` asks the system's.
    pub dns_server: Option<SocketAddr>,
}

/// The answer: domain controllers, in the order in which to try them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The domain controllers, at least one.
    pub hosts: Vec<Host>,
    /// Whether DNS has records of the site; `None` if no site was asked for.
    pub site_known: Option<bool>,
    /// Names outside the domain, which are not used.
    pub outside: Vec<String>,
}

impl Found {
    /// Joins the first few of the unused names, for a message.
    #[must_use]
    pub fn some_outside(&self) -> String {
        error::some_of(&self.outside)
    }
}

/// A domain controller that DNS named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// A name inside the domain, in lower case and without the last dot.
    pub name: String,
    /// The host's addresses, if a particular DNS server was asked. If empty, the system looks them up when it connects.
    pub addresses: Vec<IpAddr>,
}

/// Asks DNS for the domain controllers: those of the site first, then all writable ones, each group ordered by priority
/// and weight. `limit` is the time for all lookups together.
///
/// # Errors
/// When DNS does not answer, or names no usable host.
pub async fn domain_controllers(question: &Question, limit: Duration) -> Result<Found, DiscoverError> {
    let domain = &question.domain;
    let dns = Dns::new(question.dns_server, limit)?;
    let of_site = async {
        match &question.site {
            Some(site) => dns.srv(&format!("_ldap._tcp.{site}._sites.dc._msdcs.{domain}.")).await.map(Some),
            None => Ok(None),
        }
    };
    let of_domain = format!("_ldap._tcp.dc._msdcs.{domain}.");
    let (of_site, of_domain) = tokio::join!(of_site, dns.srv(&of_domain));
    let of_site = of_site.map_err(|failure| dns.explain(failure, domain))?;
    let site_known = of_site.as_ref().map(|records| !records.is_empty());
    let of_domain = match of_domain {
        Ok(records) => records,
        // The site's own domain controllers are enough.
        Err(_) if site_known == Some(true) => Vec::new(),
        Err(failure) => return Err(dns.explain(failure, domain)),
    };

    let mut random = fastrand::Rng::new();
    let mut records = order::by_priority(of_site.unwrap_or_default(), &mut random);
    records.extend(order::by_priority(of_domain, &mut random));
    let (names, outside) = usable(records, domain);
    if names.is_empty() {
        return Err(match outside.is_empty() {
            false => DiscoverError::AllOutside { domain: domain.clone(), names: outside },
            true if dns.knows(domain).await => {
                DiscoverError::NoControllers { domain: domain.clone(), asked: dns.asked() }
            }
            true => DiscoverError::NoSuchDomain { domain: domain.clone(), asked: dns.asked() },
        });
    }
    // The system's resolver knows more than DNS does (/etc/hosts, for one), so it looks up the addresses, unless the
    // user named a DNS server.
    let asked_apart = question.dns_server.is_some();
    let hosts = stream::iter(names)
        .map(async |name| Host { addresses: if asked_apart { dns.addresses(&name).await } else { Vec::new() }, name })
        .buffered(LOOKUPS_AT_ONCE)
        .collect()
        .await;
    Ok(Found { hosts, site_known, outside })
}

/// Returns the addresses that `dns_server` has for a host; an empty list if it does not answer.
pub async fn addresses(host: &str, dns_server: SocketAddr, limit: Duration) -> Vec<IpAddr> {
    match Dns::new(Some(dns_server), limit) {
        Ok(dns) => dns.addresses(host).await,
        Err(_) => Vec::new(),
    }
}

/// Splits the records into hosts inside the domain, each once, and the names of all others.
fn usable(records: Vec<Srv>, domain: &DomainName) -> (Vec<String>, Vec<String>) {
    let mut seen = HashSet::new();
    let (mut names, outside): (Vec<_>, Vec<_>) = records
        .into_iter()
        .map(|record| record.target)
        // RFC 2782: the target "." says that the domain decidedly does not offer the service.
        .filter(|target| !target.is_empty() && seen.insert(target.clone()))
        .partition(|target| domain.holds(target));
    names.truncate(MAX_CONTROLLERS);
    (names, outside)
}

#[cfg(test)]
mod tests {
    use super::dns::Srv;
    use super::{DomainName, MAX_CONTROLLERS, usable};

    fn records(targets: &[&str]) -> Vec<Srv> {
        targets.iter().map(|target| Srv { priority: 0, weight: 100, target: (*target).to_owned() }).collect()
    }

    #[test]
    fn only_hosts_of_the_domain_are_used_and_each_once() {
        let domain: DomainName = "AD.example.test".parse().expect("a domain");
        let (names, outside) = usable(
            records(&[
                "dc2.ad.example.test",
                "",
                "dc.evil.test",
                "dc1.ad.example.test",
                "dc2.ad.example.test",
                "ad.example.test",
                "notad.example.test",
                "ad.example.test.evil.test",
                "example.test",
                "evil\\.ad.example.test",
                "-.ad.example.test/",
            ]),
            &domain,
        );
        assert_eq!(names, ["dc2.ad.example.test", "dc1.ad.example.test", "ad.example.test"]);
        assert_eq!(outside.len(), 6, "{outside:?}");
    }

    #[test]
    fn no_more_than_a_run_can_use() {
        let many: Vec<String> = (0..500).map(|number| format!("dc{number}.ad.example.test")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let (names, _) = usable(records(&many), &"ad.example.test".parse().expect("a domain"));
        assert_eq!(names, many[..MAX_CONTROLLERS]);
    }
}
