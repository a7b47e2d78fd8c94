//! Which columns of a CSV file name the account and the photo.

use std::path::Path;
use std::str::FromStr;

use super::approved::{ApprovedError, Schema};
use super::folder::has_image_extension;
use super::{Options, SourceError, beginning};
use crate::hash::Hash;

/// A column, as `--user-column` and `--photo-column` name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// By its name in the first line.
    Name(String),
    /// By its place, from 1.
    Number(usize),
}

impl FromStr for Column {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.parse() {
            Ok(number) if number > 0 => Self::Number(number),
            _ => Self::Name(text.to_owned()),
        })
    }
}

/// Known names of the user column, the surest first, each with the attribute whose values it holds; `None` for those
/// that say no more than "user". Written as [`plain`] writes them.
const USER_NAMES: &[(&str, Option<&str>)] = &[
    ("samaccountname", Some("sAMAccountName")),
    ("aduser", None),
    ("user", None),
    ("username", None),
    ("login", None),
    ("loginname", None),
    ("logonname", None),
    ("account", None),
    ("accountname", None),
    ("userid", None),
    ("benutzer", None),
    ("benutzername", None),
    ("anmeldename", None),
    ("identity", None),
    ("userprincipalname", Some("userPrincipalName")),
    ("upn", Some("userPrincipalName")),
    ("mail", Some("mail")),
    ("email", Some("mail")),
    ("emailaddress", Some("mail")),
    ("employeeid", Some("employeeID")),
    ("employeenumber", Some("employeeNumber")),
    ("distinguishedname", None),
    ("dn", None),
    ("objectguid", None),
    ("guid", None),
    ("objectsid", None),
    ("sid", None),
    ("displayname", Some("displayName")),
    ("cn", Some("cn")),
];

/// Known names of the photo column, the surest first.
const PHOTO_NAMES: &[&str] = &[
    "pathtofile",
    "photopath",
    "filepath",
    "imagepath",
    "picturepath",
    "path",
    "photo",
    "thumbnailphoto",
    "file",
    "filename",
    "photofile",
    "picture",
    "image",
    "foto",
    "bild",
    "pfad",
    "datei",
    "dateiname",
];

/// The name of the column that says what a photo's file holds.
const HASH_NAME: &str = "sha256";

/// How much of a first line a message shows.
const SHOWN_CHARS: usize = 200;

/// The columns that are read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Columns {
    /// The user column, from 0.
    pub(super) user: usize,
    /// The photo column, from 0.
    pub(super) photo: usize,
    /// The column of what the file holds, from 0, if there is one.
    pub(super) sha256: Option<usize>,
    /// The columns of an approved list, if it is one.
    pub(super) approved: Option<Schema>,
    /// Whether the first line is a header.
    pub(super) header: bool,
    /// The attribute that the header names.
    pub(super) match_by: Option<&'static str>,
    /// What was assumed.
    pub(super) notes: Vec<String>,
}

