//! The story: eight runs of adphoto. Each is introduced and explained, and its effect on the directory is checked.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use adphoto::cli::Cli;
use adphoto::command::Exit;
use anyhow::{Context, Result, ensure};

use super::people::{changed, people, with_photo};
use super::practice::Practice;
use super::{Playground, USER, samples, write_private};

const PASSWORD_FILE: &str = "password.txt";

struct Step {
    title: &'static str,
    why: String,
    /// The arguments that a user would type after `adphoto`.
    arguments: &'static [&'static str],
    exit: Exit,
    /// The number of accounts that have another photo afterwards.
    changes: usize,
}

fn steps() -> [Step; 8] {
    let list: String = samples::LIST.lines().map(|line| format!("\n  | {line}")).collect();
    [
        Step {
            title: "1. Rehearse",
            why: "A dry run does everything but write. A file is named after the logon name (sAMAccountName) of its account,\n\
                  and may say more after a space. Some of these files are wrong on purpose."
                .to_owned(),
            arguments: &["import", "photos", "--dry-run"],
            exit: Exit::WithFailures,
            changes: 0,
        },
        Step {
            title: "2. Import a folder",
            why: "Now the files that were wrong are set aside, and the others go into the directory: the middle square\n\
                  of each, as a JPEG of 96×96 pixels and at most 10 KB. (Had the wrong ones stayed, they would again be\n\
                  listed as not done, and the others written all the same.)"
                .to_owned(),
            arguments: &["import", "photos", "--journal", "folder.journal"],
            exit: Exit::Done,
            changes: samples::PHOTOS.len(),
        },
        Step {
            title: "3. Import a list",
            why: format!(
                "Where files are not named after accounts, a CSV file says whose each is. This is list.csv:\n{list}"
            ),
            arguments: &["import", "list.csv", "--journal", "list.journal"],
            exit: Exit::WithFailures,
            changes: samples::LISTED,
        },
        Step {
            title: "4. Take it back",
            why: "A journal keeps what a run replaced (without --journal, where adphoto undo --list shows it): undo puts it\n\
                  back, byte for byte, unless somebody has changed it since."
                .to_owned(),
            arguments: &["undo", "list.journal", "--journal", "undo.journal"],
            exit: Exit::Done,
            changes: samples::LISTED,
        },
        Step {
            title: "5. Import the folder again",
            why: "What the directory holds already is not written again: this may run every night.".to_owned(),
            arguments: &["import", "photos", "--journal", "again.journal"],
            exit: Exit::Done,
            changes: 0,
        },
        Step {
            title: "6. Who has no photo?",
            why: "An audit says who has no photo, and what is wrong with those that are there; its report is a page for the\n\
                  browser, with everybody's face."
                .to_owned(),
            arguments: &["audit", "--by", "department", "--report", "audit.html"],
            exit: Exit::Done,
            changes: 0,
        },
        Step {
            title: "7. Pictures for Windows",
            why: "The Start menu and the lock screen show pictures, too. Everybody gets a folder with twelve sizes: of the\n\
                  original where there is one, else of the directory's photo, and never enlarged. In your domain the\n\
                  folder is a share."
                .to_owned(),
            arguments: &["publish", "pictures", "--photos", "photos"],
            exit: Exit::Done,
            changes: 0,
        },
        Step {
            title: "8. The policy that brings them to the PCs",
            why: "A Group Policy fetches them from the share: no script, no program, and no right to give on the PCs."
                .to_owned(),
            arguments: &["generate", "group-policy", "policy", "--share", r"\\fs1\AccountPictures$"],
            exit: Exit::Done,
            changes: 0,
        },
    ]
}

