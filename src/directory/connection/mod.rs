//! One connection to one domain controller: opened, protected and signed in.

mod bind;
mod credentials;
mod error;
mod kerberos;
mod open;
mod options;
mod result_code;
mod server;
mod tls;

pub use credentials::Credentials;
pub use error::{BindError, ConnectError, KerberosError, OperationError};
pub use kerberos::available as kerberos_available;
pub use options::ConnectOptions;
pub use server::{Protection, Server, ServerError};
pub use tls::TrustError;

pub(in crate::directory) use error::is_passing;
pub(in crate::directory) use open::{addresses_of, explain_tcp, open};
pub(in crate::directory) use result_code::{in_words, one_line};
pub(in crate::directory) use tls::{client_config, roots};
