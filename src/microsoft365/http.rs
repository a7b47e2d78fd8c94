//! Sends one request over HTTP, and reads an answer of limited length.

use std::error::Error;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Method, StatusCode};
use rustls::{CertificateError, OtherError};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::error::GraphError;

/// The longest `Retry-After` that is heeded.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// Sends requests. `Debug` shows no token, as it keeps none.
#[derive(Debug)]
pub(super) struct Http {
    client: Client,
    timeout: Duration,
}

/// A request to Graph or to the sign-in.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Body,
    /// The size up to which the answer is read, in bytes.
    pub(super) limit: usize,
}

/// The body of a request.
#[derive(Debug, Clone)]
pub(super) enum Body {
    Empty,
    Jpeg(Vec<u8>),
    /// The fields of a form, which may hold secrets.
    Form(SecretString),
}

/// An answer, whatever its status.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// The time to wait before the next request, if the server says so.
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Vec<u8>,
}

impl Request {
    pub(super) fn get(url: Url, limit: usize) -> Self {
        Self { method: Method::GET, url, body: Body::Empty, limit }
    }
}

impl Http {
    /// Returns a client that trusts what `tls` trusts. It takes a proxy from the environment, except for the practice
    /// tenant on this machine.
    pub(super) fn new(tls: rustls::ClientConfig, timeout: Duration, is_practice: bool) -> Result<Self, GraphError> {
        let builder = Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(Policy::none())
            .referer(false)
            .user_agent(concat!("adphoto/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(timeout)
            .timeout(timeout);
        let builder = if is_practice { builder.no_proxy() } else { builder.https_only(true) };
        let client = builder
            .build()
            .map_err(|error| GraphError::Unreachable { host: "Microsoft Graph".to_owned(), why: cause(&error) })?;
        Ok(Self { client, timeout })
    }

    /// Sends a request, with a token if there is one, and reads its answer.
    pub(super) async fn send(&self, request: &Request, bearer: Option<&SecretString>) -> Result<Answer, GraphError> {
        let host = host_of(&request.url);
        let failed = |error: reqwest::Error| match distrust(&error) {
            Some(why) => GraphError::NotTrusted { host: host.clone(), why },
            None if error.is_timeout() => GraphError::TimedOut { host: host.clone(), after: self.timeout },
            None => GraphError::Unreachable { host: host.clone(), why: cause(&error) },
        };
        let mut builder = self.client.request(request.method.clone(), request.url.clone());
        if let Some(token) = bearer {
            builder = builder.bearer_auth(token.expose_secret());
        }
        builder = match &request.body {
            Body::Empty => builder,
            Body::Jpeg(photo) => builder.header("Content-Type", "image/jpeg").body(photo.clone()),
            Body::Form(form) => builder
                .header("Content-Type", "application/x-www-form-urlencoded")
                .body(form.expose_secret().to_owned()),
        };
        let mut response = builder.send().await.map_err(failed)?;
        if response.status().is_redirection() {
            return Err(GraphError::Redirected(host));
        }
        let (status, retry_after) = (response.status(), retry_after(&response));
        let too_long = || GraphError::TooLong { host: host.clone(), limit: request.limit };
        if response.content_length().is_some_and(|length| length > request.limit as u64) {
            return Err(too_long());
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > request.limit {
                return Err(too_long());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, retry_after, body })
    }
}

/// Returns the host and, if it is not the usual one, the port of an address.
pub(super) fn host_of(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}{port}", url.host_str().unwrap_or_default())
}

/// Reads `Retry-After`. Graph sends seconds; a date is ignored.
fn retry_after(response: &reqwest::Response) -> Option<Duration> {
    let text = response.headers().get("Retry-After")?.to_str().ok()?;
    let seconds = text.trim().parse::<f64>().ok().filter(|seconds| seconds.is_finite() && *seconds >= 0.0)?;
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(MAX_RETRY_AFTER).min(MAX_RETRY_AFTER))
}

/// Returns why the server's certificate is not trusted, if that is the reason, in words that follow "its certificate".
fn distrust(error: &reqwest::Error) -> Option<String> {
    let mut causes = std::iter::successors(Some(error as &dyn Error), |&error| error.source());
    causes.find_map(|cause| {
        // An error of the system hides the one that it was made of.
        let inner = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let tls = inner.and_then(|inner| inner.downcast_ref()).or_else(|| cause.downcast_ref::<rustls::Error>())?;
        match tls {
            rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(fault))) => Some(fault.to_string()),
            rustls::Error::InvalidCertificate(_) => Some(format!("is not valid ({tls})")),
            _ => None,
        }
    })
}

/// Returns the innermost cause of an error, which says most. The errors around it name the address, and the address of
/// a proxy may have a password in it.
fn cause(error: &reqwest::Error) -> String {
    let mut innermost: &dyn Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    match error.source() {
        Some(_) => innermost.to_string(),
        None => "the request failed".to_owned(),
    }
}
