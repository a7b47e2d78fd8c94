//! Tests help, usage errors and exit codes with golden files; `TRYCMD=overwrite cargo test --test cli` writes them
//! again.

#[test]
fn what_the_command_line_says() {
    trycmd::TestCases::new().env("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR")).case("tests/cli/*.trycmd");
}

/// This is no golden file, since the output of a build with Kerberos depends on the machine's tickets.
#[test]
#[cfg(not(feature = "kerberos"))]
fn a_build_without_kerberos_says_so() {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_adphoto"));
    let output = command.args(["import", "tests/cli", "--server", "dc1", "--kerberos"]).output().expect("it runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("no Kerberos") && stderr.contains("--features kerberos"), "{stderr}");
}

/// Returns the output on a terminal, after the shell command `before`.
#[cfg(target_os = "linux")]
fn on_terminal(before: &str, arguments: &str) -> String {
    let line = format!("{before}; '{}' {arguments}", env!("CARGO_BIN_EXE_adphoto"));
    let mut script = std::process::Command::new("script");
    script.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
    script.env("SHELL", "/bin/sh").env("TERM", "xterm");
    // These variables may be set on a build server.
    for opinion in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"] {
        script.env_remove(opinion);
    }
    let mut child =
        script.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped()).spawn().expect("it runs");
    // Standard input is kept open: `script` waits two more seconds once its input ends.
    let _keyboard = child.stdin.take();
    let output = child.wait_with_output().expect("it ends");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
#[cfg(target_os = "linux")]
fn colours_are_for_terminals_whose_owner_wants_them() {
    for arguments in ["import no-such-folder --server dc1 --user anna", "import --no-such-option"] {
        for before in [":", "export CI=true", "export TERM=dumb CLICOLOR_FORCE=1"] {
            let coloured = on_terminal(before, arguments);
            assert!(coloured.contains("\u{1b}[1m") && coloured.contains("error:"), "{before}: {coloured:?}");
        }
        for before in ["export NO_COLOR=1", "export TERM=dumb", "export TERM=dumb CI=true"] {
            let plain = on_terminal(before, arguments);
            assert!(!plain.contains('\u{1b}') && plain.contains("error:"), "{before}: {plain:?}");
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_narrow_terminal_and_one_without_utf_8_get_it_all() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("jürgen × 太郎.txt"), "no photo").expect("is written");
    let convert = format!("convert '{}' '{}'", folder.path().display(), folder.path().join("out").display());
    for before in ["stty cols 10", "stty cols 1", "export LC_ALL=C", "export LC_ALL=POSIX TERM=dumb COLUMNS=5"] {
        let help = on_terminal(before, "import --help");
        assert!(help.contains("--max-changes") && help.contains("130"), "{before}: {help}");
        let run = on_terminal(before, &convert);
        assert!(run.contains("not-an-image") && run.contains("Summary"), "{before}: {run}");
    }
}
