//! Records of accounts, photos, rows and journals, each with what is known about it, and what a report says of a record.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Code, IndexRow, Reason, Status, Suggested, text, wording};
use crate::album::Picture;
use crate::directory::{Account, Guid};
use crate::hash::Hash;
use crate::journal::Recorded;
use crate::progress::Progress;
use crate::source::{Item, Photo, Problem, Unusable, User};
use crate::thumbnail::{Placed, Squares};

/// What became of one photo or one account: a row of the report.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    /// The account's sAMAccountName; if no account was found, the text that names the user.
    pub user: String,
    /// The path of the photo's file, if there is one.
    pub photo: String,
    /// The line of the list that names the photo or the account.
    pub line: Option<u64>,
    /// The hash of the file, if the run makes a page on which the photo can be approved.
    pub sha256: Option<Hash>,
    pub status: Status,
    /// The reasons for the status, and remarks. Most records have none.
    pub reasons: Vec<Reason>,
    /// The account's objectGUID.
    pub guid: Option<Guid>,
    /// The account's DN.
    pub dn: Option<String>,
    /// The account's displayName.
    pub display_name: Option<String>,
    /// The account's department.
    pub department: Option<String>,
    /// The account's values for the report's further columns.
    pub columns: Vec<String>,
    /// The place of the account's group in the coverage of an audit.
    pub group: Option<usize>,
    /// The photo that the account had.
    pub before: Option<Picture>,
    /// The photo that the account has now, or would have.
    pub after: Option<Picture>,
    /// The accounts that may be meant, if none was found; the likeliest first.
    pub suggestions: Vec<Suggested>,
    /// How the face is placed on the thumbnail, if it was searched and `--crop face` would place it better.
    pub misplaced: Option<Placed>,
    /// The whole photo, if another square can be chosen on the approval page.
    pub whole: Option<Box<WholePhoto>>,
}

/// A whole photo, on which the reader of a page can choose another square.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WholePhoto {
    /// The small copy of the photo.
    pub picture: Picture,
    /// Width and height of the photo itself, upright.
    pub photo: (u32, u32),
    /// The squares that the page offers.
    pub squares: Squares,
}

impl Record {
    /// Returns a record without an account and without a photo.
    #[must_use]
    pub fn blank(status: Status, reasons: Vec<Reason>) -> Self {
        Self {
            user: String::new(),
            photo: String::new(),
            line: None,
            sha256: None,
            status,
            reasons,
            guid: None,
            dn: None,
            display_name: None,
            department: None,
            columns: Vec::new(),
            group: None,
            before: None,
            after: None,
            suggestions: Vec::new(),
            misplaced: None,
            whole: None,
        }
    }

    /// Returns the further columns, each with its name. A record without an account has none.
    pub(super) fn named_columns<'r>(&'r self, names: &'r [String]) -> impl Iterator<Item = (&'r str, &'r str)> {
        names.iter().map(String::as_str).zip(self.columns.iter().map(String::as_str))
    }

    /// Returns the size of the photo that the account had.
    pub(super) fn bytes_before(&self) -> Option<usize> {
        self.before.map(|picture| picture.bytes)
    }

    /// Returns the size of the photo that the account has now, or would have. A failed record may have such a photo,
    /// for the page, but the account did not get it; an unfit one may have the photo that it was compared with.
    pub(super) fn bytes_after(&self) -> Option<usize> {
        self.after.filter(|_| !matches!(self.status, Status::Failed | Status::Unfit)).map(|picture| picture.bytes)
    }

    /// Returns the account in words: with its displayName, or with its DN if it has none.
    pub(crate) fn whose(&self) -> String {
        match (&self.display_name, &self.dn) {
            (None, Some(dn)) => format!("{}, {dn}", self.user),
            _ => wording::person(self),
        }
    }

    /// Returns whether one of the reasons has a code.
    pub(crate) fn has(&self, code: Code) -> bool {
        self.reasons.iter().any(|reason| reason.code == code)
    }

    /// Adds a reason.
    pub(crate) fn because(mut self, reason: Reason) -> Self {
        self.reasons.push(reason);
        self
    }

    /// Logs what became of the photo or account, unless nothing has changed.
    pub(crate) fn log(&self, progress: &Progress) {
        if !matches!(self.status, Status::Unchanged | Status::Ok) {
            progress.log(&text::line(self));
        }
    }

    /// Returns the stable codes of all reasons, as reports give them: `disabled;ignored-text`.
    pub(super) fn reason_codes(&self) -> String {
        self.reasons.iter().map(|reason| reason.code.name()).collect::<Vec<_>>().join(";")
    }

    /// Returns all reasons, each with what to do about it. If several reasons have the same remedy, only the last of
    /// them comes with it.
    pub(super) fn reasons_and_help(&self) -> impl Iterator<Item = (&Reason, Option<&str>)> {
        self.reasons.iter().enumerate().map(|(at, reason)| {
            let said_later = self.reasons[at + 1..].iter().any(|later| later.remedy == reason.remedy);
            (reason, reason.remedy.as_deref().filter(|_| !said_later))
        })
    }

    /// Returns all reasons in words, with what to do about them. In front is the line of the list.
    pub(super) fn reason_text(&self) -> String {
        let sentence = |(reason, remedy): (&Reason, Option<&str>)| match remedy {
            Some(remedy) => format!("{}: {remedy}", reason.text),
            None => reason.text.clone(),
        };
        let reasons = self.reasons_and_help().map(sentence).collect::<Vec<_>>().join("; ");
        match self.line {
            Some(line) if !reasons.is_empty() => format!("line {line}: {reasons}"),
            _ => reasons,
        }
    }
}

