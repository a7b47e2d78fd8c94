//! What `adphoto check` asks, one step after the other: whether a server can be reached and believed, who is bound there,
//! what kind of domain controller it is, whose photos are in scope, and which of them may be read and written. Nothing is
//! written.

mod access;
mod ask;
mod certificate;
mod controller;
mod delegation;
mod handshake;
mod identity;
mod photo_schema;
mod reach;
mod rights;
mod scope;

pub use certificate::Certificate;
pub use controller::Controller;
pub use delegation::delegation;
pub use handshake::handshake;
pub use identity::{Identity, OwnAccount};
pub use photo_schema::PhotoSchema;
pub use reach::{knock, resolve};
pub use rights::Rights;
pub use scope::{InScope, spread};
