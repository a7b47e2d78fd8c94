//! Questions to DNS: the only user of `hickory-resolver`.

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

/// A host with more addresses than this is none that can be tried in time.
const MAX_ADDRESSES: usize = 8;
/// A DNS server that says nothing for so long is asked again, or the next.
const ONE_TRY: Duration = Duration::from_secs(5);

/// What an SRV record says, but for the port: it is that of `ldap://`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Srv {
    pub(super) priority: u16,
    pub(super) weight: u16,
    /// In lower case, without the last dot.
    pub(super) target: String,
}

/// Who answers questions, until when.
pub(super) struct Dns {
    resolver: TokioResolver,
    asked: String,
    begun: Instant,
    deadline: Instant,
}

impl Dns {
    /// Asks this server, or those that the system has.
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
        options.timeout = limit.min(ONE_TRY);
        options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
        let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        *builder.options_mut() = options;
        let begun = Instant::now();
        Ok(Self { resolver: builder.build().map_err(no_server)?, asked, begun, deadline: begun + limit })
    }

    /// Who is asked, in words.
    pub(super) fn asked(&self) -> String {
        self.asked.clone()
    }

    /// The SRV records of that full name; none where the name is not there.
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

    /// Whether there is such a domain at all, whatever it has. If in doubt there is.
    pub(super) async fn knows(&self, domain: &DomainName) -> bool {
        match self.lookup(&format!("{domain}."), RecordType::SOA).await {
            Err(error) => !error.is_nx_domain(),
            Ok(_) => true,
        }
    }

    /// The addresses of a host; none if DNS has or says none.
    pub(super) async fn addresses(&self, host: &str) -> Vec<IpAddr> {
        match timeout_at(self.deadline, self.resolver.lookup_ip(format!("{host}."))).await {
            Ok(Ok(lookup)) => lookup.iter().take(MAX_ADDRESSES).collect(),
            _ => Vec::new(),
        }
    }

    async fn lookup(&self, name: &str, kind: RecordType) -> Result<Lookup, NetError> {
        timeout_at(self.deadline, self.resolver.lookup(name, kind)).await.unwrap_or(Err(NetError::Timeout))
    }

    /// What it means that a question got no answer.
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

/// The system's settings and the resolver's fail with errors of their own.
fn no_server(source: impl Into<NetError>) -> DiscoverError {
    DiscoverError::NoDnsServer { source: Box::new(source.into()) }
}

/// In whole tenths of a second: nobody wants more digits.
fn tenths(time: Duration) -> Duration {
    Duration::from_millis(100) * u32::try_from(time.as_millis() / 100).unwrap_or(u32::MAX)
}

/// One server, and nothing of this machine's own settings.
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

/// The first domain in which the system looks up short names, if it is one that a directory can have.
pub(super) fn search_domain() -> Option<DomainName> {
    let (config, _) = read_system_conf().ok()?;
    first_domain(&config)
}

fn first_domain(config: &ResolverConfig) -> Option<DomainName> {
    // Windows tells the machine's own apart; elsewhere that may be made up of the host's name.
    let own = config.domain().filter(|_| cfg!(windows));
    let mut names =
        own.into_iter().chain(config.search()).filter_map(|name| name.to_ascii().parse::<DomainName>().ok());
    // "lan" and "localdomain" are what routers give out.
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
