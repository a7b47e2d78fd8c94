//! The stable codes of reasons: a public interface, for scripts.

use serde::{Deserialize, Serialize};

/// Defines the enum of all codes. Each has a stable name and a meaning, which is also its documentation.
macro_rules! codes {
    ($($variant:ident = $name:literal, $meaning:literal;)*) => {
        /// The stable code of a reason, for scripts.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Code {
            $(#[doc = $meaning] #[serde(rename = $name)] $variant,)*
        }

        impl Code {
            /// All codes, sorted by name.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Returns the stable name, as reports give it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Returns the meaning of the code, in a sentence.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }
        }
    };
}

codes! {
    AccountGone = "account-gone", "The account was deleted, or moved out of sight, while the run was under way.";
    Ambiguous = "ambiguous", "Several accounts have that name.";
    BadName = "bad-name", "The name cannot be used: it contains a control character, or cannot be a file name.";
    BadRow = "bad-row", "The row of the list cannot be read: a field is missing, damaged, or one too many.";
    Blank = "blank", "Nothing can be seen on the photo: it has only one colour, or is transparent.";
    Camera = "camera", "The photo says which camera took it.";
    ChangedBetween = "changed-between", "Somebody else changed the photo between two of the runs that are taken back.";
    ChangedSince = "changed-since", "Somebody else changed the photo after the run that is taken back, or after a new one was approved.";
    Conflict = "conflict", "Somebody else changed the photo while this run was under way; theirs is kept.";
    CutFace = "cut-face", "The face is cut off by the edge of the photo.";
    Damaged = "damaged", "The picture is damaged or incomplete.";
    Disabled = "disabled", "The account is disabled.";
    Drift = "drift", "The account's photo is another picture than the one that it was compared with.";
    EmptyFile = "empty-file", "The file is empty.";
    Enlarged = "enlarged", "The photo is smaller than the thumbnail and was enlarged.";
    Exists = "exists", "Another file of that name is there already; it was left as it is.";
    FewerPixels = "fewer-pixels", "The photo has fewer pixels than the largest picture: larger ones have as many as it has.";
    FileChanged = "file-changed", "The account should have no file any more, but its file is not what `export` wrote there, so it stays.";
    HasPhoto = "has-photo", "The account has a photo, and `--only-missing` was given.";
    Identical = "identical", "The same picture would go to more accounts than one person can have.";
    IgnoredText = "ignored-text", "Text in the file's name was ignored.";
    InTheWay = "in-the-way", "Something else lies where a picture belongs; it was left as it is.";
    IsAPhoto = "is-a-photo", "The thumbnail would replace a photo of the source.";
    JournalDamaged = "journal-damaged", "Lines of the journal are damaged.";
    JournalUnreadable = "journal-unreadable", "The journal's copy of the photo cannot be read.";
    LinkLoop = "link-loop", "The folder is a link that leads back to itself.";
    Location = "location", "The photo says where it was taken.";
    NameOfAnother = "name-of-another", "The file bears the name of somebody else.";
    NamedAfterAnother = "named-after-another", "The file that a list gives to one account is named after another.";
    NamedTwice = "named-twice", "The list or the command line names this a second time.";
    NoFace = "no-face", "No face is certain on the photo.";
    NoMailbox = "no-mailbox", "The account has no mailbox that could hold a photo.";
    NoName = "no-name", "The account has no value, or several, of the attribute in `--name-by`.";
    NoPhoto = "no-photo", "The account has no photo.";
    NoPhotoNamed = "no-photo-named", "The row names no photo.";
    NoRight = "no-right", "The account that is signed in may not write this photo.";
    NoSuchAccount = "no-such-account", "No account has that name.";
    NoSuchFile = "no-such-file", "There is no such file.";
    NotAFile = "not-a-file", "The photo is a folder, a device or a pipe instead of a file.";
    NotAnImage = "not-an-image", "The file is not an image.";
    NotConfirmed = "not-confirmed", "A write was sent and its answer was lost: nobody knows whether it was made.";
    NotJpeg = "not-jpeg", "The photo is not a JPEG.";
    NotJudged = "not-judged", "The account's photo could not be judged.";
    NotListed = "not-listed", "The account is not among those that are exported any more: it was deleted, or the base DN or the filter leaves it out.";
    NotMoved = "not-moved", "The photo's file could not be moved to the folder of `--move-done` or `--move-failed`.";
    NotPlain = "not-plain", "The file contains more than its picture, or has an uncommon coding.";
    NotRead = "not-read", "The account's photo could not be read.";
    NotRecorded = "not-recorded", "The journal could not be written, so nothing was changed.";
    NotSaved = "not-saved", "The file could not be written.";
    NotSharp = "not-sharp", "The photo has fewer pixels than Microsoft 365 shows.";
    NotSquare = "not-square", "The photo is not square.";
    NotThePattern = "not-the-pattern", "The file's name does not fit `--name-pattern`, or the pattern takes a part of a word or number.";
    NotVisibleYet = "not-visible-yet", "The photo was written, and Microsoft 365 does not serve it yet.";
    OtherDomain = "other-domain", "The name belongs to another domain.";
    OtherName = "other-name", "The file of this account has another name now.";
    OtherUser = "other-user", "The approved list names one account by its objectGUID and another by its user.";
    OverBudget = "over-budget", "The photo has more bytes than allowed.";
    PhotoAtHand = "photo-at-hand", "The source has a photo for an account that has none.";
    PhotoChanged = "photo-changed", "The file was changed after it was approved.";
    PhotoUnreadable = "photo-unreadable", "You may not read the account's photo.";
    PhotosPreferred = "photos-preferred", "The directory has a photo, too; the one of `--photos` was taken.";
    PlanLost = "plan-lost", "The planned thumbnail could not be read back.";
    ReadOnly = "read-only", "The domain controller does not take writes.";
    Refused = "refused", "The domain controller refused the photo.";
    RunFailed = "run-failed", "The run could not begin, so this row of a CSV report is about no photo.";
    SameFile = "same-file", "Rows that name different files lead to the same file.";
    SamePhoto = "same-photo", "Another account has or would get the same picture.";
    SamePicture = "same-picture", "Another account has the very same photo.";
    SeveralFaces = "several-faces", "The photo shows several faces of about the same size.";
    SeveralPhotos = "several-photos", "Several photos are for one account.";
    SharedName = "shared-name", "Several accounts with a photo have the same value of the attribute in `--name-by`.";
    Sideways = "sideways", "The picture lies on its side or is upside down, though its file says that it is upright.";
    SmallFace = "small-face", "The face is too small.";
    Stopped = "stopped", "The run stopped before it came to this.";
    TooLarge = "too-large", "The file or the picture is too large.";
    TooManyBytes = "too-many-bytes", "The photo has more bytes than it should have.";
    TooManyChanges = "too-many-changes", "More accounts would be changed than `--max-changes` allows.";
    TurnedByExif = "turned-by-exif", "The photo is upright only in programs that follow its EXIF data.";
    Undecodable = "undecodable", "The photo cannot be decoded.";
    UnexplainedText = "unexplained-text", "The file's name has words besides the account's name that may be somebody else's name, or its number may be a date.";
    Unreadable = "unreadable", "The file or the folder cannot be read.";
    Unsupported = "unsupported", "The image is of a kind that is not supported.";
    WrongSize = "wrong-size", "The photo has another size than it should have.";
}

impl Code {
    /// What an audit may find wrong with a photo, sorted by name.
    pub const FLAWS: [Self; 17] = [
        Self::Blank,
        Self::Camera,
        Self::Drift,
        Self::Location,
        Self::NoFace,
        Self::NotJpeg,
        Self::NotPlain,
        Self::NotSharp,
        Self::NotSquare,
        Self::SamePicture,
        Self::SeveralFaces,
        Self::Sideways,
        Self::SmallFace,
        Self::TooManyBytes,
        Self::TurnedByExif,
        Self::Undecodable,
        Self::WrongSize,
    ];

    /// Returns whether the flaw is one of the face that a photo shows.
    #[must_use]
    pub fn is_about_faces(self) -> bool {
        matches!(self, Self::NoFace | Self::SeveralFaces | Self::SmallFace | Self::Sideways)
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn names_are_sorted_and_unique() {
        let names: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
        assert!(names.is_sorted_by(|one, next| one < next), "{names:?}");
    }
}
