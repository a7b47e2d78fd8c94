//! Microsoft 365 asks for patience, has troubles, or is not there.

use std::time::{Duration, Instant};

use crate::run::{Admin, Run};
use crate::tenant::{Reply, Tenant};

fn started() -> (Tenant, Admin) {
    let tenant = Tenant::start();
    tenant.user("anna", &[]);
    let admin = Admin::new(&tenant);
    (tenant, admin)
}

fn busy(status: u16) -> Reply {
    Reply::error(status, "TooManyRequests", "Too many requests.")
}

#[test]
fn patience_is_had_for_as_long_as_asked_for() {
    let (tenant, admin) = started();
    tenant.trouble(|asked, before| {
        (asked.path == "/v1.0/users" && before == 0).then(|| busy(429).with("Retry-After", "2"))
    });
    let begun = Instant::now();
    let run = admin.run(&["check"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(begun.elapsed() >= Duration::from_secs(2));
}

#[test]
fn troubles_that_pass_are_waited_for() {
    for reply in [busy(429), busy(503), Reply::Answer(500, Vec::new(), Vec::new()), Reply::Close] {
        let (tenant, admin) = started();
        let shown = reply.clone();
        tenant.trouble(move |_, before| (before < 2).then(|| reply.clone()));
        let run = admin.run(&["check"]);
        assert_eq!(run.code, Some(0), "{shown:?}: {run:?}");
    }
}

#[test]
fn troubles_that_do_not_pass_end_the_run() {
    for (reply, words) in [
        (busy(429), "asks adphoto to be slower"),
        (busy(429).with("Retry-After", "0"), "asks adphoto to be slower"),
        (Reply::Close, "127.0.0.1"),
    ] {
        let (tenant, admin) = started();
        tenant.trouble(move |asked, _| (asked.path == "/v1.0/users").then(|| reply.clone()));
        let begun = Instant::now();
        let run = admin.run(&["check", "--format", "json", "--give-up-after", "1"]);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(
            run.detail("users").contains("could not be used for 1 s") && run.detail("users").contains(words),
            "{run:?}"
        );
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    }
}

#[test]
fn nobody_waits_for_hours() {
    let (tenant, admin) = started();
    for wish in ["86400", "1e300", "99999999999999999999"] {
        tenant.trouble(move |asked, _| (asked.path == "/v1.0/users").then(|| busy(429).with("Retry-After", wish)));
        let run = admin.run(&["check", "--format", "json"]);
        assert!(run.detail("users").contains("asks to wait 86400 s"), "{run:?}");
    }
}

#[test]
fn a_server_that_does_not_answer_is_not_waited_for_longer_than_the_timeout() {
    for stuck in ["", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"value\": ["] {
        let (tenant, admin) = started();
        tenant.trouble(move |asked, _| (asked.path == "/v1.0/users").then(|| Reply::Stuck(stuck.into())));
        let begun = Instant::now();
        let run = admin.run(&["check", "--format", "json", "--timeout", "0.5", "--give-up-after", "1"]);
        assert!(run.detail("users").contains("did not answer within 0.5 s"), "{run:?}");
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    }
}

#[test]
fn a_tenant_that_is_not_there_is_told_so() {
    let (tenant, admin) = started();
    drop(tenant);
    let mut command = admin.bare(&["check", "--target", "microsoft365", "--format", "json", "--give-up-after", "0.5"]);
    command.args(["--allow-clear-text", "--cloud", "http://127.0.0.1:1", "--tenant", crate::tenant::ID]);
    command.args(["--client-id", crate::tenant::CLIENT_ID, "--certificate", "app.pem"]);
    let run = Run::of(&mut command);
    assert!(run.code == Some(1) && run.detail("sign-in").contains("127.0.0.1:1 cannot be reached"), "{run:?}");
}
