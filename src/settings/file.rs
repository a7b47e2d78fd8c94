//! Reading a settings file.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::ConfigError;
use super::level::{Level, Origin, Setting};
use super::passwords;
use super::place::Place;

/// The size up to which a file is read, in bytes.
const MAX_BYTES: u64 = 1024 * 1024;

/// The type of a setting's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text or a number.
    Text,
    /// A path, relative to the file's folder.
    Path,
    /// A text, or a list of texts.
    Texts,
    /// A path, or a list of paths, relative to the file's folder.
    Paths,
    /// `true` or `false`.
    Flag,
}

/// The flags that a file may set, by their long names, and the types of their values.
pub const KEYS: [(&str, Kind); 49] = [
    ("server", Kind::Texts),
    ("domain", Kind::Text),
    ("site", Kind::Text),
    ("dns-server", Kind::Text),
    ("user", Kind::Text),
    ("password-file", Kind::Path),
    ("kerberos", Kind::Flag),
    ("base-dn", Kind::Text),
    ("target", Kind::Text),
    ("tenant", Kind::Text),
    ("client-id", Kind::Text),
    ("certificate", Kind::Path),
    ("client-secret-file", Kind::Path),
    ("federated-token-file", Kind::Path),
    ("cloud", Kind::Text),
    ("ca-file", Kind::Path),
    ("timeout", Kind::Text),
    ("in-flight", Kind::Text),
    ("give-up-after", Kind::Text),
    ("match-by", Kind::Text),
    ("name-pattern", Kind::Text),
    ("ignore-text", Kind::Texts),
    ("allow-misnamed", Kind::Flag),
    ("crop", Kind::Text),
    ("require-face", Kind::Flag),
    ("size", Kind::Text),
    ("max-bytes", Kind::Text),
    ("allow-blank", Kind::Flag),
    ("jobs", Kind::Text),
    ("max-changes", Kind::Text),
    ("only-missing", Kind::Flag),
    ("skip-disabled", Kind::Flag),
    ("allow-identical", Kind::Flag),
    ("overwrite-cloud", Kind::Flag),
    ("recursive", Kind::Flag),
    ("photo-dir", Kind::Path),
    ("user-column", Kind::Text),
    ("photo-column", Kind::Text),
    ("delimiter", Kind::Text),
    ("move-done", Kind::Path),
    ("move-failed", Kind::Path),
    ("require-photos", Kind::Flag),
    ("report", Kind::Paths),
    ("report-delimiter", Kind::Text),
    ("report-without-directory", Kind::Flag),
    ("keep-journals", Kind::Text),
    ("max-journal", Kind::Text),
    ("log-file", Kind::Path),
    ("quiet", Kind::Flag),
];

/// A settings file, and what is in force of it: the settings of the chosen profile, and those of the whole file that
/// the profile does not replace.
#[derive(Debug, Clone)]
pub struct SettingsFile {
    pub path: PathBuf,
    /// Whether it was found in the working folder rather than named by the user.
    pub is_found_here: bool,
    pub(super) level: Level,
}

impl SettingsFile {
    /// Reads the file if there is one, and applies the profile if one is named.
    ///
    /// # Errors
    /// When the file cannot be read, or has a setting that it must not have.
    pub(super) fn read(place: Option<Place>, profile: Option<String>) -> Result<Option<Self>, ConfigError> {
        let Some(place) = place else {
            return profile.map_or(Ok(None), |name| Err(ConfigError::NoFile(name)));
        };
        let failed = |source| ConfigError::Io { path: place.path.clone(), source };
        let file = File::open(&place.path).map_err(failed)?;
        place.check(&file)?;
        let mut text = String::new();
        let length = file.take(MAX_BYTES + 1).read_to_string(&mut text).map_err(failed)?;
        if length as u64 > MAX_BYTES {
            return Err(failed(io::Error::new(ErrorKind::FileTooLarge, "the file is larger than 1 MiB")));
        }
        let level = parse(&place.path, &text, profile)?;
        Ok(Some(Self { path: place.path, is_found_here: place.is_found_here, level }))
    }
}