impl Columns {
    /// Finds the columns from what was asked for and the fields of the first line.
    pub(super) fn find(options: &Options, first: &[&str]) -> Result<Self, SourceError> {
        let (user, photo) = (options.user_column.as_ref(), options.photo_column.as_ref());
        if let Some(schema) = Schema::find(first)? {
            if user.is_some() || photo.is_some() {
                return Err(ApprovedError::OtherColumns.into());
            }
            let (user, photo) = (schema.account(), schema.photo());
            let photo = if options.users_only { user } else { photo };
            return Ok(Self { user, photo, header: true, approved: Some(schema), ..Self::default() });
        }
        let no_column = |wanted: &str| SourceError::NoColumn {
            wanted: wanted.to_owned(),
            header: beginning(&first.join(" | "), SHOWN_CHARS),
        };
        let plain_first: Vec<String> = first.iter().map(|field| plain(field)).collect();
        let named = |name: &str| plain_first.iter().position(|field| *field == name);
        let asked = |column: Option<&Column>| match column {
            None => Ok(None),
            Some(Column::Number(number)) => Ok(Some(number - 1)),
            Some(Column::Name(name)) => {
                let exact = first.iter().position(|field| field == name);
                let loosely = || named(&plain(name)).filter(|_| !plain(name).is_empty());
                exact.or_else(loosely).map(Some).ok_or_else(|| no_column(name))
            }
        };
        let by_name = matches!(user, Some(Column::Name(_))) || matches!(photo, Some(Column::Name(_)));

        // `mail,mail.jpg` is the row of an account called mail.
        let may_be_header = by_name || !first.iter().any(|field| has_image_extension(Path::new(field)));
        let known = |name: &str| named(name).filter(|_| may_be_header);
        let by_attribute = options.match_by.as_ref().and_then(|attribute| known(&plain(attribute)));
        let (asked_user, asked_photo) = (asked(user)?.or(by_attribute), asked(photo)?);
        let known_user = USER_NAMES.iter().find_map(|&(name, attribute)| Some((known(name)?, attribute)));
        let known_photo = PHOTO_NAMES.iter().find_map(|name| known(name)).filter(|&at| Some(at) != asked_user);
        let hash = known(HASH_NAME);
        // Whoever names the hashes means them: a list is never read as if they were not there.
        let header = by_name || known_user.is_some() || known_photo.is_some() || hash.is_some();

        let mut found = Self { header, ..Self::default() };
        if !header && first.iter().any(|field| Hash::parse(field).is_some()) {
            return Err(SourceError::NoHeader);
        }
        if !header && user.is_none() && photo.is_none() {
            let (place, note) = match options.users_only {
                true => (0, "column 1 as the user (--user-column chooses another)"),
                false => (
                    1,
                    "column 1 as the user and column 2 as the photo (--user-column and --photo-column choose others)",
                ),
            };
            found.photo = place;
            found.notes.push(format!("the CSV file has no header that is known: read {note}"));
            return Ok(found);
        }
        let known_user = known_user.filter(|&(at, _)| Some(at) != asked_photo);
        found.match_by = match (asked_user, known_user) {
            (None, Some((_, attribute))) => attribute,
            (Some(at), _) if header => USER_NAMES
                .iter()
                .find(|(name, _)| plain_first.get(at).is_some_and(|field| field == name))
                .and_then(|known| known.1),
            _ => None,
        };
        let user = asked_user.or(known_user.map(|known| known.0));
        let photo = asked_photo.or(known_photo);
        // With one of two columns known, the other is the other.
        let other = |known: usize| (first.len() == 2 && known < 2).then(|| 1 - known).filter(|&at| Some(at) != hash);
        let (user, photo) = match (user, photo) {
            // No other column matters.
            (Some(user), _) if options.users_only => (user, user),
            (Some(user), Some(photo)) => (user, photo),
            (Some(user), None) => {
                (user, other(user).ok_or_else(|| no_column("for the photo (--photo-column names it)"))?)
            }
            (None, Some(photo)) => {
                (other(photo).ok_or_else(|| no_column("for the user (--user-column names it)"))?, photo)
            }
            (None, None) => return Err(no_column("for the user and the photo (--user-column, --photo-column)")),
        };
        if user == photo && !options.users_only {
            return Err(no_column("for the photo other than the user's (--photo-column names it)"));
        }
        (found.user, found.photo) = (user, photo);
        found.sha256 = hash.filter(|&at| at != user && at != photo && !options.users_only);
        let all_known = known_user.is_some() && (known_photo.is_some() || options.users_only);
        if header && !by_name && !all_known {
            found.notes.push(format!(
                "read the CSV file's first line as its header: {}",
                beginning(&first.join(" | "), SHOWN_CHARS)
            ));
        }
        Ok(found)
    }

    /// Fields a row needs.
    pub(super) fn needed(&self) -> usize {
        self.user.max(self.photo) + 1
    }
}

