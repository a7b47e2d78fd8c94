//! How large a journal may get.

use std::fmt;
use std::str::FromStr;

/// The units, from the largest on, and how many bytes each has.
const UNITS: [(&str, u64); 4] = [("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000)];

/// A size in bytes. In text it has a unit, such as `500 MB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(pub u64);

impl FromStr for Size {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = "not a size such as 500 MB or 20 GB";
        let text = text.trim();
        let is_digit = |c: char| c.is_ascii_digit() || c == '.';
        let (digits, unit) = text.split_at(text.find(|c| !is_digit(c)).unwrap_or(text.len()));
        let is_named = |(name, _): &&(&str, u64)| name.eq_ignore_ascii_case(unit.trim());
        let (_, bytes) = UNITS.iter().find(is_named).ok_or(error)?;
        let size = digits.parse::<f64>().map_err(|_| error)? * *bytes as f64;
        // A size that is larger than any disk is a typing error.
        if (1.0..1e18).contains(&size) { Ok(Self(size.ceil() as u64)) } else { Err(error) }
    }
}

/// Writes two digits, rounded up.
impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, bytes) = UNITS.iter().find(|(_, bytes)| self.0 >= *bytes).unwrap_or(&("KB", 1_000));
        match self.0.div_ceil(*bytes) {
            whole if whole >= 10 || self.0.is_multiple_of(*bytes) => write!(f, "{whole} {name}"),
            _ => {
                let tenths = self.0.div_ceil(bytes / 10);
                write!(f, "{}.{} {name}", tenths / 10, tenths % 10)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Size;

    #[test]
    fn a_size_is_read_as_it_is_written() {
        for (text, bytes, shown) in [
            ("500 MB", 500_000_000, "500 MB"),
            ("20GB", 20_000_000_000, "20 GB"),
            (" 1 tb ", 1_000_000_000_000, "1 TB"),
            ("1500 KB", 1_500_000, "1.5 MB"),
            ("2.7 GB", 2_700_000_000, "2.7 GB"),
        ] {
            assert_eq!(text.parse(), Ok(Size(bytes)), "{text}");
            assert_eq!(Size(bytes).to_string(), shown);
        }
        for text in [
            "",
            "0 GB",
            "500",
            "GB",
            "-1 GB",
            "1.5.1 GB",
            "1e3 GB",
            "inf GB",
            "1 GiB",
            "99999999999999999999 KB",
            "99999999999 TB",
        ] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
        for (bytes, shown) in [(1, "0.1 KB"), (999, "1.0 KB"), (1_900_001, "2.0 MB"), (10_000_001, "11 MB")] {
            assert_eq!(Size(bytes).to_string(), shown);
        }
    }
}
