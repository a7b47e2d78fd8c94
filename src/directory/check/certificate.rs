//! What a certificate says of itself: the only user of `x509-parser`.

use std::net::IpAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use x509_parser::extensions::GeneralName;

const SECONDS_A_DAY: i64 = 24 * 60 * 60;
/// Names that are kept, and characters of each: a certificate is also described where it is not believed.
const NAMES: usize = 100;
const CHARACTERS: usize = 256;

/// A server's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The distinguished name of the authority that signed it.
    pub issuer: String,
    /// The DNS names and IP addresses that it is for.
    pub names: Vec<String>,
    /// Its last day, as `2031-12-24`, in UTC.
    pub last_day: String,
    /// Whole days until its end; negative after it.
    pub days_left: i64,
}

impl Certificate {
    /// `None` where it cannot be read.
    pub(super) fn read(der: &[u8], now: SystemTime) -> Option<Self> {
        let (_, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
        let end = certificate.validity().not_after;
        let now = i64::try_from(now.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()?;
        let alternative = certificate.subject_alternative_name().ok().flatten();
        let names = alternative.iter().flat_map(|names| &names.value.general_names).filter_map(name);
        Some(Self {
            issuer: short(&certificate.issuer().to_string()),
            names: names.take(NAMES).collect(),
            last_day: end.to_datetime().date().to_string(),
            days_left: (end.timestamp() - now).div_euclid(SECONDS_A_DAY),
        })
    }
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some(short(name)),
        GeneralName::IPAddress(bytes) => match **bytes {
            [a, b, c, d] => Some(IpAddr::from([a, b, c, d]).to_string()),
            _ => <[u8; 16]>::try_from(*bytes).ok().map(|bytes| IpAddr::from(bytes).to_string()),
        },
        _ => None,
    }
}

fn short(text: &str) -> String {
    text.chars().take(CHARACTERS).collect()
}
