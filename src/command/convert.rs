//! `adphoto convert`: makes thumbnails of the photos of a source, as files in a folder.

use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

use futures_util::{StreamExt, stream};

use super::listing;
use super::run::{Begun, Call};
use crate::album::Album;
use crate::cli::{ConvertArgs, Target};
use crate::failure::{Context, Exit, Failure};
use crate::naming::DEFAULT_MATCH_BY;
use crate::panics::joined;
use crate::pipeline::{Flow, Making, PhotoFile, Renderer};
use crate::report::{Reason, Record, Status, record};
use crate::saving::{self, Clash, FileName, Folder, Saved};
use crate::source::{Item, Photo};

pub(super) async fn run(args: &ConvertArgs, call: &Call<'_>) -> Result<Exit, Failure> {
    let progress = call.progress;
    let begun = Begun::new("convert", &args.output, &[&args.source], call)?;
    let listing = listing::read(&args.source, &args.source_options.options(None), progress)?;
    if let Some(attribute) = listing.match_by.filter(|attribute| *attribute != DEFAULT_MATCH_BY) {
        progress.note(&format!("the thumbnails are named after {attribute}: import them with --match-by {attribute}"));
    }
    let cannot_use = || format!("cannot use the folder {}", args.folder.display());
    let folder = Arc::new(Folder::open(&args.folder, args.output.overwrite).with_context(cannot_use)?);
    if folder.is_searched(&args.source, args.source_options.recursive) {
        return Err(Failure::new(format!(
            "the thumbnails would be among the photos, and the next run would take them for photos: name a folder \
             outside {}",
            args.source.display()
        )));
    }
    let mut run = begun.start()?;
    run.about = run.about.with_source(Some(&args.source));

    let named = name_all(&listing.items, &folder);
    let stage = progress.stage("Converting", named.len());
    let renderer = Renderer::new(
        args.thumbnail.jobs,
        Making::Thumbnail(args.thumbnail.options(Target::ActiveDirectory)),
        &run.stop,
    );
    let records: Vec<Record> = stream::iter(named)
        .map(|flow| convert(flow, &renderer, &folder, &run.album))
        .buffered(renderer.ahead())
        .inspect(|record| {
            stage.advance(1);
            record.log(progress);
        })
        .collect()
        .await;
    drop(stage);
    run.finish(records)
}

/// Returns the file that each photo becomes, in the order of the source.
fn name_all<'p>(items: &'p [Item], folder: &Folder) -> Vec<Flow<(&'p Photo, FileName)>> {
    let photos: Vec<&Photo> = items.iter().filter_map(Item::photo).collect();
    let mut names = saving::names(&photos, folder).into_iter();
    let flows = items.iter().filter_map(|item| match item {
        Item::Unusable(row) => Some(Break(record::of_unusable(row))),
        Item::Photo(photo) => names.next().map(|name| match name {
            Ok(name) => Continue((photo, name)),
            Err(clash) => {
                let status = if matches!(clash, Clash::Repeated { .. }) { Status::Skipped } else { Status::Failed };
                Break(record::of_photo(photo, status, vec![Reason::from(&clash)]))
            }
        }),
    });
    flows.collect()
}

async fn convert(flow: Flow<(&Photo, FileName)>, renderer: &Renderer, folder: &Arc<Folder>, album: &Album) -> Record {
    let (photo, name) = match flow {
        Continue(named) => named,
        Break(record) => return record,
    };
    let thumbnail = match renderer.render(PhotoFile::from(photo)).await {
        Some(Ok(rendered)) => rendered.thumbnail,
        Some(Err(reason)) => return record::of_photo(photo, Status::Failed, vec![reason]),
        None => return record::of_photo(photo, Status::NotAttempted, vec![Reason::stopped()]),
    };
    let remarks = thumbnail.doubts.iter().map(Reason::from).collect();
    let (folder, jpeg) = (folder.clone(), thumbnail.jpeg.clone());
    // The folder may be on a share, where writing takes several round trips.
    let saving = tokio::task::spawn_blocking(move || folder.save(&name, &jpeg, None));
    let (status, reasons) = match joined(saving).await {
        Ok(Saved::Written) => (Status::Converted, remarks),
        Ok(Saved::Unchanged) => (Status::Unchanged, remarks),
        Err(error) => return record::of_photo(photo, Status::Failed, vec![Reason::from(&error)]),
    };
    Record { after: Some(album.keep(&thumbnail.jpeg)), ..record::of_photo(photo, status, reasons) }
}
