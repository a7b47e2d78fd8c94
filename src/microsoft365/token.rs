//! Gets access tokens from Microsoft Entra, and renews them in time.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;
use url::form_urlencoded::Serializer;

use super::credential::{ClientId, Credential, Options};
use super::error::{GraphError, TokenError, one_line};
use super::gate::Gate;
use super::http::{Body, Http, Request, host_of};
use super::jwt::{self, Claims};

/// The size up to which an answer with a token is read, in bytes.
const MAX_ANSWER: usize = 256 * 1024;
/// The size up to which a file with a federated token is read, in bytes.
const MAX_FILE: u64 = 64 * 1024;
/// How long before its end a token is renewed, so that no request is under way with one that ends.
const RENEW_BEFORE: Duration = Duration::from_secs(5 * 60);
/// The application ID of Microsoft Graph, for which tokens may be issued, too.
const GRAPH_APP: &str = "00000003-0000-0000-c000-000000000000";
/// The kind of assertion (RFC 7523).
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// An access token, with what it says about itself if it is a JWT.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) secret: SecretString,
    pub(super) claims: Option<Claims>,
    renew_at: Option<Instant>,
    ends_at: Option<Instant>,
}

/// The token that is in force, renewed when its end comes near.
#[derive(Debug)]
pub(super) struct Tokens {
    credential: Credential,
    /// The address at which tokens are requested.
    endpoint: Url,
    /// What tokens are asked for: Graph's address.
    audience: String,
    tenant: String,
    token: Mutex<Option<Arc<Token>>>,
}

#[derive(Deserialize)]
struct Given {
    access_token: String,
    expires_in: u64,
}

#[derive(Deserialize)]
struct Discovered {
    issuer: String,
}

#[derive(Deserialize)]
struct NotGiven {
    #[serde(default)]
    error: String,
    #[serde(default)]
    error_description: String,
    #[serde(default)]
    error_codes: Vec<u32>,
}

impl Tokens {
    pub(super) fn new(options: &Options) -> Result<Self, GraphError> {
        let address = format!("{}/{}/oauth2/v2.0/token", options.cloud.login(), options.tenant);
        let malformed = |_| GraphError::Malformed { host: options.cloud.login(), what: "its address" };
        Ok(Self {
            credential: options.credential.clone(),
            endpoint: Url::parse(&address).map_err(malformed)?,
            audience: options.cloud.graph(),
            tenant: options.tenant.to_string(),
            token: Mutex::default(),
        })
    }

    /// Returns the token that is in force. Only one task asks for a new one; the others wait for it.
    pub(super) async fn get(&self, http: &Http, gate: &Gate) -> Result<Arc<Token>, GraphError> {
        let mut held = self.token.lock().await;
        if let Some(token) = held.as_ref().filter(|token| !token.is_due()) {
            return Ok(token.clone());
        }
        match self.obtain(http, gate).await {
            Ok(token) => {
                let token = Arc::new(token);
                *held = Some(token.clone());
                Ok(token)
            }
            // The old token is still valid for some minutes, and Entra may answer again by then.
            Err(error) if error.may_pass() || matches!(error, GraphError::GaveUp { .. }) => {
                held.clone().filter(|token| !token.is_over(Duration::ZERO)).ok_or(error)
            }
            Err(error) => Err(error),
        }
    }

    /// Forgets a token that Graph does not accept any more.
    pub(super) async fn forget(&self, refused: &Arc<Token>) {
        let mut held = self.token.lock().await;
        if held.as_ref().is_some_and(|token| Arc::ptr_eq(token, refused)) {
            *held = None;
        }
    }

    /// Returns whether a token that was refused can be replaced by another.
    pub(super) fn can_renew(&self) -> bool {
        !matches!(self.credential, Credential::AccessToken(_))
    }

    async fn obtain(&self, http: &Http, gate: &Gate) -> Result<Token, GraphError> {
        if let Credential::AccessToken(secret) = &self.credential {
            let tenant = self.tenant_id(http).await?;
            return Ok(self.given(secret, &tenant)?);
        }
        loop {
            // Each try gets a form of its own, because a server may accept an assertion only once.
            let form = self.form()?;
            let (method, url) = (reqwest::Method::POST, self.endpoint.clone());
            let request = Request { method, url, body: Body::Form(form), limit: MAX_ANSWER };
            let (wish, why) = match http.send(&request, None).await {
                Ok(answer) if answer.status.is_success() => {
                    gate.fine();
                    let malformed = |_| GraphError::Malformed { host: host_of(&self.endpoint), what: "no token" };
                    let Given { access_token, expires_in } = serde_json::from_slice(&answer.body).map_err(malformed)?;
                    return Ok(Token::new(access_token.into(), Duration::from_secs(expires_in)));
                }
                Ok(answer) if answer.status.as_u16() == 429 || answer.status.is_server_error() => {
                    (answer.retry_after, format!("Microsoft Entra answers with status {}", answer.status.as_u16()))
                }
                Ok(answer) => return Err(self.refused(&answer.body, answer.status.as_u16()).into()),
                Err(error) if error.may_pass() => (None, error.to_string()),
                Err(error) => return Err(error),
            };
            gate.close(wish, &why)?;
            gate.opened().await;
        }
    }

