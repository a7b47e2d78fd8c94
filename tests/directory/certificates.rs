//! Tests that each fault of a domain controller's certificate or TLS has its own message and its own advice.

use std::path::PathBuf;

use crate::domain::Domain;
use crate::partners::{all, one_photo};
use crate::run::{Import, Run};
use crate::workshop::{AUTHORITY, GOOD, HERE, Leaf, NO_AUTHORITY, P256, SERVER, Workshop, joined};

/// Parts of a library's debug output, which no error message may contain.
const DUMPS: [&str; 7] =
    ["InvalidCertificate", "AlertReceived", "PeerIncompatible", "Context", "Other(", "OtherError", "(\""];

/// A server that adphoto must not trust.
struct Case {
    name: &'static str,
    /// Makes certificates; returns the name of the server's certificate, the options for serving it, and the file of
    /// the authority that adphoto trusts.
    make: fn(&Workshop) -> (&'static str, &'static str, PathBuf),
    words: &'static [&'static str],
    help: &'static [&'static str],
}

pub(crate) fn run(import: Import) -> Run {
    let run = import.args(&["--timeout", "10", "--give-up-after", "1"]).run();
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    for dump in DUMPS {
        assert!(!run.stderr.contains(dump), "{dump:?} in: {}", run.stderr);
    }
    run
}

/// Asserts that in each case an import fails with the expected words. The cases run at the same time, each with an
/// authority of its own.
fn each_is_told(cases: Vec<Case>) {
    let domain = Domain::practice();
    let folder = one_photo(&domain);
    let cases = cases.into_iter().map(|case| (case.name.to_owned(), case)).collect();
    all(cases, |case: Case| {
        let workshop = Workshop::new();
        let (shown, options, trusted) = (case.make)(&workshop);
        let served = workshop.serve(shown, options);
        let server = format!("ldaps://localhost:{}", served.port);
        let run = run(domain.import(folder.path()).server(&server).ca_file(Some(trusted)));
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{}", run.stderr);
        let (error, help) = run.stderr.split_once("help:").unwrap_or_else(|| panic!("no help: {}", run.stderr));
        for word in case.words {
            assert!(error.contains(word), "no {word:?} in: {error}");
        }
        for word in case.help {
            assert!(help.contains(word), "no {word:?} in: {help}");
        }
        assert!(!run.stderr.contains("is this an LDAP server"), "{}", run.stderr);
    });
}

/// Makes a server certificate that is signed by a trusted authority; returns that authority's file.
pub(crate) fn signed(workshop: &Workshop, leaf: Leaf<'_>) -> PathBuf {
    let authority = workshop.authority("ca", "Example-CA");
    workshop.sign("dc", "ca", leaf);
    authority
}

/// Like [`signed`], but the certificate is signed by an intermediate authority, whose own certificate the server may
/// send along.
fn signed_below(workshop: &Workshop, above: &[&str], below: Leaf<'_>, leaf: Leaf<'_>) -> PathBuf {
    let root = Leaf { subject: "/CN=Example-Root", extensions: above, ..GOOD };
    let root = workshop.sign("root", "root", root);
    workshop.sign("ca", "root", Leaf { subject: "/CN=Example-CA", ..below });
    workshop.sign("dc", "ca", leaf);
    root
}

const BELOW: Leaf<'static> = Leaf { extensions: &[AUTHORITY], ..GOOD };
const WEAK: &str = "-cipher DEFAULT:@SECLEVEL=0";
const CHAIN: &str = "-cert_chain ca.pem";

