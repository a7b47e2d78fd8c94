//! `adphoto audit`: who has no photo, and whose photo is not as it should be.

mod drift;
mod judge;
mod listed;
mod matched;
mod offer;

use std::path::{Path, PathBuf};

use self::drift::Compared;
use self::judge::{Audit, LOST, note_same_pictures};
use self::listed::prepare;
use self::offer::offer;
use super::listing;
use super::run::{Begun, Call, Run};
use crate::cli::{AuditArgs, Target};
use crate::destination::Destination;
use crate::directory::Account;
use crate::failure::{Context, Exit, Failure};
use crate::naming::{Rules, lookup};
use crate::report::{About, Code, Coverage, Earlier, Records, Since};
use crate::source::Listing;
use crate::thumbnail::{self, Faces};

pub(super) async fn run(args: &AuditArgs, call: &Call<'_>) -> Result<Exit, Failure> {
    let progress = call.progress;
    let kept: Vec<&Path> = args.photos.iter().chain(&args.compare).chain(&args.since).map(PathBuf::as_path).collect();
    let begun = Begun::new("audit", &args.output, &kept, call)?;
    let earlier = args.since.as_deref().map(Earlier::read).transpose()?;
    let options = args.source_options.options(Rules::column(&args.whose.match_by));
    let read = |source| listing::read(source, &options, progress);
    let sources = Sources {
        photos: args.photos.as_deref().map(read).transpose()?,
        compare: args.compare.as_deref().map(read).transpose()?,
    };
    match args.cloud.target {
        Target::ActiveDirectory => on(begun.connect(&args.connection).await?, args, earlier, sources).await,
        Target::Microsoft365 => {
            on(begun.connect_to_tenant(&args.cloud, &args.connection).await?, args, earlier, sources).await
        }
    }
}

/// The photos that an audit gets from its command line.
struct Sources {
    /// The photos to suggest for accounts that have none.
    photos: Option<Listing>,
    /// The photos with which the accounts' photos are compared.
    compare: Option<Listing>,
}

/// Audits the accounts of a destination.
async fn on<D: Destination>(
    mut run: Run<'_, D>,
    args: &AuditArgs,
    earlier: Option<Earlier>,
    Sources { photos, compare }: Sources,
) -> Result<Exit, Failure> {
    let progress = run.progress;
    run.about = About {
        filter: args.filter.as_ref().map(ToString::to_string),
        include_disabled: Some(args.include_disabled),
        only: args.only.map(|only| only.name()),
        ..run.about.with_source(args.photos.as_ref().or(args.compare.as_ref()).map(PathBuf::as_path))
    };
    if let Some(earlier) = &earlier {
        earlier.check(&run.about)?;
    }
    run.columns = run.unless_stopped(lookup::columns(run.accounts(), &args.columns)).await?;
    let listed = run.unless_stopped(prepare(args, &run, progress)).await?;
    let mut coverage =
        Coverage::of(args.by.as_deref().unwrap_or("OU"), listed.each().map(|account| group(args, &account)));

    let compared = match &compare {
        Some(listing) => {
            let preparing = Compared::prepare(listing, args, run.accounts(), &run.stop, progress);
            Some(run.unless_stopped(preparing).await?)
        }
        None => None,
    };
    let stage = progress.stage("Auditing", listed.rows.len());
    let looks = Code::FLAWS.iter().any(|flaw| flaw.is_about_faces() && !args.ignore_flaw.contains(flaw));
    let audit = Audit {
        destination: &run.destination,
        photo: thumbnail::Options { faces: if looks { Faces::Told } else { Faces::Ignored }, ..args.fit.options() },
        compared: compared.as_ref(),
        ignored: &args.ignore_flaw,
        album: &run.album,
        stop: &run.stop,
        group: &|account| coverage.place(&group(args, account)),
    };
    let (mut records, pictures) = audit.run(&listed, &stage).await;
    drop(stage);
    if !args.ignore_flaw.contains(&Code::SamePicture) {
        note_same_pictures(&mut records, &pictures).context(LOST)?;
    }
    if let (Some(photos), None) = (&photos, run.stop.why()) {
        let offering = offer(photos, args, run.accounts(), &mut records, &run.stop, progress);
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
