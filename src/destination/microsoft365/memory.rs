//! Uses what is known about photos that were sent, and adds what a run finds out.

use std::cell::RefCell;
use std::collections::HashMap;

use time::OffsetDateTime;

use super::sent::Sent;
use crate::destination::Remembered;
use crate::directory::Guid;
use crate::hash::Hash;
use crate::microsoft365::{ChangeError, GraphError, Tenant, Written};
use crate::state::KeptError;

/// The ways in which a run uses what is known about photos that were sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recall {
    /// Whether the run remembers what it sends. Otherwise it forgets all accounts that it changes.
    pub learns: bool,
    /// Whether the run looks at every photo.
    pub rereads: bool,
    /// Whether the run replaces photos that somebody else has changed.
    pub overwrites: bool,
}

/// What a run knows about photos that were sent.
#[derive(Debug)]
pub(super) struct Memory {
    sent: Sent,
    recall: Recall,
    /// The mediaEtags of photos that have to be read. Each was asked for before its photo is read.
    etags: RefCell<HashMap<Guid, String>>,
}

/// Forgets what is known about the photo of an account. It is called before anything other than an import changes the
/// photo.
///
/// # Errors
/// When that cannot be written down.
pub fn forget_sent(tenant: &Tenant, id: &str) -> Result<(), KeptError> {
    let Some(account) = Guid::parse(id) else { return Ok(()) };
    let (sent, _) = Sent::open(tenant.id(), tenant.address())?;
    sent.forget(account);
    sent.save(OffsetDateTime::now_utc())
}

impl Memory {
    pub(super) fn open(tenant: &Tenant, recall: Recall) -> Result<(Self, Option<KeptError>), KeptError> {
        let (sent, error) = Sent::open(tenant.id(), tenant.address())?;
        Ok((Self { sent, recall, etags: RefCell::default() }, error))
    }

    /// Returns what an account is known to hold. A photo that is due is looked at first. If it has changed, or if this
    /// cannot be told, the result is `None`, and the photo has to be read.
    pub(super) async fn look(&self, tenant: &Tenant, account: Guid) -> Result<Option<(Guid, Remembered)>, GraphError> {
        let now = OffsetDateTime::now_utc();
        if self.sent.recall(account).is_some() && (self.recall.rereads || self.sent.is_due(account, now)) {
            let Some(etag) = tenant.etag(&account.to_string()).await? else { return Ok(None) };
            if !self.sent.is_seen(account, &etag, now) {
                self.etags.borrow_mut().insert(account, etag);
                return Ok(None);
            }
        }
        Ok(self.sent.recall(account).map(|remembered| (account, remembered)))
    }

    /// Returns whether what the run sends is remembered.
    pub(super) fn learns(&self) -> bool {
        self.recall.learns
    }

    /// Remembers that an account holds `photo`, which is the picture of the photo with the hash `sent`.
    pub(super) fn learn(&self, account: Guid, photo: &[u8], sent: Hash) {
        let etag = self.etags.borrow_mut().remove(&account);
        if self.recall.learns {
            self.sent.learn(account, sent, Hash::of(photo), etag, OffsetDateTime::now_utc());
        }
    }

    /// Returns whether somebody else has changed an account's photo, and it is to be kept.
    pub(super) fn is_changed(&self, account: Guid, photo: Option<&[u8]>) -> bool {
        !self.recall.overwrites && self.sent.is_changed(account, photo.map(Hash::of))
    }

    /// Notes that an account is about to be changed. An error is ignored here: what is known cannot be saved at the end
    /// either, and that error is reported.
    pub(super) fn begin(&self, account: Guid) {
        let _ = self.sent.begin(account);
    }

    /// Notes the outcome of a change. If the outcome is not certain, the account is forgotten.
    pub(super) fn end(&self, account: Guid, after: Option<&[u8]>, written: &Result<Written, ChangeError>) {
        match (after, written) {
            (Some(after), Ok(Written::Seen { photo: Some(photo), etag })) if self.recall.learns => {
                let now = OffsetDateTime::now_utc();
                self.sent.learn(account, Hash::of(after), Hash::of(photo), etag.clone(), now);
            }
            (_, Ok(_) | Err(ChangeError::Unconfirmed(_) | ChangeError::Changed { perhaps_written: true })) => {
                self.sent.forget(account);
            }
            (_, Err(_)) => {}
        }
    }

    pub(super) fn save(&self) -> Result<(), KeptError> {
        self.sent.save(OffsetDateTime::now_utc())
    }
}
