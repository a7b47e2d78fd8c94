//! Active Directory over LDAP: the only user of `ldap3`.
//!
//! ```text
//! discover ◀── connection ◀── sessions ◀── queries ◀── check
//! ```
//!
//! Each room imports only from those to its left:
//!
//! - `discover` asks DNS which domain controllers there are.
//! - `connection` opens a connection to one of them, protects it and signs in.
//! - `sessions` repeats a request when a connection is lost, on another domain controller if need be.
//! - `queries` holds what the rest of adphoto reads and changes ([`Directory`]).
//! - [`check`] holds what only `adphoto check` asks.
//!
//! A photo is written only over the value that was read ([`Directory::modify_photo`]). Accounts are named by their
//! objectGUID, which survives renames and moves.

pub mod check;
mod connection;
mod discover;
mod guid;
mod queries;
mod sessions;
mod sid;

pub use connection::{
    BindError, CaFileError, CertificateFault, ConnectError, ConnectOptions, Credentials, HandshakeFault, KerberosError,
    Limit, MessageError, OperationError, Protection, Server, ServerError, TrustError, kerberos_available,
    masked_server,
};
pub use discover::{
    DiscoverError, DomainName, Found, Host, NameError, Origin, Question, SiteName, addresses, domain_controllers,
    own_domain,
};
pub use guid::Guid;
pub use queries::{
    Account, AccountQuery, AccountRow, Attribute, Clause, Directory, Domain, Filter, FilterError, HeldPhoto, InScope,
    Lookup, Names, PackedAccounts, PhotoChange, PhotoSchema, THUMBNAIL_PHOTO, WriteError, container, is_attribute_name,
};
pub use sessions::{Dsa, NotFound};
pub use sid::Sid;

/// Returns the TLS settings for connections to other servers than domain controllers: the same versions, and the same
/// trust in the system's authorities and those of `ca_file`.
///
/// # Errors
/// When the CA file cannot be used.
pub fn tls_config(ca_file: Option<&std::path::Path>) -> Result<rustls::ClientConfig, TrustError> {
    Ok(connection::Trust::new(ca_file)?.into_config())
}
