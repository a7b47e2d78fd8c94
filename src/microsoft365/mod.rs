//! Microsoft 365 through Microsoft Graph: the only user of `reqwest`.
//!
//! ```text
//! cloud ◀── credential ◀── token ◀── http ◀── graph ◀── users, photos, policy ◀── tenant
//! ```
//!
//! - `cloud` knows the hosts of each national cloud.
//! - `credential` is how an app signs in: a secret, a certificate, a federated token, or a token that is there already.
//! - `token` asks for access tokens, and renews them in time.
//! - `http` sends one request, and reads at most so much of its answer.
//! - `gate` lets few requests through at once, and none while Microsoft asks for patience.
//! - `graph` sends a request again when that can help, and says in words what Graph refused.
//! - [`Tenant`] is what the rest of adphoto reads and changes.
//!
//! A token goes to the hosts of the cloud that was named and to no other: no redirect is followed, and the link to the
//! next page must lead to the host that sent it.

mod certificate;
mod change;
mod cloud;
mod credential;
mod error;
mod gate;
mod graph;
mod http;
mod jwt;
mod photos;
mod policy;
mod tenant;
mod token;
mod users;

pub use certificate::{Certificate, CertificateError};
pub use change::{ChangeError, Written};
pub use cloud::Cloud;
pub use credential::{ClientId, Credential, Options, TenantName};
pub use error::{GraphError, TokenError};
pub use jwt::Claims;
pub use photos::{Held, Trouble};
pub use policy::Policy;
pub use tenant::Tenant;
pub use users::User;

/// The application permissions of Microsoft Graph that adphoto can use.
pub mod role {
    /// Lists accounts.
    pub const LIST_USERS: &str = "User.Read.All";
    /// Reads photos and changes them.
    pub const WRITE_PHOTOS: &str = "ProfilePhoto.ReadWrite.All";
    /// Reads photos.
    pub const READ_PHOTOS: &str = "ProfilePhoto.Read.All";
    /// Removes photos, and does all of the above.
    pub const WRITE_USERS: &str = "User.ReadWrite.All";
    /// Reads which photos the tenant takes: those of the cloud, or those of Active Directory.
    pub const READ_POLICY: &str = "PeopleSettings.Read.All";
}
