//! One connection to one domain controller: opening it, protecting it and signing in.

mod bind;
mod connected;
mod credentials;
mod error;
mod kerberos;
mod open;
mod options;
mod result_code;
mod server;
mod tcp;
mod tls;
mod wire;

pub use credentials::Credentials;
pub use error::{BindError, ConnectError, KerberosError, Limit, OperationError};
pub use kerberos::available as kerberos_available;
pub use options::ConnectOptions;
pub use server::{Protection, Server, ServerError, masked as masked_server};
pub use tls::{CaFileError, Certificate, CertificateFault, HandshakeFault, TrustError};
pub use wire::MessageError;

pub(in crate::directory) use connected::Connected;
pub(in crate::directory) use error::is_passing;
pub(in crate::directory) use open::open;
pub(in crate::directory) use result_code::{in_words, one_line};
pub(in crate::directory) use tcp::{addresses_of, explain_tcp};
pub(in crate::directory) use tls::Trust;
