//! Protected connections, which only a real domain controller has.

mod samba {
    use std::net::TcpListener;

    use crate::connection::{fails_with, folder};
    use crate::domain::Domain;

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
        let words = ["not for the name 127.0.0.1, but for", "localhost", "connect by a name that the certificate has"];
        fails_with(&domain, import().server("ldaps://127.0.0.1"), &words);
        fails_with(&domain, import().server("ldap://127.0.0.1"), &words[..1]);
        fails_with(
            &domain,
            import().ca_file(Some(folder.file("none.pem", "no certificate"))),
            &["holds no certificate"],
        );
        fails_with(&domain, import().ca_file(Some(folder.path().join("gone.pem"))), &["cannot read the CA file"]);
        // The wrong scheme for the port, both ways.
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

    /// Where no packet can go: a network namespace with nothing in it, which only root can make.
    #[test]
    #[cfg(target_os = "linux")]
    #[ignore = "needs root, as tests/run's Samba domain does"]
    fn no_route_is_told_from_a_server_that_is_away() {
        let domain = Domain::samba();
        let folder = folder(&domain);
        // TEST-NET-1 (RFC 5737), which no packet reaches from there anyway.
        fails_with(
            &domain,
            domain.import(folder.path()).server("192.0.2.1").without_network(),
            &["no route to the server", "network"],
        );
    }
}
