//! Builds a policy backup for `Import-GPO`, in the format that the Group Policy Management Console writes.

use std::path::Path;

use super::xml::Xml;
use super::{Policy, preferences};

const OPERATIONS: &str = "http://www.microsoft.com/GroupPolicy/GPOOperations";
const MANIFEST: &str = "http://www.microsoft.com/GroupPolicy/GPOOperations/Manifest";
/// Stands for the domain and its domain controller. A backup must name both, but the import does not look them up: it
/// uses those of the policy that it imports into.
const NOWHERE: &str = "UNKNOWN";
/// The client-side extensions that apply the policy on the PCs, each with the tool that edits its settings: those of
/// Files and Registry Preferences, in the order of their GUIDs ([MS-GPOL] 2.2.4).
const EXTENSIONS: &str = "[{00000000-0000-0000-0000-000000000000}\
    {3BAE7E51-E3F4-41D0-853D-9BB9FD47605F}{BEE07A6A-EC9F-4659-B8C9-0B1937907C83}]\
    [{7150F9BF-48AD-4DA4-A49C-29EF4A8369BA}{3BAE7E51-E3F4-41D0-853D-9BB9FD47605F}]\
    [{B087BE9D-ED37-454F-AF9C-04291E351182}{BEE07A6A-EC9F-4659-B8C9-0B1937907C83}]";
/// A security descriptor: the administrators are owner and group, and SYSTEM and the administrators have full access.
/// An import ignores them, and keeps the permissions of the policy that it imports into.
const SECURITY: &str = "01 00 04 80 14 00 00 00 24 00 00 00 00 00 00 00 34 00 00 00 \
    01 02 00 00 00 00 00 05 20 00 00 00 20 02 00 00 \
    01 02 00 00 00 00 00 05 20 00 00 00 20 02 00 00 \
    02 00 34 00 02 00 00 00 \
    00 00 14 00 00 00 00 10 01 01 00 00 00 00 00 05 12 00 00 00 \
    00 00 18 00 00 00 00 10 01 02 00 00 00 00 00 05 20 00 00 00 20 02 00 00";

/// A file of the backup: its path within the backup, with slashes, and its content.
pub(super) type BackupFile = (String, Vec<u8>);

/// Returns all files of the backup, in the order in which they are written.
pub(super) fn files(policy: &Policy) -> Vec<BackupFile> {
    let folder = &policy.id;
    let of_user = format!("{folder}/DomainSysvol/GPO/User/Preferences");
    vec![
        (format!("{of_user}/Files/Files.xml"), preferences::files(policy)),
        (format!("{of_user}/Registry/Registry.xml"), preferences::registry(policy)),
        (format!("{folder}/Backup.xml"), backup(policy)),
        (format!("{folder}/bkupInfo.xml"), info(policy)),
        // The manifest comes last, so that whatever it lists exists already.
        ("manifest.xml".to_owned(), manifest(policy)),
    ]
}

fn manifest(policy: &Policy) -> Vec<u8> {
    let mut xml = Xml::bare();
    let attributes = [("xmlns", MANIFEST), ("xmlns:mfst", MANIFEST), ("mfst:version", "1.0")];
    xml.element("Backups", &attributes, |xml| instance(xml, policy, &[]));
    xml.into_bytes()
}

fn info(policy: &Policy) -> Vec<u8> {
    let mut xml = Xml::bare();
    instance(&mut xml, policy, &[("xmlns", MANIFEST)]);
    xml.space("\r\n");
    xml.into_bytes()
}

fn instance(xml: &mut Xml, policy: &Policy, attributes: &[(&str, &str)]) {
    xml.element("BackupInst", attributes, |xml| {
        xml.cdata("GPOGuid", &policy.gpo);
        xml.cdata("GPODomain", NOWHERE);
        xml.cdata("GPODomainGuid", &policy.uid("domain").to_lowercase());
        xml.cdata("GPODomainController", NOWHERE);
        xml.cdata("BackupTime", &policy.backup_time);
        xml.cdata("ID", &policy.id);
        xml.cdata("Comment", "");
        xml.cdata("GPODisplayName", &policy.name);
    });
}

