//! The text of a CSV file, whatever program wrote it.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::SourceError;

/// The largest CSV file that is read: a million rows and more.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// The text, and what was assumed of it.
pub(super) fn read(path: &Path) -> Result<(String, Option<String>), SourceError> {
    let failed = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::NotFound => SourceError::NotFound { path: path.to_path_buf() },
        _ => SourceError::Io { path: path.to_path_buf(), source },
    };
    let mut content = Vec::new();
    // Asked of what was read: a pipe has no size.
    File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut content)).map_err(failed)?;
    if content.len() as u64 > MAX_BYTES {
        return Err(SourceError::TooLarge { path: path.to_path_buf(), limit: MAX_BYTES });
    }
    // A ZIP archive, or the older compound file.
    if content.starts_with(b"PK\x03\x04") || content.starts_with(b"\xD0\xCF\x11\xE0") {
        return Err(SourceError::Workbook { path: path.to_path_buf() });
    }
    let (text, note) = decode(&content);
    if let Some(what) = something_else(&text) {
        return Err(SourceError::NotCsv { path: path.to_path_buf(), what });
    }
    Ok((text, note))
}

/// What nobody can mean by a list: each line of it would be an account that is not there.
fn something_else(text: &str) -> Option<&'static str> {
    let text = text.trim_start();
    // A GUID has such a bracket, too.
    let is_json = text.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with(['"', '}']));
    let known = [("<", "a page (HTML or XML)"), ("%PDF", "a PDF")];
    let page = known.into_iter().find_map(|(start, what)| text.starts_with(start).then_some(what));
    page.or(is_json.then_some("JSON"))
}

/// Decodes UTF-8 with or without a byte order mark, UTF-16 with or without one (Excel's "Unicode text"), or else
/// Windows-1252, which every byte sequence is. The note says so where the bytes did not tell for certain.
fn decode(bytes: &[u8]) -> (String, Option<String>) {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return (encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned(), None);
    }
    if let Some(encoding) = unmarked_utf16(bytes) {
        let note = format!("read the CSV file as {}, which it looks like", encoding.name());
        return (encoding.decode_without_bom_handling(bytes).0.into_owned(), Some(note));
    }
    if let Some(text) = UTF_8.decode_without_bom_handling_and_without_replacement(bytes) {
        return (text.into_owned(), None);
    }
    let note = "the CSV file is not UTF-8: read as Windows-1252; check names with accents in the report".to_owned();
    (WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(), Some(note))
}

/// UTF-16 of mostly Latin text has a zero in every other byte; a stray NUL in other text is none.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(4096)];
    let zeros = |start: usize| head.iter().skip(start).step_by(2).filter(|&&byte| byte == 0).count();
    let enough = head.len() / 4;
    match (zeros(0), zeros(1)) {
        (even, odd) if odd > enough && even == 0 => Some(UTF_16LE),
        (even, odd) if even > enough && odd == 0 => Some(UTF_16BE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{decode, something_else};

    #[test]
    fn every_encoding_gives_the_same_text() {
        let text = "AD_user, path\njürgen, jürgen.jpg\n";
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let utf16be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let latin1: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin-1")).collect();
        for bytes in [
            text.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            [b"\xff\xfe", utf16.as_slice()].concat(),
            [b"\xfe\xff", utf16be.as_slice()].concat(),
            utf16,
            utf16be,
            latin1,
        ] {
            assert_eq!(decode(&bytes).0, text);
        }
    }

    #[test]
    fn a_stray_nul_does_not_make_it_utf16() {
        assert_eq!(decode(b"user,path\na\0b,c.jpg\n").0, "user,path\na\0b,c.jpg\n");
    }

    #[test]
    fn a_page_is_no_list() {
        for text in ["<!DOCTYPE html>\n<html>", " \n{\"version\": 1}", "%PDF-1.7\n"] {
            assert!(something_else(text).is_some(), "{text}");
        }
        assert_eq!(something_else("{6f1a0000-0000-0000-0000-000000000000},a.jpg"), None);
        assert_eq!(something_else("user,path\n<b>,{.jpg\n"), None);
    }
}
