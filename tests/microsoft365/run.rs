//! Running the real program.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::photos;
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
        this.private("app.pem", &*tenant::CERTIFICATE);
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

    /// Runs it, and reads its records.
    pub(crate) fn records(&self, words: &[&str]) -> Records {
        Records::read(self.run(&[words, &["--format", "json"]].concat()))
    }

    /// Writes a photo of a person into the folder `photos`.
    pub(crate) fn photo(&self, name: &str, number: u32) {
        self.private(&format!("photos/{name}"), photos::jpeg(number, 700, 900));
    }

    /// The same with few pixels, which takes less time.
    pub(crate) fn small_photo(&self, name: &str, number: u32) {
        self.private(&format!("photos/{name}"), photos::jpeg(number, 130, 130));
    }

    /// The journal of the first import in the state folder.
    pub(crate) fn first_journal(&self) -> PathBuf {
        let files = std::fs::read_dir(self.path("state/adphoto/journals")).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|path| path.to_str().is_some_and(|path| path.contains("-import-"))).min().unwrap()
    }

    /// The only journal in the state folder.
    pub(crate) fn journal(&self) -> PathBuf {
        let folder = self.path("state/adphoto/journals");
        let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|path| path.extension().is_some_and(|ending| ending == "jsonl"));
        assert_eq!(files.len(), 1, "{files:?}");
        files.remove(0)
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
        let line = |check: &serde_json::Value| {
            format!("{} {}", check["name"].as_str().unwrap(), check["result"].as_str().unwrap())
        };
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

/// The records of a run.
#[derive(Debug)]
pub(crate) struct Records {
    pub(crate) json: serde_json::Value,
    pub(crate) code: Option<i32>,
    pub(crate) stderr: String,
}

impl Records {
    pub(crate) fn read(run: Run) -> Self {
        let json = run.json();
        check_schema(&json);
        Self { json, code: run.code, stderr: run.stderr }
    }

    pub(crate) fn all(&self) -> &Vec<serde_json::Value> {
        self.json["records"].as_array().unwrap()
    }

    /// `user status reason_code` of each record, in order; the user without the domain.
    pub(crate) fn outcomes(&self) -> Vec<String> {
        let of = |record: &serde_json::Value| {
            let text = |name: &str| record[name].as_str().unwrap_or_default().to_owned();
            let user = text("user").split('@').next().unwrap_or_default().to_owned();
            format!("{user} {} {}", text("status"), text("reason_code")).trim().to_owned()
        };
        self.all().iter().map(of).collect()
    }
}

/// Makes sure that a JSON report is as docs/report.schema.json says.
fn check_schema(report: &serde_json::Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/report.schema.json");
    let schema = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let schema = jsonschema::draft202012::new(&schema).unwrap();
    let faults: Vec<_> =
        schema.iter_errors(report).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:?} in {report}");
}
