//! `--microsoft365`: the main job once more, on a practice tenant of Microsoft 365 instead of a directory.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use adphoto::cli::Cli;
use adphoto::command::Exit;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::story::{Workplace, introduce, keep, tell_exit};
use super::tenant::{CLIENT_ID, ID, SECRET, Tenant};
use super::{samples, write_private};

/// The file with the app's client secret.
const SECRET_FILE: &str = "app.secret";
/// The people of the tenant: what stands before the `@` of the userPrincipalName, displayName, department, and whether
/// there is a photo.
const PEOPLE: [(&str, &str, &str, bool); 6] = [
    ("AlexD", "Alex Dupont", "Sales", false),
    ("jdoe", "Jane Doe", "Sales", false),
    ("zoe", "Zoe Martin", "Research", true),
    ("xli", "Xin Li", "Sales", false),
    ("n-osei", "Nana Osei", "Board", false),
    ("kschulz", "Kim Schulz", "Board", false),
];
/// The number of people with a sample photo.
const WITH_SAMPLE: usize = 5;

/// Each person's photo, by object id.
type Photos = BTreeMap<String, Option<Vec<u8>>>;

struct Step {
    title: &'static str,
    why: &'static str,
    arguments: &'static [&'static str],
    /// The number of accounts that have another photo afterwards.
    changes: usize,
}

const STEPS: [Step; 6] = [
    Step {
        title: "1. Sign in and look around",
        why: "adphoto signs in as an app, here with a client secret, so that nobody has to type anything. The check says what\n\
              the app may do, and writes nothing.",
        arguments: &["check"],
        changes: 0,
    },
    Step {
        title: "2. Rehearse",
        why: "A dry run does everything but write. A file is named after whatever people sign in with or write to.",
        arguments: &["import", "photos", "--dry-run"],
        changes: 0,
    },
    Step {
        title: "3. Import a folder",
        why: "The middle square of each photo goes to its person: up to 648×648 pixels, and never enlarged.",
        arguments: &["import", "photos", "--journal", "import.journal"],
        changes: WITH_SAMPLE,
    },
    Step {
        title: "4. Import it again",
        why: "Microsoft 365 encodes photos anew, so that their bytes are others. What is the same picture is not written.",
        arguments: &["import", "photos", "--journal", "again.journal"],
        changes: 0,
    },
    Step {
        title: "5. Who has no photo?",
        why: "An audit says who has no photo, and whose is too small to be sharp in Teams.",
        arguments: &["audit", "--by", "department", "--report", "audit.html"],
        changes: 0,
    },
    Step {
        title: "6. Take it back",
        why: "The journal has what was replaced. Who had a photo has it again, as it was served; first photos are removed.",
        arguments: &["undo", "import.journal", "--journal", "undo.journal"],
        changes: WITH_SAMPLE,
    },
];

/// Tells the story. Returns an error if something happens that the story does not say.
pub(crate) fn tell() -> Result<()> {
    let folder = tempfile::Builder::new().prefix("adphoto-quickstart-").tempdir();
    let folder = folder.context("cannot create a temporary folder")?;
    samples::write(folder.path())?;
    samples::set_wrong_aside(folder.path())?;
    let _workplace = Workplace::enter(folder.path())?;
    leave_only_people(Path::new("photos"))?;
    write_private(Path::new(SECRET_FILE), SECRET.as_bytes())?;
    let tenant = inhabited()?;
    let connection = [
        "--target",
        "microsoft365",
        "--tenant",
        ID,
        "--client-id",
        CLIENT_ID,
        "--client-secret-file",
        SECRET_FILE,
        "--cloud",
        &tenant.url,
        "--allow-clear-text",
    ];
    writeln!(
        io::stdout(),
        "\
adphoto puts photos into Microsoft 365. Here it does so in a practice tenant, which runs inside this
program and is gone afterwards: {} accounts of a fictional company. Nothing is sent to Microsoft.

The commands below are real. Left out is only what each has besides, which in your tenant is in
adphoto.toml (docs/microsoft365.md says how to register the app):
  {}",
        PEOPLE.len(),
        connection.join(" "),
    )?;
    let start = photos(&tenant);
    STEPS
        .iter()
        .try_for_each(|step| run(step, &tenant, &connection).with_context(|| format!("in \"{}\"", step.title)))?;
    let end = photos(&tenant);
    ensure!(end.len() == start.len() && with_photo(&end) == with_photo(&start), "not everything was taken back");
    let report = keep(Path::new("audit.html"), "microsoft365.html")?;
    writeln!(
        io::stdout(),
        "

Done. This is the audit's report:
  {}

Next: docs/microsoft365.md registers the app in your tenant and says what is different there.",
        report.display()
    )?;
    Ok(())
}

/// Returns a tenant with people.
fn inhabited() -> Result<Tenant> {
    let tenant = Tenant::start();
    for (name, called, department, has_photo) in PEOPLE {
        let id = tenant.user(name, &[("displayName", json!(called)), ("department", json!(department))]);
        if has_photo {
            let other = fs::read("studio/IMG_0412.jpg").context("cannot read a sample")?;
            tenant.set_photo(&id, Some(&other));
        }
    }
    Ok(tenant)
}

/// Deletes the samples of people who are not in the tenant.
fn leave_only_people(folder: &Path) -> Result<()> {
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        if !PEOPLE.iter().any(|(name, ..)| *name == stem) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn run(step: &Step, tenant: &Tenant, connection: &[&str]) -> Result<()> {
    let before = photos(tenant);
    let command = introduce(step.title, step.why, step.arguments)?;
    let exit = adphoto::command::run(&Cli::try_parse_from(command.iter().chain(connection))?);
    tell_exit(exit)?;
    ensure!(exit == Exit::Done, "the exit code should have been 0");
    let changes = photos(tenant).iter().filter(|(id, photo)| before.get(*id) != Some(*photo)).count();
    ensure!(changes == step.changes, "{changes} photos were changed, and {} should have been", step.changes);
    Ok(())
}

fn photos(tenant: &Tenant) -> Photos {
    let photo = |user: Value| {
        let id = user["id"].as_str().unwrap_or_default().to_owned();
        (id.clone(), tenant.photo(&id))
    };
    tenant.users().into_iter().map(photo).collect()
}

fn with_photo(photos: &Photos) -> usize {
    photos.values().flatten().count()
}
