//! LDAP filters from values that come from anywhere: nothing in a value can change a filter's meaning (RFC 4515).

use std::fmt::Write;

/// What must hold for an entry to be found.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Clause {
    /// `(attribute=value)`.
    Is {
        /// A name that [`is_attribute_name`].
        attribute: String,
        /// The value, text as UTF-8.
        value: Vec<u8>,
    },
    /// `(&…)`: all of them.
    All(Vec<Clause>),
}

impl Clause {
    /// `(attribute=value)` for any value.
    pub fn new(attribute: &str, value: impl Into<Vec<u8>>) -> Self {
        Self::Is { attribute: attribute.to_owned(), value: value.into() }
    }

    /// Bytes of all values, which make up most of a query.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Is { value, .. } => value.len(),
            Self::All(clauses) => clauses.iter().map(Self::size).sum(),
        }
    }

    fn write(&self, filter: &mut String) {
        match self {
            Self::Is { attribute, value } => {
                filter.push('(');
                filter.push_str(attribute);
                filter.push('=');
                escape_into(filter, value);
                filter.push(')');
            }
            Self::All(clauses) => {
                filter.push_str("(&");
                clauses.iter().for_each(|clause| clause.write(filter));
                filter.push(')');
            }
        }
    }
}

/// Whether `name` is written as an attribute's name is: letters, digits and hyphens, the first a letter (RFC 4512 1.4).
#[must_use]
pub fn is_attribute_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// `(|(a=1)(b=2)…)`.
pub(super) fn any<'c>(clauses: impl IntoIterator<Item = &'c Clause>) -> String {
    let mut filter = String::from("(|");
    clauses.into_iter().for_each(|clause| clause.write(&mut filter));
    filter.push(')');
    filter
}

/// All but letters and digits is escaped: always legal, and there is no list to get wrong.
fn escape_into(filter: &mut String, value: &[u8]) {
    for &byte in value {
        if byte.is_ascii_alphanumeric() {
            filter.push(char::from(byte));
        } else {
            // Writing to a String does not fail.
            let _ = write!(filter, "\\{byte:02x}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Clause, any, is_attribute_name};

    #[test]
    fn a_value_cannot_leave_its_clause() {
        let filter = any(&[Clause::new("sAMAccountName", ")(cn=*"), Clause::new("objectGUID", [0, 0xff])]);
        assert_eq!(filter, r"(|(sAMAccountName=\29\28cn\3d\2a)(objectGUID=\00\ff))");
        let both = Clause::All(vec![Clause::new("givenName", "Anna"), Clause::new("sn", "O'Hara")]);
        assert_eq!(any(&[both]), r"(|(&(givenName=Anna)(sn=O\27Hara)))");
    }

    #[test]
    fn attribute_names_are_names() {
        assert!(is_attribute_name("employeeID") && is_attribute_name("msDS-cloudExtensionAttribute1"));
        assert!(["", "1a", "cn=*)(x", "a b", "ä"].iter().all(|name| !is_attribute_name(name)));
    }
}
