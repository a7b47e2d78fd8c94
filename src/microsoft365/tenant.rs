//! Reads the accounts of a tenant, and reads and changes their photos.

use tokio::sync::{OnceCell, watch};

use super::change::{Change, ChangeError, Written};
use super::credential::Options;
use super::error::GraphError;
use super::graph::Graph;
use super::jwt::Claims;
use super::photos::{self, Held};
use super::policy::{self, Policy};
use super::users::{self, User};

/// A tenant to which an app has signed in.
#[derive(Debug)]
pub struct Tenant {
    graph: Graph,
    id: String,
    user: String,
    address: String,
    claims: Option<Claims>,
    guests: bool,
    /// The accounts, read when they are needed for the first time.
    users: OnceCell<Vec<User>>,
}

impl Tenant {
    /// Signs in.
    ///
    /// # Errors
    /// When the app is refused, or nobody answers within the time of `give_up_after`.
    pub async fn connect(options: &Options) -> Result<Self, GraphError> {
        let graph = Graph::new(options)?;
        let token = graph.token().await?;
        let claims = token.claims.clone();
        let said = |read: fn(&Claims) -> Option<&String>| claims.as_ref().and_then(read).cloned();
        let app = said(|claims| claims.app_name.as_ref()).or_else(|| said(|claims| claims.app.as_ref()));
        let app = app.or_else(|| options.credential.client_id().map(ToString::to_string));
        Ok(Self {
            id: said(|claims| claims.tenant.as_ref()).unwrap_or_else(|| options.tenant.to_string()).to_lowercase(),
            user: app.map_or_else(|| options.credential.in_words().to_owned(), |app| format!("the app {app}")),
            address: options.cloud.graph(),
            claims,
            guests: options.guests,
            users: OnceCell::new(),
            graph,
        })
    }

    /// Returns the tenant's id as the token says it, or else the tenant as it was named.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the app that is signed in, in words.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Returns the address of Graph.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Returns what the token says; `None` if it cannot be read.
    #[must_use]
    pub fn claims(&self) -> Option<&Claims> {
        self.claims.as_ref()
    }

    /// Returns a receiver of the last failure in words while adphoto keeps trying. The words are empty at first.
    #[must_use]
    pub fn trouble(&self) -> watch::Receiver<String> {
        self.graph.trouble()
    }

    /// Waits until there is a token.
    ///
    /// # Errors
    /// When there is none within the time of `give_up_after`, or the one that was given has run out.
    pub async fn ready(&self) -> Result<(), GraphError> {
        self.graph.token().await.map(drop)
    }

    /// Returns all accounts, which are read once. `progress` is called with the number of accounts on each page.
    ///
    /// # Errors
    /// When a page cannot be read. The whole call fails then, because an account that was not read must not count as
    /// unknown.
    pub async fn users(&self, progress: &dyn Fn(usize)) -> Result<&[User], GraphError> {
        self.users.get_or_try_init(|| users::read(&self.graph, self.guests, progress)).await.map(Vec::as_slice)
    }

    /// Reads the photo of the account with this object id.
    ///
    /// # Errors
    /// When Graph cannot be asked. What it says about this account is [`Held`].
    pub async fn photo(&self, id: &str) -> Result<Held, GraphError> {
        photos::read(&self.graph, id).await
    }

    /// Reads the mediaEtag of the photo of the account with this object id, without reading the photo itself. Returns
    /// `None` if there is no photo, or if Graph does not say.
    ///
    /// # Errors
    /// When Graph cannot be asked.
    pub async fn etag(&self, id: &str) -> Result<Option<String>, GraphError> {
        photos::etag(&self.graph, id).await
    }

    /// Changes an account's photo from `before` to `after`, if it still is the one that was read: the same bytes, or the
    /// same picture by `is_same`. With `wants_etag`, the answer has the mediaEtag of the new photo.
    ///
    /// # Errors
    /// When the photo is another one now, or Graph refuses. After [`ChangeError::Unconfirmed`] nobody knows whether the
    /// photo was written.
    pub async fn change(
        &self,
        id: &str,
        before: Option<&[u8]>,
        after: Option<&[u8]>,
        is_same: impl Fn(&[u8], &[u8]) -> bool,
        wants_etag: bool,
    ) -> Result<Written, ChangeError> {
        Change { id, before, after, is_same, wants_etag, user: &self.user }.make(&self.graph).await
    }

    /// Reads which photos the tenant takes; `None` if the app has no right to know.
    ///
    /// # Errors
    /// When Graph cannot be asked.
    pub async fn policy(&self) -> Result<Option<Policy>, GraphError> {
        policy::read(&self.graph).await
    }
}
