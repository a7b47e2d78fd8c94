//! Changing one photo: only over the one that was read, as far as Graph allows.
//!
//! Graph has no conditional write. So the photo is read again right before the write, and a window of one request
//! remains in which somebody else's change is not seen. An answer that is lost is settled by reading the photo again:
//! the write can then be repeated, as it does the same a second time.

use std::borrow::Cow;

use reqwest::Method;

use super::error::GraphError;
use super::graph::{Complaint, Graph, refused};
use super::http::{Body, Request};
use super::photos::{self, Held, Trouble};
use crate::failure::Advice;

/// The longest answer to a write, in bytes.
const MAX_ANSWER: usize = 64 * 1024;
/// The number of times that a write is sent again after its answer was lost.
const RETRIES: u32 = 5;
/// The number of times that a photo is read after its change, until the change can be seen.
const LOOKS: u32 = 3;

/// The reason why a photo was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// Somebody else has changed the photo meanwhile.
    #[error("the photo was changed by someone else after adphoto had read it")]
    Changed {
        /// Whether a write of ours, whose answer was lost, may have been done in between.
        perhaps_written: bool,
    },
    /// The app does not have the right to make the change.
    #[error("{user} may not {what} this account's photo{}", said(.why))]
    Denied {
        user: String,
        /// The verb of the message: "write" or "remove".
        what: &'static str,
        /// The error in Graph's words.
        why: String,
    },
    /// The account was deleted.
    #[error("the account no longer exists")]
    Gone,
    /// The account cannot have a photo, or not yet.
    #[error(transparent)]
    Trouble(Trouble),
    /// The write could not be announced, so it was not sent.
    #[error(transparent)]
    Withheld(Box<dyn std::error::Error + Send + Sync>),
    /// Graph could not be asked, so nothing was sent.
    #[error(transparent)]
    NotSent(GraphError),
    /// The answer never came, and Graph could not be asked again.
    #[error("it is not certain whether the photo was written: Microsoft Graph was sent the write and did not answer")]
    Unconfirmed(#[source] GraphError),
}

fn said(why: &str) -> String {
    if why.is_empty() { String::new() } else { format!(": {why}") }
}

impl Advice for ChangeError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        Some(match self {
            Self::Changed { .. } => "look at the account's photo, then run again".into(),
            Self::Denied { what: "remove", .. } => {
                "to remove photos takes the permission User.ReadWrite.All; adphoto check --target microsoft365 says how to \
                 grant it"
                    .into()
            }
            Self::Denied { .. } => {
                "adphoto check --target microsoft365 says what the app lacks, and whether the tenant takes photos from \
                 Active Directory only"
                    .into()
            }
            Self::Gone => "it was deleted after adphoto had read it".into(),
            Self::Trouble(trouble) => return trouble.advice(),
            Self::Withheld(_) => {
                "make room, or name another file with --journal FILE; then run the same command again".into()
            }
            Self::NotSent(error) => return error.advice(),
            Self::Unconfirmed(_) => {
                "run the same command again: it skips photos that were written and writes the others".into()
            }
        })
    }
}

/// What can be seen of a change that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// The change can be seen.
    Seen {
        /// The photo that is served now; `None` if there is none any more, as was wanted.
        photo: Option<Vec<u8>>,
        /// The mediaEtag of that photo, or of one before it; `None` if it is not known.
        etag: Option<String>,
    },
    /// The old photo is still served, or nobody could look.
    NotYet,
}

/// The change that is to be made to one photo.
pub(super) struct Change<'c, S> {
    pub(super) id: &'c str,
    pub(super) before: Option<&'c [u8]>,
    pub(super) after: Option<&'c [u8]>,
    /// Whether two photos are the same picture, encoded anew.
    pub(super) is_same: S,
    /// Whether the result should have the mediaEtag of the new photo.
    pub(super) wants_etag: bool,
    /// The words by which messages name the app.
    pub(super) user: &'c str,
}

/// The result of sending a write.
enum Sent {
    Done,
    /// The answer was lost, for this reason.
    Lost(GraphError),
}

