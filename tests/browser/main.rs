//! Tests HTML reports in a browser, used as people use them: with a mouse and with the keyboard.
//!
//! Without Chromium, these tests do nothing and say so; tests/run installs it.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::print_stderr, reason = "what was measured, and what was left out, is said")]

#[path = "../practice/mod.rs"]
mod practice;
#[path = "../tenant/mod.rs"]
mod tenant;

mod approval;
mod chromium;
#[path = "../directory/cloud.rs"]
#[allow(dead_code, reason = "shared with the tests of import")]
mod cloud;
mod coverage;
mod crop;
#[path = "../directory/domain.rs"]
#[allow(dead_code, reason = "shared with the tests of import")]
mod domain;
mod page;
#[path = "../directory/photos.rs"]
#[allow(dead_code, reason = "shared with the tests of import")]
mod photos;
#[path = "../directory/run.rs"]
#[allow(dead_code, reason = "shared with the tests of import")]
mod run;
mod tenant_page;
