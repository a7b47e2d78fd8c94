//! Tests `adphoto check` on Samba, which has certificates and access lists.

pub(crate) mod samba {
    use std::net::TcpListener;
    use std::path::{Path, PathBuf};
    use std::process::Command;
    use std::sync::Arc;
    use std::time::Duration;

    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};

    use crate::check::Checked;
    use crate::domain::{Domain, PASSWORD};
    use crate::names::sid;
    use crate::photos::jpeg;
    use crate::run::{Folder, Import};

    fn directory() -> PathBuf {
        std::env::var_os("ADPHOTO_TEST_SAMBA_DIR").unwrap().into()
    }

    /// Runs a command as adphoto printed it, on this Samba's database.
    pub(crate) fn run_as_printed(line: &str) {
        let samba = directory();
        let here = format!("{line} -H {0}/private/sam.ldb -s {0}/etc/smb.conf", samba.display());
        let output = Command::new("sh").args(["-c", &here]).output().unwrap();
        assert!(output.status.success(), "{here}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// The DNS server that the command line names knows the domain controller; this machine's own resolver does not.
    #[test]
    #[ignore = "needs the Samba domain that tests/run starts"]
    fn a_domain_controller_that_only_its_own_dns_knows_is_checked() {
        let domain = Domain::samba();
        let named = ["--domain", "ad.example.test", "--dns-server", "127.0.0.1"];
        let run = Import::check(&domain).by_dns(&named).run();
        assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
        assert!(run.stdout.contains("ldaps://dc1.ad.example.test"), "{}", run.stdout);
    }

    /// A new service account for which only the printed command was run can import photos, and can do nothing else.
    #[test]
    #[ignore = "needs the Samba domain that tests/run starts"]
    fn the_printed_delegation_suffices_and_is_no_more() {
        let domain = Domain::samba();
        // A shell would interpret this name if it were not quoted.
        let ou = domain.organizational_unit("it's $(false) `x` 100% “sure”!");
        let service = domain.user("c-svc");
        let outside = domain.user("c-out");
        let people = [domain.user_with("c-one", &ou, &[]), domain.user_with("c-two", &ou, &[])];
        let user = format!("{}\\c-svc", domain.netbios);
        let check = || Checked::of(Import::check(&domain).user(&user, PASSWORD).base_dn(&ou));

        let before = check();
        before.says("bind", "ok", &[&user]);
        before.says("read", "ok", &["2 of 2 accounts"]);
        before.says("write", "failed", &["0 of 2 accounts"]);
        run_as_printed(before.text("write", "run"));
        let after = check();
        assert_eq!(after.code, Some(0));
        after.says("write", "ok", &["2 of 2 accounts"]);

        let folder = Folder::new();
        for (number, name) in (1..).zip(["c-one", "c-two", "c-out"]) {
            folder.file(&format!("{name}.jpg"), jpeg(number, 100, 100));
        }
        let run = domain.import(folder.path()).user(&user, PASSWORD).records();
        assert_eq!(run.outcomes(), ["written", "failed no-right", "written"], "{}", run.json);
        assert!(domain.photo(&outside).is_none());
        for attribute in ["displayName", "description", "telephoneNumber", "jpegPhoto", "userAccountControl"] {
            assert_eq!(domain.replace_as(&user, &people[0], attribute, "512"), 50, "{attribute}");
        }
        assert_eq!(domain.replace_as(&user, &ou, "description", "x"), 50);
        // Nor may it change other attributes of its own account.
        assert_eq!(domain.replace_as(&user, &service, "description", "x"), 50);
    }

    #[test]
    #[ignore = "needs the Samba domain that tests/run starts"]
    fn a_photo_that_may_not_be_read_is_told_from_none() {
        let domain = Domain::samba();
        let service = domain.user("c-svc");
        let dn = domain.user("c-one");
        domain.user("c-two");
        let trustee = sid(&domain.entry(&service, &["objectSid"])["objectSid"][0]);
        let user = format!("{}\\c-svc", domain.netbios);
        let check = || Checked::of(Import::check(&domain).user(&user, PASSWORD));
        check().says("read", "ok", &["2 of 2 accounts"]);
        let denied = format!("(OD;;RP;8d3bca50-1d7e-11d0-a081-00aa006c33ed;;{trustee})");
        run_as_printed(&format!("samba-tool dsacl set --objectdn=\"{dn}\" --sddl=\"{denied}\""));
        for photo in [None, Some(b"a photo".as_slice())] {
            domain.set_photo(&dn, photo);
            check().says("read", "failed", &["1 of 2 accounts; not ", &dn]);
        }
    }

    #[test]
    #[ignore = "needs the Samba domain that tests/run starts"]
    fn a_certificate_is_described_and_one_that_is_not_believed_too() {
        let domain = Domain::samba();
        domain.user("c-one");
        let other_ca = std::env::var_os("ADPHOTO_TEST_SAMBA_OTHER_CA").map(PathBuf::from);
        for server in ["ldaps://localhost", "ldap://localhost"] {
            let checked = Checked::of(Import::check(&domain).server(server));
            // Samba's certificate was made for 30 days.
            checked.says("tls", "warning", &["issued by CN=adphoto test CA for localhost, dc1.", "29 days left"]);
            assert_eq!(checked.code, Some(0));
            let checked = Checked::of(Import::check(&domain).server(server).ca_file(other_ca.clone()));
            checked.says("tls", "failed", &["not signed by an authority", "issued by CN=adphoto test CA"]);
            checked.ends_with(0, "tls");
        }
        let checked = Checked::of(Import::check(&domain).server("ldaps://127.0.0.1"));
        checked.says("tls", "failed", &["not for the name 127.0.0.1", "localhost"]);
        checked.ends_with(0, "tls");
        let none = Import::check(&domain).ca_file(Some("no-such-file.pem".into()));
        Checked::of(none).says("tls", "failed", &["cannot read the CA file"]);
    }

    #[test]
    #[ignore = "needs the Samba domain that tests/run starts"]
    fn days_are_counted_and_an_expired_certificate_is_refused() {
        let domain = Domain::samba();
        let folder = Folder::new();
        let check = |days| {
            let server = format!("ldaps://localhost:{}", serve_tls(certificate(folder.path(), days)));
            // Waits until the certificate that is valid for no days has expired.
            std::thread::sleep(Duration::from_secs(2));
            Checked::of(Import::check(&domain).server(&server))
        };
        let lasting = check("400");
        lasting.says("tls", "ok", &["for localhost, 127.0.0.1, until 20", "399 days left"]);
        // The server speaks TLS, but no LDAP after that.
        lasting.says("bind", "failed", &[]);
        lasting.ends_with(0, "bind");
        let expired = check("0");
        expired.says("tls", "failed", &["expired", "issued by CN=adphoto test CA", "already expired"]);
        expired.ends_with(0, "tls");
    }

    /// Makes a certificate that the domain's authority signs and that ends after `days`; returns it with its key.
    fn certificate(folder: &Path, days: &str) -> (PathBuf, PathBuf) {
        let file = |name: &str| folder.join(format!("{name}-{days}.pem"));
        let (key, request, certificate) = (file("key"), file("request"), file("certificate"));
        let openssl = |arguments: &str, files: &[(&str, &Path)]| {
            let mut command = Command::new("openssl");
            command.args(arguments.split(' '));
            for (name, path) in files {
                command.arg(name).arg(path);
            }
            let output = command.output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        };
        let ca = directory();
        openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256", &[("-out", &key)]);
        let names = "req -new -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1";
        openssl(names, &[("-key", &key), ("-out", &request)]);
        let sign = format!("x509 -req -days {days} -set_serial 7 -copy_extensions copyall");
        let (authority, its_key) = (ca.join("ca.pem"), ca.join("ca.key.pem"));
        openssl(&sign, &[("-in", &request), ("-CA", &authority), ("-CAkey", &its_key), ("-out", &certificate)]);
        (certificate, key)
    }

    /// Starts a server that does the TLS handshake and nothing else; returns its port.
    fn serve_tls((certificate, key): (PathBuf, PathBuf)) -> u16 {
        let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![CertificateDer::from_pem_file(certificate).unwrap()],
                PrivateKeyDer::from_pem_file(key).unwrap(),
            )
            .unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut connection = rustls::ServerConnection::new(config.clone()).unwrap();
                // A client that rejects the certificate hangs up, which is an error here.
                let _ = connection.complete_io(&mut stream);
            }
        });
        port
    }
}
