//! The places of journals: a file that was named, or the state folder of the user who runs adphoto.

use std::collections::HashMap;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use time::OffsetDateTime;

use super::JournalError;
use super::line;
use super::read::{Past, is_locked};
use super::record::{End, Header, Line};
use crate::ownership::foreign;

const ENDING: &str = "jsonl";
/// Number of bytes at the end of a file in which the last line of a finished journal is looked for; it is shorter than
/// that.
const LAST_LINE_BYTES: u64 = 4096;

/// The folder of journals in the user's state folder.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

/// The place of a new journal.
#[derive(Debug, Clone)]
pub enum Place {
    /// The file that the user named.
    Named(PathBuf),
    /// A new file in the folder.
    In(Folder),
}

/// A journal in the folder, with what a list says about it.
#[derive(Debug)]
pub struct Listed {
    pub path: PathBuf,
    pub header: Header,
    pub state: State,
}

/// How far a run came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Running,
    Ended(End),
    /// The process was killed or the machine went down, after so many changes had been begun.
    BrokenOff(usize),
}

impl Place {
    /// Returns the place for a new journal: the file that was named, or the state folder, which is created if need be.
    ///
    /// # Errors
    /// When the file exists already, or the folder does not exist and cannot be created.
    pub fn find(named: Option<&Path>) -> Result<Self, JournalError> {
        match named {
            Some(path) if path.symlink_metadata().is_ok() => Err(JournalError::Exists(path.to_path_buf())),
            Some(path) => Ok(Self::Named(path.to_path_buf())),
            None => {
                let folder = Folder::of_user()?;
                folder.make().map_err(|source| JournalError::write(&folder.0, source))?;
                Ok(Self::In(folder))
            }
        }
    }

    /// Returns the id of the newest run in the folder, which the new one will name in its header. A file that the user
    /// named has no runs beside it.
    #[must_use]
    pub fn newest(&self) -> Option<String> {
        match self {
            Self::Named(_) => None,
            Self::In(folder) => folder.newest(),
        }
    }

    /// Creates the file. Returns it, its path, and whether it is disposable: nobody named it, so it may be deleted
    /// again if the run changes nothing.
    pub(super) fn create(self, header: &Header) -> Result<(File, PathBuf, bool), JournalError> {
        let (path, disposable) = match self {
            Self::Named(path) => (path, false),
            Self::In(folder) => (folder.0.join(file_name(header)), true),
        };
        match create(&path) {
            Ok(file) => Ok((file, path, disposable)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(JournalError::Exists(path)),
            Err(error) => Err(JournalError::write(&path, error)),
        }
    }
}

/// Returns a name such as `20261121T183000Z-import-1a2b3c4d.jsonl`.
fn file_name(header: &Header) -> String {
    let id = header.id.get(..8).unwrap_or_default();
    format!("{}-{}-{id}.{ENDING}", moment(header.started), header.command)
}

/// Returns a time in the form `20261121T183000Z`.
fn moment(at: OffsetDateTime) -> String {
    let (day, time) = (at.date(), at.time());
    let (year, month, day) = (day.year(), u8::from(day.month()), day.day());
    format!("{year:04}{month:02}{day:02}T{:02}{:02}{:02}Z", time.hour(), time.minute(), time.second())
}

/// Creates a file that only its owner may read. It must not exist yet, not even as a link, which would not be followed.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    make_name_durable(path)?;
    Ok(file)
}

/// Syncs the folder of a new file, because syncing a file does not make its name durable (fsync(2)).
#[cfg(unix)]
fn make_name_durable(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // We may be allowed to write to a folder but not to open it, and some file systems cannot sync a folder.
        // Neither is a reason not to run.
        Err(error) if !matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::InvalidInput) => {
            Err(error)
        }
        _ => Ok(()),
    }
}

