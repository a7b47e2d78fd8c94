//! Looking up the accounts that a source names.

use anyhow::{Result, bail};

use crate::directory::{Account, Attribute, Directory, Filter, OperationError};
use crate::progress::{Progress, Stage};
use crate::source::Key;

/// What names are matched by, if nothing says otherwise.
pub(crate) const DEFAULT_MATCH_BY: &str = "sAMAccountName";

/// The attribute that users are named by: as given, or as the CSV's header says. Where that says sAMAccountName, as that of
/// an approved list does, nothing else is meant: account 815 is not the employee 815.
pub(crate) fn match_by(given: Option<&str>, named: Option<&str>, progress: &Progress) -> String {
    let is_default = |name: &&str| name.eq_ignore_ascii_case(DEFAULT_MATCH_BY);
    if let (Some(given), Some(named)) = (given.filter(|given| !is_default(given)), named.filter(is_default)) {
        progress.note(&format!("matching by {named}, which the CSV's header names, and not by {given}"));
        return named.to_owned();
    }
    if let (None, Some(named)) = (given, named)
        && named != DEFAULT_MATCH_BY
    {
        progress.note(&format!("matching by {named}, which the CSV's header names (--match-by chooses another)"));
    }
    given.or(named).unwrap_or(DEFAULT_MATCH_BY).to_owned()
}

/// The accounts that any of the keys may name.
pub(crate) async fn find_accounts(
    keys: &[&Key],
    directory: &Directory,
    match_by: &str,
    stage: &Stage,
) -> Result<Vec<Account>> {
    let attribute = attribute(directory, match_by).await?;
    if !attribute.indexed {
        return directory.list_accounts(None, &attribute.name).await.map_err(failed);
    }
    let lookups = super::lookups(keys.iter().copied(), &attribute.name);
    stage.expect(lookups.len());
    directory.find_accounts(&lookups, &attribute.name, |done| stage.advance(done)).await.map_err(failed)
}

/// An attribute of this domain that the user names.
pub(crate) async fn attribute(directory: &Directory, name: &str) -> Result<Attribute> {
    let Some(attribute) = directory.attribute(name).await.map_err(failed)? else {
        bail!(
            "this domain has no attribute {name}; it has sAMAccountName, userPrincipalName, mail, employeeID, department and \
             others"
        );
    };
    Ok(attribute)
}

/// Refuses a filter with an attribute that the domain has not: it finds nobody, and an audit would find nothing amiss.
pub(crate) async fn check_filter(directory: &Directory, filter: Option<&Filter>) -> Result<()> {
    for name in filter.into_iter().flat_map(Filter::attributes) {
        attribute(directory, name).await?;
    }
    Ok(())
}

fn failed(error: OperationError) -> anyhow::Error {
    anyhow::Error::new(error).context("cannot look up accounts; nothing was written")
}
