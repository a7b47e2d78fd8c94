//! Shows adphoto's main job in a minute, without a domain: it puts photos from a folder and from a list into a practice
//! directory that runs inside this program.
//!
//! ```text
//! cargo run --release --example quickstart               watch
//! cargo run --release --example quickstart -- --serve    then try the commands yourself
//! cargo run --release --example quickstart -- --microsoft365    watch it on a practice tenant of Microsoft 365
//! ```
//!
//! The commands are adphoto's own, called through its library. The exit code is 0 only if each of them did what the
//! text says.

mod canvas;
mod cloud;
mod faces;
mod people;
#[path = "../../tests/practice/mod.rs"]
mod practice;
mod samples;
mod serve;
mod story;
#[path = "../../tests/tenant/mod.rs"]
mod tenant;

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use practice::Practice;
use tempfile::TempDir;

/// An account that may write photos and nothing else, as it should be for such a job.
const USER: &str = "svc-photo@practice.test";

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let result = match &arguments[..] {
        [] => story::tell(),
        [only] if only == "--serve" => serve::serve(),
        [only] if only == "--microsoft365" => cloud::tell(),
        _ => {
            complain("usage: cargo run --release --example quickstart [-- --serve | --microsoft365]");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // If the reader closes the output, the reader has seen enough.
        Err(error) if is_closed_output(&error) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Writes a file that nobody else can read, as adphoto requires of secrets.
fn write_private(path: &Path, content: &[u8]) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(content)?;
    file.persist(path)?;
    Ok(())
}

fn complain(text: &str) {
    // If standard error is closed, there is no reason to panic.
    let _ = writeln!(io::stderr(), "{text}");
}

fn is_closed_output(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// The practice directory and the folder of sample files. Dropping this ends and deletes them.
struct Playground {
    practice: Practice,
    folder: TempDir,
    /// The number of files in `photos/`.
    files: usize,
}

impl Playground {
    fn open() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("adphoto-quickstart-").tempdir();
        let folder = folder.context("cannot create a temporary folder")?;
        let files = samples::write(folder.path())?;
        Ok(Self { practice: Practice::start(), folder, files })
    }
}
