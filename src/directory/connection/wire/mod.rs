//! The line between `ldap3` and a server. A server's bytes are read here first, without recursion and within limits: at
//! this point the server may not have proven who it is, and even one that has may be compromised.
//!
//! `ldap3` gets one end of a local stream, on which only whole LDAP messages arrive, of a size and depth that its
//! parser can handle. The messages that open a connection (StartTLS, the Kerberos bind) are written and read here, too.

mod ber;
mod inbox;
mod limits;
mod message;
mod pair;
mod relay;

pub use limits::MessageError;

pub(super) use ber::{SEQUENCE, element, next};
pub(super) use inbox::Broken;
#[cfg(feature = "kerberos")]
pub(super) use inbox::Inbox;
#[cfg(feature = "kerberos")]
pub(super) use message::{Answer, bind_request};
pub(super) use message::{read_answer, start_tls_request};
pub(super) use pair::{Plain, URL, pair};
pub(in crate::directory) use relay::Line;
pub(super) use relay::pass_on;
