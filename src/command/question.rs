//! Asking the user on the terminal.

use std::io::{IsTerminal, Write};

use crate::failure::{Context, Failure};
use crate::terminal::printable;

/// Returns whether there is a user to ask.
pub(super) fn is_possible() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks a question, and returns whether the answer is yes.
pub(super) async fn agreed(question: String) -> Result<bool, Failure> {
    let answer = tokio::task::spawn_blocking(move || ask(&question)).await;
    answer.unwrap_or_else(|error| Err(error.into())).context("cannot ask")
}

fn ask(question: &str) -> std::io::Result<bool> {
    let mut terminal = std::io::stderr().lock();
    write!(terminal, "{question} [y/N] ")?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    let answer = answer.trim();
    match answer.to_ascii_lowercase().as_str() {
        "y" | "yes" => return Ok(true),
        "" | "n" | "no" => {}
        _ => writeln!(terminal, "{} counts as no: answer y or n", printable(answer))?,
    }
    Ok(false)
}
