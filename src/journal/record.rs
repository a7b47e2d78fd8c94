//! The contents of the lines of a journal.
//!
//! A new field that an older adphoto may ignore is added without a new version of the format. Version 2 added `target`
//! and `attribute`, which must not be ignored: an adphoto that does not know them would write a photo back to the wrong
//! place.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::serde::rfc3339;

use crate::directory::{Dsa, Guid};
use crate::hash::Hash;
use crate::thumbnail::Print;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Line {
    Header(Header),
    Intent(Intent),
    Switch(Switch),
    Outcome(Ended),
    End(End),
}

/// The first line, which describes the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The version of the format.
    pub version: u32,
    /// The version of adphoto.
    pub adphoto: String,
    /// A random number that names the run for ever.
    pub id: String,
    #[serde(with = "rfc3339")]
    pub started: OffsetDateTime,
    /// The subcommand.
    pub command: String,
    /// The stable name of the destination, where the photos are. Journals of version 1 do not say it, because it always
    /// was Active Directory.
    #[serde(default = "active_directory")]
    pub target: String,
    /// The attribute that holds a photo there. Journals of version 1 do not say it, because it always was
    /// thumbnailPhoto.
    #[serde(default = "thumbnail_photo")]
    pub attribute: String,
    /// The account that had signed in.
    pub user: String,
    /// The domain controller that was asked first, as it was named.
    pub server: String,
    /// The DN of the domain.
    pub domain: String,
    /// The DN below which accounts were searched.
    pub base_dn: String,
    /// The source of the photos, or the list of accounts, as it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The command line as it was given. Passwords are never among the arguments.
    pub arguments: Vec<String>,
    /// For an undo, the ids of the runs that it takes back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undoes: Vec<String>,
    /// Whether an undo takes back only some accounts of these runs.
    #[serde(default, skip_serializing_if = "is_false")]
    pub partial: bool,
    /// The id of the newest run in the state folder when this one began. It proves the order of the two runs, whatever
    /// the clock says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<String>,
}

impl Header {
    /// The version of the format that this adphoto writes.
    pub const VERSION: u32 = 2;
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

fn active_directory() -> String {
    "active-directory".to_owned()
}

fn thumbnail_photo() -> String {
    "thumbnailPhoto".to_owned()
}

/// A line that says which account is about to be changed, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// The number of the intent within the run. Later lines refer to it.
    pub n: u64,
    #[serde(with = "rfc3339")]
    pub at: OffsetDateTime,
    /// The change's place among the records of the run, from 0. Lines are in another order, as several writes are under
    /// way at the same time.
    #[serde(default)]
    pub row: u64,
    /// The objectGUID of the account.
    #[serde(with = "guid")]
    pub guid: Guid,
    /// The account's DN at that time.
    pub dn: String,
    /// The account's sAMAccountName at that time.
    pub user: String,
    /// The domain controller that is about to be asked, as it was named.
    pub server: String,
    /// The identity of that domain controller; `None` if it does not say.
    #[serde(default, with = "dsa", skip_serializing_if = "Option::is_none")]
    pub dsa: Option<Dsa>,
    /// The photo that the account has.
    #[serde(with = "photo")]
    pub before: Option<Vec<u8>>,
    /// The hash of the photo that the account is to get; `None` if its photo is to be removed.
    pub after_sha256: Option<Hash>,
    /// The size of the photo that the account is to get.
    pub after_bytes: usize,
    /// The print of that photo, if the destination encodes photos anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_print: Option<Print>,
}

/// A line that says that the domain controller named before did not make a change, and that another is about to be
/// asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switch {
    /// The number of the intent.
    pub n: u64,
    /// The domain controller that is about to be asked now, as it was named.
    pub server: String,
    /// The identity of that domain controller; `None` if it does not say.
    #[serde(default, with = "dsa", skip_serializing_if = "Option::is_none")]
    pub dsa: Option<Dsa>,
}

/// A line that says what became of an intent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ended {
    /// The number of the intent.
    pub(super) n: u64,
    pub(super) result: Outcome,
    /// Why the change was not made, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) why: Option<String>,
    /// The hash of the photo that was served afterwards, if the destination encodes photos anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) served_sha256: Option<Hash>,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The change was made.
    Done,
    /// The change was not made, because the account's photo was not the one that had been read.
    Conflict,
    /// The change was not made, for any other reason.
    NotDone,
    /// The answer was lost, so nobody knows whether the change was made.
    Unconfirmed,
}

/// The last line of a run that came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    #[serde(with = "rfc3339")]
    pub finished: OffsetDateTime,
    /// Whether the run was stopped before it had done everything.
    pub stopped: bool,
    /// Number of changes that were made.
    pub done: u64,
    /// Number of changes that were begun and not made.
    pub not_done: u64,
    /// Number of changes whose outcome is unknown, because the answer was lost.
    pub unconfirmed: u64,
    /// Number of changes in all that the run was to make and did not make.
    #[serde(default)]
    pub left: u64,
}

/// (De)serializes a GUID in the form that Windows shows.
mod guid {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::directory::Guid;

    pub(super) fn serialize<S: Serializer>(guid: &Guid, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(guid)
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(deserializer: D) -> Result<Guid, D::Error> {
        Guid::parse(&String::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("no objectGUID"))
    }
}

/// (De)serializes a domain controller's identity: `{"guid":"…","name":"dc1.ad.example.com"}`.
mod dsa {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::directory::{Dsa, Guid};

    #[derive(Serialize, Deserialize)]
    struct Fields {
        #[serde(with = "super::guid")]
        guid: Guid,
        name: String,
    }

    pub(super) fn serialize<S: Serializer>(dsa: &Option<Dsa>, serializer: S) -> Result<S::Ok, S::Error> {
        dsa.as_ref().map(|Dsa { guid, name }| Fields { guid: *guid, name: name.clone() }).serialize(serializer)
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(deserializer: D) -> Result<Option<Dsa>, D::Error> {
        let fields = Option::<Fields>::deserialize(deserializer)?;
        Ok(fields.map(|Fields { guid, name }| Dsa { guid, name }))
    }
}

/// (De)serializes a photo as Base64.
mod photo {
    use data_encoding::BASE64;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(photo: &Option<Vec<u8>>, serializer: S) -> Result<S::Ok, S::Error> {
        photo.as_ref().map(|photo| BASE64.encode(photo)).serialize(serializer)
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(deserializer: D) -> Result<Option<Vec<u8>>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| BASE64.decode(text.as_bytes()).map_err(D::Error::custom)).transpose()
    }
}
