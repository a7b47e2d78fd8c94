//! Measures an import of many photos into the practice tenant, and a night in which nothing has changed. Each request
//! takes 50 ms, as one to Microsoft 365 may. The times are compared with the shortest time in which the requests can be
//! answered, four at once. `cargo bench --bench tenant` runs it; a number after `--` is another number of users.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]
#![expect(clippy::print_stdout, reason = "this is what it is for")]
#![expect(dead_code, reason = "it needs only a part of the practice tenant")]

#[path = "../tests/tenant/mod.rs"]
mod tenant;

#[path = "../tests/directory/photos.rs"]
mod photos;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tenant::{CLIENT_ID, ID, SECRET, Tenant};

/// How long each request takes.
const DELAY: Duration = Duration::from_millis(50);
/// The number of requests at once that Microsoft documents as safe.
const AT_ONCE: u32 = 4;

fn main() {
    let users = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(2_000);
    let folder = tempfile::tempdir().unwrap();
    let tenant = Tenant::start();
    for number in 0..users {
        let name = format!("user{number:06}");
        // Half of the accounts have a photo already.
        let id = tenant.user(&name, &[]);
        tenant.set_photo(&id, (number % 2 == 0).then(|| photos::jpeg(100_000 + number, 240, 240)).as_deref());
        write(folder.path(), &format!("photos/{name}.jpg"), &photos::jpeg(number + 1, 300, 300));
    }
    write(folder.path(), "secret", SECRET.as_bytes());
    tenant.set(|state| state.delay = DELAY);
    for stage in ["import", "a night of nothing new", "the same with --reread"] {
        let more: &[&str] = if stage.contains("reread") { &["--reread"] } else { &[] };
        let before = tenant.asked().len();
        let begun = Instant::now();
        import(folder.path(), &tenant, more);
        let (took, requests) = (begun.elapsed().as_secs_f64(), u32::try_from(tenant.asked().len() - before).unwrap());
        let least = (DELAY * requests / AT_ONCE).as_secs_f64();
        let ratio = took / least;
        println!("{users} users, {stage}: {requests} requests, {took:.1} s, at least {least:.1} s; ratio {ratio:.3}");
    }
}

fn write(folder: &Path, name: &str, content: &[u8]) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, content).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
}

fn import(folder: &Path, tenant: &Tenant, more: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_adphoto"));
    command.args(["import", "photos", "--yes", "--quiet", "--target", "microsoft365", "--cloud", &tenant.url]);
    command.args(["--allow-clear-text", "--tenant", ID, "--client-id", CLIENT_ID, "--client-secret-file", "secret"]);
    command.args(more).current_dir(folder).stdout(Stdio::null());
    for name in ["XDG_STATE_HOME", "LOCALAPPDATA", "XDG_CONFIG_HOME", "APPDATA"] {
        command.env(name, folder.join("state"));
    }
    assert!(command.status().unwrap().success());
}
