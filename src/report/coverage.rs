//! The coverage of an audit: how many accounts have photos, in each group and in all.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde::Serialize;

use super::Status;
use super::wording::grouped_number;
use crate::terminal::{TITLE, printable};

/// The accounts of an audit, counted by group.
#[derive(Debug, Clone, Serialize)]
pub struct Coverage {
    /// What the accounts of a group share: `OU`, or the name of an attribute.
    by: String,
    groups: Vec<Group>,
}

/// The numbers of accounts in one group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The value that the accounts share; empty for accounts that have no value.
    pub name: String,
    /// Number of accounts whose photo is in order.
    pub ok: usize,
    /// Number of accounts without a photo.
    pub missing: usize,
    /// Number of accounts with a photo that has a flaw.
    pub unfit: usize,
    /// Number of accounts whose photo may not be read or could not be judged.
    pub unknown: usize,
}

impl Coverage {
    /// Begins a coverage with these groups, in which no account is counted yet. The groups are sorted by name.
    pub fn of(by: impl Into<String>, names: impl IntoIterator<Item = String>) -> Self {
        let names: BTreeSet<String> = names.into_iter().collect();
        let groups = names.into_iter().map(|name| Group { name, ..Group::default() });
        Self { by: by.into(), groups: groups.collect() }
    }

    /// Counts an account in the group at this place.
    pub fn count(&mut self, place: usize, status: Status) {
        if let Some(group) = self.groups.get_mut(place) {
            group.add(status);
        }
    }

    /// Counts accounts, each given by the name of its group and its status.
    #[must_use]
    pub fn counted(by: impl Into<String>, accounts: impl IntoIterator<Item = (String, Status)>) -> Self {
        let accounts: Vec<(String, Status)> = accounts.into_iter().collect();
        let mut coverage = Self::of(by, accounts.iter().map(|(name, _)| name.clone()));
        for (name, status) in accounts {
            if let Some(place) = coverage.place(&name) {
                coverage.count(place, status);
            }
        }
        coverage
    }

    /// Returns what the accounts of a group share: `OU`, or the name of an attribute.
    #[must_use]
    pub fn by(&self) -> &str {
        &self.by
    }

    /// Returns the groups, sorted by name.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// Returns the place of a group among all groups.
    #[must_use]
    pub fn place(&self, name: &str) -> Option<usize> {
        self.groups.binary_search_by(|group| group.name.as_str().cmp(name)).ok()
    }

    /// Returns the groups, each with its place. The groups with the most gaps come first.
    pub(super) fn by_gaps(&self) -> Vec<(usize, &Group)> {
        let mut groups: Vec<(usize, &Group)> = self.groups.iter().enumerate().collect();
        groups.sort_by_key(|(_, group)| std::cmp::Reverse(group.accounts() - group.ok));
        groups
    }

    /// Returns the sum of all groups.
    #[must_use]
    pub fn all(&self) -> Group {
        self.groups.iter().fold(Group::default(), |all, group| Group {
            ok: all.ok + group.ok,
            missing: all.missing + group.missing,
            unfit: all.unfit + group.unfit,
            unknown: all.unknown + group.unknown,
            ..all
        })
    }

    /// Returns the share of accounts with any photo, in order or not, in percent rounded down, and the counts in words.
    /// Returns `None` if there are no accounts. Accounts whose photo may not be read may have one; if there are any,
    /// the words say "at least".
    pub(super) fn with_any_photo(&self) -> Option<(usize, String)> {
        let Group { ok, unfit, unknown, .. } = self.all();
        let (with, accounts) = (ok + unfit, self.all().accounts());
        let percent = (with * 100).checked_div(accounts)?;
        let at_least = if unknown > 0 { "at least " } else { "" };
        Some((percent, format!("{at_least}{} of {}", grouped_number(with), grouped_number(accounts))))
    }
}

/// Width of a bar in characters.
const BAR_WIDTH: usize = 20;
/// Width of the empty space in front of a percentage that has no bar, in characters.
const NO_BAR_WIDTH: usize = BAR_WIDTH + 4;
/// The maximum number of groups that the table shows.
const MAX_GROUPS: usize = 30;

impl Coverage {
    /// Writes a table with a bar for each group. The groups with the most gaps come first.
    pub(super) fn table(&self, out: &mut dyn Write) -> io::Result<()> {
        let groups = self.by_gaps();
        let all = Group { name: "all".to_owned(), ..self.all() };
        let shown = groups.iter().take(MAX_GROUPS).map(|(_, group)| *group).chain([&all]);
        writeln!(out, "{TITLE}Coverage by {}{TITLE:#} (% and = in order, - unfit):", printable(&self.by))?;
        for group in shown {
            let name = if group.name.is_empty() { "(none)" } else { &group.name };
            writeln!(out, "  [{}] {:>4}  {}: {}", group.bar(), group.percent(), printable(name), group.in_words())?;
        }
        if let Some((percent, counts)) = self.with_any_photo() {
            writeln!(out, "{:NO_BAR_WIDTH$}{percent:>4}%  with any photo: {counts}", "")?;
        }
        if groups.len() > MAX_GROUPS {
            writeln!(out, "  … and {} more groups; --report FILE.json lists all", groups.len() - MAX_GROUPS)?;
        }
        writeln!(out)
    }
}

