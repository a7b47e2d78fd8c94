//! Sends requests to Graph with a token, sends them again where that can help, and puts Graph's errors into words.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::watch;
use tokio::time::sleep;
use url::Url;

use super::credential::Options;
use super::error::{GraphError, TokenError, one_line};
use super::gate::{Gate, pause_after};
use super::http::{Answer, Http, Request, host_of};
use super::token::{Token, Tokens};

/// The number of times that one request is sent again after a server error that concerns this request alone. Some
/// mailboxes, such as those of Bookings, always answer with such errors.
const RETRIES: u32 = 4;

/// The time by which this machine's clock may differ from Microsoft's.
const SKEW: Duration = Duration::from_secs(60);

/// Microsoft Graph, to which an app signs in when it needs a token.
#[derive(Debug)]
pub(super) struct Graph(Arc<Way>);

/// The way to Graph, which all requests share.
#[derive(Debug)]
struct Way {
    http: Http,
    gate: Gate,
    tokens: Tokens,
    base: Url,
}

/// The description of an error in Graph's answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Complaint {
    pub(super) code: String,
    pub(super) text: String,
}

impl Graph {
    pub(super) fn new(options: &Options) -> Result<Self, GraphError> {
        let address = options.cloud.graph();
        let malformed = |_| GraphError::Malformed { host: address.clone(), what: "its address" };
        Ok(Self(Arc::new(Way {
            base: Url::parse(&address).map_err(malformed)?,
            http: Http::new(options.tls.clone(), options.timeout, options.cloud.is_practice())?,
            gate: Gate::new(options.give_up_after),
            tokens: Tokens::new(options)?,
        })))
    }

    /// Returns the address of a resource; `path` begins with a slash, and holds nothing that must be escaped.
    pub(super) fn url(&self, path: &str) -> Url {
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        let mut url = self.0.base.clone();
        url.set_path(path);
        url.set_query(query);
        url
    }

    /// Returns the address of the next page, if it leads to the host that everything else goes to.
    ///
    /// # Errors
    /// When it leads elsewhere, where the token must not go.
    pub(super) fn next(&self, link: &str) -> Result<Url, GraphError> {
        let url = Url::parse(link).map_err(|_| self.malformed("the link to the next page"))?;
        let origin =
            |url: &Url| (url.scheme().to_owned(), url.host_str().map(str::to_owned), url.port_or_known_default());
        let is_anonymous = url.username().is_empty() && url.password().is_none();
        match origin(&url) == origin(&self.0.base) && is_anonymous {
            true => Ok(url),
            false => Err(GraphError::ForeignLink(one_line(&host_of(&url)))),
        }
    }

    /// Returns the token that is in force, and signs in if there is none.
    pub(super) async fn token(&self) -> Result<Arc<Token>, GraphError> {
        let way = self.0.clone();
        self.to_its_end(async move { way.token().await }).await
    }

    /// Returns a receiver of the last failure in words, which are empty at first.
    pub(super) fn trouble(&self) -> watch::Receiver<String> {
        self.0.gate.trouble()
    }

    /// Sends a request until it is answered, and returns the answer, which may be an error that is final. `is_lost_again`
    /// says whether to send it again if the answer was lost; if not, nobody knows whether it was done.
    pub(super) async fn call(&self, request: Request, is_lost_again: bool) -> Result<Answer, GraphError> {
        let way = self.0.clone();
        self.to_its_end(async move { way.call(&request, is_lost_again).await }).await
    }

    /// Runs a future as a task of its own. Its caller may be part of a stream that is not polled for a while. A request that
    /// stood still with it would keep the gate closed to all others, and they would wait for each other for ever.
    async fn to_its_end<T: Send + 'static>(
        &self,
        future: impl Future<Output = Result<T, GraphError>> + Send + 'static,
    ) -> Result<T, GraphError> {
        tokio::spawn(future).await.unwrap_or_else(|_| Err(self.malformed("it could not be read to its end")))
    }

    /// Reads a JSON resource.
    pub(super) async fn read<T: DeserializeOwned>(&self, url: Url, limit: usize) -> Result<T, GraphError> {
        let answer = self.call(Request::get(url, limit), true).await?;
        if !answer.status.is_success() {
            return Err(refused(&answer));
        }
        serde_json::from_slice(&answer.body).map_err(|_| self.malformed("it is not the JSON that Graph documents"))
    }

    pub(super) fn malformed(&self, what: &'static str) -> GraphError {
        GraphError::Malformed { host: host_of(&self.0.base), what }
    }

    /// Waits before Graph is asked again for something that it did not have, for longer after more tries.
    pub(super) async fn pause(&self, tries: u32) {
        sleep(pause_after(tries).max(Duration::from_millis(50))).await;
    }
}

impl Way {
    async fn token(&self) -> Result<Arc<Token>, GraphError> {
        self.tokens.get(&self.http, &self.gate).await
    }

    async fn call(&self, request: &Request, is_lost_again: bool) -> Result<Answer, GraphError> {
        let (mut retries, mut is_renewed) = (0, false);
        loop {
            let permit = self.gate.pass().await;
            let token = self.token().await?;
            let sent = self.http.send(request, Some(&token.secret)).await;
            drop(permit);
            let (wish, why) = match sent {
                Ok(answer) => match answer.status.as_u16() {
                    401 if self.tokens.can_renew() && !is_renewed => {
                        is_renewed = true;
                        self.tokens.forget(&token).await;
                        continue;
                    }
                    // The token may have run out a little earlier by Microsoft's clock.
                    401 if token.is_over(SKEW) => return Err(TokenError::Ended.into()),
                    401 => return Err(TokenError::NotAccepted(Complaint::read(&answer.body).text).into()),
                    429 => (answer.retry_after, "Microsoft Graph asks adphoto to be slower (429)".to_owned()),
                    status @ 500.. if retries < RETRIES => {
                        retries += 1;
                        (answer.retry_after, format!("Microsoft Graph answers with status {status}"))
                    }
                    status => {
                        if status < 500 {
                            self.gate.fine();
                        }
                        return Ok(answer);
                    }
                },
                Err(error) if error.may_pass() && is_lost_again => (None, error.to_string()),
                Err(error) => return Err(error),
            };
            if retries > 0 && wish.is_none() {
                // So far only this request has failed, so the others need not wait.
                self.gate.note(&why)?;
                sleep(pause_after(retries)).await;
            } else {
                self.gate.close(wish, &why)?;
            }
        }
    }
}

/// Returns the error that an answer describes.
pub(super) fn refused(answer: &Answer) -> GraphError {
    let Complaint { code, text } = Complaint::read(&answer.body);
    GraphError::Refused { status: answer.status.as_u16(), code, text }
}

impl Complaint {
    /// Reads the body of an error; everything is empty if it is not what Graph documents.
    pub(super) fn read(body: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Outer {
            error: Inner,
        }
        #[derive(Deserialize)]
        struct Inner {
            #[serde(default)]
            code: String,
            #[serde(default)]
            message: String,
        }
        match serde_json::from_slice(body) {
            Ok(Outer { error: Inner { code, message } }) => Self { code: one_line(&code), text: one_line(&message) },
            Err(_) => Self::default(),
        }
    }
}