/// Tells the whole story. Returns an error if something happens that the story does not say.
pub(crate) fn tell() -> Result<()> {
    let playground = Playground::open()?;
    let _workplace = Workplace::enter(playground.folder.path())?;
    let practice = &playground.practice;
    write_private(Path::new(PASSWORD_FILE), Practice::PASSWORD.as_bytes())?;
    let url = practice.url();
    let connection = ["--server", &url, "--user", USER, "--password-file", PASSWORD_FILE, "--allow-clear-text"];

    let before = people(practice);
    // Standard output must not be locked here, since adphoto writes to it, too.
    let mut out = io::stdout();
    writeln!(
        out,
        "\
adphoto puts photos into Active Directory. Here it does so in a practice directory, which runs inside
this program and is gone afterwards: {accounts} accounts of a fictional company, {with_photo} of them with a photo.
No domain is touched. {files} sample photos, of nobody, were drawn into the folder photos.

The commands below are real. Left out is only what each has besides, the connection:
  {connection}",
        accounts = before.len(),
        with_photo = with_photo(&before),
        files = playground.files,
        connection = connection.join(" "),
    )?;
    let run = |step: Step| run(&step, practice, &connection).with_context(|| format!("in \"{}\"", step.title));
    let [rehearsal, rest @ ..] = steps();
    run(rehearsal)?;
    samples::set_wrong_aside(playground.folder.path())?;
    rest.into_iter().try_for_each(run)?;

    let after = people(practice);
    let report = keep(Path::new("audit.html"), "html")?;
    writeln!(
        out,
        "

Done: {with_photo} of {accounts} accounts have a photo, disabled ones included. This is the audit's report:
  {report}

Next:
  cargo run --release --example quickstart -- --serve
      keeps a practice directory up, and shows how to run adphoto against it yourself
  cargo run --release --example quickstart -- --microsoft365
      the same on a practice tenant of Microsoft 365
  cargo install --path .
      makes adphoto a command on this computer
  adphoto import photos --dry-run --server dc1.ad.example.com --user 'EXAMPLE\\you'
      your own domain, over TLS; adphoto asks for the password, and a dry run writes nothing
  adphoto import --help
      everything else",
        with_photo = with_photo(&after),
        accounts = after.len(),
        report = report.display(),
    )?;
    Ok(())
}

/// Copies a report to a place beside this program, where it stays until `cargo clean`; returns the path.
pub(crate) fn keep(report: &Path, ending: &str) -> Result<PathBuf> {
    let kept = std::env::current_exe()?.with_extension(ending);
    std::fs::copy(report, &kept).with_context(|| format!("cannot write {}", kept.display()))?;
    Ok(kept)
}

fn run(step: &Step, practice: &Practice, connection: &[&str]) -> Result<()> {
    let command = introduce(step.title, &step.why, step.arguments)?;

    let (snapshot, before) = (practice.snapshot(), people(practice));
    // `generate` needs no directory.
    let connection = if step.arguments[0] == "generate" { &[] } else { connection };
    let exit = adphoto::command::run(&Cli::try_parse_from(command.iter().chain(connection))?);
    // This is printed before the result is checked, so that a closed output is noticed first.
    tell_exit(exit)?;

    ensure!(exit == step.exit, "the exit code should have been {}", step.exit as i32);
    let changes = changed(&before, &people(practice));
    ensure!(changes == step.changes, "{changes} photos were changed, and {} should have been", step.changes);
    let untouched = practice.snapshot() == snapshot;
    ensure!(untouched || step.changes > 0, "something was written besides photos");
    Ok(())
}

/// Prints what comes next, and returns the words of the command.
pub(crate) fn introduce(title: &str, why: &str, arguments: &[&'static str]) -> Result<Vec<&'static str>> {
    let command = [&["adphoto"], arguments].concat();
    writeln!(io::stdout(), "\n\n{title}\n\n{why}\n\n$ {}", command.join(" "))?;
    Ok(command)
}

pub(crate) fn tell_exit(exit: Exit) -> Result<()> {
    Ok(writeln!(io::stdout(), "\n(exit code {}: {})", exit as i32, meaning(exit))?)
}

fn meaning(exit: Exit) -> &'static str {
    match exit {
        Exit::Done => "all done",
        Exit::CouldNotRun => "it could not run, or stopped",
        Exit::Usage => "wrong usage",
        Exit::WithFailures => "finished, but for what is listed under \"Not done\"",
        Exit::Interrupted => "interrupted",
    }
}

/// A working folder, which makes paths as short as those that a user types.
pub(crate) struct Workplace {
    home: PathBuf,
}

impl Workplace {
    pub(crate) fn enter(folder: &Path) -> Result<Self> {
        let home = std::env::current_dir()?;
        std::env::set_current_dir(folder).with_context(|| format!("cannot enter {}", folder.display()))?;
        Ok(Self { home })
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        // Windows cannot delete a folder that is the working folder. If this fails, the folder is left behind, which
        // does no harm.
        let _ = std::env::set_current_dir(&self.home);
    }
}
