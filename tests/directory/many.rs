//! Imports a thousand photos to a real domain controller, and checks them with another LDAP client.

use std::collections::BTreeMap;
use std::process::Command;

use image::ImageFormat;
use image::imageops::FilterType;

use crate::domain::Domain;
use crate::photos::{encode, number, picture};
use crate::run::Folder;

const USERS: u32 = 1100;
/// One user out of this many has no photo file.
const WITHOUT: u32 = 11;
/// The attributes that change when thumbnailPhoto is written, most of them by the server itself.
const MAINTAINED: [&str; 4] = ["thumbnailPhoto", "whenChanged", "uSNChanged", "replPropertyMetaData"];

/// Writes photos of various sizes and formats, for all users except one in [`WITHOUT`].
fn write_photos(folder: &Folder) {
    let sizes = [(96, 96), (300, 400), (648, 648), (1200, 900), (150, 800)];
    for user in (0..USERS).filter(|user| user % WITHOUT != 0) {
        let (width, height) = sizes[user as usize % sizes.len()];
        let small = picture(user, 48, 48);
        let (format, ending) = if user % 7 == 0 { (ImageFormat::Png, "png") } else { (ImageFormat::Jpeg, "JPG") };
        let photo = match user % 2 {
            0 => picture(user, width, height),
            _ => image::imageops::resize(&small, height, height, FilterType::Nearest),
        };
        let extra = ["", " 648x648", " team photo (2)"][user as usize % 3];
        folder.file(&format!("MANY{user:04}{extra}.{ending}"), encode(&photo, format));
    }
}

type Entries = BTreeMap<String, BTreeMap<String, Vec<Vec<u8>>>>;

/// Returns the entries without the attributes that change when a photo is written.
fn but_photos(entries: &Entries) -> Entries {
    let kept = |entry: &BTreeMap<String, Vec<Vec<u8>>>| {
        entry
            .iter()
            .filter(|(name, _)| !MAINTAINED.contains(&name.as_str()))
            .map(|(name, values)| (name.clone(), values.clone()))
            .collect()
    };
    entries.iter().map(|(dn, entry)| (dn.clone(), kept(entry))).collect()
}

/// Reads every account's photo with OpenLDAP's own client.
fn photos_by_ldapsearch(domain: &Domain, folder: &Folder) -> BTreeMap<String, Vec<u8>> {
    let output = Command::new("ldapsearch")
        // Otherwise ldapsearch compares the certificate with this machine's own name instead of localhost.
        .env("LDAPTLS_REQCERT", "never")
        .args([
            "-LLL",
            "-o",
            "ldif-wrap=no",
            "-x",
            "-H",
            &domain.server,
            "-D",
            &domain.admin,
            "-w",
            &domain.admin_password,
        ])
        .args(["-E", "pr=500/noprompt", "-b", &domain.base, "-t", "-T", folder.path().to_str().unwrap()])
        .args(["(thumbnailPhoto=*)", "sAMAccountName", "thumbnailPhoto"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let ldif = String::from_utf8(output.stdout).unwrap();
    ldif.split("\n\n")
        .filter_map(|entry| {
            let value = |name: &str| entry.lines().find_map(|line| line.strip_prefix(name));
            let file = value("thumbnailPhoto:< file://")?;
            Some((value("sAMAccountName: ")?.to_owned(), std::fs::read(file).unwrap()))
        })
        .collect()
}

mod samba {
    use super::*;

    #[test]
    #[ignore = "needs the Samba domain that tests/run starts"]
    fn a_thousand_photos_reach_their_owners_and_nobody_else() {
        let domain = Domain::samba();
        let units: Vec<String> = (0..10).map(|unit| domain.organizational_unit(&format!("unit {unit}"))).collect();
        for user in 0..USERS {
            domain.user_with(&format!("many{user:04}"), &units[user as usize % 10], &[]);
        }
        let folder = Folder::new();
        write_photos(&folder);
        let expected = u64::from(USERS - USERS / WITHOUT);
        let before = domain.snapshot();

        let dry = domain.import(folder.path()).args(&["--dry-run"]).records();
        assert_eq!((dry.code, dry.count("would-write")), (Some(0), expected), "{}", dry.stderr);
        assert_eq!(domain.snapshot(), before, "a dry run changes nothing");

        let journals = Folder::new();
        let [import, undo] = ["import.jsonl", "undo.jsonl"].map(|name| journals.path().join(name));
        let first = domain.import(folder.path()).journal(&import).records();
        assert_eq!((first.code, first.count("written")), (Some(0), expected), "{}", first.stderr);
        let after = domain.snapshot();
        assert_eq!(but_photos(&after), but_photos(&before), "nothing else changes");
        for (would, did) in dry.all().iter().zip(first.all()) {
            assert_eq!((&would["dn"], &would["bytes_after"]), (&did["dn"], &did["bytes_after"]));
        }
        let read_back = photos_by_ldapsearch(&domain, &Folder::new());
        assert_eq!(read_back.len() as u64, expected);
        for (user, photo) in &read_back {
            assert!(photo.len() < 102_400);
            assert_eq!(format!("many{:04}", number(photo)), *user);
        }

        let second = domain.import(folder.path()).records();
        assert_eq!((second.code, second.count("unchanged")), (Some(0), expected));
        assert_eq!(domain.snapshot(), after, "not one modify: every uSNChanged stands still");

        let imported = domain.photos();
        let undone = domain.undo(&[&import]).journal(&undo).records();
        assert_eq!((undone.code, undone.count("restored")), (Some(0), expected), "{}", undone.stderr);
        assert_eq!(but_photos(&domain.snapshot()), but_photos(&before));
        assert!(domain.photos().is_empty());
        let back = domain.undo(&[&undo]).records();
        assert_eq!((back.code, back.count("restored")), (Some(0), expected), "{}", back.stderr);
        assert_eq!(domain.photos(), imported);
    }
}
