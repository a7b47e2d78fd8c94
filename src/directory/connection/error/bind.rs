//! Errors of signing in, with advice.

use std::borrow::Cow;
use std::time::Duration;

use super::kerberos::KerberosError;
use crate::directory::connection::result_code::in_words;
use crate::failure::Advice;

/// The reason why a bind was refused. A hexadecimal number at a reason is the Win32 error code (MS-ERREF) in the `data`
/// field of AD's answer.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// The password is empty: sent to a server, it would be an unauthenticated bind, which succeeds (RFC 4513 5.1.2).
    #[error("the password is empty")]
    EmptyPassword,
    /// The user name is empty: sent to a server, it would be an anonymous bind.
    #[error("the user name is empty")]
    EmptyUser,
    /// 52e; or 525, if the server tells that there is no such user.
    #[error("wrong user name or password")]
    WrongPassword {
        /// The user name, if it has a form that no domain controller accepts: neither `DOMAIN\user` nor `user@domain`
        /// nor a DN.
        unqualified: Option<String>,
    },
    /// 51f: this domain controller has to ask another one (as a read-only one does), and cannot reach it.
    #[error("the domain controller cannot check the password now")]
    NoLogonServer,
    /// 52f: the password may be right, but the account's restrictions forbid to sign in with it.
    #[error("the account may not sign in with a password here: it is restricted, or in the group Protected Users")]
    PasswordNotEnough,
    /// 530 (logon hours) or 531 (workstation).
    #[error("the account may not sign in at this time or from this machine")]
    Restricted,
    /// 569: group policy does not give the account this right.
    #[error("the account does not have the right to sign in over the network")]
    NoNetworkLogon,
    /// 532.
    #[error("the password has expired")]
    PasswordExpired,
    /// 533.
    #[error("the account is disabled")]
    Disabled,
    /// 701.
    #[error("the account has expired")]
    AccountExpired,
    /// 773.
    #[error("the password must be changed at the next sign-in")]
    MustChangePassword,
    /// 775.
    #[error("the account is locked out")]
    LockedOut,
    /// 80090346: the result code is that of a wrong password, but the password was not the reason.
    #[error("the domain controller requires channel binding, which a password sign-in (simple bind) lacks")]
    ChannelBinding,
    /// Result 8, strongerAuthRequired.
    #[error("the domain controller requires a protected connection")]
    StrongerAuthRequired,
    /// Kerberos could not sign in.
    #[error(transparent)]
    Kerberos(#[from] KerberosError),
    /// The server answered with another result code.
    #[error("{}", in_words(*code, text))]
    Refused {
        /// The LDAP result code.
        code: u32,
        /// The server's diagnostic message.
        text: String,
    },
    /// The server did not answer in time.
    #[error("no answer within {} s", .0.as_secs_f32())]
    Silent(Duration),
    #[error("the server closed the connection without an answer")]
    NoAnswer,
}

impl BindError {
    /// Returns whether the server is to blame, not the credentials, so that another server may be tried.
    pub(in crate::directory) fn is_connection_loss(&self) -> bool {
        match self {
            // A server that is starting answers 51 busy, 52 unavailable or 53 unwillingToPerform.
            Self::Silent(_) | Self::NoAnswer | Self::NoLogonServer | Self::Refused { code: 51..=53, .. } => true,
            Self::Kerberos(error) => error.may_try_next(),
            _ => false,
        }
    }

    /// Reads the reason from the diagnostic message of result 49, which looks like `80090308: LdapErr: DSID-…, comment:
    /// AcceptSecurityContext error, data 52e, v4563`.
    pub(in crate::directory::connection) fn of_refused_credentials(text: &str) -> Self {
        let data = text.split_once("data ").map_or("", |(_, rest)| rest.split([',', ' ']).next().unwrap_or_default());
        match data.trim_start_matches("0x").to_ascii_lowercase().as_str() {
            "51f" => Self::NoLogonServer,
            "52f" => Self::PasswordNotEnough,
            "530" | "531" => Self::Restricted,
            "569" => Self::NoNetworkLogon,
            "532" => Self::PasswordExpired,
            "533" => Self::Disabled,
            "701" => Self::AccountExpired,
            "773" => Self::MustChangePassword,
            "775" => Self::LockedOut,
            "80090346" => Self::ChannelBinding,
            _ => Self::WrongPassword { unqualified: None },
        }
    }

