//! Why Kerberos does not let in, in words that name the remedy.

use std::borrow::Cow;

use crate::failure::Advice;

/// What kept a ticket from being had, or from being accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KerberosError {
    /// The cargo feature `kerberos` was off.
    #[error("this build of adphoto has no Kerberos")]
    NotBuilt,
    /// No ticket cache, or nothing in it.
    #[error("there is no Kerberos ticket")]
    NoTicket,
    /// The ticket's time is over.
    #[error("the Kerberos ticket has expired")]
    Expired,
    /// Clocks differ by more than five minutes.
    #[error("the clocks of this machine and of the domain differ too much for Kerberos")]
    ClockSkew,
    /// No KDC answers.
    #[error("no Kerberos server (KDC) of the domain can be reached")]
    KdcUnreachable,
    /// There is no service principal `ldap/HOST`.
    #[error("Kerberos knows no LDAP service on {host}")]
    ServiceUnknown {
        /// The server's name, as given.
        host: String,
    },
    /// Where the realm's KDCs are is not known.
    #[error("Kerberos does not find the domain (realm): {0}")]
    RealmUnknown(String),
    /// krb5.conf is missing something.
    #[error("Kerberos is not set up on this machine: {0}")]
    Unconfigured(String),
    /// The account of the ticket is disabled, expired or locked by now.
    #[error("the account of the Kerberos ticket is disabled, expired or locked")]
    Revoked,
    /// The key that the ticket is made for is not the server's.
    #[error("the Kerberos ticket is not meant for this server")]
    WrongServer,
    /// 8 strongerAuthRequired, over TLS.
    #[error("the domain controller refuses Kerberos over TLS")]
    TlsRefused,
    /// 8 strongerAuthRequired, though the connection would be sealed.
    #[error("the domain controller requires TLS")]
    TlsRequired,
    /// 49 with data 80090346: the server sees another certificate than the one that was presented here.
    #[error("the domain controller refuses the channel binding: its TLS connection is not the one that ends here")]
    ChannelBinding,
    /// The server offers no confidentiality, or Kerberos granted less than was asked for (RFC 4752 3.1).
    #[error("the connection cannot be sealed: {0}")]
    NotSealed(&'static str),
    /// 49: the ticket was not accepted.
    #[error("the domain controller does not accept the Kerberos ticket ({0})")]
    Refused(String),
    /// An answer that has no place in the exchange.
    #[error("the domain controller's answer is not Kerberos: {0}")]
    Malformed(&'static str),
    /// Anything else, in the words of the Kerberos library.
    #[error("Kerberos failed: {0}")]
    Other(String),
}

impl KerberosError {
    /// Whether another server, or a later time, may do better: not where it is this machine or its ticket.
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
                "use a build that has it (the Debian package, or cargo install with --features kerberos), or sign in with \
                 --user instead of --kerberos"
            }
            Self::NoTicket if cfg!(windows) => "sign in to Windows with an account of the domain, or use --user",
            Self::NoTicket => "get one by `kinit anna@AD.EXAMPLE.COM` (`klist` shows what is there), or use --user",
            Self::Expired if cfg!(windows) => "lock and unlock the screen, which renews it",
            Self::Expired => "get a new one by `kinit`",
            Self::ClockSkew => "set the clock of this machine by the domain's (`w32tm /resync`, `chronyc makestep`)",
            Self::KdcUnreachable => {
                "check the network and the VPN: Kerberos needs port 88 of a domain controller; on Unix, krb5.conf or DNS \
                 says where it is"
            }
            Self::ServiceUnknown { host } => {
                return Some(
                    format!(
                        "connect by the domain controller's full DNS name, such as dc1.ad.example.com, not by an alias or an IP \
                         address, and with a ticket of its domain (or one that trusts it); if {host} is that name, the domain \
                         controller's account lacks the servicePrincipalName ldap/{host}: `setspn -L DC1`, or with Samba \
                         `samba-tool spn list DC1$`, lists those that it has"
                    )
                    .into(),
                );
            }
            Self::WrongServer => {
                "connect by the domain controller's full DNS name, such as dc1.ad.example.com, not by an alias or an IP \
                 address, and with a ticket of its domain (or one that trusts it)"
            }
            Self::RealmUnknown(_) => {
                "check the ticket's domain (`klist`), and default_realm, [realms] and [domain_realm] in krb5.conf"
            }
            Self::Unconfigured(_) => "set default_realm in krb5.conf to the domain's name in capitals",
            Self::Revoked => "have the account enabled or unlocked, or use another",
            Self::TlsRefused => {
                "write the host alone or as ldap://, and Kerberos itself seals the connection; or with Samba set \
                 `ldap server require strong auth = allow_sasl_over_tls`"
            }
            Self::TlsRequired => "use ldaps://",
            Self::ChannelBinding => {
                "something between opens the TLS connection: connect to the domain controller itself, or sealed by \
                 Kerberos (ldap://)"
            }
            Self::NotSealed(_) => "use ldaps:// with --kerberos, or another domain controller",
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
