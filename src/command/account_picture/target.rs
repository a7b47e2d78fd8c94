//! The folder and the registry of this machine, to which pictures are installed and from which they are removed.

use std::path::PathBuf;

use crate::account_pictures::{Cache, Job, Rendering, TargetFolder, Tree, installed, link_in, look, registry};
use crate::command::publish::making::fewer_pixels;
use crate::directory::Sid;
use crate::failure::{Context, Failure};
use crate::panics::caught;
use crate::report::{Code, Reason, Status};

/// What was done for one user, and remarks about it.
type Done = (Status, Vec<Reason>);

/// The place of the pictures on this machine.
pub(super) struct Target {
    /// The folder, without variables.
    folder: PathBuf,
    pub(super) tree: Tree,
    dry_run: bool,
}

impl Target {
    /// Opens the folder for the pictures, and creates it with `creates`. If it or a folder above it is a link, it is
    /// refused: a user may have put the link there to make an administrator write elsewhere.
    pub(super) fn open(folder: &TargetFolder, creates: bool, dry_run: bool) -> Result<Self, Failure> {
        let folder = registry::expanded(&folder.to_string());
        if !folder.is_absolute() {
            return Err(Failure::new(format!("{} is no full path: this machine lacks the variable", folder.display())));
        }
        if let Some(link) = link_in(&folder) {
            return Err(Failure::new(format!("{} is a link or a junction, and may lead anywhere", link.display()))
                .hint("see who put it there, and remove it, or name another --folder"));
        }
        let cannot_use = || format!("cannot use the folder {}", folder.display());
        let tree = Tree::open(&folder, dry_run || !creates).with_context(cannot_use);
        let tree = tree.map_err(|error| error.hint("run it as SYSTEM or as an administrator"))?;
        Ok(Self { folder, tree, dry_run })
    }

    /// Installs one user's pictures. The files are written before the values, so that no value leads to a missing file.
    pub(super) fn install(&self, sid: &Sid, photo: &[u8], rendering: Rendering) -> Result<Done, Reason> {
        self.tree.check_links(sid).and_then(|()| self.tree.check_names(sid)).map_err(|error| Reason::from(&error))?;
        let job = Job { sid, photo, rendering, copies: false };
        let there = self.tree.pictures(sid).map_err(|error| Reason::from(&error))?;
        let looked = caught(|| look(&job, &there, &Cache::default())).map_err(Reason::from)?;
        let looked = looked.map_err(|error| Reason::from(&error))?;
        let remarks = looked.doubts.iter().map(Reason::from).chain(fewer_pixels(looked.entry.largest)).collect();
        let there = registry::values(sid).map_err(|error| Reason::of(Code::NotRead, &error))?;
        let set = installed::difference(&there, installed::wanted(&self.folder, sid)).set;
        if looked.differing.is_empty() && set.is_empty() {
            return Ok((Status::Unchanged, remarks));
        }
        if self.dry_run {
            return Ok((Status::WouldPublish, remarks));
        }
        let written = self.tree.write(sid, looked.differing.iter().map(|(size, jpeg)| (*size, jpeg.as_slice())));
        written.map_err(|error| Reason::from(&error))?;
        registry::set(sid, &set).map_err(|error| Reason::of(Code::NotSaved, &error))?;
        Ok((Status::Published, remarks))
    }

    /// Returns the users who have something that an installation has set, sorted: files, or values that lead to files
    /// here. They need not have a profile any more.
    pub(super) fn users(&self) -> Result<Vec<Sid>, Failure> {
        let mut users = self.tree.people().context("cannot see whose pictures are there")?;
        users.retain(|sid| self.tree.holds(sid));
        for sid in registry::users()? {
            if !installed::ours(&registry::values(&sid)?, &self.folder, &sid).is_empty() {
                users.push(sid);
            }
        }
        users.sort();
        users.dedup();
        Ok(users)
    }

    /// Removes one user's values, and then the files, so that no value leads to a missing file. Values that lead
    /// elsewhere stay.
    pub(super) fn remove(&self, sid: &Sid) -> Result<Done, Reason> {
        self.tree.check_links(sid).map_err(|error| Reason::from(&error))?;
        let there = registry::values(sid).map_err(|error| Reason::of(Code::NotRead, &error))?;
        let names = installed::ours(&there, &self.folder, sid);
        if self.dry_run {
            return Ok((Status::WouldRemove, Vec::new()));
        }
        if !names.is_empty() {
            registry::remove(sid, &names).map_err(|error| Reason::of(Code::NotSaved, &error))?;
        }
        let left = self.tree.clear(sid).map_err(|error| Reason::from(&error))?.left;
        let stays = || Reason::new(Code::InTheWay, format!("the folder stays, as it holds {}", left.join(", ")));
        Ok((Status::Removed, Vec::from_iter((!left.is_empty()).then(stays))))
    }
}
