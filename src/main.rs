//! adphoto: photos for Active Directory.

use adphoto::cli::Cli;
use clap::Parser;

fn main() {
    adphoto::command::run(&Cli::parse()).leave()
}
