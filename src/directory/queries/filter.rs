//! LDAP filters (RFC 4515): from values that come from anywhere, none of which can change a filter's meaning, and those
//! that an administrator writes.

use std::collections::BTreeSet;
use std::fmt::{self, Write};
use std::str::FromStr;

use crate::failure::Advice;

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

/// A whole filter, well formed: as a part of another it cannot change what stands around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter(String);

/// Why a text is no filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// It is not written as RFC 4515 says.
    #[error(
        "not an LDAP filter; write it as \"(department=Sales)\" or \"(&(department=Sales)(!(title=Trainee)))\"; in a value, \
         ( ) * \\ are written \\28 \\29 \\2a \\5c"
    )]
    Malformed,
    /// Longer than a server takes.
    #[error("a filter of {0} bytes, more than a server takes ({MAX_BYTES})")]
    TooLong(usize),
    /// Brackets in brackets in brackets.
    #[error("a filter with more than {MAX_DEPTH} brackets in each other")]
    TooDeep,
}

impl Advice for FilterError {
    fn is_usage(&self) -> bool {
        true
    }
}

/// Far below the 256,000 that Samba takes for a search.
const MAX_BYTES: usize = 64 * 1024;
/// Each bracket in another takes stack, here and on the server.
const MAX_DEPTH: usize = 50;

impl FromStr for Filter {
    type Err = FilterError;

    /// Reads a filter, with its outer brackets or without.
    fn from_str(text: &str) -> Result<Self, FilterError> {
        let text = text.trim();
        if text.len() > MAX_BYTES {
            return Err(FilterError::TooLong(text.len()));
        }
        // Other brackets than those around a filter are escaped.
        let depth = text.bytes().scan(0_usize, |depth, byte| {
            match byte {
                b'(' => *depth += 1,
                b')' => *depth = depth.saturating_sub(1),
                _ => {}
            }
            Some(*depth)
        });
        if depth.max().is_some_and(|deepest| deepest > MAX_DEPTH) {
            return Err(FilterError::TooDeep);
        }
        let whole = if text.starts_with('(') { text.to_owned() } else { format!("({text})") };
        ldap3::parse_filter(&whole).map(|_| Self(whole)).map_err(|()| FilterError::Malformed)
    }
}

impl Filter {
    /// The attributes that it asks for, each once; those that it names by a number (OID) are left out.
    #[must_use]
    pub fn attributes(&self) -> BTreeSet<&str> {
        // Brackets in values are escaped: behind each of these stands an attribute, or what joins others.
        let names = self.0.split('(').map(|item| {
            let end = item.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(item.len());
            &item[..end]
        });
        names.filter(|name| is_attribute_name(name)).collect()
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether `name` is written as an attribute's name is: letters, digits and hyphens, the first a letter (RFC 4512 1.4).
#[must_use]
pub fn is_attribute_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// `(|(a=1)(b=2)…)`.
pub(in crate::directory) fn any<'c>(clauses: impl IntoIterator<Item = &'c Clause>) -> String {
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
    use super::{Clause, Filter, FilterError, any, is_attribute_name};

    #[test]
    fn a_filter_is_one_filter_whole() {
        let read = |text: &str| text.parse::<Filter>().map(|filter| filter.to_string());
        for (text, filter) in [
            ("department=Sales", "(department=Sales)"),
            (" (department=B\u{fc}ro \\28West\\29) ", "(department=B\u{fc}ro \\28West\\29)"),
            ("&(cn=a*)(!(cn=ab*))", "(&(cn=a*)(!(cn=ab*)))"),
            ("(userAccountControl:1.2.840.113556.1.4.803:=2)", "(userAccountControl:1.2.840.113556.1.4.803:=2)"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(filter));
        }
        for text in [
            "",
            "()",
            "Sales",
            "(cn=a",
            "(cn=a)(cn=b)",
            "cn=a)(cn=b",
            "(cn=a))(|(cn=b)",
            "(cn=a(b))",
            "(=a)",
            "(cn=\0)",
        ] {
            assert_eq!(read(text), Err(FilterError::Malformed), "{text}");
        }
        let nested = |depth| format!("{}(cn=a){}", "(!".repeat(depth), ")".repeat(depth));
        assert!(read(&nested(49)).is_ok());
        assert_eq!(read(&nested(10_000)), Err(FilterError::TooDeep));
        assert!(matches!(read(&format!("cn={}", "a".repeat(100_000))), Err(FilterError::TooLong(_))));
    }

    #[test]
    fn a_value_cannot_leave_its_clause() {
        let filter = any(&[Clause::new("sAMAccountName", ")(cn=*"), Clause::new("objectGUID", [0, 0xff])]);
        assert_eq!(filter, r"(|(sAMAccountName=\29\28cn\3d\2a)(objectGUID=\00\ff))");
        let both = Clause::All(vec![Clause::new("givenName", "Anna"), Clause::new("sn", "O'Hara")]);
        assert_eq!(any(&[both]), r"(|(&(givenName=Anna)(sn=O\27Hara)))");
    }

    #[test]
    fn a_filter_tells_its_attributes() {
        let text = r"(&(cn=a\28b)(|(mail=*)(!(cn=x)))(memberOf:1.2.840.113556.1.4.1941:=CN=a)(:dn:2.4.6:=y)(2.5.4.3=z)(sn>=q))";
        let filter: Filter = text.parse().expect("a filter");
        assert_eq!(filter.attributes().into_iter().collect::<Vec<_>>(), ["cn", "mail", "memberOf", "sn"]);
    }

    #[test]
    fn attribute_names_are_names() {
        assert!(is_attribute_name("employeeID") && is_attribute_name("msDS-cloudExtensionAttribute1"));
        assert!(["", "1a", "cn=*)(x", "a b", "ä"].iter().all(|name| !is_attribute_name(name)));
    }
}
