//! What adphoto reads and changes in a directory: the domain and its schema, accounts, and their photos.

mod account;
mod accounts;
mod base_dn;
mod directory;
mod domain;
mod everybody;
mod filter;
mod photos;
mod schema;
mod write;
mod write_error;

pub use account::{Account, AccountQuery, InScope, Lookup, container};
pub use accounts::{AccountRow, PackedAccounts};
pub use directory::{Directory, THUMBNAIL_PHOTO};
pub use domain::Domain;
pub use everybody::Names;
pub use filter::{Clause, Filter, FilterError, is_attribute_name};
pub use photos::HeldPhoto;
pub use schema::{Attribute, PhotoSchema};
pub use write::PhotoChange;
pub use write_error::WriteError;

pub(in crate::directory) use filter::any;
pub(in crate::directory) use photos::WRITABLE;
