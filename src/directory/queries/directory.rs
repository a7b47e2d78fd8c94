//! A directory that one is signed in to: connecting, and who is asked there.

use tokio::sync::watch;
use tokio::time::Instant;

use super::domain::{Domain, read_domain};
use crate::directory::connection::{ConnectError, ConnectOptions, OperationError, Server, Trust};
use crate::directory::sessions::{Dsa, Link, NotFound};
use crate::panics::caught_async;

/// The attribute that this program exists for (MS-ADA3 2.307): one octet string of at most 102,400 bytes.
pub const THUMBNAIL_PHOTO: &str = "thumbnailPhoto";

/// A directory that one is signed in to, with whichever of its domain controllers answers.
#[derive(Debug)]
pub struct Directory {
    pub(in crate::directory) link: Link,
    /// As given, or as Kerberos names it.
    user: String,
    domain: Domain,
    photo_attribute: String,
    passed_over: Vec<String>,
}

impl Directory {
    /// Connects to the first server that answers, protects the connection, binds, and reads what domain it is.
    ///
    /// # Errors
    /// With every server's error if none can be used. A refused bind ends the search at once: asking every domain
    /// controller with a wrong password would lock the account.
    pub async fn connect(options: &ConnectOptions) -> Result<Self, ConnectError> {
        let trust = Trust::new(options.ca_file.as_deref()).map_err(ConnectError::Trust)?;
        let link = Link::new(options, trust);
        let begun = Instant::now();
        let mut failed = Vec::new();
        for server in &options.servers {
            // DNS may name dozens that are all out of reach.
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

    /// Returns the domain, as the server describes it.
    #[must_use]
    pub fn domain(&self) -> &Domain {
        &self.domain
    }

    /// Returns who is signed in.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Returns the name of the attribute that holds the photo: `thumbnailPhoto`, unless the connection was told otherwise.
    #[must_use]
    pub fn photo_attribute(&self) -> &str {
        &self.photo_attribute
    }

    /// Returns who is asked now.
    #[must_use]
    pub fn server(&self) -> Server {
        self.link.server()
    }

    /// Returns why the servers before the first that answered could not be used, each with its causes.
    #[must_use]
    pub fn passed_over(&self) -> &[String] {
        &self.passed_over
    }

    /// Returns what goes wrong while it is tried again; nothing at first.
    #[must_use]
    pub fn trouble(&self) -> watch::Receiver<String> {
        self.link.trouble()
    }

    /// Waits until there is a connection.
    ///
    /// # Errors
    /// When there was none for too long.
    pub async fn ready(&self) -> Result<(), OperationError> {
        self.link.session().await.map(drop)
    }

    /// Finds the server that took a write of an earlier run, which asked it by this URL, if it is one of those that may be
    /// asked; from then on its name may lead to no other domain controller. Where the journal does not say which domain
    /// controller it was, the name must do.
    ///
    /// # Errors
    /// When it is none of them, or does not answer for so long that others would wait for it.
    pub async fn find_again(&self, url: &str, dsa: Option<&Dsa>) -> Result<Server, NotFound> {
        self.link.find_again(url, dsa).await
    }
}

/// Returns what domain it is, and who is signed in.
async fn start_with(link: &Link, server: &Server, base_dn: Option<&str>) -> Result<(Domain, String), ConnectError> {
    let session = link.start(server).await?;
    let failed = |source| ConnectError::Domain { server: server.clone(), source };
    let reading = caught_async(read_domain(&session, base_dn)).await;
    let domain = reading.unwrap_or(Err(OperationError::Malformed)).map_err(|error| failed(session.explain(error)))?;
    Ok((domain, session.user().to_owned()))
}
