//! The settings of a connection.

use std::path::PathBuf;
use std::time::Duration;

use super::credentials::Credentials;
use super::server::Server;

/// How to reach a directory, how to sign in, and what to work on.
#[derive(Debug, Clone)]
pub struct ConnectOptions {
    /// Domain controllers, in the order in which to try them.
    pub servers: Vec<Server>,
    pub credentials: Credentials,
    /// A file of certificate authorities to trust in addition to the system's.
    pub ca_file: Option<PathBuf>,
    /// The base DN below which accounts are searched; `None` means the whole domain.
    pub base_dn: Option<String>,
    /// The attribute that holds the photo, such as [`THUMBNAIL_PHOTO`](crate::directory::THUMBNAIL_PHOTO).
    pub photo_attribute: String,
    /// How long a connection attempt or one operation may take.
    pub timeout: Duration,
    /// How long to keep trying while no operation succeeds.
    pub give_up_after: Duration,
}
