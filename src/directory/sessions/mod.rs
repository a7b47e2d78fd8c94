//! Asking, and asking again, elsewhere if need be, when a connection is lost or a server busy.
//!
//! A [`Session`] is one connection that is signed in. The [`Link`] holds those with all domain controllers that may be
//! asked: what is asked of it goes to whichever answers, again and again as long as anything goes well.

mod dsa;
mod entry;
mod failover;
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
