//! Installs the pictures of everybody who has a profile on this machine.

use std::collections::HashMap;
use std::ops::ControlFlow::{Break, Continue};
use std::path::Path;

use futures_util::StreamExt;

use super::target::Target;
use crate::account_pictures::installed::Profile;
use crate::account_pictures::{Rendering, read_published, registry};
use crate::cli::{InstallArgs, PictureSource};
use crate::command::publish::people::{Original, Person, accounts_of, from_directory};
use crate::command::run::{Begun, Call};
use crate::directory::{Account, Guid, Sid};
use crate::failure::{Context, Exit, Failure};
use crate::pipeline::{Flow, Stop};
use crate::report::{Code, Reason, Record, Records, Status, record};
use crate::thumbnail::{Crop, Faces};

pub(super) async fn run(args: &InstallArgs, call: &Call<'_>) -> Result<Exit, Failure> {
    let kept: Vec<&Path> = match &args.from {
        PictureSource::Folder(folder) => vec![folder],
        PictureSource::Directory => Vec::new(),
    };
    let begun = Begun::new("account-picture", &args.output, &kept, call)?.rehearsed(args.dry_run);
    match &args.from {
        PictureSource::Folder(from) => of_folder(from, args, begun),
        PictureSource::Directory => of_directory(args, begun).await,
    }
}

/// Installs the pictures that a folder of published pictures has.
fn of_folder(from: &Path, args: &InstallArgs, begun: Begun<'_>) -> Result<Exit, Failure> {
    if !from.is_dir() {
        return Err(Failure::new(format!("there is no folder {}", from.display())).hint(
            "name the folder that adphoto publish keeps, as this machine reaches it, or `directory` for the photos that \
             the directory holds",
        ));
    }
    let target = Target::open(&args.target.folder, true, args.dry_run)?;
    let profiles = registry::profiles()?;
    let run = begun.start()?;
    // How the photos are cropped, and what may be on them, was decided when they were published.
    let rendering = Rendering { crop: Crop::Center, allow_blank: true, faces: Faces::Ignored };
    let install = |Profile { sid, folder }: &Profile| {
        let path = target.tree.folder_of(sid).display().to_string();
        let record = Record { user: format!("{sid} ({folder})"), ..record::of_folder(&path, Vec::new()) };
        let record = match read_published(from, sid) {
            Ok(Some(picture)) => installed(&target, record, sid, &picture, rendering, &run.stop),
            Ok(None) => {
                let text = format!("{} has no picture of this user", from.display());
                Record { status: Status::Skipped, reasons: vec![Reason::new(Code::NoPhoto, text)], ..record }
            }
            Err(error) => Record { status: Status::Failed, reasons: vec![Reason::from(&error)], ..record },
        };
        record.log(run.progress);
        record
    };
    let records: Records = profiles.iter().map(install).collect();
    run.finish(records)
}

/// Installs the photos that the directory holds of the users.
async fn of_directory(args: &InstallArgs, begun: Begun<'_>) -> Result<Exit, Failure> {
    let run = begun.connect(&args.connection).await?;
    let target = Target::open(&args.target.folder, true, args.dry_run)?;
    let profiles = registry::profiles()?;
    let sids: Vec<Sid> = profiles.iter().map(|profile| profile.sid.clone()).collect();
    let accounts = run.unless_stopped(accounts_of(&sids, &run.destination)).await;
    let accounts = accounts.context("nothing was installed, since the accounts cannot be looked up")?;
    let enabled: Vec<&Account> = accounts.values().filter(|account| account.enabled).collect();
    let places = (&target.tree, &run.album, &run.stop);
    let photos: Vec<_> = from_directory(&enabled, &run.destination, places).collect().await;
    let mut photos: HashMap<Guid, Option<Flow<Person>>> =
        enabled.iter().map(|account| account.guid).zip(photos).collect();
    let install = |Profile { sid, folder }: &Profile| {
        let record = match accounts.get(sid) {
            None => {
                let path = target.tree.folder_of(sid).display().to_string();
                let text =
                    "no account of the domain has this SID: the user is one of this machine, or of another domain";
                let reasons = vec![Reason::new(Code::NoSuchAccount, text)];
                let record = record::of_folder(&path, reasons);
                Record { user: format!("{sid} ({folder})"), status: Status::Skipped, ..record }
            }
            Some(account) if !account.enabled => {
                let reason = Reason::new(Code::Disabled, "the account is disabled");
                record::of_account(account, Status::Skipped, vec![reason])
            }
            Some(account) => match photos.remove(&account.guid).flatten() {
                Some(Continue(Person { photo: Original::Held(photo), record, .. })) => {
                    installed(&target, record, sid, &photo, args.pictures.rendering(args.dry_run), &run.stop)
                }
                Some(Continue(Person { record, .. }) | Break(record)) => record,
                None => record::of_account(account, Status::Skipped, vec![Reason::no_photo()]),
            },
        };
        record.log(run.progress);
        record
    };
    let records: Records = profiles.iter().map(install).collect();
    run.finish(records)
}

/// Installs one user's pictures, unless the run stops, and returns the record with what was done.
fn installed(target: &Target, record: Record, sid: &Sid, photo: &[u8], rendering: Rendering, stop: &Stop) -> Record {
    if stop.why().is_some() {
        return Record { status: Status::NotAttempted, reasons: vec![stop.reason()], ..record };
    }
    match target.install(sid, photo, rendering) {
        Ok((status, reasons)) => Record { status, reasons, ..record },
        Err(reason) => Record { status: Status::Failed, reasons: vec![reason], ..record },
    }
}
