//! The folder that account pictures are published in: a folder for each SID, and in it a file for each size.
//!
//! What is ours is exactly `S-1-…/Image<N>.jpg`, files with a temporary name, the lock, the cache and the sign that there
//! are pictures. Whatever else lies there stays, and what lies where one of ours belongs is refused by name.

use std::borrow::Cow;
use std::fs::Metadata;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::{PRESENT, SIZES, file_name};
use crate::directory::Sid;
use crate::failure::Advice;
use crate::hash::Hash;

/// How the name of a file begins and ends that is not complete yet.
const UNFINISHED: (&str, &str) = (".adphoto-", ".tmp");
/// Bytes of a picture's file that are read to compare it: ours are smaller.
const MAX_READ: u64 = 1024 * 1024;

/// A folder of account pictures.
#[derive(Debug, Clone)]
pub struct Tree {
    /// As given, for messages.
    path: PathBuf,
    /// Without links: on Windows that has no limit of 260 characters.
    real_path: PathBuf,
}

/// What is there of a person: the hash of each picture's file, in the order of [`SIZES`].
pub type Pictures = [Option<Hash>; SIZES.len()];

/// Why the tree cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// Something else lies where a file or folder of ours belongs.
    #[error("{} is {what}, and not what adphoto would put there; it was left as it is", path.display())]
    InTheWay {
        /// Where.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// It cannot be read or written.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// `read`, `write` or `remove`.
        doing: &'static str,
        /// What.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl TreeError {
    /// Whether nothing more can be written: the disk is full, or the whole folder is gone.
    #[must_use]
    pub fn ends_the_run(&self, tree: &Tree) -> bool {
        let Self::Io { source, .. } = self else { return false };
        let is_full =
            matches!(source.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::ReadOnlyFilesystem);
        is_full || !tree.real_path.is_dir()
    }
}

impl Advice for TreeError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::InTheWay { .. } => "see who put it there; move it away if pictures belong there",
            Self::Io { .. } => "check the disk, the share and your right to write there",
        };
        Some(advice.into())
    }
}

/// What became of a person's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleared {
    /// What else lies in it, and keeps it from going.
    pub left: Vec<String>,
}

impl Tree {
    /// The tree at `path`, which is made if it is not there, unless nothing is to be written.
    ///
    /// # Errors
    /// When it cannot be made, or is no folder.
    pub fn open(path: &Path, dry_run: bool) -> io::Result<Self> {
        if !dry_run {
            std::fs::create_dir_all(path)?;
        }
        let real_path = match path.canonicalize() {
            Err(error) if dry_run && error.kind() == ErrorKind::NotFound => std::path::absolute(path)?,
            real_path => real_path?,
        };
        if real_path.exists() && !real_path.is_dir() {
            return Err(ErrorKind::NotADirectory.into());
        }
        Ok(Self { path: path.to_path_buf(), real_path })
    }

    /// Where a person's pictures are, as messages say it.
    #[must_use]
    pub fn folder_of(&self, sid: &Sid) -> PathBuf {
        self.path.join(sid.as_str())
    }

    /// Whether reading the folder `source` would find the pictures.
    #[must_use]
    pub fn is_searched(&self, source: &Path, recursive: bool) -> bool {
        let is_inside = |source: PathBuf| self.real_path == source || recursive && self.real_path.starts_with(&source);
        source.is_dir() && source.canonicalize().is_ok_and(is_inside)
    }

    /// Where a file of the tree's root is.
    pub(super) fn root_file(&self, name: &str) -> PathBuf {
        self.real_path.join(name)
    }

    /// Whose folders are there, in the order of their names.
    ///
    /// # Errors
    /// When the tree cannot be read.
    pub fn people(&self) -> Result<Vec<Sid>, TreeError> {
        let failed = |source| TreeError::Io { doing: "read", path: self.path.clone(), source };
        let entries = match std::fs::read_dir(&self.real_path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(failed)?,
        };
        let names = entries.map(|entry| entry.map(|entry| entry.file_name())).collect::<Result<Vec<_>, _>>();
        let mut people: Vec<Sid> =
            names.map_err(failed)?.iter().filter_map(|name| Sid::parse(name.to_str()?)).collect();
        people.sort();
        Ok(people)
    }

