//! Errors of connecting, of signing in, and of single operations.

mod bind;
mod connect;
mod kerberos;
mod operation;

pub use bind::BindError;
pub use connect::ConnectError;
pub use kerberos::KerberosError;
pub use operation::{Limit, OperationError};

pub(in crate::directory) use operation::is_passing;
