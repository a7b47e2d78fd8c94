//! The password: from a file, the environment or a prompt; never from an argument, which other users can see.

use std::io::{BufRead, IsTerminal};
use std::path::Path;

use anyhow::{Context, Result, bail};
use secrecy::SecretString;

const VARIABLE: &str = "ADPHOTO_PASSWORD";
/// Longer than any password that Windows takes (256 characters).
const MAX_BYTES: u64 = 4096;

pub(super) fn obtain(file: Option<&Path>, user: &str) -> Result<SecretString> {
    if let Some(path) = file {
        return if path == Path::new("-") {
            first_line(std::io::stdin().lock()).context("cannot read the password from standard input")
        } else {
            from_file(path)
        };
    }
    match std::env::var(VARIABLE) {
        Ok(password) => return Ok(password.into()),
        Err(std::env::VarError::NotUnicode(_)) => bail!("the environment variable {VARIABLE} is not valid Unicode"),
        Err(std::env::VarError::NotPresent) => {}
    }
    if !std::io::stdin().is_terminal() {
        bail!(
            "no password: give it by --password-file FILE (- is standard input) or {VARIABLE}; there is no terminal to ask on"
        );
    }
    let password = rpassword::prompt_password(format!("Password of {}: ", crate::report::printable(user)));
    Ok(password.context("cannot read the password from the terminal")?.into())
}

fn from_file(path: &Path) -> Result<SecretString> {
    let cannot_read = || format!("cannot read the password file {}", path.display());
    let file = std::fs::File::open(path).with_context(cannot_read)?;
    #[cfg(unix)]
    refuse_readable_by_others(&file, path).with_context(cannot_read)?;
    first_line(std::io::BufReader::new(file)).with_context(cannot_read)
}

/// A password that others can read is none. systemd's credentials show group permissions that are an access list's
/// mask and not a group's, and lie in a folder that nobody else may enter.
#[cfg(unix)]
fn refuse_readable_by_others(file: &std::fs::File, path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata()?.permissions().mode() & 0o777;
    let is_credential =
        std::env::var_os("CREDENTIALS_DIRECTORY").is_some_and(|folder| !folder.is_empty() && path.starts_with(folder));
    let forbidden = if is_credential { 0o007 } else { 0o077 };
    if mode & forbidden != 0 {
        bail!("others can read it (mode {mode:04o}): make it yours alone with `chmod 600 {}`", path.display());
    }
    Ok(())
}

fn first_line(source: impl BufRead) -> Result<SecretString> {
    let mut line = String::new();
    source.take(MAX_BYTES).read_line(&mut line)?;
    let password = line.strip_suffix('\n').unwrap_or(&line);
    let password = password.strip_suffix('\r').unwrap_or(password);
    Ok(password.strip_prefix('\u{feff}').unwrap_or(password).into())
}
