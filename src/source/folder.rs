//! The source that is a folder of files named after their accounts, such as `jdoe 648x648.jpg`.

use std::io::Read;
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;
use walkdir::{DirEntry, WalkDir};

use super::{Item, Key, Listing, Photo, Problem, SourceError, Unusable};

/// Extensions of image files. Whether a file really is an image is decided by its content.
const EXTENSIONS: &[&str] =
    &["jpg", "jpeg", "jpe", "jfif", "png", "gif", "bmp", "dib", "tif", "tiff", "webp", "heic", "heif", "hif", "avif"];
/// Names of files that file managers leave behind.
const LITTER: &[&str] = &["thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"];

/// Returns the photos of a folder, sorted by name.
pub(super) fn read(folder: &Path, recursive: bool) -> Result<Listing, SourceError> {
    std::fs::read_dir(folder).map_err(|source| SourceError::Io { path: folder.to_path_buf(), source })?;
    let mut subfolders = 0;
    let entries = WalkDir::new(folder)
        .min_depth(1)
        .max_depth(if recursive { usize::MAX } else { 1 })
        .follow_links(true)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry));
    let mut items: Vec<Item> = entries
        .filter_map(|entry| match entry {
            Ok(entry) if entry.file_type().is_dir() => {
                let photo = !recursive && has_image_extension(entry.path());
                subfolders += usize::from(!recursive && !photo);
                photo.then(|| item(entry.into_path()))
            }
            Ok(entry) => Some(item(entry.into_path())),
            Err(error) => unreadable(error, folder),
        })
        .collect();
    // A vector that has grown may have room for twice as many entries.
    items.shrink_to_fit();
    if items.is_empty() {
        return Err(match subfolders {
            0 => SourceError::EmptyFolder { path: folder.to_path_buf() },
            _ => SourceError::NoFiles {
                what: format!("the folder has only folders in it; --recursive searches them: {}", folder.display()),
            },
        });
    }
    let notes = (subfolders > 0)
        .then(|| format!("folders inside the folder were not searched ({subfolders}); --recursive searches them"));
    Ok(Listing { items, match_by: None, notes: notes.into_iter().collect() })
}

/// Returns a source that is a single image file.
pub(super) fn single(path: &Path) -> Listing {
    Listing { items: vec![item(path.to_path_buf())], ..Listing::default() }
}

pub(super) fn has_image_extension(path: &Path) -> bool {
    extension(path).is_some_and(|found| EXTENSIONS.iter().any(|known| found.eq_ignore_ascii_case(known)))
}

fn extension(path: &Path) -> Option<&str> {
    path.extension()?.to_str()
}

/// Returns the photo that a file is, or why it cannot be one.
pub(super) fn item(path: PathBuf) -> Item {
    let known = has_image_extension(&path);
    match if known { Ok(true) } else { looks_like_an_image(&path) } {
        Ok(true) => {}
        Ok(false) => return unusable(&path, Problem::NotAnImage),
        Err(error) => return unusable(&path, Problem::Unreadable(error)),
    }
    if path.to_string_lossy().contains(char::is_control) {
        return unusable(&path, Problem::ControlCharacter);
    }
    // Only an image's extension is removed: account names may have dots, and `john.smith` is not john.
    let stem = if known { path.file_stem() } else { path.file_name() };
    // macOS writes file names decomposed (NFD), but directories hold names composed (NFC).
    let stem: String = stem.unwrap_or_default().to_string_lossy().nfc().collect();
    Item::Photo(Photo { key: Key::Stem(stem.trim().to_owned()), path, row: None })
}

/// Returns whether a file without an image's extension begins like an image. A pipe is not opened, because that would
/// wait for its other end.
fn looks_like_an_image(path: &Path) -> std::io::Result<bool> {
    if !path.metadata()?.is_file() {
        return Ok(false);
    }
    let mut head = Vec::new();
    std::fs::File::open(path)?.take(32).read_to_end(&mut head)?;
    Ok(image::guess_format(&head).is_ok() || head.get(4..8) == Some(b"ftyp"))
}