#[test]
fn an_authority_that_is_not_trusted_or_not_any_more() {
    each_is_told(vec![
        Case {
            name: "another authority",
            make: |workshop| {
                signed(workshop, GOOD);
                ("dc", "", workshop.authority("other", "Other-CA"))
            },
            words: &["certificate is not signed by an authority that this machine trusts, but by CN=Example-CA"],
            help: &["--ca-file", "certutil -ca.cert"],
        },
        Case {
            name: "an authority between is missing",
            make: |workshop| ("dc", "", signed_below(workshop, &[AUTHORITY], BELOW, GOOD)),
            words: &["but by CN=Example-CA"],
            help: &["--ca-file"],
        },
        Case {
            name: "an authority between is shown, the one above it is not trusted",
            make: |workshop| {
                signed_below(workshop, &[AUTHORITY], BELOW, GOOD);
                ("dc", CHAIN, workshop.authority("other", "Other-CA"))
            },
            words: &["but by CN=Example-Root"],
            help: &["--ca-file"],
        },
        Case {
            name: "its own authority",
            make: |workshop| {
                workshop.sign("dc", "dc", Leaf { subject: "/CN=dc1.ad.example.test", ..GOOD });
                ("dc", "", workshop.authority("other", "Other-CA"))
            },
            words: &["not signed by an authority that this machine trusts, but by itself"],
            help: &["--ca-file", "fingerprint"],
        },
        Case {
            name: "the authority was renewed under its name",
            make: |workshop| {
                signed(workshop, GOOD);
                ("dc", "", workshop.authority("old", "Example-CA"))
            },
            words: &["signed by another key than that of the authority CN=Example-CA that this machine trusts"],
            help: &["renewed with a new key", "--ca-file"],
        },
        Case {
            name: "the authority was renewed with a key of another kind",
            make: |workshop| {
                signed(workshop, GOOD);
                let key = "-algorithm RSA -pkeyopt rsa_keygen_bits:2048";
                let old = Leaf { subject: "/CN=Example-CA", extensions: &[AUTHORITY], key, ..GOOD };
                ("dc", "", workshop.sign("old", "old", old))
            },
            words: &["signed by another key than that of the authority CN=Example-CA that this machine trusts"],
            help: &["renewed with a new key", "--ca-file"],
        },
        Case {
            name: "the authority between was renewed",
            make: |workshop| {
                signed_below(workshop, &[AUTHORITY], BELOW, GOOD);
                ("dc", CHAIN, workshop.authority("old", "Example-Root"))
            },
            words: &["signed by another key than that of the authority CN=Example-Root"],
            help: &["--ca-file"],
        },
    ]);
}

#[test]
fn signatures_and_keys_that_are_not_accepted() {
    each_is_told(vec![
        Case {
            name: "SHA-1",
            make: |workshop| ("dc", WEAK, signed(workshop, Leaf { hash: "sha1", ..GOOD })),
            words: &["certificate is signed with SHA-1, which can be forged"],
            help: &["SHA-256", "--kerberos"],
        },
        Case {
            name: "SHA-1 of an authority between",
            make: |workshop| {
                let below = Leaf { hash: "sha1", ..BELOW };
                (
                    "dc",
                    "-cert_chain ca.pem -cipher DEFAULT:@SECLEVEL=0",
                    signed_below(workshop, &[AUTHORITY], below, GOOD),
                )
            },
            words: &["certificate is signed by CN=Example-CA, whose own certificate is signed with SHA-1"],
            help: &["SHA-256"],
        },
        Case {
            name: "an RSA key of 1024 bits",
            make: |workshop| {
                let key = "-algorithm RSA -pkeyopt rsa_keygen_bits:1024";
                ("dc", WEAK, signed(workshop, Leaf { key, ..GOOD }))
            },
            words: &["certificate has an RSA key of 1024 bits, which is too short"],
            help: &["2048"],
        },
        Case {
            name: "an authority's RSA key of 1024 bits",
            make: |workshop| {
                let key = "-algorithm RSA -pkeyopt rsa_keygen_bits:1024";
                let root = Leaf { subject: "/CN=Example-CA", extensions: &[AUTHORITY], key, ..GOOD };
                let root = workshop.sign("ca", "ca", root);
                workshop.sign("dc", "ca", GOOD);
                ("dc", WEAK, root)
            },
            words: &["certificate is signed by CN=Example-CA, which has an RSA key of 1024 bits"],
            help: &["2048"],
        },
        Case {
            name: "a key that rustls does not know",
            make: |workshop| {
                let key = "-algorithm EC -pkeyopt ec_paramgen_curve:P-521";
                ("dc", "", signed(workshop, Leaf { key, ..GOOD }))
            },
            words: &["no cipher, key exchange or signature in common"],
            help: &["P-256"],
        },
        Case {
            name: "a signature that rustls does not know",
            make: |workshop| {
                let key = "-algorithm EC -pkeyopt ec_paramgen_curve:P-521";
                let root = Leaf { subject: "/CN=Example-CA", extensions: &[AUTHORITY], key, ..GOOD };
                let root = workshop.sign("ca", "ca", root);
                workshop.sign("dc", "ca", Leaf { hash: "sha512", ..GOOD });
                ("dc", "", root)
            },
            words: &["certificate is signed with an algorithm that adphoto cannot check (ECDSA with SHA-512)"],
            help: &["SHA-256", "--kerberos"],
        },
    ]);
}

