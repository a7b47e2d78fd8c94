//! Tests of what is moved and what stays.

use std::path::{Path, PathBuf};

use super::hidden::{hidden, revealed};
use super::{MoveError, MoveFlag, MovedFolder, numbered};

struct Place {
    folder: tempfile::TempDir,
    inbox: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let inbox = folder.path().join("in");
        std::fs::create_dir_all(inbox.join("sales")).expect("a folder");
        Self { folder, inbox }
    }

    fn done(&self) -> PathBuf {
        self.folder.path().join("done")
    }

    fn photo(&self, name: &str, content: &str) -> PathBuf {
        let path = self.inbox.join(name);
        std::fs::write(&path, content).expect("is written");
        path
    }

    fn opened(&self, photos: &[&Path]) -> MovedFolder {
        let mut opened = MovedFolder::open(MoveFlag::Done, &self.done(), &self.inbox, true).expect("opens");
        opened.look_at(photos.iter().copied());
        opened
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.inbox).expect("is read").flatten();
        let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path).expect("is there")
}

#[test]
fn a_photo_is_moved_with_its_subfolder_and_overwrites_nothing() {
    let place = Place::new();
    for content in ["first", "second"] {
        let photo = place.photo("sales/anna.jpg", content);
        place.opened(&[&photo]).take(&photo, None).expect("is moved");
        assert_eq!(std::fs::read_dir(place.inbox.join("sales")).expect("is read").count(), 0);
    }
    let sales = place.done().join("sales");
    assert_eq!((read(sales.join("anna.jpg")), read(sales.join("anna (2).jpg"))), ("first".into(), "second".into()));
}

#[test]
fn a_photo_that_was_replaced_meanwhile_stays() {
    let place = Place::new();
    let photo = place.photo("anna.jpg", "old");
    let opened = place.opened(&[&photo]);
    std::fs::write(&photo, "newer").expect("is written");
    assert!(matches!(opened.take(&photo, None), Err(MoveError::Changed)));
    assert_eq!((place.names(), read(&photo)), (vec!["anna.jpg".to_owned(), "sales".to_owned()], "newer".into()));
}

#[test]
fn a_text_is_beside_each_photo_that_failed_and_beside_none_that_stays() {
    let place = Place::new();
    for content in ["first", "second"] {
        let photo = place.photo("sales/anna.jpg", content);
        place.opened(&[&photo]).take(&photo, Some(&format!("why of the {content}"))).expect("is moved");
    }
    let sales = place.done().join("sales");
    assert_eq!(read(sales.join("anna.jpg.txt")), "why of the first");
    assert_eq!(
        (read(sales.join("anna (2).jpg")), read(sales.join("anna (2).jpg.txt"))),
        ("second".into(), "why of the second".into())
    );
    // The text beside `ben.jpg` would have the name of this file. Neither may overwrite the other.
    std::fs::write(sales.join("ben.jpg.txt"), "a photo, whatever its name").expect("is written");
    let photo = place.photo("sales/ben.jpg", "ben");
    place.opened(&[&photo]).take(&photo, Some("why")).expect("is moved");
    assert_eq!((read(sales.join("ben (2).jpg")), read(sales.join("ben (2).jpg.txt"))), ("ben".into(), "why".into()));
    assert_eq!(read(sales.join("ben.jpg.txt")), "a photo, whatever its name");
    assert!(!sales.join("ben.jpg").exists());

    let photo = place.photo("carl.jpg", "old");
    let opened = place.opened(&[&photo]);
    std::fs::write(&photo, "newer").expect("is written");
    assert!(matches!(opened.take(&photo, Some("why")), Err(MoveError::Changed)));
    assert!(photo.exists() && !place.done().join("carl.jpg.txt").exists());
}

