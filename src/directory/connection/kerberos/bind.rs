//! The SASL bind with GSSAPI (RFC 4752 3.1). On a TLS connection it is bound to the server's certificate; otherwise
//! Kerberos seals the connection itself.
//!
//! It takes three requests. (1) Our token names the user; the server's token proves who the server is. (2) An empty
//! request; the server offers its security layers. (3) We choose a layer; the server says whether we are signed in.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use super::context::{self, Layer, Ticket};
use super::seal::{self, Sealing};
use super::signed_in::{NotSignedIn, SignedIn};
use crate::directory::connection::error::{BindError, KerberosError};
use crate::directory::connection::open::Stream;
use crate::directory::connection::result_code::one_line;
use crate::directory::connection::wire::{Answer, bind_request, read_answer};

/// The result code saslBindInProgress: the server waits for the next step.
const IN_PROGRESS: u32 = 14;
/// The bit for "no security layer" in the server's offer and our choice. It is used on TLS, which protects the
/// connection already: domain controllers refuse a second layer there (MS-ADTS 5.1.1.1.2).
const NO_LAYER: u8 = 1;
/// The bit for the layer that encrypts and signs.
const CONFIDENTIALITY: u8 = 4;
/// The smallest frame size that is useful, in bytes: LDAP messages would not fit below it.
const MIN_FRAME_BYTES: usize = 1024;

/// Signs in as the ticket's user. If TLS does not protect the connection, it also agrees with the server on how
/// Kerberos seals it.
pub(in crate::directory::connection) async fn sign_in(
    stream: &mut Stream,
    host: &str,
    limit: Duration,
) -> Result<SignedIn, NotSignedIn> {
    let layer = match stream {
        Stream::Open(_) => Layer::Sealed,
        Stream::Tls(_) => Layer::Tls { binding: stream.end_point() },
    };
    let ticket = context::ticket(host, &layer, limit).await?;
    let user = ticket.user.clone();
    let negotiated = timeout(limit, negotiate(stream, ticket, &layer)).await;
    Ok(SignedIn { user, sealing: negotiated.map_err(|_| NotSignedIn::Silent)?? })
}

async fn negotiate(stream: &mut Stream, ticket: Ticket, layer: &Layer) -> Result<Option<Sealing>, NotSignedIn> {
    let answer = ask(stream, 1, Some(&ticket.token)).await?;
    let mut context = ticket.establish(&go_on(answer, layer)?)?;
    let answer = ask(stream, 2, None).await?;
    let offer = context.unwrap(&go_on(answer, layer)?)?;
    let offer = offer
        .try_into()
        .map_err(|_| KerberosError::Malformed("its offer of security layers is not four bytes long"))?;
    let (choice, largest) = choose(offer, layer)?;
    // After the four bytes an authorization identity could follow. We send none, so the server takes the ticket's user.
    let choice = context.wrap(&choice, false)?;
    let answer = ask(stream, 3, Some(&choice)).await?;
    verdict(answer.code, &answer.text, layer.refusal())?;
    Ok(largest.map(|largest| Sealing { context, largest }))
}

/// Returns the four bytes that answer the server's offer (the chosen layer, and the largest frame that we accept), and
/// the largest frame that the server accepts if the connection is to be sealed.
fn choose(offer: [u8; 4], layer: &Layer) -> Result<([u8; 4], Option<usize>), KerberosError> {
    match layer {
        Layer::Tls { .. } if offer[0] & NO_LAYER == 0 => Err(KerberosError::TlsRefused),
        Layer::Tls { .. } => Ok(([NO_LAYER, 0, 0, 0], None)),
        Layer::Sealed => {
            let [_, first, second, third] = seal::MAX_INWARD_BYTES.to_be_bytes();
            Ok(([CONFIDENTIALITY, first, second, third], Some(largest_frame(offer)?)))
        }
    }
}

async fn ask(stream: &mut Stream, id: u8, token: Option<&[u8]>) -> Result<Answer, NotSignedIn> {
    stream.write_all(&bind_request(id, token)).await.map_err(NotSignedIn::Broken)?;
    stream.flush().await.map_err(NotSignedIn::Broken)?;
    read_answer(stream, id).await.map_err(NotSignedIn::Broken)
}

