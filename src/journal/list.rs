//! Lists of the journals in a folder.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::JournalError;
use super::folder::{Folder, Place, moment, old_and_ended};
use super::line;
use super::read::{Past, is_locked};
use super::record::{End, Header, Line};
use crate::ownership::foreign;

/// Number of bytes at the end of a file in which the last line of a finished journal is looked for; it is shorter than
/// that.
const LAST_LINE_BYTES: u64 = 4096;

/// A journal in the folder, with what a list says about it.
#[derive(Debug)]
pub struct Listed {
    pub path: PathBuf,
    pub header: Header,
    pub state: State,
}

/// The state of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Running,
    Ended(End),
    /// The process was killed or the machine went down, after this number of changes had been begun.
    BrokenOff(usize),
}

impl Listed {
    /// Returns whether the run did everything that it was to do. An undo of only some accounts is not complete, because
    /// the other accounts may still be taken back.
    pub(super) fn is_complete(&self) -> bool {
        let is_whole = |end: &End| !end.stopped && end.left == 0 && end.unconfirmed == 0;
        matches!(&self.state, State::Ended(end) if is_whole(end)) && !self.header.partial
    }
}

impl Place {
    /// Returns the id of the newest run in the folder, which the new one will name in its header. A file that the user
    /// named has no runs beside it.
    #[must_use]
    pub fn newest(&self) -> Option<String> {
        match self {
            Self::Named(_) => None,
            Self::In(folder) => folder.newest(),
        }
    }
}

impl Folder {
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

    /// Deletes the journals that were last written `days` days ago or earlier, and returns them. Nobody watches this,
    /// so files that are not journals of the user stay. So do the journals of runs that an undo has taken back only in
    /// part.
    ///
    /// # Errors
    /// When the folder cannot be read, or a journal cannot be deleted.
    pub fn expire(&self, days: u32) -> Result<Vec<PathBuf>, JournalError> {
        let runs: Vec<Listed> = self.list()?.into_iter().flatten().collect();
        let unfinished = runs.iter().filter(|run| !run.is_complete());
        let needed: HashSet<&String> = unfinished.flat_map(|run| &run.header.undoes).collect();
        let mut deleted = Vec::new();
        for run in runs.iter().filter(|run| !needed.contains(&run.header.id)) {
            if old_and_ended(&run.path, days)?.is_some() {
                std::fs::remove_file(&run.path).map_err(|source| JournalError::write(&run.path, source))?;
                deleted.push(run.path.clone());
            }
        }
        Ok(deleted)
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
        // A file that belongs to somebody else is not the journal of one of our runs.
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
}

/// Sorts runs, the newest first. A run names the one before it in its header. This counts first, because clocks may be
/// set back; the clock decides only between runs that do not depend on each other in this way.
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
