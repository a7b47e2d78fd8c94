//! Photos that are needed again later in a run. They are kept in a temporary file without a name, not in memory.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// A store of photos, or only of their sizes.
#[derive(Debug)]
pub struct Album(Option<Mutex<Pages>>);

#[derive(Debug)]
/// The temporary file, to which photos are appended.
struct Pages {
    file: File,
    length: u64,
    /// The first write error; after it, nothing more is kept.
    failed: Option<io::Error>,
}

/// A photo that was put into an album.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// The photo's size in bytes.
    pub bytes: usize,
    /// The photo's position in the file; `None` if only its size is kept.
    at: Option<u64>,
}

impl Picture {
    /// Returns whether the photo itself is kept, and not only its size.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.at.is_some()
    }
}

impl Album {
    /// Makes an album that keeps photos. Its file disappears with the process, however that ends.
    ///
    /// # Errors
    /// When the temporary file cannot be created.
    pub fn new() -> io::Result<Self> {
        Ok(Self(Some(Mutex::new(Pages { file: tempfile::tempfile()?, length: 0, failed: None }))))
    }

    /// Makes an album that keeps only sizes.
    #[must_use]
    pub fn of_sizes() -> Self {
        Self(None)
    }

    /// Returns whether the album keeps photos, and not only their sizes.
    #[must_use]
    pub fn keeps_photos(&self) -> bool {
        self.0.is_some()
    }

    /// Adds a photo. A full disk must not stop photos from being written to accounts, so errors are reported later, by
    /// [`Album::check`].
    pub fn keep(&self, photo: &[u8]) -> Picture {
        let at = self.0.as_ref().and_then(|pages| pages.lock().unwrap_or_else(PoisonError::into_inner).append(photo));
        Picture { bytes: photo.len(), at }
    }

    /// Returns the photo; `None` if only its size was kept.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub fn look(&self, picture: &Picture) -> io::Result<Option<Vec<u8>>> {
        let (Some(pages), Some(at)) = (&self.0, picture.at) else { return Ok(None) };
        let mut photo = vec![0; picture.bytes];
        let mut pages = pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.file.seek(SeekFrom::Start(at))?;
        pages.file.read_exact(&mut photo)?;
        Ok(Some(photo))
    }

    /// Checks that every photo was kept.
    ///
    /// # Errors
    /// The first write error; it is returned only once.
    pub fn check(&self) -> io::Result<()> {
        let failed =
            self.0.as_ref().and_then(|pages| pages.lock().unwrap_or_else(PoisonError::into_inner).failed.take());
        failed.map_or(Ok(()), Err)
    }
}

impl Pages {
    fn append(&mut self, photo: &[u8]) -> Option<u64> {
        if self.failed.is_some() {
            return None;
        }
        let at = self.length;
        let written = self.file.seek(SeekFrom::Start(at)).and_then(|_| self.file.write_all(photo));
        match written {
            Ok(()) => {
                self.length += photo.len() as u64;
                Some(at)
            }
            Err(error) => {
                self.failed = Some(error);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Album;

    #[test]
    fn each_photo_comes_back_whole_in_any_order() {
        let album = Album::new().expect("a temporary file");
        let photos: Vec<Vec<u8>> = (0..5_u8).map(|n| vec![n; usize::from(n) * 1000]).collect();
        let kept: Vec<_> = photos.iter().map(|photo| album.keep(photo)).collect();
        for (picture, photo) in kept.iter().zip(&photos).rev() {
            assert_eq!(picture.bytes, photo.len());
            assert_eq!(album.look(picture).expect("reads").as_ref(), Some(photo));
        }
        album.check().expect("all were kept");
    }

    #[test]
    fn an_album_of_sizes_holds_no_photo() {
        let album = Album::of_sizes();
        let picture = album.keep(b"photo");
        assert!(!picture.is_kept());
        assert_eq!((picture.bytes, album.look(&picture).expect("nothing to read")), (5, None));
    }
}
