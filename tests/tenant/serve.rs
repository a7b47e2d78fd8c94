//! The practice tenant as a program of its own, for clients that are not part of adphoto's tests.
//!
//! ```text
//! cargo run --example tenant -- app.pem
//! ```
//!
//! It writes the certificate with which the app signs in to that file, prints its address, and serves until it is
//! ended. It has ten members, the first five of whom have photos, and a thousand guests, which makes a list of all
//! accounts take two pages.
#![expect(clippy::unwrap_used, reason = "this is for tests; what cannot go on has failed")]
#![expect(clippy::print_stderr, clippy::print_stdout, reason = "the address goes to one, the hint to the other")]

use std::ffi::OsStr;
use std::process::ExitCode;

use serde_json::json;

#[path = "../directory/photos.rs"]
#[allow(dead_code, reason = "tests need more of it")]
mod photos;

#[path = "mod.rs"]
mod tenant;

const MEMBERS: u32 = 10;
const WITH_PHOTO: u32 = 5;
const GUESTS: u32 = 1000;
/// The width and height of the photos that are there already, in pixels.
const SIDE: u32 = 700;

fn main() -> ExitCode {
    let Some(file) = std::env::args_os().nth(1) else {
        eprintln!("usage: cargo run --example tenant -- FILE    (the app's certificate is written into FILE)");
        return ExitCode::from(2);
    };
    write_private(&file, tenant::CERTIFICATE.to_vec());
    let tenant = tenant::Tenant::start();
    for number in 1..=MEMBERS {
        let id = tenant.user(
            &format!("user{number}"),
            &[
                ("givenName", json!(format!("Given {number}"))),
                ("department", json!(if number % 2 == 0 { "Sales" } else { "Research" })),
                ("onPremisesSamAccountName", json!(format!("user{number}"))),
                ("onPremisesSecurityIdentifier", json!(format!("S-1-5-21-1-2-3-{}", 1100 + number))),
                ("onPremisesSyncEnabled", json!(true)),
            ],
        );
        if number <= WITH_PHOTO {
            tenant.set_photo(&id, Some(&photos::jpeg(number, SIDE, SIDE)));
        }
    }
    for number in 1..=GUESTS {
        tenant.user(&format!("guest{number}"), &[("userType", json!("Guest"))]);
    }
    let options = format!(
        "--target microsoft365 --cloud {} --allow-clear-text --tenant {} --client-id {}",
        tenant.url,
        tenant::ID,
        tenant::CLIENT_ID
    );
    println!("{}", tenant.url);
    eprintln!("adphoto check --certificate {} {options}", file.display());
    loop {
        std::thread::park();
    }
}

/// Writes a file that only its owner may read.
fn write_private(path: &OsStr, content: Vec<u8>) {
    std::fs::write(path, content).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
}
