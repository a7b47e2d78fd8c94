//! Why there is no connection, why nobody is signed in on it, and what one operation on it can come to.

mod bind;
mod connect;
mod kerberos;
mod operation;

pub use bind::BindError;
pub use connect::ConnectError;
pub use kerberos::KerberosError;
pub use operation::{Limit, OperationError};

pub(in crate::directory) use operation::is_passing;
