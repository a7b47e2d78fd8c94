//! GUIDs, the permanent names of entries.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An objectGUID: the number that names an entry for ever, even if it is renamed or moved.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Guid(pub [u8; 16]);

impl Guid {
    /// Returns the GUID in the form that every operation accepts in place of a DN (MS-ADTS 3.1.1.3.1.2.4).
    pub(in crate::directory) fn as_dn(self) -> String {
        let hex: String = self.0.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("<GUID={hex}>")
    }

    /// Reads `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, with or without braces. The first three groups are numbers, whose
    /// bytes are stored least significant first (MS-DTYP 2.3.4).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(text);
        let groups: Vec<&str> = text.split('-').collect();
        let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
        if lengths != [8, 4, 4, 4, 12] || !groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
        {
            return None;
        }
        let mut bytes = [0; 16];
        let digits = groups.concat();
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(digits.get(at * 2..at * 2 + 2)?, 16).ok()?;
        }
        bytes[..4].reverse();
        bytes[4..6].reverse();
        bytes[6..8].reverse();
        Some(Self(bytes))
    }
}

/// Writes the GUID as Windows does, in the form that [`Guid::parse`] reads.
impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, rest @ ..] = self.0;
        let number = u32::from_le_bytes([a, b, c, d]);
        let (first, second) = (u16::from_le_bytes([e, rest[0]]), u16::from_le_bytes([rest[1], rest[2]]));
        let last: String = rest[5..].iter().map(|byte| format!("{byte:02x}")).collect();
        write!(f, "{number:08x}-{first:04x}-{second:04x}-{:02x}{:02x}-{last}", rest[3], rest[4])
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.as_dn())
    }
}

#[cfg(test)]
mod tests {
    use super::Guid;

    #[test]
    fn a_guid_is_read_as_windows_writes_it() {
        let guid = Guid::parse("{6B29FC40-CA47-1067-B31D-00DD010662DA}").expect("a GUID");
        assert_eq!(guid.as_dn(), "<GUID=40fc296b47ca6710b31d00dd010662da>");
        assert_eq!(guid.to_string(), "6b29fc40-ca47-1067-b31d-00dd010662da");
        assert!(Guid::parse("6B29FC40-CA47-1067-B31D-00DD010662D").is_none());
        assert!(Guid::parse("é6b29fc-ca47-1067-b31d-00dd010662da").is_none());
    }
}
