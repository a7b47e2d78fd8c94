//! From the command line to all that a connection needs.

use anyhow::Result;

use super::password;
use crate::cli::ConnectionArgs;
use crate::directory::{ConnectOptions, Directory, Server};
use crate::progress::Progress;
use crate::report::printable;

pub(super) fn options(args: &ConnectionArgs) -> Result<ConnectOptions> {
    let servers =
        args.server.iter().map(|text| Server::parse(text.trim(), args.allow_clear_text)).collect::<Result<_, _>>()?;
    Ok(ConnectOptions {
        servers,
        user: args.user.clone(),
        password: password::obtain(args.password_file.as_deref(), &args.user)?,
        ca_file: args.ca_file.clone(),
        base_dn: args.base_dn.clone(),
        timeout: args.timeout,
        give_up_after: args.give_up_after,
    })
}

/// Notes what goes wrong with the connection while it is tried again, so that a bar that stands still has a reason.
pub(super) fn tell_of_trouble(directory: &Directory, progress: &Progress) {
    let (mut trouble, progress) = (directory.trouble(), progress.clone());
    tokio::spawn(async move {
        while trouble.changed().await.is_ok() {
            let text = printable(&trouble.borrow_and_update());
            progress.note(&format!("{text}; trying again"));
        }
    });
}
