//! The Kerberos functions of a build without Kerberos: signing in fails with an explanation.

use std::time::Duration;

use super::signed_in::{NotSignedIn, Sealing, SignedIn};
use crate::directory::connection::error::KerberosError;
use crate::directory::connection::open::Stream;
use crate::directory::connection::wire::{Line, Plain};

pub(in crate::directory::connection) async fn sign_in(
    _: &mut Stream,
    _: &str,
    _: Duration,
) -> Result<SignedIn, NotSignedIn> {
    Err(KerberosError::NotBuilt.into())
}

pub(in crate::directory::connection) async fn seal(sealing: Sealing, _: Stream, _: Plain, _: Line) {
    match sealing {}
}
