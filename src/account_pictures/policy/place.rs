//! The two places that a policy names: the share that the pictures come from, and the folder on the PCs that they go
//! to. Places that would be unsafe, or that Windows could not use, are refused with the reason.

use std::fmt;
use std::str::FromStr;

/// The place that the PCs fetch pictures from: `\\server\share`, or a folder in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share(String);

/// The folder on the PCs that holds one folder of pictures for each user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetFolder(String);

/// The variable that Group Policy Preferences replace with the user's SID.
pub(super) const USER_SID: &str = "%LogonUserSid%";
/// A folder that users cannot write to.
pub(super) const DEFAULT_FOLDER: &str = r"%ProgramFiles%\AccountPictures";
/// Folders in which, or below which, users can create folders and links; in lower case, without the drive.
const OPEN_TO_USERS: [&str; 9] = [
    r"\users",
    r"\documents and settings",
    r"\programdata",
    r"\windows\temp",
    "%public%",
    "%programdata%",
    "%allusersprofile%",
    "%userprofile%",
    "%temp%",
];
/// The variables that stand for a drive.
const DRIVES: [&str; 2] = ["%systemdrive%", "%homedrive%"];

impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let path = backslashed(text);
        let parts: Vec<&str> = path.strip_prefix(r"\\").unwrap_or_default().split('\\').collect();
        if parts.len() < 2 || parts.iter().any(|part| !is_name(part)) {
            return Err(r"a share, as \\fs1\AccountPictures$, or a folder in it".to_owned());
        }
        Ok(Self(path))
    }
}

impl FromStr for TargetFolder {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let path = backslashed(text);
        let (root, rest) = path.split_once('\\').unwrap_or((&path, ""));
        let is_drive = matches!(root.as_bytes(), [letter, b':'] if letter.is_ascii_alphabetic());
        let is_variable = root.len() > 2 && root.starts_with('%') && root.ends_with('%');
        let is_path = (is_drive || is_variable) && !rest.is_empty() && rest.split('\\').all(is_name);
        if !is_path {
            return Err(r"a folder on the PCs, as %ProgramFiles%\AccountPictures or D:\AccountPictures".to_owned());
        }
        // Such names can be aliases of folders that are open to users: `C:\USERS.\x` is below `C:\Users`, and
        // `C:\PROGRA~3` is usually `C:\ProgramData`.
        if rest.split('\\').any(|part| part.ends_with(['.', ' ']) || part.contains('~')) {
            return Err("no part of it may end with a dot or a blank, or have a ~, as short names do".to_owned());
        }
        if is_open_to_users(&path, root) {
            return Err(
                "users can lay links there, over which Windows would write into other folders as SYSTEM; name a folder \
                 that only administrators may write to, as below %ProgramFiles%"
                    .to_owned(),
            );
        }
        Ok(Self(path))
    }
}

impl Default for TargetFolder {
    fn default() -> Self {
        Self(DEFAULT_FOLDER.to_owned())
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for TargetFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Share {
    /// Returns the path of a user's picture on the share.
    pub(super) fn picture(&self, file: &str) -> String {
        format!(r"{self}\{USER_SID}\{file}")
    }

    /// Returns the path of a file in the root of the published tree.
    pub(super) fn root_file(&self, name: &str) -> String {
        format!(r"{self}\{name}")
    }
}

impl TargetFolder {
    /// Returns the path of a user's picture on the PC.
    pub(super) fn picture(&self, file: &str) -> String {
        format!(r"{}{file}", self.of_user())
    }

    /// Returns the path of a user's folder on the PC, with a backslash at the end.
    pub(super) fn of_user(&self) -> String {
        format!(r"{self}\{USER_SID}\")
    }
}

fn backslashed(text: &str) -> String {
    text.replace('/', r"\").trim_end_matches('\\').to_owned()
}

/// Returns whether Windows accepts `part` as the name of a file or folder. `%` is allowed, so a variable may be a part
/// of the name.
fn is_name(part: &str) -> bool {
    let is_forbidden = |c: char| c.is_control() || matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '/');
    !part.is_empty() && part != "." && part != ".." && !part.contains(is_forbidden)
}

fn is_open_to_users(path: &str, root: &str) -> bool {
    let (path, root) = (path.to_lowercase(), root.to_lowercase());
    let below_drive = match root.ends_with(':') || DRIVES.contains(&root.as_str()) {
        true => &path[root.len()..],
        false => path.as_str(),
    };
    let is_below =
        |open: &&str| below_drive.strip_prefix(*open).is_some_and(|rest| rest.is_empty() || rest.starts_with('\\'));
    OPEN_TO_USERS.iter().any(is_below)
        || ["%appdata%", "%localappdata%", "%tmp%", "%homepath%"].contains(&root.as_str())
}

#[cfg(test)]
mod tests {
    use super::{Share, TargetFolder};

    #[test]
    fn a_share_is_a_unc_path() {
        for (text, share) in [
            (r"\\fs1\AccountPictures$", r"\\fs1\AccountPictures$"),
            (r"\\fs1.ad.example.com\R&D 'x' 100%\Bücher\", r"\\fs1.ad.example.com\R&D 'x' 100%\Bücher"),
            ("//fs1/pictures", r"\\fs1\pictures"),
            (r"\\%LogonDomain%\dfs\pictures", r"\\%LogonDomain%\dfs\pictures"),
        ] {
            assert_eq!(text.parse().map(|share: Share| share.to_string()), Ok(share.to_owned()));
        }
        for text in [
            "",
            r"\\fs1",
            r"\\fs1\",
            r"C:\pictures",
            r"\fs1\x",
            r"\\fs1\\x",
            r"\\fs1\a\..\b",
            "\\\\fs1\\a\nb",
            r"\\?\C:\x",
        ] {
            assert!(text.parse::<Share>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_target_is_a_folder_that_users_may_not_write_to() {
        for text in [
            r"%ProgramFiles%\AccountPictures",
            r"D:\Account Pictures & more\x",
            r"c:/Windows/Web/Pictures",
            r"C:\UsersPictures\x",
        ] {
            assert!(text.parse::<TargetFolder>().is_ok(), "{text}");
        }
        for text in [
            r"C:\Users\Public\AccountPictures",
            r"c:/users/public",
            r"%PUBLIC%\x",
            r"%ProgramData%\x",
            r"C:\ProgramData\x",
            r"%SystemDrive%\Users\x",
            r"%systemdrive%\PROGRAMDATA",
            r"%UserProfile%\x",
            r"D:\Users\x",
            r"%APPDATA%\x",
            r"%TEMP%\x",
        ] {
            let error = text.parse::<TargetFolder>().expect_err(text);
            assert!(error.contains("SYSTEM"), "{text}: {error}");
        }
        for text in [
            "",
            "C:",
            r"C:\",
            r"\\fs1\x",
            "x",
            r"C:\a\..\Users\Public",
            r"C:\Users.\Public",
            r"C:\PROGRA~3\x",
            r"%ProgramFiles%",
            r"C:\a:b",
        ] {
            assert!(text.parse::<TargetFolder>().is_err(), "{text}");
        }
    }
}
