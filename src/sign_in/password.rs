//! The password. It comes from a file, the environment or a prompt, and never from an argument, which other users can
//! see.

use std::io::{BufRead, IsTerminal, Read};
use std::path::Path;

use secrecy::SecretString;

use crate::cli::{ConnectionArgs, LeftOut};

use super::error::{PASSWORD_VARIABLE, PasswordError, PasswordFileError};

/// The maximum number of bytes of a password file that are read: more than any password that Windows accepts (256
/// characters).
const MAX_BYTES: u64 = 4096;

/// Returns the password of `user`: from the password file, the variable or a prompt, in this order.
pub(super) fn obtain(args: &ConnectionArgs, user: &str) -> Result<SecretString, PasswordError> {
    if let Some(path) = args.password_file.as_deref() {
        return if path == Path::new("-") {
            from_stdin().map_err(PasswordError::Stdin)
        } else {
            from_file(path).map_err(|source| PasswordError::File { path: path.to_path_buf(), source })
        };
    }
    let is_for_another = args.left_out.as_ref().is_some_and(|left_out| left_out.is_variable);
    let variable = std::env::var_os(PASSWORD_VARIABLE);
    let is_empty = variable.as_ref().is_some_and(|password| password.is_empty());
    if let Some(password) = variable.filter(|_| !is_empty && !is_for_another) {
        return password.into_string().map(Into::into).map_err(|_| PasswordError::VariableNotUnicode);
    }
    if !std::io::stdin().is_terminal() {
        return Err(match &args.left_out {
            Some(LeftOut { owner, .. }) => PasswordError::OfAnother { user: user.to_owned(), owner: owner.clone() },
            None if is_empty => PasswordError::Empty,
            None => PasswordError::None,
        });
    }
    let password = rpassword::prompt_password(format!("Password of {}: ", crate::terminal::printable(user)));
    Ok(password.map_err(PasswordError::Prompt)?.into())
}

/// Reads the first line of a file that only its owner may read.
pub(super) fn from_file(path: &Path) -> Result<SecretString, PasswordFileError> {
    let mut bytes = Vec::new();
    open(path)?.take(MAX_BYTES).read_to_end(&mut bytes)?;
    first_line(&bytes)
}

/// Opens a file that only its owner may read.
pub(super) fn open(path: &Path) -> Result<std::fs::File, PasswordFileError> {
    let file = std::fs::File::open(path)?;
    #[cfg(unix)]
    refuse_readable_by_others(&file, path)?;
    Ok(file)
}

/// Reads the first line of standard input and nothing more, because a terminal, or a program that goes on, does not
/// close it.
fn from_stdin() -> Result<SecretString, PasswordFileError> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(MAX_BYTES).read_until(b'\n', &mut bytes)?;
    first_line(&bytes)
}

/// Refuses a file that other users can read. Credentials of systemd are an exception: their group permissions are the
/// mask of an access list and mean no group, and their folder is closed to everybody else.
#[cfg(unix)]
fn refuse_readable_by_others(file: &std::fs::File, path: &Path) -> Result<(), PasswordFileError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata()?.permissions().mode() & 0o777;
    let is_credential =
        std::env::var_os("CREDENTIALS_DIRECTORY").is_some_and(|folder| !folder.is_empty() && path.starts_with(folder));
    let forbidden = if is_credential { 0o007 } else { 0o077 };
    if mode & forbidden != 0 {
        return Err(PasswordFileError::Shared { mode, path: path.to_path_buf() });
    }
    Ok(())
}

/// Returns the first line of a file in UTF-8, or in UTF-16 with a byte order mark, as Windows PowerShell writes it.
fn first_line(bytes: &[u8]) -> Result<SecretString, PasswordFileError> {
    let (text, _, malformed) = encoding_rs::UTF_8.decode(bytes);
    if malformed {
        return Err(PasswordFileError::Encoding);
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
