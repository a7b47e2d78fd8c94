//! Identifying the domain controller of a session, and finding a particular one again.

use std::borrow::Cow;

use futures_util::{StreamExt, stream};
use tokio::time::timeout;

use super::dsa::Dsa;
use super::link::Link;
use super::session::Session;
use crate::directory::connection::{OperationError, Server};
use crate::failure::Advice;
use crate::panics::caught_async;

/// The number of servers that are asked for their identity at the same time.
const SERVERS_AT_ONCE: usize = 8;

/// The reason why the domain controller that took an earlier write cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum NotFound {
    /// The domain controller is none of the servers that this run may ask.
    #[error("this run may not ask it, because neither --server nor --domain names it")]
    NotNamed,
    /// The domain controller's name now leads to another one.
    #[error("{server} is now another domain controller, {dsa}")]
    Another {
        server: Server,
        /// The domain controller that answers there.
        dsa: Dsa,
    },
    /// The server does not tell its identity.
    #[error("{0} does not say which domain controller it is")]
    Untold(Server),
    /// The server does not answer.
    #[error(transparent)]
    Silent(#[from] OperationError),
}

impl Advice for NotFound {
    fn advice(&self) -> Option<Cow<'static, str>> {
        match self {
            Self::NotNamed => Some("name it with --server, or its domain with --domain".into()),
            Self::Another { .. } | Self::Untold(_) => {
                Some("name the domain controller itself with --server, not an alias".into())
            }
            Self::Silent(error) => error.advice(),
        }
    }
}

impl Session {
    /// Returns the identity of the domain controller at the other end; `None` if it does not tell. It is asked only
    /// once, and the answer is remembered.
    pub(in crate::directory) async fn dsa(&self) -> Result<Option<&Dsa>, OperationError> {
        let reading = async || match caught_async(self.read_dsa()).await.unwrap_or(Err(OperationError::Malformed)) {
            // An error that will not pass means that the server never tells.
            Err(error) if !error.may_pass(u32::MAX) => Ok(None),
            read => read,
        };
        Ok(self.dsa.get_or_try_init(reading).await?.as_ref())
    }

    async fn read_dsa(&self) -> Result<Option<Dsa>, OperationError> {
        let root = self.read_entry("", &["dsServiceName", "dnsHostName"]).await?;
        let Some((settings, root)) = root.and_then(|root| Some((root.text("dsServiceName")?, root))) else {
            return Ok(None);
        };
        let guid = self.read_entry(&settings, &["objectGUID"]).await?.and_then(|entry| entry.guid("objectGUID"));
        Ok(guid.map(|guid| Dsa { guid, name: root.text("dnsHostName").unwrap_or_default() }))
    }
}

impl Link {
    /// Finds the server to which an earlier run sent a write (by `url`), if this run may ask it. From then on, its name
    /// may lead to no other domain controller. If the journal does not say which domain controller it was (`dsa`), the
    /// name must do.
    ///
    /// # Errors
    /// When that server is not among the servers of this run, or does not answer within the time that one server may
    /// take.
    pub(in crate::directory) async fn find_again(&self, url: &str, dsa: Option<&Dsa>) -> Result<Server, NotFound> {
        let mut servers = self.failover.servers();
        let same = servers.iter().position(|server| server.to_string() == url);
        let named = same.or_else(|| servers.iter().position(|server| server.is_also(url)));
        let named = named.map(|place| servers.remove(place));
        let Some(dsa) = dsa else {
            let server = named.ok_or(NotFound::NotNamed)?;
            self.session_within(&server, self.patience_with_one()).await?;
            return Ok(server);
        };
        let mut why = NotFound::NotNamed;
        if let Some(server) = named {
            match self.dsa_at(&server).await {
                Ok(Some(found)) if found.guid != dsa.guid => why = NotFound::Another { server, dsa: found },
                Ok(Some(found)) => return Ok(self.meant(server, found)),
                Ok(None) => why = NotFound::Untold(server),
                Err(error) => why = error.into(),
            }
        }
        // The most likely candidates come first: the server that is connected already, which costs nothing, and one
        // that has the domain controller's DNS name. All others are then asked at the same time.
        let preferred = self.server();
        servers.sort_by_key(|server| (*server != preferred, !server.host.eq_ignore_ascii_case(&dsa.name)));
        let others = servers.split_off(servers.len().min(2));
        for server in servers {
            if let Some(server) = self.if_it_is(dsa, server).await {
                return Ok(server);
            }
        }
        let mut others =
            stream::iter(others).map(|server| self.if_it_is(dsa, server)).buffer_unordered(SERVERS_AT_ONCE);
        let first = async {
            while let Some(answer) = others.next().await {
                if answer.is_some() {
                    return answer;
                }
            }
            None
        };
        timeout(self.patience_with_one(), first).await.ok().flatten().ok_or(why)
    }

    /// Returns `server` if it is the domain controller `dsa`.
    async fn if_it_is(&self, dsa: &Dsa, server: Server) -> Option<Server> {
        let found = self.dsa_at(&server).await.ok().flatten().filter(|found| found.guid == dsa.guid)?;
        Some(self.meant(server, found))
    }

    fn meant(&self, server: Server, dsa: Dsa) -> Server {
        self.failover.insist(&server, &dsa);
        server
    }

    async fn dsa_at(&self, server: &Server) -> Result<Option<Dsa>, OperationError> {
        self.persist_at(Some(server), async |session| Ok(session.dsa().await?.cloned())).await
    }
}
