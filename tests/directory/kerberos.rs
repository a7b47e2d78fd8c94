//! Tests Kerberos with tickets from Samba's own KDC: over TLS, and sealed by Kerberos itself, without a certificate.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use crate::domain::Domain;
use crate::run::{Folder, Import};

/// Kerberos tickets that only this test uses, and the krb5.conf that tells where their KDC is.
pub(crate) struct Tickets {
    folder: Folder,
    config: PathBuf,
}

impl Tickets {
    /// Returns an empty ticket cache.
    fn none() -> Self {
        let config = std::env::var_os("ADPHOTO_TEST_SAMBA_KRB5_CONF").unwrap().into();
        Self { folder: Folder::new(), config }
    }

    fn of(user: &str, password: &str) -> Self {
        let tickets = Self::none();
        tickets.get(user, password, "1h");
        tickets
    }

    pub(crate) fn of_the_admin(domain: &Domain) -> Self {
        Self::of(&domain.admin, &domain.admin_password)
    }

    fn get(&self, user: &str, password: &str, lifetime: &str) {
        let (name, realm) = user.split_once('@').unwrap();
        let mut command = Command::new("kinit");
        command.args(["-l", lifetime, &format!("{name}@{}", realm.to_uppercase())]).envs(self.environment());
        let mut kinit = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        writeln!(kinit.stdin.take().unwrap(), "{password}").unwrap();
        assert!(kinit.wait().unwrap().success());
    }

    pub(crate) fn environment(&self) -> Vec<(&'static str, PathBuf)> {
        let cache = format!("FILE:{}", self.folder.path().join("tickets").display());
        vec![("KRB5_CONFIG", self.config.clone()), ("KRB5CCNAME", cache.into())]
    }

    /// Replaces a text in krb5.conf.
    fn configured(mut self, from: &str, to: &str) -> Self {
        let config = std::fs::read_to_string(&self.config).unwrap();
        assert!(config.contains(from));
        self.config = self.folder.file("krb5.conf", config.replace(from, to));
        self
    }
}

/// Returns the Samba domain. With `strict`, Samba refuses Kerberos over TLS, which is its default; otherwise it accepts
/// it, as Windows does. Samba may be restarted for that, so no connection may be open yet.
pub(crate) fn samba(strict: bool) -> Domain {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samba/strict");
    assert!(Command::new(script).arg(if strict { "on" } else { "off" }).status().unwrap().success());
    Domain::samba()
}

/// A relay to Samba's LDAP port that keeps a copy of everything that it passes on.
struct Relay {
    server: String,
    seen: Arc<Mutex<Vec<u8>>>,
}

impl Relay {
    fn to_ldap() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = format!("ldap://localhost:{}", listener.local_addr().unwrap().port());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let keep = seen.clone();
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), TcpStream::connect("127.0.0.1:389").unwrap());
                pass(client.try_clone().unwrap(), server.try_clone().unwrap(), keep.clone());
                pass(server, client, keep.clone());
            }
        });
        Self { server, seen }
    }

    fn has_seen(&self, text: &str) -> bool {
        let seen = self.seen.lock().unwrap().to_ascii_lowercase();
        seen.windows(text.len()).any(|window| window == text.to_ascii_lowercase().as_bytes())
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, keep: Arc<Mutex<Vec<u8>>>) {
    std::thread::spawn(move || {
        let mut bytes = [0; 16 * 1024];
        while let Ok(length @ 1..) = from.read(&mut bytes) {
            keep.lock().unwrap().extend(&bytes[..length]);
            if to.write_all(&bytes[..length]).is_err() {
                break;
            }
        }
        // The connection may be closed already.
        let _ = to.shutdown(Shutdown::Write);
    });
}

/// The `userAccountControl` of an account without a password: NORMAL_ACCOUNT and PASSWD_NOTREQD (MS-ADTS 2.2.16).
/// Nobody signs in as these accounts, and hashing a password takes long.
const NO_PASSWORD: (&str, &str) = ("userAccountControl", "544");

const PHOTOS: u32 = 1000;

fn name(number: u32) -> String {
    format!("kerb-{number:04}-t")
}

/// Returns five kilobytes in place of a photo, different for each import and account. Nothing looks at their content
/// here.
fn photo(import: &str, number: u32) -> Vec<u8> {
    format!("{import} {number} ").into_bytes().into_iter().cycle().take(5000).collect()
}

