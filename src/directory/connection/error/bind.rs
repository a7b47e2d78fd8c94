//! Why nobody is signed in, and what to do about it.

use std::borrow::Cow;

use ldap3::LdapError;

use super::kerberos::KerberosError;
use crate::directory::connection::result_code::in_words;
use crate::failure::Advice;

/// Why a bind was refused. The numbers are those of AD's `data` field (MS-ERREF, Win32 codes).
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// An empty password would be an anonymous bind that succeeds (RFC 4513 5.1.2).
    #[error("the password is empty")]
    EmptyPassword,
    /// An empty user name would be an anonymous bind.
    #[error("the user name is empty")]
    EmptyUser,
    /// 52e, or 525 where the server says that there is no such user.
    #[error("wrong user name or password")]
    WrongPassword,
    /// 51f: it asks another, which it cannot reach.
    #[error("the domain controller cannot check the password now")]
    NoLogonServer,
    /// 530 or 531.
    #[error("the account may not sign in at this time or from this machine")]
    Restricted,
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
    /// 80090346: looks like a wrong password and is none.
    #[error("the domain controller requires channel binding, which a simple bind does not have")]
    ChannelBinding,
    /// 8 strongerAuthRequired.
    #[error("the domain controller requires a protected connection")]
    StrongerAuthRequired,
    /// What Kerberos says.
    #[error(transparent)]
    Kerberos(#[from] KerberosError),
    /// Another result code.
    #[error("{}", in_words(*code, text))]
    Refused {
        /// The LDAP result code.
        code: u32,
        /// The server's words.
        text: String,
    },
    /// No answer, or the connection was lost.
    #[error("no answer")]
    NoAnswer(#[source] LdapError),
}

impl BindError {
    /// Whether the server, not the credentials, is the trouble.
    pub(in crate::directory) fn is_connection_loss(&self) -> bool {
        match self {
            // A server that starts is busy, unavailable or unwilling.
            Self::NoAnswer(_) | Self::NoLogonServer | Self::Refused { code: 51..=53, .. } => true,
            Self::Kerberos(error) => error.may_try_next(),
            _ => false,
        }
    }

    /// What the text of result 49 says: `80090308: LdapErr: DSID-…, comment: AcceptSecurityContext error, data 52e, v4563`.
    pub(in crate::directory::connection) fn of_refused_credentials(text: &str) -> Self {
        let data = text.split_once("data ").map_or("", |(_, rest)| rest.split([',', ' ']).next().unwrap_or_default());
        match data.trim_start_matches("0x").to_ascii_lowercase().as_str() {
            "51f" => Self::NoLogonServer,
            "530" | "531" => Self::Restricted,
            "532" => Self::PasswordExpired,
            "533" => Self::Disabled,
            "701" => Self::AccountExpired,
            "773" => Self::MustChangePassword,
            "775" => Self::LockedOut,
            "80090346" => Self::ChannelBinding,
            _ => Self::WrongPassword,
        }
    }
}

impl Advice for BindError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::EmptyPassword => "give the password by --password-file FILE, ADPHOTO_PASSWORD or at the prompt",
            Self::EmptyUser => "give --user NAME: EXAMPLE\\anna, anna@ad.example.com or a DN",
            Self::WrongPassword => {
                "check --user (EXAMPLE\\anna, anna@ad.example.com or a DN) and the password; repeated tries may lock the account"
            }
            Self::NoLogonServer => "try again, or another domain controller",
            Self::Restricted => "ask for another account, or run at an allowed time and place",
            Self::PasswordExpired | Self::MustChangePassword => {
                "sign in once with Windows (or kpasswd) to set a new password"
            }
            Self::Disabled | Self::AccountExpired => "have the account enabled, or use another",
            Self::LockedOut => "have the account unlocked, or wait; then check where the wrong password comes from",
            Self::ChannelBinding => {
                "the domain's policy (LdapEnforceChannelBinding) refuses simple binds: it must be set to \"when supported\""
            }
            Self::StrongerAuthRequired => "use ldaps://, or ldap:// without --allow-clear-text",
            Self::Kerberos(error) => return error.advice(),
            Self::Refused { .. } => "see the domain controller's log, or try another",
            Self::NoAnswer(_) => "is this a domain controller? --timeout waits longer, --server names another",
        };
        Some(advice.into())
    }
}

#[cfg(test)]
mod tests {
    use super::BindError;

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
        assert_eq!(BindError::of_refused_credentials("").to_string(), "wrong user name or password");
    }
}
