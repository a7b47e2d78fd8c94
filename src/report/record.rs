//! The records of what was not, or not only, a photo's own doing.

use std::path::Path;

use super::{Reason, Record, Status};
use crate::directory::Account;
use crate::journal::Recorded;
use crate::source::{Item, Photo, Problem, Unusable, User};

/// What no account and no photo is known of.
fn blank(status: Status, reasons: Vec<Reason>) -> Record {
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
        before: None,
        after: None,
        suggestions: Vec::new(),
    }
}

/// An account that no photo is named for.
pub(crate) fn of_account(account: &Account, status: Status, reasons: Vec<Reason>) -> Record {
    Record {
        user: account.sam_account_name.clone(),
        guid: Some(account.guid),
        dn: Some(account.dn.clone()),
        display_name: account.display_name.clone(),
        department: account.department.clone(),
        ..blank(status, reasons)
    }
}

/// An account, as a journal names it.
pub(crate) fn of_past(change: &Recorded) -> Record {
    Record { user: change.user.clone(), dn: Some(change.dn.clone()), ..blank(Status::NotAttempted, Vec::new()) }
}

/// A journal, for what is not known of any account.
pub(crate) fn of_journal(path: &Path, status: Status, reasons: Vec<Reason>) -> Record {
    Record { photo: path.display().to_string(), ..blank(status, reasons) }
}

/// A photo whose account is not known.
pub(crate) fn of_photo(photo: &Photo, status: Status, reasons: Vec<Reason>) -> Record {
    Record {
        user: photo.user().to_owned(),
        photo: photo.path.display().to_string(),
        line: photo.line,
        ..blank(status, reasons)
    }
}

/// A row that names an account that is not known.
pub(crate) fn of_user(user: &User, status: Status, reasons: Vec<Reason>) -> Record {
    Record { user: user.key.text().to_owned(), line: user.line, ..blank(status, reasons) }
}

/// A photo and the account that it is for.
pub(crate) fn of_both(photo: &Photo, account: &Account, status: Status, reasons: Vec<Reason>) -> Record {
    let Record { photo, line, .. } = of_photo(photo, status, Vec::new());
    Record { photo, line, ..of_account(account, status, reasons) }
}

/// A row or a file that is no photo.
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

/// The run stopped before it came to this.
pub(crate) fn not_attempted(item: &Item) -> Record {
    match item {
        Item::Unusable(row) => of_unusable(row),
        Item::Photo(photo) => of_photo(photo, Status::NotAttempted, vec![Reason::stopped()]),
    }
}
