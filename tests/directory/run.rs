//! Runs the real program.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use crate::domain::Domain;

/// A run of `adphoto import SOURCE …`, or of another command, that has not begun yet.
#[derive(Clone)]
pub(crate) struct Import {
    command: Vec<OsString>,
    server: Option<String>,
    user: String,
    password: String,
    ca_file: Option<PathBuf>,
    base_dn: String,
    allow_clear_text: bool,
    arguments: Vec<String>,
    program: Option<(PathBuf, u32)>,
    without_network: bool,
    environment: Vec<(String, OsString)>,
    /// The flags that name the tenant and sign in; `None` if the run is on a domain.
    cloud: Option<Vec<String>>,
    /// The environment that leads to a Kerberos ticket, if the run signs in with one.
    tickets: Option<Vec<(&'static str, PathBuf)>>,
}

/// The result of a run.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Import {
    pub(crate) fn new(domain: &Domain, source: PathBuf) -> Self {
        Self::of(domain, vec!["import".into(), source.into()])
    }

    /// Prepares `adphoto audit`.
    pub(crate) fn audit(domain: &Domain) -> Self {
        // The photos of most tests are patterns, in which it takes longest to find no face.
        let flaws = "no-face,several-faces,small-face,sideways";
        Self::of(domain, ["audit", "--ignore-flaw", flaws].map(Into::into).to_vec())
    }

    /// Prepares `adphoto check`.
    pub(crate) fn check(domain: &Domain) -> Self {
        Self::of(domain, vec!["check".into()])
    }

    /// Prepares `adphoto undo JOURNAL…`.
    pub(crate) fn undo(domain: &Domain, journals: &[&Path]) -> Self {
        let journals = journals.iter().map(|path| path.as_os_str().to_owned());
        Self::of(domain, std::iter::once("undo".into()).chain(journals).collect())
    }

    pub(crate) fn of(domain: &Domain, command: Vec<OsString>) -> Self {
        Self {
            command,
            server: Some(domain.server.clone()),
            user: domain.admin.clone(),
            password: domain.admin_password.clone(),
            ca_file: domain.ca_file.clone(),
            base_dn: domain.base.clone(),
            allow_clear_text: domain.is_practice(),
            arguments: Vec::new(),
            program: None,
            without_network: false,
            // The run must not use the journals and settings of this machine's owner.
            environment: ["XDG_STATE_HOME", "LOCALAPPDATA", "XDG_CONFIG_HOME", "APPDATA"]
                .map(|name| (name.to_owned(), domain.state.path().as_os_str().to_owned()))
                .to_vec(),
            cloud: domain.cloud_flags(),
            tickets: None,
        }
    }

