//! What changed since an earlier audit: who got a photo or lost it, whose is unfit now, who came and who left.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;
use time::OffsetDateTime;
use time::serde::rfc3339;

use super::earlier::{Earlier, EarlierRecord};
use super::wording::{MAX_SHOWN, grouped_number, more};
use super::{Record, Records, Status};
use crate::terminal::{TITLE, printable};

/// The comparison with an earlier audit.
#[derive(Debug, Clone, Serialize)]
pub struct Since {
    /// The path of the earlier report.
    report: String,
    /// The time at which the earlier audit began.
    #[serde(with = "rfc3339")]
    started: OffsetDateTime,
    before: Share,
    now: Share,
    changes: Vec<Changed>,
}

/// How many accounts have any photo.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    accounts: usize,
    with_photo: usize,
}

/// An account that changed between the two audits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Changed {
    user: String,
    name: Option<String>,
    change: Change,
}

/// What became of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Change {
    GotPhoto,
    LostPhoto,
    NowUnfit,
    NowOk,
    New,
    Gone,
}

impl Change {
    const ALL: [Self; 6] = [Self::GotPhoto, Self::LostPhoto, Self::NowUnfit, Self::NowOk, Self::New, Self::Gone];

    /// Returns the words for people.
    fn words(self) -> &'static str {
        match self {
            Self::GotPhoto => "Got a photo",
            Self::LostPhoto => "Lost their photo",
            Self::NowUnfit => "Photo newly unfit",
            Self::NowOk => "Photo in order now",
            Self::New => "New accounts",
            Self::Gone => "Accounts gone (deleted, disabled or moved)",
        }
    }

    /// Compares two statuses of an account. Returns `None` if nothing changed, or if a photo could not be judged.
    fn between(before: Status, now: Status) -> Option<Self> {
        match (before, now) {
            (Status::Missing, Status::Ok | Status::Unfit) => Some(Self::GotPhoto),
            (Status::Ok | Status::Unfit, Status::Missing) => Some(Self::LostPhoto),
            (Status::Ok, Status::Unfit) => Some(Self::NowUnfit),
            (Status::Unfit, Status::Ok) => Some(Self::NowOk),
            _ => None,
        }
    }
}

impl Share {
    fn add(&mut self, status: Status) {
        self.accounts += 1;
        self.with_photo += usize::from(matches!(status, Status::Ok | Status::Unfit));
    }

    fn in_words(self) -> String {
        let counts = format!("{} of {}", grouped_number(self.with_photo), grouped_number(self.accounts));
        match (self.with_photo * 100).checked_div(self.accounts) {
            Some(percent) => format!("{counts} ({percent} %)"),
            None => counts,
        }
    }
}

impl Since {
    /// Compares the records of an audit with an earlier report.
    ///
    /// # Errors
    /// When a record cannot be read.
    pub fn of(earlier: &Earlier, records: &Records) -> io::Result<Self> {
        let mut left: HashMap<&str, &EarlierRecord> =
            earlier.records.iter().map(|record| (record.identity(), record)).collect();
        // A report of an earlier version of adphoto has no objectGUIDs.
        let mut take = |record: &Record| {
            let guid = record.guid.map(|guid| guid.to_string()).unwrap_or_default();
            left.remove(guid.as_str()).or_else(|| left.remove(record.user.as_str()))
        };
        let mut changes: Vec<Changed> = Vec::new();
        let mut now = Share::default();
        for record in records.iter() {
            let record = record?;
            now.add(record.status);
            let change = match take(&record) {
                Some(before) => Change::between(before.status, record.status),
                None => Some(Change::New),
            };
            changes.extend(change.map(|change| Changed {
                user: record.user.clone(),
                name: record.display_name.clone(),
                change,
            }));
        }
        let gone = earlier.records.iter().filter(|record| left.contains_key(record.identity()));
        changes.extend(gone.map(|record| Changed {
            user: record.user.clone(),
            name: record.display_name.clone(),
            change: Change::Gone,
        }));
        changes.sort_by_key(|changed| Change::ALL.iter().position(|change| *change == changed.change));
        let mut before = Share::default();
        earlier.records.iter().for_each(|record| before.add(record.status));
        let (report, started) = (earlier.path.display().to_string(), earlier.started);
        Ok(Self { report, started, before, now, changes })
    }

