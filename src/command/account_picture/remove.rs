//! Takes back what an installation has set.

use super::target::Target;
use crate::cli::UninstallArgs;
use crate::command::run::{Begun, Call};
use crate::directory::Sid;
use crate::failure::{Context, Exit, Failure};
use crate::report::{Record, Records, Status, record};

pub(super) fn run(args: &UninstallArgs, call: &Call<'_>) -> Result<Exit, Failure> {
    let begun = Begun::new("account-picture", &args.output, &[], call)?.rehearsed(args.dry_run);
    let target = Target::open(&args.target.folder, false, args.dry_run)?;
    let users = target.users()?;
    let mut run = begun.start()?;
    if users.is_empty() {
        return run.finish_idle("nothing to remove: adphoto has set no picture here");
    }
    let remove = |sid: &Sid| {
        let path = target.tree.folder_of(sid).display().to_string();
        let record = Record { user: sid.to_string(), ..record::of_folder(&path, Vec::new()) };
        let record = match run.stop.why() {
            Some(_) => Record { reasons: vec![run.stop.reason()], ..record },
            None => match target.remove(sid) {
                Ok((status, reasons)) => Record { status, reasons, ..record },
                Err(reason) => Record { status: Status::Failed, reasons: vec![reason], ..record },
            },
        };
        record.log(run.progress);
        record
    };
    let records: Records = users.iter().map(remove).collect();
    if !args.dry_run {
        run.failed = target.tree.remove_if_empty().context("the pictures were removed, and their folder was not").err();
    }
    run.finish(records)
}
