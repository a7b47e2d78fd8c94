//! Tests of which value is in force: that of a flag, a variable, the file or the default.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::CommandFactory;

use super::file::parse;
use super::{
    ConfigError, KEYS, Level, SettingsFile, check, chosen, in_force, subcommand, with_defaults, with_defaults_at,
};
use crate::cli::{AccountPictureCommand, Cli, Command, ImportArgs};
use crate::thumbnail::Crop;

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

fn level(text: &str, profile: Option<&str>) -> Result<Level, ConfigError> {
    parse(Path::new("conf/adphoto.toml"), text, profile.map(str::to_owned))
}

/// Reads a command line with this settings file instead of the machine's own.
fn read(line: &str, text: &str, profile: Option<&str>) -> Cli {
    let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
    let glance = Cli::glance(&words).expect("no help");
    let (names, matches) = chosen(&glance);
    let level = level(text, profile).expect("settings");
    let file = SettingsFile { path: PathBuf::from("conf/adphoto.toml"), is_found_here: false, level };
    let program = Cli::command();
    let level = in_force(subcommand(&program, &names).expect("is there"), Some(matches), Some(&file)).level;
    let program = with_defaults_at(program, &names, &level);
    Cli::read(program, &words).expect("right usage")
}

fn import(line: &str, profile: Option<&str>) -> ImportArgs {
    import_with(line, FILE, profile)
}

