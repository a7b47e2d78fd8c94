//! What an import does with the list of what was approved.

use crate::naming::Match;
use crate::report::Reason;

/// Returns why a row of an approved list does not go to the account that was found for it, if it does not.
pub(super) fn other_user(found: &Match) -> Option<Reason> {
    let (listed, found) = (&found.photo.approved.as_ref()?.user, &found.account.sam_account_name);
    (listed.to_lowercase() != found.to_lowercase()).then(|| Reason::other_user(listed, found))
}
