//! Help, usage errors and exit codes, as golden files: `TRYCMD=overwrite cargo test --test cli` writes them anew.

#[test]
fn what_the_command_line_says() {
    trycmd::TestCases::new().env("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR")).case("tests/cli/*.trycmd");
}

/// Not as a golden file: what a build with it says depends on the machine's tickets.
#[test]
#[cfg(not(feature = "kerberos"))]
fn a_build_without_kerberos_says_so() {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_adphoto"));
    let output = command.args(["import", "tests/cli", "--server", "dc1", "--kerberos"]).output().expect("it runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("no Kerberos") && stderr.contains("--features kerberos"), "{stderr}");
}