fn import_with(line: &str, text: &str, profile: Option<&str>) -> ImportArgs {
    match read(line, text, profile).command {
        Command::Import(args) => *args,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_given_replaces_what_the_file_says() {
    let all = import("adphoto import photos", None);
    assert_eq!(all.connection.server, ["dc1", "dc2"]);
    assert_eq!(all.connection.user.as_deref(), Some(r"EXAMPLE\anna"));
    assert_eq!(all.connection.ca_file.as_deref(), Some(Path::new("conf").join("ca.pem").as_path()));
    assert_eq!((all.thumbnail.size, all.match_by), (Some(120), vec!["mail".parse().expect("an attribute")]));
    assert_eq!(import("adphoto import photos --size 96", None).thumbnail.size, Some(96));
    assert_eq!(import("adphoto import photos --size=96", None).thumbnail.size, Some(96));
    assert_eq!(import("adphoto import -- --size=96", None).thumbnail.size, Some(120));
    // The settings that exclude each other: how to find a domain controller, and how to sign in.
    let by_name = import("adphoto import photos --domain ad.example.com", None).connection;
    assert!(by_name.domain.is_some() && by_name.server.is_empty(), "{by_name:?}");
    let by_ticket = import("adphoto import photos --kerberos", None).connection;
    assert!(by_ticket.kerberos && by_ticket.user.is_none(), "{by_ticket:?}");
    // Settings that conflict with what is typed, or that a command does not have, are ignored.
    assert!(import("adphoto import photos --as-is", None).as_is);
    assert!(
        matches!(read("adphoto convert a b", FILE, None).command, Command::Convert(args) if args.thumbnail.size == Some(120))
    );
    assert!(matches!(read("adphoto audit", FILE, None).command, Command::Audit(args) if args.photos.is_none()));
}

#[test]
fn account_pictures_have_settings_too() {
    const PICTURES: &str = "crop = 'top'\nallow-blank = true\nlog-file = 'pictures.log'\nmatch-by = 'mail'\n";
    let text = format!("{PICTURES}{FILE}").replacen("match-by = \"mail\"\n", "", 1);
    let Command::Publish(publish) = read("adphoto publish pictures", &text, None).command else {
        panic!("another command")
    };
    assert_eq!(publish.connection.server, ["dc1", "dc2"]);
    assert_eq!((publish.pictures.crop, publish.pictures.allow_blank), (Crop::Top, true));
    assert!(publish.brake.max_changes.is_some() && publish.photos.is_none());
    let Command::AccountPicture(args) = read("adphoto account-picture install --from directory", &text, None).command
    else {
        panic!("another command")
    };
    let AccountPictureCommand::Install(install) = args.what else { panic!("{:?}", args.what) };
    assert_eq!(install.connection.server, ["dc1", "dc2"]);
    assert_eq!(install.connection.user.as_deref(), Some(r"EXAMPLE\anna"));
    assert_eq!((install.pictures.crop, install.pictures.allow_blank), (Crop::Top, true));
    assert_eq!(install.output.log_file.as_deref(), Some(Path::new("conf").join("pictures.log").as_path()));
    let line = "adphoto account-picture install --from directory --server dc3 --crop center";
    let Command::AccountPicture(args) = read(line, &text, Some("labs")).command else { panic!("another command") };
    let AccountPictureCommand::Install(install) = args.what else { panic!("{:?}", args.what) };
    assert_eq!((install.connection.server, install.pictures.crop), (vec!["dc3".to_owned()], Crop::Center));
    let Command::AccountPicture(args) = read("adphoto account-picture remove", &text, None).command else {
        panic!("another command")
    };
    assert!(matches!(args.what, AccountPictureCommand::Remove(args) if args.output.log_file.is_some()));
}

#[test]
fn who_signs_in_may_be_a_setting() {
    let refused = |text| {
        let words = ["adphoto", "check"].map(OsString::from);
        let level = level(text, None).expect("settings");
        Cli::read(Cli::command().mut_subcommand("check", |command| with_defaults(command, &level)), &words).is_err()
    };
    assert!(refused("") && refused("kerberos = false"));
    assert!(!refused("kerberos = true") && !refused("user = 'anna'"));
}

#[test]
fn a_profile_lies_over_the_rest() {
    let labs = import("adphoto --profile labs import photos", Some("labs"));
    assert_eq!(labs.connection.domain.map(|domain| domain.to_string()).as_deref(), Some("labs.example.com"));
    assert!(labs.connection.server.is_empty() && labs.thumbnail.size == Some(64));
    let unknown = level(FILE, Some("hq")).expect_err("no such profile").to_string();
    assert!(unknown.contains("no profile \"hq\"; its profiles are labs"), "{unknown}");
}

#[test]
fn a_profile_can_take_away_what_the_rest_says() {
    const TEXT: &str = r#"
server = "dc1"
user = "svc"
password-file = "pw"
max-changes = 5
report = ["night.csv", "night.json"]
only-missing = true
timeout = 5

[profile.none]
server = []
max-changes = ""
report = ""
only-missing = false
timeout = ""

[profile.ticket]
kerberos = true

[profile.other]
user = "anna"

[profile.same]
user = "SVC"

[profile.nobody]
user = ""
"#;
    let line = "adphoto import photos --user x";
    let whole = import_with(line, TEXT, None);
    assert!(whole.only_missing && whole.brake.max_changes.is_some() && whole.output.report.len() == 2);
    let none = import_with(line, TEXT, Some("none"));
    assert!(none.connection.server.is_empty() && none.output.report.is_empty());
    assert!(!none.only_missing && none.brake.max_changes.is_none());
    assert_eq!(none.connection.timeout.as_secs(), 30);
    let connection = |profile| import_with("adphoto import photos", TEXT, Some(profile)).connection;
    let ticket = connection("ticket");
    assert!(ticket.kerberos && ticket.user.is_none() && ticket.password_file.is_none(), "{ticket:?}");
    assert_eq!(connection("other").password_file, None);
    assert_eq!(import_with(line, TEXT, Some("nobody")).connection.password_file, None);
    assert_eq!(connection("same").password_file.as_deref(), Some(Path::new("conf").join("pw").as_path()));
}

#[test]
fn a_nightly_line_is_settings_too() {
    const TEXT: &str = r#"
kerberos = true
only-missing = true
skip-disabled = true
allow-identical = true
recursive = true
quiet = true
photo-dir = "faces"
move-done = "done"
move-failed = "failed"
require-photos = true
keep-journals = "90 days"
name-pattern = 'HR_(?<user>\d+)'
ignore-text = ["final", "web"]
allow-misnamed = true
allow-blank = true
report-without-directory = true
report-delimiter = ";"
report = "night.csv"
user-column = "login"
photo-column = 2
delimiter = ";"
match-by = "mail"
"#;
    let args = import_with("adphoto import photos", TEXT, None);
    assert!(args.only_missing && args.skip_disabled && args.allow_identical && args.output.quiet);
    assert!(args.source_options.recursive && args.source_options.delimiter == Some(b';'));
    assert!(args.source_options.user_column.is_some() && args.source_options.photo_column.is_some());
    let here = |name: &str| Path::new("conf").join(name);
    assert_eq!(args.source_options.photo_dir, Some(here("faces")));
    assert_eq!((args.move_failed, args.write.keep_journals), (Some(here("failed")), Some(90)));
    assert_eq!(
        (args.name_pattern.as_deref(), args.ignore_text),
        (Some(r"HR_(?<user>\d+)"), vec!["final".into(), "web".into()])
    );
    assert!(args.require_photos && args.allow_misnamed && args.thumbnail.allow_blank && args.report_without_directory);
    assert_eq!(args.output.report_delimiter, b';');
    assert_eq!((args.move_done, args.output.report), (Some(here("done")), vec![here("night.csv")]));
    // The other commands ignore the settings that they do not have or that conflict with what is typed.
    let program = Cli::command();
    let level = level(TEXT, None).expect("settings");
    for command in program.get_subcommands() {
        assert!(check(command, &level).is_ok(), "{}", command.get_name());
    }
    for line in ["audit", "export faces", "remove --filter (cn=x) --yes", "undo --list", "convert a b", "check"] {
        read(&format!("adphoto {line}"), TEXT, None);
    }
}

#[test]
fn what_is_wrong_is_named() {
    let says = |text: &str, words: &str| {
        let program = Cli::command();
        let import = program.find_subcommand("import").expect("is there");
        let error = level(text, None).and_then(|level| check(import, &level)).expect_err("is wrong");
        let text = error.to_string();
        assert!(text.contains("conf/adphoto.toml") && text.contains(words), "{text}");
    };
    says("match_by = \"mail\"", "no setting \"match_by\"; did you mean \"match-by\"?");
    says("colour = 1", "no setting \"colour\"; the settings are server, ");
    says("password = \"secret\"", "\"password-file\"");
    says("[profile.x]\npasswort = 1", "no setting \"passwort\"; did you mean \"password-file\"?");
    says("size = [1]", "\"size\" must be a text or a number");
    says("kerberos = 1", "true or false");
    says("server = ", "is not valid TOML");
    says("size = 5", "invalid value \"5\" for \"size\": 5 is not in 16..=648");
    says("keep-journals = 0", "invalid value \"0\" for \"keep-journals\": not a number of days from 1");
    says("crop = \"left\"", "invalid value \"left\" for \"crop\": it is one of center, top, face");
}

/// A password without quotation marks is no TOML, and must not be printed with the parser's words.
#[test]
fn a_line_that_is_not_toml_is_not_repeated() {
    for (text, at) in [
        ("server = \"dc1\"\npassword = Geheim!1\n", "in line 2, column 12: "),
        ("password = Geheim!1", "in line 1, column 12: "),
        ("Geheim!1", "in line 1, column "),
        ("password Geheim!1", "in line 1, column "),
        ("password = 'Geheim!1\n", "in line 1, column "),
        ("password = \"Geheim!1\" Geheim", "in line 1, column "),
        ("[Geheim!1\n", "in line 1, column "),
        ("user = 'ä' Geheim!1", "in line 1, column 12: "),
    ] {
        let error = level(text, None).expect_err("is no TOML");
        let printed = crate::failure::Failure::from(error).text();
        assert!(printed.contains(at) && !printed.contains("Geheim"), "{printed}");
    }
}

#[test]
fn each_key_is_a_flag_of_import_or_check() {
    let program = Cli::command();
    let commands = ["import", "check"].map(|name| program.find_subcommand(name).expect("is there"));
    for (key, _) in KEYS {
        let mut arguments = commands.iter().flat_map(|command| command.get_arguments());
        assert!(arguments.any(|argument| argument.get_long() == Some(key)), "{key}");
    }
}
