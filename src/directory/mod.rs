//! Active Directory over LDAP: the only user of `ldap3`.
//!
//! ```text
//! discover ◀── connection ◀── sessions ◀── queries ◀── check
//! ```
//!
//! Each room imports only from those to its left: `discover` asks DNS which domain controllers there are, `connection`
//! opens and protects a connection to one of them and signs in, `sessions` asks again, elsewhere if need be, when a
//! connection is lost, `queries` is what the rest of adphoto asks and changes ([`Directory`]), and [`check`] is what
//! `adphoto check` asks besides.
//!
//! A photo is written only over the value that was read ([`Directory::modify_photo`]), and accounts are named by their
//! objectGUID, which survives renames.

pub mod check;
mod connection;
mod discover;
mod guid;
mod queries;
mod sessions;

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
    Account, Attribute, Clause, Directory, Domain, Filter, FilterError, HeldPhoto, InScope, Lookup, Names, PhotoChange,
    PhotoSchema, THUMBNAIL_PHOTO, WriteError, container, is_attribute_name,
};
pub use sessions::{Dsa, NotFound};
