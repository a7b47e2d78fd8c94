//! Records of accounts, photos, rows and journals, each with what is known about it.

use std::path::Path;

use super::{IndexRow, Reason, Record, Status};
use crate::directory::Account;
use crate::journal::Recorded;
use crate::source::{Item, Photo, Problem, Unusable, User};

/// Returns a record without an account and without a photo.
pub(crate) fn blank(status: Status, reasons: Vec<Reason>) -> Record {
    Record {
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
        ..blank(status, reasons)
    }
}

/// Returns the record of a file that an earlier export wrote.
pub(crate) fn of_indexed(row: &IndexRow, photo: String, status: Status, reasons: Vec<Reason>) -> Record {
    Record {
        user: row.user.clone(),
        photo,
        dn: Some(row.dn.clone()),
        display_name: Some(row.display_name.clone()).filter(|name| !name.is_empty()),
        ..blank(status, reasons)
    }
}

/// Returns the record of an account as a journal names it.
pub(crate) fn of_past(change: &Recorded) -> Record {
    Record { user: change.user.clone(), dn: Some(change.dn.clone()), ..blank(Status::NotAttempted, Vec::new()) }
}

/// Returns the record of a journal, for something that concerns no single account.
pub(crate) fn of_journal(path: &Path, status: Status, reasons: Vec<Reason>) -> Record {
    Record { photo: path.display().to_string(), ..blank(status, reasons) }
}

/// A folder of somebody of whom nothing else is known.
pub(crate) fn of_folder(path: &str, reasons: Vec<Reason>) -> Record {
    Record { photo: path.to_owned(), ..blank(Status::NotAttempted, reasons) }
}

/// Returns the record of a photo whose account is not known.
pub(crate) fn of_photo(photo: &Photo, status: Status, reasons: Vec<Reason>) -> Record {
    Record {
        user: photo.user().to_owned(),
        photo: photo.path.display().to_string(),
        line: photo.line,
        ..blank(status, reasons)
    }
}

/// Returns the record of a row that names an unknown account.
pub(crate) fn of_user(user: &User, status: Status, reasons: Vec<Reason>) -> Record {
    Record { user: user.key.text().to_owned(), line: user.line, ..blank(status, reasons) }
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
        ..blank(status, vec![Reason::from(&row.problem)])
    }
}

/// Returns the record of a row or file that the run did not come to, because it stopped.
pub(crate) fn not_attempted(item: &Item) -> Record {
    match item {
        Item::Unusable(row) => of_unusable(row),
        Item::Photo(photo) => of_photo(photo, Status::NotAttempted, vec![Reason::stopped()]),
    }
}
