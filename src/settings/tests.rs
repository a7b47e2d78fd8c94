//! What holds where: a flag, a variable, the file or the default.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::CommandFactory;

use super::{ConfigError, Settings, from_file, has_flag, subcommand};
use crate::cli::Cli;

const FILE: &str = r#"
server = ["dc1", "dc2"]
user = 'EXAMPLE\anna'
ca-file = "ca.pem"
size = 120
max-changes = "5%"
match-by = "mail"

[profile.labs]
domain = "labs.example.com"
size = 64
"#;

fn parse(text: &str, profile: Option<&str>) -> Result<Settings, ConfigError> {
    Settings::parse(PathBuf::from("conf/adphoto.toml"), text, profile.map(str::to_owned))
}

/// What the file adds to a command line.
fn added(line: &str, profile: Option<&str>) -> Vec<String> {
    let given: Vec<OsString> = line.split(' ').map(OsString::from).collect();
    let mut program = Cli::command();
    program.build();
    let (place, command) = subcommand(&program, &given).expect("a subcommand");
    let added = from_file(&parse(FILE, profile).expect("settings"), command, &given[place + 1..]);
    added.into_iter().map(|argument| argument.into_string().expect("text")).collect()
}

#[test]
fn what_is_given_replaces_what_the_file_says() {
    let all =
        ["--match-by=mail", "--max-changes=5%", "--server=dc1", "--server=dc2", "--size=120", r"--user=EXAMPLE\anna"];
    let ca_file = if cfg!(windows) { r"--ca-file=conf\ca.pem" } else { "--ca-file=conf/ca.pem" };
    assert_eq!(added("adphoto import photos", None), [&[ca_file], &all[..]].concat());
    assert!(!added("adphoto import photos --size 96", None).contains(&"--size=120".to_owned()));
    assert!(!added("adphoto import photos --size=96", None).contains(&"--size=120".to_owned()));
    assert!(added("adphoto import -- --size=96", None).contains(&"--size=120".to_owned()));
    // One way to find a domain controller, and one to sign in.
    assert!(added("adphoto check --domain ad.example.com", None).iter().all(|one| !one.starts_with("--server")));
    assert!(added("adphoto check --kerberos", None).iter().all(|one| !one.starts_with("--user")));
    // What does not go together, and what a command does not know.
    assert!(added("adphoto import photos --as-is", None).iter().all(|one| !one.starts_with("--size")));
    assert_eq!(added("adphoto convert a b", None), ["--size=120"]);
    assert!(added("adphoto audit", None).iter().all(|one| !one.starts_with("--match-by")));
}

#[test]
fn a_profile_lies_over_the_rest() {
    let labs = added("adphoto --profile labs import photos", Some("labs"));
    assert!(labs.contains(&"--domain=labs.example.com".to_owned()) && labs.contains(&"--size=64".to_owned()));
    assert!(labs.iter().all(|one| !one.starts_with("--server")), "{labs:?}");
    let unknown = parse(FILE, Some("hq")).expect_err("no such profile").to_string();
    assert!(unknown.contains("no profile \"hq\"; it has labs"), "{unknown}");
}

#[test]
fn what_is_wrong_is_named() {
    let says = |text: &str, words: &str| {
        let error = parse(text, None).expect_err("is wrong");
        let text = error.to_string();
        assert!(text.contains("conf/adphoto.toml") && text.contains(words), "{text}");
    };
    says("match_by = \"mail\"", "no setting \"match_by\"; \"match-by\" is one");
    says("colour = 1", "no setting \"colour\"; there are server, ");
    says("password = \"secret\"", "\"password-file\"");
    says("[profile.x]\npasswort = 1", "no setting \"passwort\"; \"password-file\" is one");
    says("size = [1]", "\"size\" must be a text or a number");
    says("kerberos = 1", "true or false");
    says("server = ", "is not TOML");
}

#[test]
fn flags_are_known_by_their_whole_names() {
    let given: Vec<OsString> = ["--server-x", "--size=1", "--", "--user"].map(OsString::from).to_vec();
    assert!(has_flag("size", &given) && !has_flag("server", &given) && !has_flag("user", &given));
}
