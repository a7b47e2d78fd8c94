//! Errors in the settings file, with advice.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use super::{KEYS, Origin};
use crate::failure::Advice;

/// The reason why a settings file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file does not exist or cannot be read.
    #[error("cannot read the settings in {}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    /// The file is not TOML. The line itself is not repeated: it may be a password without quotation marks.
    #[error("{} is not valid TOML{}: {why}", path.display(), place(*at))]
    Malformed {
        path: PathBuf,
        /// Line and column, counted from 1; `None` if the parser does not say where.
        at: Option<(usize, usize)>,
        why: String,
    },
    /// The key is not a setting.
    #[error("{}: there is no setting \"{key}\"{}", path.display(), likely(key))]
    Unknown { path: PathBuf, key: String },
    /// The file has a password. Such files are copied and shown around.
    #[error(
        "{}: passwords are not allowed in this file: give \"password-file\", a file that only you can read, or set \
         ADPHOTO_PASSWORD, or use \"kerberos = true\"",
        .0.display()
    )]
    Password(PathBuf),
    /// The file has a secret of an app. Such files are copied and shown around.
    #[error(
        "{}: secrets are not allowed in this file: give \"client-secret-file\", a file that only you can read, or better \
         \"certificate\"",
        .0.display()
    )]
    Secret(PathBuf),
    /// The value is not of the type that the setting has.
    #[error("{}: \"{key}\" must be {wanted}", path.display())]
    Value {
        path: PathBuf,
        key: String,
        /// The type, in words.
        wanted: &'static str,
    },
    /// The argument of this name does not accept the value.
    #[error("{origin}: invalid value \"{value}\" for \"{key}\": {why}")]
    Refused {
        /// Where the value comes from.
        origin: Origin,
        key: &'static str,
        value: String,
        why: String,
    },
    /// The value has a control character, mostly because a backslash between double quotes begins an escape.
    #[error("{}: \"{key}\" has a control character in it", path.display())]
    Control { path: PathBuf, key: String },
    /// The file has no such profile.
    #[error("{} has no profile \"{name}\"{}", path.display(), known(profiles))]
    NoProfile {
        path: PathBuf,
        name: String,
        /// The profiles that the file has.
        profiles: Vec<String>,
    },
    /// A profile was named, but there is no file.
    #[error("there is no adphoto.toml with the profile \"{0}\": name the file with --config FILE")]
    NoFile(String),
    /// Others can write to the file. They could name another server, which would then get the password.
    #[error("others can write to {}, and could have your password sent to another server: run chmod go-w on it", .0.display())]
    WritableByOthers(PathBuf),
    /// Others can put files into the folder in which the file was found.
    #[error(
        "{} may come from somebody else, who could have your password sent to another server: the file or its folder \
         is not yours alone; if you trust it, pass it with --config",
        .0.display()
    )]
    OfAnother(PathBuf),
}

impl Advice for ConfigError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        match self {
            Self::Malformed { .. } | Self::Control { .. } => {
                Some("put a text with a backslash between single quotes: user = 'EXAMPLE\\anna'".into())
            }
            _ => None,
        }
    }

    fn is_usage(&self) -> bool {
        true
    }
}

impl ConfigError {
    /// Makes the error for a file that is not TOML.
    pub(super) fn malformed(path: &Path, text: &str, error: &toml::de::Error) -> Self {
        let before = error.span().and_then(|span| text.get(..span.start));
        let column = |before: &str| before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let at = before.map(|before| (before.matches('\n').count() + 1, column(before)));
        Self::Malformed { path: path.to_path_buf(), at, why: error.message().to_owned() }
    }
}

fn place(at: Option<(usize, usize)>) -> String {
    at.map_or(String::new(), |(line, column)| format!(" in line {line}, column {column}"))
}

/// Suggests the setting that is most like an unknown key, or lists all settings.
fn likely(key: &str) -> String {
    let key = key.replace('_', "-").to_lowercase();
    let likeness = |known: &&str| strsim::jaro_winkler(known, &key);
    let keys = KEYS.map(|(known, _)| known);
    let best = keys.into_iter().max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
    match best.filter(|known| likeness(known) > 0.8) {
        Some(known) => format!("; did you mean \"{known}\"?"),
        None => format!("; the settings are {}", keys.join(", ")),
    }
}

fn known(profiles: &[String]) -> String {
    if profiles.is_empty() { String::new() } else { format!("; its profiles are {}", profiles.join(", ")) }
}
