//! Elements of BER, the encoding of LDAP messages and of certificates (X.690 8.1), one after the other.

/// SEQUENCE, of which LDAP messages are made.
pub(in crate::directory::connection) const SEQUENCE: u8 = 0x30;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const ENUMERATED: u8 = 0x0a;
/// The bit of a tag that says that its content is made of elements.
pub(super) const CONSTRUCTED: u8 = 0x20;

/// A tag and its content.
pub(in crate::directory::connection) type Element<'b> = (u8, &'b [u8]);

/// What stands before an element's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) tag: u8,
    /// Bytes of the header itself.
    pub(super) size: usize,
    /// Bytes of the content.
    pub(super) length: usize,
}

/// Why there is no header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoHeader {
    /// More bytes are needed to tell.
    Incomplete,
    /// Its length has no end, or more digits than a computer has.
    Malformed,
}

/// Reads the header at the beginning of `bytes`; the content need not be there. As `ldap3` does it, a tag is one byte.
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

/// Returns the first element and what follows it; `None` where there is no whole one.
pub(in crate::directory::connection) fn next(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let Header { tag, size, length } = header(bytes).ok()?;
    let (content, rest) = bytes.get(size..)?.split_at_checked(length)?;
    Some(((tag, content), rest))
}

/// Writes one element.
pub(in crate::directory::connection) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let significant = &length[length.iter().take_while(|&&byte| byte == 0).count().min(length.len() - 1)..];
    let mut bytes = vec![tag];
    if let [short @ 0..=0x7f] = *significant {
        bytes.push(short);
    } else {
        // At most eight bytes of length.
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
