//! Takes back what an installation has set: first the registry values, then the files that they lead to.

use super::install::open;
use crate::account_pictures::{TargetFolder, installed, registry};
use crate::cli::OutputArgs;
use crate::command::run::{Begun, Call};
use crate::directory::Sid;
use crate::failure::{Context, Exit, Failure};
use crate::report::{Code, Reason, Record, Status, record};

pub(super) fn run(target: &TargetFolder, dry_run: bool, output: &OutputArgs, call: &Call<'_>) -> Result<Exit, Failure> {
    let progress = call.progress;
    let begun = Begun::new("account-picture", output, &[], call)?.rehearsed(dry_run);
    let folder = registry::expanded(&target.to_string());
    let tree = open(&folder, true)?;
    // The folders are asked, and not the profiles, to include people whose profile is gone.
    let people = tree.people().context("cannot see whose pictures are there")?;
    let run = begun.start()?;
    let remove = |sid: &Sid| -> Result<(Status, Vec<Reason>), Reason> {
        let there = registry::values(sid).map_err(|error| Reason::of(Code::NotRead, &error))?;
        let names = installed::ours(&there, &folder, sid);
        if dry_run {
            return Ok((Status::WouldRemove, Vec::new()));
        }
        if !names.is_empty() {
            registry::remove(sid, &names).map_err(|error| Reason::of(Code::NotSaved, &error))?;
        }
        let cleared = tree.clear(sid).map_err(|error| Reason::from(&error))?;
        let text = format!("the folder stays, as it holds {}", cleared.left.join(", "));
        let left = (!cleared.left.is_empty()).then(|| Reason::new(Code::InTheWay, text));
        Ok((Status::Removed, left.into_iter().collect()))
    };
    let record = |sid: &Sid| {
        let path = tree.folder_of(sid).display().to_string();
        let record = Record { user: sid.to_string(), ..record::of_folder(&path, Vec::new()) };
        let record = match remove(sid) {
            Ok((status, reasons)) => Record { status, reasons, ..record },
            Err(reason) => Record { status: Status::Failed, reasons: vec![reason], ..record },
        };
        record.log(progress);
        record
    };
    let records = people.iter().map(record).collect();
    run.finish(records)
}
