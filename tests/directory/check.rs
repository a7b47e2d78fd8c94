//! Tests `adphoto check`: each line states a fact, a failure comes with a remedy, and what depends on it is not tried.

use std::net::TcpListener;

use crate::domain::{Domain, PASSWORD};
use crate::photos::jpeg;
use crate::run::{Import, Run};

/// The names of all checks, in the order of the output.
const NAMES: [&str; 12] = [
    "dns",
    "tcp",
    "tls",
    "bind",
    "base-dn",
    "level",
    "writable",
    "schema",
    "accounts",
    "read",
    "write",
    "admin-accounts",
];

/// The result of `adphoto check --format json`.
pub(crate) struct Checked {
    pub(crate) code: Option<i32>,
    json: serde_json::Value,
}

impl Checked {
    /// Runs the check, and asserts that the JSON has the documented shape.
    pub(crate) fn of(check: Import) -> Self {
        let run = check.args(&["--format", "json", "--timeout", "5"]).run();
        let json: serde_json::Value =
            serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("no JSON, but: {}{}", run.stdout, run.stderr));
        assert_eq!((json["version"].as_u64(), json["command"].as_str()), (Some(1), Some("check")));
        for server in json["servers"].as_array().unwrap() {
            let names: Vec<&str> =
                server["checks"].as_array().unwrap().iter().map(|check| check["name"].as_str().unwrap()).collect();
            assert_eq!(names, NAMES);
        }
        let failed = run.stdout.contains(r#""result": "failed""#);
        assert_eq!(json["ready"], !failed);
        assert_eq!(run.code, Some(i32::from(failed)), "{}", run.stdout);
        Self { code: run.code, json }
    }

    /// Returns a line about the server with this index.
    pub(crate) fn line(&self, server: usize, name: &str) -> &serde_json::Value {
        let checks = self.json["servers"][server]["checks"].as_array().unwrap();
        checks.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("no {name} in {}", self.json))
    }

    pub(crate) fn text(&self, name: &str, field: &str) -> &str {
        self.line(0, name)[field].as_str().unwrap_or_default()
    }

    /// Asserts that a line has this result, that its detail contains these words, and that it has a remedy if it
    /// failed.
    pub(crate) fn says(&self, name: &str, result: &str, words: &[&str]) {
        self.says_of(0, name, result, words);
    }

    pub(crate) fn says_of(&self, server: usize, name: &str, result: &str, words: &[&str]) {
        let line = self.line(server, name);
        assert_eq!(line["result"], result, "{line}");
        for word in words {
            assert!(line["detail"].as_str().unwrap().contains(word), "no {word:?} in {line}");
        }
        assert_eq!(matches!(result, "failed" | "warning"), !line["remedy"].as_str().unwrap().is_empty(), "{line}");
    }

    /// Asserts that no check after this one was tried.
    pub(crate) fn ends_with(&self, server: usize, name: &str) {
        let at = NAMES.iter().position(|other| *other == name).unwrap();
        for later in &NAMES[at + 1..] {
            self.says_of(server, later, "not-tried", &[]);
        }
    }
}