pub(super) fn parse(path: &Path, text: &str, profile: Option<String>) -> Result<Level, ConfigError> {
    let malformed = |error| ConfigError::malformed(path, text, &error);
    let mut table: toml::Table = toml::from_str(text).map_err(malformed)?;
    let profiles = match table.remove("profile") {
        Some(toml::Value::Table(profiles)) => profiles,
        None => toml::Table::new(),
        Some(_) => return Err(wrong(path, "profile", "a table, such as [profile.labs]")),
    };
    let mut whole = take(path, &table, &Origin::File(path.to_path_buf()))?;
    // Errors in the other profiles are reported now, not on the day when such a profile is first used.
    let mut levels = BTreeMap::new();
    for (name, table) in &profiles {
        let table = table.as_table().ok_or_else(|| wrong(path, name, "a table, such as [profile.labs]"))?;
        levels.insert(name, take(path, table, &Origin::Profile(path.to_path_buf(), name.clone()))?);
    }
    let Some(name) = profile else { return Ok(whole.over(Level::default())) };
    match levels.remove(&name) {
        Some(level) => {
            // If the profile names another user, the password of the whole file is not that user's.
            passwords::settle(&level, &mut Level::default(), &mut whole, false);
            Ok(level.over(whole))
        }
        None => {
            let profiles = profiles.keys().cloned().collect();
            Err(ConfigError::NoProfile { path: path.to_path_buf(), name, profiles })
        }
    }
}

fn take(path: &Path, table: &toml::Table, origin: &Origin) -> Result<Level, ConfigError> {
    let mut level = Level::default();
    for (key, value) in table {
        let lower = key.to_lowercase();
        if lower.contains("password") && key != "password-file" {
            return Err(ConfigError::Password(path.to_path_buf()));
        }
        if lower.contains("secret") && key != "client-secret-file"
            || lower.contains("access") && lower.contains("token")
        {
            return Err(ConfigError::Secret(path.to_path_buf()));
        }
        let Some((key, kind)) = KEYS.into_iter().find(|(known, _)| known == key) else {
            return Err(ConfigError::Unknown { path: path.to_path_buf(), key: key.clone() });
        };
        level.set(key, Setting { values: read(path, key, kind, value)?, origin: origin.clone() });
    }
    Ok(level)
}

fn read(path: &Path, key: &str, kind: Kind, value: &toml::Value) -> Result<Vec<OsString>, ConfigError> {
    let is_list = matches!(kind, Kind::Texts | Kind::Paths);
    let texts: Option<Vec<String>> = match value {
        // An empty text cancels the setting of the lower level.
        toml::Value::String(text) if text.is_empty() => Some(Vec::new()),
        toml::Value::Boolean(flag) if kind == Kind::Flag => Some(vec![flag.to_string()]),
        _ if kind == Kind::Flag => None,
        toml::Value::String(text) => Some(vec![text.clone()]),
        toml::Value::Array(texts) if is_list => texts.iter().map(|text| text.as_str().map(str::to_owned)).collect(),
        toml::Value::Integer(number) if !is_list => Some(vec![number.to_string()]),
        toml::Value::Float(number) if !is_list => Some(vec![number.to_string()]),
        _ => None,
    };
    let wanted = match kind {
        Kind::Flag => "true or false",
        Kind::Texts | Kind::Paths => "a text, or a list of texts",
        Kind::Text | Kind::Path => "a text or a number",
    };
    let texts = texts.ok_or_else(|| wrong(path, key, wanted))?;
    if texts.iter().any(|text| text.contains(char::is_control)) {
        return Err(ConfigError::Control { path: path.to_path_buf(), key: key.to_owned() });
    }
    // The path `-` means standard input, so it stays as it is.
    let in_folder = |text: String| match path.parent() {
        Some(folder) if matches!(kind, Kind::Path | Kind::Paths) && text != "-" => folder.join(text).into_os_string(),
        _ => text.into(),
    };
    Ok(texts.into_iter().map(in_folder).collect())
}

fn wrong(path: &Path, key: &str, wanted: &'static str) -> ConfigError {
    ConfigError::Value { path: path.to_path_buf(), key: key.to_owned(), wanted }
}
