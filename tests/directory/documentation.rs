//! Runs every command line that README, docs/, the help and the man pages show. Only names that do not exist anywhere,
//! such as `dc1.ad.example.com`, are replaced with those of the test's domain.

mod reference;
mod rooms;

#[cfg(not(windows))]
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use image::ImageFormat;
use ldap3::Scope;

use crate::domain::Domain;
use crate::photos::{encode, jpeg, picture};
use crate::run::{Folder, Run};

const README: &str = include_str!("../../README.md");
const TROUBLESHOOTING: &str = include_str!("../../docs/troubleshooting.md");
/// The commands in the order in which somebody would try them; the empty one is adphoto itself.
const COMMANDS: [&str; 11] =
    ["", "check", "convert", "import", "audit", "export", "publish", "undo", "remove", "config", "generate"];

/// The names and personnel numbers of two people after whom files are named.
const PEOPLE: [(&str, [(&str, &str); 4]); 2] = [
    ("jmueller", [("displayName", "Müller, Jörg"), ("givenName", "Jörg"), ("sn", "Müller"), ("employeeID", "100400")]),
    ("pbauer", [("displayName", "Bauer, Petra"), ("givenName", "Petra"), ("sn", "Bauer"), ("employeeID", "100401")]),
];

on_both! {
    fn the_command_lines_of_readme_and_docs_work(domain: &Domain) {
        let pages = pages().into_iter().map(|(_, text)| of_adphoto(&text)).filter(|lines| !lines.is_empty());
        let pages: Vec<Vec<String>> = pages.collect();
        assert!(pages.len() > 5 && pages.concat().len() > 50, "{pages:#?}");
        for lines in pages {
            // Somebody may read each page without having read any other.
            let reader = Reader::new(domain);
            for line in lines {
                reader.runs(&line);
            }
        }
    }

    fn the_command_lines_of_help_work(domain: &Domain) {
        let reader = Reader::new(domain);
        for command in COMMANDS {
            let lines = examples(command);
            assert!(lines.len() >= 2, "{command}: {lines:#?}");
            for line in lines {
                reader.runs(&line);
            }
        }
    }
}

#[test]
fn man_pages_hold_the_lines_of_help_and_the_variables() {
    let folder = Folder::new();
    assert_eq!(adphoto(&["generate", "man", folder.path().to_str().unwrap()]).code, Some(0));
    for command in COMMANDS {
        let name = if command.is_empty() { "adphoto.1".to_owned() } else { format!("adphoto-{command}.1") };
        let page = std::fs::read_to_string(folder.path().join(name)).unwrap().replace("\\-", "-").replace(r"\\", r"\");
        for line in examples(command) {
            assert!(page.lines().any(|shown| shown == line), "{line} is not in {page}");
        }
    }
    let page = std::fs::read_to_string(folder.path().join("adphoto-check.1")).unwrap();
    assert!(page.contains("ADPHOTO_TIMEOUT") && page.contains("How long a connection"), "{page}");
}

/// The other programs are tests, benchmarks and builds, which take too long to run here, so this only checks that they
/// and their options exist.
#[test]
fn pages_name_programs_and_options_that_are_there() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let lines: Vec<String> =
        pages().iter().flat_map(|(_, text)| [code_lines(text), code_spans(text)].concat()).collect();
    let scripts: Vec<&String> = lines
        .iter()
        .filter(|line| ["python3 ", "tests/", "packaging/"].iter().any(|start| line.starts_with(start)))
        .collect();
    assert!(scripts.len() > 4, "{scripts:#?}");
    for line in scripts {
        let mut words = line.trim_start_matches("python3 ").split_whitespace();
        let script = std::fs::read_to_string(project.join(words.next().unwrap())).unwrap();
        for option in words.filter(|word| word.starts_with("--")) {
            assert!(script.contains(option), "{option} of {line}");
        }
    }
}

/// A reader searches for the message as the program prints it.
#[test]
fn messages_are_quoted_as_they_are() {
    let sources = walkdir::WalkDir::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).into_iter().flatten();
    let sources = sources.filter(|file| file.path().extension().is_some_and(|extension| extension == "rs"));
    let text: String = sources.map(|file| std::fs::read_to_string(file.path()).unwrap()).collect();
    // Joins string literals that a backslash continues on the next line.
    let text = text.split("\\\n").map(str::trim_start).collect::<String>();
    let rows = TROUBLESHOOTING.lines().filter(|line| line.starts_with("| `"));
    let quoted: Vec<&str> = rows.filter_map(|row| row.split('`').nth(1)).collect();
    assert!(quoted.len() > 10, "{quoted:#?}");
    let parts = quoted.iter().flat_map(|message| message.split('…')).map(str::trim);
    let unknown: Vec<&str> = parts.filter(|part| !text.contains(part)).collect();
    assert!(unknown.is_empty(), "the program does not say {unknown:#?}");
}

fn quickstart(arguments: &[&str]) {
    let quickstart = Path::new(env!("CARGO_BIN_EXE_adphoto")).with_file_name("examples").join("quickstart");
    let mut command = Command::new(quickstart);
    let command = command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let run = Run::of(command.spawn().unwrap());
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("$ adphoto import photos --dry-run"), "{}", run.stdout);
}

