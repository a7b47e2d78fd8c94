//! A build without Kerberos: it says so.

use std::time::Duration;

use ldap3::Ldap;

use super::sealed::{SealError, Sealed};
use crate::directory::connection::error::{BindError, KerberosError};

pub(in crate::directory::connection) async fn bind(_: &mut Ldap, _: &str, _: Duration) -> Result<String, BindError> {
    Err(KerberosError::NotBuilt.into())
}

pub(in crate::directory::connection) async fn seal(
    _: std::net::TcpStream,
    _: &str,
    _: Duration,
) -> Result<Sealed, SealError> {
    Err(KerberosError::NotBuilt.into())
}
