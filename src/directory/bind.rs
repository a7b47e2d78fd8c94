//! Signing in, and what a refusal means.

use std::time::Duration;

use ldap3::{Ldap, LdapError};
use secrecy::{ExposeSecret, SecretString};

use super::KerberosError;

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
    #[error("result {code} {text}")]
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
    pub(super) fn is_connection_loss(&self) -> bool {
        match self {
            // A server that starts is busy, unavailable or unwilling.
            Self::NoAnswer(_) | Self::NoLogonServer | Self::Refused { code: 51..=53, .. } => true,
            Self::Kerberos(error) => error.may_try_next(),
            _ => false,
        }
    }

    pub(super) fn remedy(&self) -> Option<String> {
        let remedy = match self {
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
            Self::Kerberos(error) => error.remedy()?,
            Self::Refused { .. } => "see the domain controller's log, or try another",
            Self::NoAnswer(_) => "is this a domain controller? --timeout waits longer, --server names another",
        };
        Some(remedy.to_owned())
    }
}

pub(super) async fn simple(
    ldap: &mut Ldap,
    user: &str,
    password: &SecretString,
    limit: Duration,
) -> Result<(), BindError> {
    if user.trim().is_empty() {
        return Err(BindError::EmptyUser);
    }
    if password.expose_secret().is_empty() {
        return Err(BindError::EmptyPassword);
    }
    let answer =
        ldap.with_timeout(limit).simple_bind(user, password.expose_secret()).await.map_err(BindError::NoAnswer)?;
    match answer.rc {
        0 => Ok(()),
        8 => Err(BindError::StrongerAuthRequired),
        49 => Err(refused_credentials(&answer.text)),
        code => Err(BindError::Refused { code, text: answer.text }),
    }
}

/// What the text of result 49 says: `80090308: LdapErr: DSID-…, comment: AcceptSecurityContext error, data 52e, v4563`.
pub(super) fn refused_credentials(text: &str) -> BindError {
    let data = text.split_once("data ").map_or("", |(_, rest)| rest.split([',', ' ']).next().unwrap_or_default());
    match data.trim_start_matches("0x").to_ascii_lowercase().as_str() {
        "51f" => BindError::NoLogonServer,
        "530" | "531" => BindError::Restricted,
        "532" => BindError::PasswordExpired,
        "533" => BindError::Disabled,
        "701" => BindError::AccountExpired,
        "773" => BindError::MustChangePassword,
        "775" => BindError::LockedOut,
        "80090346" => BindError::ChannelBinding,
        _ => BindError::WrongPassword,
    }
}

#[cfg(test)]
mod tests {
    use super::refused_credentials;

    #[test]
    fn each_data_code_has_its_words() {
        let words = |data: &str| {
            let text =
                format!("80090308: LdapErr: DSID-0C090446, comment: AcceptSecurityContext error, data {data}, v4563");
            refused_credentials(&text).to_string()
        };
        assert_eq!(words("52e"), "wrong user name or password");
        assert_eq!(words("533"), "the account is disabled");
        assert_eq!(words("775"), "the account is locked out");
        assert_eq!(words("773"), "the password must be changed at the next sign-in");
        assert!(words("80090346").contains("channel binding"));
        assert_eq!(refused_credentials("").to_string(), "wrong user name or password");
    }
}