    /// Returns the share of accounts with any photo, then and now.
    pub(super) fn shares(&self) -> String {
        format!("{} then, {} now", self.before.in_words(), self.now.in_words())
    }

    /// Returns the day of the earlier audit.
    pub(super) fn day(&self) -> String {
        self.started.date().to_string()
    }

    /// Returns each kind of change that occurs, in words: what it is, how many there are, and who.
    pub(super) fn kinds(&self) -> Vec<(&'static str, String, Vec<String>)> {
        let kind = |kind: Change| {
            let those: Vec<String> =
                self.changes.iter().filter(|changed| changed.change == kind).map(Changed::in_words).collect();
            (!those.is_empty()).then(|| (kind.words(), grouped_number(those.len()), those))
        };
        Change::ALL.into_iter().filter_map(kind).collect()
    }

    /// Writes the comparison for people.
    pub(super) fn text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{TITLE}Since {}{TITLE:#} ({}):", self.day(), printable(&self.report))?;
        writeln!(out, "  With any photo: {}", self.shares())?;
        if self.changes.is_empty() {
            writeln!(out, "  Nothing else changed")?;
        }
        for (what, count, those) in self.kinds() {
            writeln!(out, "  {what} ({count})")?;
            for one in those.iter().take(MAX_SHOWN) {
                writeln!(out, "    {}", printable(one))?;
            }
            more(those.len(), MAX_SHOWN, "    ", "--report FILE.json", out)?;
        }
        writeln!(out)
    }
}

impl Changed {
    fn in_words(&self) -> String {
        match &self.name {
            Some(name) => format!("{} ({name})", self.user),
            None => self.user.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::super::{Earlier, Record, Records, Status};
    use super::Since;
    use crate::directory::Guid;

    fn now(number: u8, user: &str, status: Status) -> Record {
        Record { user: user.to_owned(), guid: Some(Guid([number; 16])), ..Record::blank(status, Vec::new()) }
    }

    #[test]
    fn each_account_is_compared_with_itself() {
        let guid = |number: u8| Guid([number; 16]).to_string();
        let then = |number: u8, user: &str, status: &str| json!({"user": user, "status": status, "objectGUID": guid(number), "display_name": null});
        let old = json!({"user": "old", "status": "missing", "display_name": "Old, Anna"});
        let report = json!({
            "version": 1, "command": "audit", "error": null,
            "run": {"started": "2026-10-01T02:00:00Z", "base_dn": "DC=x,DC=test", "include_disabled": false},
            "records": [
                then(1, "same", "ok"), then(2, "got", "missing"), then(3, "lost", "unfit"), then(4, "worse", "ok"),
                then(5, "better", "unfit"), then(6, "left", "ok"), then(7, "renamed", "ok"), then(8, "hidden", "failed"), old,
            ],
        });
        let earlier = Earlier::parse(report.to_string().as_bytes(), Path::new("then.json")).expect("an audit");
        let records = [
            now(1, "same", Status::Ok),
            now(2, "got", Status::Unfit),
            now(3, "lost", Status::Missing),
            now(4, "worse", Status::Unfit),
            now(5, "better", Status::Ok),
            now(7, "married", Status::Ok),
            now(8, "hidden", Status::Missing),
            now(9, "old", Status::Ok),
            // This is somebody else, who got the logon name of a person who left.
            now(10, "new", Status::Missing),
        ];
        let since = Since::of(&earlier, &Records::from(records.to_vec())).expect("is compared");
        let changes = serde_json::to_value(&since).expect("JSON");
        let changes: Vec<String> = changes["changes"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|change| format!("{} {}", change["user"], change["change"]).replace('"', ""))
            .collect();
        let expected = [
            "got got-photo",
            "old got-photo",
            "lost lost-photo",
            "worse now-unfit",
            "better now-ok",
            "new new",
            "left gone",
        ];
        assert_eq!(changes, expected);
        assert_eq!(since.shares(), "6 of 9 (66 %) then, 6 of 9 (66 %) now");
    }
}
