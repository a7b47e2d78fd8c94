//! Reading what accounts hold, so many at once that memory is bounded.

use std::collections::HashMap;

use super::stop::{Stop, Why};
use crate::destination::Destination;
use crate::directory::{Guid, HeldPhoto, Server};
use crate::failure::Advice;
use crate::report::{Code, Reason};

/// Accounts whose photos one search reads: at most 5 MB of answer.
pub(crate) const ACCOUNTS_A_READ: usize = 50;
/// Searches on their way at once: the next is there when the last one's photos are done.
pub(crate) const READS_AT_ONCE: usize = 2;

/// Reads the accounts' photos from `server`, or from any if `None`. If the read fails, the whole run is stopped; the
/// `Err` is the reason to record for each of these accounts.
pub(crate) async fn held<D: Destination>(
    destination: &D,
    server: Option<&Server>,
    accounts: &[Guid],
    with_rights: bool,
    stop: &Stop,
) -> Result<HashMap<Guid, HeldPhoto>, Reason> {
    if stop.why().is_some() {
        return Err(stop.reason());
    }
    if accounts.is_empty() {
        return Ok(HashMap::new());
    }
    match stop.unless_asked(destination.photos(server, accounts, with_rights)).await {
        None => Err(stop.reason()),
        Some(Ok(held)) => Ok(held),
        Some(Err(error)) => Err(lost(&error, stop)),
    }
}

/// That the run stops, since nothing can be read any more.
pub(crate) fn lost(error: &impl Advice, stop: &Stop) -> Reason {
    stop.ask(Why::DirectoryFailed);
    Reason::new(Code::NotRead, format!("what the account has could not be read: {error}"))
}