/// Returns the record of an account for which no photo was given.
pub(crate) fn of_account(account: &Account, status: Status, reasons: Vec<Reason>) -> Record {
    Record {
        user: account.sam_account_name.clone(),
        guid: Some(account.guid),
        dn: Some(account.dn.clone()),
        display_name: account.display_name.clone(),
        department: account.department.clone(),
        columns: account.columns.clone(),
        ..Record::blank(status, reasons)
    }
}

/// Returns the record of a file that an earlier export wrote.
pub(crate) fn of_indexed(row: &IndexRow, photo: String, status: Status, reasons: Vec<Reason>) -> Record {
    Record {
        user: row.user.clone(),
        photo,
        dn: Some(row.dn.clone()),
        display_name: Some(row.display_name.clone()).filter(|name| !name.is_empty()),
        ..Record::blank(status, reasons)
    }
}

/// Returns the record of an account as a journal names it.
pub(crate) fn of_past(change: &Recorded) -> Record {
    Record { user: change.user.clone(), dn: Some(change.dn.clone()), ..Record::blank(Status::NotAttempted, Vec::new()) }
}

/// Returns the record of a journal, for something that concerns no single account.
pub(crate) fn of_journal(path: &Path, status: Status, reasons: Vec<Reason>) -> Record {
    Record { photo: path.display().to_string(), ..Record::blank(status, reasons) }
}

/// Returns the record of a folder of pictures, when nothing else is known about its user.
pub(crate) fn of_folder(path: &str, reasons: Vec<Reason>) -> Record {
    Record { photo: path.to_owned(), ..Record::blank(Status::NotAttempted, reasons) }
}

/// Returns the record of a photo whose account is not known.
pub(crate) fn of_photo(photo: &Photo, status: Status, reasons: Vec<Reason>) -> Record {
    Record {
        user: photo.user().to_owned(),
        photo: photo.path.display().to_string(),
        line: photo.line(),
        ..Record::blank(status, reasons)
    }
}

/// Returns the record of a row that names an unknown account.
pub(crate) fn of_user(user: &User, status: Status, reasons: Vec<Reason>) -> Record {
    Record { user: user.key.text().to_owned(), line: user.line, ..Record::blank(status, reasons) }
}

/// Returns the record of a photo and its account.
pub(crate) fn of_both(photo: &Photo, account: &Account, status: Status, reasons: Vec<Reason>) -> Record {
    let Record { photo, line, .. } = of_photo(photo, status, Vec::new());
    Record { photo, line, ..of_account(account, status, reasons) }
}

/// Returns the record of a row that cannot be used, or of a file that is not a photo.
pub(crate) fn of_unusable(row: &Unusable) -> Record {
    let skipped = matches!(row.problem, Problem::NoPhoto | Problem::NotAnImage | Problem::LinkLoop);
    let status = if skipped { Status::Skipped } else { Status::Failed };
    Record {
        user: row.user.clone(),
        photo: row.photo.clone(),
        line: row.line,
        ..Record::blank(status, vec![Reason::from(&row.problem)])
    }
}

/// Returns the record of a row or file that the run did not come to, because it stopped.
pub(crate) fn not_attempted(item: &Item) -> Record {
    match item {
        Item::Unusable(row) => of_unusable(row),
        Item::Photo(photo) => of_photo(photo, Status::NotAttempted, vec![Reason::stopped()]),
    }
}