fn backup(policy: &Policy) -> Vec<u8> {
    let mut xml = Xml::declared();
    let attributes = [
        ("bkp:version", "2.0"),
        ("bkp:type", "GroupPolicyBackupTemplate"),
        ("xmlns:bkp", OPERATIONS),
        ("xmlns", OPERATIONS),
    ];
    xml.element("GroupPolicyBackupScheme", &attributes, |xml| {
        xml.space("\r\n    ");
        xml.element("GroupPolicyObject", &[], |xml| {
            xml.empty("SecurityGroups", &[]);
            xml.empty("FilePaths", &[]);
            core_settings(xml, policy);
            xml.space("\r\n        ");
            administrative_templates(xml, policy);
            xml.space("\r\n    ");
            all_preferences(xml, policy);
        });
        xml.space("\r\n");
    });
    xml.into_bytes()
}

fn core_settings(xml: &mut Xml, policy: &Policy) {
    xml.element("GroupPolicyCoreSettings", &[], |xml| {
        xml.cdata("ID", &policy.gpo);
        xml.cdata("Domain", NOWHERE);
        xml.text("SecurityDescriptor", SECURITY);
        xml.cdata("DisplayName", &policy.name);
        xml.cdata("Options", "0");
        // 0x0001_0001: version 1 in the directory and version 1 in SYSVOL.
        xml.cdata("UserVersionNumber", "65537");
        xml.cdata("MachineVersionNumber", "0");
        xml.empty("MachineExtensionGuids", &[]);
        xml.cdata("UserExtensionGuids", EXTENSIONS);
        xml.empty("WMIFilter", &[]);
    });
}

/// Writes the entry for administrative templates. The policy has none, but every backup contains this entry.
fn administrative_templates(xml: &mut Xml, policy: &Policy) {
    let attributes = [("bkp:ID", "{35378EAC-683F-11D2-A89A-00C04FBBCFA2}"), ("bkp:DescName", "Registry")];
    xml.element("GroupPolicyExtension", &attributes, |xml| {
        xml.space("\r\n            ");
        let expanded = expanded(policy, r"Adm\*.*");
        xml.empty("FSObjectFile", &[("bkp:Path", r"%GPO_FSPATH%\Adm\*.*"), ("bkp:SourceExpandedPath", &expanded)]);
        xml.space("\r\n        ");
    });
}

fn all_preferences(xml: &mut Xml, policy: &Policy) {
    let attributes = [("bkp:ID", "{F15C46CD-82A0-4C2D-A210-5D0D3182A418}"), ("bkp:DescName", "Unknown Extension")];
    xml.element("GroupPolicyExtension", &attributes, |xml| {
        for (element, path) in [
            ("FSObjectDir", r"Preferences"),
            ("FSObjectDir", r"Preferences\Files"),
            ("FSObjectFile", r"Preferences\Files\Files.xml"),
            ("FSObjectDir", r"Preferences\Registry"),
            ("FSObjectFile", r"Preferences\Registry\Registry.xml"),
        ] {
            xml.empty(
                element,
                &[
                    ("bkp:Path", &format!(r"%GPO_USER_FSPATH%\{path}")),
                    ("bkp:SourceExpandedPath", &expanded(policy, &format!(r"User\{path}"))),
                    ("bkp:Location", &format!(r"DomainSysvol\GPO\User\{path}")),
                ],
            );
        }
    });
}

fn expanded(policy: &Policy, path: &str) -> String {
    format!(r"\\{NOWHERE}\sysvol\{NOWHERE}\Policies\{}\{path}", policy.gpo)
}

/// Returns the path of a file of the backup on this system.
pub(super) fn place(folder: &Path, name: &str) -> std::path::PathBuf {
    name.split('/').fold(folder.to_path_buf(), |path, part| path.join(part))
}
