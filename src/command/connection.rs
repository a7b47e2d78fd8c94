//! From the command line to a bound connection.

use anyhow::Result;

use super::password;
use crate::cli::ConnectionArgs;
use crate::directory::{ConnectOptions, Directory, Server};

pub(super) async fn connect(args: &ConnectionArgs) -> Result<Directory> {
    let servers =
        args.server.iter().map(|text| Server::parse(text.trim(), args.allow_clear_text)).collect::<Result<_, _>>()?;
    let options = ConnectOptions {
        servers,
        user: args.user.clone(),
        password: password::obtain(args.password_file.as_deref(), &args.user)?,
        ca_file: args.ca_file.clone(),
        base_dn: args.base_dn.clone(),
        timeout: args.timeout,
    };
    Ok(Directory::connect(&options).await?)
}
