//! What adphoto does with Microsoft 365, run as its users run it, on a practice tenant in the test's own process.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../tenant/mod.rs"]
mod tenant;

#[path = "../directory/photos.rs"]
mod photos;

mod audit;
mod broken_off;
mod check;
mod documentation;
mod export;
mod hostile;
mod import;
mod journals;
mod names;
mod network;
mod remove;
mod run;
mod sent;
mod sign_in;
mod throttling;
mod undo;
mod usage;
mod words;