#[test]
fn certificates_that_are_not_for_this_server_or_this_day() {
    each_is_told(vec![
        Case {
            name: "another name",
            make: |workshop| {
                let names = "subjectAltName=DNS:dc2,DNS:dc2.ad.example.test,IP:192.0.2.7";
                ("dc", "", signed(workshop, Leaf { extensions: &[NO_AUTHORITY, SERVER, names], ..GOOD }))
            },
            words: &["certificate is not for the name localhost, but for dc2, dc2.ad.example.test, 192.0.2.7"],
            help: &["--server dc2.ad.example.test"],
        },
        Case {
            name: "no name",
            make: |workshop| ("dc", "", signed(workshop, Leaf { extensions: &[NO_AUTHORITY, SERVER], ..GOOD })),
            words: &["certificate is not for the name localhost: it has no names"],
            help: &["subjectAltName"],
        },
        Case {
            name: "clients only",
            make: |workshop| {
                let client = "extendedKeyUsage=clientAuth,1.3.6.1.5.2.3.5";
                ("dc", "", signed(workshop, Leaf { extensions: &[NO_AUTHORITY, client, HERE], ..GOOD }))
            },
            words: &["not for servers: its extended key usage is client authentication, KDC authentication"],
            help: &["server authentication", "Kerberos Authentication"],
        },
        Case {
            name: "for everything, and so for nothing",
            make: |workshop| {
                let any = "extendedKeyUsage=anyExtendedKeyUsage";
                ("dc", "", signed(workshop, Leaf { extensions: &[NO_AUTHORITY, any, HERE], ..GOOD }))
            },
            words: &["not for servers: its extended key usage is any, but does not include server authentication"],
            help: &["server authentication"],
        },
        Case {
            name: "expired",
            make: |workshop| ("dc", "", signed(workshop, Leaf { until: "20210203040506Z", ..GOOD })),
            words: &["certificate expired on 2021-02-03 04:05 UTC"],
            help: &["renew the domain controller's certificate"],
        },
        Case {
            name: "not valid yet",
            make: |workshop| ("dc", "", signed(workshop, Leaf { from: "20980203040506Z", ..GOOD })),
            words: &["certificate is not valid before 2098-02-03 04:05 UTC"],
            help: &["clock"],
        },
        Case {
            name: "an authority between is expired",
            make: |workshop| {
                let below = Leaf { until: "20210203040506Z", ..BELOW };
                ("dc", CHAIN, signed_below(workshop, &[AUTHORITY], below, GOOD))
            },
            words: &["certificate is signed by an authority whose own certificate has expired or is not valid yet"],
            help: &["renew the authority's certificate"],
        },
    ]);
}

