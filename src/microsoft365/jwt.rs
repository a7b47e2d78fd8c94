//! JSON Web Tokens (RFC 7519): the assertions that adphoto signs, and what access tokens say.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;

use super::certificate::Certificate;

/// How long an assertion is valid. Microsoft recommends 5 to 10 minutes.
const ASSERTION_LIFE: Duration = Duration::from_secs(8 * 60);
/// The time by which this machine's clock may differ from Microsoft's.
const SKEW: Duration = Duration::from_secs(60);

/// What an access token says. Microsoft may change what its tokens look like, so everything may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Claims {
    /// The application permissions that were granted.
    pub roles: Vec<String>,
    /// The delegated permissions, separated by blanks. A token with these acts for a person.
    #[serde(rename = "scp")]
    pub scopes: Option<String>,
    /// The id of the tenant.
    #[serde(rename = "tid")]
    pub tenant: Option<String>,
    /// The app's client ID.
    #[serde(rename = "appid")]
    pub app: Option<String>,
    /// The app's display name.
    #[serde(rename = "app_displayname")]
    pub app_name: Option<String>,
    /// The service for which the token was issued.
    #[serde(rename = "aud")]
    pub audience: Option<String>,
    /// When the token ends, in seconds since 1970.
    #[serde(rename = "exp")]
    pub end: Option<u64>,
}

impl Claims {
    /// Reads the claims of a token, without checking its signature: only Graph can do that. Returns `None` if the token
    /// is no JWT.
    #[must_use]
    pub fn read(token: &str) -> Option<Self> {
        let mut parts = token.split('.');
        let (_, claims, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else { return None };
        serde_json::from_slice(&BASE64URL_NOPAD.decode(claims.trim_end_matches('=').as_bytes()).ok()?).ok()
    }

    /// Returns whether the token has a permission, as an app or for a person.
    #[must_use]
    pub fn has(&self, permission: &str) -> bool {
        let mut scopes = self.scopes.iter().flat_map(|scopes| scopes.split(' '));
        self.roles.iter().any(|role| role == permission) || scopes.any(|scope| scope == permission)
    }

    /// Returns the time for which the token is still valid; `None` if it does not say.
    pub(super) fn left(&self) -> Option<Duration> {
        let end = UNIX_EPOCH.checked_add(Duration::from_secs(self.end?))?;
        Some(end.duration_since(SystemTime::now()).unwrap_or_default())
    }
}

/// Returns a signed assertion, with which an app proves who it is. `audience` is the address that it is sent to. Returns
/// `None` if the system has no random numbers.
pub(super) fn assertion(certificate: &Certificate, client_id: &str, audience: &str, now: SystemTime) -> Option<String> {
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let header = serde_json::json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": certificate.thumbprint() });
    let claims = serde_json::json!({
        "aud": audience,
        "iss": client_id,
        "sub": client_id,
        // A server may accept each assertion only once (RFC 7523).
        "jti": format!("{:032x}", u128::from_le_bytes(ring::rand::generate(&ring::rand::SystemRandom::new()).ok()?.expose())),
        "nbf": now.saturating_sub(SKEW).as_secs(),
        "iat": now.as_secs(),
        "exp": (now + ASSERTION_LIFE).as_secs(),
    });
    let encode = |json: &serde_json::Value| BASE64URL_NOPAD.encode(json.to_string().as_bytes());
    let signed = format!("{}.{}", encode(&header), encode(&claims));
    let signature = certificate.sign(signed.as_bytes())?;
    Some(format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature)))
}

#[cfg(test)]
mod tests {
    use data_encoding::BASE64URL_NOPAD;

    use super::Claims;

    #[test]
    fn a_token_says_what_it_is_good_for() {
        let token = |claims: &str| format!("e30.{}.c2ln", BASE64URL_NOPAD.encode(claims.as_bytes()));
        let claims = Claims::read(&token(r#"{"roles":["User.Read.All"],"tid":"t","exp":1,"x":{}}"#)).expect("a token");
        assert!(claims.has("User.Read.All") && !claims.has("User.ReadWrite.All"));
        assert_eq!(claims.left(), Some(std::time::Duration::ZERO));
        assert!(Claims::read(&token(r#"{"scp":"User.Read.All Mail.Read"}"#)).expect("a token").has("Mail.Read"));
        for opaque in ["", "abc", "a.b", "a.b.c.d", "a.!.c", &token("5"), &token(r#"{"roles":5}"#)] {
            assert_eq!(Claims::read(opaque), None, "{opaque}");
        }
    }
}
