//! Tests of what is written to a folder of account pictures, and of what stays there.

#[cfg(unix)]
use std::path::Path;

#[cfg(unix)]
use super::link_in;
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
    in_the_way(tree.check_links(&sid(1)), sid(1).as_str());
    in_the_way(tree.check_links(&sid(2)), "Image96.jpg");
    tree.check_links(&sid(3)).expect("no link, whatever else it is");
    tree.check_links(&sid(4)).expect("nothing is there");
    assert_eq!(tree.clear(&sid(2)).expect("goes").left, ["Image96.jpg"]);
    assert_eq!(std::fs::read_to_string(&target).expect("is there"), "theirs");
    assert_eq!(std::fs::read_dir(elsewhere.path()).expect("reads").count(), 1);
}

#[cfg(unix)]
#[test]
fn the_first_link_in_a_path_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().canonicalize().expect("is there");
    std::fs::create_dir_all(root.join("real/pictures")).expect("is made");
    std::os::unix::fs::symlink(root.join("real"), root.join("link")).expect("is linked");
    std::os::unix::fs::symlink(root.join("nowhere"), root.join("broken")).expect("is linked");
    for (path, link) in [
        ("real/pictures", None),
        ("real/new/folder", None),
        ("link", Some("link")),
        ("link/pictures", Some("link")),
        ("link/new/folder", Some("link")),
        ("broken/new", Some("broken")),
    ] {
        assert_eq!(link_in(&root.join(path)), link.map(|link| root.join(link)), "{path}");
    }
}

#[test]
fn an_empty_tree_is_removed_and_no_other() {
    let (folder, tree) = tree();
    tree.write(&sid(1), [(32, b"picture".as_slice())]).expect("is written");
    tree.remove_if_empty().expect("is no failure");
    assert!(folder.path().join(sid(1).as_str()).join("Image32.jpg").is_file());
    tree.clear(&sid(1)).expect("goes");
    tree.remove_if_empty().expect("goes");
    assert!(!folder.path().exists());
    tree.remove_if_empty().expect("is gone already");
}
