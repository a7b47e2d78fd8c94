//! adphoto: photos for Active Directory.

use std::process::ExitCode;

use adphoto::cli::Cli;
use clap::Parser;

fn main() -> ExitCode {
    adphoto::command::run(&Cli::parse()).into()
}
