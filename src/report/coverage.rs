//! How many accounts have photos, in all and group by group.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Status;

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
}

impl Group {
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
}
