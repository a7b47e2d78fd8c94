//! Running the real program.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::tenant::{self, Tenant};

/// Somebody who runs adphoto on a tenant, with folders of their own.
pub(crate) struct Admin {
    pub(crate) folder: TempDir,
    url: String,
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Admin {
    pub(crate) fn new(tenant: &Tenant) -> Self {
        let this = Self { folder: tempfile::tempdir().unwrap(), url: tenant.url.clone() };
        this.private("app.pem", tenant::CERTIFICATE);
        this
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file that only its owner may read.
    pub(crate) fn private(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        path
    }

    /// `adphoto` with these words, and nothing of the machine's owner.
    pub(crate) fn bare(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_adphoto"));
        command.args(words).current_dir(self.folder.path());
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().to_uppercase();
            if name.starts_with("ADPHOTO_") || name.starts_with("AZURE_") || name.ends_with("_PROXY") {
                command.env_remove(&*name);
            }
        }
        for name in ["XDG_STATE_HOME", "LOCALAPPDATA", "XDG_CONFIG_HOME", "APPDATA"] {
            command.env(name, self.path("state"));
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// The same on the practice tenant, as whoever the further words say.
    pub(crate) fn on_tenant(&self, words: &[&str]) -> Command {
        let mut command = self.bare(words);
        command.args(["--target", "microsoft365", "--cloud", &self.url, "--allow-clear-text"]);
        command
    }

    /// The same with the app's certificate.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = self.on_tenant(words);
        command.args(["--tenant", tenant::ID, "--client-id", tenant::CLIENT_ID, "--certificate", "app.pem"]);
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Run {
        Run::of(&mut self.command(words))
    }

    /// Runs `adphoto check`, and returns its lines as `name result`.
    pub(crate) fn checked(&self, words: &[&str]) -> Vec<String> {
        self.run(&[&["check", "--format", "json"], words].concat()).checks()
    }
}

impl Run {
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The lines of a check, as `name result`.
    pub(crate) fn checks(&self) -> Vec<String> {
        let line = |check: &serde_json::Value| format!("{} {}", check["name"].as_str().unwrap(), check["result"].as_str().unwrap());
        self.json()["servers"][0]["checks"].as_array().unwrap().iter().map(line).collect()
    }

    /// The detail of a line of a check.
    pub(crate) fn detail(&self, name: &str) -> String {
        let json = self.json();
        let checks = json["servers"][0]["checks"].as_array().unwrap();
        let check = checks.iter().find(|check| check["name"] == name).unwrap();
        ["detail", "remedy", "run"].map(|field| check[field].as_str().unwrap_or_default().to_owned()).join("\n")
    }

    /// Makes sure that no file and no output has a secret in it.
    pub(crate) fn keeps_secrets(&self, admin: &Admin, secrets: &[&str]) {
        let files = walkdir::WalkDir::new(admin.folder.path()).into_iter().flatten();
        let written = files.filter(|file| file.file_type().is_file() && !is_secret(file.path()));
        let written = written.map(|file| String::from_utf8_lossy(&std::fs::read(file.path()).unwrap()).into_owned());
        for text in written.chain([self.stdout.clone(), self.stderr.clone()]) {
            for secret in secrets {
                assert!(!text.contains(secret), "{secret} is in {text}");
            }
        }
    }
}

fn is_secret(path: &Path) -> bool {
    path.file_name().is_some_and(|name| matches!(name.to_str(), Some("app.pem" | "secret" | "federated")))
}