    pub(crate) fn args(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(|&argument| argument.to_owned()));
        self
    }

    pub(crate) fn server(mut self, server: &str) -> Self {
        self.server = Some(server.to_owned());
        self
    }

    /// Leaves out `--server`, so that DNS is asked.
    pub(crate) fn by_dns(mut self, arguments: &[&str]) -> Self {
        self.server = None;
        self.args(arguments)
    }

    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn user(mut self, user: &str, password: &str) -> Self {
        (self.user, self.password) = (user.to_owned(), password.to_owned());
        self
    }

    /// Signs in with the ticket to which these environment variables lead.
    #[cfg(all(unix, feature = "kerberos"))]
    pub(crate) fn kerberos(mut self, tickets: Vec<(&'static str, PathBuf)>) -> Self {
        self.tickets = Some(tickets);
        self
    }

    pub(crate) fn ca_file(mut self, ca_file: Option<PathBuf>) -> Self {
        self.ca_file = ca_file;
        self
    }

    pub(crate) fn base_dn(mut self, base_dn: &str) -> Self {
        base_dn.clone_into(&mut self.base_dn);
        self
    }

    /// Leaves out `--allow-clear-text`, also on the practice directory.
    pub(crate) fn protected(mut self) -> Self {
        self.allow_clear_text = false;
        self
    }

    /// Writes the journal to this file.
    pub(crate) fn journal(self, path: &Path) -> Self {
        self.args(&["--journal", path.to_str().unwrap()])
    }

    /// Runs the program in a namespace without a network.
    #[cfg(target_os = "linux")]
    pub(crate) fn without_network(mut self) -> Self {
        self.without_network = true;
        self
    }

    /// Runs a copy of the program as another user of this machine, which only root may do.
    #[cfg(unix)]
    pub(crate) fn run_by(mut self, program: PathBuf, id: u32) -> Self {
        self.program = Some((program, id));
        self
    }

    fn command(&self) -> Command {
        let mut command = match &self.program {
            None if self.without_network => {
                let mut command = Command::new("unshare");
                command.args(["--net", env!("CARGO_BIN_EXE_adphoto")]);
                command
            }
            None => Command::new(env!("CARGO_BIN_EXE_adphoto")),
            #[cfg(unix)]
            Some((program, id)) => {
                use std::os::unix::process::CommandExt;
                let mut command = Command::new(program);
                command.uid(*id).gid(*id).current_dir("/");
                command
            }
            #[cfg(not(unix))]
            Some(_) => unreachable!("only Unix has it"),
        };
        command.args(&self.command);
        if let Some(flags) = &self.cloud {
            self.on_tenant(&mut command, flags);
            return command;
        }
        if let Some(server) = &self.server {
            command.args(["--server", server]);
        }
        command.args(["--base-dn", &self.base_dn]).args(&self.arguments);
        if self.allow_clear_text {
            command.arg("--allow-clear-text");
        }
        if let Some(ca_file) = &self.ca_file {
            command.arg("--ca-file").arg(ca_file);
        }
        // Variables that this machine's owner has set must not decide the result of a test.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("ADPHOTO_")) {
            command.env_remove(name);
        }
        match &self.tickets {
            None => command.args(["--user", &self.user]).env("ADPHOTO_PASSWORD", &self.password),
            Some(tickets) => command.arg("--kerberos").envs(tickets.iter().cloned()),
        };
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn on_tenant(&self, command: &mut Command, flags: &[String]) {
        command.args(flags).args(&self.arguments);
        // Photos are then as large as in a directory.
        let is_sized = self.arguments.iter().any(|argument| ["--size", "--as-is"].contains(&argument.as_str()));
        if self.command[0] == "import" && !is_sized {
            command.args(["--size", "96"]);
        }
        for (name, _) in std::env::vars_os() {
            let upper = name.to_string_lossy().to_uppercase();
            if upper.starts_with("ADPHOTO_") || upper.starts_with("AZURE_") || upper.ends_with("_PROXY") {
                command.env_remove(name);
            }
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    }

    pub(crate) fn spawn(&self) -> Child {
        self.command().spawn().unwrap()
    }

    pub(crate) fn run(&self) -> Run {
        Run::of(self.spawn())
    }

    /// Runs the program on a terminal, where `typed` is entered.
    #[cfg(target_os = "linux")]
    pub(crate) fn on_terminal(&self, typed: &str) -> Run {
        let command = self.command();
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        let line: Vec<_> = words.map(|word| format!("'{}'", word.to_str().unwrap().replace('\'', r"'\''"))).collect();
        let mut script = Command::new("script");
        script.args(["--quiet", "--return", "--command", &line.join(" "), "/dev/null"]);
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => script.env(name, value),
                None => script.env_remove(name),
            };
        }
        let mut child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut keyboard = child.stdin.take().unwrap();
        keyboard.write_all(typed.as_bytes()).unwrap();
        let run = Run::of(child);
        // The keyboard is kept open until here: `script` waits two more seconds once its input ends.
        drop(keyboard);
        run
    }

    /// Runs the program in a shell, after another command.
    #[cfg(unix)]
    pub(crate) fn after(&self, shell: &str) -> Run {
        self.within("sh", &["-c", &format!("{shell}\nexec \"$@\""), "sh"])
    }

    /// Runs the program with a file system of 64 KB mounted on `folder`, and keeps a copy of one file.
    #[cfg(target_os = "linux")]
    pub(crate) fn on_small_disk(&self, folder: &Path, file: &Path, kept: &Path) -> Run {
        let mount = format!("mount -t tmpfs -o size=64k tmpfs '{}'", folder.display());
        let keep = format!("cp -r '{}' '{}'", file.display(), kept.display());
        let script = format!("{mount} || exit 99\n\"$@\"\ncode=$?\n{keep}\nexit $code");
        self.within("unshare", &["--mount", "sh", "-c", &script, "sh"])
    }

    /// Like [`Self::on_small_disk`], and keeps a copy of all files in the folder.
    #[cfg(target_os = "linux")]
    pub(crate) fn on_small_disk_kept(&self, folder: &Path, kept: &Path) -> Run {
        self.on_small_disk(folder, &folder.join("."), kept)
    }

    /// Begins it where a file system of its own is mounted on `folder`, which only it can see.
    #[cfg(target_os = "linux")]
    pub(crate) fn spawn_on_own_disk(&self, folder: &Path) -> Child {
        let script = format!("mount -t tmpfs tmpfs '{}' || exit 99\nexec \"$@\"", folder.display());
        self.spawn_within("unshare", &["--mount", "sh", "-c", &script, "sh"])
    }

    /// Runs it, and writes to `trace` whatever it and its threads open.
    #[cfg(target_os = "linux")]
    pub(crate) fn traced(&self, trace: &Path) -> Run {
        self.within("strace", &["-f", "-e", "trace=open,openat,openat2", "-o", trace.to_str().unwrap()])
    }

    #[cfg(unix)]
    fn within(&self, program: &str, arguments: &[&str]) -> Run {
        Run::of(self.spawn_within(program, arguments))
    }

    #[cfg(unix)]
    fn spawn_within(&self, program: &str, arguments: &[&str]) -> Child {
        let command = self.command();
        let mut outer = Command::new(program);
        outer.args(arguments).arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => outer.env(name, value),
                None => outer.env_remove(name),
            };
        }
        outer.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        outer.spawn().unwrap()
    }

    /// Runs the program and reads its JSON.
    pub(crate) fn records(self) -> Records {
        Records::read(self.args(&["--format", "json"]).run())
    }
}

