//! Reads the photo of one account.

use std::borrow::Cow;

use serde::Deserialize;

use super::error::GraphError;
use super::graph::{Complaint, Graph, refused};
use super::http::{Answer, Request};
use crate::failure::Advice;

/// The size up to which a photo is read, in bytes. Graph takes at most 4 MB.
const MAX_PHOTO_BYTES: usize = 16 << 20;
/// The size up to which the description of a photo is read, in bytes.
const MAX_METADATA_BYTES: usize = 64 * 1024;
/// The number of times that a photo is asked for again after an answer without a reason. Graph sometimes answers with a
/// bare 404.
const DOUBTS: u32 = 3;

/// The photo that an account holds, or the reason why it shows none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// The photo in its largest size, as Graph serves it.
    Photo(Vec<u8>),
    Nothing,
    /// The account does not exist any more.
    Gone,
    /// Graph does not say whether there is a photo.
    Unknown(Trouble),
}

/// The reason why an account's photo can be neither read nor written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The account has no mailbox, or not yet.
    #[error("the account has no mailbox that could hold a photo ({0})")]
    NoMailbox(String),
    /// Graph refused for another reason.
    #[error(transparent)]
    Refused(GraphError),
}

impl Advice for Trouble {
    fn advice(&self) -> Option<Cow<'static, str>> {
        match self {
            Self::NoMailbox(_) => Some(
                "a new mailbox takes up to 15 minutes, so run the same command again later; otherwise give the account \
                 an Exchange Online licence"
                    .into(),
            ),
            Self::Refused(error) => error.advice(),
        }
    }
}

/// Returns the path of an account's photo.
pub(super) fn path(id: &str) -> String {
    format!("/v1.0/users/{id}/photo/$value")
}

/// What Graph says about a photo.
#[derive(Deserialize)]
struct Metadata {
    #[serde(rename = "@odata.mediaEtag", default)]
    etag: String,
    #[serde(default)]
    width: u32,
}

/// Reads the mediaEtag of an account's photo, which changes whenever the photo does, without reading the photo itself.
/// Returns `None` if there is no photo, or if Graph does not say; reading the photo tells which.
pub(super) async fn etag(graph: &Graph, id: &str) -> Result<Option<String>, GraphError> {
    let request = Request::get(graph.url(&format!("/v1.0/users/{id}/photo")), MAX_METADATA_BYTES);
    let answer = graph.call(request, true).await?;
    let metadata = serde_json::from_slice::<Metadata>(&answer.body).ok().filter(|_| answer.status.is_success());
    // A photo of one pixel is how Graph says that there is none.
    Ok(metadata.filter(|metadata| !metadata.etag.is_empty() && metadata.width != 1).map(|metadata| metadata.etag))
}

/// Reads an account's photo.
pub(super) async fn read(graph: &Graph, id: &str) -> Result<Held, GraphError> {
    let request = Request::get(graph.url(&path(id)), MAX_PHOTO_BYTES);
    let mut doubts = 0;
    loop {
        let answer = graph.call(request.clone(), true).await?;
        match said(answer) {
            // If this were taken for no photo, undo could not put back the one that is there.
            Said::Nothing404 if doubts < DOUBTS => {
                doubts += 1;
                graph.pause(doubts).await;
            }
            Said::Nothing404 => {
                let error = GraphError::Refused { status: 404, code: String::new(), text: String::new() };
                return Ok(Held::Unknown(Trouble::Refused(error)));
            }
            Said::Held(held) => return Ok(held),
        }
    }
}

/// The meaning of an answer.
enum Said {
    Held(Held),
    /// Status 404 without an explanation.
    Nothing404,
}

fn said(answer: Answer) -> Said {
    if answer.status.is_success() {
        return Said::Held(if is_none(&answer.body) { Held::Nothing } else { Held::Photo(answer.body) });
    }
    let Complaint { code, .. } = Complaint::read(&answer.body);
    Said::Held(match (answer.status.as_u16(), code.as_str()) {
        (404, "ImageNotFound" | "ErrorEntityNotFound" | "ErrorItemNotFound") => Held::Nothing,
        (404, "Request_ResourceNotFound" | "ResourceNotFound") => Held::Gone,
        (
            _,
            "ErrorNonExistentMailbox" | "ErrorUserResolutionFailedUserDoesNotExist" | "MailboxNotEnabledForRESTAPI",
        ) => Held::Unknown(Trouble::NoMailbox(code)),
        (404, "" | "UnknownError") => return Said::Nothing404,
        _ => Held::Unknown(Trouble::Refused(refused(&answer))),
    })
}

/// Returns whether a photo is Graph's way to say that there is none: nothing, or a GIF of one pixel.
fn is_none(photo: &[u8]) -> bool {
    photo.is_empty() || photo.starts_with(b"GIF8") && photo.get(6..10) == Some(&[1, 0, 1, 0])
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;

    use super::{Answer, Held, Said, Trouble, is_none, said};

    fn held(status: u16, body: &str) -> Option<Held> {
        let status = StatusCode::from_u16(status).expect("a status");
        match said(Answer { status, retry_after: None, body: body.as_bytes().to_vec() }) {
            Said::Held(held) => Some(held),
            Said::Nothing404 => None,
        }
    }

    #[test]
    fn no_photo_is_told_in_many_ways_and_a_bare_404_is_none_of_them() {
        let error = |code: &str| format!(r#"{{"error":{{"code":"{code}","message":"m"}}}}"#);
        for code in ["ImageNotFound", "ErrorEntityNotFound", "ErrorItemNotFound"] {
            assert_eq!(held(404, &error(code)), Some(Held::Nothing));
        }
        assert_eq!(held(404, &error("Request_ResourceNotFound")), Some(Held::Gone));
        assert!(matches!(held(404, &error("ErrorNonExistentMailbox")), Some(Held::Unknown(Trouble::NoMailbox(_)))));
        assert!(matches!(held(403, &error("ErrorAccessDenied")), Some(Held::Unknown(Trouble::Refused(_)))));
        assert!(matches!(held(500, &error("ErrorStoreInternalServerError")), Some(Held::Unknown(_))));
        assert!(matches!(held(404, &error("ErrorSomethingNew")), Some(Held::Unknown(_))));
        for bare in ["", "<html>", "{}", "[]"] {
            assert_eq!(held(404, bare), None, "{bare}");
        }
        assert_eq!(held(200, ""), Some(Held::Nothing));
        assert!(
            is_none(b"GIF89a\x01\x00\x01\x00\x80\x00\x00")
                && !is_none(b"GIF89a\x02\x00\x01\x00")
                && !is_none(b"\xff\xd8")
        );
    }
}
