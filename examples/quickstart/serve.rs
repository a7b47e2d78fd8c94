//! `--serve`: keeps the practice directory and the sample files, so that the reader can try the commands.

use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Result};

use super::practice::Practice;
use super::{Playground, USER};

/// Opens the playground, says how to use it, and waits for Ctrl-C.
pub(crate) fn serve() -> Result<()> {
    let playground = Playground::open()?;
    // On some systems, the path of a temporary folder contains the user's name, which may contain spaces.
    let quoted = |path: &Path| format!("\"{}\"", path.display());
    let folder = playground.folder.path();
    let (photos, list) = (quoted(&folder.join("photos")), quoted(&folder.join("list.csv")));
    let project = quoted(Path::new(env!("CARGO_MANIFEST_DIR")));
    let url = playground.practice.url();
    let password = Practice::PASSWORD;
    writeln!(
        io::stdout(),
        "\
A practice directory answers at {url}, this computer only, until Ctrl-C.
{files} sample photos are in {photos}, a list is {list}.

In another terminal, say once where it is and who you are there. In bash or zsh:

  cd {project}
  export ADPHOTO_SERVER={url}
  export ADPHOTO_USER={USER}
  export ADPHOTO_PASSWORD={password}
  export ADPHOTO_ALLOW_CLEAR_TEXT=true

or in PowerShell:

  cd {project}
  $env:ADPHOTO_SERVER = \"{url}\"
  $env:ADPHOTO_USER = \"{USER}\"
  $env:ADPHOTO_PASSWORD = \"{password}\"
  $env:ADPHOTO_ALLOW_CLEAR_TEXT = \"true\"

Then try, in either:

  cargo run --release -- import {photos} --dry-run
  cargo run --release -- import {photos} --only-missing
  cargo run --release -- import {list} --report report.csv
  cargo run --release -- undo --last
  cargo run --release -- audit --report audit.html
  cargo run --release -- import --help

Ctrl-C here ends the practice directory and deletes the sample files.",
        files = playground.files,
    )?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(stopped()).context("cannot wait for Ctrl-C")
}

/// Waits for Ctrl-C, or for the signal of a kill or a closed terminal. Without that, the folder would be left behind.
async fn stopped() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut term, mut hangup) = (signal(SignalKind::terminate())?, signal(SignalKind::hangup())?);
        tokio::select! {
            result = tokio::signal::ctrl_c() => result,
            _ = term.recv() => Ok(()),
            _ = hangup.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
