//! Files that are not lists. If such a file were read as a list, each of its lines would name an account that does not
//! exist.

use std::path::Path;

use super::SourceError;

/// The beginnings of archives other than ZIP.
const ARCHIVES: &[&[u8]] =
    &[b"7z\xBC\xAF\x27\x1C", b"Rar!\x1A\x07", b"\x1F\x8B", b"BZh", b"\xFD7zXZ", b"\x28\xB5\x2F\xFD", b"MSCF"];
/// The beginnings of images, except those with which a name may begin: `BM` is a bitmap.
const IMAGES: &[&[u8]] = &[b"\xFF\xD8\xFF", b"\x89PNG\r\n", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*"];
/// The names of files inside a workbook, of Excel and of OpenDocument.
const PARTS: &[&[u8]] = &[b"[Content_Types].xml", b"_rels/", b"xl/", b"docProps/", b"mimetype"];

/// Returns why a file with this content is not read as a list.
pub(super) fn file(content: &[u8], path: &Path) -> Option<SourceError> {
    let path_buf = path.to_path_buf();
    if content.starts_with(b"PK\x03\x04") {
        return Some(if is_workbook(content, path) {
            SourceError::Workbook { path: path_buf }
        } else {
            SourceError::Archive { path: path_buf, what: "a ZIP archive" }
        });
    }
    // The older compound file format. Encrypted workbooks have it, too.
    if content.starts_with(b"\xD0\xCF\x11\xE0") {
        return Some(SourceError::Workbook { path: path_buf });
    }
    let is_tar = content.get(257..262) == Some(b"ustar");
    if is_tar || ARCHIVES.iter().any(|start| content.starts_with(start)) {
        return Some(SourceError::Archive { path: path_buf, what: "an archive" });
    }
    let is_heic = content.starts_with(b"\0\0\0") && content.get(4..8) == Some(b"ftyp");
    let is_image = is_heic || IMAGES.iter().any(|start| content.starts_with(start));
    is_image.then_some(SourceError::NotCsv { path: path_buf, what: "an image, whose name ends in .jpg, .png …" })
}

/// Returns whether a ZIP archive is a workbook. Its first entry decides, or the file's extension if that entry cannot
/// be read.
fn is_workbook(content: &[u8], path: &Path) -> bool {
    let length = content.get(26..28).map(|bytes| usize::from(bytes[0]) | usize::from(bytes[1]) << 8);
    match length.and_then(|length| content.get(30..30 + length)) {
        Some(name) => PARTS.iter().any(|part| name.starts_with(part)),
        None => path.extension().is_none_or(|extension| !extension.eq_ignore_ascii_case("zip")),
    }
}

/// Returns what a text is if it cannot be meant as a list.
pub(super) fn text(text: &str) -> Option<&'static str> {
    let text = text.trim_start();
    // A GUID may be in braces, too.
    let is_json = text.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with(['"', '}']));
    let known = [
        ("<", "a page (HTML or XML)"),
        ("%PDF", "a PDF"),
        ("{\\rtf", "a document (RTF)"),
        ("BEGIN:VCARD", "a vCard"),
        ("dn: ", "LDIF"),
        ("version: 1", "LDIF"),
    ];
    let found = known.into_iter().find_map(|(start, what)| text.starts_with(start).then_some(what));
    found.or(is_json.then_some("JSON"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{file, text};
    use crate::source::SourceError;

    #[test]
    fn a_page_is_no_list() {
        for page in ["<!DOCTYPE html>\n<html>", " \n{\"version\": 1}", "%PDF-1.7\n", "dn: CN=a\n", "{\\rtf1"] {
            assert!(text(page).is_some(), "{page}");
        }
        assert_eq!(text("{6f1a0000-0000-0000-0000-000000000000},a.jpg"), None);
        assert_eq!(text("user,path\n<b>,{.jpg\n"), None);
        assert_eq!(text("dn,photo\n"), None);
    }

    #[test]
    fn archives_and_workbooks_are_told_apart() {
        let zip = |name: &str| {
            let length = u8::try_from(name.len()).expect("is short");
            [b"PK\x03\x04", &[0; 22][..], &[length, 0, 0, 0], name.as_bytes()].concat()
        };
        let is_workbook =
            |content: &[u8], name: &str| matches!(file(content, Path::new(name)), Some(SourceError::Workbook { .. }));
        for part in ["[Content_Types].xml", "xl/workbook.xml", "mimetype"] {
            assert!(is_workbook(&zip(part), "list.csv"), "{part}");
        }
        assert!(is_workbook(b"PK\x03\x04 and so on", "book.csv") && is_workbook(b"\xD0\xCF\x11\xE0", "old.xls"));
        for (content, name) in
            [(zip("anna.jpg"), "fotos.xlsx"), (b"PK\x03\x04 x".to_vec(), "fotos.ZIP"), (b"Rar!\x1a\x07".to_vec(), "x")]
        {
            assert!(matches!(file(&content, Path::new(name)), Some(SourceError::Archive { .. })), "{name}");
        }
        assert!(matches!(file(b"\xff\xd8\xff\xe0", Path::new("photo")), Some(SourceError::NotCsv { .. })));
        assert!(file(b"user,photo\n", Path::new("list.csv")).is_none());
    }
}
