//! Signing in: from the command line to a connection.

mod cloud;
mod credentials;
mod error;
mod password;

pub(crate) use cloud::{CloudError, cloud_options};
pub(crate) use error::{PASSWORD_VARIABLE, SignInError};

use std::net::{IpAddr, SocketAddr};

use crate::cli::ConnectionArgs;
use crate::directory::{
    ConnectOptions, DiscoverError, Host, Origin, Protection, Question, Server, ServerError, THUMBNAIL_PHOTO, addresses,
    domain_controllers, kerberos_available, own_domain,
};

/// Returns the options of a connection: finds the domain controllers, and prompts for the password if necessary. What
/// it assumes goes to `note`, before the prompt.
pub(crate) async fn options(args: &ConnectionArgs, note: impl Fn(&str)) -> Result<ConnectOptions, SignInError> {
    if args.kerberos {
        kerberos_available()?;
    }
    // Errors in the servers are reported before anybody has to type a password.
    let servers = if args.server.is_empty() { found(args, note).await } else { given(args).await };
    let servers = match (servers, credentials::are_named(args)) {
        (Ok(servers), Ok(())) => servers,
        (Err(servers), Ok(())) => return Err(servers),
        (Ok(_), Err(credentials)) => return Err(credentials.into()),
        (Err(servers), Err(credentials)) => {
            return Err(SignInError::Several { servers: Box::new(servers), credentials });
        }
    };
    Ok(ConnectOptions {
        servers,
        credentials: credentials::obtain(args)?,
        ca_file: args.ca_file.clone(),
        base_dn: args.base_dn.clone(),
        photo_attribute: THUMBNAIL_PHOTO.to_owned(),
        timeout: args.timeout,
        give_up_after: args.give_up_after,
    })
}

/// Returns the servers that `--server` names.
async fn given(args: &ConnectionArgs) -> Result<Vec<Server>, SignInError> {
    if args.domain.is_some() {
        return Err(ServerError::ServerAndDomain.into());
    }
    // The protection of `ldap://` connections.
    let ldap = match (args.kerberos, args.allow_clear_text) {
        (true, _) => Protection::Sealed,
        (false, true) => Protection::None,
        (false, false) => Protection::StartTls,
    };
    let parse = |text: &String| Server::parse(text.trim(), ldap);
    let mut servers = args.server.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    if let Some(dns_server) = args.dns_server {
        for server in &mut servers {
            server.addresses = known_to(dns_server, &server.host, args).await;
        }
    }
    Ok(servers)
}

/// Returns the addresses that a DNS server has for a host. Addresses and `localhost` need no lookup.
async fn known_to(dns_server: SocketAddr, host: &str, args: &ConnectionArgs) -> Vec<IpAddr> {
    match host == "localhost" || host.parse::<IpAddr>().is_ok() {
        true => Vec::new(),
        false => addresses(host, dns_server, args.timeout).await,
    }
}

/// Returns the domain controllers that DNS names. The connection to each is protected by TLS, or with `--kerberos` by
/// Kerberos.
async fn found(args: &ConnectionArgs, note: impl Fn(&str)) -> Result<Vec<Server>, SignInError> {
    if args.allow_clear_text {
        return Err(ServerError::ClearTextByName.into());
    }
    let domain = match &args.domain {
        Some(domain) => domain.clone(),
        None => {
            let (domain, origin) = own_domain().ok_or(DiscoverError::NoDomain)?;
            // Whoever controls the search domain can name a server of their own. With Kerberos that does no harm: it
            // sends no password, and a stranger does not have the key to use the ticket.
            if origin == Origin::SearchDomain && !args.kerberos {
                return Err(DiscoverError::Unsure(domain).into());
            }
            note(&format!("using the domain {domain}, from {origin}; --domain names another"));
            domain
        }
    };
    let question = Question { domain, site: args.site.clone(), dns_server: args.dns_server };
    let found = domain_controllers(&question, args.timeout).await?;
    if let (Some(site), Some(false)) = (&question.site, found.site_known) {
        note(&format!(
            "DNS has no domain controllers of the site {site}: using those of the whole domain {}; check the spelling \
             of --site",
            question.domain
        ));
    }
    if !found.outside.is_empty() {
        note(&format!(
            "ignoring servers outside the domain {}: {}; --server can name one of them",
            question.domain,
            found.some_outside()
        ));
    }
    let (port, protection) = if args.kerberos { (389, Protection::Sealed) } else { (636, Protection::Tls) };
    let protected = |Host { name, addresses }| Server { host: name, port, protection, addresses };
    Ok(found.hosts.into_iter().map(protected).collect())
}
