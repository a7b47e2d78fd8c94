//! Tests runs without a usable connection: each says which of the possible reasons applies and what to do, and nothing
//! is written.

use std::io::Write;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::ber::{BIND_RESPONSE, Message, element, text};
use crate::domain::{Domain, PASSWORD};
use crate::photos::jpeg;
use crate::relay::{Plan, Relay};
use crate::run::{Folder, Import, Run};

/// The timeout of adphoto in these tests, in seconds.
const TIMEOUT: &str = "2";

/// Makes a folder with a photo that would be written if there were a connection.
pub(crate) fn folder(domain: &Domain) -> Folder {
    domain.user("conn-t");
    let folder = Folder::new();
    folder.file("conn-t.jpg", jpeg(1, 100, 100));
    folder
}

/// Runs the import, and asserts that it gives up in time, with these words, and leaves the directory unchanged.
pub(crate) fn fails_with(domain: &Domain, import: Import, words: &[&str]) {
    let before = domain.snapshot();
    let begun = Instant::now();
    let run = import.args(&["--timeout", TIMEOUT]).run();
    let code = run.code;
    assert!(begun.elapsed() < Duration::from_secs(20), "it hung");
    assert_eq!((code, run.stdout.as_str()), (Some(1), ""), "{}", run.stderr);
    for word in words.iter().chain(&["error: ", "help: "]) {
        assert!(run.stderr.contains(word), "no {word:?} in: {}", run.stderr);
    }
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    assert_eq!(domain.snapshot(), before);
}