impl Folder {
    /// Returns the folder of the user who runs adphoto. It need not exist.
    ///
    /// # Errors
    /// When neither the variable for the state folder nor a home folder is set.
    pub fn of_user() -> Result<Self, JournalError> {
        let (variable, below_home) = if cfg!(windows) {
            ("LOCALAPPDATA", "AppData/Local")
        } else if cfg!(target_os = "macos") {
            ("XDG_STATE_HOME", "Library/Application Support")
        } else {
            ("XDG_STATE_HOME", ".local/state")
        };
        let given = std::env::var_os(variable).map(PathBuf::from).filter(|folder| folder.is_absolute());
        let state =
            given.or_else(|| Some(std::env::home_dir()?.join(below_home)).filter(|folder| folder.is_absolute()));
        Ok(Self(state.ok_or(JournalError::NoFolder(variable))?.join("adphoto").join("journals")))
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    fn make(&self) -> io::Result<()> {
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.recursive(true).create(&self.0)
    }

    /// Returns the journals of the folder, the newest first. Those of runs that were killed before they could write a
    /// header are left out.
    ///
    /// # Errors
    /// When the folder cannot be read. The error of a single file is an item at the end of the list.
    pub fn list(&self) -> Result<Vec<Result<Listed, JournalError>>, JournalError> {
        let (mut runs, mut unlisted) = (Vec::new(), Vec::new());
        for path in self.files()? {
            match skim(&path) {
                Ok(listed) => runs.extend(listed),
                Err(error) => unlisted.push(Err(error)),
            }
        }
        Ok(newest_first(runs).into_iter().map(Ok).chain(unlisted).collect())
    }

    /// Returns the id of the newest run; `None` if there is none, or the folder cannot be read.
    fn newest(&self) -> Option<String> {
        let listed = self.list().ok()?;
        listed.into_iter().flatten().next().map(|listed| listed.header.id)
    }

    /// Returns an error if a file of the folder that could not be listed may be the journal of a later run than
    /// `chosen`, judged by its name. `error` says why it could not be listed.
    #[must_use]
    pub fn may_be_later(error: &JournalError, chosen: &Header) -> Option<JournalError> {
        // A file of somebody else is not a run of ours.
        let path = error.path().filter(|_| !matches!(error, JournalError::Foreign { .. }))?;
        let chosen = moment(chosen.started);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_later = match name.get(..chosen.len()).filter(|moment| moment.starts_with("20") && moment.ends_with('Z'))
        {
            // Two runs may begin in the same second, so equal times count, too.
            Some(moment) => moment >= chosen.as_str(),
            None => !matches!(error, JournalError::NotAJournal(_)),
        };
        is_later.then(|| JournalError::PerhapsNewest { path: path.to_path_buf(), source: Box::new(error.clone()) })
    }

    /// Returns the path of a journal in the folder, given its name with or without the ending.
    #[must_use]
    pub fn journal(&self, name: &Path) -> Option<PathBuf> {
        let path = self.0.join(name.file_name().filter(|alone| *alone == name.as_os_str())?);
        let mut ended = path.clone().into_os_string();
        ended.push(format!(".{ENDING}"));
        [PathBuf::from(ended), path].into_iter().find(|path| path.is_file())
    }

    /// Returns the shortest name by which [`Folder::journal`] finds a file; `None` if the file is not in the folder.
    #[must_use]
    pub fn name_of<'p>(&self, path: &'p Path) -> Option<&'p str> {
        let is_here = path.parent() == Some(&self.0) && path.extension().is_some_and(|ending| ending == ENDING);
        path.file_stem()?.to_str().filter(|_| is_here)
    }

    /// Deletes the journals that were last written `days` days ago or earlier. A dry run only finds them. Returns them,
    /// the oldest first.
    ///
    /// # Errors
    /// When the folder cannot be read, or a journal cannot be deleted.
    pub fn prune(&self, days: u32, dry_run: bool) -> Result<Vec<PathBuf>, JournalError> {
        let age = Duration::from_secs(u64::from(days) * 24 * 3600);
        let mut old = Vec::new();
        for path in self.files()? {
            let failed = |source| JournalError::write(&path, source);
            let file = File::open(&path).map_err(failed)?;
            let written = file.metadata().and_then(|metadata| metadata.modified()).map_err(failed)?;
            let is_old = SystemTime::now().duration_since(written).is_ok_and(|since| since >= age);
            if is_old && !is_locked(&file) {
                drop(file);
                if !dry_run {
                    std::fs::remove_file(&path).map_err(failed)?;
                }
                old.push((written, path));
            }
        }
        old.sort();
        Ok(old.into_iter().map(|(_, path)| path).collect())
    }

    /// Returns the files of the folder that have the ending of journals.
    fn files(&self) -> Result<Vec<PathBuf>, JournalError> {
        let failed = |source: io::Error| JournalError::ReadFolder { path: self.0.clone(), source: source.into() };
        let entries = match std::fs::read_dir(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(failed)?,
        };
        let mut files = Vec::new();
        for entry in entries {
            let entry = entry.map_err(failed)?;
            let is_file = entry.file_type().map_err(failed)?.is_file();
            if is_file && entry.path().extension().is_some_and(|ending| ending == ENDING) {
                files.push(entry.path());
            }
        }
        Ok(files)
    }
}

