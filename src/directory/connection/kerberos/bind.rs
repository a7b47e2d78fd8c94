//! The bind: by `ldap3` over TLS, step by step by ourselves where Kerberos is to seal (RFC 4752 3.1).

use std::io;
use std::time::Duration;

use ldap3::{Ldap, LdapError};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::context::{self, Context, Ticket};
use super::message::{Answer, bind_request, read_answer};
use super::sealed::{SealError, Sealed};
use super::{pair, seal as sealing};
use crate::directory::connection::error::{BindError, KerberosError};
use crate::directory::connection::result_code::one_line;

/// `saslBindInProgress`.
const IN_PROGRESS: u32 = 14;
/// The layer that seals, in offer and choice.
const CONFIDENTIALITY: u8 = 4;
/// A server that takes no frame of this size takes no LDAP message.
const LEAST_FRAME: usize = 1024;

/// Signs in over TLS with channel binding; returns who that is.
pub(in crate::directory::connection) async fn bind(
    ldap: &mut Ldap,
    host: &str,
    limit: Duration,
) -> Result<String, BindError> {
    // From here the ticket is in the cache, where `ldap3` finds it without waiting for a KDC in the runtime's thread.
    let Ticket { user, .. } = context::ticket(host, limit).await?;
    let answer = match timeout(limit, ldap.sasl_gssapi_bind(host)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(LdapError::GssapiOperationError(text))) => return Err(KerberosError::Other(one_line(&text)).into()),
        Ok(Err(LdapError::NoGssapiToken)) => return Err(KerberosError::Malformed("no token").into()),
        Ok(Err(error)) => return Err(BindError::NoAnswer(error)),
        Err(elapsed) => return Err(BindError::NoAnswer(elapsed.into())),
    };
    verdict(answer.rc, &answer.text, KerberosError::TlsRefused)?;
    Ok(user)
}

/// Signs in on a connection without TLS, and seals it from then on.
pub(in crate::directory::connection) async fn seal(
    stream: std::net::TcpStream,
    host: &str,
    limit: Duration,
) -> Result<Sealed, SealError> {
    let ticket = context::ticket(host, limit).await?;
    let user = ticket.user.clone();
    let (plain, ours) = pair::pair().await.map_err(broken)?;
    let mut stream = TcpStream::from_std(stream).map_err(broken)?;
    let (context, largest) =
        timeout(limit, negotiate(&mut stream, ticket)).await.map_err(|elapsed| SealError::Broken(elapsed.into()))??;
    // It ends with either end of the connection.
    tokio::spawn(sealing::run(context, stream, ours, largest));
    Ok(Sealed { plain, url: pair::URL, user })
}

async fn negotiate(stream: &mut TcpStream, ticket: Ticket) -> Result<(Context, usize), SealError> {
    let answer = ask(stream, 1, Some(&ticket.token)).await?;
    let mut context = ticket.establish(&go_on(answer)?)?;
    let answer = ask(stream, 2, None).await?;
    let largest = largest_frame(&context.unwrap(&go_on(answer)?)?)?;
    // No name to act as follows: the ticket's own.
    let [_, size @ ..] = sealing::MAX_INWARD.to_be_bytes();
    let [first, second, third] = size;
    let choice = context.wrap(&[CONFIDENTIALITY, first, second, third], false)?;
    let answer = ask(stream, 3, Some(&choice)).await?;
    verdict(answer.code, &answer.text, KerberosError::TlsRequired)?;
    Ok((context, largest))
}

async fn ask(stream: &mut TcpStream, id: u8, token: Option<&[u8]>) -> Result<Answer, SealError> {
    stream.write_all(&bind_request(id, token)).await.map_err(broken)?;
    read_answer(stream, id).await.map_err(broken)
}

fn broken(source: io::Error) -> SealError {
    SealError::Broken(LdapError::Io { source })
}

/// The token of an answer that asks for the next step.
fn go_on(answer: Answer) -> Result<Vec<u8>, BindError> {
    if answer.code == IN_PROGRESS {
        return answer.token.ok_or(KerberosError::Malformed("no token").into());
    }
    verdict(answer.code, &answer.text, KerberosError::TlsRequired)?;
    Err(KerberosError::Malformed("it ends before it is sealed").into())
}

/// The largest frame that the server takes, from its offer: a byte of layers and three of size.
fn largest_frame(offer: &[u8]) -> Result<usize, KerberosError> {
    let &[layers, first, second, third] = offer else { return Err(KerberosError::Malformed("the offer")) };
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
            BindError::WrongPassword => KerberosError::Refused(one_line(text)).into(),
            BindError::ChannelBinding => KerberosError::ChannelBinding.into(),
            other => other,
        }),
        code => Err(BindError::Refused { code, text: one_line(text) }),
    }
}

#[cfg(test)]
mod tests {
    use super::{BindError, KerberosError, largest_frame, verdict};

    #[test]
    fn nothing_but_sealing_is_accepted() {
        assert_eq!(largest_frame(&[7, 1, 0, 0]), Ok(0x1_0000));
        assert_eq!(largest_frame(&[4, 0xff, 0xff, 0xff]), Ok(0xff_ffff));
        for offer in [&[3, 1, 0, 0][..], &[1, 0, 0, 0], &[4, 0, 0, 0], &[4, 0, 3, 0xff]] {
            assert!(matches!(largest_frame(offer), Err(KerberosError::NotSealed(_))), "{offer:?}");
        }
        assert!(largest_frame(&[]).is_err() && largest_frame(&[4, 1, 0, 0, 0]).is_err());
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
