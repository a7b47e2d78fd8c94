//! Why settings cannot be taken from a file.

use std::borrow::Cow;
use std::path::PathBuf;

use super::{KEYS, Origin};
use crate::failure::Advice;

/// Why settings cannot be taken from a file.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It is not there, or may not be read.
    #[error("cannot read the settings in {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No TOML; the parser says where.
    #[error("{} is not TOML", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: toml::de::Error,
    },
    /// A key that is none.
    #[error("{}: there is no setting \"{key}\"{}", path.display(), likely(key))]
    Unknown {
        /// The file.
        path: PathBuf,
        /// The key.
        key: String,
    },
    /// A password, which files that are copied and shown should not hold.
    #[error(
        "{}: passwords are not allowed in this file: give \"password-file\", a file that only you can read, or set \
         ADPHOTO_PASSWORD, or use \"kerberos = true\"",
        .0.display()
    )]
    Password(PathBuf),
    /// A value that is no text, number, yes or no, or list of texts.
    #[error("{}: \"{key}\" must be {wanted}", path.display())]
    Value {
        /// The file.
        path: PathBuf,
        /// The key.
        key: String,
        /// What it must be.
        wanted: &'static str,
    },
    /// A value that its argument does not take.
    #[error("{origin}: invalid value \"{value}\" for \"{key}\": {why}")]
    Refused {
        /// Where the value is from.
        origin: Origin,
        /// The key.
        key: &'static str,
        /// The value.
        value: String,
        /// Why.
        why: String,
    },
    /// A control character: a backslash between double quotes began one.
    #[error("{}: \"{key}\" holds a control character", path.display())]
    Control {
        /// The file.
        path: PathBuf,
        /// The key.
        key: String,
    },
    /// A profile that the file does not have.
    #[error("{} has no profile \"{name}\"{}", path.display(), known(profiles))]
    NoProfile {
        /// The file.
        path: PathBuf,
        /// The profile.
        name: String,
        /// Those that it has.
        profiles: Vec<String>,
    },
    /// A profile without a file that has it.
    #[error("there is no adphoto.toml to take the profile \"{0}\" from: name it with --config FILE")]
    NoFile(String),
    /// Somebody else could say where passwords are sent.
    #[error("{} can be written by others, who could so name another server: run chmod go-w on it", .0.display())]
    WritableByOthers(PathBuf),
    /// The same, in a folder where others may put files.
    #[error(
        "{} may be somebody else's, who could name another server: it, or the folder, is not yours alone; if you trust it, \
         name it with --config",
        .0.display()
    )]
    OfAnother(PathBuf),
}

impl Advice for ConfigError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        match self {
            Self::Malformed { .. } | Self::Control { .. } => {
                Some("a text with a backslash stands between single quotes: user = 'EXAMPLE\\anna'".into())
            }
            _ => None,
        }
    }

    fn is_usage(&self) -> bool {
        true
    }
}

fn likely(key: &str) -> String {
    let key = key.replace('_', "-").to_lowercase();
    let likeness = |known: &&str| strsim::jaro_winkler(known, &key);
    let keys = KEYS.map(|(known, _)| known);
    let best = keys.into_iter().max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
    match best.filter(|known| likeness(known) > 0.8) {
        Some(known) => format!("; \"{known}\" is one"),
        None => format!("; there are {}", keys.join(", ")),
    }
}

fn known(profiles: &[String]) -> String {
    if profiles.is_empty() { String::new() } else { format!("; it has {}", profiles.join(", ")) }
}
