//! The forms that a key may have. They are those that Set-ADUser takes: a name, a DN, an objectGUID, a SID or
//! `DOMAIN\user`.

use unicode_normalization::UnicodeNormalization;

use super::dn::Dn;
use crate::directory::{Clause, Domain, Guid, Sid};

/// A key, with all that it may mean.
///
/// Text that looks like a GUID, a SID or a DN may still be a name, as an employeeID may look like anything. Such a key
/// is looked up as both, and is ambiguous if the answers differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity<'k> {
    /// The text as a value of the attributes to match by.
    pub(super) name: &'k str,
    pub(super) unique: Option<Unique<'k>>,
}

/// A form of key that can name only one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unique<'k> {
    Guid(Guid),
    Sid(Vec<u8>),
    Dn(Dn),
    DomainUser { domain: &'k str, user: &'k str },
}

impl<'k> Identity<'k> {
    pub(super) fn parse(text: &'k str) -> Self {
        let unique = Guid::parse(text)
            .map(Unique::Guid)
            .or_else(|| sid(text).map(Unique::Sid))
            .or_else(|| Dn::parse(text).map(Unique::Dn))
            .or_else(|| text.split_once('\\').map(|(domain, user)| Unique::DomainUser { domain, user }));
        Self { name: text, unique }
    }

    /// Returns what to search for: accounts that have the name as a value of any of these attributes, and the account
    /// that the key names uniquely.
    pub(super) fn clauses(&self, attributes: &[String]) -> Vec<Clause> {
        let name: String = self.name.nfc().collect();
        let mut clauses = match &self.unique {
            None => Vec::new(),
            Some(Unique::Guid(guid)) => vec![Clause::new("objectGUID", guid.0)],
            Some(Unique::Sid(sid)) => vec![Clause::new("objectSid", sid.clone())],
            Some(Unique::Dn(dn)) => vec![Clause::new("distinguishedName", dn.to_string())],
            Some(Unique::DomainUser { user, .. }) => {
                vec![Clause::new("sAMAccountName", user.nfc().collect::<String>())]
            }
        };
        clauses.extend(attributes.iter().map(|attribute| Clause::new(attribute, name.clone())));
        clauses.dedup();
        // No name contains a NUL, and some servers take it for the end of the value.
        clauses.retain(|clause| match clause {
            Clause::Is { attribute, value } => {
                !value.is_empty() && (attribute.starts_with("object") || !value.contains(&0))
            }
            Clause::All(_) => !name.contains('\0'),
        });
        clauses
    }

    /// Returns the domain of `DOMAIN\user`, if it is not `here`.
    pub(super) fn other_domain(&self, here: &Domain) -> Option<&'k str> {
        match self.unique {
            Some(Unique::DomainUser { domain, .. }) => {
                (!here.names.iter().any(|name| name.eq_ignore_ascii_case(domain))).then_some(domain)
            }
            _ => None,
        }
    }
}

/// Returns the binary form of a SID such as `S-1-5-21-…` (MS-DTYP 2.4.2).
fn sid(text: &str) -> Option<Vec<u8>> {
    let text = text.strip_prefix("s-").map_or_else(|| text.to_owned(), |rest| format!("S-{rest}"));
    Sid::parse(&text).map(|sid| sid.to_bytes())
}

#[cfg(test)]
mod tests {
    use super::{Identity, Unique, sid};

    #[test]
    fn a_sid_has_its_binary_form() {
        assert_eq!(
            sid("S-1-5-21-1-2-500").expect("a SID"),
            [1, 4, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0xf4, 1, 0, 0]
        );
        for none in ["S-1-", "S-1-5", "S-1-5-x", "S-1-5-99999999999", "S-1-5-+21-1", "S-1-5-021", "jdoe"] {
            assert!(sid(none).is_none(), "{none}");
        }
    }

    #[test]
    fn each_form_is_told_by_its_shape() {
        let unique = |text| Identity::parse(text).unique;
        assert!(matches!(unique("6b29fc40-ca47-1067-b31d-00dd010662da"), Some(Unique::Guid(_))));
        assert!(matches!(unique("CN=Anna Miller,OU=Sales,DC=example,DC=com"), Some(Unique::Dn(_))));
        assert!(matches!(unique(r"EXAMPLE\anna"), Some(Unique::DomainUser { domain: "EXAMPLE", user: "anna" })));
        assert_eq!(unique("john.smith"), None);
    }
}
