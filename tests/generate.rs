//! Tests what the program generates: completions for each shell, and a man page for each command.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::process::{Command, Output};

fn generate(arguments: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_adphoto")).arg("generate").args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

#[test]
fn completions_are_made_for_each_shell_and_bash_completes_with_them() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = String::from_utf8(generate(&["completions", shell]).stdout).unwrap();
        assert!(script.contains("adphoto") && script.contains("max-changes"), "{shell}: {script}");
    }
    #[cfg(target_os = "linux")]
    {
        let script = String::from_utf8(generate(&["completions", "bash"]).stdout).unwrap();
        let ask =
            "COMP_WORDS=(adphoto import --dry); COMP_CWORD=2; _adphoto adphoto --dry import; echo \"${COMPREPLY[*]}\"";
        let bash = Command::new("bash").args(["--norc", "-c", &format!("{script}\n{ask}")]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&bash.stdout).trim(), "--dry-run");
    }
}

#[test]
fn each_command_has_a_man_page() {
    let folder = tempfile::tempdir().unwrap();
    generate(&["man", folder.path().to_str().unwrap()]);
    let page = |name: &str| std::fs::read_to_string(folder.path().join(format!("{name}.1"))).unwrap();
    assert!(page("adphoto").contains("adphoto\\-import(1)"));
    let commands = "import audit export remove undo convert publish check generate config account-picture";
    for command in commands.split(' ') {
        assert!(page(&format!("adphoto-{command}")).contains(".SH SYNOPSIS"), "{command}");
    }
    assert!(page("adphoto-import").contains("max\\-changes"));
    let synopsis = |name: &str| {
        let page = page(name);
        let (_, behind) = page.split_once(".SH SYNOPSIS\n").unwrap();
        let line = behind.lines().next().unwrap();
        ["\\fB", "\\fI", "\\fR"].iter().fold(line.replace("\\-", "-"), |line, font| line.replace(font, ""))
    };
    let import = synopsis("adphoto-import");
    for part in ["adphoto import [--dry-run] ", " [--match-by ATTRIBUTE…] ", " [--report FILE…] ", " SOURCE"] {
        assert!(import.contains(part), "{part} in {import}");
    }
    assert!(synopsis("adphoto-convert").ends_with(" SOURCE FOLDER"));
    assert!(synopsis("adphoto").ends_with(" COMMAND"));
}
