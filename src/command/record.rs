//! The records of what was not, or not only, a photo's own doing.

use crate::matching::Match;
use crate::report::{Reason, Record, Status};
use crate::source::{Item, Photo, Problem, Unusable};

/// A photo whose account is not known.
pub(super) fn of_photo(photo: &Photo, status: Status, reasons: Vec<Reason>) -> Record {
    Record {
        user: photo.key.text().to_owned(),
        photo: photo.path.display().to_string(),
        line: photo.line,
        status,
        reasons,
        dn: None,
        bytes_before: None,
        bytes_after: None,
    }
}

/// A photo and its account.
pub(super) fn of_match(found: &Match, before: Option<&[u8]>, status: Status, reasons: Vec<Reason>) -> Record {
    Record {
        user: found.account.sam_account_name.clone(),
        dn: Some(found.account.dn.clone()),
        bytes_before: before.map(<[u8]>::len),
        ..of_photo(&found.photo, status, reasons)
    }
}

/// A row or a file that is no photo.
pub(super) fn of_unusable(row: &Unusable) -> Record {
    let skipped = matches!(row.problem, Problem::NoPhoto | Problem::NotAnImage | Problem::LinkLoop);
    Record {
        user: row.user.clone(),
        photo: row.photo.clone(),
        line: row.line,
        status: if skipped { Status::Skipped } else { Status::Failed },
        reasons: vec![Reason::from(&row.problem)],
        dn: None,
        bytes_before: None,
        bytes_after: None,
    }
}

/// The run stopped before it came to this.
pub(super) fn not_attempted(item: &Item) -> Record {
    match item {
        Item::Unusable(row) => of_unusable(row),
        Item::Photo(photo) => of_photo(photo, Status::NotAttempted, vec![Reason::stopped()]),
    }
}
