//! A company for tests: its accounts, and what becomes of names there.

use super::super::assign::{mismatch, of_account};
use super::super::extras::Extras;
use super::super::index::Index;
use super::super::judge::{Judge, needs_everybody};
use super::super::matching::{Finder, Found, values_of};
use super::super::{MatchBy, Mismatch, Roster, Rules};
use crate::directory::{Account, Domain, Guid, Names};
use crate::source::Key;

/// Returns an account with this number, logon name, displayName, givenName and sn.
pub(in super::super) fn named(number: u32, logon: &str, display_name: &str, given_name: &str, surname: &str) -> Names {
    let mut guid = [0; 16];
    guid[..4].copy_from_slice(&number.to_be_bytes());
    Names {
        guid: Guid(guid),
        dn: format!("CN={logon},OU=People,DC=practice,DC=test"),
        sam_account_name: logon.to_owned(),
        display_name: display_name.to_owned(),
        cn: display_name.to_owned(),
        given_name: given_name.to_owned(),
        surname: surname.to_owned(),
        department: String::new(),
        mail: String::new(),
        principal_name: format!("{logon}@practice.test"),
        employee_id: String::new(),
        more: Vec::new(),
        enabled: true,
    }
}

/// The accounts of a domain.
pub(in super::super) struct Company {
    pub(in super::super) people: Vec<Names>,
    pub(in super::super) domain: Domain,
    pub(in super::super) ignored: Vec<String>,
    /// The company that everybody works for, and that each account names.
    pub(in super::super) company: String,
    match_by: String,
}

impl Company {
    pub(in super::super) fn new(people: Vec<Names>) -> Self {
        let domain = Domain {
            dn: "DC=practice,DC=test".into(),
            base_dn: "DC=practice,DC=test".into(),
            names: vec!["PRACTICE".into(), "practice.test".into()],
            ..Domain::default()
        };
        Self { people, domain, ignored: Vec::new(), company: String::new(), match_by: "sAMAccountName".into() }
    }

    /// Creates a company from pairs of a logon name and a displayName.
    pub(in super::super) fn of(people: &[(&str, &str)]) -> Self {
        let account =
            |(number, (logon, display_name)): (u32, &(&str, &str))| named(number, logon, display_name, "", "");
        Self::new((1..).zip(people).map(account).collect())
    }

    pub(in super::super) fn match_by(mut self, match_by: &str) -> Self {
        self.match_by = match_by.to_owned();
        self
    }

    pub(in super::super) fn roster(&self) -> Roster {
        let mut roster = Roster::new(&self.domain);
        self.people.iter().for_each(|names| roster.add(names));
        roster
    }

    pub(in super::super) fn account(&self, names: &Names) -> Account {
        let value = |attribute: &str| match attribute {
            "displayName" => names.display_name.clone(),
            "mail" => names.mail.clone(),
            "employeeID" => names.employee_id.clone(),
            _ => names.sam_account_name.clone(),
        };
        let full = format!("{} {}", names.given_name, names.surname);
        Account {
            dn: names.dn.clone(),
            guid: names.guid,
            sid: [&[1, 1, 0, 0, 0, 0, 0, 5][..], &names.guid.0[..4]].concat(),
            sam_account_name: names.sam_account_name.clone(),
            keys: self.match_by.split(',').map(value).filter(|value| !value.is_empty()).collect(),
            display_name: Some(names.display_name.clone()),
            department: Some(names.department.clone()),
            names: [names.display_name.clone(), full].into_iter().filter(|name| !name.trim().is_empty()).collect(),
            columns: Vec::new(),
            details: vec![self.company.clone()],
            enabled: names.enabled,
        }
    }

    /// Returns, for each of these file names, the logon name of the account that would get the photo.
    pub(in super::super) fn folder(&self, stems: &[&str]) -> Vec<Result<String, Mismatch>> {
        let keys: Vec<Key> = stems.iter().map(|stem| Key::Stem((*stem).to_owned())).collect();
        let accounts: Vec<Account> = self.people.iter().map(|names| self.account(names)).collect();
        let (rules, _) = Rules::choose(&[self.match_by.parse::<MatchBy>().expect("what to match by")], None);
        let (index, roster) = (Index::new(&accounts), self.roster());
        let values = values_of(Some(&roster), &[], &rules);
        let finder = Finder::new(&index, Some(&roster), &values, &rules, None, &self.domain);
        let found: Vec<Result<Found, Mismatch>> = keys.iter().map(|key| finder.find(key)).collect();
        let keys: Vec<&Key> = keys.iter().collect();
        let extras = Extras::new(&self.ignored, keys.iter().zip(&found).filter_map(of_account));
        let judge = Judge::new(&roster, &extras);
        let whose = |(found, key): (Result<Found, Mismatch>, &&Key)| {
            let Found { guid, part } = found?;
            let account = index.by_guid(guid).expect("an account of the index");
            if needs_everybody(key.text(), &part) {
                let verdict = judge.ask(key.text(), part.clone(), account);
                if let Some(mismatch) = mismatch(verdict, key.text(), &key.text()[part], account, &roster) {
                    return Err(mismatch);
                }
            }
            Ok(account.sam_account_name.clone())
        };
        found.into_iter().zip(&keys).map(whose).collect()
    }

    /// Does the same as [`folder`](Self::folder) for one file.
    pub(in super::super) fn file(&self, stem: &str) -> Result<String, Mismatch> {
        self.folder(&[stem]).remove(0)
    }

    /// Describes what becomes of a file: the logon name of the account that gets it, or the kind of mismatch with the
    /// account that the file names.
    pub(in super::super) fn says(&self, stem: &str) -> String {
        match self.file(stem) {
            Ok(logon) => logon,
            Err(Mismatch::NameOfAnother { other, .. }) => format!("another: {}", other.user),
            Err(Mismatch::Either { suggestions, .. }) => {
                format!("either: {}", suggestions.iter().map(|one| one.user.as_str()).collect::<Vec<_>>().join(" "))
            }
            Err(Mismatch::UnexplainedText { text, .. }) => format!("unexplained: {text}"),
            Err(Mismatch::MayBeDate { key, .. }) => format!("date: {key}"),
            Err(Mismatch::Ambiguous { .. }) => "ambiguous".to_owned(),
            Err(Mismatch::Unknown { .. }) => "unknown".to_owned(),
            Err(other) => format!("{other:?}"),
        }
    }
}
