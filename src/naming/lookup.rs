//! Asking the directory for the accounts that names may name, and for everybody.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::dn::Dn;
use super::match_by::{Rule, Rules};
use super::pattern::PatternError;
use super::roster::Roster;
use crate::directory::{Account, Attribute, Clause, Directory, Filter, Guid, Lookup, OperationError};
use crate::failure::Advice;

/// What else lists name people by, for a hint: read with the roster where the domain has it.
pub(super) const FURTHER_ATTRIBUTES: [&str; 2] = ["employeeNumber", "mailNickname"];

/// How far the search for names has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A stage begins, which takes that many steps; 0 where that is not known.
    Begins(&'static str, usize),
    /// So many steps of the stage are done.
    Done(usize),
    /// The stage is over.
    Ends,
}

/// Why it cannot be told whose photos they are.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// The domain has no such attribute.
    #[error(
        "this domain has no attribute {0}; it has sAMAccountName, userPrincipalName, mail, employeeID, department and others"
    )]
    NoAttribute(String),
    /// The attribute's values are bytes.
    #[error("{0} cannot be a column: its values are bytes and no text")]
    NoText(String),
    /// The directory did not answer.
    #[error("cannot look up accounts; nothing was written")]
    Directory(#[from] OperationError),
    /// `--name-pattern` cannot be used.
    #[error(transparent)]
    Pattern(#[from] PatternError),
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

/// An attribute of this domain that the user names.
pub(crate) async fn attribute(directory: &Directory, name: &str) -> Result<Attribute, LookupError> {
    directory.attribute(name).await?.ok_or_else(|| LookupError::NoAttribute(name.to_owned()))
}

/// Returns the attributes of these names, in the schema's spelling, each once.
pub(crate) async fn columns(directory: &Directory, names: &[String]) -> Result<Vec<String>, LookupError> {
    let mut columns: Vec<String> = Vec::new();
    for name in names {
        let Attribute { name, is_text, .. } = attribute(directory, name).await?;
        // An objectGUID has a usual form as text.
        if !is_text && name != "objectGUID" {
            return Err(LookupError::NoText(name));
        }
        if !columns.contains(&name) {
            columns.push(name);
        }
    }
    Ok(columns)
}

/// Refuses a filter with an attribute that the domain has not: it finds nobody, and an audit would find nothing amiss.
pub(crate) async fn check_filter(directory: &Directory, filter: Option<&Filter>) -> Result<(), LookupError> {
    for name in filter.into_iter().flat_map(Filter::attributes) {
        attribute(directory, name).await?;
    }
    Ok(())
}

/// How each attribute is asked for.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    /// Those with an index: the directory is asked for the names.
    pub(super) indexed: Vec<String>,
    /// Those without one, and those of templates: everybody's are read.
    pub(super) more: Vec<String>,
}

impl Attributes {
    /// Looks the attributes of the rules up in the domain's schema.
    pub(super) async fn of(rules: &Rules, directory: &Directory) -> Result<Self, LookupError> {
        let mut attributes = Self::default();
        for rule in rules.iter() {
            match rule {
                Rule::Name => {}
                Rule::Attribute(name) => {
                    let Attribute { name, indexed, .. } = attribute(directory, name).await?;
                    if indexed { attributes.indexed.push(name) } else { attributes.more.push(name) }
                }
                Rule::Template(template) => {
                    for name in template.attributes() {
                        attributes.more.push(attribute(directory, name).await?.name);
                    }
                }
            }
        }
        Ok(attributes)
    }

    /// Whether everybody must be read to know what a name names.
    pub(super) fn need_everybody(&self, rules: &Rules) -> bool {
        !self.more.is_empty() || rules.iter().any(|rule| *rule == Rule::Name)
    }

    /// The attributes that are read of everybody, besides those that all names are made of.
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

/// The accounts of the whole domain that any lookup finds.
pub(super) async fn find_accounts(
    lookups: &[Lookup],
    attributes: &[String],
    directory: &Directory,
    steps: &dyn Fn(Step),
) -> Result<Vec<Account>, LookupError> {
    Ok(directory.find_accounts_anywhere(lookups, attributes, |done| steps(Step::Done(done))).await?)
}

/// The accounts with these objectGUIDs.
pub(super) async fn by_guid(
    guids: &[Guid],
    attributes: &[String],
    directory: &Directory,
) -> Result<Vec<Account>, LookupError> {
    let lookup = |guid: &Guid| Lookup { clauses: vec![Clause::new("objectGUID", guid.0)] };
    let lookups: Vec<Lookup> = guids.iter().map(lookup).collect();
    Ok(directory.find_accounts_anywhere(&lookups, attributes, |_| ()).await?)
}

/// Whether accounts are below the base DN.
pub(super) struct Scope {
    base: Option<Dn>,
}

impl Scope {
    pub(super) fn of(directory: &Directory) -> Self {
        let domain = directory.domain();
        Self { base: Dn::parse(&domain.base_dn).filter(|_| domain.narrowed).map(|base| base.folded()) }
    }

    pub(super) fn has(&self, account: &Account) -> bool {
        self.base.as_ref().is_none_or(|base| Dn::parse(&account.dn).is_some_and(|dn| dn.folded().is_below(base)))
    }
}

/// What everybody is called, read when it is needed, and once.
pub(super) struct Everybody<'d> {
    directory: &'d Directory,
    /// The further attributes that are read.
    pub(super) more: Vec<String>,
    roster: OnceCell<Roster>,
}

impl<'d> Everybody<'d> {
    pub(super) fn new(directory: &'d Directory, more: Vec<String>) -> Self {
        Self { directory, more, roster: OnceCell::new() }
    }

    /// The roster, if it was read.
    pub(super) fn known(&self) -> Option<&Roster> {
        self.roster.get()
    }

    pub(super) async fn read(&self, steps: &dyn Fn(Step)) -> Result<&Roster, LookupError> {
        if self.roster.get().is_none() {
            steps(Step::Begins("Reading names", 0));
            let start = || Roster::new(self.directory.domain());
            let read = self.directory.names_of_everybody(&self.more, start, |roster, names| roster.add(&names)).await;
            steps(Step::Ends);
            // Nobody else reads it meanwhile: this is one task.
            let _ = self.roster.set(read?);
        }
        Ok(self.roster.get_or_init(Roster::default))
    }
}
