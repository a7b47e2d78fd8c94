//! The whole way of an account picture: published, brought to a PC by the policy, and there the right person's.

#[path = "../group_policy/applier.rs"]
#[allow(dead_code, reason = "the tests of the policy itself need more of it")]
mod applier;

use std::collections::BTreeMap;
use std::process::Command;

use applier::Pc;

use crate::domain::Domain;
use crate::photos::jpeg;
use crate::publish::{SIZES, number, photo};
use crate::run::Folder;

const SHARE: &str = r"\\fs1\AccountPictures$";

#[test]
fn each_pc_shows_the_pictures_of_who_signs_in() {
    let (domain, share, source, policy) = (Domain::practice(), Folder::new(), Folder::new(), Folder::new());
    // On Windows, the registry is one for all tests.
    #[cfg(windows)]
    crate::account_picture::other_sids(&domain, 20);
    let (_, anna) = photo(&domain, "p-anna", 1);
    let (_, bob) = photo(&domain, "p-bob", 2);
    let (carl, nobody) = (domain.sid(&domain.user("p-carl")), domain.sid(&domain.user("p-nobody")));
    source.file("p-anna.jpg", jpeg(11, 1100, 1090));
    source.file("p-carl.jpg", jpeg(13, 300, 320));
    let published = domain.publish(share.path()).args(&["--photos", source.path().to_str().unwrap()]).run();
    assert_eq!(published.code, Some(0), "{}", published.stderr);
    let mut generate = Command::new(env!("CARGO_BIN_EXE_adphoto"));
    generate.args(["generate", "group-policy", "--share", SHARE]).arg(policy.path());
    assert!(generate.output().unwrap().status.success());

    let drive = Folder::new();
    for (sid, expected, largest) in [(&anna, 11, 1080), (&bob, 2, 96), (&carl, 13, 300)] {
        let mut pc = Pc::new(drive.path(), sid);
        pc.shares.insert(SHARE.to_owned(), share.path().to_path_buf());
        pc.sign_in(policy.path());
        let values = pc.values();
        assert_eq!(values.len(), SIZES.len(), "{values:?}");
        for size in SIZES {
            let shown = std::fs::read(pc.place(&values[&format!("Image{size}")]).unwrap()).unwrap();
            assert_eq!(number(&shown, size.min(largest)), expected, "{sid} {size}");
        }
        assert!(pc.events.is_empty(), "{:?}", pc.events);
    }
    let mut pc = Pc::new(drive.path(), &nobody);
    pc.shares.insert(SHARE.to_owned(), share.path().to_path_buf());
    pc.sign_in(policy.path());
    assert_eq!((pc.values(), pc.events), (BTreeMap::new(), Vec::new()));
}
