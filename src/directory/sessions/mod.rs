//! Sessions: asking the directory, and asking again, elsewhere if need be, when a connection is lost or a server is
//! busy.
//!
//! A [`Session`] is one connection on which somebody is signed in. The [`Link`] holds the sessions with all domain
//! controllers that may be asked. A request to the link goes to whichever answers, and is repeated as long as some
//! operations succeed.

mod dsa;
mod entry;
mod failover;
mod found;
mod identify;
mod link;
mod patience;
mod search;
mod session;

pub use dsa::Dsa;
pub use identify::NotFound;

pub(in crate::directory) use entry::Entry;
pub(in crate::directory) use link::Link;
pub(in crate::directory) use patience::Pause;
pub(in crate::directory) use session::Session;
