//! Where journals are: a file that was named, or the state folder of the user who runs it.

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
/// More than the last line of a finished journal has.
const LAST: u64 = 4096;

/// The state folder's journals.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

/// Where a new journal goes.
#[derive(Debug, Clone)]
pub enum Place {
    /// This file.
    Named(PathBuf),
    /// A file with a name of its own.
    In(Folder),
}

/// A journal in the folder, as far as a list needs it.
#[derive(Debug)]
pub struct Listed {
    /// The file.
    pub path: PathBuf,
    /// What run it was.
    pub header: Header,
    /// How far it came.
    pub state: State,
}

/// How far a run came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is still under way.
    Running,
    /// To its end.
    Ended(End),
    /// It was ended by force, after so many changes were begun.
    BrokenOff(usize),
}

impl Place {
    /// That file, or one in the state folder, which is made if it is not there.
    ///
    /// # Errors
    /// When the file is there already, or there is no such folder and cannot be.
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

    /// Returns the newest run beside it, for a new one to follow; a file that was named has none.
    #[must_use]
    pub fn newest(&self) -> Option<String> {
        match self {
            Self::Named(_) => None,
            Self::In(folder) => folder.newest(),
        }
    }

    /// The new file, its path, and whether that is only known to us.
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

/// `20261121T183000Z-import-1a2b3c4d.jsonl`
fn file_name(header: &Header) -> String {
    let id = header.id.get(..8).unwrap_or_default();
    format!("{}-{}-{id}.{ENDING}", moment(header.started), header.command)
}

/// `20261121T183000Z`
fn moment(at: OffsetDateTime) -> String {
    let (day, time) = (at.date(), at.time());
    let (year, month, day) = (day.year(), u8::from(day.month()), day.day());
    format!("{year:04}{month:02}{day:02}T{:02}{:02}{:02}Z", time.hour(), time.minute(), time.second())
}

/// A file that is not there yet, for its owner alone; a link of that name is not followed.
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

#[cfg(unix)]
fn make_name_durable(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // A folder that may be written but not read, and file systems on which folders are always durable, or never.
        Err(error) if !matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::InvalidInput) => {
            Err(error)
        }
        _ => Ok(()),
    }
}

impl Folder {
    /// The one of the user who runs it; it need not be there.
    ///
    /// # Errors
    /// When the user has no home.
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

    /// Where it is.
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

    /// Its journals, the newest first. Those of runs that were ended before they could say anything are left out.
    ///
    /// # Errors
    /// When the folder cannot be read; what is wrong with one file is that file's.
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

    /// The newest run; `None` where there is none, or it cannot be told.
    fn newest(&self) -> Option<String> {
        let listed = self.list().ok()?;
        listed.into_iter().flatten().next().map(|listed| listed.header.id)
    }

    /// That a file of the folder which cannot be listed may be of a later run than `chosen`, as far as its name tells.
    #[must_use]
    pub fn may_be_later(error: &JournalError, chosen: &Header) -> Option<JournalError> {
        // Nobody else's file is a run of ours.
        let path = error.path().filter(|_| !matches!(error, JournalError::Foreign { .. }))?;
        let chosen = moment(chosen.started);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_later = match name.get(..chosen.len()).filter(|moment| moment.starts_with("20") && moment.ends_with('Z'))
        {
            // Of two in one second, either may be.
            Some(moment) => moment >= chosen.as_str(),
            None => !matches!(error, JournalError::NotAJournal(_)),
        };
        is_later.then(|| JournalError::PerhapsNewest { path: path.to_path_buf(), source: Box::new(error.clone()) })
    }

    /// A journal in it, by its name alone, which may lack its ending.
    #[must_use]
    pub fn journal(&self, name: &Path) -> Option<PathBuf> {
        let path = self.0.join(name.file_name().filter(|alone| *alone == name.as_os_str())?);
        let mut ended = path.clone().into_os_string();
        ended.push(format!(".{ENDING}"));
        [PathBuf::from(ended), path].into_iter().find(|path| path.is_file())
    }

    /// Returns the shortest name that [`Folder::journal`] finds a file by; `None` if the file is elsewhere.
    #[must_use]
    pub fn name_of<'p>(&self, path: &'p Path) -> Option<&'p str> {
        let is_here = path.parent() == Some(&self.0) && path.extension().is_some_and(|ending| ending == ENDING);
        path.file_stem()?.to_str().filter(|_| is_here)
    }

    /// Deletes the journals that were last written before so many days, or in a dry run only finds them; returns them, the
    /// oldest first.
    ///
    /// # Errors
    /// When the folder cannot be read, or a journal not deleted.
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

/// Sorts runs, the newest first: by which follows which, since clocks are set back, and where that does not tell, by the
/// clock.
fn newest_first(mut runs: Vec<Listed>) -> Vec<Listed> {
    runs.sort_by_key(|run| std::cmp::Reverse(run.header.started));
    let mut sorted: Vec<Listed> = Vec::with_capacity(runs.len());
    // How many of the runs that are left follow each.
    let mut followers: HashMap<String, usize> = HashMap::new();
    runs.iter().filter_map(|run| run.header.follows.clone()).for_each(|id| *followers.entry(id).or_default() += 1);
    while !runs.is_empty() {
        let is_newest = |run: &Listed| followers.get(&run.header.id).is_none_or(|&followers| followers == 0);
        // Copies of a journal may follow each other in a circle: then the clock decides.
        let next = runs.remove(runs.iter().position(is_newest).unwrap_or(0));
        if let Some(followers) = next.header.follows.as_ref().and_then(|id| followers.get_mut(id)) {
            *followers -= 1;
        }
        sorted.push(next);
    }
    sorted
}

/// Reads the first line and the last, and the rest only if the run did not come to its end.
fn skim(path: &Path) -> Result<Option<Listed>, JournalError> {
    let mut file = File::open(path).map_err(|source| JournalError::read(path, source))?;
    let metadata = file.metadata().map_err(|source| JournalError::read(path, source))?;
    if let Some(why) = foreign(&metadata) {
        return Err(JournalError::Foreign { path: path.to_path_buf(), why: why.to_string() });
    }
    let running = is_locked(&file);
    // On Windows nobody else can read what is locked.
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

fn last_line(file: &mut File) -> io::Result<Vec<u8>> {
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(LAST)))?;
    let (mut reader, mut line, mut last) = (BufReader::new(file.take(LAST)), Vec::new(), Vec::new());
    while reader.read_until(b'\n', &mut line)? > 0 {
        last = std::mem::take(&mut line);
    }
    Ok(last)
}
