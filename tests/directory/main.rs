//! Tests what adphoto does with a directory, by running the program as its users do. Each behaviour is written once and
//! tested on the practice directory and on a real Samba domain controller, so that the two cannot drift apart.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../practice/mod.rs"]
mod practice;
#[path = "../tenant/mod.rs"]
mod tenant;

/// Makes two tests of each behaviour, one for each directory. Those in `samba` need the domain that tests/run starts.
macro_rules! on_both {
    ($($(#[$note:meta])* fn $name:ident($domain:ident: &Domain) $body:block)*) => {
        $($(#[$note])* fn $name($domain: &crate::domain::Domain) $body)*

        mod practice {
            $($(#[$note])* #[test] fn $name() { super::$name(&crate::domain::Domain::practice()); })*
        }
        mod samba {
            $($(#[$note])* #[test] #[ignore = "needs the Samba domain that tests/run starts"]
              fn $name() { super::$name(&crate::domain::Domain::samba()); })*
        }
    };
}

/// Makes a further test of each behaviour, on the practice tenant. Behaviours that depend on LDAP, domain controllers
/// or `--filter` are left out, and so are those that take long.
macro_rules! on_tenant {
    ($($(#[$attribute:meta])* $name:ident)*) => {
        mod tenant {
            $($(#[$attribute])* #[test] fn $name() { super::$name(&crate::domain::Domain::tenant()); })*
        }
    };
}

#[cfg(windows)]
mod account_picture;
mod approval;
mod audit;
mod audit_samba;
mod bad_input;
mod ber;
mod brake;
mod broken_off;
#[cfg(unix)]
mod ca_files;
#[cfg(unix)]
mod certificates;
mod check;
mod check_samba;
mod cloud;
mod config;
mod connection;
mod crop;
mod discovery;
mod dns;
#[cfg(target_os = "linux")]
mod documentation;
mod domain;
mod endless;
mod export;
mod export_sync;
mod faces;
mod faults;
mod files_broken_off;
#[cfg(unix)]
mod front;
mod hr_folder;
mod journals;
#[cfg(all(unix, feature = "kerberos"))]
mod kerberos;
mod lost_writes;
mod many;
mod names;
#[cfg(unix)]
mod nested;
mod nights;
mod one_photo;
mod only_samba;
mod partners;
mod photos;
mod policy;
mod publish;
mod publish_broken_off;
mod relay;
mod remove;
mod reports;
mod rights;
mod run;
mod sources;
mod suggestions;
mod thumbnails;
mod unattended;
#[cfg(target_os = "linux")]
mod unchanged;
mod undo;
mod unfinished;
#[cfg(windows)]
mod windows;
#[cfg(unix)]
mod workshop;
mod writes;
mod wrong_answers;
mod wrong_faces;
