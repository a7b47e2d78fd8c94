//! A connection that is protected, as `ldap3` gets it.

use std::io;

use ldap3::{Ldap, LdapConnAsync, LdapConnSettings};
use tokio::task::JoinHandle;

use super::kerberos::{self, Sealing};
use super::open::Stream;
use super::wire::{Line, URL, pair, pass_on};
use crate::panics::caught_async;

/// A connection and what drives it.
#[derive(Debug)]
pub(in crate::directory) struct Connected {
    pub(in crate::directory) ldap: Ldap,
    /// Ends with the connection, or with the last handle of `ldap`.
    pub(in crate::directory) driver: JoinHandle<()>,
    /// What became of the line to the server.
    pub(in crate::directory) line: Line,
    /// As given, or as Kerberos names it.
    pub(in crate::directory) user: String,
}

impl Connected {
    /// Hands `ldap3` one end of a local stream, whose other end is passed on to the server, sealed where that is given.
    pub(super) async fn start(stream: Stream, sealing: Option<Sealing>, user: String) -> io::Result<Self> {
        let (theirs, ours) = pair().await?;
        let line = Line::default();
        // Both end with either end of the connection.
        match sealing {
            Some(sealing) => drop(tokio::spawn(kerberos::seal(sealing, stream, ours, line.clone()))),
            None => drop(tokio::spawn(pass_on(stream, ours, line.clone()))),
        }
        let settings = LdapConnSettings::new().set_std_stream(theirs);
        let (connection, ldap) = LdapConnAsync::with_settings(settings, URL).await.map_err(io::Error::other)?;
        // How it ends, each operation's own error tells.
        let driver = tokio::spawn(async { drop(caught_async(connection.drive()).await) });
        Ok(Self { ldap, driver, line, user })
    }
}
