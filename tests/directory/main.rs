//! What adphoto does with a directory, run as its users run it. Each behaviour is written once and tried on the practice
//! directory and on a real Samba domain controller, so that the two cannot drift apart.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../practice/mod.rs"]
mod practice;

/// Behaviours, each a test on both directories; `samba::` ones need the domain that tests/run starts.
macro_rules! on_both {
    ($($(#[$note:meta])* fn $name:ident($domain:ident: &Domain) $body:block)*) => {
        $($(#[$note])* fn $name($domain: &crate::domain::Domain) $body)*

        mod practice {
            $(#[test] fn $name() { super::$name(&crate::domain::Domain::practice()); })*
        }
        mod samba {
            $(#[test] #[ignore = "needs the Samba domain that tests/run starts"]
              fn $name() { super::$name(&crate::domain::Domain::samba()); })*
        }
    };
}

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
mod config;
mod connection;
mod discovery;
mod dns;
#[cfg(target_os = "linux")]
mod documentation;
mod domain;
mod endless;
mod export;
mod export_sync;
mod faults;
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
mod publish;
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
