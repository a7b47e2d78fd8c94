//! What an import knows about photos from earlier runs, so that photos that have not changed are not read again.

use std::sync::Arc;

use super::run::Run;
use crate::cache::{Cache, Subject};
use crate::cli::ImportArgs;
use crate::destination::{Accounts, Destination};
use crate::pipeline::Making;
use crate::progress::Progress;
use crate::source::{Item, Listing};

/// Opens the cache of a source; `None` if this run has no use for one. A run that moves photos away with `--move-done` has
/// none: nothing of them would be left to compare with, and a photo that was taken for an old one would be moved unread.
pub(super) fn open<D: Destination>(
    args: &ImportArgs,
    listing: &Listing,
    making: Making,
    run: &Run<'_, D>,
) -> Option<Arc<Cache>> {
    let (Making::Thumbnail(options) | Making::Within(options)) = making else { return None };
    let is_single = listing.items.iter().any(|item| item.path() == Some(args.source.as_path()));
    let has_photos = listing.items.iter().any(|item| matches!(item, Item::Photo(_)));
    if args.move_done.is_some() || is_single || !has_photos {
        return None;
    }
    let (domain, attribute) = (&run.accounts().domain().dn, run.destination.attribute());
    let subject = Subject { source: &args.source, domain, attribute };
    match Cache::open(subject, &options, args.reread) {
        Ok((cache, trouble)) => {
            if let Some(trouble) = trouble {
                run.progress.note(&format!(
                    "what earlier runs knew of these photos is not used, so all of them are read again: {trouble}"
                ));
            }
            Some(Arc::new(cache))
        }
        Err(error) => {
            run.progress.log(&format!("nothing can be remembered about photos that do not change: {error}"));
            None
        }
    }
}

/// Says how many photos were not read, and keeps what this run has learnt; a dry run keeps nothing.
pub(super) fn save(cache: &Cache, args: &ImportArgs, is_complete: bool, progress: &Progress) {
    match cache.unopened() {
        0 => {}
        1 => progress.log("1 photo was not opened: it has not changed since it was last read"),
        count => {
            progress.log(&format!("{count} photos were not opened: they have not changed since they were last read"))
        }
    }
    if !args.dry_run
        && let Err(error) = cache.save(is_complete)
    {
        progress.note(&format!(
            "the next run reads photos again that have not changed, because this could not be kept: {error}"
        ));
    }
}
