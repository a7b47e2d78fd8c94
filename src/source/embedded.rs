//! Cells that hold a photo instead of its path, as `Get-ADUser -Properties thumbnailPhoto | Export-Csv` and the like
//! write them.

use super::head;

/// What a cell holds instead of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Embedded {
    /// The name of a .NET type, which PowerShell writes for a value that it cannot put into a cell.
    #[error("the name of a type, which PowerShell writes instead of a photo")]
    TypeName,
    /// The bytes of a photo, in Base64, hexadecimal or decimal digits.
    #[error("the photo's bytes as text")]
    Bytes,
}

/// The minimum length, in bytes, of a cell that is taken for a photo; a shorter text may be a name or a path.
const MIN_BYTES: usize = 200;
/// The beginnings of images in Base64: JPEG, PNG, GIF, BMP, WebP, TIFF and HEIC.
const BASE64: &[&str] = &["/9j/", "iVBORw", "R0lGOD", "Qk", "UklGR", "SUkq", "TU0A", "AAAA"];
/// The beginnings of images in hexadecimal or decimal digits.
const DIGITS: &[&str] =
    &["ffd8ff", "89504e47", "47494638", "424d", "255 216", "255,216", "255, 216", "137 80 78", "137,80,78"];

impl crate::failure::Advice for Embedded {
    fn advice(&self) -> Option<std::borrow::Cow<'static, str>> {
        Some(self.remedy().into())
    }
}

impl Embedded {
    /// Returns what a cell holds instead of a path; `None` if it may be a path.
    pub(super) fn of(cell: &str) -> Option<Self> {
        let is_type = cell.ends_with("[]") && cell.starts_with("System.")
            || cell.starts_with("Microsoft.ActiveDirectory.Management.")
            || cell.starts_with("System.Collections.");
        if is_type {
            return Some(Self::TypeName);
        }
        // Bytes come as data:image/jpeg;base64,… from web pages, X'ffd8…' from csvde, 0xffd8… from SQL Server, and
        // {255, 216…} from PowerShell.
        if cell.starts_with("data:image/") {
            return Some(Self::Bytes);
        }
        if cell.len() < MIN_BYTES {
            return None;
        }
        let head = head(cell, MIN_BYTES);
        let digits = head.trim_start_matches(['{', '[', '(', ' ', '\'', '"']);
        let digits =
            ["X'", "x'", "0x", "0X", "\\x"].iter().find_map(|start| digits.strip_prefix(start)).unwrap_or(digits);
        let is_digits = DIGITS.iter().any(|start| digits.to_ascii_lowercase().starts_with(start))
            && digits.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, ' ' | ','));
        // Nearly every path has a dot within this length; Base64 has none.
        let is_base64 =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '-' | '_' | '\r' | '\n' | ' ');
        let is_bytes = BASE64.iter().any(|start| head.starts_with(start)) && head.chars().all(is_base64);
        (is_digits || is_bytes).then_some(Self::Bytes)
    }

    /// Returns advice on what to do instead.
    pub(super) fn remedy(self) -> &'static str {
        match self {
            Self::TypeName => {
                "have PowerShell save each photo to a file, [IO.File]::WriteAllBytes(\"$name.jpg\", \
                 $user.thumbnailPhoto), or save them with adphoto export"
            }
            Self::Bytes => {
                "save each photo to a file and give its path; adphoto export saves those that the directory holds"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Embedded;

    #[test]
    fn photos_are_told_from_paths() {
        let long = "AbC1/+".repeat(100);
        for (cell, embedded) in [
            ("System.Byte[]".to_owned(), Some(Embedded::TypeName)),
            ("System.Object[]".to_owned(), Some(Embedded::TypeName)),
            ("Microsoft.ActiveDirectory.Management.ADPropertyValueCollection".to_owned(), Some(Embedded::TypeName)),
            (format!("/9j/{long}=="), Some(Embedded::Bytes)),
            (format!("iVBORw0KGgo{long}"), Some(Embedded::Bytes)),
            (format!("0xFFD8FFE0{}", "0A".repeat(200)), Some(Embedded::Bytes)),
            (format!("X'ffd8ffe0{}'", "0a".repeat(200)), Some(Embedded::Bytes)),
            (format!("255 216 255{}", " 17".repeat(200)), Some(Embedded::Bytes)),
            (format!("{{255, 216, 255{}}}", ", 17".repeat(200)), Some(Embedded::Bytes)),
            ("data:image/jpeg;base64,/9j/4AAQ".to_owned(), Some(Embedded::Bytes)),
            ("/9j/photo.jpg".to_owned(), None),
            (format!("/9j/{}.jpg", "folder/".repeat(20)), None),
            ("System.jpg".to_owned(), None),
            (format!("P:\\{long}"), None),
            (String::new(), None),
        ] {
            assert_eq!(Embedded::of(&cell), embedded, "{cell}");
        }
    }
}
