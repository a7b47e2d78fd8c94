//! What goes over the line before `ldap3` sees it: a server's bytes are read here first, without recursion and within
//! limits, since nobody has proven anything yet, and whoever has may still be broken into.
//!
//! `ldap3` gets one end of a local stream, on which there are only whole LDAP messages of a size and depth that its parser
//! takes. What opens the connection (StartTLS, Kerberos) is said here as well.

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
