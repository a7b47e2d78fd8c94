//! Tests what only a real domain controller has: protected connections and access lists.

mod samba {
    use std::net::TcpListener;

    use crate::connection::{fails_with, folder};
    use crate::domain::{Domain, PASSWORD};
    use crate::names::sid;
    use crate::photos::jpeg;
    use crate::run::Folder;

    /// The schemaIDGUID of thumbnailPhoto (MS-ADA3 2.307).
    const THUMBNAIL_PHOTO: &str = "8d3bca50-1d7e-11d0-a081-00aa006c33ed";

    #[test]
    #[ignore = "needs the Samba domain that tests/run starts"]
    fn a_certificate_is_verified() {
        let domain = Domain::samba();
        let folder = folder(&domain);
        let import = || domain.import(folder.path());
        let other_ca = std::env::var_os("ADPHOTO_TEST_SAMBA_OTHER_CA").unwrap();
        for ca_file in [None, Some(other_ca.into())] {
            let words = ["not signed by an authority that this machine trusts", "--ca-file", "certutil"];
            fails_with(&domain, import().ca_file(ca_file), &words);
        }
        let words = ["not for the name 127.0.0.1, but for", "localhost", "connect by a name in the certificate"];
        fails_with(&domain, import().server("ldaps://127.0.0.1"), &words);
        fails_with(&domain, import().server("ldap://127.0.0.1"), &words[..1]);
        fails_with(
            &domain,
            import().ca_file(Some(folder.file("none.pem", "no certificate"))),
            &["holds no certificate"],
        );
        fails_with(&domain, import().ca_file(Some(folder.path().join("gone.pem"))), &["cannot read the CA file"]);
        // The scheme does not fit the port, in both ways.
        fails_with(&domain, import().server("ldap://localhost:636"), &["error: ldap://localhost:636"]);
        fails_with(&domain, import().server("ldaps://localhost:389"), &["error: ldaps://localhost:389"]);
    }

    #[test]
    #[ignore = "needs the Samba domain that tests/run starts"]
    fn starttls_and_a_list_of_servers_work() {
        let domain = Domain::samba();
        let folder = folder(&domain);
        let run = domain.import(folder.path()).server("ldap://localhost").args(&["--dry-run"]).records();
        assert_eq!(run.outcomes(), ["would-write"], "{}", run.stderr);
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let run = domain.import(folder.path()).server(&format!("localhost:{closed},localhost")).records();
        assert_eq!(run.outcomes(), ["written"], "{}", run.stderr);
    }

    /// No packet can leave: the program runs in an empty network namespace, which only root can make.
    #[test]
    #[cfg(target_os = "linux")]
    #[ignore = "needs root, as tests/run's Samba domain does"]
    fn no_route_is_told_from_a_server_that_is_away() {
        let domain = Domain::samba();
        let folder = folder(&domain);
        // An address of TEST-NET-1 (RFC 5737), which belongs to nobody.
        fails_with(
            &domain,
            domain.import(folder.path()).server("192.0.2.1").without_network(),
            &["no route to the server", "network"],
        );
    }

    fn allow(dn: &str, access_list: &str) {
        let samba = std::path::PathBuf::from(std::env::var_os("ADPHOTO_TEST_SAMBA_DIR").unwrap());
        let mut command = std::process::Command::new("samba-tool");
        command.args(["dsacl", "set", "--objectdn", dn, "--sddl", access_list]);
        command.arg("-H").arg(samba.join("private/sam.ldb")).arg("-s").arg(samba.join("etc/smb.conf"));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// A service account may write photos and nothing else, and there is one photo that it may not even read.
    #[test]
    #[ignore = "needs the Samba domain that tests/run starts"]
    fn a_delegation_suffices_and_a_photo_that_cannot_be_read_is_kept() {
        let domain = Domain::samba();
        let service = domain.user("svc-t");
        let service_sid = sid(&domain.entry(&service, &["objectSid"])["objectSid"][0]);
        let people = ["open-t", "sealed-t"].map(|name| domain.user(name));
        for dn in &people {
            domain.set_photo(dn, Some(b"an old photo"));
            allow(dn, &format!("(OA;;WP;{THUMBNAIL_PHOTO};;{service_sid})"));
        }
        allow(&people[1], &format!("(OD;;RP;{THUMBNAIL_PHOTO};;{service_sid})"));
        let folder = Folder::new();
        folder.file("open-t.jpg", jpeg(1, 100, 100));
        folder.file("sealed-t.jpg", jpeg(2, 100, 100));
        let import = || domain.import(folder.path()).user(&format!("{}\\svc-t", domain.netbios), PASSWORD);
        let dry = import().args(&["--dry-run"]).records();
        assert_eq!(dry.outcome("open-t.jpg"), "would-write", "{}", dry.json);
        let run = import().records();
        assert_eq!(run.outcomes(), ["written", "failed photo-unreadable"], "{}", run.json);
        assert_eq!(domain.photo(&people[1]).unwrap(), b"an old photo");
    }
}