#[cfg(unix)]
#[test]
fn another_file_of_the_same_size_and_time_is_another() {
    let place = Place::new();
    let photo = place.photo("anna.jpg", "old");
    let opened = place.opened(&[&photo]);
    let time = photo.metadata().and_then(|found| found.modified()).expect("a time");
    let other = place.photo("other", "new");
    std::fs::File::options().write(true).open(&other).and_then(|file| file.set_modified(time)).expect("is set");
    std::fs::rename(other, &photo).expect("is replaced");
    assert!(matches!(opened.take(&photo, None), Err(MoveError::Changed)));
    assert_eq!(read(&photo), "new");
}

#[cfg(unix)]
#[test]
fn a_link_is_not_moved() {
    let place = Place::new();
    let photo = place.photo("sales/anna.jpg", "one");
    let link = place.inbox.join("link.jpg");
    std::os::unix::fs::symlink(&photo, &link).expect("is linked");
    assert!(matches!(place.opened(&[&link]).take(&link, None), Err(MoveError::Link)));
    assert!(link.is_symlink() && photo.exists());
}

#[test]
fn a_photo_that_cannot_be_moved_keeps_its_name() {
    let place = Place::new();
    let photo = place.photo("sales/anna.jpg", "one");
    let opened = place.opened(&[&photo]);
    // A file has the name of the subfolder, so the subfolder cannot be created.
    std::fs::write(place.done().join("sales"), "a file").expect("is written");
    assert!(matches!(opened.take(&photo, None), Err(MoveError::Io { .. })));
    assert_eq!(read(&photo), "one");
    assert_eq!(std::fs::read_dir(place.inbox.join("sales")).expect("is read").count(), 1);
}

#[test]
fn what_a_killed_run_left_is_found_again_and_replaces_nothing_newer() {
    let place = Place::new();
    place.photo(".adphoto-moving-0123abcd-anna.jpg", "anna");
    place.photo("sales/.adphoto-moving-0123abcd-ben.jpg", "ben");
    place.photo(".adphoto-moving-0123abcd-carl.jpg", "old carl");
    place.photo("carl.jpg", "carl");
    place.photo(".adphoto-moving-note", "something else");
    let recovered = place.opened(&[]).recover();
    assert_eq!((recovered.put_back.len(), recovered.moved.len(), recovered.left.len()), (2, 1, 0));
    assert_eq!(place.names(), [".adphoto-moving-note", "anna.jpg", "carl.jpg", "sales"]);
    assert_eq!(
        (read(place.inbox.join("carl.jpg")), read(place.done().join("carl.jpg"))),
        ("carl".into(), "old carl".into())
    );
    assert_eq!(read(place.inbox.join("sales/ben.jpg")), "ben");
}

#[test]
fn a_hidden_name_tells_the_photos_own() {
    for name in ["in/anna.jpg", "in/-.jpg", "in/zoë müller.jpg"] {
        let hidden = hidden(Path::new(name));
        assert!(hidden.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')));
        assert_eq!(revealed(&hidden), Some(name.into()));
    }
}

#[cfg(unix)]
#[test]
fn a_copy_has_the_rights_and_the_time_of_the_photo() {
    use std::os::unix::fs::PermissionsExt;

    use super::moving::copy;

    let place = Place::new();
    let photo = place.photo("anna.jpg", "one");
    std::fs::set_permissions(&photo, std::fs::Permissions::from_mode(0o640)).expect("is set");
    let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    std::fs::File::options().write(true).open(&photo).and_then(|file| file.set_modified(time)).expect("is set");
    let to = place.folder.path().join("copy.jpg");
    copy(&photo, &to).expect("is copied");
    let found = to.metadata().expect("is there");
    assert_eq!((found.permissions().mode() & 0o777, found.modified().expect("a time")), (0o640, time));
}

#[test]
fn names_are_counted_before_their_ending() {
    assert_eq!(numbered(Path::new("a/b.c.jpg"), 3), Path::new("a/b.c (3).jpg"));
    assert_eq!(numbered(Path::new("a/b"), 2), Path::new("a/b (2)"));
}