/// Imports a photo for each of a thousand accounts, and asserts that each account then has its photo.
fn import_a_thousand(domain: &Domain, title: &str, settings: impl Fn(Import) -> Import) {
    let folder = Folder::new();
    for number in 0..PHOTOS {
        let attributes = [("objectClass", "user"), ("sAMAccountName", &name(number)), NO_PASSWORD];
        domain.add(&format!("CN={},{}", name(number), domain.base), &attributes);
        folder.file(&format!("{}.jpg", name(number)), photo(title, number));
    }
    let run = settings(domain.import(folder.path())).args(&["--as-is"]).records();
    assert_eq!((run.code, run.count("written")), (Some(0), u64::from(PHOTOS)), "{}", run.stderr);
    let held = domain.snapshot();
    for number in 0..PHOTOS {
        let entry = &held[&format!("CN={},{}", name(number), domain.base)];
        assert_eq!(entry["thumbnailPhoto"], [photo(title, number)], "{number}");
    }
}

mod samba {
    use super::*;
    use crate::connection::{fails_with, folder};
    use crate::domain::PASSWORD;

    #[test]
    #[ignore = "needs the Samba domain that tests/run starts"]
    fn a_thousand_photos_go_over_tls() {
        let domain = samba(false);
        let tickets = Tickets::of_the_admin(&domain);
        import_a_thousand(&domain, "tls", |import| import.kerberos(tickets.environment()));
        let folder = folder(&domain);
        let import = domain.import(folder.path()).kerberos(tickets.environment());
        let run = import.server("ldap://localhost").records();
        assert_eq!(run.outcomes(), ["written"], "sealed, whatever is allowed over TLS: {}", run.stderr);
    }

    #[test]
    #[ignore = "needs the Samba domain that tests/run starts"]
    fn a_thousand_photos_go_sealed_and_the_wire_shows_no_name() {
        let domain = samba(true);
        let tickets = Tickets::of_the_admin(&domain);
        let relay = Relay::to_ldap();
        let sealed = |import: Import| import.kerberos(tickets.environment()).server(&relay.server).ca_file(None);
        import_a_thousand(&domain, "sealed", sealed);
        assert!(relay.has_seen("GSSAPI"), "the relay sees what is not sealed");
        assert!(relay.seen.lock().unwrap().len() > 5000 * PHOTOS as usize, "and all the photos");
        for word in ["kerb-", "sealed 7 ", "thumbnailPhoto", "sAMAccountName", "adphoto tests", "DC=example"] {
            assert!(!relay.has_seen(word), "{word}");
        }
    }

    /// Follows docs/nightly.md: no kinit, no password, and the tickets are kept in memory.
    #[test]
    #[ignore = "needs the Samba domain that tests/run starts"]
    fn a_keytab_is_enough_for_a_service() {
        let domain = samba(true);
        let folder = folder(&domain);
        let none = Tickets::none();
        let keytab = none.folder.path().join("keytab");
        let (name, realm) = domain.admin.split_once('@').unwrap();
        let principal = format!("{name}@{}", realm.to_uppercase());
        let service = || {
            let variables = vec![
                ("KRB5_CONFIG", none.config.clone()),
                ("KRB5_CLIENT_KTNAME", keytab.clone()),
                ("KRB5CCNAME", "MEMORY:".into()),
            ];
            domain.import(folder.path()).kerberos(variables).server("localhost").ca_file(None)
        };
        fails_with(&domain, service(), &["cannot sign in with Kerberos", "there is no Kerberos ticket"]);
        make_keytab(&keytab, &principal, &domain.admin_password, &none.config);
        let run = service().records();
        assert_eq!((run.code, run.outcomes()), (Some(0), vec!["written".to_owned()]), "{}", run.stderr);
        assert!(run.stderr.contains(&format!("as {principal}")), "{}", run.stderr);
        // The keytab is still enough the next night, when the tickets of the first run are gone.
        assert_eq!(service().records().outcomes(), ["unchanged"]);
        // A key that was made from another password, such as an old one, is refused.
        std::fs::remove_file(&keytab).unwrap();
        make_keytab(&keytab, &principal, "not the password", &none.config);
        fails_with(&domain, service(), &["cannot sign in with Kerberos"]);
    }

    /// Makes a keytab by typing the lines of docs/nightly.md into ktutil.
    fn make_keytab(keytab: &Path, principal: &str, password: &str, config: &Path) {
        let mut ktutil = Command::new("ktutil");
        let piped = ktutil.env("KRB5_CONFIG", config).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut ktutil = piped.spawn().unwrap();
        let lines = format!(
            "addent -password -p {principal} -k 1 -e aes256-cts-hmac-sha1-96 -f\n{password}\nwkt {}\nquit\n",
            keytab.display()
        );
        ktutil.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
        let said = ktutil.wait_with_output().unwrap();
        assert!(keytab.exists(), "{}", String::from_utf8_lossy(&said.stdout));
    }

