//! Builds the two files of Group Policy Preferences ([MS-GPPREF]): one lists the files that Windows copies, the other
//! the registry values that it sets.
//!
//! Both belong to the user side of the policy but run as SYSTEM (`userContext="0"`), so that users need no permission
//! for the folder or the key. Windows applies Files before Registry, in the order of the extensions' GUIDs.

use super::super::{PRESENT, SIZES, file_name};
use super::Policy;
use super::xml::{Attributes, Xml};

/// The `clsid` of each list and of its items.
const FILES: &str = "{215B2E53-57CE-475c-80FE-9EEC14635851}";
const FILE: &str = "{50BE44C8-567A-4ed1-B1D0-9234FE1F38AF}";
const REGISTRY_SETTINGS: &str = "{A3CCFC41-DFDB-43a5-8D26-0FE8B954DA51}";
const REGISTRY: &str = "{9CD4B2F4-923D-47f5-A062-E897DD1DAD50}";
const COLLECTION: &str = "{53B533F5-224C-47e3-B01B-CA3B3F3FF4BF}";

/// The key that Windows reads the paths of a user's pictures from.
const KEY: &str = r"SOFTWARE\Microsoft\Windows\CurrentVersion\AccountPicture\Users\%LogonUserSid%";
/// The size of the picture that stands for all of a user's pictures: the user has some if this one exists.
const TELLING: u32 = 448;

/// An action on a file or a value: the letter for the action, and the number of the icon that the console shows for it.
#[derive(Clone, Copy)]
struct Action {
    letter: &'static str,
    image: &'static str,
}

/// Replaces the file each time. `U` (update) would not do: it never copies new content into a file that exists.
const COPY: Action = Action { letter: "R", image: "1" };
const DELETE_FILE: Action = Action { letter: "D", image: "3" };
/// Sets the value whenever it differs.
const SET: Action = Action { letter: "U", image: "7" };
const DELETE_VALUE: Action = Action { letter: "D", image: "8" };

/// Returns Files.xml.
pub(super) fn files(policy: &Policy) -> Vec<u8> {
    list("Files", FILES, |xml| {
        for action in [COPY, DELETE_FILE] {
            for size in SIZES {
                file(xml, policy, action, size);
                xml.space("\r\n\t");
            }
        }
    })
}

/// Returns Registry.xml.
pub(super) fn registry(policy: &Policy) -> Vec<u8> {
    list("RegistrySettings", REGISTRY_SETTINGS, |xml| {
        if policy.keep_own_picture {
            collection(xml, policy);
            xml.space("\r\n\t");
        } else {
            for size in SIZES {
                value(xml, policy, SET, size, |xml| filters(xml, |xml| is_published(xml, policy)));
                xml.space("\r\n\t");
            }
        }
        for size in SIZES {
            value(xml, policy, DELETE_VALUE, size, |xml| {
                filters(xml, |xml| {
                    is_taken_away(xml, policy);
                    if policy.keep_own_picture {
                        is_ours(xml, policy, size);
                    }
                });
            });
            xml.space("\r\n\t");
        }
    })
}

fn list(name: &str, clsid: &str, items: impl FnOnce(&mut Xml)) -> Vec<u8> {
    let mut xml = Xml::declared();
    xml.space("\r\n");
    xml.element(name, &[("clsid", clsid)], |xml| {
        xml.space("\r\n\t");
        items(xml);
    });
    xml.space("\r\n");
    xml.into_bytes()
}

fn file(xml: &mut Xml, policy: &Policy, action: Action, size: u32) {
    let name = file_name(size);
    let (from, to) = (policy.share.picture(&name), policy.folder.picture(&name));
    let uid = policy.uid(&format!("file {} {size}", action.letter));
    let is_copied = action.letter == COPY.letter;
    item(xml, "File", FILE, (&name, action), policy, &uid, |xml| {
        let mut properties = vec![("action", action.letter)];
        properties.extend(is_copied.then_some(("fromPath", from.as_str())));
        properties.extend([("targetPath", to.as_str()), ("readOnly", "0"), ("archive", "1"), ("hidden", "0")]);
        // When deleting, errors are suppressed: it is fine if the file is gone already.
        properties.push(("suppress", if is_copied { "0" } else { "1" }));
        xml.empty("Properties", &properties);
        filters(xml, |xml| if is_copied { is_published(xml, policy) } else { is_taken_away(xml, policy) });
    });
}

