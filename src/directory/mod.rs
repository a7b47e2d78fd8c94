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
};
pub use discover::{
    DiscoverError, DomainName, Found, Host, NameError, Origin, Question, SiteName, addresses, domain_controllers,
    own_domain,
};
pub use guid::Guid;
pub use queries::{
    Account, AccountRow, Accounts, Attribute, Clause, Directory, Domain, Filter, FilterError, HeldPhoto, InScope,
    Lookup, Names, PhotoChange, PhotoSchema, THUMBNAIL_PHOTO, WriteError, container, is_attribute_name,
};
pub use sessions::{Dsa, NotFound};
pub use sid::Sid;