    /// Returns the id of the tenant. If the tenant is named by a domain, Entra is asked for the id, which it tells
    /// anybody.
    async fn tenant_id(&self, http: &Http) -> Result<String, GraphError> {
        if super::credential::is_guid(&self.tenant) {
            return Ok(self.tenant.clone());
        }
        let malformed = |what| GraphError::Malformed { host: host_of(&self.endpoint), what };
        let mut url = self.endpoint.clone();
        url.set_path(&format!("/{}/v2.0/.well-known/openid-configuration", self.tenant));
        let answer = http.send(&Request::get(url, MAX_ANSWER), None).await?;
        if !answer.status.is_success() {
            return Err(self.refused(&answer.body, answer.status.as_u16()).into());
        }
        let Discovered { issuer } = serde_json::from_slice(&answer.body).map_err(|_| malformed("no issuer"))?;
        let id = Url::parse(&issuer).ok().and_then(|url| Some(url.path_segments()?.next()?.to_lowercase()));
        let id = id.unwrap_or_default();
        Some(id).filter(|id| super::credential::is_guid(id)).ok_or_else(|| malformed("no tenant's id"))
    }

    /// Checks a token that another program has obtained.
    fn given(&self, secret: &SecretString, wanted: &str) -> Result<Token, TokenError> {
        let claims = Claims::read(secret.expose_secret()).ok_or(TokenError::NotAToken)?;
        let audience = claims.audience.as_deref().ok_or(TokenError::NotAToken)?;
        if audience.trim_end_matches('/') != self.audience && audience != GRAPH_APP {
            return Err(TokenError::WrongAudience { found: one_line(audience), wanted: self.audience.clone() });
        }
        let tenant = claims.tenant.as_deref().ok_or(TokenError::NotAToken)?;
        if !tenant.eq_ignore_ascii_case(wanted) {
            return Err(TokenError::WrongTenant { found: one_line(tenant), wanted: self.tenant.clone() });
        }
        let left = claims.left().ok_or(TokenError::NotAToken)?;
        if left.is_zero() {
            return Err(TokenError::Ended);
        }
        let ends_at = Instant::now().checked_add(left);
        Ok(Token { secret: secret.clone(), claims: Some(claims), renew_at: ends_at, ends_at })
    }

    fn form(&self) -> Result<SecretString, TokenError> {
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials");
        form.append_pair("scope", &format!("{}/.default", self.audience));
        let assertion = |form: &mut Serializer<'_, String>, client_id: &ClientId, assertion: &str| {
            form.append_pair("client_id", &client_id.to_string());
            form.append_pair("client_assertion_type", JWT_BEARER);
            form.append_pair("client_assertion", assertion);
        };
        match &self.credential {
            Credential::Secret { client_id, secret } => {
                form.append_pair("client_id", &client_id.to_string());
                form.append_pair("client_secret", secret.expose_secret());
            }
            Credential::Certificate { client_id, certificate } => {
                let (id, audience) = (client_id.to_string(), self.endpoint.as_str());
                let signed = jwt::assertion(certificate, &id, audience, SystemTime::now());
                assertion(&mut form, client_id, &signed.ok_or(TokenError::NoRandom)?);
            }
            Credential::Federated { client_id, file } => assertion(&mut form, client_id, &federated(file)?),
            Credential::AccessToken(_) => {}
        }
        Ok(form.finish().into())
    }

    fn refused(&self, body: &[u8], status: u16) -> TokenError {
        let unknown = NotGiven { error: String::new(), error_description: String::new(), error_codes: Vec::new() };
        let NotGiven { error, error_description, error_codes } = serde_json::from_slice(body).unwrap_or(unknown);
        let texts = [error_description, error].map(|text| one_line(&text));
        let text = texts.into_iter().find(|text| !text.is_empty()).unwrap_or_else(|| format!("status {status}"));
        let app = self.credential.client_id().map(|id| format!("the app {id}")).unwrap_or_default();
        let number = error_codes.first().copied().unwrap_or_default();
        TokenError::Refused { app, with: self.credential.in_words(), number, text }
    }
}

impl Token {
    fn new(secret: SecretString, life: Duration) -> Self {
        // A token that lives for a few minutes only is used for half of them.
        let used = life.saturating_sub(RENEW_BEFORE).max(life / 2);
        let claims = Claims::read(secret.expose_secret());
        let now = Instant::now();
        Self { secret, claims, renew_at: now.checked_add(used), ends_at: now.checked_add(life) }
    }

    fn is_due(&self) -> bool {
        self.renew_at.is_some_and(|at| at <= Instant::now())
    }

    /// Returns whether the token has run out, or will within `soon`.
    pub(super) fn is_over(&self, soon: Duration) -> bool {
        self.ends_at.is_some_and(|at| at <= Instant::now() + soon)
    }
}

fn federated(path: &Path) -> Result<String, TokenError> {
    let failed = |why: String| TokenError::FederatedFile { path: path.display().to_string(), why };
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(|error| failed(error.to_string()))?;
    file.take(MAX_FILE).read_to_string(&mut text).map_err(|error| failed(error.to_string()))?;
    let token = text.trim();
    match token.split('.').count() == 3 && !token.contains(char::is_whitespace) {
        true => Ok(token.to_owned()),
        false => Err(failed("it does not hold a JSON web token".to_owned())),
    }
}
