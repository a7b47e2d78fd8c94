//! `adphoto generate`: completions and man pages, from the definition of the command line.

use std::path::Path;

use anyhow::{Context, Result};
use clap::CommandFactory;

use super::{Exit, output};
use crate::cli::{Cli, GenerateArgs, Generated};

pub(super) fn run(args: &GenerateArgs) -> Result<Exit> {
    match &args.what {
        Generated::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "adphoto", &mut script);
            output::print(std::io::stdout().lock(), |out| out.write_all(&script))?;
        }
        Generated::Man { folder } => {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
            let mut program = Cli::command();
            program.build();
            pages(&program, folder)?;
        }
    }
    Ok(Exit::Done)
}

/// `adphoto.1`, `adphoto-import.1` …
fn pages(command: &clap::Command, folder: &Path) -> Result<()> {
    let name = command.get_display_name().unwrap_or(command.get_name()).to_owned();
    let path = folder.join(format!("{name}.1"));
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    std::fs::write(&path, page).with_context(|| format!("cannot write {}", path.display()))?;
    command.get_subcommands().filter(|sub| sub.get_name() != "help").try_for_each(|sub| pages(sub, folder))
}
