//! A build without Kerberos: it says so.

use std::time::Duration;

use ldap3::Ldap;

use super::{BindError, KerberosError, SealError, Sealed};

pub(in crate::directory) async fn bind(_: &mut Ldap, _: &str, _: Duration) -> Result<String, BindError> {
    Err(KerberosError::NotBuilt.into())
}

pub(in crate::directory) async fn seal(_: std::net::TcpStream, _: &str, _: Duration) -> Result<Sealed, SealError> {
    Err(KerberosError::NotBuilt.into())
}