fn value(xml: &mut Xml, policy: &Policy, action: Action, size: u32, filters: impl FnOnce(&mut Xml)) {
    let (name, path) = (format!("Image{size}"), policy.folder.picture(&file_name(size)));
    let uid = policy.uid(&format!("value {} {size}", action.letter));
    let content = if action.letter == SET.letter { path.as_str() } else { "" };
    item(xml, "Registry", REGISTRY, (&name, action), policy, &uid, |xml| {
        xml.empty(
            "Properties",
            &[
                ("action", action.letter),
                ("displayDecimal", "0"),
                ("default", "0"),
                ("hive", "HKEY_LOCAL_MACHINE"),
                ("key", KEY),
                ("name", &name),
                ("type", "REG_SZ"),
                ("value", content),
            ],
        );
        filters(xml);
    });
}

/// Writes all twelve values as one collection, which is applied only once for each user and PC. A user who chooses
/// another picture afterwards keeps it.
///
/// Twelve items with the action `C` (create) would also spare the user's choice, but they would not replace the eight
/// values that scripts usually leave behind. The collection replaces those together with the other four.
fn collection(xml: &mut Xml, policy: &Policy) {
    let (uid, once) = (policy.uid("collection"), policy.uid("once"));
    let attributes = [("clsid", COLLECTION), ("name", "Account pictures"), ("changed", &policy.changed), ("uid", &uid)];
    xml.element("Collection", &attributes, |xml| {
        for size in SIZES {
            value(xml, policy, SET, size, |_| ());
        }
        filters(xml, |xml| {
            is_published(xml, policy);
            // This filter must come second: its one application is used up only if the first filter holds.
            xml.empty("FilterRunOnce", &[("hidden", "1"), ("not", "0"), ("bool", "AND"), ("id", &once)]);
        });
    });
}

fn item(
    xml: &mut Xml,
    element: &str,
    clsid: &str,
    (name, action): (&str, Action),
    policy: &Policy,
    uid: &str,
    content: impl FnOnce(&mut Xml),
) {
    let attributes: Attributes<'_> = &[
        ("clsid", clsid),
        ("name", name),
        ("status", name),
        ("image", action.image),
        ("changed", &policy.changed),
        ("uid", uid),
        // If one item fails, the others are still tried.
        ("bypassErrors", "1"),
        ("userContext", "0"),
        ("removePolicy", "0"),
    ];
    xml.element(element, attributes, content);
}

fn filters(xml: &mut Xml, content: impl FnOnce(&mut Xml)) {
    xml.element("Filters", &[], content);
}

/// Writes the filter for a user who has pictures on the share. If the share cannot be reached, the filter does not
/// hold, so nothing happens and no error is logged.
fn is_published(xml: &mut Xml, policy: &Policy) {
    exists(xml, "0", &policy.share.picture(&file_name(TELLING)));
}

/// Writes the filter for a user who has no pictures on the share, although the share can be reached and holds pictures
/// of others.
fn is_taken_away(xml: &mut Xml, policy: &Policy) {
    exists(xml, "0", &policy.share.root_file(PRESENT));
    exists(xml, "1", &policy.share.picture(&file_name(TELLING)));
}

/// Writes the filter for a value that leads into our folder, which means that the user did not choose it.
fn is_ours(xml: &mut Xml, policy: &Policy, size: u32) {
    xml.empty(
        "FilterRegistry",
        &[
            ("bool", "AND"),
            ("not", "0"),
            ("type", "MATCHVALUE"),
            ("subtype", "SUBSTRING"),
            ("hive", "HKEY_LOCAL_MACHINE"),
            ("key", KEY),
            ("valueName", &format!("Image{size}")),
            ("valueType", "REG_SZ"),
            ("valueData", &policy.folder.of_user()),
            ("min", "0.0.0.0"),
            ("max", "0.0.0.0"),
            ("gte", "1"),
            ("lte", "0"),
        ],
    );
}

fn exists(xml: &mut Xml, not: &str, path: &str) {
    let attributes = [("bool", "AND"), ("not", not), ("path", path), ("type", "EXISTS"), ("folder", "0")];
    xml.empty("FilterFile", &attributes);
}