    /// Whether there is anything of ours to remove of a person: a picture, or a folder that is empty. Where something else
    /// is in the way, removing says so.
    #[must_use]
    pub fn holds(&self, sid: &Sid) -> bool {
        let Ok(Some(folder)) = self.folder(sid) else { return true };
        let is_there = |size| folder.join(file_name(size)).symlink_metadata().is_ok_and(|found| found.is_file());
        SIZES.into_iter().any(is_there) || std::fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_none())
    }

    /// What is there of a person; nothing where there is no such folder.
    ///
    /// # Errors
    /// When something else lies where the folder or a picture belongs, or it cannot be read.
    pub fn pictures(&self, sid: &Sid) -> Result<Pictures, TreeError> {
        let mut pictures = [None; SIZES.len()];
        if self.folder(sid)?.is_none() {
            return Ok(pictures);
        }
        for (picture, size) in pictures.iter_mut().zip(SIZES) {
            let (real_path, path) = self.paths(sid, &file_name(size));
            let failed = |source| TreeError::Io { doing: "read", path: path.clone(), source };
            let Some(found) = known(&real_path).map_err(failed)? else { continue };
            if !found.is_file() {
                return Err(TreeError::InTheWay { path, what: kind(&found) });
            }
            // A larger one is none of ours, and differs from whatever is to be there.
            let content =
                if found.len() > MAX_READ { Vec::new() } else { std::fs::read(&real_path).map_err(failed)? };
            *picture = Some(Hash::of(&content));
        }
        Ok(pictures)
    }

    /// Makes sure that no picture's file has another name besides: what is written to one would be read under the other.
    ///
    /// # Errors
    /// When one has, or something else is in the way.
    pub fn check_names(&self, sid: &Sid) -> Result<(), TreeError> {
        if self.folder(sid)?.is_none() {
            return Ok(());
        }
        for size in SIZES {
            let (real_path, path) = self.paths(sid, &file_name(size));
            let is_file = real_path.symlink_metadata().is_ok_and(|found| found.is_file());
            let failed = |source| TreeError::Io { doing: "read", path: path.clone(), source };
            if is_file && names_of(&real_path).map_err(failed)? > 1 {
                return Err(TreeError::InTheWay { path, what: "a file with another name besides (a hard link)" });
            }
        }
        Ok(())
    }

    /// Writes a person's pictures, each whole or not at all.
    ///
    /// # Errors
    /// When something else lies where the folder belongs, or one of them cannot be written.
    pub fn write<'j>(&self, sid: &Sid, pictures: impl IntoIterator<Item = (u32, &'j [u8])>) -> Result<(), TreeError> {
        if self.folder(sid)?.is_none() {
            let failed = |source| TreeError::Io { doing: "make the folder", path: self.folder_of(sid), source };
            std::fs::create_dir(self.real_path.join(sid.as_str())).map_err(failed)?;
        }
        self.clear_unfinished(&self.real_path.join(sid.as_str()));
        for (size, jpeg) in pictures {
            self.write_file(&Path::new(sid.as_str()).join(file_name(size)), jpeg)?;
        }
        Ok(())
    }

    /// Removes a person's pictures, and the folder if nothing else is in it.
    ///
    /// # Errors
    /// When the folder is a link, or a picture cannot be removed.
    pub fn clear(&self, sid: &Sid) -> Result<Cleared, TreeError> {
        let Some(folder) = self.folder(sid)? else { return Ok(Cleared { left: Vec::new() }) };
        self.clear_unfinished(&folder);
        let failed = |path: PathBuf| move |source| TreeError::Io { doing: "remove", path, source };
        for size in SIZES {
            let (real_path, path) = self.paths(sid, &file_name(size));
            match known(&real_path).map_err(failed(path.clone()))? {
                Some(found) if found.is_file() => std::fs::remove_file(&real_path).map_err(failed(path))?,
                // It is not ours, and told of as what is left.
                _ => {}
            }
        }
        let entries = std::fs::read_dir(&folder).map_err(failed(self.folder_of(sid)))?;
        let left: Vec<String> = entries.flatten().map(|it| it.file_name().to_string_lossy().into_owned()).collect();
        if left.is_empty() {
            std::fs::remove_dir(&folder).map_err(failed(self.folder_of(sid)))?;
        }
        Ok(Cleared { left })
    }

    /// Keeps the sign that there are pictures, while there are some.
    ///
    /// # Errors
    /// When it cannot be written or removed.
    pub fn sign(&self) -> Result<(), TreeError> {
        let has_pictures = self.people()?.iter().any(|sid| self.pictures(sid).is_ok_and(|all| all[0].is_some()));
        let path = self.root_file(PRESENT);
        let failed = |source| TreeError::Io { doing: "keep", path: self.path.join(PRESENT), source };
        match (has_pictures, known(&path).map_err(failed)?) {
            (true, None) => {
                self.write_file(Path::new(PRESENT), b"adphoto keeps this file while there are pictures.\r\n")
            }
            (false, Some(found)) if found.is_file() => std::fs::remove_file(&path).map_err(failed),
            _ => Ok(()),
        }
    }

    /// Writes a file of the tree whole or not at all: beside its place, and then into it.
    pub(super) fn write_file(&self, name: &Path, content: &[u8]) -> Result<(), TreeError> {
        let (real_path, path) = (self.real_path.join(name), self.path.join(name));
        let written = (|| {
            let mut builder = tempfile::Builder::new();
            builder.prefix(UNFINISHED.0).suffix(UNFINISHED.1);
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                // Others are to read it, as far as the umask lets them.
                builder.permissions(std::fs::Permissions::from_mode(0o666));
            }
            let mut file = builder.tempfile_in(real_path.parent().unwrap_or(&self.real_path))?;
            file.write_all(content)?;
            file.persist(&real_path).map(drop).map_err(|error| error.error)
        })();
        written.map_err(|source| TreeError::Io { doing: "write", path, source })
    }

    /// Removes what a run that was ended by force left half written.
    pub(super) fn clear_unfinished(&self, folder: &Path) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let is_ours =
                name.to_str().is_some_and(|name| name.starts_with(UNFINISHED.0) && name.ends_with(UNFINISHED.1));
            if is_ours && entry.file_type().is_ok_and(|kind| kind.is_file()) {
                // The next run tries again.
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }

    /// Removes what a run that was ended by force left half written in the root.
    pub(super) fn clear_root(&self) {
        self.clear_unfinished(&self.real_path);
    }

    /// A person's folder, if it is there and no link.
    fn folder(&self, sid: &Sid) -> Result<Option<PathBuf>, TreeError> {
        let (real_path, path) = (self.real_path.join(sid.as_str()), self.folder_of(sid));
        match known(&real_path).map_err(|source| TreeError::Io { doing: "read", path: path.clone(), source })? {
            Some(found) if !found.is_dir() => Err(TreeError::InTheWay { path, what: kind(&found) }),
            found => Ok(found.map(|_| real_path)),
        }
    }

    /// Where a file of a person is: without links, and as messages say it.
    fn paths(&self, sid: &Sid, name: &str) -> (PathBuf, PathBuf) {
        (self.real_path.join(sid.as_str()).join(name), self.folder_of(sid).join(name))
    }
}

