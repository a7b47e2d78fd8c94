//! LDAP filters from values that come from anywhere: nothing in a value can change a filter's meaning (RFC 4515).

use std::fmt::Write;

/// `(attribute=value)`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Clause {
    /// A name that [`is_attribute_name`].
    pub attribute: String,
    /// The value, text as UTF-8.
    pub value: Vec<u8>,
}

impl Clause {
    /// A clause for any value.
    pub fn new(attribute: &str, value: impl Into<Vec<u8>>) -> Self {
        Self { attribute: attribute.to_owned(), value: value.into() }
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
    for clause in clauses {
        filter.push('(');
        filter.push_str(&clause.attribute);
        filter.push('=');
        escape_into(&mut filter, &clause.value);
        filter.push(')');
    }
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
    }

    #[test]
    fn attribute_names_are_names() {
        assert!(is_attribute_name("employeeID") && is_attribute_name("msDS-cloudExtensionAttribute1"));
        assert!(["", "1a", "cn=*)(x", "a b", "ä"].iter().all(|name| !is_attribute_name(name)));
    }
}
