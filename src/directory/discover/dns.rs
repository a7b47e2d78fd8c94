//! DNS lookups: the only user of `hickory-resolver`.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{
    ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{RData, RecordType};
use hickory_resolver::system_conf::read_system_conf;
use tokio::time::{Instant, timeout_at};

use super::{DiscoverError, DomainName};

/// The maximum number of addresses of one host that are tried. More could not all be tried in time.
const MAX_ADDRESSES: usize = 8;
/// How long to wait for one answer before the same server, or the next one, is asked again.
const TRY_TIMEOUT: Duration = Duration::from_secs(5);

/// An SRV record without its port: adphoto always connects to the standard ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Srv {
    pub(super) priority: u16,
    pub(super) weight: u16,
    /// The host name, in lower case and without the last dot.
    pub(super) target: String,
}

/// A DNS resolver with a deadline for all lookups together.
pub(super) struct Dns {
    resolver: TokioResolver,
    /// The DNS servers that are asked, in words for messages.
    asked: String,
    begun: Instant,
    deadline: Instant,
}

impl Dns {
    /// Prepares lookups on `server`, or on the system's DNS servers if it is `None`.
    pub(super) fn new(server: Option<SocketAddr>, limit: Duration) -> Result<Self, DiscoverError> {
        let (config, mut options, asked) = match server {
            Some(server) => only(server),
            None => {
                let (config, options) = read_system_conf().map_err(no_server)?;
                let mut addresses: Vec<String> =
                    config.name_servers().iter().map(|server| server.ip.to_string()).collect();
                addresses.dedup();
                let asked = format!("this machine's DNS ({})", addresses.join(", "));
                (config, options, asked)
            }
        };
        options.timeout = limit.min(TRY_TIMEOUT);
        options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
        let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        *builder.options_mut() = options;
        let begun = Instant::now();
        Ok(Self { resolver: builder.build().map_err(no_server)?, asked, begun, deadline: begun + limit })
    }

    /// Returns the name of the DNS server, in words for messages.
    pub(super) fn asked(&self) -> String {
        self.asked.clone()
    }

    /// Returns the SRV records of a fully qualified name; an empty list if the name does not exist.
    pub(super) async fn srv(&self, name: &str) -> Result<Vec<Srv>, NetError> {
        let lookup = match self.lookup(name, RecordType::SRV).await {
            Ok(lookup) => lookup,
            Err(error) if error.is_no_records_found() => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let records = lookup.answers().iter().filter_map(|record| match &record.data {
            RData::SRV(srv) => Some(Srv {
                priority: srv.priority,
                weight: srv.weight,
                target: srv.target.to_lowercase().to_ascii().trim_end_matches('.').to_owned(),
            }),
            _ => None,
        });
        Ok(records.collect())
    }

    /// Returns whether the domain exists. Only NXDOMAIN says that it does not; any other failure counts as "exists".
    pub(super) async fn knows(&self, domain: &DomainName) -> bool {
        match self.lookup(&format!("{domain}."), RecordType::SOA).await {
            Err(error) => !error.is_nx_domain(),
            Ok(_) => true,
        }
    }

    /// Returns the addresses of a host; an empty list if DNS has none or does not answer.
    pub(super) async fn addresses(&self, host: &str) -> Vec<IpAddr> {
        match timeout_at(self.deadline, self.resolver.lookup_ip(format!("{host}."))).await {
            Ok(Ok(lookup)) => lookup.iter().take(MAX_ADDRESSES).collect(),
            _ => Vec::new(),
        }
    }

    async fn lookup(&self, name: &str, kind: RecordType) -> Result<Lookup, NetError> {
        timeout_at(self.deadline, self.resolver.lookup(name, kind)).await.unwrap_or(Err(NetError::Timeout))
    }

    /// Turns a failed lookup into an error that names the domain and the DNS server.
    pub(super) fn explain(&self, error: NetError, domain: &DomainName) -> DiscoverError {
        let (asked, domain) = (self.asked(), domain.clone());
        match error {
            NetError::Timeout => {
                let waited = Instant::now().min(self.deadline).duration_since(self.begun);
                DiscoverError::NoAnswer { asked, waited: tenths(waited) }
            }
            NetError::Dns(DnsError::ResponseCode(ResponseCode::Refused)) => DiscoverError::Refused { asked, domain },
            error => DiscoverError::Failed { asked, domain, source: Box::new(error) },
        }
    }
}

/// Wraps the errors of two calls: reading the system's settings, and building the resolver.
fn no_server(source: impl Into<NetError>) -> DiscoverError {
    DiscoverError::NoDnsServer { source: Box::new(source.into()) }
}

/// Cuts a time to tenths of a second, for messages.
fn tenths(time: Duration) -> Duration {
    Duration::from_millis(100) * u32::try_from(time.as_millis() / 100).unwrap_or(u32::MAX)
}

/// Returns a configuration that asks only `server` and ignores this machine's settings and its hosts file.
fn only(server: SocketAddr) -> (ResolverConfig, ResolverOpts, String) {
    let mut connections = vec![ConnectionConfig::udp(), ConnectionConfig::tcp()];
    for connection in &mut connections {
        connection.port = server.port();
    }
    let server_config = NameServerConfig::new(server.ip(), true, connections);
    let mut options = ResolverOpts::default();
    options.use_hosts_file = ResolveHosts::Never;
    (ResolverConfig::from_name_servers(vec![server_config]), options, format!("the DNS server {server}"))
}

/// Returns the first domain in which the system looks up short names and that can be an Active Directory domain.
pub(super) fn search_domain() -> Option<DomainName> {
    let (config, _) = read_system_conf().ok()?;
    first_domain(&config)
}

fn first_domain(config: &ResolverConfig) -> Option<DomainName> {
    // On Windows, this is the domain that the machine has joined. Elsewhere, the resolver may have guessed it from the
    // host name, so it is not used there.
    let own = config.domain().filter(|_| cfg!(windows));
    let mut names =
        own.into_iter().chain(config.search()).filter_map(|name| name.to_ascii().parse::<DomainName>().ok());
    // Home routers hand out single labels such as "lan" and "localdomain".
    names.find(|name| !name.may_be_netbios())
}

#[cfg(all(test, unix, not(target_vendor = "apple")))]
mod tests {
    use hickory_resolver::system_conf::parse_resolv_conf;

    use super::first_domain;

    #[test]
    fn the_search_domain_is_the_first_that_can_be_a_directory_s() {
        for (text, domain) in [
            ("nameserver 127.0.0.1\nsearch AD.example.test corp.example.test\n", Some("ad.example.test")),
            ("nameserver 127.0.0.1\nsearch lan ad.example.test\n", Some("ad.example.test")),
            ("domain ad.example.test\nnameserver 127.0.0.1\n", Some("ad.example.test")),
            ("nameserver 127.0.0.1\nsearch lan .\n", None),
            ("# search ad.example.test\nnameserver 127.0.0.1\n", None),
        ] {
            let (config, _) = parse_resolv_conf(text).expect(text);
            assert_eq!(first_domain(&config).map(|name| name.to_string()).as_deref(), domain, "{text}");
        }
    }
}
