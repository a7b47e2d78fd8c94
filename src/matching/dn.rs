//! Distinguished names, to compare them (RFC 4514).

use unicode_normalization::UnicodeNormalization;

/// `text` in one form for all spellings of the same DN (case, blanks around `,` and `=`, escapes); `None` if it is none
/// of a domain, which ends in `DC=…`.
pub(super) fn normal(text: &str) -> Option<String> {
    let mut parts = Vec::new();
    for part in split_unescaped(text) {
        let (attribute, value) = part.split_once('=')?;
        let attribute = attribute.trim().to_lowercase();
        if attribute.is_empty() || !attribute.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.')) {
            return None;
        }
        let value = unescape(value)?.nfc().collect::<String>().to_lowercase();
        // Length first: no value can look like two parts.
        parts.push(format!("{attribute}={}:{value}", value.len()));
    }
    parts.last()?.starts_with("dc=").then(|| parts.join(","))
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

/// A value without `\,` and `\2c`, and without the blanks around it that are not escaped.
fn unescape(value: &str) -> Option<String> {
    let mut bytes = Vec::new();
    // How much of `bytes` a trailing blank may not be cut from.
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
    use super::normal;

    #[test]
    fn spellings_of_one_dn_are_equal_and_others_are_not() {
        let dn = normal(r"CN=Müller\, Anna,OU=Sales,DC=example,DC=com");
        assert!(dn.is_some());
        assert_eq!(normal("cn = m\u{fc}ller\\2C anna , ou=SALES,dc=Example,dc=com"), dn);
        assert_eq!(normal("cn=mu\u{308}ller\\, anna,ou=sales,dc=example,dc=com"), dn);
        assert_ne!(normal("CN=Muller\\, Anna,OU=Sales,DC=example,DC=com"), dn);
        assert_ne!(normal(r"CN=a\,ou\=b,DC=c"), normal("CN=a,OU=b,DC=c"));
        for none in ["", "anna", "CN=Anna", "Anna,DC=com", r"CN=Anna\", "=x,DC=com", r"CN=\zz\4,DC=com"] {
            assert!(normal(none).is_none(), "{none}");
        }
    }
}
