//! What a certificate says about itself.

use std::net::IpAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer;
use x509_parser::time::ASN1Time;

const SECONDS_A_DAY: i64 = 24 * 60 * 60;
/// The maximum number of names that are kept of a certificate. Even a certificate that is not trusted is described, so
/// its size is limited.
const MAX_NAMES: usize = 100;
/// The maximum number of characters that are kept of each name.
const MAX_CHARACTERS: usize = 256;

/// A server's certificate, as `adphoto check` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The DN of the authority that signed the certificate.
    pub issuer: String,
    /// The DNS names and IP addresses that the certificate is for.
    pub names: Vec<String>,
    /// The last day on which the certificate is valid, such as `2031-12-24`, in UTC.
    pub last_day: String,
    /// The number of whole days until the certificate expires; negative afterwards.
    pub days_left: i64,
}

impl Certificate {
    /// Reads a DER certificate; `None` if it is malformed.
    pub(super) fn read(der: &[u8], now: SystemTime) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let end = certificate.validity().not_after;
        let now = i64::try_from(now.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()?;
        Some(Self {
            issuer: short(&certificate.issuer().to_string()),
            names: names_of(&certificate),
            last_day: end.to_datetime().date().to_string(),
            days_left: (end.timestamp() - now).div_euclid(SECONDS_A_DAY),
        })
    }
}

/// Returns the DNS names and IP addresses that a certificate is for.
pub(super) fn names_of(certificate: &X509Certificate<'_>) -> Vec<String> {
    let alternative = certificate.subject_alternative_name().ok().flatten();
    alternative.iter().flat_map(|names| &names.value.general_names).filter_map(name).take(MAX_NAMES).collect()
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

/// Formats a time as `2031-12-24 18:00 UTC`.
pub(super) fn moment(time: ASN1Time) -> String {
    let time = time.to_datetime();
    format!("{} {:02}:{:02} UTC", time.date(), time.hour(), time.minute())
}

/// Cuts a text to the length that messages show: it comes from outside and may be endless.
pub(super) fn short(text: &str) -> String {
    text.chars().take(MAX_CHARACTERS).collect()
}
