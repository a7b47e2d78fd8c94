//! Compares what docs/reference.md says of flags, settings, statuses and reason codes with the program, and checks that
//! each link leads somewhere.

use std::collections::BTreeSet;
use std::path::Path;

use adphoto::report::{Code, Status};
use adphoto::settings::KEYS;

use super::{COMMANDS, README, adphoto, code_spans, pages};

const REFERENCE: &str = include_str!("../../../docs/reference.md");
/// The commands that connect to a directory.
const DIRECTORY: [&str; 7] = ["import", "audit", "export", "remove", "undo", "publish", "check"];
/// The most lines that README may have: an admin in a hurry reads no more.
const README_LINES: usize = 160;

#[test]
fn every_reason_code_is_in_its_table_with_its_meaning() {
    let codes = Code::ALL.iter().map(|code| format!("| `{}` | {} |", code.name(), code.meaning()));
    let told = section("## Reason codes").lines().filter(|line| line.starts_with("| `"));
    assert_same(told.map(str::to_owned), codes);
}

#[test]
fn every_status_is_in_its_table() {
    let told = section("## Statuses").lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    assert_same(told.map(str::to_owned), Status::ALL.iter().map(|status| status.name().to_owned()));
}

#[test]
fn every_setting_is_in_the_list_of_keys() {
    assert_same(code_spans(section("### Keys")), KEYS.iter().map(|(key, _)| (*key).to_owned()));
}

#[test]
fn every_flag_is_in_a_table_with_the_commands_that_have_it() {
    let told = section("## Flags").lines().filter_map(|line| line.strip_prefix("| `")).flat_map(|row| {
        let (flag, rest) = row.split_once('`').unwrap();
        let flag = flag.split(' ').next().unwrap();
        commands(rest.split('|').nth(1).unwrap().trim()).into_iter().map(move |command| format!("{flag} of {command}"))
    });
    let of_help = COMMANDS.iter().filter(|command| !command.is_empty()).flat_map(|command| flags(command));
    assert_same(told, of_help);
}

#[test]
fn every_link_leads_somewhere() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let others = ["SECURITY.md", "CONTRIBUTING.md"].map(|name| project.join(name));
    let others = others.map(|path| (path.clone(), std::fs::read_to_string(path).unwrap()));
    let mut count = 0;
    for (page, text) in pages().into_iter().chain(others) {
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for link in links.filter(|link| !link.contains("://")) {
            let (file, anchor) = link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
            let target = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            assert!(target.exists(), "{link} of {}", page.display());
            if let Some(anchor) = anchor {
                let target = std::fs::read_to_string(target).unwrap();
                assert!(anchors(&target).contains(anchor), "{link} of {}", page.display());
            }
            count += 1;
        }
    }
    assert!(count > 50, "{count}");
}

#[test]
fn readme_is_short() {
    let lines = README.lines().count();
    assert!(lines <= README_LINES, "{lines} lines: what is not for the first ten minutes belongs into docs/");
}

/// Returns the text below a heading, up to the next heading of its level or above.
fn section(heading: &str) -> &'static str {
    let level = heading.split(' ').next().unwrap();
    let begin = REFERENCE.find(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("{heading}")) + heading.len() + 2;
    let rest = &REFERENCE[begin..];
    let ends = (1..=level.len()).filter_map(|level| rest.find(&format!("\n{} ", "#".repeat(level))));
    &rest[..ends.min().unwrap_or(rest.len())]
}

/// Returns the commands that a cell of a table stands for.
fn commands(cell: &str) -> Vec<&str> {
    match cell {
        "all" => COMMANDS.into_iter().filter(|command| !command.is_empty()).collect(),
        "directory" => DIRECTORY.to_vec(),
        list => list.split(", ").collect(),
    }
}

/// Returns the flags that a command's help names.
fn flags(command: &str) -> Vec<String> {
    let help = adphoto(&[command, "--help"]).stdout;
    let flag = |line: &str| {
        let text = line.trim_start();
        // Explanations are indented further than flags, and other text is not indented.
        let is_flag = (2..8).contains(&(line.len() - text.len())) && text.starts_with('-');
        text.split([' ', ',']).find(|word| is_flag && word.starts_with("--") && *word != "--help").map(str::to_owned)
    };
    help.lines().filter_map(flag).map(|flag| format!("{flag} of {command}")).collect()
}

/// Returns the anchors that GitHub makes of a page's headings.
fn anchors(page: &str) -> BTreeSet<String> {
    let outside_fences = page.split("```").step_by(2).flat_map(str::lines);
    let headings = outside_fences.filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    headings.map(|heading| heading.to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")).collect()
}

fn assert_same(told: impl IntoIterator<Item = String>, is: impl IntoIterator<Item = String>) {
    let (told, is): (BTreeSet<String>, BTreeSet<String>) = (told.into_iter().collect(), is.into_iter().collect());
    let (missing, outdated) = (&is - &told, &told - &is);
    assert!(
        !is.is_empty() && missing.is_empty() && outdated.is_empty(),
        "docs/reference.md lacks {missing:#?}, and has {outdated:#?}"
    );
}
