//! Files that runs keep for later ones: a line of JSON for each entry, between a header and a checksum of all lines before
//! it.
//!
//! If anything is wrong with such a file, it is not used. That costs one slow night and nothing else.

use std::fs::{File, Metadata};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::folder::make;
use crate::failure::Advice;
use crate::hash::{Hash, Hasher};
use crate::ownership::foreign;

/// The maximum number of entries that are kept in a file.
pub(crate) const MAX_ENTRIES: usize = 500_000;
/// The largest length of a line in bytes.
const MAX_LINE: u64 = 1024;
/// The time after which a file is deleted if no run has written it again.
const MAX_AGE: Duration = Duration::from_secs(90 * 24 * 3600);
/// The maximum number of files that are kept in a folder.
const MAX_FILES: usize = 100;

/// The reason why what earlier runs have kept was not used, or could not be written.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    #[error("neither {0} nor a home folder is set")]
    NoFolder(&'static str),
    /// Somebody else may have written the file or its folder.
    #[error("{}: {why}", path.display())]
    Foreign { path: PathBuf, why: String },
    #[error("{}: it is damaged", .0.display())]
    Damaged(PathBuf),
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    /// Other runs have been writing the file all the time.
    #[error("{}: another run is writing it", .0.display())]
    Busy(PathBuf),
}

/// Gives no advice: without what is kept, a run only takes longer.
impl Advice for KeptError {}

/// One line of a file.
pub(crate) trait Entry: Serialize + DeserializeOwned {
    /// The version of the format. A file of another version is not used.
    const VERSION: u32;
    /// What the entry is about. No two entries of a file have the same key.
    type Key: Ord;

    fn key(&self) -> Self::Key;
}

/// The content of a file.
#[derive(Debug)]
pub(crate) struct Kept<E> {
    /// The number of complete runs so far.
    pub(crate) run: u32,
    /// The entries, sorted by key.
    pub(crate) entries: Vec<E>,
}

impl<E> Default for Kept<E> {
    fn default() -> Self {
        Self { run: 0, entries: Vec::new() }
    }
}

#[derive(Serialize, Deserialize)]
struct Header {
    version: u32,
    run: u32,
    entries: usize,
}

#[derive(Serialize, Deserialize)]
struct End {
    /// The hash of all lines before this one.
    sum: Hash,
}

/// Reads a file; `None` if there is none, or one of another version of the format.
pub(crate) fn read<E: Entry>(path: &Path) -> Result<Option<Kept<E>>, KeptError> {
    let failed = |source| KeptError::Io { path: path.to_path_buf(), source };
    // Looked at before opening, because opening a pipe would wait for its other end.
    match path.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
        Ok(found) if !found.is_file() => return Err(KeptError::Damaged(path.to_path_buf())),
        Ok(_) => {}
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    check_owner(folder, &folder.metadata().map_err(failed)?)?;
    let file = File::open(path).map_err(failed)?;
    check_owner(path, &file.metadata().map_err(failed)?)?;
    parse(&mut BufReader::new(file)).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => KeptError::Damaged(path.to_path_buf()),
        _ => failed(error),
    })
}

fn check_owner(path: &Path, found: &Metadata) -> Result<(), KeptError> {
    let theirs = |why: crate::ownership::Foreign| KeptError::Foreign { path: path.into(), why: why.to_string() };
    foreign(found).map_or(Ok(()), |why| Err(theirs(why)))
}

/// Reads the content of a file; `None` if it is of another version. What is damaged is an error of the kind
/// `InvalidData`.
fn parse<E: Entry>(input: &mut impl BufRead) -> io::Result<Option<Kept<E>>> {
    let (mut sum, mut line) = (Hasher::default(), Vec::new());
    let header: Header = next(input, &mut line)?;
    if header.version != E::VERSION {
        return Ok(None);
    }
    if header.entries > MAX_ENTRIES {
        return Err(io::ErrorKind::InvalidData.into());
    }
    sum.update(&line);
    let mut entries: Vec<E> = Vec::with_capacity(header.entries);
    for _ in 0..header.entries {
        let entry: E = next(input, &mut line)?;
        if entries.last().is_some_and(|last| last.key() >= entry.key()) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        sum.update(&line);
        entries.push(entry);
    }
    let end: End = next(input, &mut line)?;
    let is_whole = end.sum == sum.finish() && input.fill_buf()?.is_empty();
    if is_whole { Ok(Some(Kept { run: header.run, entries })) } else { Err(io::ErrorKind::InvalidData.into()) }
}

/// Reads a line, which stays in `line`.
fn next<T: for<'d> Deserialize<'d>>(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<T> {
    line.clear();
    input.take(MAX_LINE).read_until(b'\n', line)?;
    serde_json::from_slice(line).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// Writes a file as a whole or not at all, readable by its owner only. Then it deletes files of the folder that nobody has
/// needed for a long time.
pub(crate) fn write<E: Entry>(path: &Path, kept: &Kept<E>) -> Result<(), KeptError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let failed = |source| KeptError::Io { path: path.to_path_buf(), source };
    make(folder).map_err(failed)?;
    check_owner(folder, &folder.metadata().map_err(failed)?)?;
    let unfinished = tempfile::Builder::new().prefix(".unfinished-").tempfile_in(folder).map_err(failed)?;
    let mut out = BufWriter::new(unfinished.as_file());
    render(kept, &mut out).and_then(|()| out.flush()).map_err(failed)?;
    drop(out);
    unfinished.as_file().sync_all().map_err(failed)?;
    unfinished.persist(path).map_err(|error| failed(error.error))?;
    tidy(folder);
    Ok(())
}

fn render<E: Entry>(Kept { run, entries }: &Kept<E>, out: &mut impl Write) -> io::Result<()> {
    let mut sum = Hasher::default();
    let mut write = |line: Vec<u8>| {
        sum.update(&line);
        out.write_all(&line)
    };
    write(line(&Header { version: E::VERSION, run: *run, entries: entries.len() })?)?;
    for entry in entries {
        write(line(entry)?)?;
    }
    out.write_all(&line(&End { sum: sum.finish() })?)
}

fn line(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    Ok(line)
}

/// Deletes the files of a folder that are old, and the oldest of too many. What cannot be deleted stays: it does no harm.
fn tidy(folder: &Path) {
    let written = |entry: std::fs::DirEntry| {
        let found = entry.metadata().ok().filter(Metadata::is_file)?;
        Some((found.modified().ok()?, entry.path()))
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<(SystemTime, PathBuf)> = entries.filter_map(|entry| written(entry.ok()?)).collect();
    files.sort_unstable_by(|one, other| other.cmp(one));
    let is_old = |written: &SystemTime| written.elapsed().is_ok_and(|age| age > MAX_AGE);
    for (place, (written, path)) in files.iter().enumerate() {
        if place >= MAX_FILES || is_old(written) {
            let _ = std::fs::remove_file(path);
        }
    }
}
