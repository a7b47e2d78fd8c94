//! Reads a person's picture from a folder that `adphoto publish` keeps, to install it on a machine.
//!
//! Whoever may write to that folder could lay anything there, and an administrator or SYSTEM reads it. So a picture must
//! be of the one kind that adphoto publishes before a decoder gets it: a square JPEG of limited size.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::{SIZES, file_name};
use crate::directory::Sid;
use crate::failure::Advice;
use crate::thumbnail::PhotoError;
use crate::thumbnail::jpeg::Jpeg;

/// The size up to which a picture is read, in bytes. Those of adphoto are ten times smaller.
const MAX_BYTES: u64 = 2 * 1024 * 1024;

/// The reason why a published picture cannot be installed.
#[derive(Debug, thiserror::Error)]
pub enum PublishedError {
    /// The picture has more bytes than are read.
    #[error("{} has {} MB; a picture that is installed has {} MB at most", path.display(), bytes.div_ceil(1024 * 1024), MAX_BYTES / 1024 / 1024)]
    TooLarge {
        path: PathBuf,
        /// The size of the file.
        bytes: u64,
    },
    /// The picture is no JPEG.
    #[error("{} is not a JPEG", .0.display())]
    NotJpeg(PathBuf),
    /// The picture is not square.
    #[error("{} has {width}×{height} pixels and is not square", path.display())]
    NotSquare { path: PathBuf, width: u32, height: u32 },
    /// The picture is a damaged JPEG, or of a kind that is not supported.
    #[error("{}: {source}", path.display())]
    Photo { path: PathBuf, source: PhotoError },
    /// The picture, or the whole folder, cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
}

impl Advice for PublishedError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        Some(match self {
            Self::Io { .. } => "check the share and your right to read there".into(),
            _ => "it is not what `adphoto publish` writes: see who put it there, and publish again".into(),
        })
    }
}

/// Reads the largest picture of a person; `None` if the folder has none.
///
/// # Errors
/// When the picture is not a square JPEG of limited size, or cannot be read.
pub fn read_published(folder: &Path, sid: &Sid) -> Result<Option<Vec<u8>>, PublishedError> {
    let path = folder.join(sid.as_str()).join(file_name(SIZES[SIZES.len() - 1]));
    let failed = |source| PublishedError::Io { path: path.clone(), source };
    let found = match path.metadata() {
        // A share that has vanished must not look like one without a picture.
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return folder
                .metadata()
                .map(|_| None)
                .map_err(|source| PublishedError::Io { path: folder.to_path_buf(), source });
        }
        found => found.map_err(failed)?,
    };
    if !found.is_file() {
        // Opening a pipe would wait for its other end.
        return Err(failed(ErrorKind::InvalidInput.into()));
    }
    if found.len() > MAX_BYTES {
        return Err(PublishedError::TooLarge { bytes: found.len(), path });
    }
    let mut content = Vec::new();
    // The file may grow while it is being read; one that is cut off here does not decode.
    File::open(&path).and_then(|file| file.take(MAX_BYTES).read_to_end(&mut content)).map_err(failed)?;
    if !content.starts_with(&[0xFF, 0xD8]) {
        return Err(PublishedError::NotJpeg(path));
    }
    match Jpeg::read(&content).map(|jpeg| jpeg.dimensions()) {
        Ok((width, height)) if width != height => Err(PublishedError::NotSquare { path, width, height }),
        Ok(_) => Ok(Some(content)),
        Err(source) => Err(PublishedError::Photo { path, source }),
    }
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, GenericImageView, ImageFormat};

    use super::{MAX_BYTES, PublishedError, read_published};
    use crate::directory::Sid;

    fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut file = std::io::Cursor::new(Vec::new());
        DynamicImage::new_rgb8(width, height).write_to(&mut file, format).expect("encodes");
        file.into_inner()
    }

    #[test]
    fn only_a_square_jpeg_of_limited_size_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let sid = Sid::parse("S-1-5-21-1-2-3-4").expect("a SID");
        let read = || read_published(folder.path(), &sid);
        assert!(read().expect("no picture").is_none());
        let path = folder.path().join(sid.as_str()).join("Image1080.jpg");
        std::fs::create_dir(path.parent().expect("a folder")).expect("is made");
        let lay = |content: &[u8]| std::fs::write(&path, content).expect("is written");
        let jpeg = encoded(40, 40, ImageFormat::Jpeg);
        lay(&jpeg);
        let picture = read().expect("reads").expect("is there");
        assert_eq!(image::load_from_memory(&picture).expect("a JPEG").dimensions(), (40, 40));
        let with_tail = |bytes: u64| {
            let mut file = jpeg.clone();
            file.resize(usize::try_from(bytes).expect("fits"), 0);
            file
        };
        lay(&with_tail(MAX_BYTES));
        assert!(read().is_ok());
        lay(&with_tail(MAX_BYTES + 1));
        assert!(matches!(read(), Err(PublishedError::TooLarge { bytes, .. }) if bytes == MAX_BYTES + 1));
        lay(&encoded(40, 41, ImageFormat::Jpeg));
        assert!(matches!(read(), Err(PublishedError::NotSquare { width: 40, height: 41, .. })));
        lay(&encoded(40, 40, ImageFormat::Png));
        assert!(matches!(read(), Err(PublishedError::NotJpeg(_))));
        lay(&jpeg[..20]);
        assert!(matches!(read(), Err(PublishedError::Photo { .. })));
        std::fs::remove_file(&path).expect("goes");
        std::fs::create_dir(&path).expect("is made");
        assert!(matches!(read(), Err(PublishedError::Io { .. })), "a folder");
        let gone = folder.path().join("vanished");
        assert!(matches!(read_published(&gone, &sid), Err(PublishedError::Io { path, .. }) if path == gone));
    }
}