/// The quickstart is the first command of README, so it must work.
#[test]
fn the_quickstart_does_what_it_says() {
    quickstart(&[]);
}

#[test]
fn the_quickstart_on_microsoft_365_does_what_it_says() {
    quickstart(&["--microsoft365"]);
}

/// Otherwise the `cargo run` after it would take as long as the quickstart itself.
#[test]
#[cfg(not(windows))]
fn cargo_run_after_the_quickstart_builds_no_library_anew() {
    let (quickstart, program) = (libraries(&["--example", "quickstart"]), libraries(&["--bin", "adphoto"]));
    assert!(program.len() > 100, "{program:?}");
    let anew: Vec<&String> = program.difference(&quickstart).collect();
    assert!(anew.is_empty(), "examples/quickstart/Cargo.toml switches on other features than tests do in: {anew:#?}");
}

/// Returns each library that a release build with these options builds, together with its features.
#[cfg(not(windows))]
fn libraries(options: &[&str]) -> BTreeSet<String> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into()));
    cargo.args(["build", "--release", "--locked", "--unit-graph", "-Zunstable-options"]).args(options);
    // `--unit-graph`, which lists what would be built, is not stable yet.
    cargo.env("RUSTC_BOOTSTRAP", "1").current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let graph: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let units = graph["units"].as_array().unwrap();
    let libraries = units.iter().filter(|unit| unit["mode"] == "build" && unit["target"]["kind"][0] != "bin");
    libraries.map(|unit| format!("{} {} {}", unit["pkg_id"], unit["target"]["kind"], unit["features"])).collect()
}

