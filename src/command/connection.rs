//! From the command line to all that a connection needs.

use anyhow::Result;

use super::password;
use crate::cli::ConnectionArgs;
use crate::directory::{ConnectOptions, Server};

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
    })
}
