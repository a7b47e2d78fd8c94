//! Answers that no honest server gives.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::run::Admin;
use crate::tenant::{Reply, Tenant};

/// What `check` says about the users if that is the answer.
fn users_with(reply: Reply) -> String {
    let tenant = Tenant::start();
    tenant.user("anna", &[]);
    let admin = Admin::new(&tenant);
    tenant.trouble(move |asked, _| (asked.path == "/v1.0/users").then(|| reply.clone()));
    let begun = Instant::now();
    let run = admin.run(&["check", "--format", "json"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(begun.elapsed() < Duration::from_secs(30));
    run.detail("users")
}

fn body(text: impl Into<Vec<u8>>) -> Reply {
    Reply::Answer(200, Vec::new(), text.into())
}

#[test]
fn json_of_another_shape_is_malformed() {
    let deep = format!(r#"{{"value": [{}1{}]}}"#, "[".repeat(100_000), "]".repeat(100_000));
    for text in [
        "",
        "<html>a proxy's login page</html>",
        "[]",
        "{}",
        r#"{"value": {}}"#,
        r#"{"value": [5]}"#,
        r#"{"value": [{"id": 5}]}"#,
        r#"{"value": [{"id": "../../me"}]}"#,
        r#"{"value": [{}]}"#,
        r#"{"value": [{"id": "00000000-0000-4000-8000-000000000001", "displayName": ["x"]}]}"#,
        r#"{"value": [], "@odata.nextLink": 5}"#,
        r#"{"value": [], "@odata.nextLink": "nowhere"}"#,
        "{\"value\": [\"\u{fffd}",
        &deep,
    ] {
        let told = users_with(body(text));
        assert!(told.contains("is malformed"), "{told}");
    }
    assert!(users_with(body(vec![0xff; 100])).contains("is malformed"));
}

#[test]
fn what_is_too_long_is_not_kept() {
    assert!(users_with(Reply::Endless).contains("longer than"));
    let announced = Reply::Stuck(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n".to_vec());
    assert!(users_with(announced).contains("longer than"));
}

/// The token goes to nobody else.
#[test]
fn no_other_host_gets_the_token() {
    let other = Tenant::start();
    let stolen = other.clone();
    for link in [
        format!("{}/v1.0/users", stolen.url),
        "https://graph.microsoft.com.example.com/v1.0/users".to_owned(),
        "file:///etc/passwd".to_owned(),
    ] {
        let told = users_with(Reply::json(200, &json!({ "value": [], "@odata.nextLink": link })));
        assert!(told.contains("leads to another host"), "{told}");
        for status in [301, 302, 307, 308] {
            let told = users_with(Reply::Answer(status, Vec::new(), Vec::new()).with("Location", link.clone()));
            assert!(told.contains("redirects adphoto to another address"), "{told}");
        }
    }
    assert!(other.asked().is_empty(), "{:?}", other.asked());
}

#[test]
fn pages_that_go_round_in_circles_end() {
    let tenant = Tenant::start();
    let admin = Admin::new(&tenant);
    let link = format!("{}/v1.0/users?again", tenant.url);
    tenant.trouble(move |asked, _| {
        (asked.path == "/v1.0/users").then(|| Reply::json(200, &json!({ "value": [], "@odata.nextLink": link })))
    });
    let run = admin.run(&["check", "--format", "json"]);
    assert!(run.detail("users").contains("does not end"), "{run:?}");
    assert_eq!(tenant.asked().iter().filter(|asked| *asked == "GET /v1.0/users").count(), 2);
}

#[test]
fn what_a_server_says_cannot_harm_a_terminal() {
    let tenant = Tenant::start();
    let admin = Admin::new(&tenant);
    tenant.trouble(|asked, _| {
        (asked.path == "/v1.0/users")
            .then(|| Reply::error(403, "\u{1b}[31m", &format!("\u{1b}]0;x\u{7}{}", "long ".repeat(10_000))))
    });
    let run = admin.run(&["check"]);
    assert!(!run.stdout.contains('\u{1b}') && run.stdout.len() < 10_000, "{run:?}");
}