on_both! {
    fn an_administrator_may_all_and_nothing_is_written(domain: &Domain) {
        let ou = domain.organizational_unit("below");
        for (name, parent) in [("c-one", &domain.base), ("c-two", &ou)] {
            domain.set_photo(&domain.user_with(name, parent, &[]), Some(&jpeg(1, 96, 96)));
        }
        domain.user_with("c-off", &ou, &[("userAccountControl", "514")]);
        domain.user_with("c-adm", &domain.base, &[("adminCount", "1")]);
        let before = domain.snapshot();
        let checked = Checked::of(Import::check(domain));
        assert_eq!(checked.code, Some(0));
        checked.says("dns", "ok", &["127.0.0.1"]);
        checked.says("bind", "ok", &[&format!("as {}\\Administrator (S-1-5-21-", domain.netbios)]);
        checked.says("base-dn", "ok", &[&domain.base]);
        checked.says("level", "ok", &["domain: Windows Server 20", "domain controller dc1."]);
        checked.says("writable", "ok", &[]);
        checked.says("schema", "ok", &["at most 102400 bytes"]);
        checked.says("accounts", "ok", &["3 enabled, 1 disabled"]);
        checked.says("read", "ok", &["2 of 2 accounts"]);
        checked.says("write", "ok", &["2 of 2 accounts"]);
        checked.says("admin-accounts", "ok", &["adminCount=1", "1 of 1 account"]);
        let text = Import::check(domain).run();
        assert!(text.code == Some(0) && !text.stderr.contains("note:"), "{}", text.stderr);
        let url = text.stdout.lines().next().unwrap();
        assert!(url.starts_with(&domain.server), "{url}");
        assert!(text.stdout.contains("\n  ok         write           2 of 2 accounts\n"), "{}", text.stdout);
        assert!(text.stdout.is_ascii() && text.stdout.lines().all(|line| line.trim_end() == line), "{}", text.stdout);
        assert_eq!(domain.snapshot(), before);
    }

    fn who_may_not_write_is_told_what_to_delegate(domain: &Domain) {
        domain.user("c-svc");
        let people: Vec<String> = (1..=5).map(|number| domain.user(&format!("c-{number}"))).collect();
        let checked = Checked::of(Import::check(domain).user(&format!("{}\\c-svc", domain.netbios), PASSWORD));
        // The service account's own photo, which every account may write, does not count.
        checked.says("write", "failed", &["0 of 5 accounts; not ", "; and 2 more"]);
        assert!(people.iter().any(|dn| checked.text("write", "detail").contains(dn)));
        assert!(checked.text("write", "remedy").contains(&domain.base), "{}", checked.line(0, "write"));
        if domain.is_practice() {
            let line = format!("dsacls \"{}\" /I:S /G \"PRACTICE\\c-svc:RPWP;thumbnailPhoto;user\"", domain.base);
            assert_eq!(checked.text("write", "run"), line);
            let undo = &checked.line(0, "write")["undo"];
            assert_eq!(undo["run"], format!("dsacls \"{}\" /R \"PRACTICE\\c-svc\"", domain.base));
            assert!(undo["caution"].as_str().unwrap().contains("everything that was delegated"), "{undo}");
        }
        let text = Import::check(domain).user(&format!("{}\\c-svc", domain.netbios), PASSWORD).run();
        // Each command is on a line of its own, so that it can be copied.
        let take_back = checked.line(0, "write")["undo"]["run"].as_str().unwrap();
        for command in [checked.text("write", "run"), take_back] {
            assert!(text.stdout.lines().any(|line| line.trim() == command), "{}", text.stdout);
        }
    }

    fn a_check_ends_with_what_it_comes_to_and_what_is_next(domain: &Domain) {
        domain.user("c-one");
        let next = "Next: adphoto import PHOTOS --dry-run, with the same options";
        let last = |run: &Run| run.stdout.lines().last().unwrap_or_default().to_owned();
        let ready = Import::check(domain).run();
        let verdict = last(&ready);
        // Samba's certificate is valid for only 30 days.
        let with = if domain.is_practice() { "" } else { ", with 1 warning: tls" };
        assert_eq!((ready.code, verdict), (Some(0), format!("Ready{with}. {next}")), "{}", ready.stdout);
        assert!(!ready.stderr.contains("Checking") && !ready.stdout.contains("not-tried"), "{}", ready.stderr);

        let wrong = Import::check(domain).user(&domain.admin, "wrong").run();
        assert_eq!((wrong.code, last(&wrong)), (Some(1), "Not ready: 1 problem: bind".to_owned()), "{}", wrong.stdout);
        let folded = "\n  not-tried  base-dn, level, writable, schema, accounts, read, write, admin-accounts\n";
        assert!(wrong.stdout.contains(folded), "{}", wrong.stdout);

        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let several = Import::check(domain).server(&format!("ldaps://127.0.0.1:{closed},{}", domain.server)).run();
        let verdict = format!("Not ready: 1 problem: tcp of ldaps://127.0.0.1:{closed}; 1 of 2 domain controllers can be used");
        assert_eq!((several.code, last(&several)), (Some(1), verdict), "{}", several.stdout);
    }

    fn the_own_account_is_told_to_be_left_out(domain: &Domain) {
        domain.user("c-svc");
        domain.user("c-one");
        let checked = Checked::of(Import::check(domain).user(&format!("{}\\c-svc", domain.netbios), PASSWORD));
        checked.says("accounts", "ok", &["2 enabled, 0 disabled; yours is left out below"]);
        checked.says("write", "failed", &["0 of 1 account"]);
    }

    fn a_base_dn_that_is_not_there_ends_what_needs_it(domain: &Domain) {
        for base in [format!("OU=nowhere,{}", domain.base), "no DN".to_owned()] {
            let checked = Checked::of(Import::check(domain).base_dn(&base));
            checked.says("bind", "ok", &[]);
            checked.says("base-dn", "failed", &[&base, "does not exist"]);
            checked.says("schema", "ok", &[]);
            checked.ends_with(0, "schema");
        }
    }

    fn no_enabled_account_is_a_warning(domain: &Domain) {
        domain.user_with("c-off", &domain.base, &[("userAccountControl", "514")]);
        let checked = Checked::of(Import::check(domain));
        checked.says("accounts", "warning", &["0 enabled, 1 disabled"]);
        checked.says("write", "not-tried", &["no other enabled account"]);
    }

    /// A wrong password is tried only once, however many servers there are.
    fn a_refused_password_is_not_tried_again(domain: &Domain) {
        let server = format!("{0},{0}", domain.server);
        let checked = Checked::of(Import::check(domain).server(&server).user(&domain.admin, "wrong"));
        checked.says("tcp", "ok", &[]);
        checked.says("bind", "failed", &["cannot sign in as", "wrong user name or password"]);
        checked.ends_with(0, "bind");
        checked.says_of(1, "tcp", "ok", &[]);
        checked.says_of(1, "bind", "not-tried", &["could lock the account"]);
        checked.ends_with(1, "bind");
    }

    fn each_server_is_checked(domain: &Domain) {
        domain.user("c-one");
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = silent.local_addr().unwrap().port();
        let server =
            format!("ldaps://127.0.0.1:{closed},no-such-host.invalid,ldaps://127.0.0.1:{port},{}", domain.server);
        let checked = Checked::of(Import::check(domain).server(&server));
        checked.says_of(0, "tcp", "failed", &["connection refused", &closed.to_string()]);
        checked.ends_with(0, "tcp");
        checked.says_of(1, "dns", "failed", &["cannot be resolved"]);
        checked.ends_with(1, "dns");
        checked.says_of(2, "tls", "failed", &["did not answer"]);
        checked.ends_with(2, "tls");
        checked.says_of(3, "write", "ok", &["1 of 1 account"]);
    }
}

