//! The bind, step by step (RFC 4752 3.1): over TLS bound to its certificate, else with Kerberos' own sealing.

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

/// `saslBindInProgress`.
const IN_PROGRESS: u32 = 14;
/// No layer, in offer and choice: TLS protects already, and domain controllers take no second one (MS-ADTS 5.1.1.1.2).
const NO_LAYER: u8 = 1;
/// The layer that seals.
const CONFIDENTIALITY: u8 = 4;
/// A server that takes no frame of this size takes no LDAP message.
const LEAST_FRAME: usize = 1024;

/// Signs in as the ticket's user, and settles how the connection is sealed where TLS does not protect it.
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
    let offer = offer.try_into().map_err(|_| KerberosError::Malformed("the offer"))?;
    let (choice, largest) = choose(offer, layer)?;
    // No name to act as follows: the ticket's own.
    let choice = context.wrap(&choice, false)?;
    let answer = ask(stream, 3, Some(&choice)).await?;
    verdict(answer.code, &answer.text, layer.refusal())?;
    Ok(largest.map(|largest| Sealing { context, largest }))
}

/// What is answered to the server's offer, and the largest frame that it takes where the connection is to be sealed.
fn choose(offer: [u8; 4], layer: &Layer) -> Result<([u8; 4], Option<usize>), KerberosError> {
    match layer {
        Layer::Tls { .. } if offer[0] & NO_LAYER == 0 => Err(KerberosError::TlsRefused),
        Layer::Tls { .. } => Ok(([NO_LAYER, 0, 0, 0], None)),
        Layer::Sealed => {
            let [_, first, second, third] = seal::MAX_INWARD.to_be_bytes();
            Ok(([CONFIDENTIALITY, first, second, third], Some(largest_frame(offer)?)))
        }
    }
}

async fn ask(stream: &mut Stream, id: u8, token: Option<&[u8]>) -> Result<Answer, NotSignedIn> {
    stream.write_all(&bind_request(id, token)).await.map_err(NotSignedIn::Broken)?;
    stream.flush().await.map_err(NotSignedIn::Broken)?;
    read_answer(stream, id).await.map_err(NotSignedIn::Broken)
}

/// The token of an answer that asks for the next step.
fn go_on(answer: Answer, layer: &Layer) -> Result<Vec<u8>, BindError> {
    if answer.code == IN_PROGRESS {
        return answer.token.ok_or(KerberosError::Malformed("no token").into());
    }
    verdict(answer.code, &answer.text, layer.refusal())?;
    Err(KerberosError::Malformed("it ends too early").into())
}

/// The largest frame that the server takes, from its offer: a byte of layers and three of size.
fn largest_frame(offer: [u8; 4]) -> Result<usize, KerberosError> {
    let [layers, first, second, third] = offer;
    if layers & CONFIDENTIALITY == 0 {
        return Err(KerberosError::NotSealed("the domain controller does not offer it"));
    }
    let size = u32::from_be_bytes([0, first, second, third]) as usize;
    if size < LEAST_FRAME {
        return Err(KerberosError::NotSealed("the domain controller takes no frames of a useful size"));
    }
    Ok(size)
}

/// What an answer's code means where no password was sent; `stronger` is what 8 asks for here.
fn verdict(code: u32, text: &str, stronger: KerberosError) -> Result<(), BindError> {
    match code {
        0 => Ok(()),
        8 => Err(stronger.into()),
        49 => Err(match BindError::of_refused_credentials(text) {
            BindError::WrongPassword { .. } => KerberosError::Refused(one_line(text)).into(),
            BindError::ChannelBinding => KerberosError::ChannelBinding.into(),
            // It is no password that was not enough.
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
