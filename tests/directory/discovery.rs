//! Tests how DNS is used to find domain controllers: which names are used, in which order, and what is said if there
//! are none.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use adphoto::directory::{DiscoverError, Found, Question, domain_controllers};
use adphoto::failure::Advice;

use crate::dns::{self, Answer, NO_SUCH_NAME, REFUSED, SERVER_FAILURE, SRV, serve, srv, srv_of};

const OF_DOMAIN: &str = "_ldap._tcp.dc._msdcs.ad.example.test";
const OF_SITE: &str = "_ldap._tcp.berlin._sites.dc._msdcs.ad.example.test";
const LIMIT: Duration = Duration::from_secs(5);

fn ask(dns_server: SocketAddr, domain: &str, site: Option<&str>, limit: Duration) -> Result<Found, DiscoverError> {
    let question = Question {
        domain: domain.parse().unwrap(),
        site: site.map(|site| site.parse().unwrap()),
        dns_server: Some(dns_server),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(domain_controllers(&question, limit))
}

fn names(found: &Found) -> Vec<&str> {
    found.hosts.iter().map(|host| host.name.as_str()).collect()
}

#[test]
fn names_outside_the_domain_are_told_and_not_used() {
    let server = serve(|name, kind| match (name, kind) {
        (OF_DOMAIN, SRV) => Answer::Records(vec![
            srv_of(0, 1, "dc.evil.test"),
            srv_of(1, 1, "notad.example.test"),
            srv_of(2, 1, "ad.example.test.evil.test"),
            // A label with a dot in it, a label that colours the terminal, labels that no host has, and an empty name.
            srv(3, 1, &["evil.ad.example.test", "evil", "test"]),
            srv(4, 1, &["a\x1b[31mb", "ad", "example", "test"]),
            srv(5, 1, &["a b", "ad", "example", "test"]),
            srv(6, 1, &["evil.", "ad", "example", "test"]),
            srv(7, 1, &[]),
            srv_of(8, 1, "DC1.AD.Example.Test"),
            srv_of(9, 1, "dc1.ad.example.test"),
            srv_of(9, 1, "dc2.berlin.ad.example.test"),
        ]),
        _ => NO_SUCH_NAME,
    });
    let found = ask(server, "AD.Example.Test", None, LIMIT).unwrap();
    assert_eq!(names(&found), ["dc1.ad.example.test", "dc2.berlin.ad.example.test"]);
    assert_eq!(found.outside.len(), 7, "{:?}", found.outside);
    assert!(!found.some_outside().contains('\x1b') && found.some_outside().ends_with("and 3 more"));

    let server = serve(|_, kind| match kind {
        SRV => Answer::Records(vec![srv_of(0, 1, "dc.evil.test")]),
        _ => NO_SUCH_NAME,
    });
    let error = ask(server, "ad.example.test", None, LIMIT).unwrap_err();
    assert!(matches!(error, DiscoverError::AllOutside { .. }), "{error}");
    assert!(
        error.to_string().contains("dc.evil.test") && error.advice().unwrap_or_default().contains("--server"),
        "{error}"
    );
}

#[test]
fn hundreds_of_records_are_read_and_the_first_are_used() {
    let server = serve(|name, kind| match (name, kind) {
        (OF_DOMAIN, SRV) => {
            Answer::Records((0..400).rev().map(|n| srv_of(n, 0, &format!("dc{n}.ad.example.test"))).collect())
        }
        (_, dns::A) => Answer::Records(vec![dns::a(Ipv4Addr::new(127, 0, 0, 9)); 50]),
        _ => Answer::Records(Vec::new()),
    });
    let found = ask(server, "ad.example.test", None, LIMIT).unwrap();
    let first: Vec<String> = (0..64).map(|n| format!("dc{n}.ad.example.test")).collect();
    assert_eq!(names(&found), first);
    assert!(found.hosts.iter().all(|host| (1..=8).contains(&host.addresses.len())), "{:?}", found.hosts[0]);
}

#[test]
fn the_site_comes_first_and_where_it_has_none_the_domain_does() {
    let server = serve(|name, kind| match (name, kind) {
        (OF_SITE, SRV) => Answer::Records(vec![srv_of(9, 0, "near.ad.example.test")]),
        (OF_DOMAIN, SRV) => {
            Answer::Records(vec![srv_of(0, 0, "far.ad.example.test"), srv_of(1, 0, "near.ad.example.test")])
        }
        ("far.ad.example.test", dns::A) => Answer::Records(vec![dns::a(Ipv4Addr::new(10, 0, 0, 1))]),
        _ => NO_SUCH_NAME,
    });
    let found = ask(server, "ad.example.test", Some("Berlin"), LIMIT).unwrap();
    assert_eq!((names(&found), found.site_known), (vec!["near.ad.example.test", "far.ad.example.test"], Some(true)));
    assert_eq!((found.hosts[0].addresses.len(), found.hosts[1].addresses.as_slice()), (0, &[[10, 0, 0, 1].into()][..]));
    let found = ask(server, "ad.example.test", Some("Berlin-2"), LIMIT).unwrap();
    assert_eq!((names(&found)[0], found.site_known), ("far.ad.example.test", Some(false)));

    let only_site = serve(|name, kind| match (name, kind) {
        (OF_SITE, SRV) => Answer::Records(vec![srv_of(0, 0, "near.ad.example.test")]),
        _ => SERVER_FAILURE,
    });
    let found = ask(only_site, "ad.example.test", Some("Berlin"), LIMIT).unwrap();
    assert_eq!(names(&found), ["near.ad.example.test"]);
}

#[test]
fn each_failure_has_its_words_and_its_remedy() {
    let nothing = serve(|_, _| NO_SUCH_NAME);
    let no_records =
        serve(|name, _| if name == "ad.example.test" { Answer::Records(Vec::new()) } else { NO_SUCH_NAME });
    let empty = serve(|_, _| Answer::Records(Vec::new()));
    let not_available = serve(|_, kind| Answer::Records(if kind == SRV { vec![srv(0, 0, &[])] } else { Vec::new() }));
    let refused = serve(|_, _| REFUSED);
    let failing = serve(|_, _| SERVER_FAILURE);
    for (server, domain, message, remedy) in [
        (nothing, "ad.example.test", "there is no domain ad.example.test", "spelling"),
        (nothing, "EXAMPLE", "there is no domain example", "EXAMPLE looks like the domain's short (NetBIOS) name"),
        (no_records, "ad.example.test", "ad.example.test has no domain controllers", "--dns-server"),
        (empty, "ad.example.test", "ad.example.test has no domain controllers", "--dns-server"),
        (not_available, "ad.example.test", "ad.example.test has no domain controllers", "--dns-server"),
        (refused, "ad.example.test", "refuses to answer questions about ad.example.test", "--dns-server"),
        (failing, "ad.example.test", "could not be asked", "--server"),
    ] {
        let error = ask(server, domain, None, LIMIT).unwrap_err();
        let text = error.to_string();
        assert!(text.contains(message) && text.contains(&server.to_string()), "{message}: {text}");
        assert!(
            error.advice().unwrap_or_default().contains(remedy),
            "{message}: {}",
            error.advice().unwrap_or_default()
        );
    }
}

/// No more time than the timeout allows is spent on waiting, whichever answer is missing.
#[test]
fn no_dns_server_can_hold_a_run_up() {
    let limit = Duration::from_secs(1);
    let silent = serve(|_, _| Answer::Silence);
    let garbage = serve(|_, _| Answer::Garbage);
    let only_names = serve(|name, kind| match (name, kind) {
        (OF_DOMAIN, SRV) => Answer::Records((0..64).map(|n| srv_of(n, 0, &format!("dc{n}.ad.example.test"))).collect()),
        _ => Answer::Silence,
    });
    let closed = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (server, site) in [(silent, None), (silent, Some("Berlin")), (garbage, None), (closed, None)] {
        let begun = Instant::now();
        let error = ask(server, "ad.example.test", site, limit).unwrap_err();
        assert!(begun.elapsed() < 3 * limit, "{:?}", begun.elapsed());
        assert!(matches!(error, DiscoverError::NoAnswer { .. } | DiscoverError::Failed { .. }), "{error}");
        assert!(
            error.to_string().contains(&server.to_string())
                && error.advice().unwrap_or_default().contains("--dns-server"),
            "{error}"
        );
    }
    let begun = Instant::now();
    let found = ask(only_names, "ad.example.test", None, limit).unwrap();
    assert!(begun.elapsed() < 3 * limit, "{:?}", begun.elapsed());
    assert!(found.hosts.iter().all(|host| host.addresses.is_empty()) && found.hosts.len() == 64);
}

mod practice {
    use crate::connection::folder;
    use crate::domain::Domain;

    /// adphoto never guesses which servers are meant, and sends no password in clear text over a network.
    #[test]
    fn what_cannot_be_meant_is_wrong_usage() {
        let domain = Domain::practice();
        let folder = folder(&domain);
        let import = || domain.import(folder.path());
        let by_dns = |arguments| domain.import(folder.path()).protected().by_dns(arguments);
        let named = ["--domain", "ad.example.test"];
        for (import, words) in [
            (import().args(&named), "exclude each other"),
            (import().env("ADPHOTO_DOMAIN", "ad.example.test"), "ADPHOTO_DOMAIN"),
            (import().by_dns(&named), "--allow-clear-text needs --server"),
            (by_dns(&["--domain", "10.0.0.1"]), "pass it with --server"),
            (by_dns(&["--domain", "EXAMPLE\\anna"]), "not a domain's DNS name"),
            (by_dns(&["--domain", "ad.example.test", "--site", "a.b"]), "not a site's name"),
            (by_dns(&["--domain", "ad.example.test", "--dns-server", "dns.example.test"]), "an IP address"),
        ] {
            let run = import.run();
            assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{}", run.stderr);
            assert!(run.stderr.contains(words), "no {words:?} in: {}", run.stderr);
        }
    }
}

mod samba {
    use std::net::{Ipv4Addr, TcpListener};
    use std::time::{Duration, Instant};

    use super::{OF_DOMAIN, OF_SITE};
    use crate::connection::{fails_with, folder};
    use crate::dns::{self, Answer, NO_SUCH_NAME, SRV, serve, srv_of};
    use crate::domain::Domain;

    const DC: &str = "dc1.ad.example.test";

    /// Asks Samba's own DNS server, which names Samba's domain controller.
    #[test]
    #[ignore = "needs the Samba domain that tests/run starts"]
    fn an_import_finds_its_domain_controller() {
        let domain = Domain::samba();
        let folder = folder(&domain);
        let import = |arguments: &[&str]| {
            domain.import(folder.path()).by_dns(&["--dns-server", "127.0.0.1"]).args(arguments).records()
        };
        let run = import(&["--domain", "AD.EXAMPLE.TEST"]);
        assert_eq!(run.outcomes(), ["written"], "{}", run.stderr);
        assert!(!run.stderr.contains("note: DNS"), "{}", run.stderr);
        let run = import(&["--domain", "ad.example.test", "--site", "Default-First-Site-Name"]);
        assert_eq!(run.outcomes(), ["unchanged"], "{}", run.stderr);
        assert!(!run.stderr.contains("note: DNS"), "{}", run.stderr);
        let run = import(&["--domain", "ad.example.test", "--site", "Nowhere"]);
        assert_eq!(run.outcomes(), ["unchanged"], "{}", run.stderr);
        assert!(run.stderr.contains("note: DNS has no domain controllers of the site Nowhere"), "{}", run.stderr);
    }

    /// On a machine that belongs to a domain, the domain need not be named.
    #[test]
    #[cfg(not(windows))]
    #[ignore = "needs the Samba domain that tests/run starts"]
    fn the_machine_s_own_domain_is_taken_and_told() {
        let domain = Domain::samba();
        let folder = folder(&domain);
        let settings = std::env::var_os("ADPHOTO_TEST_SAMBA_KRB5_CONF").unwrap();
        let import = domain.import(folder.path()).by_dns(&["--dns-server", "127.0.0.1"]);
        let run = import.env("KRB5_CONFIG", settings).records();
        assert_eq!(run.outcomes(), ["written"], "{}", run.stderr);
        assert!(
            run.stderr.contains("note: using the domain ad.example.test, from default_realm in "),
            "{}",
            run.stderr
        );
    }

    #[test]
    #[ignore = "needs the Samba domain that tests/run starts"]
    fn a_domain_that_is_not_there_is_told_from_dns_that_is_away() {
        let domain = Domain::samba();
        let folder = folder(&domain);
        let import = |name: &str, dns_server: &str| {
            domain.import(folder.path()).by_dns(&["--domain", name, "--dns-server", dns_server])
        };
        fails_with(&domain, import("no.example.test", "127.0.0.1"), &["no.example.test", "127.0.0.1:53"]);
        fails_with(&domain, import("EXAMPLE", "127.0.0.1"), &["NetBIOS", "ad.example.com"]);
        let silent = serve(|_, _| Answer::Silence).to_string();
        fails_with(&domain, import("ad.example.test", &silent), &["did not answer within 2 s", &silent]);
    }

    /// Nothing listens at the address of the first domain controller; the second one is used without delay.
    #[test]
    #[ignore = "needs the Samba domain that tests/run starts"]
    fn a_dead_domain_controller_is_passed_over() {
        let domain = Domain::samba();
        let folder = folder(&domain);
        let server = serve(|name, kind| match (name, kind) {
            (OF_SITE, SRV) => Answer::Records(vec![srv_of(0, 100, "near.ad.example.test")]),
            (OF_DOMAIN, SRV) => Answer::Records(vec![srv_of(1, 100, DC), srv_of(0, 100, "dead.ad.example.test")]),
            ("dead.ad.example.test" | "near.ad.example.test", dns::A) => {
                Answer::Records(vec![dns::a(Ipv4Addr::new(127, 0, 0, 2))])
            }
            (DC, dns::A) => Answer::Records(vec![dns::a(Ipv4Addr::LOCALHOST)]),
            _ => NO_SUCH_NAME,
        })
        .to_string();
        let begun = Instant::now();
        let arguments = ["--domain", "ad.example.test", "--site", "Berlin", "--dns-server", &server];
        let run = domain.import(folder.path()).by_dns(&arguments).records();
        assert_eq!(run.outcomes(), ["written"], "{}", run.stderr);
        assert!(run.stderr.contains("note: skipped a server: ldaps://dead.ad.example.test:636: "), "{}", run.stderr);
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
        // The address of a server that is named can be looked up on that DNS server, too.
        let run = domain.import(folder.path()).server(DC).args(&["--dns-server", &server]).records();
        assert_eq!(run.outcomes(), ["unchanged"], "{}", run.stderr);
    }

    /// Forged answers lead to no connection outside the domain, and a forged address inside it fails at the
    /// certificate.
    #[test]
    #[ignore = "needs the Samba domain that tests/run starts"]
    fn forged_answers_lead_nowhere() {
        let domain = Domain::samba();
        let folder = folder(&domain);
        let outside = serve(|name, kind| match (name, kind) {
            (OF_DOMAIN, SRV) => Answer::Records(vec![srv_of(0, 100, "localhost"), srv_of(0, 100, "dc.evil.test")]),
            (_, dns::A) => Answer::Records(vec![dns::a(Ipv4Addr::LOCALHOST)]),
            _ => NO_SUCH_NAME,
        })
        .to_string();
        let import = |dns_server: &str| {
            domain.import(folder.path()).by_dns(&["--domain", "ad.example.test", "--dns-server", dns_server])
        };
        // Samba is localhost, and its certificate would be valid for that name.
        fails_with(&domain, import(&outside), &["no domain controller inside ad.example.test", "dc.evil.test"]);

        let misled = serve(|name, kind| match (name, kind) {
            (OF_DOMAIN, SRV) => Answer::Records(vec![srv_of(0, 100, "dc9.ad.example.test")]),
            (_, dns::A) => Answer::Records(vec![dns::a(Ipv4Addr::LOCALHOST)]),
            _ => NO_SUCH_NAME,
        })
        .to_string();
        fails_with(&domain, import(&misled), &["certificate is not for the name dc9.ad.example.test"]);

        // If one server is inside the domain and one outside, only the first is contacted.
        let stranger = TcpListener::bind("127.0.0.3:636").unwrap();
        stranger.set_nonblocking(true).unwrap();
        let mixed = serve(|name, kind| match (name, kind) {
            (OF_DOMAIN, SRV) => Answer::Records(vec![srv_of(0, 100, "dc.evil.test"), srv_of(1, 100, DC)]),
            (DC, dns::A) => Answer::Records(vec![dns::a(Ipv4Addr::LOCALHOST)]),
            (_, dns::A) => Answer::Records(vec![dns::a(Ipv4Addr::new(127, 0, 0, 3))]),
            _ => NO_SUCH_NAME,
        })
        .to_string();
        let run = import(&mixed).records();
        assert_eq!(run.outcomes(), ["written"], "{}", run.stderr);
        assert!(
            run.stderr.contains("note: ignoring servers outside the domain ad.example.test: dc.evil.test"),
            "{}",
            run.stderr
        );
        assert!(stranger.accept().is_err(), "the stranger was asked");
    }
}