impl Run {
    pub(crate) fn of(child: Child) -> Self {
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Waits for the program to end within `limit` and this many bytes of memory. If it takes more, kills it and
    /// panics.
    pub(crate) fn bounded(mut child: Child, limit: Duration, memory: u64) -> Self {
        fn reader(stream: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<String> {
            std::thread::spawn(move || std::io::read_to_string(stream.unwrap()).unwrap())
        }
        let (stdout, stderr) = (reader(child.stdout.take()), reader(child.stderr.take()));
        let begun = Instant::now();
        let (status, trouble) = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break (status, None);
            }
            let used = peak_memory(child.id()).unwrap_or(0);
            let late = begun.elapsed() > limit;
            if late || used > memory {
                child.kill().unwrap();
                let trouble =
                    if late { format!("not over after {limit:?}") } else { format!("{used} bytes of memory") };
                break (child.wait().unwrap(), Some(trouble));
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let (stdout, stderr) = (stdout.join().unwrap(), stderr.join().unwrap());
        if let Some(trouble) = trouble {
            panic!("{trouble}; it said: {stderr}");
        }
        Self { code: status.code(), stdout, stderr }
    }
}

/// Returns the largest amount of memory that a process has used, in bytes, if the system tells (Linux).
fn peak_memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

/// The JSON output of a run, with its records.
pub(crate) struct Records {
    pub(crate) json: serde_json::Value,
    pub(crate) code: Option<i32>,
    pub(crate) stderr: String,
}

/// Asserts that a JSON report has the form that docs/report.schema.json describes.
pub(crate) fn check_schema(report: &serde_json::Value) {
    static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/report.schema.json");
        let schema = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        jsonschema::draft202012::new(&schema).unwrap()
    });
    let faults: Vec<_> =
        SCHEMA.iter_errors(report).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:?} in {report}");
}

impl Records {
    /// Reads the output of a run with `--format json`.
    pub(crate) fn read(run: Run) -> Self {
        let json =
            serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("no JSON, but: {}{}", run.stdout, run.stderr));
        check_schema(&json);
        Self { json, code: run.code, stderr: run.stderr }
    }

    /// Returns `status reason_code` of each record in order, without a space if there is no code.
    pub(crate) fn outcomes(&self) -> Vec<String> {
        let of = |record: &serde_json::Value| {
            let text = |name: &str| record[name].as_str().unwrap().to_owned();
            format!("{} {}", text("status"), codes(record)).trim().to_owned()
        };
        self.all().iter().map(of).collect()
    }

    /// Returns the record of the photo with this file name.
    pub(crate) fn of(&self, file_name: &str) -> &serde_json::Value {
        let is_it = |record: &&serde_json::Value| {
            Path::new(record["photo"].as_str().unwrap()).file_name().is_some_and(|name| name == file_name)
        };
        self.all().iter().find(is_it).unwrap_or_else(|| panic!("no record of {file_name} in {}", self.json))
    }

    /// Returns `status reason_code` of the photo with this file name.
    pub(crate) fn outcome(&self, file_name: &str) -> String {
        let record = self.of(file_name);
        format!("{} {}", record["status"].as_str().unwrap(), codes(record)).trim().to_owned()
    }

    pub(crate) fn all(&self) -> &[serde_json::Value] {
        self.json["records"].as_array().unwrap()
    }

    /// Returns the number of records with this status.
    pub(crate) fn count(&self, status: &str) -> u64 {
        self.json["summary"][status].as_u64().unwrap_or(0)
    }
}

/// A folder of files that is deleted at the end of the test.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::File::create(&path).unwrap().write_all(content.as_ref()).unwrap();
        path
    }
}

/// Returns the codes of a record's reasons, without `seen-earlier`: only a tenant has it, and the same test runs on
/// domains.
fn codes(record: &serde_json::Value) -> String {
    let codes = record["reason_code"].as_str().unwrap().split(';');
    codes.filter(|code| *code != "seen-earlier").collect::<Vec<_>>().join(";")
}
