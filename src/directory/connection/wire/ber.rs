//! Reading and writing elements of BER (X.690 8.1), in which LDAP messages and certificates are encoded. An element is
//! a tag, a length and the content.

/// The tag of a SEQUENCE; every LDAP message is one.
pub(in crate::directory::connection) const SEQUENCE: u8 = 0x30;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const ENUMERATED: u8 = 0x0a;
/// The bit of a tag that says that the content consists of elements itself.
pub(super) const CONSTRUCTED: u8 = 0x20;

/// A tag and the content.
pub(in crate::directory::connection) type Element<'b> = (u8, &'b [u8]);

/// The header of an element: everything before its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) tag: u8,
    /// The length of the header itself, in bytes.
    pub(super) size: usize,
    /// The length of the content, in bytes.
    pub(super) length: usize,
}

/// The reason why no header can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoHeader {
    /// The header goes on after the bytes that are here.
    Incomplete,
    /// The length is indefinite (0x80), or has more digits than fit a `usize`.
    Malformed,
}

/// Reads the header at the beginning of `bytes`. The content need not have arrived yet.
///
/// Only what `ldap3` parses is accepted: tags of one byte. A length below 0x80 is a single byte; otherwise the first
/// byte says how many bytes of length follow (0x81 to 0x88 for one to eight).
pub(super) fn header(bytes: &[u8]) -> Result<Header, NoHeader> {
    let &[tag, first, ref rest @ ..] = bytes else { return Err(NoHeader::Incomplete) };
    let (digits, length) = match first {
        0..=0x7f => (0, usize::from(first)),
        0x81..=0x88 => {
            let digits = usize::from(first & 0x7f);
            let bytes = rest.get(..digits).ok_or(NoHeader::Incomplete)?;
            let length = bytes.iter().fold(0_u64, |sum, &byte| sum << 8 | u64::from(byte));
            (digits, usize::try_from(length).map_err(|_| NoHeader::Malformed)?)
        }
        _ => return Err(NoHeader::Malformed),
    };
    Ok(Header { tag, size: 2 + digits, length })
}

/// Returns the first element and the bytes after it; `None` if the element is incomplete or malformed.
pub(in crate::directory::connection) fn next(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let Header { tag, size, length } = header(bytes).ok()?;
    let (content, rest) = bytes.get(size..)?.split_at_checked(length)?;
    Some(((tag, content), rest))
}

/// Encodes one element, with its length in as few bytes as possible.
pub(in crate::directory::connection) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let significant = &length[length.iter().take_while(|&&byte| byte == 0).count().min(length.len() - 1)..];
    let mut bytes = vec![tag];
    if let [short @ 0..=0x7f] = *significant {
        bytes.push(short);
    } else {
        // `significant` has at most eight bytes, so the lowest byte of its length is all of it.
        bytes.push(0x80 | significant.len().to_le_bytes()[0]);
        bytes.extend(significant);
    }
    bytes.extend(content);
    bytes
}

#[cfg(test)]
mod tests {
    use super::{Header, NoHeader, element, header, next};

    #[test]
    fn what_is_written_is_read() {
        for length in [0, 1, 0x7f, 0x80, 0x1234, 70_000] {
            let bytes = [element(4, &vec![7; length]), vec![9]].concat();
            assert_eq!(next(&bytes), Some(((4, &vec![7; length][..]), &[9][..])), "{length}");
        }
        assert_eq!(element(4, &[7; 0x1234])[..4], [4, 0x82, 0x12, 0x34]);
    }

    #[test]
    fn a_length_is_definite_and_no_larger_than_memory() {
        assert_eq!(
            header(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]),
            Ok(Header { tag: 0x30, size: 6, length: 0xffff_ffff })
        );
        for incomplete in [&[][..], &[0x30], &[0x30, 0x82, 1]] {
            assert_eq!(header(incomplete), Err(NoHeader::Incomplete));
        }
        for malformed in [&[0x30, 0x80, 0, 0][..], &[0x30, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1], &[0x30, 0xff]] {
            assert_eq!(header(malformed), Err(NoHeader::Malformed));
        }
        assert_eq!(next(&[4, 3, 0, 0]), None);
    }
}