mod practice_only {
    use super::*;

    /// AD removes inherited rights from accounts with adminCount=1; Samba does not.
    #[test]
    fn accounts_out_of_reach_of_a_delegation_are_named() {
        let domain = Domain::practice();
        domain.user("c-one");
        let admin = domain.user_with("c-adm", &domain.base, &[("adminCount", "1")]);
        let checked =
            Checked::of(Import::check(&domain).user("PRACTICE\\svc-photo", crate::practice::Practice::PASSWORD));
        checked.says("write", "ok", &["1 of 1 account"]);
        // The account has no photo, and the practice directory's access lists let everybody read one.
        checked.says("read", "ok", &["1 of 1 account"]);
        checked.says("admin-accounts", "warning", &["adminCount=1", "0 of 1 account; not ", &admin]);
        assert_eq!(checked.code, Some(0));
    }

    #[test]
    fn of_many_accounts_all_are_counted_and_some_looked_at() {
        let domain = Domain::practice();
        for number in 0..1_100 {
            domain.user(&format!("c-{number}"));
        }
        let checked = Checked::of(Import::check(&domain));
        checked.says("accounts", "ok", &["1100 enabled, 0 disabled"]);
        checked.says("write", "ok", &["100 of 100 accounts, a sample of 1100"]);
    }
}
