//! The approved list, which the HTML report of a dry run saves and which import accepts as its source.
//!
//! The list has a schema with a version, and every column is binding. A list that says something which this version of
//! adphoto does not understand is refused as a whole, because nobody could know what was approved.

mod error;

pub use error::{ApprovedError, NotApproved};

use crate::crop_box::CropBox;
use crate::hash::Hash;

/// The columns of the list, in the order in which they are written. They are read in any order.
///
/// The first column marks the list as approved and has its version. The account is the one with this objectGUID, and
/// `user` is its sAMAccountName. `path` and `sha256` are the photo's file, and `before_sha256` is the photo that the
/// account had on the page. `crop` is the square that somebody chose by hand, as [`CropBox`] is written; it is empty if the
/// photo is cropped as the options say.
pub const APPROVED_COLUMNS: [&str; 8] =
    ["adphoto_approved", "objectGUID", "user", "path", "sha256", "before_sha256", "crop", "approved_by"];

/// The version of the list, in its first column.
pub const APPROVED_VERSION: &str = "1";

/// The value of `before_sha256` if the page did not show the account's photo.
pub const NOT_SHOWN: &str = "not-shown";

// The positions of the columns in [`APPROVED_COLUMNS`].
const VERSION: usize = 0;
const GUID: usize = 1;
const USER: usize = 2;
const PATH: usize = 3;
const SHA256: usize = 4;
const BEFORE: usize = 5;
const CROP: usize = 6;
const APPROVED_BY: usize = 7;

/// What was approved about a photo, besides the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved {
    /// The sAMAccountName of the account that was approved.
    pub user: String,
    /// The account's photo as the approver saw it.
    pub before: Before,
    /// The square that somebody chose by hand, if they did.
    pub crop: Option<CropBox>,
    /// The name of the approver.
    pub by: String,
}

/// The account's photo as the approver saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// The account had no photo.
    Nothing,
    /// The account had this photo.
    Photo(Hash),
    /// The page did not show the account's photo.
    NotShown,
}

impl Before {
    /// Returns whether the account still holds what the approver saw.
    #[must_use]
    pub fn is(self, held: Option<&[u8]>) -> bool {
        match self {
            Self::Nothing => held.is_none(),
            Self::Photo(hash) => held.is_some_and(|photo| Hash::of(photo) == hash),
            Self::NotShown => true,
        }
    }
}

/// The positions of the schema's columns in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Schema {
    places: [usize; APPROVED_COLUMNS.len()],
}

/// A row of an approved list.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ApprovedRow {
    pub(super) guid: String,
    pub(super) path: String,
    pub(super) sha256: Hash,
    pub(super) approved: Approved,
}

impl Schema {
    /// Finds the columns in the first line; `None` if this is another kind of list.
    ///
    /// # Errors
    /// When this is an approved list, but one that cannot be understood.
    pub(super) fn find(first: &[impl AsRef<str>]) -> Result<Option<Self>, ApprovedError> {
        let first: Vec<&str> = first.iter().map(|name| name.as_ref().trim()).collect();
        let named = |name: &str| first.iter().position(|column| column.eq_ignore_ascii_case(name));
        // A list whose first column somebody has removed must not pass for one that is not binding, so `before_sha256`
        // also marks an approved list.
        if named(APPROVED_COLUMNS[VERSION]).or(named(APPROVED_COLUMNS[BEFORE])).is_none() {
            return Ok(None);
        }
        let is_known = |column: &&str| APPROVED_COLUMNS.iter().any(|name| column.eq_ignore_ascii_case(name));
        if let Some(unknown) = first.iter().find(|column| !column.is_empty() && !is_known(column)) {
            return Err(ApprovedError::UnknownColumn((*unknown).to_owned()));
        }
        let mut places = [0; APPROVED_COLUMNS.len()];
        for (place, name) in places.iter_mut().zip(APPROVED_COLUMNS) {
            *place = named(name).ok_or(ApprovedError::NoColumn(name))?;
            if first[*place + 1..].iter().any(|column| column.eq_ignore_ascii_case(name)) {
                return Err(ApprovedError::TwoColumns(name));
            }
        }
        Ok(Some(Self { places }))
    }

    /// Returns the column of the account's objectGUID.
    pub(super) fn account(&self) -> usize {
        self.places[GUID]
    }

    /// Returns the column of the account's sAMAccountName.
    pub(super) fn user(&self) -> usize {
        self.places[USER]
    }

    /// Returns the column of the file's path.
    pub(super) fn photo(&self) -> usize {
        self.places[PATH]
    }

    /// Checks that a row has the version that is known.
    ///
    /// # Errors
    /// When the row has another version.
    pub(super) fn check(&self, fields: &[impl AsRef<str>], line: u64) -> Result<(), ApprovedError> {
        match fields.get(self.places[VERSION]).map(|version| version.as_ref().trim()) {
            Some(version) if version != APPROVED_VERSION => {
                let version = super::beginning(version, 20);
                Err(ApprovedError::Version { line, version })
            }
            _ => Ok(()),
        }
    }