/// A column name without case, spaces and punctuation: `AD_user`, `ad user` and `AD-User` are one.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// How well `first` reads as a header: 2 where it names both columns, 1 where it names one.
pub(super) fn header_score(first: &[&str]) -> usize {
    let has = |known: &str| first.iter().any(|field| plain(field) == known);
    usize::from(USER_NAMES.iter().any(|(name, _)| has(name))) + usize::from(PHOTO_NAMES.iter().any(|name| has(name)))
}

#[cfg(test)]
mod tests {
    use super::{Column, Columns, Options, SourceError};

    fn find(user: Option<Column>, photo: Option<Column>, first: &[&str]) -> Result<Columns, SourceError> {
        Columns::find(&Options { user_column: user, photo_column: photo, ..Options::default() }, first)
    }

    #[test]
    fn known_headers_are_found_whatever_their_spelling() {
        for (first, user, photo, match_by) in [
            (&["AD_user", "path_to_file"][..], 0, 1, None),
            (&["Name", "E-Mail", "Photo"], 1, 2, Some("mail")),
            (&["File", "sAMAccountName", "mail"], 1, 0, Some("sAMAccountName")),
            (&["employee id", "Scan"], 0, 1, Some("employeeID")),
            (&["user", "file", "Path"], 0, 2, None),
        ] {
            let found = find(None, None, first).expect("a header");
            assert_eq!(
                (found.user, found.photo, found.match_by, found.header),
                (user, photo, match_by, true),
                "{first:?}"
            );
        }
    }

    #[test]
    fn without_a_header_the_first_two_columns_are_read_and_it_is_said() {
        for first in [["jdoe", "jdoe.jpg"], ["mail", "C:\\photos\\mail.JPG"]] {
            let found = find(None, None, &first).expect("columns");
            assert_eq!((found.user, found.photo, found.header, found.notes.len()), (0, 1, false, 1));
        }
    }

    #[test]
    fn hashes_are_found_by_their_name_alone() {
        let number = |number| Some(Column::Number(number));
        for (user, photo, first, sha256) in [
            (None, None, &["sAMAccountName", "path", "sha256"][..], Some(2)),
            (None, None, &["SHA-256", "file", "user"], Some(0)),
            (None, None, &["user", "path", "hash"], None),
            (number(1), number(2), &["Kürzel", "Porträt", "sha256"], Some(2)),
            (number(1), number(2), &["anna", "anna.jpg", "sha256"], None),
            (number(3), number(2), &["user", "path", "sha256"], None),
        ] {
            let found = find(user, photo, first).expect("columns");
            assert_eq!(found.sha256, sha256, "{first:?}");
        }
        for first in [&["user", "sha256"][..], &["sha256", "path"], &["a", "b", "sha256"]] {
            find(None, None, first).expect_err("no column of a user or of a photo");
        }
        let users_only = Options { users_only: true, ..Options::default() };
        let found = Columns::find(&users_only, &["user", "sha256"]).expect("a column of users");
        assert_eq!((found.user, found.sha256), (0, None), "what is not read need not be right");
    }

    #[test]
    fn columns_that_were_asked_for_win_or_are_missed() {
        let named = |name: &str| Some(Column::Name(name.to_owned()));
        let first = ["Kürzel", "Büro", "Porträt"];
        let found = find(named("kürzel"), named("Porträt"), &first).expect("columns");
        assert_eq!((found.user, found.photo, found.header), (0, 2, true));
        let found = find(Some(Column::Number(3)), Some(Column::Number(1)), &first).expect("columns");
        assert_eq!((found.user, found.photo, found.header), (2, 0, false));
        let missed = find(named("login"), None, &first).expect_err("no such column");
        assert_eq!(missed.to_string(), "the file has no column login; its first line reads: Kürzel | Büro | Porträt");
        let long = find(named("login"), None, &["ü".repeat(100_000).as_str(), "b"]).expect_err("no such column");
        assert!(long.to_string().len() < 1000, "a message is for reading");
    }
}
