//! The folder to which account pictures are published. It has a folder for each SID, and in that a file for each size.
//!
//! The files of adphoto are exactly `S-1-…/Image<N>.jpg`, files with a temporary name, the lock, the cache and `.present`,
//! which says that there are pictures. Everything else stays, and anything that is in the place of such a file is refused by
//! name.

mod error;
mod files;

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

pub use self::error::TreeError;
pub use self::files::link_in;
use self::files::{LINK, is_link, kind, known, names_of};
use super::{PRESENT, SIZES, file_name};
use crate::directory::Sid;
use crate::hash::Hash;

/// The largest file that is read to compare it. The pictures of adphoto are smaller.
const MAX_PICTURE_BYTES: u64 = 1024 * 1024;

/// A folder of account pictures.
#[derive(Debug, Clone)]
pub struct Tree {
    /// The path as it was given, for messages.
    path: PathBuf,
    /// The path without links. On Windows, such a path has no limit of 260 characters.
    real_path: PathBuf,
}

/// The hash of each of a person's picture files that is there, in the order of [`SIZES`].
pub type Pictures = [Option<Hash>; SIZES.len()];

/// The result of clearing a person's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleared {
    /// The names of other files in the folder, because of which it stays.
    pub left: Vec<String>,
}

impl Tree {
    /// Opens the tree at `path`, and creates it if need be, unless this is a dry run.
    ///
    /// # Errors
    /// When the folder cannot be created, or `path` is not a folder.
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

    /// Returns the path of a person's folder, for messages.
    #[must_use]
    pub fn folder_of(&self, sid: &Sid) -> PathBuf {
        self.path.join(sid.as_str())
    }

    /// Returns whether an import of the folder `source` would find the pictures.
    #[must_use]
    pub fn is_searched(&self, source: &Path, recursive: bool) -> bool {
        let is_inside = |source: PathBuf| self.real_path == source || recursive && self.real_path.starts_with(&source);
        source.is_dir() && source.canonicalize().is_ok_and(is_inside)
    }

    /// Returns the path of a file in the root of the tree.
    pub(in crate::account_pictures) fn root_file(&self, name: &str) -> PathBuf {
        self.real_path.join(name)
    }

    /// Returns the SIDs for which there are folders, sorted.
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

    /// Returns whether there is something to remove for a person: a picture, or an empty folder. If something else is in
    /// the way, it returns true, and removing reports it.
    #[must_use]
    pub fn holds(&self, sid: &Sid) -> bool {
        let Ok(Some(folder)) = self.folder(sid) else { return true };
        let is_there = |size| folder.join(file_name(size)).symlink_metadata().is_ok_and(|found| found.is_file());
        SIZES.into_iter().any(is_there) || std::fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_none())
    }

    /// Returns the pictures that a person has; none if there is no folder.
    ///
    /// # Errors
    /// When something else is in the place of the folder or a picture, or they cannot be read.
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
            // A larger file is not a picture of adphoto, so it counts as different without being read.
            let content =
                if found.len() > MAX_PICTURE_BYTES { Vec::new() } else { std::fs::read(&real_path).map_err(failed)? };
            *picture = Some(Hash::of(&content));
        }
        Ok(pictures)
    }

    /// Checks that neither a person's folder nor a picture in it is a link or a junction. This looks closer than what
    /// reading and writing check, for a folder in which an administrator or SYSTEM writes.
    ///
    /// # Errors
    /// When one of them is a link.
    pub fn check_links(&self, sid: &Sid) -> Result<(), TreeError> {
        let folder = (self.real_path.join(sid.as_str()), self.folder_of(sid));
        let pictures = SIZES.into_iter().map(|size| self.paths(sid, &file_name(size)));
        match std::iter::once(folder).chain(pictures).find(|(real_path, _)| is_link(real_path)) {
            Some((_, path)) => Err(TreeError::InTheWay { path, what: LINK }),
            None => Ok(()),
        }
    }

    /// Checks that no picture file is known under a second name (a hard link): whoever has that name could change the
    /// picture.
    ///
    /// # Errors
    /// When a file has a second name, or something else is in the way.
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
    /// When something else is in the place of the folder, or a picture cannot be written.
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
                // Anything else is not removed; it is reported among what is left.
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

    /// Removes the tree's folder if it is empty.
    ///
    /// # Errors
    /// When the folder cannot be removed.
    pub fn remove_if_empty(&self) -> Result<(), TreeError> {
        match std::fs::remove_dir(&self.real_path) {
            Err(error) if !matches!(error.kind(), ErrorKind::DirectoryNotEmpty | ErrorKind::NotFound) => {
                Err(TreeError::Io { doing: "remove", path: self.path.clone(), source: error })
            }
            _ => Ok(()),
        }
    }

    /// Writes `.present` if there are pictures, and removes it if there are none.
    ///
    /// # Errors
    /// When the file cannot be written or removed.
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

    /// Returns a person's folder; `None` if there is none.
    ///
    /// # Errors
    /// When a link or a file is in its place.
    fn folder(&self, sid: &Sid) -> Result<Option<PathBuf>, TreeError> {
        let (real_path, path) = (self.real_path.join(sid.as_str()), self.folder_of(sid));
        match known(&real_path).map_err(|source| TreeError::Io { doing: "read", path: path.clone(), source })? {
            Some(found) if !found.is_dir() => Err(TreeError::InTheWay { path, what: kind(&found) }),
            found => Ok(found.map(|_| real_path)),
        }
    }

    /// Returns the path of a person's file twice: without links, and as messages show it.
    fn paths(&self, sid: &Sid, name: &str) -> (PathBuf, PathBuf) {
        (self.real_path.join(sid.as_str()).join(name), self.folder_of(sid).join(name))
    }
}

#[cfg(test)]
mod tests;