pub(super) fn unusable(path: &Path, problem: Problem) -> Item {
    Item::Unusable(Box::new(Unusable {
        user: String::new(),
        photo: path.display().to_string(),
        line: None,
        path: Some(path.to_path_buf()),
        problem,
    }))
}

fn unreadable(error: walkdir::Error, folder: &Path) -> Option<Item> {
    // If reading a folder breaks off, as it may on a network share, the error has no path.
    let path = error.path().unwrap_or(folder).to_path_buf();
    let hidden = is_litter(&path) || path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    if hidden && path != folder {
        return None;
    }
    let dangling = error.io_error().is_some_and(|io| io.kind() == std::io::ErrorKind::NotFound);
    if dangling && has_image_extension(&path) {
        // Reading this file later reports where the link leads.
        return Some(item(path));
    }
    let problem = error.into_io_error().map_or(Problem::LinkLoop, Problem::Unreadable);
    Some(unusable(&path, problem))
}

pub(super) fn is_litter(path: &Path) -> bool {
    path.file_name().is_some_and(|name| LITTER.iter().any(|litter| name.eq_ignore_ascii_case(litter)))
}

pub(super) fn is_hidden(entry: &DirEntry) -> bool {
    let by_name = entry.file_name().to_string_lossy().starts_with('.') || is_litter(entry.path());
    #[cfg(windows)]
    let by_attribute = {
        use std::os::windows::fs::MetadataExt;
        const FILE_ATTRIBUTE_HIDDEN: u32 = 2;
        entry.metadata().is_ok_and(|found| found.file_attributes() & FILE_ATTRIBUTE_HIDDEN != 0)
    };
    #[cfg(not(windows))]
    let by_attribute = false;
    by_name || by_attribute
}

#[cfg(test)]
mod tests {
    use super::{Item, read};

    #[test]
    fn only_an_image_extension_is_cut_off_and_nothing_is_dropped_unsaid() {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, content) in [
            ("John.Smith team (2).JPG", &b""[..]),
            ("anna", b"\xff\xd8\xff\xe0 a photo without an extension"),
            ("bob.old", b"\x89PNG\r\n\x1a\n"),
            ("notes.txt", b"text"),
            ("Thumbs.db", b""),
            (".DS_Store", b""),
            ("._anna.jpg", b""),
            ("u\u{308}ber.png", b""),
        ] {
            std::fs::write(folder.path().join(name), content).expect("a file");
        }
        std::fs::create_dir(folder.path().join("album.jpg")).expect("a folder");
        std::fs::create_dir(folder.path().join("more")).expect("a folder");
        let listing = read(folder.path(), false).expect("a listing");
        let found: Vec<String> = listing
            .items
            .iter()
            .map(|item| match item {
                Item::Photo(photo) => photo.key.text().to_owned(),
                Item::Unusable(file) => format!("({})", file.problem),
            })
            .collect();
        assert_eq!(found, ["John.Smith team (2)", "album", "anna", "bob.old", "(not an image)", "über"]);
        assert_eq!(listing.notes, ["folders inside the folder were not searched (1); --recursive searches them"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_could_pass_for_rows_of_a_list_is_no_photo() {
        use super::Problem;

        let folder = tempfile::tempdir().expect("a folder");
        let evil = folder.path().join("q\nzoe,/evil.jpg,");
        std::fs::create_dir_all(&evil).expect("a folder");
        for path in [evil.join("fdubois.jpg"), folder.path().join("a\u{1b}.jpg"), folder.path().join("anna.jpg")] {
            std::fs::write(path, b"").expect("a file");
        }
        let listing = read(folder.path(), true).expect("a listing");
        let photos: Vec<&str> = listing.items.iter().filter_map(|item| Some(item.photo()?.key.text())).collect();
        let refused =
            |item: &&Item| matches!(item, Item::Unusable(file) if matches!(file.problem, Problem::ControlCharacter));
        assert_eq!((photos, listing.items.iter().filter(refused).count()), (vec!["anna"], 2));
    }
}
