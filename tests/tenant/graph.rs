//! Microsoft Graph: accounts, photos and the policy.

use std::time::Instant;

use serde_json::{Value, json};

use super::http::{Asked, Reply};
use super::photos::{self, Photo};
use super::{State, Tenant};

/// The properties of a user that Graph sends if a request names none.
const UNASKED: &str = "businessPhones,displayName,givenName,jobTitle,mail,mobilePhone,officeLocation,preferredLanguage,\
                       surname,userPrincipalName,id";

impl Tenant {
    /// The size of the pages that Graph sends at most.
    pub(crate) const A_PAGE: usize = 999;
}

pub(super) fn answer(state: &mut State, asked: &Asked, path: &str) -> Reply {
    let is_known =
        asked.bearer.as_ref().and_then(|token| state.tokens.get(token)).is_some_and(|end| *end > Instant::now());
    if !is_known {
        return Reply::error(401, "InvalidAuthenticationToken", "Access token has expired or is not yet valid.");
    }
    let parts: Vec<&str> = path.split('/').collect();
    match (asked.method.as_str(), &parts[..]) {
        ("GET", ["users"]) => users(state, asked),
        ("GET", ["admin", "people", "photoUpdateSettings"]) => policy(state),
        (method, ["users", id, "photo", "$value"]) => match account(state, id) {
            Some(id) => photo(state, asked, method, &id),
            None => Reply::error(404, "Request_ResourceNotFound", "Resource does not exist."),
        },
        ("GET", ["users", id, "photo"]) => match account(state, id) {
            Some(id) => metadata(state, &id),
            None => Reply::error(404, "Request_ResourceNotFound", "Resource does not exist."),
        },
        _ => Reply::error(400, "BadRequest", &format!("{} {path}", asked.method)),
    }
}

fn has(state: &State, any: &[&str]) -> bool {
    state.roles.iter().any(|role| any.contains(role))
}

fn denied() -> Reply {
    Reply::error(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
}

fn users(state: &State, asked: &Asked) -> Reply {
    if !has(state, &["User.Read.All", "User.ReadWrite.All"]) {
        return denied();
    }
    let value = |name: &str| {
        let mut pairs = url::form_urlencoded::parse(asked.query.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    };
    let size: usize = value("$top").and_then(|top| top.parse().ok()).unwrap_or(100).min(Tenant::A_PAGE);
    let from: usize = value("$skiptoken").and_then(|from| from.parse().ok()).unwrap_or_default();
    let fields = value("$select").unwrap_or_else(|| UNASKED.to_owned());
    let selected = |user: &Value| -> Value {
        fields
            .split(',')
            .map(|field| (field.to_owned(), user.get(field).cloned().unwrap_or_default()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let page: Vec<Value> = state.users.iter().skip(from).take(size).map(selected).collect();
    let mut body =
        json!({ "@odata.context": format!("{}/v1.0/$metadata#users({fields})", state.address(asked)), "value": page });
    if from + size < state.users.len() {
        let rest = format!("$top={size}&$select={fields}&$skiptoken={}", from + size);
        body["@odata.nextLink"] = format!("{}/v1.0/users?{rest}", state.address(asked)).into();
    }
    Reply::json(200, &body)
}

fn policy(state: &State) -> Reply {
    if !has(state, &["PeopleSettings.Read.All"]) {
        return denied();
    }
    // Microsoft's documentation of the request shows the answer in this form.
    Reply::json(200, &json!({ "value": { "source": state.photo_source, "allowedRoles": [] } }))
}

/// Returns the id of the account with this id or userPrincipalName, which is given as it stands in an address.
fn account(state: &State, name: &str) -> Option<String> {
    let name = decoded(name);
    let is = |user: &&Value| user["id"] == name.as_str() || user["userPrincipalName"] == name.as_str();
    state.users.iter().find(is).map(|user| user["id"].as_str().unwrap().to_owned())
}

/// Undoes the encoding of addresses, such as `%40` for `@`, which msgraph-sdk sends.
fn decoded(part: &str) -> String {
    let mut pieces = part.split('%');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let byte = piece.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()).unwrap_or(b'%');
        bytes.push(byte);
        bytes.extend_from_slice(piece.get(2..).unwrap_or_default().as_bytes());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn photo(state: &mut State, asked: &Asked, method: &str, id: &str) -> Reply {
    let may = |more: &[&str]| has(state, &[&["User.ReadWrite.All"], more].concat());
    match method {
        "GET" if !may(&["ProfilePhoto.Read.All", "ProfilePhoto.ReadWrite.All", "User.Read.All"]) => denied(),
        "GET" => match state.photos.get(id).and_then(Photo::seen) {
            Some(photo) => Reply::Answer(200, vec![("Content-Type", "image/jpeg".to_owned())], photo.to_vec()),
            None if state.shows_gif => {
                Reply::Answer(200, vec![("Content-Type", "image/gif".to_owned())], photos::ONE_PIXEL.to_vec())
            }
            None => Reply::error(404, "ImageNotFound", "Exception of type 'ImageNotFoundException' was thrown."),
        },
        "PUT" | "DELETE" if state.photo_source == Some("onPremises") => {
            Reply::error(403, "ErrorAccessDenied", "Photo updates are managed on-premises.")
        }
        "PUT" if !may(&["ProfilePhoto.ReadWrite.All"]) => denied(),
        "PUT" if asked.content_type != "image/jpeg" => {
            Reply::error(415, "ErrorInvalidContentType", "image/jpeg, please")
        }
        "PUT" if asked.body.len() > 4 << 20 => Reply::error(413, "RequestEntityTooLarge", "4 MB"),
        "PUT" => match photos::served(&asked.body, state.encodes) {
            Some(photo) => change(state, id, Some(photo)),
            None => Reply::error(400, "ErrorInvalidImage", "The photo is not a valid image."),
        },
        "DELETE" if !has(state, &["User.ReadWrite.All"]) => denied(),
        "DELETE" if state.photos.get(id).is_none_or(|photo| photo.newest().is_none()) => {
            Reply::error(404, "ImageNotFound", "There is no photo.")
        }
        "DELETE" => change(state, id, None),
        _ => Reply::Answer(405, Vec::new(), Vec::new()),
    }
}

fn change(state: &mut State, id: &str, photo: Option<Vec<u8>>) -> Reply {
    let stale = state.stale;
    let held = state.photos.entry(id.to_owned()).or_insert_with(|| Photo::new(None));
    held.change(photo, stale);
    // Microsoft documents 200 for a change, and also answers 204.
    Reply::Answer(if held.changes.is_multiple_of(2) { 204 } else { 200 }, Vec::new(), Vec::new())
}

fn metadata(state: &State, id: &str) -> Reply {
    match state.photos.get(id).and_then(|photo| Some((photo, photo.seen()?))) {
        Some((photo, content)) => {
            let (width, height) = photos::dimensions(content);
            Reply::json(
                200,
                &json!({
                    "@odata.mediaContentType": "image/jpeg", "@odata.mediaEtag": format!("\"{id}-{}\"", photo.changes),
                    "id": format!("{width}x{height}"), "width": width, "height": height,
                }),
            )
        }
        None if state.shows_gif => Reply::json(
            200,
            &json!({
                "@odata.mediaContentType": "image/gif", "@odata.mediaEtag": "", "id": "1x1", "width": 1, "height": 1,
            }),
        ),
        None => Reply::error(404, "ImageNotFound", "There is no photo."),
    }
}
