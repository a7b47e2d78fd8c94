//! Distinguished names (RFC 4514), parsed so that they can be compared.

use std::fmt::{self, Write};

use unicode_normalization::UnicodeNormalization;

/// A DN within a domain: its last part is `DC=…`. It does not remember blanks and escapes of the text that it was read
/// from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Dn {
    /// The attribute and the unescaped value of each part.
    parts: Vec<(String, String)>,
}

impl Dn {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let part = |part: &str| {
            let (attribute, value) = part.split_once('=')?;
            let attribute = attribute.trim();
            let is_name =
                !attribute.is_empty() && attribute.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'));
            Some((is_name.then(|| attribute.to_owned())?, unescape(value)?.nfc().collect()))
        };
        let parts: Vec<(String, String)> = split_unescaped(text).into_iter().map(part).collect::<Option<_>>()?;
        parts.last()?.0.eq_ignore_ascii_case("dc").then_some(Self { parts })
    }

    /// Returns the DN in lower case, which is equal for all spellings of the same DN.
    pub(super) fn folded(&self) -> Self {
        let fold = |(attribute, value): &(String, String)| (attribute.to_lowercase(), value.to_lowercase());
        Self { parts: self.parts.iter().map(fold).collect() }
    }

    /// Returns whether this DN is `base` or below it. Both have to be folded.
    pub(super) fn is_below(&self, base: &Self) -> bool {
        self.parts.ends_with(&base.parts)
    }
}

/// Writes the DN in a form that every server reads. There are no blanks between parts, which Samba does not accept in a
/// filter, and every character that might have a meaning is escaped in hexadecimal.
impl fmt::Display for Dn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (attribute, value)) in self.parts.iter().enumerate() {
            write!(f, "{}{attribute}=", if place > 0 { "," } else { "" })?;
            for (at, c) in value.char_indices() {
                let outermost = at == 0 || at + c.len_utf8() == value.len();
                match c {
                    ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '#' | '=' | '\0' => write!(f, "\\{:02x}", u32::from(c))?,
                    ' ' if outermost => f.write_str("\\20")?,
                    _ => f.write_char(c)?,
                }
            }
        }
        Ok(())
    }
}

fn split_unescaped(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, c) in text.char_indices() {
        match c {
            ',' if !escaped => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => escaped = c == '\\' && !escaped,
        }
        if c == ',' {
            escaped = false;
        }
    }
    parts.push(&text[start..]);
    parts
}

/// Resolves escapes such as `\,` and `\2c`, and removes the blanks around the value that are not escaped.
fn unescape(value: &str) -> Option<String> {
    let mut bytes = Vec::new();
    // The length of `bytes` up to the last byte that is not an unescaped blank. Only what follows may be cut off.
    let mut kept = 0;
    let mut rest = value.trim_start().chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            bytes.extend(c.encode_utf8(&mut [0; 4]).bytes());
            if c != ' ' {
                kept = bytes.len();
            }
            continue;
        }
        let escaped = rest.next()?;
        match escaped.to_digit(16) {
            Some(high) => bytes.push(u8::try_from(high * 16 + rest.next()?.to_digit(16)?).ok()?),
            None => bytes.extend(escaped.encode_utf8(&mut [0; 4]).bytes()),
        }
        kept = bytes.len();
    }
    bytes.truncate(kept);
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::Dn;

    #[test]
    fn spellings_of_one_dn_are_equal_and_others_are_not() {
        let folded = |text: &str| Dn::parse(text).map(|dn| dn.folded());
        let dn = folded(r"CN=Müller\, Anna,OU=Sales,DC=example,DC=com");
        assert!(dn.is_some());
        assert_eq!(folded("cn = m\u{fc}ller\\2C anna , ou=SALES,dc=Example,dc=com"), dn);
        assert_eq!(folded("cn=mu\u{308}ller\\, anna,ou=sales,dc=example,dc=com"), dn);
        assert_ne!(folded("CN=Muller\\, Anna,OU=Sales,DC=example,DC=com"), dn);
        assert_ne!(folded(r"CN=a\,ou\=b,DC=c"), folded("CN=a,OU=b,DC=c"));
        for none in ["", "anna", "CN=Anna", "Anna,DC=com", r"CN=Anna\", "=x,DC=com", r"CN=\zz\4,DC=com"] {
            assert_eq!(Dn::parse(none), None, "{none}");
        }
    }

    #[test]
    fn it_is_spelled_as_servers_read_it() {
        let dn = Dn::parse("cn = Müller\\, \\\"Anna\\\"\\20 , DC=example").expect("a DN");
        assert_eq!(dn.to_string(), r"cn=Müller\2c \22Anna\22\20,DC=example");
        assert_eq!(Dn::parse(&dn.to_string()), Some(dn));
    }
}
