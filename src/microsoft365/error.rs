//! The errors of Microsoft 365: why it could not be asked, or why it refused. Each comes with advice.

use std::borrow::Cow;
use std::time::Duration;

use crate::failure::Advice;

/// The longest text of a server that a message repeats, in characters.
const MAX_CHARS: usize = 300;

/// The reason why a request failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// The host could not be reached, or the connection broke; the text says why.
    #[error("{host} cannot be reached: {why}")]
    Unreachable { host: String, why: String },
    /// The server's certificate is not trusted; the text says why, and follows "its certificate".
    #[error("{host} is not trusted: its certificate {why}")]
    NotTrusted { host: String, why: String },
    #[error("{host} did not answer within {} s", after.as_secs_f32())]
    TimedOut { host: String, after: Duration },
    /// The answer is longer than any that Graph documents.
    #[error("the answer of {host} is longer than {limit} bytes")]
    TooLong { host: String, limit: usize },
    /// The answer is not what Graph documents.
    #[error("the answer of {host} is malformed: {what}")]
    Malformed { host: String, what: &'static str },
    /// The answer leads to another address, which would get the token.
    #[error(
        "{0} redirects adphoto to another address; adphoto does not go there, since that address would get the token"
    )]
    Redirected(String),
    /// The link to the next page leads to another host, which would get the token.
    #[error(
        "the link to the next page leads to another host ({0}); it is not followed, as that host would get the token"
    )]
    ForeignLink(String),
    /// The pages of a list do not end.
    #[error("the list of users does not end: there are more than {0} pages, or a page leads back to an earlier one")]
    Endless(usize),
    /// Graph answered with an error.
    #[error("Microsoft Graph refused: {}", in_words(*status, code, text))]
    Refused {
        /// The HTTP status code.
        status: u16,
        /// Graph's code; empty if the answer has none.
        code: String,
        text: String,
    },
    /// Microsoft asks for a longer pause than adphoto waits.
    #[error("Microsoft Graph asks to wait {} s before the next request, which is longer than --give-up-after", .0.as_secs())]
    Throttled(Duration),
    /// No request succeeded for the time that `--give-up-after` allows.
    #[error("Microsoft Graph could not be used for {} s: {why}", after.as_secs_f32())]
    GaveUp { after: Duration, why: String },
    /// The app could not get an access token.
    #[error(transparent)]
    SignIn(#[from] TokenError),
}

/// The reason why there is no access token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Microsoft Entra refused the sign-in.
    #[error("Microsoft Entra refused to sign {app} in with {with}: {text}")]
    Refused {
        app: String,
        /// The words for what the app signed in with.
        with: &'static str,
        /// The number behind AADSTS; 0 if there is none.
        number: u32,
        text: String,
    },
    /// The file with the federated token cannot be used.
    #[error("cannot read the federated token file {path}: {why}")]
    FederatedFile { path: String, why: String },
    /// The token was issued for another service.
    #[error("ADPHOTO_ACCESS_TOKEN is for {found}, not for {wanted}")]
    WrongAudience { found: String, wanted: String },
    /// The token is of another tenant.
    #[error("ADPHOTO_ACCESS_TOKEN is of the tenant {found}, not of {wanted}")]
    WrongTenant { found: String, wanted: String },
    /// The token is not a JWT, so that nobody knows what it was issued for.
    #[error("ADPHOTO_ACCESS_TOKEN is not an access token of Microsoft Graph: it is not a JWT that names its audience")]
    NotAToken,
    /// The token has run out, and cannot be renewed.
    #[error("the token of ADPHOTO_ACCESS_TOKEN has run out, and adphoto cannot renew it")]
    Ended,
    /// The system has no random numbers to sign with.
    #[error("the system has no random numbers to sign with")]
    NoRandom,
    /// Graph does not accept a token that Entra has just issued.
    #[error("Microsoft Graph does not accept the token: {0}")]
    NotAccepted(String),
}

impl GraphError {
    /// Returns whether the same request may succeed a moment later.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::TimedOut { .. })
    }
}

