//! Photos of a source for accounts that have none.

use std::pin::pin;

use futures_util::{StreamExt, stream};

use super::judge::LOST;
use super::matched;
use crate::cli::AuditArgs;
use crate::destination::Accounts;
use crate::failure::{Context, Failure};
use crate::pipeline::{Making, PhotoFile, Renderer, Stop};
use crate::progress::Progress;
use crate::report::{Code, Reason, Records, Status};
use crate::source::Listing;
use crate::thumbnail::Doubt;

/// Suggests photos for accounts that have none: the photos that an import of `listing` would give them.
pub(super) async fn offer(
    listing: &Listing,
    args: &AuditArgs,
    place: &impl Accounts,
    records: &mut Records,
    stop: &Stop,
    progress: &Progress,
) -> Result<(), Failure> {
    let found = matched::photos(listing, args, place, "no photos are suggested", progress).await?;
    let renderer = Renderer::new(None, Making::Thumbnail(args.offered()), stop);
    let mut missing = Vec::new();
    for (place, record) in records.iter().enumerate() {
        let record = record.context(LOST)?;
        let is_missing = record.status == Status::Missing;
        let photo = record.guid.filter(|_| is_missing).and_then(|guid| found.get(&guid));
        missing.extend(photo.map(|photo| (place, *photo)));
    }
    let rendered = stream::iter(missing)
        .map(async |(place, photo)| (place, photo, renderer.render(PhotoFile::from(photo)).await))
        .buffered(renderer.ahead());
    let mut rendered = pin!(rendered);
    while let Some((place, photo, rendered)) = rendered.next().await {
        let mut record = records.get(place).context(LOST)?.into_owned();
        // The path is absolute, because the report may be read in another folder.
        let absolute = std::path::absolute(&photo.path).unwrap_or_else(|_| photo.path.clone()).display().to_string();
        match rendered {
            Some(Ok(rendered)) => {
                record.reasons.extend(rendered.thumbnail.doubts.iter().filter_map(doubt_of_face));
                record.reasons.push(Reason::new(Code::PhotoAtHand, format!("an import would give it {absolute}")));
                record.photo = absolute;
            }
            Some(Err(reason)) => record.reasons.push(Reason { text: format!("{absolute}: {}", reason.text), ..reason }),
            None => return Ok(()),
        }
        records.replace(place, record).context(LOST)?;
    }
    Ok(())
}

/// Returns what is doubtful about the face on a photo that an import would give. Other doubts the import itself tells.
fn doubt_of_face(doubt: &Doubt) -> Option<Reason> {
    matches!(doubt, Doubt::Unclear(_) | Doubt::Sideways).then(|| Reason::from(doubt))
}
