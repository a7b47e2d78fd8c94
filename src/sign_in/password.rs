//! The password: from a file, the environment or a prompt; never from an argument, which other users can see.

use std::io::{BufRead, IsTerminal, Read};
use std::path::Path;

use anyhow::{Context, Result, bail};
use secrecy::SecretString;

const VARIABLE: &str = "ADPHOTO_PASSWORD";
/// Longer than any password that Windows takes (256 characters).
const MAX_BYTES: u64 = 4096;

pub(crate) fn obtain(file: Option<&Path>, user: &str) -> Result<SecretString> {
    if let Some(path) = file {
        return if path == Path::new("-") {
            from_stdin().context("cannot read the password from standard input")
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
    let password = rpassword::prompt_password(format!("Password of {}: ", crate::terminal::printable(user)));
    Ok(password.context("cannot read the password from the terminal")?.into())
}

fn from_file(path: &Path) -> Result<SecretString> {
    let cannot_read = || format!("cannot read the password file {}", path.display());
    let file = std::fs::File::open(path).with_context(cannot_read)?;
    #[cfg(unix)]
    refuse_readable_by_others(&file, path).with_context(cannot_read)?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES).read_to_end(&mut bytes).with_context(cannot_read)?;
    first_line(&bytes).with_context(cannot_read)
}

/// No further than the first line: who types it, or a program that goes on, does not close standard input.
fn from_stdin() -> Result<SecretString> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(MAX_BYTES).read_until(b'\n', &mut bytes)?;
    first_line(&bytes)
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

/// In UTF-8, or by its mark in UTF-16, which PowerShell writes.
fn first_line(bytes: &[u8]) -> Result<SecretString> {
    let (text, _, malformed) = encoding_rs::UTF_8.decode(bytes);
    if malformed {
        bail!("it is neither UTF-8 nor UTF-16 with a byte order mark");
    }
    Ok(text.lines().next().unwrap_or_default().into())
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::first_line;

    #[test]
    fn the_first_line_is_the_password_whatever_wrote_it() {
        let utf16: Vec<u8> = "\u{feff}pässword \r\nmore".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in ["pässword \n".as_bytes(), "\u{feff}pässword \r\nmore".as_bytes(), "pässword ".as_bytes(), &utf16]
        {
            assert_eq!(first_line(bytes).expect("a password").expose_secret(), "pässword ");
        }
        assert!(first_line(&[0xE4, b'x']).is_err());
    }
}
