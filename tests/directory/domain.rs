//! A domain to test on, which is the practice directory or Samba, with an administrator's connection that does not use
//! adphoto's code.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use adphoto::directory::{ConnectOptions, Credentials, Directory, Protection, Server};
use futures_util::{StreamExt, stream};
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, Mod, Scope, SearchEntry, controls::RawControl};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use tokio::runtime::Runtime;

use crate::cloud::{self, Cloud};
use crate::practice::Practice;
use crate::run::Import;

/// The password of every account that a test adds.
pub(crate) const PASSWORD: &str = "Adphoto-test-1";
/// The control that deletes an entry with all entries below it: LDAP_SERVER_TREE_DELETE_OID (MS-ADTS 3.1.1.3.4.1.15).
const TREE_DELETE: &str = "1.2.840.113556.1.4.805";

/// The `userAccountControl` of an account that needs no password: NORMAL_ACCOUNT and PASSWD_NOTREQD (MS-ADTS 2.2.16).
const NO_PASSWORD: &str = "544";

pub(crate) struct Domain {
    pub(crate) server: String,
    /// The short name of the domain: `EXAMPLE`, as in `EXAMPLE\anna`.
    pub(crate) netbios: String,
    /// The user name of an account that may write everything.
    pub(crate) admin: String,
    pub(crate) admin_password: String,
    pub(crate) ca_file: Option<PathBuf>,
    /// The DN below which only this test has accounts.
    pub(crate) base: String,
    /// The folder for journals, used instead of the user's own state folder.
    pub(crate) state: tempfile::TempDir,
    runtime: Runtime,
    /// The administrator's connection, unless the domain is a tenant.
    ldap: Option<Ldap>,
    practice: Option<Practice>,
    cloud: Option<Cloud>,
}

impl Domain {
    pub(crate) fn practice() -> Self {
        let practice = Practice::start();
        Self::open(
            practice.url(),
            "PRACTICE",
            Practice::ADMIN,
            Practice::PASSWORD,
            None,
            Practice::BASE,
            Some(practice),
        )
    }

    pub(crate) fn samba() -> Self {
        let of = |name: &str| {
            std::env::var(format!("ADPHOTO_TEST_SAMBA{name}"))
                .unwrap_or_else(|_| panic!("tests/run sets ADPHOTO_TEST_SAMBA{name}"))
        };
        let ca_file = Some(PathBuf::from(of("_CA")));
        Self::open(of(""), &of("_DOMAIN"), &of("_ADMIN"), &of("_PASSWORD"), ca_file, &of("_BASE"), None)
    }

    /// Returns the practice tenant, on which a test that does not depend on LDAP runs as on a domain.
    pub(crate) fn tenant() -> Self {
        let (cloud, state) = (Cloud::start(), tempfile::tempdir().unwrap());
        let certificate = state.path().join("app.pem");
        std::fs::write(&certificate, &*crate::tenant::CERTIFICATE).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&certificate, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        Self {
            server: cloud.tenant.url.clone(),
            netbios: "CONTOSO".to_owned(),
            admin: String::new(),
            admin_password: crate::tenant::SECRET.to_owned(),
            ca_file: None,
            base: "OU=adphoto tests,DC=contoso,DC=example".to_owned(),
            state,
            runtime: runtime(),
            ldap: None,
            practice: None,
            cloud: Some(cloud),
        }
    }

    fn open(
        server: String,
        netbios: &str,
        admin: &str,
        password: &str,
        ca_file: Option<PathBuf>,
        domain: &str,
        practice: Option<Practice>,
    ) -> Self {
        let runtime = runtime();
        let ldap = runtime.block_on(connect(&server, ca_file.as_ref(), admin, password));
        let base = format!("OU=adphoto tests,{domain}");
        let this = Self {
            server,
            netbios: netbios.to_owned(),
            admin: admin.to_owned(),
            admin_password: password.to_owned(),
            ca_file,
            base,
            state: tempfile::tempdir().unwrap(),
            runtime,
            ldap: Some(ldap),
            practice,
            cloud: None,
        };
        this.delete_tree(&this.base);
        this.add(&this.base, &[("objectClass", "organizationalUnit")]);
        this
    }

    /// Returns the practice directory, whose behaviour a test can control. Panics on Samba.
    pub(crate) fn practice_directory(&self) -> &Practice {
        self.practice.as_ref().unwrap()
    }

    /// Connects the administrator again after the server was away.
    pub(crate) fn reconnect(&mut self) {
        let connecting = connect(&self.server, self.ca_file.as_ref(), &self.admin, &self.admin_password);
        self.ldap = Some(self.runtime.block_on(connecting));
    }

