//! What the file says.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::place::Place;
use super::{ConfigError, KEYS};

/// The largest file that is read.
const MAX_BYTES: u64 = 1024 * 1024;
/// Values that are paths, relative to the file.
const PATHS: [&str; 3] = ["password-file", "ca-file", "log-file"];

/// The settings that hold: those of the whole file, and over them those of a profile.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The file.
    pub path: PathBuf,
    /// In the working folder, and not named.
    pub is_found_here: bool,
    values: BTreeMap<String, Setting>,
}

#[derive(Debug, Clone)]
struct Setting {
    value: Value,
    profile: Option<String>,
}

/// A setting's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A flag without a value.
    Flag(bool),
    /// One value or several.
    Texts(Vec<OsString>),
}

impl Value {
    /// As it is said on a command line.
    pub(super) fn as_arguments(&self, key: &str) -> Vec<OsString> {
        match self {
            Self::Flag(true) => vec![format!("--{key}").into()],
            Self::Flag(false) => Vec::new(),
            Self::Texts(texts) => {
                let argument = |text: &OsString| {
                    let mut argument = OsString::from(format!("--{key}="));
                    argument.push(text);
                    argument
                };
                texts.iter().map(argument).collect()
            }
        }
    }
}

impl Settings {
    /// Reads the file, if there is one, and chooses the profile, if one is named.
    ///
    /// # Errors
    /// When it cannot be read, or holds what it may not.
    pub(super) fn read(place: Option<Place>, profile: Option<&OsStr>) -> Result<Option<Self>, ConfigError> {
        let profile = profile.map(|name| name.to_string_lossy().into_owned());
        let Some(place) = place else {
            return profile.map_or(Ok(None), |name| Err(ConfigError::NoFile(name)));
        };
        let failed = |source| ConfigError::Io { path: place.path.clone(), source };
        let file = File::open(&place.path).map_err(failed)?;
        place.check(&file)?;
        let mut text = String::new();
        file.take(MAX_BYTES).read_to_string(&mut text).map_err(failed)?;
        let settings = Self::parse(place.path, &text, profile)?;
        Ok(Some(Self { is_found_here: place.is_found_here, ..settings }))
    }

    pub(super) fn parse(path: PathBuf, text: &str, profile: Option<String>) -> Result<Self, ConfigError> {
        let malformed = |source| ConfigError::Malformed { path: path.clone(), source };
        let mut table: toml::Table = toml::from_str(text).map_err(malformed)?;
        let mut profiles = match table.remove("profile") {
            Some(toml::Value::Table(profiles)) => profiles,
            None => toml::Table::new(),
            Some(_) => return Err(wrong(&path, "profile", "a table, as [profile.labs]")),
        };
        let mut values = BTreeMap::new();
        take(&path, &table, None, &mut values)?;
        // What is wrong in another profile is said now, not on the day when it is needed.
        for (name, table) in &profiles {
            let table = table.as_table().ok_or_else(|| wrong(&path, name, "a table, as [profile.labs]"))?;
            take(&path, table, Some(name), &mut BTreeMap::new())?;
        }
        if let Some(name) = profile {
            let known = profiles.keys().cloned().collect();
            let Some(toml::Value::Table(table)) = profiles.remove(&name) else {
                return Err(ConfigError::NoProfile { path, name, profiles: known });
            };
            take(&path, &table, Some(&name), &mut values)?;
        }
        Ok(Self { path, is_found_here: false, values })
    }

    /// By name, in the order of the alphabet.
    pub(super) fn values(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.values.iter().map(|(key, setting)| (key.as_str(), &setting.value))
    }

    /// A setting, and where it is from.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<(&Value, String)> {
        let Setting { value, profile } = self.values.get(key)?;
        let path = self.path.display();
        Some((value, profile.as_ref().map_or_else(|| path.to_string(), |name| format!("{path}, profile {name}"))))
    }
}

fn take(
    path: &Path,
    table: &toml::Table,
    profile: Option<&str>,
    values: &mut BTreeMap<String, Setting>,
) -> Result<(), ConfigError> {
    for (key, value) in table {
        if key.to_lowercase().contains("password") && key != "password-file" {
            return Err(ConfigError::Password(path.to_path_buf()));
        }
        if !KEYS.contains(&key.as_str()) {
            return Err(ConfigError::Unknown { path: path.to_path_buf(), key: key.clone() });
        }
        let value = read(path, key, value)?;
        if let Some([_, other]) = [["server", "domain"], ["domain", "server"]].into_iter().find(|[own, _]| own == key)
            && profile.is_some()
        {
            values.remove(other);
        }
        values.insert(key.clone(), Setting { value, profile: profile.map(str::to_owned) });
    }
    Ok(())
}

fn read(path: &Path, key: &str, value: &toml::Value) -> Result<Value, ConfigError> {
    if let toml::Value::String(text) = value
        && text.contains(char::is_control)
    {
        return Err(ConfigError::Control { path: path.to_path_buf(), key: key.to_owned() });
    }
    let text = |text: &str| match path.parent() {
        Some(folder) if PATHS.contains(&key) && text != "-" => folder.join(text).into_os_string(),
        _ => OsString::from(text),
    };
    match (key, value) {
        ("kerberos", toml::Value::Boolean(flag)) => Ok(Value::Flag(*flag)),
        ("kerberos", _) => Err(wrong(path, key, "true or false")),
        ("server", toml::Value::Array(servers)) => {
            let texts: Option<Vec<OsString>> =
                servers.iter().map(|server| server.as_str().map(OsString::from)).collect();
            texts.map(Value::Texts).ok_or_else(|| wrong(path, key, "a text, or a list of texts"))
        }
        (_, toml::Value::String(value)) => Ok(Value::Texts(vec![text(value)])),
        (_, toml::Value::Integer(number)) => Ok(Value::Texts(vec![number.to_string().into()])),
        (_, toml::Value::Float(number)) => Ok(Value::Texts(vec![number.to_string().into()])),
        _ => Err(wrong(path, key, "a text or a number")),
    }
}

fn wrong(path: &Path, key: &str, wanted: &'static str) -> ConfigError {
    ConfigError::Value { path: path.to_path_buf(), key: key.to_owned(), wanted }
}