/// Sorts runs, the newest first. A run names the one before it in its header; that decides, because clocks are set
/// back. The clock decides only between runs that do not depend on each other in this way.
fn newest_first(mut runs: Vec<Listed>) -> Vec<Listed> {
    runs.sort_by_key(|run| std::cmp::Reverse(run.header.started));
    let mut sorted: Vec<Listed> = Vec::with_capacity(runs.len());
    // How many of the runs that are not sorted yet follow each run. The newest is one that nobody follows.
    let mut followers: HashMap<String, usize> = HashMap::new();
    runs.iter().filter_map(|run| run.header.follows.clone()).for_each(|id| *followers.entry(id).or_default() += 1);
    while !runs.is_empty() {
        let is_newest = |run: &Listed| followers.get(&run.header.id).is_none_or(|&followers| followers == 0);
        // Journals that were copied or edited may follow each other in a circle. Then the clock decides.
        let next = runs.remove(runs.iter().position(is_newest).unwrap_or(0));
        if let Some(followers) = next.header.follows.as_ref().and_then(|id| followers.get_mut(id)) {
            *followers -= 1;
        }
        sorted.push(next);
    }
    sorted
}

/// Reads what a list needs: the first line and the last, and the rest only if the run did not come to its end. Returns
/// `None` if the file has no header, so that nothing was changed.
fn skim(path: &Path) -> Result<Option<Listed>, JournalError> {
    let mut file = File::open(path).map_err(|source| JournalError::read(path, source))?;
    let metadata = file.metadata().map_err(|source| JournalError::read(path, source))?;
    if let Some(why) = foreign(&metadata) {
        return Err(JournalError::Foreign { path: path.to_path_buf(), why: why.to_string() });
    }
    let running = is_locked(&file);
    // On Windows a locked file cannot be read by other processes.
    let failed =
        |source| if running { JournalError::InUse(path.to_path_buf()) } else { JournalError::read(path, source) };
    let mut first = Vec::new();
    line::next(&mut BufReader::new(&file), &mut first).map_err(failed)?;
    let end = last_line(&mut file).map_err(failed)?;
    drop(file);
    let listed = |header, state| Ok(Some(Listed { path: path.to_path_buf(), header, state }));
    match (line::open(&first), line::open(&end)) {
        (Some(Line::Header(header)), _) if running => listed(header, State::Running),
        (Some(Line::Header(header)), Some(Line::End(end))) => listed(header, State::Ended(end)),
        _ => {
            let past = Past::read(path, false)?;
            match past.header {
                Some(header) => listed(header, State::BrokenOff(past.changes.len())),
                None => Ok(None),
            }
        }
    }
}

/// Returns the last line, or the end of it if it is longer than [`LAST_LINE_BYTES`], as the line of an intent is.
fn last_line(file: &mut File) -> io::Result<Vec<u8>> {
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(LAST_LINE_BYTES)))?;
    let (mut reader, mut line, mut last) = (BufReader::new(file.take(LAST_LINE_BYTES)), Vec::new(), Vec::new());
    while reader.read_until(b'\n', &mut line)? > 0 {
        last = std::mem::take(&mut line);
    }
    Ok(last)
}
