//! The accounts to which the photos of a source belong.

use std::collections::HashMap;

use super::super::steps;
use crate::cli::AuditArgs;
use crate::destination::Accounts;
use crate::directory::Guid;
use crate::failure::Failure;
use crate::naming::{self, Rules, some_of};
use crate::progress::Progress;
use crate::source::{Item, Listing, Photo};

/// Returns the photo of each account, as an import of `listing` would match them. `without` completes the message for a
/// source that cannot be trusted: it says what is not done.
pub(super) async fn photos<'l>(
    listing: &'l Listing,
    args: &AuditArgs,
    place: &impl Accounts,
    without: &str,
    progress: &Progress,
) -> Result<HashMap<Guid, &'l Photo>, Failure> {
    let (rules, note) = Rules::choose(&args.whose.match_by, listing.match_by);
    note.iter().for_each(|note| progress.note(note));
    let options = args.whose.naming(rules);
    let photos: Vec<&Photo> = listing.items.iter().filter_map(Item::photo).collect();
    let naming::Assigned { matches, misnamed, hints } =
        naming::assign(&photos, &options, place, &steps::shown(progress)).await?;
    hints.iter().for_each(|hint| progress.note(&hint.to_string()));
    let mut found: HashMap<Guid, &Photo> = HashMap::new();
    if let Some(misnamed) = misnamed {
        progress.note(&format!("{without}: {misnamed}"));
        return Ok(found);
    }
    let mut nobodys: Vec<String> = Vec::new();
    for (photo, matched) in photos.iter().zip(matches.each()) {
        match matched {
            Ok(matched) => drop(found.insert(matched.account.guid, *photo)),
            Err(_) => nobodys.push(photo.path.display().to_string()),
        }
    }
    if !nobodys.is_empty() {
        let (count, some) = (nobodys.len(), some_of(&nobodys));
        progress.note(&format!("{count} of the photos match nobody, or not clearly: {some}; import says why"));
    }
    Ok(found)
}
