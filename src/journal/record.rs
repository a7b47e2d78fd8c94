//! What the lines of a journal say.
//!
//! A field that an older adphoto may overlook is added without a new version. Version 2 added `target` and `attribute`,
//! which must not be overlooked: whoever does not know them would write a photo back to the wrong place.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::serde::rfc3339;

use crate::directory::{Dsa, Guid};
use crate::hash::Hash;

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Line {
    Header(Header),
    Intent(Intent),
    Switch(Switch),
    Outcome(Ended),
    End(End),
}

/// The run that writes it: the first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Of the format.
    pub version: u32,
    /// The program's version.
    pub adphoto: String,
    /// The run's name for ever.
    pub id: String,
    /// When it began.
    #[serde(with = "rfc3339")]
    pub started: OffsetDateTime,
    /// The subcommand.
    pub command: String,
    /// Where the photos are: the destination's stable name. Journals of version 1 are all of Active Directory.
    #[serde(default = "active_directory")]
    pub target: String,
    /// What holds a photo there, an attribute's name. Version 1 knew but one.
    #[serde(default = "thumbnail_photo")]
    pub attribute: String,
    /// Who was signed in.
    pub user: String,
    /// The domain controller that was asked first, as it was named.
    pub server: String,
    /// The domain's DN.
    pub domain: String,
    /// Where accounts were searched.
    pub base_dn: String,
    /// Whose photos it changed or where they were from, as given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// As given; passwords are never among them.
    pub arguments: Vec<String>,
    /// The runs that it takes back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undoes: Vec<String>,
    /// Whether it takes back single accounts of these runs, and leaves the others.
    #[serde(default, skip_serializing_if = "is_false")]
    pub partial: bool,
    /// The newest run in the state folder when this one began: what proves their order, whatever the clock said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<String>,
}

impl Header {
    /// The version of the format that is written.
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

/// That an account is about to be changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// Names it within the run.
    pub n: u64,
    /// When.
    #[serde(with = "rfc3339")]
    pub at: OffsetDateTime,
    /// Where the change stands among the run's records, from 0: writes are begun in no particular order.
    #[serde(default)]
    pub row: u64,
    /// The account.
    #[serde(with = "guid")]
    pub guid: Guid,
    /// Its name then.
    pub dn: String,
    /// Its sAMAccountName then.
    pub user: String,
    /// The domain controller that is about to be asked, as it was named.
    pub server: String,
    /// Which one that is; `None` where it does not say.
    #[serde(default, with = "dsa", skip_serializing_if = "Option::is_none")]
    pub dsa: Option<Dsa>,
    /// The photo that it holds.
    #[serde(with = "photo")]
    pub before: Option<Vec<u8>>,
    /// Of the photo that it shall hold; `None` where it shall hold none.
    pub after_sha256: Option<Hash>,
    /// The size of that.
    pub after_bytes: usize,
}

/// That the domain controller named before did not do it, and another is about to be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switch {
    /// The intent.
    pub n: u64,
    /// Who is asked now.
    pub server: String,
    /// Which one that is.
    #[serde(default, with = "dsa", skip_serializing_if = "Option::is_none")]
    pub dsa: Option<Dsa>,
}

/// What became of an intent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ended {
    pub(super) n: u64,
    pub(super) result: Outcome,
    /// Why not, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) why: Option<String>,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was made.
    Done,
    /// The photo was not what had been read: not made.
    Conflict,
    /// Not made, for any other reason.
    NotDone,
    /// Made or not, nobody knows.
    Unconfirmed,
}

/// The last line of a run that came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// When.
    #[serde(with = "rfc3339")]
    pub finished: OffsetDateTime,
    /// Whether it was stopped before it had done all.
    pub stopped: bool,
    /// Changes that were made.
    pub done: u64,
    /// That were not.
    pub not_done: u64,
    /// Of which that is not known.
    pub unconfirmed: u64,
    /// What the run was to change and did not, in all.
    #[serde(default)]
    pub left: u64,
}

/// As Windows writes it.
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

/// `{"guid":"…","name":"dc1.ad.example.com"}`
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

/// In Base64.
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
