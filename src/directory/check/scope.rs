//! Which accounts are in scope.

use ldap3::Scope;

use crate::directory::account::{ACCOUNT_DISABLED, USER_ACCOUNTS};
use crate::directory::entry::Entry;
use crate::directory::{Directory, Guid, OperationError};

/// The user accounts below a base DN.
#[derive(Debug, Clone, Default)]
pub struct InScope {
    /// Enabled ones that inherit delegations.
    pub enabled: Vec<Guid>,
    /// Enabled ones with adminCount=1: Windows takes away what they would inherit (AdminSDHolder, MS-ADTS 3.1.1.6.1).
    pub protected: Vec<Guid>,
    /// How many are disabled.
    pub disabled: usize,
}

impl Directory {
    /// Whether there is such a base DN; `None` is the domain's.
    ///
    /// # Errors
    /// When there is none.
    pub async fn base_dn(&self, base_dn: Option<&str>) -> Result<String, OperationError> {
        if let Some(base_dn) = base_dn {
            self.persist(async |session| session.require_base(base_dn).await).await?;
        }
        Ok(base_dn.unwrap_or(&self.domain.base_dn).to_owned())
    }

    /// All user accounts below a base DN; of each only its objectGUID is read.
    ///
    /// # Errors
    /// When a search fails.
    pub async fn in_scope(&self, base_dn: &str) -> Result<InScope, OperationError> {
        // LDAP_MATCHING_RULE_BIT_AND (MS-ADTS 3.1.1.3.4.4.1).
        let disabled = format!("(userAccountControl:1.2.840.113556.1.4.803:={ACCOUNT_DISABLED})");
        let guids = async |which: &str| -> Result<Vec<Guid>, OperationError> {
            let filter = format!("(&{USER_ACCOUNTS}{which})");
            let found = self.search(base_dn, Scope::Subtree, &filter, &["objectGUID"]).await?;
            let guid = |value: &Vec<u8>| value.as_slice().try_into().ok().map(Guid);
            let read = |entry: &Entry| entry.values("objectGUID").first().and_then(guid);
            found.iter().map(|entry| read(entry).ok_or(OperationError::Lacking("an account's objectGUID"))).collect()
        };
        Ok(InScope {
            enabled: guids(&format!("(!{disabled})(!(adminCount=1))")).await?,
            protected: guids(&format!("(!{disabled})(adminCount=1)")).await?,
            disabled: guids(&disabled).await?.len(),
        })
    }
}

/// At most `count` of them, evenly spread: accounts of all parts of a domain, as servers return them part by part.
#[must_use]
pub fn spread(accounts: &[Guid], count: usize) -> Vec<Guid> {
    let taken = count.min(accounts.len());
    (0..taken).filter_map(|number| accounts.get(number * accounts.len() / taken)).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::{Guid, spread};

    #[test]
    fn a_sample_comes_from_everywhere_and_has_none_twice() {
        let accounts: Vec<Guid> = (0..250).map(|number| Guid([number; 16])).collect();
        let first = |sample: Vec<Guid>| sample.iter().map(|guid| guid.0[0]).collect::<Vec<_>>();
        assert_eq!(first(spread(&accounts, 5)), [0, 50, 100, 150, 200]);
        assert_eq!(first(spread(&accounts[..3], 100)), [0, 1, 2]);
        assert!(spread(&[], 100).is_empty());
    }
}
