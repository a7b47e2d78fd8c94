//! LDAP filters (RFC 4515), of two kinds: those that adphoto builds, in which no value can change the filter's meaning
//! wherever it comes from; and those that an administrator writes.

use std::collections::BTreeSet;
use std::fmt::{self, Write};
use std::str::FromStr;

use crate::failure::Advice;

/// A condition that an entry must meet to be found.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Clause {
    /// `(attribute=value)`.
    Is {
        /// The attribute's name; see [`is_attribute_name`].
        attribute: String,
        /// The value; text is in UTF-8.
        value: Vec<u8>,
    },
    /// `(&…)`: all of the clauses must hold.
    All(Vec<Clause>),
}

impl Clause {
    /// Makes the clause `(attribute=value)`. The value may have any bytes.
    pub fn new(attribute: &str, value: impl Into<Vec<u8>>) -> Self {
        Self::Is { attribute: attribute.to_owned(), value: value.into() }
    }

    /// Returns the bytes of all values, which make up most of a search request.
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

/// A filter that is complete and well formed. As part of another filter, it cannot change what stands around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter(String);

/// The reason why a text is not a filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// The text does not follow RFC 4515.
    #[error(
        "not an LDAP filter; write it as \"(department=Sales)\" or \"(&(department=Sales)(!(title=Trainee)))\"; in a \
         value, ( ) * \\ are written \\28 \\29 \\2a \\5c"
    )]
    Malformed,
    /// The text is longer than a server accepts.
    #[error("a filter of {0} bytes, more than a server accepts ({MAX_BYTES})")]
    TooLong(usize),
    /// The brackets are nested too deeply.
    #[error("a filter whose brackets are nested more than {MAX_DEPTH} deep")]
    TooDeep,
}

impl Advice for FilterError {
    fn is_usage(&self) -> bool {
        true
    }
}

/// The longest filter, in bytes: far below the 256,000 that Samba accepts in a search.
const MAX_BYTES: usize = 64 * 1024;
/// The maximum depth of nested brackets. Each level takes stack, here and on the server.
const MAX_DEPTH: usize = 50;

impl FromStr for Filter {
    type Err = FilterError;

    /// Reads a filter, with or without its outer brackets.
    fn from_str(text: &str) -> Result<Self, FilterError> {
        let text = text.trim();
        if text.len() > MAX_BYTES {
            return Err(FilterError::TooLong(text.len()));
        }
        // Brackets inside values are escaped (RFC 4515 3), so every bracket here begins or ends a filter.
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
    /// Returns the names of the attributes in the filter, each once. Attributes that are given by number (OID) are left
    /// out.
    #[must_use]
    pub fn attributes(&self) -> BTreeSet<&str> {
        // Brackets inside values are escaped, so each bracket is followed by an attribute or by one of `&`, `|` and
        // `!`.
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

/// Returns whether `name` has the form of an attribute's name: letters, digits and hyphens, beginning with a letter
/// (RFC 4512 1.4).
#[must_use]
pub fn is_attribute_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// Returns the filter `(|(a=1)(b=2)…)`, which finds entries for which any clause holds.
pub(in crate::directory) fn any<'c>(clauses: impl IntoIterator<Item = &'c Clause>) -> String {
    let mut filter = String::from("(|");
    clauses.into_iter().for_each(|clause| clause.write(&mut filter));
    filter.push(')');
    filter
}

/// Appends a value and escapes everything except letters and digits. That is always legal (RFC 4515 3), and there is no
/// list of special characters to get wrong.
fn escape_into(filter: &mut String, value: &[u8]) {
    for &byte in value {
        if byte.is_ascii_alphanumeric() {
            filter.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
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
