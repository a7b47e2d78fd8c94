//! The simple bind: signing in with a name and a password (RFC 4513 5.1.3).

use std::time::Duration;

use ldap3::{Ldap, LdapError};
use secrecy::{ExposeSecret, SecretString};

use super::error::BindError;

/// Signs in with a name and a password. Empty ones are refused here: a server would accept them as an anonymous bind,
/// and every read would then come back empty instead of failing.
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
    let answer = ldap.with_timeout(limit).simple_bind(user, password.expose_secret()).await;
    let answer = answer.map_err(|error| match error {
        LdapError::Timeout { .. } => BindError::Silent(limit),
        _ => BindError::NoAnswer,
    })?;
    match answer.rc {
        0 => Ok(()),
        8 => Err(BindError::StrongerAuthRequired),
        49 => Err(BindError::of_refused_credentials(&answer.text).of_user(user)),
        code => Err(BindError::Refused { code, text: answer.text }),
    }
}
