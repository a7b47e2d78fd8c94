//! Distinguished names: comparing them, and the other ways to name an entry.

use std::fmt::Write as _;

use super::value::{fold, sid_from_text};

/// The name of an entry in a request.
pub(super) enum Name {
    /// A DN in the form of [`key`].
    Dn(String),
    /// `<GUID=…>`, which stays valid when the entry is renamed or moved (MS-ADTS 3.1.1.3.1.2.4).
    Guid(Vec<u8>),
    /// `<SID=…>`, which also names an entry.
    Sid(Vec<u8>),
}

impl Name {
    pub(super) fn parse(name: &str) -> Option<Self> {
        let Some(special) = name.trim().strip_prefix('<') else {
            return key(name).map(Self::Dn);
        };
        let (kind, value) = special.strip_suffix('>')?.split_once('=')?;
        match kind.to_ascii_uppercase().as_str() {
            "GUID" => guid(value).map(Self::Guid),
            "SID" => sid_from_text(value).or_else(|| bytes(value)).map(Self::Sid),
            _ => None,
        }
    }
}

/// Returns a form of a DN that is the same for all spellings of it: `cn=alex darrow,ou=people,…`. Values contain no
/// commas in this form, so a comparison of suffixes tells which entry lies below which.
pub(super) fn key(dn: &str) -> Option<String> {
    let mut key = String::with_capacity(dn.len());
    for (kind, value) in split(dn)? {
        if !key.is_empty() {
            key.push(',');
        }
        key.push_str(&kind.to_ascii_lowercase());
        key.push('=');
        for letter in fold(&value).chars() {
            match letter {
                ',' | '\\' => write!(key, "\\{:02x}", u32::from(letter)).ok()?,
                _ => key.push(letter),
            }
        }
    }
    Some(key)
}

/// Splits a DN into pairs of type and unescaped value, from the entry up to the root (RFC 4514).
pub(super) fn split(dn: &str) -> Option<Vec<(&str, String)>> {
    if dn.is_empty() {
        return Some(Vec::new());
    }
    components(dn)
        .into_iter()
        .map(|component| {
            let (kind, value) = component.split_once('=')?;
            Some((kind.trim(), unescape(value)?)).filter(|(kind, _)| !kind.is_empty())
        })
        .collect()
}

/// Returns the entry's own part of its DN.
pub(super) fn first(dn: &str) -> &str {
    components(dn).first().copied().unwrap_or_default()
}

/// Returns the DN of the parent, spelled as in `dn`.
pub(super) fn parent(dn: &str) -> &str {
    dn.get(first(dn).len() + 1..).unwrap_or_default().trim_start()
}

/// Returns whether the entry with the key `below` is inside the one with the key `above`.
pub(super) fn is_below(below: &str, above: &str) -> bool {
    below.strip_suffix(above).is_some_and(|rest| rest.ends_with(','))
}

/// Splits a DN at the commas that are not escaped.
fn components(dn: &str) -> Vec<&str> {
    let mut escaped = false;
    dn.split(|letter| {
        let cut = letter == ',' && !escaped;
        escaped = letter == '\\' && !escaped;
        cut
    })
    .collect()
}

fn unescape(value: &str) -> Option<String> {
    let mut plain = Vec::with_capacity(value.len());
    let mut rest = value.trim_start().as_bytes();
    // Spaces at the end do not belong to the value unless they are escaped.
    let mut kept = 0;
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'\\' {
            plain.push(*first);
            if *first != b' ' {
                kept = plain.len();
            }
            continue;
        }
        match rest {
            [high, low, after @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                plain.push(hex(*high, *low)?);
                rest = after;
            }
            [escaped, after @ ..] => {
                plain.push(*escaped);
                rest = after;
            }
            [] => return None,
        }
        kept = plain.len();
    }
    plain.truncate(kept);
    String::from_utf8(plain).ok().filter(|plain| !plain.is_empty())
}

/// Parses a GUID. In plain hexadecimal, the bytes are in order; in the form with dashes, the bytes of the first three
/// groups are reversed, as Windows shows GUIDs (MS-DTYP 2.3.4.3).
fn guid(text: &str) -> Option<Vec<u8>> {
    let mut guid = bytes(&text.replace('-', "")).filter(|guid| guid.len() == 16)?;
    if text.contains('-') {
        let groups: Vec<usize> = text.split('-').map(str::len).collect();
        if groups != [8, 4, 4, 4, 12] {
            return None;
        }
        guid[..4].reverse();
        guid[4..6].reverse();
        guid[6..8].reverse();
    }
    Some(guid)
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|[high, low]| hex(*high, *low)).collect()
}

fn hex(high: u8, low: u8) -> Option<u8> {
    let digit = |letter: u8| char::from(letter).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}
