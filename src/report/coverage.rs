//! How many accounts have photos, in all and group by group.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::Status;
use super::wording::grouped_number;
use crate::terminal::{TITLE, printable};

/// What an audit counted.
#[derive(Debug, Clone, Serialize)]
pub struct Coverage {
    /// What the groups are of: `OU`, or an attribute.
    by: String,
    groups: Vec<Group>,
}

/// The accounts of one group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The value that they share; empty for those that have none.
    pub name: String,
    /// With a photo as it should be.
    pub ok: usize,
    /// Without a photo.
    pub missing: usize,
    /// With a photo that is not as it should be.
    pub unfit: usize,
    /// Whose photo cannot be told.
    pub unknown: usize,
}

impl Coverage {
    /// Counts accounts, each given by its group's name and its status; groups come in the order of their names.
    pub fn count(by: impl Into<String>, accounts: impl IntoIterator<Item = (String, Status)>) -> Self {
        let mut groups: BTreeMap<String, Group> = BTreeMap::new();
        for (name, status) in accounts {
            let group = groups.entry(name.clone()).or_insert_with(|| Group { name, ..Group::default() });
            group.add(status);
        }
        Self { by: by.into(), groups: groups.into_values().collect() }
    }

    /// What the groups are of.
    #[must_use]
    pub fn by(&self) -> &str {
        &self.by
    }

    /// In the order of their names.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// All groups together.
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

    /// The share of accounts that have any photo, in order or not, rounded down, and the counts in words; `None` of no
    /// accounts. Who may not see a photo cannot tell that there is none.
    pub(super) fn with_any_photo(&self) -> Option<(usize, String)> {
        let Group { ok, unfit, unknown, .. } = self.all();
        let (with, accounts) = (ok + unfit, self.all().accounts());
        let percent = (with * 100).checked_div(accounts)?;
        let at_least = if unknown > 0 { "at least " } else { "" };
        Some((percent, format!("{at_least}{} of {}", grouped_number(with), grouped_number(accounts))))
    }
}

/// Characters of a bar.
const BAR: usize = 20;
/// Columns before a share that has no bar.
const WITHOUT_BAR: usize = BAR + 4;
/// Groups that are shown, those with the most gaps.
const SHOWN: usize = 30;

impl Coverage {
    /// As text, with a bar for each group: those with the most gaps first.
    pub(super) fn table(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut groups: Vec<&Group> = self.groups.iter().collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.accounts() - group.ok));
        let all = Group { name: "all".to_owned(), ..self.all() };
        let shown = groups.iter().take(SHOWN).copied().chain([&all]);
        writeln!(out, "{TITLE}Coverage by {}{TITLE:#} (% and = in order, - unfit):", printable(&self.by))?;
        for group in shown {
            let name = if group.name.is_empty() { "(none)" } else { &group.name };
            writeln!(out, "  [{}] {:>4}  {}: {}", group.bar(), group.percent(), printable(name), group.in_words())?;
        }
        if let Some((percent, counts)) = self.with_any_photo() {
            writeln!(out, "{:WITHOUT_BAR$}{percent:>4}%  with any photo: {counts}", "")?;
        }
        if groups.len() > SHOWN {
            writeln!(out, "  … and {} more groups; --report FILE.json lists all", groups.len() - SHOWN)?;
        }
        writeln!(out)
    }
}

impl Group {
    /// `=` for photos as they should be, `-` for others, blank for none; whatever there is, is to be seen.
    fn bar(&self) -> String {
        let part = |count: usize| match count {
            0 => 0,
            _ => (count * BAR / self.accounts()).max(1),
        };
        let ok = part(self.ok).min(if self.ok < self.accounts() { BAR - 1 } else { BAR });
        let unfit = part(self.unfit).min(BAR - ok);
        format!("{}{}{}", "=".repeat(ok), "-".repeat(unfit), " ".repeat(BAR - ok - unfit))
    }

    /// The share of photos as they should be, rounded down: only all are 100 %.
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

    /// How many accounts it has.
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
        let coverage = Coverage::count("OU", accounts.map(|(name, status)| (name.to_owned(), status)));
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

    /// Who asks how many have a photo must not take those that are in order for them.
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
        assert_eq!(text(Coverage::count("department", accounts)), shown);
        assert!(shown.lines().all(|line| line.len() < 80));

        let unreadable = [("".to_owned(), Status::Unfit), ("".to_owned(), Status::Failed)];
        let shown = text(Coverage::count("OU", unreadable));
        assert!(shown.contains("   0%  all: 1 unfit, 1 unknown\n"), "{shown}");
        assert!(shown.contains("  50%  with any photo: at least 1 of 2\n"), "{shown}");
        assert!(!text(Coverage::count("OU", [])).contains("any photo"));
    }
}
