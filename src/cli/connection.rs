//! The arguments that say how to reach a directory.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::{BoolishValueParser, NonEmptyStringValueParser};

use crate::directory::{DomainName, SiteName};

/// The standard port of DNS (RFC 1035 4.2).
const DNS_PORT: u16 = 53;

/// How to reach a directory, and how to sign in.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Connection")]
pub struct ConnectionArgs {
    /// A domain controller: HOST or ldaps://HOST (TLS), or ldap://HOST (StartTLS); with --kerberos, Kerberos encrypts
    /// HOST and ldap://HOST; several are tried in order
    #[arg(long, value_name = "URL|HOST", env = "ADPHOTO_SERVER", hide_env_values = true, value_delimiter = ',', value_parser = NonEmptyStringValueParser::new())]
    pub server: Vec<String>,

    /// The domain whose domain controllers to find by DNS, e.g. ad.example.com
    #[arg(long, value_name = "NAME", env = "ADPHOTO_DOMAIN", hide_env_values = true)]
    pub domain: Option<DomainName>,

    /// The site whose domain controllers are tried first
    #[arg(long, value_name = "NAME", env = "ADPHOTO_SITE", hide_env_values = true, hide_short_help = true)]
    pub site: Option<SiteName>,

    /// The DNS server to ask
    #[arg(long, value_name = "ADDR[:PORT]", env = "ADPHOTO_DNS_SERVER", hide_env_values = true, value_parser = dns_server, hide_short_help = true)]
    pub dns_server: Option<SocketAddr>,

    /// The user who signs in: DOMAIN\user, user@domain or a DN; the password comes from --password-file, the
    /// environment variable ADPHOTO_PASSWORD or a prompt
    #[arg(long, value_name = "NAME", env = "ADPHOTO_USER", hide_env_values = true, value_parser = NonEmptyStringValueParser::new())]
    pub user: Option<String>,

    /// A file whose first line is the password; - is standard input
    #[arg(long, value_name = "FILE", env = "ADPHOTO_PASSWORD_FILE", hide_env_values = true)]
    pub password_file: Option<PathBuf>,

    /// Sign in with your Kerberos ticket (on Windows, your logon) instead of --user and a password
    #[arg(long, env = "ADPHOTO_KERBEROS", hide_env_values = true, value_parser = BoolishValueParser::new())]
    pub kerberos: bool,

    /// The DN below which accounts are searched
    #[arg(long, value_name = "DN", env = "ADPHOTO_BASE_DN", hide_env_values = true, value_parser = NonEmptyStringValueParser::new())]
    pub base_dn: Option<String>,

    /// Certificate authorities to trust in addition to the system's, as PEM or DER
    #[arg(long, value_name = "FILE", env = "ADPHOTO_CA_FILE", hide_env_values = true)]
    pub ca_file: Option<PathBuf>,

    /// How long a connection attempt or one operation may take
    #[arg(long, value_name = "SECONDS", env = "ADPHOTO_TIMEOUT", hide_env_values = true, default_value = "30", value_parser = seconds, hide_short_help = true)]
    pub timeout: Duration,

    /// Stop when nothing has succeeded for this long, however often it was tried
    #[arg(long, value_name = "SECONDS", env = "ADPHOTO_GIVE_UP_AFTER", hide_env_values = true, default_value = "120", value_parser = seconds, hide_short_help = true)]
    pub give_up_after: Duration,

    /// Allow ldap:// without protection, so that the password crosses in clear text; only to this machine itself, for
    /// the practice directory
    #[arg(long, env = "ADPHOTO_ALLOW_CLEAR_TEXT", hide_env_values = true, value_parser = BoolishValueParser::new(), hide_short_help = true)]
    pub allow_clear_text: bool,

    /// A password that is set but does not belong to [`user`](Self::user).
    #[arg(skip)]
    pub left_out: Option<LeftOut>,
}

/// A password that is set but belongs to another user than the one who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The user to whom the password belongs.
    pub owner: String,
    /// Whether it is in a variable, rather than in a file that a setting names.
    pub is_variable: bool,
}

fn dns_server(text: &str) -> Result<SocketAddr, String> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let with_port = || bare.parse::<IpAddr>().map(|address| SocketAddr::new(address, DNS_PORT));
    match text.parse().or_else(|_| with_port()) {
        Ok(server) if server.port() > 0 => Ok(server),
        _ => Err("an IP address, with :PORT if that is not 53".to_owned()),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.1..=3600.0).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        _ => Err("a number of seconds from 0.1 to 3600".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::dns_server;

    #[test]
    fn a_dns_server_is_an_address() {
        for (text, server) in [
            ("10.0.0.1", "10.0.0.1:53"),
            ("10.0.0.1:5353", "10.0.0.1:5353"),
            ("::1", "[::1]:53"),
            ("[::1]", "[::1]:53"),
            ("[::1]:5353", "[::1]:5353"),
        ] {
            assert_eq!(dns_server(text).map(|server| server.to_string()), Ok(server.to_owned()), "{text}");
        }
        for text in ["", "dc1.ad.example.com", "10.0.0.1:", "10.0.0.1:0", "10.0.0.1:99999"] {
            assert!(dns_server(text).is_err(), "{text}");
        }
    }
}
