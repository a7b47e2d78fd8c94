//! Asks the directory for the accounts that names may stand for, and for the names of everybody.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::dn::Dn;
use super::match_by::{Rule, Rules};
use super::pattern::PatternError;
use super::roster::Roster;
use crate::destination::Accounts;
use crate::directory::{Account, Attribute, Clause, Filter, Guid, Lookup};
use crate::failure::Advice;

/// Attributes by which lists often name people. They are read with the roster, if the domain has them, so that a hint
/// can propose to match by them.
pub(super) const FURTHER_ATTRIBUTES: [&str; 2] = ["employeeNumber", "mailNickname"];

/// A step in the progress of the search for names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A stage with this title begins. The number is how many steps it takes, or 0 if that is unknown.
    Begins(&'static str, usize),
    /// This many steps of the stage are done.
    Done(usize),
    /// The stage is over.
    Ends,
}

/// The reason why accounts cannot be looked up at all.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// The domain has no attribute of this name.
    #[error(
        "this domain has no attribute {0}; it has sAMAccountName, userPrincipalName, mail, employeeID, department and others"
    )]
    NoAttribute(String),
    /// The attribute cannot be a column, because its values are bytes.
    #[error("{0} cannot be a column: its values are bytes and no text")]
    NoText(String),
    /// The directory did not answer.
    #[error("cannot look up accounts; nothing was written")]
    Directory(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// `--name-pattern` cannot be used.
    #[error(transparent)]
    Pattern(#[from] PatternError),
}

impl LookupError {
    /// Returns the error of a place that did not answer.
    fn of(error: impl Advice + Send + Sync + 'static) -> Self {
        Self::Directory(Box::new(error))
    }
}

impl Advice for LookupError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        match self {
            Self::Pattern(error) => error.advice(),
            _ => None,
        }
    }

    fn is_usage(&self) -> bool {
        matches!(self, Self::Pattern(error) if error.is_usage())
    }
}

/// Looks up an attribute that the user named in this domain's schema; its absence is an error.
pub(crate) async fn attribute(accounts: &impl Accounts, name: &str) -> Result<Attribute, LookupError> {
    let found = accounts.attribute(name).await.map_err(LookupError::of)?;
    found.ok_or_else(|| LookupError::NoAttribute(name.to_owned()))
}

/// Returns the names of these attributes in the schema's spelling, without duplicates.
pub(crate) async fn columns(accounts: &impl Accounts, names: &[String]) -> Result<Vec<String>, LookupError> {
    let mut columns: Vec<String> = Vec::new();
    for name in names {
        let Attribute { name, is_text, .. } = attribute(accounts, name).await?;
        // These are binary, too, but they have a customary text form.
        if !is_text && !["objectGUID", "objectSid"].contains(&name.as_str()) {
            return Err(LookupError::NoText(name));
        }
        if !columns.contains(&name) {
            columns.push(name);
        }
    }
    Ok(columns)
}

/// Refuses a filter with an attribute that the domain does not have. Such a filter matches nobody, so an audit with it
/// would wrongly report that all is well.
pub(crate) async fn check_filter(accounts: &impl Accounts, filter: Option<&Filter>) -> Result<(), LookupError> {
    for name in filter.into_iter().flat_map(Filter::attributes) {
        attribute(accounts, name).await?;
    }
    Ok(())
}

/// The attributes to match by, grouped by how the directory is asked for them.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    /// Attributes with an index: the directory searches them for the names.
    pub(super) indexed: Vec<String>,
    /// Attributes without an index, and those of templates: they are read from every account and compared here.
    pub(super) more: Vec<String>,
}

impl Attributes {
    /// Looks up the attributes of the rules in the domain's schema.
    pub(super) async fn of(rules: &Rules, accounts: &impl Accounts) -> Result<Self, LookupError> {
        let mut attributes = Self::default();
        for rule in rules.iter() {
            match rule {
                Rule::Name => {}
                Rule::Attribute(name) => {
                    let Attribute { name, indexed, .. } = attribute(accounts, name).await?;
                    if indexed { attributes.indexed.push(name) } else { attributes.more.push(name) }
                }
                Rule::Template(template) => {
                    for name in template.attributes() {
                        attributes.more.push(attribute(accounts, name).await?.name);
                    }
                }
            }
        }
        Ok(attributes)
    }

    /// Returns whether every account must be read to know which one a name stands for.
    pub(super) fn need_everybody(&self, rules: &Rules) -> bool {
        !self.more.is_empty() || rules.are_names()
    }

    /// Returns the attributes that are read from every account, in addition to those that the roster always needs.
    pub(super) fn of_everybody(&self) -> Vec<String> {
        let mut more = self.more.clone();
        for name in FURTHER_ATTRIBUTES {
            if !more.iter().any(|own| own.eq_ignore_ascii_case(name)) {
                more.push(name.to_owned());
            }
        }
        more
    }
}

/// Finds all accounts that any of the lookups matches, in the whole domain.
pub(super) async fn find_accounts(
    lookups: &[Lookup],
    attributes: &[String],
    accounts: &impl Accounts,
) -> Result<Vec<Account>, LookupError> {
    accounts.find_accounts_anywhere(lookups, attributes).await.map_err(LookupError::of)
}

/// Finds the accounts with these objectGUIDs, in the whole domain.
pub(super) async fn by_guid(
    guids: &[Guid],
    attributes: &[String],
    accounts: &impl Accounts,
) -> Result<Vec<Account>, LookupError> {
    let lookup = |guid: &Guid| Lookup { clauses: vec![Clause::new("objectGUID", guid.0)] };
    let lookups: Vec<Lookup> = guids.iter().map(lookup).collect();
    accounts.find_accounts_anywhere(&lookups, attributes).await.map_err(LookupError::of)
}

/// The part of the domain that the run is limited to: everything below the base DN.
pub(super) struct Scope {
    base: Dn,
}

impl Scope {
    /// Returns the part that the run is limited to; `None` if that is the whole domain.
    pub(super) fn of(accounts: &impl Accounts) -> Option<Self> {
        let domain = accounts.domain();
        Some(Self { base: Dn::parse(&domain.base_dn).filter(|_| domain.narrowed)?.folded() })
    }

    pub(super) fn has(&self, account: &Account) -> bool {
        Dn::parse(&account.dn).is_some_and(|dn| dn.folded().is_below(&self.base))
    }
}

/// The names of everybody in the domain, read once and only when they are needed.
pub(super) struct Everybody<'a, A> {
    accounts: &'a A,
    /// Attributes that are read in addition to the names.
    pub(super) more: Vec<String>,
    roster: OnceCell<Roster>,
}

impl<'a, A: Accounts> Everybody<'a, A> {
    pub(super) fn new(accounts: &'a A, more: Vec<String>) -> Self {
        Self { accounts, more, roster: OnceCell::new() }
    }

    /// Returns the roster if it has been read.
    pub(super) fn known(&self) -> Option<&Roster> {
        self.roster.get()
    }

    /// Returns the roster, and reads it first if that has not happened yet.
    pub(super) async fn read(&self, steps: &dyn Fn(Step)) -> Result<&Roster, LookupError> {
        if self.roster.get().is_none() {
            steps(Step::Begins("Reading names", 0));
            let start = || Roster::new(self.accounts.domain());
            let read = self.accounts.names_of_everybody(&self.more, start, |roster, names| roster.add(&names)).await;
            steps(Step::Ends);
            // The cell is still empty: only this one task reads the roster.
            let _ = self.roster.set(read.map_err(LookupError::of)?);
        }
        Ok(self.roster.get_or_init(Roster::default))
    }
}
