//! How AD compares values: each attribute syntax has its own rule (MS-ADTS 3.1.1.2.2.4).

use std::time::{SystemTime, UNIX_EPOCH};

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::dn;

/// The attribute syntaxes in use; each decides when two values are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    Text,
    Integer,
    LargeInteger,
    Boolean,
    Time,
    Oid,
    Name,
    Octets,
    Sid,
}

impl Syntax {
    /// Returns the `attributeSyntax` and `oMSyntax` that the schema shows (MS-ADTS 3.1.1.2.2.2).
    pub(super) fn published(self) -> (&'static str, &'static str) {
        match self {
            Self::Text => ("2.5.5.12", "64"),
            Self::Integer => ("2.5.5.9", "2"),
            Self::LargeInteger => ("2.5.5.16", "65"),
            Self::Boolean => ("2.5.5.8", "1"),
            Self::Time => ("2.5.5.11", "24"),
            Self::Oid => ("2.5.5.2", "6"),
            Self::Name => ("2.5.5.1", "127"),
            Self::Octets => ("2.5.5.10", "4"),
            Self::Sid => ("2.5.5.17", "4"),
        }
    }

    /// Returns a key that is the same for equal values; `None` if the bytes are not a value of this syntax.
    pub(super) fn key(self, value: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Octets => Some(value.to_vec()),
            Self::Sid if value.starts_with(b"S-") => sid_from_text(text(value)?),
            Self::Sid => Some(value.to_vec()),
            Self::Integer | Self::LargeInteger => Some(integer(value)?.to_string().into_bytes()),
            Self::Name => Some(dn::key(category(text(value)?))?.into_bytes()),
            Self::Text | Self::Boolean | Self::Time | Self::Oid => Some(fold(text(value)?).into_bytes()),
        }
    }

    /// Returns the length that rangeUpper limits: characters for text, otherwise bytes.
    pub(super) fn length(self, value: &[u8]) -> usize {
        match (self, text(value)) {
            (Self::Text, Some(text)) => text.chars().count(),
            _ => value.len(),
        }
    }
}

pub(super) fn integer(value: &[u8]) -> Option<i64> {
    text(value)?.parse().ok()
}

/// Returns text without differences of case, accents, kana and width, which AD ignores when it compares text (MS-ADTS
/// 6.5): a search for `jurgen` finds `jürgen`. This covers the letters of Europe, and kana.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase) {
        match letter {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' => folded.push('d'),
            'ı' => folded.push('i'),
            // Hiragana become katakana, whose code points are 0x60 higher.
            '\u{3041}'..='\u{3096}' => folded.extend(char::from_u32(u32::from(letter) + 0x60)),
            other => folded.push(other),
        }
    }
    folded
}

/// Converts `S-1-5-21-…` to the bytes of objectSid (MS-DTYP 2.4.2.2).
pub(super) fn sid_from_text(text: &str) -> Option<Vec<u8>> {
    let mut parts = text.strip_prefix("S-1-")?.split('-');
    let authority: u64 = parts.next()?.parse().ok()?;
    let subs: Vec<u32> = parts.map(str::parse).collect::<Result<_, _>>().ok()?;
    let mut sid = vec![1, u8::try_from(subs.len()).ok().filter(|count| *count <= 15)?];
    sid.extend(&authority.to_be_bytes()[2..]);
    sid.extend(subs.iter().flat_map(|sub| sub.to_le_bytes()));
    Some(sid)
}

/// Returns the DN of the schema entry that `(objectCategory=person)` stands for (MS-ADTS 3.1.1.3.1.3.5).
fn category(name: &str) -> &str {
    match name.to_ascii_lowercase().as_str() {
        "person" | "user" | "contact" => super::schema::PERSON_CATEGORY,
        "computer" => super::schema::COMPUTER_CATEGORY,
        _ => name,
    }
}

fn text(value: &[u8]) -> Option<&str> {
    std::str::from_utf8(value).ok()
}

/// Returns the current time as AD writes it: `20261120194700.0Z`.
pub(super) fn now() -> String {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let (days, second) = (since_1970 / 86_400, since_1970 % 86_400);
    // The algorithm is Howard Hinnant's civil_from_days: years begin in March, so that a leap day comes last.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}.0Z")
}