    /// Adds the user name to a wrong password, if its form may be the mistake.
    pub(in crate::directory::connection) fn of_user(self, user: &str) -> Self {
        match self {
            Self::WrongPassword { .. } if !user.contains(['\\', '@', '=']) => {
                Self::WrongPassword { unqualified: Some(user.to_owned()) }
            }
            other => other,
        }
    }
}

impl Advice for BindError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::EmptyPassword => "give the password with --password-file FILE, in ADPHOTO_PASSWORD or at the prompt",
            Self::EmptyUser => "give --user NAME: EXAMPLE\\anna, anna@ad.example.com or a DN",
            Self::WrongPassword { unqualified: Some(user) } => return Some(shell_ate(user).into()),
            Self::WrongPassword { unqualified: None } => {
                "check --user (EXAMPLE\\anna, anna@ad.example.com or a DN) and the password; further attempts may \
                 lock the account"
            }
            Self::NoLogonServer => "try again later, or name another domain controller with --server",
            Self::PasswordNotEnough => {
                "sign in with --kerberos (`kinit` gets the ticket), as members of Protected Users must; or use an \
                 account that is not restricted"
            }
            Self::NoNetworkLogon => {
                "have group policy give it the right \"Access this computer from the network\" on domain controllers, \
                 or use another account"
            }
            Self::Restricted => "use another account, or run adphoto at an allowed time, on an allowed machine",
            Self::PasswordExpired | Self::MustChangePassword => {
                "sign in once with Windows (or kpasswd) to set a new password"
            }
            Self::Disabled | Self::AccountExpired => "have the account enabled, or use another",
            Self::LockedOut => "have the account unlocked, or wait; then check where the wrong password comes from",
            Self::ChannelBinding => {
                "sign in with --kerberos; or set the domain's policy LdapEnforceChannelBinding to \"when supported\", \
                 as \"always\" refuses simple binds"
            }
            Self::StrongerAuthRequired => "use ldaps://, or ldap:// without --allow-clear-text",
            Self::Kerberos(error) => return error.advice(),
            Self::Refused { .. } => "see the domain controller's log, or try another domain controller",
            Self::Silent(_) => "check that this is a domain controller; --timeout waits longer, --server names another",
            Self::NoAnswer => "check that this is a domain controller; --server names another",
        };
        Some(advice.into())
    }
}

/// Explains what may be wrong with a user name that names no domain, such as `EXAMPLEanna` where a shell has removed
/// the backslash.
fn shell_ate(user: &str) -> String {
    let meant = match user.split_once('/') {
        Some((domain, name)) => format!("a backslash is meant: --user '{domain}\\{name}'"),
        None => "did the shell eat a backslash? Put the name in quotes: --user 'EXAMPLE\\anna'".to_owned(),
    };
    format!("{user} has neither \\ nor @: {meant}, or write anna@ad.example.com; further attempts may lock the account")
}

#[cfg(test)]
mod tests {
    use super::BindError;
    use crate::failure::Advice;

    #[test]
    fn each_data_code_has_its_words() {
        let words = |data: &str| {
            let text =
                format!("80090308: LdapErr: DSID-0C090446, comment: AcceptSecurityContext error, data {data}, v4563");
            BindError::of_refused_credentials(&text).to_string()
        };
        assert_eq!(words("52e"), "wrong user name or password");
        assert_eq!(words("533"), "the account is disabled");
        assert_eq!(words("775"), "the account is locked out");
        assert_eq!(words("773"), "the password must be changed at the next sign-in");
        assert!(words("80090346").contains("channel binding"));
        assert!(words("52f").contains("Protected Users"));
        assert!(BindError::PasswordNotEnough.advice().is_some_and(|advice| advice.contains("--kerberos")));
        assert_eq!(BindError::of_refused_credentials("").to_string(), "wrong user name or password");
    }

    #[test]
    fn a_name_without_its_domain_is_asked_about() {
        let advice = |user: &str| {
            let error = BindError::of_refused_credentials("data 52e").of_user(user);
            error.advice().expect("advice").into_owned()
        };
        assert!(advice("EXAMPLEanna").contains("EXAMPLEanna has neither \\ nor @: did the shell eat a backslash?"));
        assert!(advice("EXAMPLE/anna").contains("a backslash is meant: --user 'EXAMPLE\\anna'"));
        for user in ["EXAMPLE\\anna", "anna@ad.example.com", "CN=Anna,DC=example"] {
            assert!(!advice(user).contains("neither"), "{user}");
        }
    }
}