    /// Returns the practice tenant; `None` if this is a domain.
    pub(crate) fn cloud(&self) -> Option<&Cloud> {
        self.cloud.as_ref()
    }

    /// Returns the flags that name the tenant and sign in; `None` if this is a domain.
    pub(crate) fn cloud_flags(&self) -> Option<Vec<String>> {
        Some(self.cloud()?.flags(self.state.path().join("app.pem").to_str().unwrap()))
    }

    /// Returns the name by which reports call the account with this sAMAccountName.
    pub(crate) fn called(&self, sam_account_name: &str) -> String {
        self.cloud().map_or(sam_account_name.to_owned(), |_| cloud::principal(sam_account_name))
    }

    fn ldap(&self) -> Ldap {
        self.ldap.clone().expect("a tenant has no LDAP: this test is not for `on_tenant!`")
    }

    pub(crate) fn is_practice(&self) -> bool {
        self.practice.is_some()
    }

    /// Prepares a run of `adphoto import` on this domain.
    pub(crate) fn import(&self, source: impl Into<PathBuf>) -> Import {
        let import = Import::new(self, source.into());
        // What is the same in both: each photo is read, and one that somebody else changed between two runs is replaced.
        if self.cloud().is_some() { import.args(&["--reread", "--overwrite-cloud"]) } else { import }
    }

    /// Prepares a run of `adphoto export` on this domain.
    pub(crate) fn export(&self, folder: impl Into<PathBuf>) -> Import {
        Import::of(self, vec!["export".into(), folder.into().into()])
    }

    /// Prepares a run of `adphoto publish` on this domain.
    pub(crate) fn publish(&self, folder: impl Into<PathBuf>) -> Import {
        Import::of(self, vec!["publish".into(), folder.into().into()])
    }

    /// Returns the SID of an account in the notation of Windows.
    pub(crate) fn sid(&self, dn: &str) -> String {
        if let Some(cloud) = self.cloud() {
            return cloud.sid(dn);
        }
        let sid = self.entry(dn, &["objectSid"]).remove("objectSid").unwrap().remove(0);
        adphoto::directory::Sid::from_bytes(&sid).unwrap().to_string()
    }

    /// Enables or disables an account.
    pub(crate) fn enable(&self, dn: &str, enabled: bool) {
        if let Some(cloud) = self.cloud() {
            return cloud.enable(dn, enabled);
        }
        let flags = if enabled { "544" } else { "546" };
        let replace = vec![Mod::Replace("userAccountControl", HashSet::from([flags]))];
        self.block_on(self.ldap().modify(dn, replace)).unwrap().success().unwrap();
    }

    /// Prepares a run of `adphoto remove` on this domain.
    pub(crate) fn remove(&self, arguments: &[&str]) -> Import {
        Import::of(self, vec!["remove".into()]).args(arguments)
    }

    /// Prepares a run of `adphoto undo` of these journals on this domain.
    pub(crate) fn undo(&self, journals: &[&Path]) -> Import {
        Import::undo(self, journals)
    }

    /// Replaces the values of an attribute as another user; returns the result code.
    pub(crate) fn replace_as(&self, user: &str, dn: &str, attribute: &str, value: &str) -> u32 {
        self.block_on(async {
            let mut ldap = connect(&self.server, self.ca_file.as_ref(), user, PASSWORD).await;
            ldap.modify(dn, vec![Mod::Replace(attribute, HashSet::from([value]))]).await.unwrap().rc
        })
    }

    /// Connects with adphoto's own code, for tests of what no command can show.
    pub(crate) fn directory(&self) -> Directory {
        let ldap = if self.is_practice() { Protection::None } else { Protection::StartTls };
        let options = ConnectOptions {
            servers: vec![Server::parse(&self.server, ldap).unwrap()],
            credentials: Credentials::Simple { user: self.admin.clone(), password: self.admin_password.clone().into() },
            ca_file: self.ca_file.clone(),
            base_dn: Some(self.base.clone()),
            photo_attribute: adphoto::directory::THUMBNAIL_PHOTO.to_owned(),
            timeout: std::time::Duration::from_secs(30),
            give_up_after: std::time::Duration::from_secs(120),
        };
        self.block_on(Directory::connect(&options)).unwrap()
    }

    pub(crate) fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// Adds a user account below the base, named after its sAMAccountName; returns its DN.
    pub(crate) fn user(&self, sam_account_name: &str) -> String {
        self.user_with(sam_account_name, &self.base, &[])
    }

