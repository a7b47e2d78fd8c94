//! One line of a journal: JSON whose first field is a checksum of all that follows it. A line that was torn or damaged is
//! seen to be, and never believed.

use std::io::{self, BufRead, Read};

use super::record::Line;
use crate::hash::Hash;

/// Bytes of a line: a photo of 102,400 bytes takes some 140,000.
const LONGEST: usize = 1 << 20;
/// How every line begins.
pub(super) const OPENING: &[u8] = b"{\"sum\":\"";
const DIGITS: usize = 16;

/// The line with its checksum and its end.
pub(super) fn seal(line: &Line) -> io::Result<Vec<u8>> {
    let json = serde_json::to_string(line)?;
    // Without its brace, which the opening has.
    let rest = json.get(1..).unwrap_or_default();
    let line = format!("{{\"sum\":\"{}\",{rest}\n", Hash::of(rest.as_bytes()).short()).into_bytes();
    if line.len() > LONGEST {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "a photo that is larger than any may be"));
    }
    Ok(line)
}

/// What a line says; `None` if it is not whole.
pub(super) fn open(line: &[u8]) -> Option<Line> {
    let (sum, rest) = line.strip_prefix(OPENING)?.split_at_checked(DIGITS)?;
    let rest = rest.strip_prefix(b"\",")?.strip_suffix(b"\n")?;
    if Hash::of(rest).short().as_bytes() != sum {
        return None;
    }
    serde_json::from_slice(&[b"{", rest].concat()).ok()
}

/// Reads the next line into `line`, as much of it as a line may have; returns all its bytes, 0 at the end.
pub(super) fn next(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<u64> {
    line.clear();
    let mut length = reader.by_ref().take(LONGEST as u64).read_until(b'\n', line)? as u64;
    let mut unended = length == LONGEST as u64 && line.last() != Some(&b'\n');
    // The rest of what is too long is of no use.
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
