//! `adphoto audit`: who has no photo, and whose photo is not as it should be.

mod judge;
mod listed;
mod offer;

use std::path::{Path, PathBuf};

use self::judge::{Audit, LOST, note_same_pictures};
use self::listed::prepare;
use self::offer::offer;
use super::listing;
use super::run::{Begun, Call};
use crate::cli::AuditArgs;
use crate::directory::Account;
use crate::failure::{Context, Exit, Failure};
use crate::naming::{Rules, lookup};
use crate::report::{About, Coverage, Earlier, Records, Since};

pub(super) async fn run(args: &AuditArgs, call: &Call<'_>) -> Result<Exit, Failure> {
    let progress = call.progress;
    let kept: Vec<&Path> = args.photos.iter().chain(&args.since).map(PathBuf::as_path).collect();
    let begun = Begun::new("audit", &args.output, &kept, call)?;
    let earlier = args.since.as_deref().map(Earlier::read).transpose()?;
    let options = args.source_options.options(Rules::column(&args.whose.match_by));
    let read = |source| listing::read(source, &options, progress);
    let photos = args.photos.as_deref().map(read).transpose()?;
    let mut run = begun.connect(&args.connection).await?;
    run.about = About {
        filter: args.filter.as_ref().map(ToString::to_string),
        include_disabled: Some(args.include_disabled),
        only: args.only.map(|only| only.name()),
        ..run.about.with_source(args.photos.as_deref())
    };
    if let Some(earlier) = &earlier {
        earlier.check(&run.about)?;
    }
    run.columns = run.unless_stopped(lookup::columns(run.directory(), &args.columns)).await?;
    let listed = run.unless_stopped(prepare(args, &run, progress)).await?;
    let mut coverage =
        Coverage::of(args.by.as_deref().unwrap_or("OU"), listed.each().map(|account| group(args, &account)));

    let stage = progress.stage("Auditing", listed.rows.len());
    let audit = Audit {
        destination: &run.destination,
        photo: args.fit.options(),
        album: &run.album,
        stop: &run.stop,
        group: &|account| coverage.place(&group(args, account)),
    };
    let (mut records, pictures) = audit.run(&listed, &stage).await;
    drop(stage);
    note_same_pictures(&mut records, &pictures).context(LOST)?;
    if let (Some(photos), None) = (&photos, run.stop.why()) {
        let offering = offer(photos, args, run.directory(), &mut records, &run.stop, progress);
        run.stop.unless_asked(offering).await.transpose()?;
    }
    for record in records.iter() {
        let record = record.context(LOST)?;
        record.group.into_iter().for_each(|place| coverage.count(place, record.status));
        record.log(progress);
    }
    run.coverage = Some(coverage);
    if let Some(earlier) = earlier.filter(|_| run.stop.why().is_none()) {
        run.since = Some(Since::of(&earlier, &records).context(LOST)?);
    }
    if let Some(only) = args.only {
        let mut kept = Records::default();
        for record in records.iter() {
            kept.extend(Some(record.context(LOST)?.into_owned()).filter(|record| only.lists(record.status)));
        }
        records = kept;
    }
    run.finish(records)
}

/// Returns the name of the group in which an account is counted.
fn group(args: &AuditArgs, account: &Account) -> String {
    match args.by {
        Some(_) => account.keys.first().cloned().unwrap_or_default(),
        None => account.container().to_owned(),
    }
}