on_both! {
    fn a_refused_sign_in_says_why(domain: &Domain) {
        let realm = domain.admin.split_once('@').unwrap().1.to_owned();
        let disabled = [("userPrincipalName", &*format!("off-t@{realm}")), ("userAccountControl", "514")];
        domain.user_with("off-t", &domain.base, &disabled);
        let folder = folder(domain);
        let import = |user: &str, password: &str| domain.import(folder.path()).user(user, password);
        fails_with(domain, import(&domain.admin, "wrong"), &["cannot sign in", "wrong user name or password"]);
        fails_with(domain, import(&format!("nobody-t@{realm}"), "wrong"), &["wrong user name or password"]);
        fails_with(domain, import(&format!("off-t@{realm}"), PASSWORD), &["the account is disabled"]);
        fails_with(domain, import(&domain.admin, ""), &["ADPHOTO_PASSWORD is set but empty"]);
        // Without quotes, bash turns EXAMPLE\anna into EXAMPLEanna; and some people type a slash.
        let eaten = format!("{}anna", domain.netbios);
        fails_with(domain, import(&eaten, "wrong"), &[&format!("{eaten} has neither \\ nor @: did the shell eat a backslash?")]);
        fails_with(domain, import("EXAMPLE/anna", "wrong"), &["a backslash is meant: --user 'EXAMPLE\\anna'"]);
        fails_with(domain, import(" ", "x"), &["the user name is empty"]);
    }

    fn a_base_dn_that_is_not_there_is_named(domain: &Domain) {
        let folder = folder(domain);
        // Replaces the base of the import instead of adding an argument: clap would refuse a second --base-dn.
        let mut elsewhere = domain.import(folder.path());
        for base in [format!("OU=nowhere,{}", domain.base), "no DN".to_owned()] {
            elsewhere = elsewhere.base_dn(&base);
            fails_with(domain, elsewhere.clone(), &["the base DN", &base, "does not exist", "--base-dn"]);
        }
    }

    /// The base DN has a typing error, is the canonical name that Active Directory Users and Computers shows, or is
    /// only the name of the OU.
    fn a_base_dn_that_is_nearly_there_is_answered_with_what_is(domain: &Domain) {
        let folder = folder(domain);
        let staff = domain.organizational_unit("Conn Staff");
        let (_, above) = domain.base.split_once(',').unwrap();
        let canonical = above.to_lowercase().replace("dc=", "").replace(',', ".") + "/adphoto tests/conn staff";
        let given = [staff.replace("Staff", "Stafff"), staff.replace("OU=Conn", "CN=Conn"), canonical, "Conn Staf".to_owned()];
        for base in given {
            let import = domain.import(folder.path()).base_dn(&base);
            fails_with(domain, import, &["does not exist", &format!("did you mean --base-dn \"{staff}\"?")]);
        }
    }

    fn a_server_that_is_none_is_told_from_one_that_is_away(domain: &Domain) {
        let folder = folder(domain);
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let import = |server: &str| domain.import(folder.path()).server(server);
        fails_with(domain, import(&format!("127.0.0.1:{closed}")), &["connection refused", &closed.to_string()]);

        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = silent.local_addr().unwrap().port();
        fails_with(domain, import(&format!("127.0.0.1:{port}")), &["accepted the connection and then did not answer", "ldap://"]);

        // Another kind of server, which sends its greeting at once and does not speak LDAP.
        let other = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = other.local_addr().unwrap().port();
        std::thread::spawn(move || {
            for stream in other.incoming() {
                // The client may have hung up already.
                drop(stream.and_then(|mut stream| stream.write_all(b"220 mail.example.test ESMTP ready\r\n").map(|()| stream)));
            }
        });
        fails_with(domain, import(&format!("127.0.0.1:{port}")), &["error: ldaps://127.0.0.1", "is this an LDAP server"]);
    }

    /// A connection in clear text is possible to this machine only, and only if it is asked for.
    fn a_password_crosses_no_clear_connection(domain: &Domain) {
        let folder = folder(domain);
        let run = domain.import(folder.path()).server("ldap://dc1.example.com").args(&["--allow-clear-text"][usize::from(domain.is_practice())..]).run();
        assert_eq!(run.code, Some(2));
        assert!(run.stderr.contains("loopback addresses only"), "{}", run.stderr);
        // Without --allow-clear-text, ldap:// means StartTLS, and nothing is sent before it.
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = format!("ldap://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let child = domain.import(folder.path()).server(&server).args(&["--timeout", TIMEOUT]).protected().spawn();
        let (mut stream, _) = listener.accept().unwrap();
        let mut sent = Vec::new();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        std::io::Read::read_to_end(&mut stream, &mut sent).unwrap();
        assert!(sent.windows(22).any(|window| window == b"1.3.6.1.4.1.1466.20037"), "StartTLS");
        assert!(!sent.windows(domain.admin.len()).any(|window| window == domain.admin.as_bytes()));
        assert_eq!(Run::of(child).code, Some(1));
    }

    fn the_password_is_nowhere_to_be_seen(domain: &Domain) {
        let folder = folder(domain);
        let report = folder.path().join("report.json");
        let import = || domain.import(folder.path()).args(&["--report", report.to_str().unwrap()]);
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = format!("127.0.0.1:{}", silent.local_addr().unwrap().port());
        let child = import().server(&server).args(&["--timeout", TIMEOUT]).spawn();
        let accepted = silent.accept().unwrap();
        if let Ok(arguments) = std::fs::read(format!("/proc/{}/cmdline", child.id())) {
            assert!(String::from_utf8_lossy(&arguments).contains(&domain.admin), "the right process");
            assert!(!String::from_utf8_lossy(&arguments).contains(&domain.admin_password));
        }
        drop(accepted);
        let lost = Run::of(child);
        let done = import().run();
        assert_eq!(done.code, Some(0), "{}", done.stderr);
        let report = std::fs::read_to_string(&report).unwrap();
        for text in [lost.stderr, done.stdout, done.stderr, report] {
            assert!(!text.contains(&domain.admin_password), "{text}");
        }
    }
}

/// Answers that only Windows gives, for accounts that may not sign in this way (the hexadecimal codes are those of
/// MS-ERREF).
#[test]
fn each_refusal_of_windows_has_its_words() {
    let domain = Domain::practice();
    let folder = folder(&domain);
    for (data, words) in [
        ("52f", ["Protected Users", "--kerberos"]),
        ("530", ["may not sign in at this time or from this machine", "another account"]),
        ("569", ["does not have the right to sign in over the network", "Access this computer from the network"]),
        ("775", ["locked out", "unlocked"]),
        ("80090346", ["channel binding", "LdapEnforceChannelBinding"]),
    ] {
        let said =
            format!("80090308: LdapErr: DSID-0C090446, comment: AcceptSecurityContext error, data {data}, v4563\0");
        let relay = Relay::start(
            &domain,
            Plan::spoil(move |answer| {
                let message = Message::read(&answer);
                let refusal = element(BIND_RESPONSE, &[&[0x0a, 1, 49], &text(""), &text(&said)]);
                if message.operation == BIND_RESPONSE { message.with(&refusal) } else { answer }
            }),
        );
        let import = domain.import(folder.path()).server(relay.url());
        fails_with(&domain, import, &words);
    }
}