/// What is there, without following a link; `None` where nothing is. A junction of Windows is a link to Rust, too.
fn known(path: &Path) -> io::Result<Option<Metadata>> {
    match path.symlink_metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        found => found.map(Some),
    }
}

/// How many names a file has.
#[cfg(unix)]
fn names_of(path: &Path) -> io::Result<u64> {
    use std::os::unix::fs::MetadataExt;
    Ok(path.symlink_metadata()?.nlink())
}

#[cfg(windows)]
fn names_of(path: &Path) -> io::Result<u64> {
    let file = winapi_util::Handle::from_file(std::fs::File::open(path)?);
    Ok(winapi_util::file::information(&file)?.number_of_links())
}

fn kind(found: &Metadata) -> &'static str {
    match found.file_type() {
        kind if kind.is_symlink() => "a link",
        kind if kind.is_dir() => "a folder",
        kind if kind.is_file() => "a file",
        _ => "no file",
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Cleared, Tree, TreeError};
    use crate::account_pictures::{PRESENT, SIZES};
    use crate::directory::Sid;
    use crate::hash::Hash;

    fn sid(number: u32) -> Sid {
        Sid::parse(&format!("S-1-5-21-1-2-3-{number}")).expect("a SID")
    }

    fn tree() -> (tempfile::TempDir, Tree) {
        let folder = tempfile::tempdir().expect("a folder");
        let tree = Tree::open(folder.path(), false).expect("opens");
        (folder, tree)
    }

    #[test]
    fn what_is_written_is_found_and_goes_again() {
        let (folder, tree) = tree();
        tree.write(&sid(1), SIZES.iter().map(|&size| (size, b"picture".as_slice()))).expect("is written");
        assert_eq!(tree.people().expect("reads"), [sid(1)]);
        assert_eq!(tree.pictures(&sid(1)).expect("reads"), [Some(Hash::of(b"picture")); 12]);
        tree.sign().expect("is signed");
        assert!(folder.path().join(PRESENT).is_file());
        assert_eq!(tree.clear(&sid(1)).expect("goes"), Cleared { left: Vec::new() });
        tree.sign().expect("is signed");
        assert_eq!(std::fs::read_dir(folder.path()).expect("reads").count(), 0, "no sign without pictures");
    }

    #[test]
    fn what_is_not_ours_stays() {
        let (folder, tree) = tree();
        tree.write(&sid(1), [(32, b"picture".as_slice())]).expect("is written");
        let person = folder.path().join(sid(1).as_str());
        for (name, kept) in
            [("notes.txt", true), ("Image33.jpg", true), (".adphoto-x.tmp", false), (".adphoto-x.jpg", true)]
        {
            std::fs::write(person.join(name), "x").expect("is written");
            let Cleared { left } = tree.clear(&sid(1)).expect("goes");
            assert_eq!(left, if kept { vec![name.to_owned()] } else { Vec::new() });
            let _ = std::fs::remove_dir_all(&person);
            std::fs::create_dir(&person).expect("is made");
        }
        for name in ["S-1-5-21-01", "s-1-5-21-1", "photos", "S-1-5-21-1-2-3-1.old"] {
            std::fs::create_dir(folder.path().join(name)).expect("is made");
        }
        assert_eq!(tree.people().expect("reads"), [sid(1)]);
    }

    #[test]
    fn a_file_with_two_names_is_refused_where_it_matters() {
        let (folder, tree) = tree();
        tree.check_names(&sid(1)).expect("nothing is there");
        tree.write(&sid(1), [(32, b"picture".as_slice()), (448, b"picture")]).expect("is written");
        tree.check_names(&sid(1)).expect("one name each");
        let picture = folder.path().join(sid(1).as_str()).join("Image448.jpg");
        std::fs::hard_link(&picture, folder.path().join("another")).expect("is linked");
        let Err(TreeError::InTheWay { path, .. }) = tree.check_names(&sid(1)) else { panic!("not refused") };
        assert!(path.ends_with("Image448.jpg"));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_refused_by_name_and_nothing_is_written_behind_them() {
        use std::os::unix::fs::symlink;

        let ((folder, tree), elsewhere) = (tree(), tempfile::tempdir().expect("a folder"));
        symlink(elsewhere.path(), folder.path().join(sid(1).as_str())).expect("is linked");
        let target = elsewhere.path().join("target");
        std::fs::write(&target, "theirs").expect("is written");
        std::fs::create_dir(folder.path().join(sid(2).as_str())).expect("is made");
        symlink(&target, folder.path().join(sid(2).as_str()).join("Image96.jpg")).expect("is linked");
        std::fs::create_dir_all(folder.path().join(sid(3).as_str()).join("Image448.jpg")).expect("is made");
        let in_the_way = |outcome: Result<(), TreeError>, place: &str| {
            let Err(TreeError::InTheWay { path, .. }) = outcome else { panic!("{outcome:?}") };
            assert!(path.ends_with(Path::new(place)), "{}", path.display());
        };
        in_the_way(tree.pictures(&sid(1)).map(drop), sid(1).as_str());
        in_the_way(tree.write(&sid(1), [(32, b"x".as_slice())]), sid(1).as_str());
        in_the_way(tree.clear(&sid(1)).map(drop), sid(1).as_str());
        in_the_way(tree.pictures(&sid(2)).map(drop), "Image96.jpg");
        in_the_way(tree.pictures(&sid(3)).map(drop), "Image448.jpg");
        assert_eq!(tree.clear(&sid(2)).expect("goes").left, ["Image96.jpg"]);
        assert_eq!(std::fs::read_to_string(&target).expect("is there"), "theirs");
        assert_eq!(std::fs::read_dir(elsewhere.path()).expect("reads").count(), 1);
    }
}
