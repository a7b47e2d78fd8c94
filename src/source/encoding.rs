//! Decoding a CSV file, whatever program wrote it.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::{SourceError, foreign, not_opened};

/// The largest CSV file that is read, in bytes: enough for more than a million rows.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// Reads a file's text, with a note about what was assumed.
pub(super) fn read(path: &Path) -> Result<(String, Option<String>), SourceError> {
    let failed = |error| not_opened(path, error);
    let file = File::open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len().min(MAX_BYTES);
    let mut content = Vec::with_capacity(usize::try_from(length + 1).unwrap_or_default());
    // The limit is checked on what was read, because a pipe has no size.
    file.take(MAX_BYTES + 1).read_to_end(&mut content).map_err(failed)?;
    if content.len() as u64 > MAX_BYTES {
        return Err(SourceError::TooLarge { path: path.to_path_buf(), limit: MAX_BYTES });
    }
    if let Some(error) = foreign::file(&content, path) {
        return Err(error);
    }
    let (text, note) = decode(content);
    match foreign::text(&text) {
        Some(what) => Err(SourceError::NotCsv { path: path.to_path_buf(), what }),
        None => Ok((text, note)),
    }
}

/// Decodes UTF-8 with or without a byte order mark, UTF-16 with or without one (Excel's "Unicode text"), or UTF-32 with
/// one. Anything else is read as Windows-1252, in which every sequence of bytes is valid. The note says so if the bytes
/// alone leave a doubt.
fn decode(mut bytes: Vec<u8>) -> (String, Option<String>) {
    if let Some(text) = utf32(&bytes) {
        return (text, None);
    }
    let marked = Encoding::for_bom(&bytes);
    if let Some((encoding, mark)) = marked.filter(|(encoding, _)| *encoding != encoding_rs::UTF_8) {
        return (encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned(), None);
    }
    if let Some(encoding) = unmarked_utf16(&bytes) {
        let note = format!("the CSV file looks like {}, and was read as such", encoding.name());
        return (encoding.decode_without_bom_handling(&bytes).0.into_owned(), Some(note));
    }
    bytes.drain(..marked.map_or(0, |(_, mark)| mark));
    match String::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => line_by_line(error.as_bytes()),
    }
}

/// Decodes each line on its own, because in joined files one part may be UTF-8 and another not.
fn line_by_line(bytes: &[u8]) -> (String, Option<String>) {
    let mut text = String::with_capacity(bytes.len());
    let mut is_mixed = false;
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        match std::str::from_utf8(line) {
            Ok(line) => {
                is_mixed |= !line.is_ascii();
                text.push_str(line);
            }
            Err(_) => text.push_str(&WINDOWS_1252.decode_without_bom_handling(line).0),
        }
    }
    let what = if is_mixed { "parts of the CSV file are not UTF-8" } else { "the CSV file is not UTF-8" };
    (text, Some(format!("{what}: read as Windows-1252; check names with accents in the report")))
}

/// Decodes UTF-32 with a byte order mark (.NET calls it "utf32").
fn utf32(bytes: &[u8]) -> Option<String> {
    let (mark, units) = bytes.split_at_checked(4)?;
    let unit: fn([u8; 4]) -> u32 = match mark {
        [0xFF, 0xFE, 0, 0] => u32::from_le_bytes,
        [0, 0, 0xFE, 0xFF] => u32::from_be_bytes,
        _ => return None,
    };
    let (units, _) = units.as_chunks::<4>();
    Some(units.iter().map(|&bytes| char::from_u32(unit(bytes)).unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

/// Detects UTF-16 without a byte order mark. Mostly Latin text has a zero in every other byte and hardly any in
/// between. A few stray NULs in other text do not count.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(4096)];
    let zeros = |start: usize| head.iter().skip(start).step_by(2).filter(|&&byte| byte == 0).count();
    let enough = |zeros: usize, others: usize| zeros > head.len() / 8 && zeros > 8 * others;
    match (zeros(0), zeros(1)) {
        (even, odd) if enough(odd, even) => Some(UTF_16LE),
        (even, odd) if enough(even, odd) => Some(UTF_16BE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn every_encoding_gives_the_same_text() {
        let text = "AD_user, path\njürgen, jürgen.jpg\n";
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let utf16be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let utf32: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
        let utf32be: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
        let latin1: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin-1")).collect();
        for bytes in [
            text.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            [b"\xff\xfe", utf16.as_slice()].concat(),
            [b"\xfe\xff", utf16be.as_slice()].concat(),
            [b"\xff\xfe\0\0", utf32.as_slice()].concat(),
            [b"\0\0\xfe\xff", utf32be.as_slice()].concat(),
            utf16,
            utf16be,
            latin1,
        ] {
            assert_eq!(decode(bytes).0, text);
        }
    }

    #[test]
    fn utf16_is_told_without_a_mark_whatever_the_language() {
        for text in
            ["user;photo\r\nĀbele;ābele.jpg\r\n", "user\tphoto\nИванов\tp/иванов.jpg\n", "login|foto\nŁukasz|a.jpg\n"]
        {
            for order in [u16::to_le_bytes, u16::to_be_bytes] {
                let bytes: Vec<u8> = text.encode_utf16().flat_map(order).collect();
                let (decoded, note) = decode(bytes);
                assert_eq!(decoded, text);
                assert!(note.is_some_and(|note| note.contains("UTF-16")));
            }
        }
    }

    #[test]
    fn joined_parts_of_several_encodings_are_each_read_as_what_they_are() {
        let (text, note) = decode([&b"\xef\xbb\xbf"[..], "j\u{fc}rgen\n".as_bytes(), b"\xfcnal\n", b"anna\n"].concat());
        assert_eq!(text, "jürgen\nünal\nanna\n");
        assert!(note.is_some_and(|note| note.starts_with("parts of")));
        let (text, note) = decode(b"\xfcnal\nanna\n".to_vec());
        assert!(text == "ünal\nanna\n" && note.is_some_and(|note| note.contains("is not UTF-8: read as Windows-1252")));
    }

    #[test]
    fn a_stray_nul_does_not_make_it_utf16() {
        assert_eq!(decode(b"user,path\na\0b,c.jpg\n".to_vec()).0, "user,path\na\0b,c.jpg\n");
    }
}
