//! Tests the policy that `adphoto generate group-policy` writes: its form, and its effect on PCs.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "group_policy/applier.rs"]
mod applier;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use applier::{Element, Pc};

const SIZES: [u32; 12] = [32, 40, 48, 64, 96, 192, 200, 208, 240, 424, 448, 1080];
const SHARE: &str = r"\\fs1\AccountPictures$";
const ID: &str = "{8F2C5B1E-0A64-4A57-9D1E-2F6B3C7D9E10}";

fn generate(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_adphoto"));
    command.args(["generate", "group-policy"]).arg(folder).args(arguments).output().unwrap()
}

fn policy(arguments: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let output = generate(folder.path(), &[&["--id", ID, "--share", SHARE], arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder
}

fn read(folder: &Path, name: &str) -> Vec<u8> {
    std::fs::read(name.split('/').fold(folder.to_path_buf(), |path, part| path.join(part))).unwrap()
}

/// Reads every file of a policy, by path.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = walkdir::WalkDir::new(folder).into_iter().flatten().filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| (entry.path().strip_prefix(folder).unwrap().to_path_buf(), std::fs::read(entry.path()).unwrap()))
        .collect()
}

/// Returns `Element attribute attribute (` and so on: the elements and attributes in their order, without values.
fn shape(element: &Element) -> String {
    let attributes: String = element.attributes.iter().map(|(name, _)| format!(" {name}")).collect();
    let mut children: Vec<String> = Vec::new();
    for child in element.children.iter().map(shape) {
        if children.last() != Some(&child) {
            children.push(child);
        }
    }
    let children = if children.is_empty() { String::new() } else { format!(" ({})", children.join("; ")) };
    format!("{}{attributes}{children}", element.name)
}

/// The form is that of the console's own backups. The real backups from which it was taken are not part of this
/// project.
#[test]
fn the_backup_has_the_form_of_the_consoles_own() {
    let folder = policy(&[]);
    let of = |name: &str| Element::read(&read(folder.path(), name));
    const INSTANCE: &str =
        "GPOGuid; GPODomain; GPODomainGuid; GPODomainController; BackupTime; ID; Comment; GPODisplayName";
    assert_eq!(shape(&of("manifest.xml")), format!("Backups xmlns xmlns:mfst mfst:version (BackupInst ({INSTANCE}))"));
    assert_eq!(shape(&of(&format!("{ID}/bkupInfo.xml"))), format!("BackupInst xmlns ({INSTANCE})"));
    let backup = of(&format!("{ID}/Backup.xml"));
    assert_eq!(
        shape(&backup),
        "GroupPolicyBackupScheme bkp:version bkp:type xmlns:bkp xmlns (GroupPolicyObject (SecurityGroups; FilePaths; \
         GroupPolicyCoreSettings (ID; Domain; SecurityDescriptor; DisplayName; Options; UserVersionNumber; \
         MachineVersionNumber; MachineExtensionGuids; UserExtensionGuids; WMIFilter); \
         GroupPolicyExtension bkp:ID bkp:DescName (FSObjectFile bkp:Path bkp:SourceExpandedPath); \
         GroupPolicyExtension bkp:ID bkp:DescName (FSObjectDir bkp:Path bkp:SourceExpandedPath bkp:Location; \
         FSObjectFile bkp:Path bkp:SourceExpandedPath bkp:Location; FSObjectDir bkp:Path bkp:SourceExpandedPath bkp:Location; \
         FSObjectFile bkp:Path bkp:SourceExpandedPath bkp:Location)))"
    );
    let item = "clsid name status image changed uid bypassErrors userContext removePolicy";
    let filter = "FilterFile bool not path type folder";
    assert_eq!(
        shape(&of(&format!("{ID}/DomainSysvol/GPO/User/Preferences/Files/Files.xml"))),
        format!(
            "Files clsid (File {item} (Properties action fromPath targetPath readOnly archive hidden suppress; \
             Filters ({filter})); File {item} (Properties action targetPath readOnly archive hidden suppress; \
             Filters ({filter})))"
        )
    );
    assert_eq!(
        shape(&of(&format!("{ID}/DomainSysvol/GPO/User/Preferences/Registry/Registry.xml"))),
        format!(
            "RegistrySettings clsid (Registry {item} \
             (Properties action displayDecimal default hive key name type value; Filters ({filter})))"
        )
    );
}

#[test]
fn the_values_of_the_backup_are_those_that_windows_knows() {
    let folder = policy(&[]);
    let of = |name: &str| Element::read(&read(folder.path(), name));
    let (backup, manifest) = (of(&format!("{ID}/Backup.xml")), of("manifest.xml"));
    assert_eq!((backup.get("bkp:version"), backup.get("bkp:type")), ("2.0", "GroupPolicyBackupTemplate"));
    assert_eq!(backup.get("xmlns"), "http://www.microsoft.com/GroupPolicy/GPOOperations");
    assert_eq!(manifest.get("mfst:version"), "1.0");
    let text = |name: &str| backup.find(name).unwrap().text.clone();
    assert_eq!(
        text("UserExtensionGuids"),
        "[{00000000-0000-0000-0000-000000000000}{3BAE7E51-E3F4-41D0-853D-9BB9FD47605F}{BEE07A6A-EC9F-4659-B8C9-0B1937907C83}]\
         [{7150F9BF-48AD-4DA4-A49C-29EF4A8369BA}{3BAE7E51-E3F4-41D0-853D-9BB9FD47605F}]\
         [{B087BE9D-ED37-454F-AF9C-04291E351182}{BEE07A6A-EC9F-4659-B8C9-0B1937907C83}]"
    );
    assert_eq!((text("UserVersionNumber").as_str(), text("MachineVersionNumber").as_str()), ("65537", "0"));
    let extensions: Vec<&str> = backup.all("GroupPolicyExtension").iter().map(|it| it.get("bkp:ID")).collect();
    assert_eq!(extensions, ["{35378EAC-683F-11D2-A89A-00C04FBBCFA2}", "{F15C46CD-82A0-4C2D-A210-5D0D3182A418}"]);
    // The security descriptor is self-relative, and its parts are where it says ([MS-DTYP] 2.4.6).
    let bytes: Vec<u8> =
        text("SecurityDescriptor").split(' ').map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect();
    assert_eq!(bytes[..4], [1, 0, 4, 0x80]);
    let at = |place: usize| u32::from_le_bytes(bytes[place..place + 4].try_into().unwrap()) as usize;
    let administrators = [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0];
    assert!(bytes[at(4)..].starts_with(&administrators) && bytes[at(8)..].starts_with(&administrators));
    let length = u16::from_le_bytes(bytes[at(16) + 2..at(16) + 4].try_into().unwrap());
    assert_eq!(at(16) + usize::from(length), bytes.len());
    // The backup contains exactly the files that it names.
    let places =
        backup.all("FSObjectFile").into_iter().map(|file| file.get("bkp:Location")).filter(|place| !place.is_empty());
    let named: BTreeSet<PathBuf> = places.map(|place| place.split('\\').collect()).collect();
    let there = files(&folder.path().join(ID)).into_keys().filter(|path| path.starts_with("DomainSysvol")).collect();
    assert_eq!(named, there);
    for name in ["manifest.xml", &format!("{ID}/bkupInfo.xml")] {
        let document = of(name);
        assert_eq!(document.find("ID").unwrap().text, ID);
        assert_eq!(document.find("GPODisplayName").unwrap().text, "Account pictures");
        assert!(!read(folder.path(), name).starts_with(b"<?xml"), "{name}");
    }
}

#[test]
fn files_are_utf_8_without_a_mark_and_with_the_line_ends_of_windows() {
    for (path, content) in files(policy(&[]).path()) {
        let text = String::from_utf8(content).unwrap();
        assert!(
            !text.starts_with('\u{feff}') && !text.replace("\r\n", "").contains(['\r', '\n']),
            "{}",
            path.display()
        );
    }
}

#[test]
fn the_same_id_makes_the_same_files_and_each_item_has_its_own() {
    let (one, again, other) = (policy(&[]), policy(&[]), tempfile::tempdir().unwrap());
    assert_eq!(files(one.path()), files(again.path()));
    assert!(generate(one.path(), &["--id", ID, "--share", SHARE]).status.success(), "over itself");
    assert_eq!(files(one.path()), files(again.path()));
    assert!(generate(other.path(), &["--share", SHARE]).status.success());
    assert!(!other.path().join(ID).exists());
    let refused = generate(one.path(), &["--share", SHARE]);
    assert_eq!(refused.status.code(), Some(1), "two policies do not lie in one folder");
    let all = files(one.path());
    let uids = all.values().flat_map(|content| {
        let text = String::from_utf8_lossy(content).into_owned();
        text.split("uid=\"").skip(1).map(|rest| rest[..38].to_owned()).collect::<Vec<_>>()
    });
    let uids: Vec<String> = uids.collect();
    assert_eq!((uids.len(), uids.iter().collect::<BTreeSet<_>>().len()), (48, 48));
    assert!(uids.iter().all(|uid| uid.as_bytes()[15] == b'4' && *uid == uid.to_uppercase()), "{uids:?}");
}

#[test]
fn odd_names_survive() {
    let share = r"\\fs1.ad.example.com\R&D 'x' 100% <no";
    assert_eq!(generate(Path::new("unused"), &["--share", share]).status.code(), Some(2), "no name on Windows");
    let (share, target, name) =
        (r"\\fs1\R&D 'Bücher' 100%", r"D:\Bilder & mehr\ü 'x'", "Fotos & <mehr> ]]> 100% \"ü\"");
    let folder = policy(&["--folder", target, "--name", name]);
    let folder = {
        let again = tempfile::tempdir().unwrap();
        drop(folder);
        assert!(
            generate(again.path(), &["--id", ID, "--share", share, "--folder", target, "--name", name])
                .status
                .success()
        );
        again
    };
    let files = Element::read(&read(folder.path(), &format!("{ID}/DomainSysvol/GPO/User/Preferences/Files/Files.xml")));
    let properties = files.all("Properties")[10];
    assert_eq!(properties.get("fromPath"), format!(r"{share}\%LogonUserSid%\Image448.jpg"));
    assert_eq!(properties.get("targetPath"), format!(r"{target}\%LogonUserSid%\Image448.jpg"));
    for document in ["manifest.xml".to_owned(), format!("{ID}/bkupInfo.xml"), format!("{ID}/Backup.xml")] {
        let document = Element::read(&read(folder.path(), &document));
        let shown = document.find("GPODisplayName").or(document.find("DisplayName")).unwrap();
        assert_eq!(shown.text, name);
    }
}

#[test]
fn a_target_that_is_open_to_users_is_refused_with_the_reason() {
    for target in [r"C:\Users\Public\AccountPictures", r"%ProgramData%\x", r"c:\programdata\x"] {
        let output = generate(Path::new("unused"), &["--share", SHARE, "--folder", target]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("users can lay links there"), "{said}");
    }
}

/// Makes a share with pictures of these people.
fn share(people: &[&str]) -> tempfile::TempDir {
    let share = tempfile::tempdir().unwrap();
    std::fs::write(share.path().join(".present"), "").unwrap();
    for sid in people {
        std::fs::create_dir(share.path().join(sid)).unwrap();
        for size in SIZES {
            std::fs::write(share.path().join(sid).join(format!("Image{size}.jpg")), format!("{sid} {size}")).unwrap();
        }
    }
    share
}

/// Makes a PC to which nobody has signed in. Only one test may use the SID, since on Windows all share one registry.
fn pc(drive: &Path, share: Option<&Path>, sid: &str) -> Pc {
    let mut pc = Pc::new(drive, sid);
    pc.shares.extend(share.map(|share| (SHARE.to_owned(), share.to_path_buf())));
    pc
}

/// Returns the content of the files to which the values lead, by the names of the values.
fn shown(pc: &Pc) -> BTreeMap<String, String> {
    let content =
        |path: &String| std::fs::read_to_string(pc.place(path).unwrap()).unwrap_or_else(|_| "nothing".to_owned());
    pc.values().iter().map(|(name, path)| (name.clone(), content(path))).collect()
}

fn twelve(sid: &str) -> BTreeMap<String, String> {
    SIZES.iter().map(|size| (format!("Image{size}"), format!("{sid} {size}"))).collect()
}

/// Sets what the logoff scripts in use today leave: eight sizes, in a folder of their own.
fn lay_eight(pc: &mut Pc) {
    let key = pc.expand(r"SOFTWARE\Microsoft\Windows\CurrentVersion\AccountPicture\Users\%LogonUserSid%");
    for size in [32, 40, 48, 96, 192, 200, 240, 448] {
        pc.registry.set(&key, &format!("Image{size}"), r"C:\Users\Public\AccountPictures\old.jpg");
    }
}

#[test]
fn who_has_pictures_gets_them_and_who_has_none_gets_nothing() {
    let (policy, share, drive) = (policy(&[]), share(&["S-1-5-21-1-1-1-1"]), tempfile::tempdir().unwrap());
    let mut with = pc(drive.path(), Some(share.path()), "S-1-5-21-1-1-1-1");
    with.sign_in(policy.path());
    assert_eq!(shown(&with), twelve("S-1-5-21-1-1-1-1"));
    assert_eq!(with.values()["Image448"], r"C:\Program Files\AccountPictures\S-1-5-21-1-1-1-1\Image448.jpg");
    let mut without = pc(drive.path(), Some(share.path()), "S-1-5-21-1-1-1-2");
    without.sign_in(policy.path());
    assert_eq!(without.values(), BTreeMap::new());
    assert!(with.events.is_empty() && without.events.is_empty(), "{:?}", without.events);
    // A newer picture arrives at the next logon.
    std::fs::write(share.path().join("S-1-5-21-1-1-1-1/Image448.jpg"), "newer").unwrap();
    with.sign_in(policy.path());
    assert_eq!(shown(&with)["Image448"], "newer");
}

#[test]
fn what_is_taken_from_the_share_is_taken_from_the_pc_and_an_absent_share_takes_nothing() {
    let sid = "S-1-5-21-1-1-2-1";
    let (policy, share, drive) = (policy(&[]), share(&[sid]), tempfile::tempdir().unwrap());
    let mut pc = pc(drive.path(), Some(share.path()), sid);
    pc.sign_in(policy.path());
    let reachable = std::mem::take(&mut pc.shares);
    pc.sign_in(policy.path());
    assert_eq!(shown(&pc), twelve(sid), "the share cannot be reached");
    pc.shares = reachable;
    std::fs::remove_dir_all(share.path().join(sid)).unwrap();
    std::fs::remove_file(share.path().join(".present")).unwrap();
    pc.sign_in(policy.path());
    assert_eq!(shown(&pc), twelve(sid), "the share is empty");
    std::fs::write(share.path().join(".present"), "").unwrap();
    pc.sign_in(policy.path());
    assert_eq!(pc.values(), BTreeMap::new());
    assert!(!drive.path().join("Program Files/AccountPictures").join(sid).join("Image32.jpg").exists());
    assert!(pc.events.is_empty(), "{:?}", pc.events);
}

#[test]
fn eight_values_of_a_script_become_twelve_of_ours() {
    for (sid, keeps) in [("S-1-5-21-1-1-3-1", false), ("S-1-5-21-1-1-3-2", true)] {
        let policy = policy(if keeps { &["--keep-own-picture"] } else { &[] });
        let (share, drive) = (share(&[sid]), tempfile::tempdir().unwrap());
        let mut pc = pc(drive.path(), Some(share.path()), sid);
        lay_eight(&mut pc);
        pc.sign_in(policy.path());
        assert_eq!(shown(&pc), twelve(sid), "keeps: {keeps}");
    }
}

#[test]
fn who_chooses_a_picture_keeps_it_if_asked_for() {
    let (sid, chosen) = ("S-1-5-21-1-1-4-1", r"C:\Users\Public\AccountPictures\chosen.jpg");
    let key = format!(r"SOFTWARE\Microsoft\Windows\CurrentVersion\AccountPicture\Users\{sid}");
    for keeps in [true, false] {
        let policy = policy(if keeps { &["--keep-own-picture"] } else { &[] });
        let (share, drive) = (share(&[]), tempfile::tempdir().unwrap());
        let mut pc = pc(drive.path(), Some(share.path()), sid);
        pc.sign_in(policy.path());
        let late = self::share(&[sid]);
        pc.shares.insert(SHARE.to_owned(), late.path().to_path_buf());
        pc.sign_in(policy.path());
        assert_eq!(shown(&pc), twelve(sid), "a first picture that came later is set, too");
        pc.registry.set(&key, "Image448", chosen);
        pc.sign_in(policy.path());
        assert_eq!(pc.values()["Image448"] == chosen, keeps);
        // A newer photo reaches those values that still lead to our folder.
        std::fs::write(late.path().join(sid).join("Image96.jpg"), "newer").unwrap();
        pc.sign_in(policy.path());
        assert_eq!(shown(&pc)["Image96"], "newer");
        pc.shares.insert(SHARE.to_owned(), share.path().to_path_buf());
        pc.sign_in(policy.path());
        let left: Vec<String> = pc.values().into_values().collect();
        assert_eq!(left, if keeps { vec![chosen.to_owned()] } else { Vec::new() }, "what was chosen is no leaver's");
        for name in SIZES.map(|size| format!("Image{size}")) {
            pc.registry.set(&key, &name, "");
        }
    }
}