/// Returns the server's token from an answer that asks for the next step; any other answer is an error.
fn go_on(answer: Answer, layer: &Layer) -> Result<Vec<u8>, BindError> {
    if answer.code == IN_PROGRESS {
        return answer.token.ok_or(KerberosError::Malformed("it has no token").into());
    }
    verdict(answer.code, &answer.text, layer.refusal())?;
    Err(KerberosError::Malformed("it ends the sign-in too early").into())
}

/// Reads the server's offer, one byte of layers and three of frame size, and returns the frame size.
fn largest_frame(offer: [u8; 4]) -> Result<usize, KerberosError> {
    let [layers, first, second, third] = offer;
    if layers & CONFIDENTIALITY == 0 {
        return Err(KerberosError::NotSealed("the domain controller does not offer encryption"));
    }
    let size = u32::from_be_bytes([0, first, second, third]) as usize;
    if size < MIN_FRAME_BYTES {
        return Err(KerberosError::NotSealed(
            "the domain controller accepts only frames that are too small for LDAP messages",
        ));
    }
    Ok(size)
}

/// Translates a result code of a bind in which no password was sent. `stronger` is the error for code 8, whose meaning
/// depends on the connection.
fn verdict(code: u32, text: &str, stronger: KerberosError) -> Result<(), BindError> {
    match code {
        0 => Ok(()),
        8 => Err(stronger.into()),
        49 => Err(match BindError::of_refused_credentials(text) {
            BindError::WrongPassword { .. } => KerberosError::Refused(one_line(text)).into(),
            BindError::ChannelBinding => KerberosError::ChannelBinding.into(),
            // No password was involved, so the words about passwords do not fit.
            BindError::PasswordNotEnough => BindError::Restricted,
            other => other,
        }),
        code => Err(BindError::Refused { code, text: one_line(text) }),
    }
}

#[cfg(test)]
mod tests {
    use super::{BindError, KerberosError, choose, largest_frame, verdict};
    use crate::directory::connection::kerberos::context::Layer;

    #[test]
    fn nothing_but_sealing_is_accepted() {
        assert_eq!(largest_frame([7, 1, 0, 0]), Ok(0x1_0000));
        assert_eq!(largest_frame([4, 0xff, 0xff, 0xff]), Ok(0xff_ffff));
        for offer in [[3, 1, 0, 0], [1, 0, 0, 0], [4, 0, 0, 0], [4, 0, 3, 0xff]] {
            assert!(matches!(largest_frame(offer), Err(KerberosError::NotSealed(_))), "{offer:?}");
        }
    }

    #[test]
    fn over_tls_there_is_no_second_layer() {
        let tls = Layer::Tls { binding: None };
        assert_eq!(choose([7, 1, 0, 0], &tls), Ok(([1, 0, 0, 0], None)));
        assert_eq!(choose([6, 1, 0, 0], &tls), Err(KerberosError::TlsRefused));
        assert_eq!(choose([7, 1, 0, 0], &Layer::Sealed), Ok(([4, 0xa0, 0, 0], Some(0x1_0000))));
    }

    #[test]
    fn refusals_speak_of_tickets_and_not_of_passwords() {
        let data = |data: &str| {
            let text =
                format!("80090308: LdapErr: DSID-0C090569, comment: AcceptSecurityContext error, data {data}, v4563\0");
            verdict(49, &text, KerberosError::TlsRefused)
        };
        assert!(matches!(data("52e"), Err(BindError::Kerberos(KerberosError::Refused(_)))));
        assert!(matches!(data("80090346"), Err(BindError::Kerberos(KerberosError::ChannelBinding))));
        assert!(matches!(data("533"), Err(BindError::Disabled)));
        assert!(matches!(
            verdict(8, "", KerberosError::TlsRefused),
            Err(BindError::Kerberos(KerberosError::TlsRefused))
        ));
        assert!(verdict(0, "", KerberosError::TlsRefused).is_ok());
    }
}
