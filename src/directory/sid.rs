//! Security identifiers: the permanent names of accounts, which Windows writes as `S-1-5-21-…`.

use std::fmt;

/// A security identifier (MS-DTYP 2.4.2). Each has exactly one spelling, so SIDs can be compared as text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sid(String);

impl Sid {
    /// Parses the text form, `S-1-5-21-…`. Returns `None` for every other spelling, such as one with a sign or a
    /// leading zero.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_number = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_digit())
                && (part == "0" || !part.starts_with('0'))
        };
        let mut parts = text.strip_prefix("S-1-")?.split('-').map(|part| Some(part).filter(|part| is_number(part)));
        parts.next()??.parse::<u64>().ok().filter(|&authority| authority < 1 << 48)?;
        let sub_authorities: Vec<u32> = parts.map(|part| part?.parse().ok()).collect::<Option<_>>()?;
        (1..=15).contains(&sub_authorities.len()).then(|| Self(text.to_owned()))
    }

    /// Parses the binary form (MS-DTYP 2.4.2.2), in which the authority is big-endian and the numbers after it are
    /// little-endian.
    #[must_use]
    pub fn from_bytes(sid: &[u8]) -> Option<Self> {
        let (&[revision, count, ref authority @ ..], rest) = sid.split_first_chunk::<8>()?;
        // The revision and the counts that the text form can have.
        if revision != 1 || !(1..=15).contains(&count) || rest.len() != usize::from(count) * 4 {
            return None;
        }
        let authority = authority.iter().fold(0_u64, |number, &byte| number << 8 | u64::from(byte));
        let (numbers, _) = rest.as_chunks::<4>();
        let numbers = numbers.iter().map(|bytes| format!("-{}", u32::from_le_bytes(*bytes)));
        Some(Self(format!("S-{revision}-{authority}{}", numbers.collect::<String>())))
    }

    /// Returns the binary form, which a directory search needs.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut numbers = self.0.split('-').skip(2).map(|part| part.parse::<u64>().unwrap_or_default());
        let authority = numbers.next().unwrap_or_default();
        let sub_authorities: Vec<u8> =
            numbers.flat_map(|part| u32::try_from(part).unwrap_or_default().to_le_bytes()).collect();
        let count = u8::try_from(sub_authorities.len() / 4).unwrap_or_default();
        [&[1, count], &authority.to_be_bytes()[2..], &sub_authorities].concat()
    }

    /// Returns the text form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the part that all accounts of one domain have in common, which is everything before the last number.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('-').map_or("", |(domain, _)| domain)
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Sid;

    #[test]
    fn a_sid_is_written_as_windows_writes_it() {
        let administrators = [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0];
        assert_eq!(Sid::from_bytes(&administrators).expect("a SID").as_str(), "S-1-5-32-544");
        assert_eq!(Sid::from_bytes(&administrators[..15]), None);
        assert_eq!(Sid::from_bytes(&[1, 0]), None);
        assert_eq!(Sid::from_bytes(&[1, 0, 0, 0, 0, 0, 0, 5]), None);
        assert_eq!(Sid::from_bytes(&[&[2], &administrators[1..]].concat()), None);
        assert_eq!(Sid::from_bytes(&[&[1, 16, 0, 0, 0, 0, 0, 5][..], &[0; 64]].concat()), None);
    }

    #[test]
    fn text_and_bytes_are_one() {
        for text in ["S-1-5-21-1-2-3-500", "S-1-12-1-4294967295-0-7-9", "S-1-281474976710655-1"] {
            let sid = Sid::parse(text).expect("a SID");
            assert_eq!(Sid::from_bytes(&sid.to_bytes()).as_ref(), Some(&sid));
        }
        assert_eq!(Sid::parse("S-1-5-21-1-2-3-500").expect("a SID").domain(), "S-1-5-21-1-2-3");
    }

    /// A folder counts as a person's only if its name is the one spelling of a SID.
    #[test]
    fn each_sid_has_one_spelling() {
        for text in
            ["S-1-", "S-1-5", "S-1-5-x", "s-1-5-21-1", "S-1-5-021", "S-1-5-+1", "S-1-5-21-", "S-1-5-21-1 ", "S-2-5-1"]
        {
            assert_eq!(Sid::parse(text), None, "{text}");
        }
        assert_eq!(Sid::parse(&format!("S-1-5{}", "-1".repeat(16))), None);
    }
}
