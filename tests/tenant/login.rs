//! Microsoft Entra: tokens for who proves to be the app.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use ring::digest;
use ring::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::http::{Asked, Reply};
use super::{CERTIFICATE, CLIENT_ID, DOMAIN, ID, SECRET, State};

pub(super) fn answer(state: &mut State, asked: &Asked) -> Reply {
    let mut parts = asked.path.trim_start_matches('/').splitn(2, '/');
    let (tenant, rest) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    if tenant != ID && tenant != DOMAIN {
        return refusal(90_002, "Tenant not found. Check to make sure you have the correct tenant ID.");
    }
    match (asked.method.as_str(), rest) {
        ("GET", "v2.0/.well-known/openid-configuration") => {
            let here = format!("{}/{ID}", state.address(asked));
            Reply::json(
                200,
                &json!({
                    "issuer": format!("{here}/v2.0"), "token_endpoint": format!("{here}/oauth2/v2.0/token"),
                    "authorization_endpoint": format!("{here}/oauth2/v2.0/authorize"),
                }),
            )
        }
        ("POST", "oauth2/v2.0/token") => token(state, asked),
        _ => Reply::Answer(404, Vec::new(), Vec::new()),
    }
}

fn token(state: &mut State, asked: &Asked) -> Reply {
    let form = |name: &str| {
        let mut pairs = url::form_urlencoded::parse(&asked.body);
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    if asked.content_type != "application/x-www-form-urlencoded" || form("grant_type") != "client_credentials" {
        return refusal(70_003, "The app requested an unsupported grant type.");
    }
    let address = state.address(asked).to_owned();
    if form("scope") != format!("{address}/.default") {
        return refusal(70_011, "The provided value for the input parameter 'scope' is not valid.");
    }
    if form("client_id") != CLIENT_ID {
        return refusal(700_016, "Application was not found in the directory.");
    }
    let secret = form("client_secret");
    if !secret.is_empty() {
        return match secret == SECRET {
            true => given(state, &address),
            false => refusal(7_000_215, "Invalid client secret provided.\r\nTrace ID: 1234\r\nTimestamp: now"),
        };
    }
    if form("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
        return refusal(7_000_218, "The request body must contain 'client_assertion' or 'client_secret'.");
    }
    let assertion = form("client_assertion");
    if state.federated.contains(&assertion) {
        return given(state, &address);
    }
    let endpoint = format!("{address}{}", asked.path);
    match judge(state, &assertion, &endpoint) {
        Ok(()) => given(state, &address),
        Err((number, why)) => refusal(number, why),
    }
}

/// Judges an assertion as Entra does, but accepts each only once, as RFC 7523 allows. Entra itself cannot be so strict,
/// since msal sends an assertion again within nine minutes if it needs another token.
fn judge(state: &mut State, assertion: &str, endpoint: &str) -> Result<(), (u32, &'static str)> {
    const BAD: (u32, &str) = (50_027, "JWT token is invalid or malformed.");
    const UNSIGNED: (u32, &str) =
        (700_027, "The certificate with identifier used to sign the client assertion is not registered.");
    let parts: Vec<&str> = assertion.split('.').collect();
    let &[header, claims, signature] = &parts[..] else { return Err(BAD) };
    let decode = |part: &str| BASE64URL_NOPAD.decode(part.as_bytes()).map_err(|_| BAD);
    let json = |part: &str| serde_json::from_slice::<Value>(&decode(part)?).map_err(|_| BAD);
    let (header, claims_json) = (json(header)?, json(claims)?);
    let certificate = CertificateDer::from_pem_slice(&CERTIFICATE).unwrap();
    let thumbprint = BASE64URL_NOPAD.encode(digest::digest(&digest::SHA256, &certificate).as_ref());
    // msal, Microsoft's own library, pads the thumbprint, and sends the certificate along.
    let named = header["x5t#S256"].as_str().unwrap_or_default().trim_end_matches('=');
    if header["alg"] != "PS256" || header["typ"] != "JWT" || named != thumbprint {
        return Err(UNSIGNED);
    }
    let (_, certificate) = X509Certificate::from_der(&certificate).unwrap();
    let key = UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, &certificate.public_key().subject_public_key.data);
    let signed = &assertion[..assertion.rfind('.').unwrap()];
    key.verify(signed.as_bytes(), &decode(signature)?).map_err(|_| UNSIGNED)?;
    // It also sends fractions of a second and no `nbf`, as RFC 7519 allows.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
    let (begin, end) = (claims_json["nbf"].as_f64().unwrap_or(now), claims_json["exp"].as_f64().ok_or(BAD)?);
    if begin > now || end <= now || end - now > 600.0 {
        return Err((700_024, "Client assertion is not within its valid time range."));
    }
    if claims_json["aud"] != endpoint || claims_json["iss"] != CLIENT_ID || claims_json["sub"] != CLIENT_ID {
        return Err((700_023, "Client assertion audience claim does not match Realm issuer."));
    }
    let id = claims_json["jti"].as_str().ok_or(BAD)?.to_owned();
    if id.len() < 16 || !state.assertions.insert(id) {
        return Err((50_132, "The assertion was used before."));
    }
    Ok(())
}

fn given(state: &mut State, address: &str) -> Reply {
    let life = state.token_life.as_secs();
    Reply::json(200, &json!({ "token_type": "Bearer", "expires_in": life, "access_token": give(state, address) }))
}

/// Makes a token for Graph at this address. It looks like Microsoft's. Nobody can check its signature, but the practice
/// tenant recognizes it.
pub(super) fn give(state: &mut State, address: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let claims = json!({
        "aud": address, "tid": ID, "appid": CLIENT_ID, "app_displayname": "practice", "roles": state.roles,
        "exp": (now + state.token_life).as_secs(),
    });
    let encode = |text: &str| BASE64URL_NOPAD.encode(text.as_bytes());
    let number = HEXLOWER.encode(&fastrand::u128(..).to_le_bytes());
    let token = format!("{}.{}.{}", encode(r#"{"typ":"JWT"}"#), encode(&claims.to_string()), encode(&number));
    state.tokens.insert(token.clone(), Instant::now() + state.token_life);
    token
}

fn refusal(number: u32, text: &str) -> Reply {
    let body = json!({
        "error": "invalid_client", "error_description": format!("AADSTS{number}: {text}"), "error_codes": [number],
    });
    Reply::json(401, &body)
}
