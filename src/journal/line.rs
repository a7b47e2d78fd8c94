//! The form of a line: a JSON object whose first field is a checksum of everything after it. A line that was torn off
//! or damaged has a wrong checksum and is never believed.

use std::io::{self, BufRead, Read};

use super::record::Line;
use crate::hash::Hash;

/// The size of the longest line, in bytes. A photo of 102,400 bytes, the largest that Active Directory takes, makes a
/// line of 140,000 bytes, and one of 16 MB, the largest that is read from Microsoft 365, a line of 22 MB.
const MAX_LINE_BYTES: usize = 24 << 20;
/// The beginning of every line.
pub(super) const OPENING: &[u8] = b"{\"sum\":\"";
/// Number of hexadecimal digits of the checksum.
const CHECKSUM_DIGITS: usize = 16;

/// Returns the bytes of a line, with its checksum and the line end.
pub(super) fn seal(line: &Line) -> io::Result<Vec<u8>> {
    let json = serde_json::to_string(line)?;
    // The checksum is put in front, so the opening brace of the JSON is dropped; `OPENING` has one.
    let rest = json.get(1..).unwrap_or_default();
    let line = format!("{{\"sum\":\"{}\",{rest}\n", Hash::of(rest.as_bytes()).short()).into_bytes();
    if line.len() > MAX_LINE_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the photo is larger than a journal takes"));
    }
    Ok(line)
}

/// Returns what a line says; `None` if it is torn or damaged.
pub(super) fn open(line: &[u8]) -> Option<Line> {
    let (sum, rest) = line.strip_prefix(OPENING)?.split_at_checked(CHECKSUM_DIGITS)?;
    let rest = rest.strip_prefix(b"\",")?.strip_suffix(b"\n")?;
    if Hash::of(rest).short().as_bytes() != sum {
        return None;
    }
    serde_json::from_slice(&[b"{", rest].concat()).ok()
}

/// Reads the next line into `line`, but no more than [`MAX_LINE_BYTES`] of it. Returns how many bytes the line has in
/// the file; 0 at the end of the file.
pub(super) fn next(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<u64> {
    line.clear();
    let mut length = reader.by_ref().take(MAX_LINE_BYTES as u64).read_until(b'\n', line)? as u64;
    let mut unended = length == MAX_LINE_BYTES as u64 && line.last() != Some(&b'\n');
    // A longer line is damaged, so the rest of it is skipped without keeping it in memory.
    while unended {
        let more = reader.fill_buf()?;
        let end = more.iter().position(|&byte| byte == b'\n');
        let passed = end.map_or(more.len(), |end| end + 1);
        unended = end.is_none() && passed > 0;
        reader.consume(passed);
        length += passed as u64;
    }
    Ok(length)
}
