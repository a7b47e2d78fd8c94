//! The command lines of docs/microsoft365.md, run as they stand.

use crate::photos::jpeg;
use crate::run::{Admin, Run};
use crate::tenant::{CLIENT_ID, DOMAIN, ID, Tenant};

const PAGE: &str = include_str!("../../docs/microsoft365.md");

/// The lines of adphoto between fences that name no language.
fn lines() -> Vec<&'static str> {
    let mut fence: Option<&str> = None;
    let mut lines = Vec::new();
    for line in PAGE.lines().map(str::trim) {
        match (line.strip_prefix("```"), fence) {
            (Some(language), None) => fence = Some(language),
            (Some(_), Some(_)) => fence = None,
            (None, Some("")) if line.starts_with("adphoto ") => lines.push(line),
            (None, _) => {}
        }
    }
    lines
}

#[test]
fn the_command_lines_of_the_page_work() {
    let tenant = Tenant::start();
    let admin = Admin::new(&tenant);
    let id = tenant
        .user("jdoe", &[("department", "Sales".into()), ("onPremisesSecurityIdentifier", "S-1-5-21-1-2-3-4".into())]);
    tenant.set_photo(&id, Some(&jpeg(9, 648, 648)));
    admin.photo("jdoe.jpg", 1);
    let settings = PAGE.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    admin.private("adphoto.toml", settings.replace("contoso.onmicrosoft.com", DOMAIN));
    // This stands for the export from Active Directory, which tests/directory/documentation.rs runs.
    admin.private("ad/jdoe.jpg", jpeg(9, 96, 96));
    admin.private("ad/index.csv", "user,photo,objectSid\njdoe,jdoe.jpg,S-1-5-21-1-2-3-4\n");
    let is_of_domain = |line: &str| ["hd/index.csv", "export ad"].iter().any(|words| line.contains(words));
    let lines = lines().into_iter().filter(|line| !is_of_domain(line));
    let mut count = 0;
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().skip(1).collect();
        let mut command = admin.bare(&words);
        command.env("ADPHOTO_CLOUD", &tenant.url).env("ADPHOTO_ALLOW_CLEAR_TEXT", "true");
        if line.contains("--target") {
            command.env("ADPHOTO_TENANT", ID).env("ADPHOTO_CLIENT_ID", CLIENT_ID).env("ADPHOTO_CERTIFICATE", "app.pem");
        }
        let run = Run::of(&mut command);
        assert_eq!(run.code, Some(0), "{line}: {run:?}");
        count += 1;
    }
    assert_eq!(count, 8);
}
