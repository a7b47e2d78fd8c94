//! The accounts that an audit is about.

use super::super::run::Run;
use crate::cli::AuditArgs;
use crate::destination::{Accounts, Destination};
use crate::directory::{Account, AccountQuery, AccountRow, PackedAccounts};
use crate::failure::{Context, Failure};
use crate::naming::{DEFAULT_MATCH_BY, lookup};
use crate::progress::Progress;

/// The accounts in scope, sorted by name.
pub(super) struct Listed {
    pub(super) accounts: PackedAccounts,
    pub(super) rows: Vec<AccountRow>,
}

impl Listed {
    /// Returns each account by itself.
    pub(super) fn each(&self) -> impl Iterator<Item = Account> {
        self.rows.iter().map(|row| self.accounts.get(*row))
    }
}

/// Returns the accounts in scope.
pub(super) async fn prepare<D: Destination>(
    args: &AuditArgs,
    run: &Run<'_, D>,
    progress: &Progress,
) -> Result<Listed, Failure> {
    let (stage, place) = (progress.stage("Listing", 0), run.accounts());
    let by = match &args.by {
        Some(by) => lookup::attribute(place, by).await?.name,
        None => DEFAULT_MATCH_BY.to_owned(),
    };
    lookup::check_filter(place, args.filter.as_ref()).await?;
    let is_wanted = |account: &Account| account.enabled || args.include_disabled;
    let query = AccountQuery { filter: args.filter.as_ref(), attribute: &by, columns: &run.columns };
    let listed = place.list_many(&query, is_wanted).await;
    let accounts = listed.context("cannot list the accounts")?;
    if accounts.is_empty() {
        progress.note("no account was found: check --base-dn and --filter");
    }
    let mut rows: Vec<AccountRow> = accounts.rows().collect();
    rows.sort_by_cached_key(|row| accounts.get(*row).sam_account_name.to_lowercase());
    let is_told = run.destination.tells_hidden().await.context("cannot read your rights")?;
    drop(stage);
    if !is_told {
        progress.note(
            "this server does not tell which photos you may read: an account without a photo may have one that you \
             cannot see",
        );
    }
    Ok(Listed { accounts, rows })
}
