//! Hashes, by which photos are recognized.

use std::fmt;

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use ring::digest::{Context, SHA256, digest};
use serde::{Deserialize, Serialize};

/// The SHA-256 of a photo.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hash([u8; 32]);

impl Hash {
    /// Computes the hash of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut hash = [0; 32];
        // A SHA-256 has 32 bytes, too.
        hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
        Self(hash)
    }

    /// Returns the first half.
    pub(crate) fn half(self) -> [u8; 16] {
        let mut half = [0; 16];
        half.copy_from_slice(&self.0[..16]);
        half
    }

    /// Reads hexadecimal digits of either case (`Get-FileHash` writes capital letters); `None` if the text is not a
    /// SHA-256.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()?.try_into().ok().map(Self)
    }

    /// Returns the first eight bytes in hexadecimal digits, as a checksum.
    pub(crate) fn short(self) -> String {
        HEXLOWER.encode(&self.0[..8])
    }
}

/// Computes the hash of bytes that come in parts.
#[derive(Clone)]
pub(crate) struct Hasher(Context);

impl Default for Hasher {
    fn default() -> Self {
        Self(Context::new(&SHA256))
    }
}

impl Hasher {
    pub(crate) fn update(&mut self, part: &[u8]) {
        self.0.update(part);
    }

    pub(crate) fn finish(self) -> Hash {
        let mut hash = [0; 32];
        hash.copy_from_slice(self.0.finish().as_ref());
        Hash(hash)
    }
}

impl From<Hash> for String {
    fn from(hash: Hash) -> Self {
        hash.to_string()
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        HEXLOWER.encode_display(&self.0).fmt(f)
    }
}

impl TryFrom<String> for Hash {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a SHA-256")
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.short())
    }
}

#[cfg(test)]
mod tests {
    use super::Hash;

    /// The example of the standard: FIPS 180-2, B.1.
    #[test]
    fn a_hash_is_read_as_it_is_written() {
        let digits = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Hash::of(b"abc").to_string(), digits);
        for text in [digits, &digits.to_uppercase()] {
            assert_eq!(Hash::parse(text), Some(Hash::of(b"abc")));
        }
        for text in ["", &digits[1..], &digits[2..], &format!("{digits}00"), &format!(" {}", &digits[1..])] {
            assert_eq!(Hash::parse(text), None, "{text}");
        }
    }
}
