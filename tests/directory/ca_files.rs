//! Tests `--ca-file` with every format in which programs export certificates; other files are refused with the name of
//! their format.

use crate::certificates::{run, signed};
use crate::domain::Domain;
use crate::front::{self, Begins};
use crate::partners::{all, one_photo};
use crate::workshop::{GOOD, Workshop, joined};

#[test]
fn an_authority_is_read_from_what_programs_write_and_from_nothing_else() {
    let domain = Domain::practice();
    let folder = one_photo(&domain);
    let workshop = Workshop::new();
    let authority = signed(&workshop, GOOD);
    let shown = (&*workshop.path("dc.pem"), &*workshop.path("dc.key"));
    let server = format!("ldaps://localhost:{}", front::serve("127.0.0.1:0", &domain.server, shown, Begins::AtOnce));
    let pem = std::fs::read_to_string(&authority).unwrap();
    let key = std::fs::read_to_string(workshop.path("ca.key")).unwrap();
    let utf16 = |bytes: fn(u16) -> [u8; 2]| format!("\u{feff}{pem}").encode_utf16().flat_map(bytes).collect::<Vec<_>>();
    let der = workshop.converted("x509 -in ca.pem -outform DER");
    let bare = pem.lines().filter(|line| !line.starts_with('-')).collect::<Vec<_>>().join("\r\n");
    let other = workshop.authority("other", "Other-CA");
    let read: Vec<(&str, Vec<u8>)> = vec![
        ("with a mark", format!("\u{feff}{pem}").into()),
        ("UTF-16", utf16(u16::to_le_bytes)),
        ("UTF-16, the other way round", utf16(u16::to_be_bytes)),
        ("UTF-16 without a mark", pem.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("Windows' line ends, indented", pem.lines().map(|line| format!("  {line} \r\n")).collect::<String>().into()),
        ("words around", format!("Aussteller: M\u{fc}ller\n{pem}\nEnde\n").into()),
        ("after another", joined(&[&other, &authority]).into()),
        ("with its key", format!("{key}{pem}").into()),
        ("DER", der.clone()),
        ("the digits alone", bare.into()),
        ("PKCS#7", workshop.converted("crl2pkcs7 -nocrl -certfile other.pem -certfile ca.pem")),
        ("PKCS#7 in DER", workshop.converted("crl2pkcs7 -nocrl -certfile ca.pem -outform DER")),
        ("trusted by openssl", workshop.converted("x509 -in ca.pem -trustout -addtrust serverAuth")),
    ];
    all(read.into_iter().map(|one| (one.0.to_owned(), one)).collect(), |(name, content): (&str, Vec<u8>)| {
        let file = workshop.file(&format!("{name}.cer"), content);
        let run = run(domain.import(folder.path()).server(&server).ca_file(Some(file)).args(&["--dry-run"]));
        assert_eq!(run.code, Some(0), "{}", run.stderr);
    });

    let request = std::fs::read(workshop.path("dc.csr")).unwrap();
    let pfx = workshop.converted("pkcs12 -export -in ca.pem -inkey ca.key -passout pass:x");
    let list = "-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n".to_owned();
    let refused: Vec<(&str, Vec<u8>, &str)> = vec![
        ("nothing", Vec::new(), "it is empty"),
        ("blanks", b"\xef\xbb\xbf \r\n\n".to_vec(), "it is empty"),
        ("a key", key.into(), "it holds a private key and no certificate"),
        ("a key in DER", workshop.converted("pkey -in ca.key -outform DER"), "it holds a private key"),
        ("a key with its certificate", pfx, "PKCS#12"),
        ("a request", request, "a request for a certificate"),
        ("a request in DER", workshop.converted("req -in dc.csr -outform DER"), "a request for a certificate"),
        ("a revocation list", list.into(), "a revocation list"),
        ("a page", b"<!DOCTYPE html><html>Sign in</html>".to_vec(), "a web page"),
        ("a damaged one", pem.replace("\nMI", "\n!I").into(), "its certificate 1 is damaged"),
        ("another damaged one", pem.replace("\nM", "\nN").into(), "its certificate 1 is damaged"),
        ("half of one", pem.as_bytes()[..pem.len() / 2].to_vec(), "its certificate 1 is damaged"),
        ("half of one in DER", der[..der.len() / 2].to_vec(), "no certificate"),
        ("words", b"please trust us".to_vec(), "no certificate (PEM or DER)"),
        ("too much", vec![b'a'; 5 << 20], "longer than 4 MiB"),
    ];
    all(refused.into_iter().map(|one| (one.0.to_owned(), one)).collect(), |(name, content, word)| {
        let file = workshop.file(&format!("{name}.cer"), content);
        let run = run(domain.import(folder.path()).server(&server).ca_file(Some(file)));
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        assert!(run.stderr.contains("cannot read the CA file") && run.stderr.contains(word), "{}", run.stderr);
        assert!(run.stderr.contains("help: ") && run.stderr.contains("certificate"), "{}", run.stderr);
    });

    // A file that never ends.
    let endless = run(domain.import(folder.path()).server(&server).ca_file(Some("/dev/zero".into())));
    assert!(endless.code == Some(1) && endless.stderr.contains("longer than 4 MiB"), "{}", endless.stderr);
}