    /// Adds a user account with further attributes, which may include `cn`; returns its DN.
    pub(crate) fn user_with(&self, sam_account_name: &str, parent: &str, attributes: &[(&str, &str)]) -> String {
        let cn = attributes.iter().find(|(name, _)| *name == "cn").map_or(sam_account_name, |(_, cn)| cn);
        let dn = format!("CN={},{parent}", ldap3::dn_escape(cn));
        if let Some(cloud) = self.cloud() {
            cloud.add(&dn, sam_account_name, cn, attributes);
            return dn;
        }
        let password: Vec<u8> = format!("\"{PASSWORD}\"").encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut all: Vec<(&str, &[u8])> = vec![
            ("objectClass", b"user"),
            ("sAMAccountName", sam_account_name.as_bytes()),
            ("userAccountControl", b"512"),
            ("unicodePwd", &password),
        ];
        for (name, value) in attributes.iter().filter(|(name, _)| *name != "cn") {
            all.retain(|(known, _)| known != name);
            all.push((name, value.as_bytes()));
        }
        self.add_bytes(&dn, &all);
        dn
    }

    /// Adds many user accounts without a password. This is quick, since no password has to be hashed.
    pub(crate) fn users(&self, sam_account_names: &[String]) {
        if self.cloud().is_some() {
            return sam_account_names.iter().for_each(|name| _ = self.user(name));
        }
        for name in sam_account_names {
            let attributes = [("objectClass", "user"), ("sAMAccountName", name), ("userAccountControl", NO_PASSWORD)];
            self.add(&format!("CN={name},{}", self.base), &attributes);
        }
    }

    /// Adds many user accounts with photos. This is quicker still, since several requests are under way at a time.
    pub(crate) fn users_with_photos(&self, parent: &str, users: impl Iterator<Item = (String, Option<Vec<u8>>)>) {
        let add = |(name, photo): (String, Option<Vec<u8>>)| {
            let (mut ldap, dn) = (self.ldap(), format!("CN={name},{parent}"));
            async move {
                let mut attributes: Vec<(&[u8], HashSet<&[u8]>)> = vec![
                    (b"objectClass", HashSet::from([b"user".as_slice()])),
                    (b"sAMAccountName", HashSet::from([name.as_bytes()])),
                    (b"userAccountControl", HashSet::from([NO_PASSWORD.as_bytes()])),
                ];
                attributes.extend(photo.as_deref().map(|photo| (b"thumbnailPhoto".as_slice(), HashSet::from([photo]))));
                ldap.add(&dn, attributes).await.unwrap().success().unwrap();
            }
        };
        self.block_on(stream::iter(users).map(add).buffer_unordered(8).collect::<Vec<()>>());
    }

    pub(crate) fn add(&self, dn: &str, attributes: &[(&str, &str)]) {
        let attributes: Vec<_> = attributes.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        self.add_bytes(dn, &attributes);
    }

    fn add_bytes(&self, dn: &str, attributes: &[(&str, &[u8])]) {
        let attributes = attributes.iter().map(|(name, value)| (name.as_bytes(), HashSet::from([*value]))).collect();
        let result = self.block_on(self.ldap().add(dn, attributes)).unwrap();
        assert_eq!(result.rc, 0, "adding {dn}: {}", result.text);
    }

    pub(crate) fn organizational_unit(&self, name: &str) -> String {
        let dn = format!("OU={name},{}", self.base);
        if self.cloud().is_none() {
            self.add(&dn, &[("objectClass", "organizationalUnit")]);
        }
        dn
    }

    pub(crate) fn photo(&self, dn: &str) -> Option<Vec<u8>> {
        if let Some(cloud) = self.cloud() {
            return cloud.photo(dn);
        }
        self.entry(dn, &["thumbnailPhoto"]).remove("thumbnailPhoto").map(|mut values| values.remove(0))
    }

    pub(crate) fn set_photo(&self, dn: &str, photo: Option<&[u8]>) {
        if let Some(cloud) = self.cloud() {
            return cloud.tenant.set_photo(&cloud.id(dn), photo);
        }
        let values = photo.into_iter().collect();
        let replace = vec![Mod::Replace(b"thumbnailPhoto".as_slice(), values)];
        let result = self.block_on(self.ldap().modify(dn, replace)).unwrap();
        assert_eq!(result.rc, 0, "setting the photo of {dn}: {}", result.text);
    }

    /// Replaces the values of an attribute.
    pub(crate) fn set(&self, dn: &str, attribute: &str, values: &[&str]) {
        if let Some(cloud) = self.cloud() {
            return cloud.set(dn, attribute, values);
        }
        let values = values.iter().map(|value| value.as_bytes()).collect();
        let replace = vec![Mod::Replace(attribute.as_bytes(), values)];
        self.block_on(self.ldap().modify(dn, replace)).unwrap().success().unwrap();
    }

