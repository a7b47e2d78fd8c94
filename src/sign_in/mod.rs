//! From the command line to all that a connection needs.

mod credentials;
mod error;
mod password;

pub(crate) use error::{PASSWORD_VARIABLE, SignInError};

use std::net::{IpAddr, SocketAddr};

use crate::cli::ConnectionArgs;
use crate::directory::{
    ConnectOptions, DiscoverError, Host, Origin, Protection, Question, Server, ServerError, THUMBNAIL_PHOTO, addresses,
    domain_controllers, kerberos_available, own_domain,
};

/// Finds whom to ask and who to be there. What is assumed goes to `note`, before somebody is asked for a password.
pub(crate) async fn options(args: &ConnectionArgs, note: impl Fn(&str)) -> Result<ConnectOptions, SignInError> {
    if args.kerberos {
        kerberos_available()?;
    }
    // Before anybody is asked for a password.
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

async fn given(args: &ConnectionArgs) -> Result<Vec<Server>, SignInError> {
    if args.domain.is_some() {
        return Err(ServerError::ServerAndDomain.into());
    }
    // What keeps `ldap://` secret.
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

/// Where a host is for that DNS server; numbers and this machine's own name need none.
async fn known_to(dns_server: SocketAddr, host: &str, args: &ConnectionArgs) -> Vec<IpAddr> {
    match host == "localhost" || host.parse::<IpAddr>().is_ok() {
        true => Vec::new(),
        false => addresses(host, dns_server, args.timeout).await,
    }
}

/// The domain controllers that DNS names, TLS on each, or with Kerberos its sealing.
async fn found(args: &ConnectionArgs, note: impl Fn(&str)) -> Result<Vec<Server>, SignInError> {
    if args.allow_clear_text {
        return Err(ServerError::ClearTextByName.into());
    }
    let domain = match &args.domain {
        Some(domain) => domain.clone(),
        None => {
            let (domain, origin) = own_domain().ok_or(DiscoverError::NoDomain)?;
            // Kerberos sends no password, and a stranger has no ticket's key.
            if origin == Origin::SearchDomain && !args.kerberos {
                return Err(DiscoverError::Unsure(domain).into());
            }
            note(&format!("the domain is {domain}, from {origin} (--domain names another)"));
            domain
        }
    };
    let question = Question { domain, site: args.site.clone(), dns_server: args.dns_server };
    let found = domain_controllers(&question, args.timeout).await?;
    if let (Some(site), Some(false)) = (&question.site, found.site_known) {
        note(&format!(
            "DNS has no domain controllers of the site {site}: those of all {} are used; check the spelling of --site",
            question.domain
        ));
    }
    if !found.outside.is_empty() {
        note(&format!(
            "not used, since outside of {}: {} (--server names one by hand)",
            question.domain,
            found.some_outside()
        ));
    }
    let (port, protection) = if args.kerberos { (389, Protection::Sealed) } else { (636, Protection::Tls) };
    let protected = |Host { name, addresses }| Server { host: name, port, protection, addresses };
    Ok(found.hosts.into_iter().map(protected).collect())
}