#[test]
fn certificates_that_break_the_rules() {
    each_is_told(vec![
        Case {
            name: "an authority's as the server's own",
            make: |workshop| ("dc", "", signed(workshop, Leaf { extensions: &[AUTHORITY, SERVER, HERE], ..GOOD })),
            words: &["certificate belongs to an authority (CA)"],
            help: &["a certificate of its own"],
        },
        Case {
            name: "signed by a server's",
            make: |workshop| {
                let below = Leaf { extensions: &[NO_AUTHORITY], ..GOOD };
                ("dc", CHAIN, signed_below(workshop, &[AUTHORITY], below, GOOD))
            },
            words: &["certificate is signed by a certificate that does not belong to an authority"],
            help: &["authority (CA)"],
        },
        Case {
            name: "X.509 v1",
            make: |workshop| ("dc", "", signed(workshop, Leaf { extensions: &[], ..GOOD })),
            words: &["certificate is of an old version (X.509 v1)"],
            help: &["v3", "subjectAltName"],
        },
        Case {
            name: "a critical extension that nobody knows",
            make: |workshop| {
                let unknown = "1.3.6.1.4.1.99999.1=critical,ASN1:UTF8String:x";
                ("dc", "", signed(workshop, Leaf { extensions: &[NO_AUTHORITY, SERVER, HERE, unknown], ..GOOD }))
            },
            words: &["certificate has a critical extension that adphoto does not know"],
            help: &["renew the domain controller's certificate without it"],
        },
        Case {
            name: "a name that its authority may not sign",
            make: |workshop| {
                let only = "nameConstraints=critical,permitted;DNS:example.test";
                let root = Leaf { subject: "/CN=Example-CA", extensions: &[AUTHORITY, only], key: P256, ..GOOD };
                let root = workshop.sign("ca", "ca", root);
                workshop.sign("dc", "ca", GOOD);
                ("dc", "", root)
            },
            words: &["certificate breaks a rule that its authority has set (the names that it may sign)"],
            help: &["renew"],
        },
        Case {
            name: "more authorities than may be",
            make: |workshop| {
                let root = workshop.authority("root", "Example-Root");
                let last = ["basicConstraints=critical,CA:TRUE,pathlen:0"];
                workshop.sign("last", "root", Leaf { subject: "/CN=Example-Last", extensions: &last, ..GOOD });
                workshop.sign("ca", "last", Leaf { subject: "/CN=Example-CA", ..BELOW });
                workshop.sign("dc", "ca", GOOD);
                workshop.file("chain.pem", joined(&[&workshop.path("ca.pem"), &workshop.path("last.pem")]));
                ("dc", "-cert_chain chain.pem", root)
            },
            words: &["certificate breaks a rule that its authority has set (how many authorities may follow it)"],
            help: &["renew"],
        },
    ]);
}

#[test]
fn servers_that_do_not_do_tls_as_it_is_done_today() {
    each_is_told(vec![
        Case {
            name: "TLS 1.1 only",
            make: |workshop| ("dc", "-tls1_1 -cipher DEFAULT:@SECLEVEL=0", signed(workshop, GOOD)),
            words: &["the server has no TLS 1.2 or 1.3, only older versions"],
            help: &["switch on TLS 1.2", "--kerberos"],
        },
        Case {
            name: "no cipher in common",
            make: |workshop| {
                let key = "-algorithm RSA -pkeyopt rsa_keygen_bits:2048";
                ("dc", "-tls1_2 -cipher AES256-SHA256", signed(workshop, Leaf { key, ..GOOD }))
            },
            words: &["no cipher, key exchange or signature in common"],
            help: &["ECDHE", "--kerberos"],
        },
        Case {
            name: "a certificate of adphoto's own is wanted, TLS 1.3",
            make: |workshop| ("dc", "-tls1_3 -Verify 1", signed(workshop, GOOD)),
            words: &["the server asks for a certificate of adphoto's own"],
            help: &["--kerberos"],
        },
        Case {
            name: "a certificate of adphoto's own is wanted, TLS 1.2",
            make: |workshop| ("dc", "-tls1_2 -Verify 1", signed(workshop, GOOD)),
            words: &["the server asks for a certificate of adphoto's own"],
            help: &["--kerberos"],
        },
        Case {
            name: "a name that the server does not know",
            make: |workshop| {
                let trusted = signed(workshop, GOOD);
                ("dc", "-servername dc9 -servername_fatal -cert2 dc.pem -key2 dc.key", trusted)
            },
            words: &["the server does not answer to the name localhost"],
            help: &["full DNS name"],
        },
    ]);
}
