//! The interface to the places where people are found by their names.

use std::fmt::Debug;

use crate::directory::{
    Account, AccountQuery, Attribute, Directory, Domain, Lookup, Names, OperationError, PackedAccounts,
};
use crate::failure::Advice;

/// A place whose accounts can be found by their names. Attributes have the names that Active Directory gives them.
#[expect(async_fn_in_trait, reason = "one runtime drives a run's futures in place, so that they need not be Send")]
pub trait Accounts: Debug {
    /// The reason why accounts could not be read.
    type Error: Advice + Send + Sync + 'static;

    /// Returns the domain, or what is like one.
    fn domain(&self) -> &Domain;

    /// Returns what is known about an attribute; `None` if accounts have none of that name.
    async fn attribute(&self, name: &str) -> Result<Option<Attribute>, Self::Error>;

    /// Finds accounts wherever they are. Returns each account once that any of the lookups finds, and perhaps others,
    /// with the values of `attributes` as its `keys`.
    async fn find_accounts_anywhere(
        &self,
        lookups: &[Lookup],
        attributes: &[String],
    ) -> Result<Vec<Account>, Self::Error>;

    /// Returns the accounts that `query` asks for, disabled ones included, sorted by name.
    async fn list_accounts(&self, query: &AccountQuery<'_>) -> Result<Vec<Account>, Self::Error>;

    /// Returns the same accounts in less memory: unsorted, without names and details, and without the accounts that are
    /// not wanted.
    async fn list_many(
        &self,
        query: &AccountQuery<'_>,
        is_wanted: impl Fn(&Account) -> bool,
    ) -> Result<PackedAccounts, Self::Error>;

    /// Reads the names of all accounts, wherever they are. `add` keeps what it needs of each. Reading may begin again
    /// with a new `start`.
    async fn names_of_everybody<T>(
        &self,
        more: &[String],
        start: impl Fn() -> T,
        add: impl Fn(&mut T, Names),
    ) -> Result<T, Self::Error>;
}

impl Accounts for Directory {
    type Error = OperationError;

    fn domain(&self) -> &Domain {
        self.domain()
    }

    async fn attribute(&self, name: &str) -> Result<Option<Attribute>, OperationError> {
        self.attribute(name).await
    }

    async fn find_accounts_anywhere(
        &self,
        lookups: &[Lookup],
        attributes: &[String],
    ) -> Result<Vec<Account>, OperationError> {
        self.find_accounts_anywhere(lookups, attributes).await
    }

    async fn list_accounts(&self, query: &AccountQuery<'_>) -> Result<Vec<Account>, OperationError> {
        self.list_accounts(query).await
    }

    async fn list_many(
        &self,
        query: &AccountQuery<'_>,
        is_wanted: impl Fn(&Account) -> bool,
    ) -> Result<PackedAccounts, OperationError> {
        self.list_many(query, is_wanted).await
    }

    async fn names_of_everybody<T>(
        &self,
        more: &[String],
        start: impl Fn() -> T,
        add: impl Fn(&mut T, Names),
    ) -> Result<T, OperationError> {
        self.names_of_everybody(more, start, add).await
    }
}
