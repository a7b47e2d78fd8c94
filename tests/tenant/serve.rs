//! The practice tenant as a program of its own, for clients that are not part of adphoto's tests.
//!
//! ```text
//! cargo run --example tenant
//! ```
//!
//! It prints its address, and serves until it is ended. There are ten members, the first five of whom have photos, and
//! a thousand guests, so that a list of all accounts takes two pages.
#![expect(clippy::unwrap_used, reason = "this is for tests; what cannot go on has failed")]
#![expect(clippy::print_stderr, clippy::print_stdout, reason = "the address goes to one, the hint to the other")]

use serde_json::json;

#[path = "../directory/photos.rs"]
#[expect(dead_code, reason = "tests need more of it")]
mod photos;

#[path = "mod.rs"]
#[expect(dead_code, reason = "tests need more of it")]
mod tenant;

const MEMBERS: u32 = 10;
const WITH_PHOTO: u32 = 5;
const GUESTS: u32 = 1000;
/// The width and height of the photos that are there already, in pixels.
const SIDE: u32 = 700;

fn main() {
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
    eprintln!(
        "with a copy of tests/tenant/app.pem that only you can read:\nadphoto check --certificate app.pem {options}"
    );
    loop {
        std::thread::park();
    }
}
