//! The steps of `adphoto check`: can a server be reached and trusted, who is bound there, what kind of domain
//! controller is it, which accounts are in scope, and whose photos may be read and written? Nothing is written.

mod access;
mod ask;
mod controller;
mod delegation;
mod handshake;
mod identity;
mod reach;
mod rights;
mod scope;

pub use controller::{Controller, controller};
pub use delegation::{Delegation, delegation};
pub use handshake::handshake;
pub use identity::{Identity, OwnAccount, identity};
pub use reach::{knock, resolve};
pub use rights::{Rights, readable, rights};
pub use scope::spread;

pub use crate::directory::connection::Certificate;