    /// Reads a row.
    ///
    /// # Errors
    /// When one of its fields cannot be what was approved.
    pub(super) fn read(&self, fields: &[&str]) -> Result<ApprovedRow, NotApproved> {
        let mut row = [""; APPROVED_COLUMNS.len()];
        for (field, place) in row.iter_mut().zip(self.places) {
            *field = fields.get(place).ok_or(NotApproved::TooFewFields { found: fields.len() })?.trim();
        }
        let filled = |place: usize, problem| Some(row[place]).filter(|field| !field.is_empty()).ok_or(problem);
        let guid = Some(row[GUID]).filter(|field| is_guid(field)).ok_or(NotApproved::NoGuid)?;
        let (user, path) = (filled(USER, NotApproved::NoUser)?, filled(PATH, NotApproved::NoPath)?);
        let sha256 = Hash::parse(row[SHA256]).ok_or(NotApproved::NoHash)?;
        let before = match row[BEFORE] {
            "" => Before::Nothing,
            NOT_SHOWN => Before::NotShown,
            hash => Before::Photo(Hash::parse(hash).ok_or(NotApproved::NoBefore)?),
        };
        let crop = Some(row[CROP]).filter(|field| !field.is_empty()).map(str::parse).transpose()?;
        let by = filled(APPROVED_BY, NotApproved::Nobody)?;
        let approved = Approved { user: user.to_owned(), before, crop, by: by.to_owned() };
        Ok(ApprovedRow { guid: guid.to_owned(), path: path.to_owned(), sha256, approved })
    }
}

/// Returns whether the text is an objectGUID as adphoto writes it. Any other text could be the name of an account.
fn is_guid(text: &str) -> bool {
    let groups = || text.split('-');
    groups().map(str::len).eq([8, 4, 4, 4, 12])
        && groups().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::{APPROVED_COLUMNS, Approved, ApprovedError, ApprovedRow, Before, Hash, NotApproved, Schema};
    use crate::crop_box::NotACropBox;

    const GUID: &str = "6b29fc40-ca47-1067-b31d-00dd010662da";

    fn row(change: (usize, &str)) -> Result<ApprovedRow, NotApproved> {
        let hash = Hash::of(b"new").to_string();
        let mut fields = ["1", GUID, "anna", "/hr/a.jpg", &hash, "", "", "Petra"];
        fields[change.0] = change.1;
        Schema::find(&APPROVED_COLUMNS).expect("a schema").expect("an approved list").read(&fields)
    }

    #[test]
    fn a_row_says_all_that_was_approved() {
        let old = Hash::of(b"old");
        for (before, means) in [
            (String::new(), Before::Nothing),
            ("not-shown".to_owned(), Before::NotShown),
            (old.to_string(), Before::Photo(old)),
        ] {
            let approved = Approved { user: "anna".to_owned(), before: means, crop: None, by: "Petra".to_owned() };
            let (guid, path) = (GUID.to_owned(), "/hr/a.jpg".to_owned());
            assert_eq!(row((5, &before)), Ok(ApprovedRow { guid, path, sha256: Hash::of(b"new"), approved }));
        }
        for (place, field, problem) in [
            (1, "", NotApproved::NoGuid),
            (1, "anna", NotApproved::NoGuid),
            (1, &GUID[1..], NotApproved::NoGuid),
            (2, " ", NotApproved::NoUser),
            (3, "", NotApproved::NoPath),
            (4, "", NotApproved::NoHash),
            (4, "not-shown", NotApproved::NoHash),
            (5, "none", NotApproved::NoBefore),
            (6, "0,0,96,96", NotApproved::Crop(NotACropBox::Count(1))),
            (6, "0 0 96", NotApproved::Crop(NotACropBox::OutOfRange)),
            (7, "", NotApproved::Nobody),
        ] {
            assert_eq!(row((place, field)), Err(problem), "{field:?} in {}", APPROVED_COLUMNS[place]);
        }
    }

    #[test]
    fn a_row_may_say_which_square_somebody_chose() {
        let crop = |text: &str| row((6, text)).map(|row| row.approved.crop.map(|crop| crop.to_string()));
        assert_eq!([crop(""), crop("0.1 0.25 0.5")], [Ok(None), Ok(Some("0.1 0.25 0.5".to_owned()))]);
    }

    #[test]
    fn what_was_seen_is_what_the_account_holds() {
        let photo = Before::Photo(Hash::of(b"old"));
        assert_eq!([None, Some(b"old".as_slice()), Some(b"new")].map(|held| photo.is(held)), [false, true, false]);
        assert_eq!([None, Some(b"old".as_slice())].map(|held| Before::Nothing.is(held)), [true, false]);
        assert_eq!([None, Some(b"old".as_slice())].map(|held| Before::NotShown.is(held)), [true, true]);
    }

    #[test]
    fn a_list_that_is_not_understood_is_refused() {
        let with = |more: &[&'static str]| [APPROVED_COLUMNS.as_slice(), more].concat();
        for other in [&["user", "path", "sha256"][..], &["user", "path", "crop", "approved_by"], &[]] {
            assert_eq!(Schema::find(other), Ok(None), "{other:?}");
        }
        let turned: Vec<String> = with(&[""]).iter().rev().map(|name| format!(" {}", name.to_uppercase())).collect();
        assert!(matches!(Schema::find(&turned), Ok(Some(_))), "a spreadsheet's order and spelling");
        let unknown = ApprovedError::UnknownColumn("after_sha256".to_owned());
        assert_eq!(Schema::find(&with(&["after_sha256"])), Err(unknown));
        assert_eq!(Schema::find(&with(&["path"])), Err(ApprovedError::TwoColumns("path")));
        for (place, name) in APPROVED_COLUMNS.into_iter().enumerate() {
            let mut rest = APPROVED_COLUMNS.to_vec();
            rest.remove(place);
            assert_eq!(Schema::find(&rest), Err(ApprovedError::NoColumn(name)));
        }
        let schema = Schema::find(&APPROVED_COLUMNS).expect("a schema").expect("an approved list");
        assert_eq!(schema.check(&["1", GUID], 2), Ok(()));
        for version in ["2", "", "1.0", "x"] {
            let refused = ApprovedError::Version { line: 2, version: version.to_owned() };
            assert_eq!(schema.check(&[version], 2), Err(refused));
        }
    }
}