/// Returns what Graph said, as one line.
fn in_words(status: u16, code: &str, text: &str) -> String {
    match (code, text) {
        ("", "") => format!("status {status} without an explanation"),
        ("", text) => format!("{text} (status {status})"),
        (code, "") => format!("{code} (status {status})"),
        (code, text) => format!("{text} ({code}, status {status})"),
    }
}

/// Returns the first line of a server's text, cut off after [`MAX_CHARS`].
pub(super) fn one_line(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    match line.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

impl Advice for GraphError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::Unreachable { .. } => {
                "check the network; a proxy is taken from HTTPS_PROXY, and a proxy that opens TLS needs --ca-file"
            }
            Self::NotTrusted { .. } => {
                "if a proxy opens TLS on the way, name its authority with --ca-file; else do not go on: somebody may be in \
                 between"
            }
            Self::TimedOut { .. } => "try again, or allow more time with --timeout",
            Self::TooLong { .. }
            | Self::Malformed { .. }
            | Self::Redirected(_)
            | Self::ForeignLink(_)
            | Self::Endless(_) => "a proxy on the way may have answered in place of Microsoft Graph; try again",
            Self::Refused { status: 403, .. } => {
                "adphoto check --target microsoft365 says which permissions the app lacks, and how to grant them"
            }
            Self::Refused { .. } => "try again later; adphoto check --target microsoft365 says what works",
            Self::Throttled(_) => "run the same command again later, or allow more with --give-up-after",
            Self::GaveUp { .. } => "run the same command again",
            Self::SignIn(error) => return error.advice(),
        };
        Some(advice.into())
    }

    fn is_usage(&self) -> bool {
        matches!(self, Self::SignIn(error) if error.is_usage())
    }
}

impl Advice for TokenError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        Some(
            match self {
                Self::Refused { number, .. } => of_entra(*number)?,
                Self::FederatedFile { .. } => "name the file that your platform keeps with --federated-token-file",
                Self::WrongAudience { .. } | Self::NotAToken => {
                    "az account get-access-token --resource-type ms-graph --query accessToken -o tsv prints one"
                }
                Self::WrongTenant { .. } => "get a token of that tenant, or name the token's own with --tenant",
                Self::Ended => {
                    "get a new token and run the same command again; an app with a certificate needs no such token"
                }
                Self::NoRandom => return None,
                Self::NotAccepted(_) => "check --cloud and --tenant",
            }
            .into(),
        )
    }
}

/// Returns what to do about an error of Entra.
fn of_entra(number: u32) -> Option<&'static str> {
    Some(match number {
        7_000_215 => "give the secret's Value, not its Secret ID, in --client-secret-file",
        7_000_222 => "the secret has expired: make a new one in the app registration",
        700_016 => "check --client-id and --tenant: this tenant has no such app",
        90_002 | 90_023 | 900_023 => "check --tenant: there is no such tenant in this cloud; --cloud names another",
        700_027 => "upload the certificate to the app registration, under Certificates & secrets",
        700_024 => "check this machine's clock",
        700_211..=700_213 => {
            "the app's federated credential expects another issuer, audience or subject than the token has"
        }
        7_000_216 | 7_000_218 => "the app registration takes no such credential",
        53_003 | 530_004 => "a Conditional Access policy for workload identities blocks the app",
        50_034 | 7_000_112 => "the app is disabled in this tenant",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{GraphError, one_line};

    #[test]
    fn what_a_server_says_is_one_short_line() {
        assert_eq!(one_line("\r\n  AADSTS1: no \r\nTrace ID: x"), "AADSTS1: no");
        assert_eq!(one_line(&"ä".repeat(10_000)).chars().count(), 301);
        let refused = |code: &str, text: &str| {
            GraphError::Refused { status: 403, code: code.to_owned(), text: text.to_owned() }.to_string()
        };
        assert_eq!(refused("", ""), "Microsoft Graph refused: status 403 without an explanation");
        assert_eq!(refused("ErrorAccessDenied", "No."), "Microsoft Graph refused: No. (ErrorAccessDenied, status 403)");
    }
}
