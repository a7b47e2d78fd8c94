//! A protected connection on which somebody is signed in, driven by `ldap3`.

use std::io;

use ldap3::{Ldap, LdapConnAsync, LdapConnSettings};
use tokio::task::JoinHandle;

use super::kerberos::{self, Sealing};
use super::open::Stream;
use super::wire::{Line, URL, pair, pass_on};
use crate::panics::caught_async;

/// A connection and the task that drives it.
#[derive(Debug)]
pub(in crate::directory) struct Connected {
    pub(in crate::directory) ldap: Ldap,
    /// The task ends when the connection ends or the last handle of `ldap` is dropped.
    pub(in crate::directory) driver: JoinHandle<()>,
    /// The line to the server, which knows why it ended.
    pub(in crate::directory) line: Line,
    /// The user as given, or as Kerberos names it.
    pub(in crate::directory) user: String,
}

impl Connected {
    /// Gives `ldap3` one end of a local stream and relays the other end to the server, sealed by Kerberos if `sealing`
    /// is given. So `ldap3` sees only messages that were checked first (see [`wire`](super::wire)).
    pub(super) async fn start(stream: Stream, sealing: Option<Sealing>, user: String) -> io::Result<Self> {
        let (theirs, ours) = pair().await?;
        let line = Line::default();
        // Each of these tasks ends when either end of the connection closes.
        match sealing {
            Some(sealing) => drop(tokio::spawn(kerberos::seal(sealing, stream, ours, line.clone()))),
            None => drop(tokio::spawn(pass_on(stream, ours, line.clone()))),
        }
        let settings = LdapConnSettings::new().set_std_stream(theirs);
        let (connection, ldap) = LdapConnAsync::with_settings(settings, URL).await.map_err(io::Error::other)?;
        // The result is not needed: every operation gets an error of its own when the connection ends.
        let driver = tokio::spawn(async { drop(caught_async(connection.drive()).await) });
        Ok(Self { ldap, driver, line, user })
    }
}
