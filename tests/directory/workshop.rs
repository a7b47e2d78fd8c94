//! Makes good and bad certificates, and servers that use them, with openssl.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::run::Folder;

/// A folder in which certificates are made.
pub(crate) struct Workshop(Folder);

/// The subject of a certificate, and everything that may be unusual about it.
#[derive(Clone, Copy)]
pub(crate) struct Leaf<'l> {
    pub(crate) subject: &'l str,
    /// Lines in the format of openssl's x509v3_config.
    pub(crate) extensions: &'l [&'l str],
    pub(crate) hash: &'l str,
    pub(crate) from: &'l str,
    pub(crate) until: &'l str,
    pub(crate) key: &'l str,
}

/// The names of this machine: localhost and its addresses.
pub(crate) const HERE: &str = "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1";
pub(crate) const SERVER: &str = "extendedKeyUsage=serverAuth";
pub(crate) const NO_AUTHORITY: &str = "basicConstraints=critical,CA:FALSE";
pub(crate) const AUTHORITY: &str = "basicConstraints=critical,CA:TRUE";
pub(crate) const P256: &str = "-algorithm EC -pkeyopt ec_paramgen_curve:P-256";

/// A certificate without faults.
pub(crate) const GOOD: Leaf<'static> = Leaf {
    subject: "/CN=localhost",
    extensions: &[NO_AUTHORITY, SERVER, HERE],
    hash: "sha256",
    from: "20200101000000Z",
    until: "20991231000000Z",
    key: P256,
};

impl Workshop {
    pub(crate) fn new() -> Self {
        let folder = Folder::new();
        Self(folder)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        self.0.file(name, content.as_ref())
    }

    fn openssl(&self, arguments: &str) {
        let output = Command::new("openssl").args(arguments.split(' ')).current_dir(self.0.path()).output().unwrap();
        assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Runs openssl; returns its standard output.
    pub(crate) fn converted(&self, arguments: &str) -> Vec<u8> {
        let output = Command::new("openssl").args(arguments.split(' ')).current_dir(self.0.path()).output().unwrap();
        assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// Makes an authority with this common name; the files are `NAME.pem` and `NAME.key`.
    pub(crate) fn authority(&self, name: &str, common_name: &str) -> PathBuf {
        let leaf = Leaf {
            subject: &format!("/CN={common_name}"),
            extensions: &[AUTHORITY, "keyUsage=critical,keyCertSign"],
            ..GOOD
        };
        self.sign(name, name, leaf)
    }

    /// Makes a certificate, `NAME.pem` with `NAME.key`, that `by` signs. If `by` is the same name, it is self-signed.
    pub(crate) fn sign(&self, name: &str, by: &str, leaf: Leaf<'_>) -> PathBuf {
        let Leaf { subject, extensions, hash, from, until, key } = leaf;
        let settings = format!(
            "[req]\ndistinguished_name=n\nprompt=no\n[n]\n[ca]\ndefault_ca=d\n[d]\ndatabase={name}.index\nnew_certs_dir=.\n\
             rand_serial=yes\npolicy=p\nunique_subject=no\n[p]\ncommonName=optional\n[e]\n{}\n",
            extensions.join("\n")
        );
        self.file(&format!("{name}.cnf"), settings);
        self.file(&format!("{name}.index"), "");
        self.openssl(&format!("genpkey {key} -out {name}.key"));
        self.openssl(&format!("req -new -config {name}.cnf -key {name}.key -subj {subject} -out {name}.csr"));
        let with = if extensions.is_empty() { "" } else { " -extensions e" };
        let signer = if by == name { "-selfsign".to_owned() } else { format!("-cert {by}.pem") };
        self.openssl(&format!(
            "ca -batch -notext -config {name}.cnf{with} {signer} -keyfile {by}.key -md {hash} -in {name}.csr -out {name}.pem \
             -startdate {from} -enddate {until}"
        ));
        self.path(&format!("{name}.pem"))
    }

    /// Starts a TLS server with this certificate that does not speak LDAP.
    pub(crate) fn serve(&self, name: &str, options: &str) -> Served {
        let fixed = format!("s_server -accept 127.0.0.1:0 -cert {name}.pem -key {name}.key");
        let mut command = Command::new("openssl");
        command.args(fixed.split(' ')).args(options.split(' ').filter(|option| !option.is_empty()));
        command.current_dir(self.0.path()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.find_map(|line| line.unwrap().strip_prefix("ACCEPT ")?.rsplit_once(':')?.1.parse().ok());
        // The rest of the output has to be read, or the server would block.
        std::thread::spawn(move || lines.for_each(drop));
        Served { child, port: port.unwrap_or_else(|| panic!("{name} {options}: it does not listen")) }
    }
}

/// A running server. It stops when it is dropped.
pub(crate) struct Served {
    child: Child,
    pub(crate) port: u16,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Joins the PEM texts of several files.
pub(crate) fn joined(files: &[&Path]) -> String {
    files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
}
