//! The way to Microsoft: proxies, and whom to trust.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::run::{Admin, Run};
use crate::tenant::{CERTIFICATE, CLIENT_ID, ID, Tenant};

/// A proxy that opens TLS itself, with a certificate of its own, or refuses. It tells each request that it gets.
fn proxy(opens: bool) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let head = head(&stream);
            let _ = tell.send(head);
            let mut out = &stream;
            if !opens {
                let _ = out.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
                continue;
            }
            out.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
            let mut inside = Vec::new();
            let _ = tls(stream).read_to_end(&mut inside);
            let _ = tell.send(String::from_utf8_lossy(&inside).into_owned());
        }
    });
    (address, told)
}

fn head(stream: &TcpStream) -> String {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    lines.by_ref().take_while(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn tls(stream: TcpStream) -> rustls::StreamOwned<rustls::ServerConnection, TcpStream> {
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(&CERTIFICATE).unwrap()],
            PrivateKeyDer::from_pem_slice(&CERTIFICATE).unwrap(),
        )
        .unwrap();
    rustls::StreamOwned::new(rustls::ServerConnection::new(Arc::new(config)).unwrap(), stream)
}

/// `check` of a tenant in Microsoft's own cloud, through that proxy.
fn check(admin: &Admin, proxy: &str, words: &[&str]) -> Run {
    let mut command = admin.bare(&["check", "--target", "microsoft365", "--format", "json", "--give-up-after", "0.5"]);
    command.args(["--tenant", ID, "--client-id", CLIENT_ID, "--certificate", "app.pem"]).args(words);
    Run::of(command.env("HTTPS_PROXY", format!("http://anna:s3cret@{proxy}")).env("NO_PROXY", ""))
}

#[test]
fn the_proxy_of_the_environment_is_asked_and_its_password_is_kept() {
    let admin = Admin::new(&Tenant::start());
    for (cloud, host) in [
        ("global", "login.microsoftonline.com:443"),
        ("us-gov", "login.microsoftonline.us:443"),
        ("us-dod", "login.microsoftonline.us:443"),
        ("china", "login.chinacloudapi.cn:443"),
    ] {
        let (address, told) = proxy(false);
        let run = check(&admin, &address, &["--cloud", cloud]);
        assert!(run.code == Some(1) && run.checks()[0] == "sign-in failed", "{run:?}");
        let asked = told.recv().unwrap();
        assert!(asked.starts_with(&format!("CONNECT {host} ")), "{asked}");
        assert!(asked.to_lowercase().contains("proxy-authorization: basic "), "{asked}");
        run.keeps_secrets(&admin, &["s3cret"]);
    }
}

/// The app's secret goes to nobody whom the system does not trust.
#[test]
fn a_server_that_nobody_vouches_for_gets_nothing() {
    let admin = Admin::new(&Tenant::start());
    let (address, told) = proxy(true);
    let run = check(&admin, &address, &[]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let said = run.detail("sign-in");
    assert!(said.contains("certificate") && said.contains("--ca-file"), "{said}");
    assert!(told.recv().unwrap().starts_with("CONNECT"));
    assert_eq!(told.recv().unwrap(), "", "nothing crossed");
}
