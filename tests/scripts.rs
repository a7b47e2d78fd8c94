//! Runs the scripts that test the program as a part of other systems: as a Debian package, and beside a file server.
//! A script prints what it leaves out, so .config/nextest.toml shows what these tests print even if they pass.
#![cfg(target_os = "linux")]
use std::process::Command;

#[test]
fn the_debian_package_installs_works_and_leaves_nothing() {
    passes("packaging/test");
}

mod samba {
    #[test]
    #[ignore = "needs a domain controller: tests/run starts one"]
    fn a_computer_reads_the_policy_and_the_pictures() {
        super::passes("tests/samba/policy");
    }
}

/// Runs a script with the program under test.
fn passes(script: &str) {
    let status =
        Command::new(script).arg(env!("CARGO_BIN_EXE_adphoto")).current_dir(env!("CARGO_MANIFEST_DIR")).status();
    let status = status.unwrap_or_else(|error| panic!("{script}: {error}"));
    assert!(status.success(), "{script} ends with {status}; what it printed stands above");
}
