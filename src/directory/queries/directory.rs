//! The directory: connecting to it, and which server is asked.

use tokio::sync::watch;
use tokio::time::Instant;

use super::domain::{Domain, read_domain};
use crate::directory::connection::{ConnectError, ConnectOptions, OperationError, Server, Trust};
use crate::directory::sessions::{Dsa, Link, NotFound};
use crate::panics::caught_async;

/// The attribute that adphoto exists for (MS-ADA3 2.307): one octet string of at most 102,400 bytes.
pub const THUMBNAIL_PHOTO: &str = "thumbnailPhoto";

/// A directory to which somebody has signed in, through whichever of its domain controllers answers.
#[derive(Debug)]
pub struct Directory {
    pub(in crate::directory) link: Link,
    /// The user's name as given, or as Kerberos names it.
    user: String,
    domain: Domain,
    photo_attribute: String,
    passed_over: Vec<String>,
}

impl Directory {
    /// Connects to the first server that answers: protects the connection, signs in, and reads the domain.
    ///
    /// # Errors
    /// When no server can be used; the error has the reason of each. A refused sign-in ends the search at once, because
    /// asking every domain controller with a wrong password would lock the account.
    pub async fn connect(options: &ConnectOptions) -> Result<Self, ConnectError> {
        let trust = Trust::new(options.ca_file.as_deref()).map_err(ConnectError::Trust)?;
        let link = Link::new(options, trust);
        let begun = Instant::now();
        let mut failed = Vec::new();
        for server in &options.servers {
            // DNS may name dozens of domain controllers that are all unreachable.
            if !failed.is_empty() && begun.elapsed() > options.give_up_after {
                break;
            }
            match start_with(&link, server, options.base_dn.as_deref()).await {
                Ok((domain, user)) => {
                    let photo_attribute = options.photo_attribute.clone();
                    let passed_over = failed.iter().map(ConnectError::with_causes).collect();
                    return Ok(Self { link, user, domain, photo_attribute, passed_over });
                }
                Err(error) if error.may_try_next() => failed.push(error),
                Err(error) => return Err(error),
            }
        }
        Err(match failed.len() {
            1 => failed.remove(0),
            _ => ConnectError::NoServer(failed),
        })
    }

    #[must_use]
    pub fn domain(&self) -> &Domain {
        &self.domain
    }

    /// Returns the name of the user who is signed in.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Returns the name of the attribute that holds the photo: `thumbnailPhoto`, unless the options name another one.
    #[must_use]
    pub fn photo_attribute(&self) -> &str {
        &self.photo_attribute
    }

    /// Returns the server that is asked now.
    #[must_use]
    pub fn server(&self) -> Server {
        self.link.server()
    }

    /// Returns why each server before the one that is used could not be used.
    #[must_use]
    pub fn passed_over(&self) -> &[String] {
        &self.passed_over
    }

    /// Returns a receiver of the last connection error while adphoto keeps trying; it is empty at first.
    #[must_use]
    pub fn trouble(&self) -> watch::Receiver<String> {
        self.link.trouble()
    }

    /// Waits until there is a connection.
    ///
    /// # Errors
    /// When there was none within the time that `--give-up-after` allows.
    pub async fn ready(&self) -> Result<(), OperationError> {
        self.link.session().await.map(drop)
    }

    /// Finds the server to which an earlier run sent a write (by `url`), if this run may ask it. From then on, its name
    /// may lead to no other domain controller. If the journal does not say which domain controller it was (`dsa`), the
    /// name must do.
    ///
    /// # Errors
    /// When that server is not among the servers of this run, or does not answer within the time that one server may
    /// take.
    pub async fn find_again(&self, url: &str, dsa: Option<&Dsa>) -> Result<Server, NotFound> {
        self.link.find_again(url, dsa).await
    }
}

/// Connects to a server, and returns its domain and the user's name.
async fn start_with(link: &Link, server: &Server, base_dn: Option<&str>) -> Result<(Domain, String), ConnectError> {
    let session = link.start(server).await?;
    let failed = |source| ConnectError::Domain { server: server.clone(), source };
    let reading = caught_async(read_domain(&session, base_dn)).await;
    let domain = reading.unwrap_or(Err(OperationError::Malformed)).map_err(|error| failed(session.explain(error)))?;
    Ok((domain, session.user().to_owned()))
}