impl<S: Fn(&[u8], &[u8]) -> bool> Change<'_, S> {
    /// Makes the change, and looks at what is served afterwards.
    pub(super) async fn make(&self, graph: &Graph) -> Result<Written, ChangeError> {
        let mut lost: Option<GraphError> = None;
        for retry in 0..=RETRIES {
            let held = match photos::read(graph, self.id).await {
                Ok(held) => held,
                // An earlier try may have succeeded.
                Err(error) => return Err(lost.map_or(ChangeError::NotSent(error), ChangeError::Unconfirmed)),
            };
            let held = match held {
                Held::Photo(photo) => Some(photo),
                Held::Nothing => None,
                Held::Gone => return Err(ChangeError::Gone),
                Held::Unknown(trouble) => return Err(ChangeError::Trouble(trouble)),
            };
            if lost.is_some() && self.is(held.as_deref(), self.after) {
                return Ok(Written::Seen { photo: held, etag: None });
            }
            if !self.is(held.as_deref(), self.before) {
                return Err(ChangeError::Changed { perhaps_written: lost.is_some() });
            }
            match self.send(graph).await? {
                Sent::Done => return Ok(self.look(graph).await),
                Sent::Lost(error) => {
                    lost = Some(error);
                    graph.pause(retry + 1).await;
                }
            }
        }
        Err(lost.map_or(ChangeError::Changed { perhaps_written: false }, ChangeError::Unconfirmed))
    }

    fn is(&self, held: Option<&[u8]>, wanted: Option<&[u8]>) -> bool {
        match (held, wanted) {
            (None, None) => true,
            (Some(held), Some(wanted)) => held == wanted || (self.is_same)(held, wanted),
            _ => false,
        }
    }

    async fn send(&self, graph: &Graph) -> Result<Sent, ChangeError> {
        let (method, body) = match self.after {
            Some(photo) => (Method::PUT, Body::Jpeg(photo.to_vec())),
            None => (Method::DELETE, Body::Empty),
        };
        let request = Request { method, url: graph.url(&photos::path(self.id)), body, limit: MAX_ANSWER };
        let answer = match graph.call(request, false).await {
            Ok(answer) => answer,
            Err(error) if error.may_pass() => return Ok(Sent::Lost(error)),
            // Graph has not done what it answers with 429 or 5xx.
            Err(error) => return Err(ChangeError::NotSent(error)),
        };
        if answer.status.is_success() {
            return Ok(Sent::Done);
        }
        let Complaint { code, text } = Complaint::read(&answer.body);
        let what = if self.after.is_some() { "write" } else { "remove" };
        Err(match (answer.status.as_u16(), code.as_str()) {
            (403, _) => ChangeError::Denied { user: self.user.to_owned(), what, why: text },
            (404, "Request_ResourceNotFound" | "ResourceNotFound") => ChangeError::Gone,
            // The photo is gone already, which is what was wanted.
            (404, "ImageNotFound" | "ErrorEntityNotFound" | "ErrorItemNotFound") if self.after.is_none() => {
                return Ok(Sent::Done);
            }
            (404, _) => ChangeError::Trouble(Trouble::NoMailbox(if code.is_empty() {
                "status 404 without an explanation".to_owned()
            } else {
                code
            })),
            _ => ChangeError::Trouble(Trouble::Refused(refused(&answer))),
        })
    }

    /// Reads what is served now. It may take Microsoft a while to serve what was written.
    async fn look(&self, graph: &Graph) -> Written {
        for look in 0..LOOKS {
            if look > 0 {
                graph.pause(look).await;
            }
            // The mediaEtag is asked for before the photo is read. If somebody else changes the photo in between, their
            // mediaEtag cannot be taken for that of our photo.
            let etag = match self.wants_etag {
                true => photos::etag(graph, self.id).await.ok().flatten(),
                false => None,
            };
            let photo = match photos::read(graph, self.id).await {
                Ok(Held::Photo(photo)) => Some(photo),
                Ok(Held::Nothing) => None,
                _ => return Written::NotYet,
            };
            if self.is(photo.as_deref(), self.after) {
                return Written::Seen { photo, etag };
            }
        }
        Written::NotYet
    }
}
