//! SSPI (Windows), through cross-krb5. That crate asks for mutual authentication and encryption. It cannot ask for the
//! detection of reordered messages, nor tell what was granted, so both are checked on the tokens themselves.

use std::ops::Deref;

use cross_krb5::{ClientCtx, InitiateFlags, K5Ctx, PendingClientCtx, Step};

use super::Layer;
use crate::directory::connection::error::KerberosError;

/// A ticket, and the first token to send to the server.
pub(in super::super) struct Ticket {
    sspi: PendingClientCtx,
    host: String,
    pub(in super::super) user: String,
    pub(in super::super) token: Vec<u8>,
}

impl Ticket {
    /// Gets a ticket and the first token. This blocks, possibly on the network: Windows may have to ask the KDC.
    pub(super) fn obtain(host: &str, layer: &Layer) -> Result<Self, KerberosError> {
        let binding = match layer {
            Layer::Tls { binding } => binding.as_deref(),
            Layer::Sealed => None,
        };
        let (sspi, token) = ClientCtx::new(InitiateFlags::empty(), None, &format!("ldap/{host}"), binding)
            .map_err(|error| explain(&format!("{error:#}"), host))?;
        Ok(Self { sspi, host: host.to_owned(), user: "you".to_owned(), token: token.deref().to_vec() })
    }

    /// Checks the server's answer, which proves that it is the server.
    pub(in super::super) fn establish(self, answer: &[u8]) -> Result<Context, KerberosError> {
        match self.sspi.step(answer).map_err(|error| explain(&format!("{error:#}"), &self.host))? {
            Step::Finished((sspi, None)) => Ok(Context { sspi, next: None }),
            _ => Err(KerberosError::Malformed("it asks for another token")),
        }
    }
}

/// An established security context with the server.
pub(in super::super) struct Context {
    sspi: ClientCtx,
    /// The sequence number that the server's next token must have; `None` before its first token.
    next: Option<u64>,
}

impl Context {
    /// Turns a message into a token, encrypted if `confidential`.
    pub(in super::super) fn wrap(&mut self, message: &[u8], confidential: bool) -> Result<Vec<u8>, KerberosError> {
        self.sspi
            .wrap(confidential, message)
            .map(|token| token.to_vec())
            .map_err(|error| KerberosError::Other(format!("{error:#}")))
    }

    /// Turns a token into its message. This fails if tokens were changed, repeated, left out or reordered.
    pub(in super::super) fn unwrap(&mut self, token: &[u8]) -> Result<Vec<u8>, KerberosError> {
        let message = self.sspi.unwrap(token).map_err(|error| KerberosError::Other(format!("{error:#}")))?;
        // SND_SEQ (RFC 4121 4.2.6.2). It is authentic, because unwrapping has verified the token.
        let number = token.get(8..16).and_then(|bytes| bytes.try_into().ok()).map(u64::from_be_bytes);
        let number = number.ok_or(KerberosError::Malformed("a token without a number"))?;
        if self.next.is_some_and(|next| next != number) {
            return Err(KerberosError::Malformed("tokens out of order"));
        }
        self.next = Some(number.wrapping_add(1));
        Ok(message.to_vec())
    }
}

/// Translates an SSPI error by its number, or by the words of Windows' English message if there is no number.
fn explain(text: &str, host: &str) -> KerberosError {
    let says = |number: &str, words: &str| text.contains(number) || text.contains(words);
    if says("8009030E", "No credentials are available") || says("8009030D", "credentials supplied to the package") {
        KerberosError::NoTicket
    } else if says("80090324", "clocks on the client and server") {
        KerberosError::ClockSkew
    } else if says("80090311", "No authority could be contacted") || says("8009035E", "logon servers") {
        KerberosError::KdcUnreachable
    } else if says("80090303", "target is unknown or unreachable") {
        KerberosError::ServiceUnknown { host: host.to_owned() }
    } else if says("80090322", "target principal name is incorrect") {
        KerberosError::WrongServer
    } else {
        KerberosError::Other(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}
