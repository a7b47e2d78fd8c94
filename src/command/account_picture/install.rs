//! Installs the pictures of everybody who has a profile on this machine.

use std::path::Path;

use crate::account_pictures::installed::{self, Profile};
use crate::account_pictures::{Cache, Job, LookError, Rendering, SIZES, TargetFolder, Tree, file_name, look, registry};
use crate::cli::OutputArgs;
use crate::command::run::{Begun, Call, Run};
use crate::failure::{Context, Exit, Failure};
use crate::panics::caught;
use crate::report::{Code, Reason, Record, Status, record};
use crate::source::read_photo;
use crate::thumbnail::{Crop, Faces, PhotoError};

pub(super) fn run(
    from: &Path,
    target: &TargetFolder,
    dry_run: bool,
    output: &OutputArgs,
    call: &Call<'_>,
) -> Result<Exit, Failure> {
    let progress = call.progress;
    let begun = Begun::new("account-picture", output, &[], call)?.rehearsed(dry_run);
    if !from.is_dir() {
        return Err(Failure::new(format!("there is no folder {}", from.display()))
            .hint("name the folder that adphoto publish keeps, as this machine reaches it"));
    }
    let folder = registry::expanded(&target.to_string());
    let tree = open(&folder, dry_run)?;
    let profiles = registry::profiles()?;
    let run = begun.start()?;
    let stage = progress.stage("Installing", profiles.len());
    let install = Install { from, folder: &folder, tree: &tree, dry_run };
    let record = |profile: &Profile| {
        let record = install.record(profile, &run);
        record.log(progress);
        stage.advance(1);
        record
    };
    let records = profiles.iter().map(record).collect();
    drop(stage);
    run.finish(records)
}

/// Opens the folder for the pictures. If it or a folder above it is a link, it is refused: a user may have put the link
/// there to make an administrator write elsewhere.
pub(super) fn open(folder: &Path, dry_run: bool) -> Result<Tree, Failure> {
    let is_link = |path: &&Path| path.symlink_metadata().is_ok_and(|found| found.is_symlink());
    if let Some(link) = folder.ancestors().find(is_link) {
        return Err(Failure::new(format!("{} is a link or a junction, and may lead anywhere", link.display()))
            .hint("see who put it there, and remove it, or name another --folder"));
    }
    let cannot_use = || format!("cannot use the folder {}", folder.display());
    Tree::open(folder, dry_run).with_context(cannot_use)
}

struct Install<'i> {
    from: &'i Path,
    folder: &'i Path,
    tree: &'i Tree,
    dry_run: bool,
}

impl Install<'_> {
    fn record(&self, profile: &Profile, run: &Run<'_, ()>) -> Record {
        let Profile { sid, folder } = profile;
        let path = self.tree.folder_of(sid).display().to_string();
        let record = Record { user: format!("{sid} ({folder})"), ..record::of_folder(&path, Vec::new()) };
        if run.stop.why().is_some() {
            return Record { reasons: vec![run.stop.reason()], ..record };
        }
        match self.install(profile) {
            Ok((status, reasons)) => Record { status, reasons, ..record },
            Err(reason) => Record { status: Status::Failed, reasons: vec![reason], ..record },
        }
    }

    /// Installs one user's pictures. The files are written before the values, so that no value leads to a missing file.
    fn install(&self, Profile { sid, .. }: &Profile) -> Result<(Status, Vec<Reason>), Reason> {
        let largest = self.from.join(sid.as_str()).join(file_name(SIZES[SIZES.len() - 1]));
        if !largest.exists() {
            let text = format!("there is no {}", largest.display());
            return Ok((Status::Skipped, vec![Reason::new(Code::NoPhoto, text)]));
        }
        let photo = read_photo(&largest).map_err(|error| Reason::from(&error))?;
        self.tree.check_names(sid).map_err(|error| Reason::from(&error))?;
        let rendering = Rendering { crop: Crop::Center, allow_blank: true, faces: Faces::Ignored };
        let job = Job { sid, photo: &photo, rendering, copies: false };
        let looked = caught(|| look(&job, self.tree, &Cache::default()));
        let looked = looked.unwrap_or_else(|_| Err(LookError::Photo(PhotoError::DecoderFailed)));
        let differing = looked.map_err(|error| Reason::from(&error))?.differing;
        let there = registry::values(sid).map_err(|error| Reason::of(Code::NotRead, &error))?;
        let set = installed::difference(&there, installed::wanted(self.folder, sid)).set;
        if differing.is_empty() && set.is_empty() {
            return Ok((Status::Unchanged, Vec::new()));
        }
        if self.dry_run {
            return Ok((Status::WouldPublish, Vec::new()));
        }
        let written = self.tree.write(sid, differing.iter().map(|(size, jpeg)| (*size, jpeg.as_slice())));
        written.map_err(|error| Reason::from(&error))?;
        registry::set(sid, &set).map_err(|error| Reason::of(Code::NotSaved, &error))?;
        Ok((Status::Published, Vec::new()))
    }
}