impl Group {
    /// Returns the bar: `=` for photos in order, `-` for unfit ones, and blanks for none. Rounding hides nothing: even
    /// a single photo has a character, and a bar is full only if all photos are in order.
    fn bar(&self) -> String {
        let part = |count: usize| match count {
            0 => 0,
            _ => (count * BAR_WIDTH / self.accounts()).max(1),
        };
        let ok = part(self.ok).min(if self.ok < self.accounts() { BAR_WIDTH - 1 } else { BAR_WIDTH });
        let unfit = part(self.unfit).min(BAR_WIDTH - ok);
        format!("{}{}{}", "=".repeat(ok), "-".repeat(unfit), " ".repeat(BAR_WIDTH - ok - unfit))
    }

    /// Returns the share of accounts whose photo is in order. It is rounded down, so that it is 100 % only if all are.
    fn percent(&self) -> String {
        match self.accounts() {
            0 => "-".to_owned(),
            accounts => format!("{}%", self.ok * 100 / accounts),
        }
    }

    fn in_words(&self) -> String {
        let parts = [(self.ok, "ok"), (self.missing, "missing"), (self.unfit, "unfit"), (self.unknown, "unknown")];
        let said = parts.into_iter().filter(|(count, _)| *count > 0);
        let said: Vec<String> = said.map(|(count, what)| format!("{} {what}", grouped_number(count))).collect();
        if said.is_empty() { "no accounts".to_owned() } else { said.join(", ") }
    }

    /// Returns the number of accounts in the group.
    #[must_use]
    pub fn accounts(&self) -> usize {
        self.ok + self.missing + self.unfit + self.unknown
    }

    fn add(&mut self, status: Status) {
        match status {
            Status::Ok => self.ok += 1,
            Status::Missing => self.missing += 1,
            Status::Unfit => self.unfit += 1,
            _ => self.unknown += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Coverage, Group};
    use crate::report::Status;
    use crate::terminal::plain;

    #[test]
    fn every_account_is_counted_once() {
        let accounts = [("b", Status::Ok), ("a", Status::Missing), ("b", Status::Unfit), ("b", Status::Failed)];
        let coverage = Coverage::counted("OU", accounts.map(|(name, status)| (name.to_owned(), status)));
        let group = |name: &str, [ok, missing, unfit, unknown]: [usize; 4]| Group {
            name: name.to_owned(),
            ok,
            missing,
            unfit,
            unknown,
        };
        assert_eq!(coverage.groups(), [group("a", [0, 1, 0, 0]), group("b", [1, 0, 1, 1])]);
        assert_eq!(coverage.all(), group("", [1, 1, 1, 1]));
        assert_eq!(coverage.all().accounts(), 4);
    }

    /// A reader must not mistake the share of photos in order for the share of accounts that have a photo.
    #[test]
    fn the_text_says_what_its_shares_are_of() {
        let accounts = [(Status::Ok, 1200), (Status::Missing, 300), (Status::Unfit, 900)];
        let accounts = accounts.into_iter().flat_map(|(status, count)| vec![("Sales".to_owned(), status); count]);
        let text = |coverage: Coverage| {
            let mut out = Vec::new();
            coverage.table(&mut out).expect("renders");
            plain(&String::from_utf8(out).expect("text"))
        };
        let shown = "\
Coverage by department (% and = in order, - unfit):
  [==========-------   ]  50%  Sales: 1,200 ok, 300 missing, 900 unfit
  [==========-------   ]  50%  all: 1,200 ok, 300 missing, 900 unfit
                          87%  with any photo: 2,100 of 2,400

";
        assert_eq!(text(Coverage::counted("department", accounts)), shown);
        assert!(shown.lines().all(|line| line.len() < 80));

        let unreadable = [("".to_owned(), Status::Unfit), ("".to_owned(), Status::Failed)];
        let shown = text(Coverage::counted("OU", unreadable));
        assert!(shown.contains("   0%  all: 1 unfit, 1 unknown\n"), "{shown}");
        assert!(shown.contains("  50%  with any photo: at least 1 of 2\n"), "{shown}");
        assert!(!text(Coverage::counted("OU", [])).contains("any photo"));
    }
}
