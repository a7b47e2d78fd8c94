//! Reading what accounts hold, so many at once that memory is bounded.

use std::collections::HashMap;

use super::stop::{Stop, Why};
use crate::directory::{Directory, Guid, HeldPhoto, OperationError, Server};
use crate::report::{Code, Reason};

/// Accounts whose photos one search reads: at most 5 MB of answer.
pub(crate) const ACCOUNTS_A_READ: usize = 50;
/// Searches on their way at once: the next is there when the last one's photos are done.
pub(crate) const READS_AT_ONCE: usize = 2;

/// What the accounts hold, as that server knows it, or any; or why none of them can be attempted, since the run stops: nobody reads on where nothing can
/// be read.
pub(crate) async fn held(
    directory: &Directory,
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
    let reading = async {
        match server {
            Some(server) => directory.photos_at(server, accounts, with_rights).await,
            None => directory.photos(accounts, with_rights).await,
        }
    };
    match stop.unless_asked(reading).await {
        None => Err(stop.reason()),
        Some(Ok(held)) => Ok(held),
        Some(Err(error)) => Err(lost(&error, stop)),
    }
}

/// That the run stops, since nothing can be read any more.
pub(crate) fn lost(error: &OperationError, stop: &Stop) -> Reason {
    stop.ask(Why::DirectoryFailed);
    Reason::new(Code::NotRead, format!("what the account has could not be read: {error}"))
}
