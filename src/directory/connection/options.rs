//! All that a connection needs to know.

use std::path::PathBuf;
use std::time::Duration;

use super::credentials::Credentials;
use super::server::Server;

/// How to reach a directory, who to be there, and what to work on.
#[derive(Debug, Clone)]
pub struct ConnectOptions {
    /// Domain controllers, tried in this order.
    pub servers: Vec<Server>,
    /// Who to be there.
    pub credentials: Credentials,
    /// A file of certificate authorities to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// Where accounts are searched; default: the domain.
    pub base_dn: Option<String>,
    /// The attribute that holds the photo, such as [`THUMBNAIL_PHOTO`](crate::directory::THUMBNAIL_PHOTO).
    pub photo_attribute: String,
    /// How long a connection or one operation may take.
    pub timeout: Duration,
    /// How long to go on trying while nothing goes well.
    pub give_up_after: Duration,
}