    #[test]
    #[ignore = "needs the Samba domain that tests/run starts"]
    fn each_refusal_has_its_words() {
        let domain = samba(true);
        let folder = folder(&domain);
        let refused = |tickets: &Tickets, server: &str, words: &[&str]| {
            let import = domain.import(folder.path()).kerberos(tickets.environment()).server(server);
            fails_with(&domain, import, &[&["cannot sign in with Kerberos"], words].concat());
        };
        let admin = Tickets::of_the_admin(&domain);
        for server in ["localhost", "ldaps://localhost"] {
            refused(&Tickets::none(), server, &["there is no Kerberos ticket", "kinit"]);
        }
        let words =
            ["no LDAP service on 127.0.0.1", "full DNS name", "servicePrincipalName ldap/127.0.0.1", "setspn -L"];
        refused(&admin, "127.0.0.1", &words);
        let words = ["refuses Kerberos over TLS", "allow_sasl_over_tls", "ldap://"];
        refused(&admin, "ldaps://localhost", &words);

        // Both need a ticket that is not in the cache yet, so the KDC has to be asked.
        let away = Tickets::of_the_admin(&domain).configured("kdc = 127.0.0.1", "kdc = 127.0.0.1:9");
        refused(&away, "localhost", &["KDC", "can be reached", "port 88"]);
        let nowhere = Tickets::of_the_admin(&domain).configured("default_realm", "#");
        refused(&nowhere, "localhost", &["not set up on this machine", "default_realm"]);

        let short = Tickets::none();
        short.get(&domain.admin, &domain.admin_password, "2s");
        std::thread::sleep(std::time::Duration::from_secs(3));
        refused(&short, "localhost", &["the Kerberos ticket has expired", "kinit"]);
    }

    #[test]
    #[ignore = "needs the Samba domain that tests/run starts"]
    fn who_has_no_right_is_named_by_the_ticket() {
        let domain = samba(true);
        let folder = folder(&domain);
        let realm = domain.admin.split_once('@').unwrap().1;
        domain.user_with("weak-t", &domain.base, &[("userPrincipalName", &format!("weak-t@{realm}"))]);
        let tickets = Tickets::of(&format!("weak-t@{realm}"), PASSWORD);
        let run = domain.import(folder.path()).kerberos(tickets.environment()).server("localhost").records();
        assert_eq!(run.outcomes(), ["failed no-right"], "{}", run.stderr);
        let reason = run.of("conn-t.jpg")["reason"].as_str().unwrap();
        let named = format!("weak-t@{}", realm.to_uppercase());
        assert!(reason.contains(&named), "{reason}");
        assert_eq!(run.json["run"]["user"], named);
    }

    /// The server is no domain controller, or has gone away: the run does not hang, and says in plain words what is
    /// wrong.
    #[test]
    #[ignore = "needs the Samba domain that tests/run starts"]
    fn wrong_partners_are_told() {
        let domain = samba(true);
        let folder = folder(&domain);
        let tickets = Tickets::of_the_admin(&domain);
        let import = |server: &str| domain.import(folder.path()).kerberos(tickets.environment()).server(server);
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        fails_with(&domain, import(&format!("localhost:{closed}")), &["connection refused", "389"]);
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = format!("localhost:{}", silent.local_addr().unwrap().port());
        fails_with(&domain, import(&server), &["did not answer within", "389"]);
        // This is the port of ldaps.
        fails_with(&domain, import("ldap://localhost:636"), &["389", "636"]);
        for greeting in
            ["HTTP/1.1 400 Bad Request\r\n\r\n", "\x30\u{7f}", "\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x0e\x04\0\x04\0"]
        {
            let other = TcpListener::bind("127.0.0.1:0").unwrap();
            let server = format!("localhost:{}", other.local_addr().unwrap().port());
            std::thread::spawn(move || {
                let (mut client, _) = other.accept().unwrap();
                // The request is read first: if a part of it were unread, closing would reset the connection.
                let _ = client.read(&mut [0; 64 * 1024]);
                client.write_all(greeting.as_bytes()).unwrap();
                client.shutdown(Shutdown::Write).unwrap();
                let _ = client.read(&mut [0; 1024]);
            });
            fails_with(&domain, import(&server), &["error: ldap://localhost"]);
        }
    }
}