    /// Returns the photos of the accounts below the base, by sAMAccountName.
    pub(crate) fn photos(&self) -> BTreeMap<String, Vec<u8>> {
        if let Some(cloud) = self.cloud() {
            return cloud.photos();
        }
        let held = self.search(&self.base, Scope::Subtree, "(thumbnailPhoto=*)", &["sAMAccountName", "thumbnailPhoto"]);
        let photo = |mut entry: BTreeMap<String, Vec<Vec<u8>>>| {
            let name = String::from_utf8(entry.remove("sAMAccountName")?.remove(0)).unwrap();
            Some((name, entry.remove("thumbnailPhoto")?.remove(0)))
        };
        held.into_values().filter_map(photo).collect()
    }

    /// Returns these attributes of one entry, with sorted values.
    pub(crate) fn entry(&self, dn: &str, attributes: &[&str]) -> BTreeMap<String, Vec<Vec<u8>>> {
        self.search(dn, Scope::Base, "(objectClass=*)", attributes).into_values().next().unwrap_or_default()
    }

    /// Returns all entries below the base with all their attributes, except constructed ones.
    pub(crate) fn snapshot(&self) -> BTreeMap<String, BTreeMap<String, Vec<Vec<u8>>>> {
        if let Some(cloud) = self.cloud() {
            return cloud.snapshot();
        }
        self.search(&self.base, Scope::Subtree, "(objectClass=*)", &["*"])
    }

    pub(crate) fn search(
        &self,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[&str],
    ) -> BTreeMap<String, BTreeMap<String, Vec<Vec<u8>>>> {
        let entries = self.block_on(async {
            let adapters: Vec<Box<dyn ldap3::adapters::Adapter<'_, _, _>>> =
                vec![Box::new(ldap3::adapters::EntriesOnly::new()), Box::new(ldap3::adapters::PagedResults::new(500))];
            let mut stream =
                self.ldap().streaming_search_with(adapters, base, scope, filter, attributes.to_vec()).await.unwrap();
            let mut entries = Vec::new();
            while let Some(entry) = stream.next().await.unwrap() {
                entries.push(SearchEntry::construct(entry));
            }
            stream.finish().await.success().unwrap();
            entries
        });
        entries.into_iter().map(|entry| (entry.dn.clone(), all_attributes(entry))).collect()
    }

    /// Moves an entry to another name and parent; returns its new DN.
    pub(crate) fn rename(&self, dn: &str, name: &str, parent: &str) -> String {
        if let Some(cloud) = self.cloud() {
            let new = format!("{name},{parent}");
            cloud.rename(dn, &new);
            return new;
        }
        self.block_on(self.ldap().modifydn(dn, name, true, Some(parent))).unwrap().success().unwrap();
        format!("{name},{parent}")
    }

    pub(crate) fn delete(&self, dn: &str) {
        if let Some(cloud) = self.cloud() {
            return cloud.tenant.delete(&cloud.id(dn));
        }
        self.block_on(self.ldap().delete(dn)).unwrap().success().unwrap();
    }

    fn delete_tree(&self, dn: &str) {
        let control = RawControl { ctype: TREE_DELETE.to_owned(), crit: true, val: None };
        let result = self.block_on(self.ldap().with_controls(control).delete(dn)).unwrap();
        assert!(matches!(result.rc, 0 | 32) || self.is_practice(), "deleting {dn}: {} {}", result.rc, result.text);
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

fn all_attributes(entry: SearchEntry) -> BTreeMap<String, Vec<Vec<u8>>> {
    let texts =
        entry.attrs.into_iter().map(|(name, values)| (name, values.into_iter().map(String::into_bytes).collect()));
    let mut all: BTreeMap<String, Vec<Vec<u8>>> = texts.chain(entry.bin_attrs).collect();
    all.values_mut().for_each(|values| values.sort());
    all
}

async fn connect(server: &str, ca_file: Option<&PathBuf>, user: &str, password: &str) -> Ldap {
    let mut roots = rustls::RootCertStore::empty();
    if let Some(path) = ca_file {
        roots.add(CertificateDer::from_pem_file(path).unwrap()).unwrap();
    }
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let settings = LdapConnSettings::new().set_config(Arc::new(config));
    let (connection, mut ldap) = LdapConnAsync::with_settings(settings, server).await.unwrap();
    ldap3::drive!(connection);
    ldap.simple_bind(user, password).await.unwrap().success().unwrap();
    ldap
}