fn adphoto(arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_adphoto"));
    Run::of(command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
}

/// Returns README and the pages of docs/, each with its text.
fn pages() -> Vec<(PathBuf, String)> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = std::fs::read_dir(project.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = docs.filter(|path| path.extension().is_some_and(|ending| ending == "md")).collect();
    paths.sort();
    paths.insert(0, project.join("README.md"));
    paths.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

/// Returns the example lines that a command's help shows.
fn examples(command: &str) -> Vec<String> {
    let help = adphoto(&[command, "--help"].into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>()).stdout;
    help.lines()
        .filter_map(|line| line.strip_prefix("  "))
        .filter(|line| line.starts_with("adphoto "))
        .map(str::to_owned)
        .collect()
}

fn of_adphoto(text: &str) -> Vec<String> {
    let lines = code_lines(text).into_iter().chain(code_spans(text));
    lines.filter(|line| line.starts_with("adphoto ")).collect()
}

/// Returns the lines of those code blocks that name no language.
fn code_lines(text: &str) -> Vec<String> {
    let mut fence: Option<&str> = None;
    let mut lines = Vec::new();
    for line in text.lines().map(str::trim) {
        match (line.strip_prefix("```"), fence) {
            (Some(language), None) => fence = Some(language),
            (Some(_), Some(_)) => fence = None,
            (None, Some("")) => lines.push(line.to_owned()),
            (None, _) => {}
        }
    }
    lines
}

/// Returns the code between backticks in running text, joined to one line each.
fn code_spans(text: &str) -> Vec<String> {
    let running: Vec<&str> = text.split("```").step_by(2).collect();
    let spans = running.iter().flat_map(|text| text.split('`').skip(1).step_by(2));
    spans.map(|span| span.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// Returns the DN of the account with this name. Adds the account if it does not exist; the practice directory has some
/// of them.
fn account(domain: &Domain, name: &str, attributes: &[(&str, &str)]) -> String {
    let everywhere = domain.base.split_once(',').unwrap().1;
    let known = domain.search(everywhere, Scope::Subtree, &format!("(sAMAccountName={name})"), &["cn"]);
    known.into_keys().next().unwrap_or_else(|| domain.user_with(name, &domain.base, attributes))
}

/// Somebody who tries out the command lines, with the photos, lists and settings that the text mentions.
struct Reader<'d> {
    domain: &'d Domain,
    folder: Folder,
    #[cfg(feature = "kerberos")]
    tickets: Option<crate::kerberos::Tickets>,
}

impl<'d> Reader<'d> {
    fn new(domain: &'d Domain) -> Self {
        let folder = Folder::new();
        for (number, name) in (10..).zip(["jdoe", "mary ann", "AlexD", "anna", "bob"]) {
            let dn = account(domain, name, &[("department", "Sales")]);
            // Larger than allowed, so that commands that look for unfit photos find some.
            domain.set_photo(&dn, (number > 12).then(|| jpeg(number, 120, 120)).as_deref());
        }
        for (name, attributes) in PEOPLE {
            domain.set_photo(&account(domain, name, &attributes), None);
        }
        let settings = README.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        folder.file("settings/adphoto.toml", settings);
        for path in ["usr/share/bash-completion/completions", "usr/local/share/man/man1"] {
            std::fs::create_dir_all(folder.path().join(path)).unwrap();
        }
        Self {
            domain,
            folder,
            #[cfg(feature = "kerberos")]
            tickets: (!domain.is_practice()).then(|| crate::kerberos::Tickets::of_the_admin(domain)),
        }
    }

    /// Makes all files, since an earlier line may have moved some away.
    fn lay_out(folder: &Folder) {
        folder.file("photos/jdoe.jpg", jpeg(1, 300, 400));
        folder.file("photos/mary ann team.jpg", jpeg(2, 300, 400));
        folder.file("photos/AlexD.png", encode(&picture(3, 300, 300), ImageFormat::Png));
        folder.file("photos/2026/bob.jpg", jpeg(4, 300, 300));
        folder.file("jdoe.jpg", jpeg(5, 300, 300));
        folder.file("IMG_1234.jpg", jpeg(6, 300, 300));
        for (number, name) in (6..).zip(["hr/Müller, Jörg", "badges/100400_foto", "scans/HR_100400_new"]) {
            folder.file(&format!("{name}.jpg"), jpeg(number, 300, 400));
        }
        folder.file("hr/Petra Bauer 2023 (2).jpg", jpeg(9, 300, 400));
        folder.file("list.csv", "AD_user, path_to_file\nAlexD , photos/AlexD.png\njdoe,photos/jdoe.jpg\n");
        // German Excel saves lists with semicolons; the machine has a drive P:.
        folder.file("liste.csv", b"Benutzer;Datei\r\njmueller;P:\\Personal\\M\xfcller, J\xf6rg.jpg\r\n");
        folder.file("approved.csv", "user,photo\nAlexD,photos/AlexD.png\n");
        folder.file("hd/jdoe.jpg", jpeg(7, 648, 648));
        folder.file("hd/index.csv", "user,photo\njdoe,jdoe.jpg\n");
        folder.file("leavers.csv", "sAMAccountName\nbob\n");
    }

    /// Runs a line in a shell on a terminal, and answers its questions with yes.
    fn runs(&self, line: &str) {
        let Some(environment) = self.environment(line) else { return };
        Self::lay_out(&self.folder);
        let here = line
            .replace("dc1.ad.example.com", &self.domain.server)
            .replace(r#""EXAMPLE\anna""#, &format!("'{}'", self.domain.admin))
            .replace("ad.example.com", "ad.example.test")
            .replace("OU=Staff,DC=ad,DC=example,DC=com", &self.domain.base)
            .replace("/usr/", "usr/");
        let place = if line.contains("config show") { "settings" } else { "." };
        let mut script = Command::new("script");
        script.args(["--quiet", "--return", "--command", &here, "/dev/null"]);
        script.current_dir(self.folder.path().join(place)).env("SHELL", "/bin/sh");
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("ADPHOTO_")) {
            script.env_remove(name);
        }
        let program = Path::new(env!("CARGO_BIN_EXE_adphoto")).parent().unwrap();
        let path = std::env::join_paths(
            [program.to_path_buf()].into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
        );
        script.env("PATH", path.unwrap()).env("PROFILE", "profile.ps1").envs(environment);
        let mut child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut keyboard = child.stdin.take().unwrap();
        keyboard.write_all(b"y\n").unwrap();
        let run = Run::of(child);
        // The keyboard is kept open until here: `script` waits two more seconds once its input ends.
        drop(keyboard);
        assert_eq!(run.code, Some(0), "{line}, here {here}, says {}{}", run.stdout, run.stderr);
    }

    /// Returns the environment for this domain, or `None` if the line needs something that the domain does not have.
    fn environment(&self, line: &str) -> Option<Vec<(&'static str, PathBuf)>> {
        // What is for Microsoft 365 is run there: see tests/microsoft365/documentation.rs.
        if line.contains("microsoft365") || line.contains("--profile cloud") {
            return None;
        }
        let state = self.folder.path().join("state");
        let mut all = vec![
            ("ADPHOTO_PASSWORD", self.domain.admin_password.clone().into()),
            ("XDG_STATE_HOME", state.clone()),
            ("XDG_CONFIG_HOME", state),
        ];
        all.extend(self.domain.ca_file.clone().map(|path| ("ADPHOTO_CA_FILE", path)));
        all.push(match self.domain.is_practice() {
            true => ("ADPHOTO_ALLOW_CLEAR_TEXT", "true".into()),
            // Other tests have accounts in this domain, too.
            false => ("ADPHOTO_BASE_DN", self.domain.base.clone().into()),
        });
        if line.contains("--kerberos") {
            all.push(("ADPHOTO_DNS_SERVER", "127.0.0.1".into()));
            // Only a real domain has Kerberos tickets, and only a build with Kerberos uses them.
            #[cfg(not(feature = "kerberos"))]
            return None;
            #[cfg(feature = "kerberos")]
            all.extend(self.tickets.as_ref()?.environment());
        }
        // A line that names no server is meant for a reader who has set one.
        if !line.contains("--server") && !line.contains("--kerberos") && !line.contains("config show") {
            all.push(("ADPHOTO_SERVER", self.domain.server.clone().into()));
            all.push(("ADPHOTO_USER", self.domain.admin.clone().into()));
        }
        Some(all)
    }
}
