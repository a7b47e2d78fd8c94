//! MIT Kerberos (or Heimdal), through GSSAPI.

use libgssapi::context::{ClientCtx, CtxFlags, SecurityContext};
use libgssapi::credential::{Cred, CredUsage};
use libgssapi::error::{Error, MajorFlags};
use libgssapi::name::Name;
use libgssapi::oid::{GSS_MECH_KRB5, GSS_NT_KRB5_PRINCIPAL, OidSet};

use super::Layer;
use crate::directory::connection::error::KerberosError;

/// The number before krb5.h's first error code (ERROR_TABLE_BASE_krb5); the codes below count from it.
const KRB5: i32 = -1_765_328_384;

/// A ticket, and the first token to send to the server.
pub(in super::super) struct Ticket {
    gss: ClientCtx,
    host: String,
    wanted: CtxFlags,
    pub(in super::super) user: String,
    pub(in super::super) token: Vec<u8>,
}

impl Ticket {
    /// Gets a ticket and the first token. This blocks, possibly on the network: the library may have to ask the KDC.
    pub(super) fn obtain(host: &str, layer: &Layer) -> Result<Self, KerberosError> {
        let explain = |error| explain(error, host);
        let mut mechanisms = OidSet::new().map_err(explain)?;
        mechanisms.add(&GSS_MECH_KRB5).map_err(explain)?;
        let credentials = Cred::acquire(None, None, CredUsage::Initiate, Some(&mechanisms)).map_err(explain)?;
        // The host name is used as it is. With a name of the kind HOSTBASED_SERVICE, the library would look it up in
        // DNS, whose answers can be forged.
        let service = Name::new(format!("ldap/{host}").as_bytes(), Some(&GSS_NT_KRB5_PRINCIPAL))
            .and_then(|name| name.canonicalize(Some(&GSS_MECH_KRB5)))
            .map_err(explain)?;
        let (wanted, binding) = match layer {
            // TLS encrypts already, and servers refuse to do it twice.
            Layer::Tls { binding } => (CtxFlags::GSS_C_MUTUAL_FLAG, binding.as_deref()),
            Layer::Sealed => (sealed(), None),
        };
        let mut gss = ClientCtx::new(Some(credentials.clone()), service, wanted, Some(&GSS_MECH_KRB5));
        let token = gss
            .step(None, binding)
            .map_err(explain)?
            .ok_or(KerberosError::Malformed("the library made no first token"))?;
        // The name is asked for only now, because the library chooses one of several ticket caches by the service.
        let user = credentials.name().map_or_else(|_| "you".to_owned(), |name| name.to_string());
        Ok(Self { gss, host: host.to_owned(), wanted, user, token: token.to_vec() })
    }

    /// Checks the server's answer, which proves that it is the server, and that Kerberos granted everything that was
    /// asked for.
    pub(in super::super) fn establish(mut self, answer: &[u8]) -> Result<Context, KerberosError> {
        let more = self.gss.step(Some(answer), None).map_err(|error| explain(error, &self.host))?;
        if more.is_some() || !self.gss.is_complete() {
            return Err(KerberosError::Malformed("it asks for another token"));
        }
        let granted = self.gss.flags().map_err(|error| explain(error, &self.host))?;
        if granted.contains(self.wanted) {
            Ok(Context(self.gss))
        } else {
            Err(KerberosError::NotSealed("Kerberos does not grant mutual, ordered and confidential messages"))
        }
    }
}

/// Returns the flags that an encrypted layer needs (RFC 4752 3.1).
fn sealed() -> CtxFlags {
    CtxFlags::GSS_C_MUTUAL_FLAG | CtxFlags::GSS_C_SEQUENCE_FLAG | CtxFlags::GSS_C_INTEG_FLAG | CtxFlags::GSS_C_CONF_FLAG
}

/// An established security context with the server.
pub(in super::super) struct Context(ClientCtx);

impl Context {
    /// Turns a message into a token, encrypted if `confidential`.
    pub(in super::super) fn wrap(&mut self, message: &[u8], confidential: bool) -> Result<Vec<u8>, KerberosError> {
        self.0.wrap(confidential, message).map(|token| token.to_vec()).map_err(|error| explain(error, ""))
    }

    /// Turns a token into its message. This fails if tokens were changed, repeated, left out or reordered.
    pub(in super::super) fn unwrap(&mut self, token: &[u8]) -> Result<Vec<u8>, KerberosError> {
        self.0.unwrap(token).map(|message| message.to_vec()).map_err(|error| explain(error, ""))
    }
}

/// Translates a library error: by its minor code if that is known, or else by its major code.
fn explain(error: Error, host: &str) -> KerberosError {
    let words = || said(&error.to_string());
    // krb5.h defines the codes as negative numbers; GSSAPI returns them as unsigned ones.
    match error.minor.cast_signed().wrapping_sub(KRB5) {
        // KDC_ERR_S_PRINCIPAL_UNKNOWN
        7 => return KerberosError::ServiceUnknown { host: host.to_owned() },
        // KDC_ERR_CLIENT_REVOKED, KDC_ERR_TGT_REVOKED
        18 | 20 => return KerberosError::Revoked,
        // AP_ERR_TKT_EXPIRED
        32 => return KerberosError::Expired,
        // AP_ERR_TKT_NYV, AP_ERR_SKEW
        33 | 37 => return KerberosError::ClockSkew,
        // AP_ERR_MODIFIED, AP_WRONG_PRINC
        41 | 144 => return KerberosError::WrongServer,
        // CONFIG_CANTOPEN, CONFIG_BADFORMAT, CONFIG_NODEFREALM
        135 | 136 | 224 => return KerberosError::Unconfigured(words()),
        // KDC_ERR_WRONG_REALM, REALM_UNKNOWN
        68 | 154 => return KerberosError::RealmUnknown(words()),
        // KDC_UNREACH, and REALM_CANT_RESOLVE: DNS does not answer
        156 | 220 => return KerberosError::KdcUnreachable,
        // CC_NOTFOUND, FCC_NOFILE
        141 | 195 => return KerberosError::NoTicket,
        _ => {}
    }
    let is = |major: MajorFlags| error.major.bits() & 0x00ff_0000 == major.bits();
    if is(MajorFlags::GSS_S_NO_CRED) {
        KerberosError::NoTicket
    } else if is(MajorFlags::GSS_S_CREDENTIALS_EXPIRED) || is(MajorFlags::GSS_S_CONTEXT_EXPIRED) {
        KerberosError::Expired
    } else {
        KerberosError::Other(words())
    }
}

/// Shortens a library message. It has the form "major (minor)", and most major messages say only that the minor one may
/// tell more.
fn said(text: &str) -> String {
    let minor =
        text.split_once("Minor code may provide more information (").and_then(|(_, minor)| minor.strip_suffix(')'));
    minor.unwrap_or(text).split_whitespace().collect::<Vec<_>>().join(" ")
}
