//! Errors of Kerberos, with advice.

use std::borrow::Cow;

use crate::failure::Advice;

/// The reason why there is no ticket, or why the domain controller did not accept it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KerberosError {
    /// adphoto was built without the cargo feature `kerberos`.
    #[error("this build of adphoto has no Kerberos")]
    NotBuilt,
    /// There is no ticket cache, or it is empty.
    #[error("there is no Kerberos ticket")]
    NoTicket,
    #[error("the Kerberos ticket has expired")]
    Expired,
    /// The clocks differ by more than five minutes, the usual tolerance of Kerberos.
    #[error("the clocks of this machine and of the domain differ too much for Kerberos")]
    ClockSkew,
    #[error("no Kerberos server (KDC) of the domain can be reached")]
    KdcUnreachable,
    /// The KDC knows no service principal `ldap/HOST`.
    #[error("Kerberos knows no LDAP service on {host}")]
    ServiceUnknown { host: String },
    /// The Kerberos library does not know where the realm's KDCs are.
    #[error("Kerberos cannot find the domain (realm): {0}")]
    RealmUnknown(String),
    /// krb5.conf is missing or lacks a setting.
    #[error("Kerberos is not set up on this machine: {0}")]
    Unconfigured(String),
    #[error("the account of the Kerberos ticket is disabled, expired or locked")]
    Revoked,
    /// The ticket is encrypted with a key that is not this server's.
    #[error("the Kerberos ticket is not meant for this server")]
    WrongServer,
    /// Result 8, strongerAuthRequired, on a TLS connection.
    #[error("the domain controller refuses Kerberos over TLS")]
    TlsRefused,
    /// Result 8, strongerAuthRequired, although Kerberos would have sealed the connection.
    #[error("the domain controller requires TLS")]
    TlsRequired,
    /// Result 49 with data 80090346: the server's certificate is not the one that adphoto was shown, so something
    /// between them (a TLS proxy) ends the TLS connection.
    #[error("the domain controller refuses the channel binding: something in between has opened its TLS connection")]
    ChannelBinding,
    /// The server does not offer encryption, or Kerberos granted less than adphoto asked for (RFC 4752 3.1).
    #[error("the connection cannot be sealed: {0}")]
    NotSealed(&'static str),
    /// Result 49: the server did not accept the ticket.
    #[error("the domain controller does not accept the Kerberos ticket ({0})")]
    Refused(String),
    /// An answer that does not fit the steps of the sign-in.
    #[error("the domain controller's answer does not follow the Kerberos sign-in: {0}")]
    Malformed(&'static str),
    /// Any other failure, in the words of the Kerberos library.
    #[error("Kerberos failed: {0}")]
    Other(String),
}

impl KerberosError {
    /// Returns whether another server, or a later attempt, may succeed. They cannot if the fault is this machine's or
    /// the ticket's.
    pub(in crate::directory) fn may_try_next(&self) -> bool {
        matches!(
            self,
            Self::KdcUnreachable
                | Self::ServiceUnknown { .. }
                | Self::WrongServer
                | Self::NotSealed(_)
                | Self::Malformed(_)
        )
    }
}

impl Advice for KerberosError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::NotBuilt => {
                "use a build that has it (the Debian package, or cargo install with --features kerberos), or sign in \
                 with --user instead of --kerberos"
            }
            Self::NoTicket if cfg!(windows) => "sign in to Windows with an account of the domain, or use --user",
            Self::NoTicket => {
                "get a ticket with `kinit anna@AD.EXAMPLE.COM` (`klist` shows what is there), or use --user"
            }
            Self::Expired if cfg!(windows) => "lock and unlock the screen, which renews the ticket",
            Self::Expired => "get a new ticket with `kinit`",
            Self::ClockSkew => "set this machine's clock to the domain's time (`w32tm /resync`, `chronyc makestep`)",
            Self::KdcUnreachable => {
                "check the network and the VPN: Kerberos needs port 88 of a domain controller; on Unix, krb5.conf or \
                 DNS says where it is"
            }
            Self::ServiceUnknown { host } => {
                return Some(
                    format!(
                        "connect by the domain controller's full DNS name, such as dc1.ad.example.com, not by an \
                         alias or an IP address, and with a ticket of its domain (or one that trusts it); if {host} \
                         is that name, the domain controller's account lacks the servicePrincipalName ldap/{host}: \
                         `setspn -L DC1`, or with Samba `samba-tool spn list DC1$`, lists those that it has"
                    )
                    .into(),
                );
            }
            Self::WrongServer => {
                "connect by the domain controller's full DNS name, such as dc1.ad.example.com, not by an alias or an \
                 IP address, and with a ticket of its domain (or one that trusts it)"
            }
            Self::RealmUnknown(_) => {
                "check the ticket's domain (`klist`), and default_realm, [realms] and [domain_realm] in krb5.conf"
            }
            Self::Unconfigured(_) => "set default_realm in krb5.conf to the domain's name in capitals",
            Self::Revoked => "have the account enabled or unlocked, or use another account",
            Self::TlsRefused => {
                "write the host name alone or with ldap://, so that Kerberos itself seals the connection; or with \
                 Samba set `ldap server require strong auth = allow_sasl_over_tls`"
            }
            Self::TlsRequired => "use ldaps://",
            Self::ChannelBinding => {
                "something in between (a proxy) opens the TLS connection: connect to the domain controller itself, or \
                 let Kerberos seal the connection (ldap://)"
            }
            Self::NotSealed(_) => "use --kerberos with ldaps://, or another domain controller",
            Self::Refused(_) => {
                "check the clocks, get a new ticket (`kinit`), and connect by the domain controller's full DNS name"
            }
            Self::Malformed(_) => "name a domain controller of an Active Directory (or Samba AD) domain",
            Self::Other(_) => return None,
        };
        Some(advice.into())
    }

    fn is_usage(&self) -> bool {
        matches!(self, Self::NotBuilt)
    }
}
