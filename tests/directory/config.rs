//! Settings from adphoto.toml.

use adphoto::cli::Cli;
use adphoto::failure::Exit;
use adphoto::journal::Past;

use crate::domain::Domain;
use crate::photos::jpeg;
use crate::run::Folder;

on_both! {
    fn a_file_says_what_nobody_else_does(domain: &Domain) {
        let dn = domain.user("o-ann");
        let folder = Folder::new();
        folder.file("in/o-ann.jpg", jpeg(1, 300, 300));
        let text = format!("server = \"{}\"\nsize = 64\n[profile.large]\nsize = 128\n", domain.server);
        let file = folder.file("adphoto.toml", &text);
        let import = |arguments: &[&str]| {
            let named = ["--config", file.to_str().unwrap()];
            domain.import(folder.path().join("in")).by_dns(&[&named[..], arguments].concat())
        };
        for (arguments, size) in [(&[][..], 64), (&["--profile", "large"], 128), (&["--size", "96"], 96)] {
            let run = import(arguments).records();
            assert_eq!(run.outcomes(), ["written"], "{}", run.stderr);
            let photo = image::load_from_memory(&domain.photo(&dn).unwrap()).unwrap();
            assert_eq!((photo.width(), photo.height()), (size, size));
        }
        let run = import(&["--profile", "huge"]).run();
        assert!(run.code == Some(2) && run.stderr.contains("no profile \"huge\"; it has large"), "{}", run.stderr);
        folder.file("adphoto.toml", format!("{text}colour = 1\n"));
        let run = import(&[]).run();
        assert!(run.code == Some(2) && run.stderr.contains("no setting \"colour\""), "{}", run.stderr);
        #[cfg(unix)]
        {
            let open = std::os::unix::fs::PermissionsExt::from_mode(0o666);
            std::fs::set_permissions(&file, open).unwrap();
            let run = import(&[]).run();
            assert!(run.code == Some(2) && run.stderr.contains("chmod go-w"), "{}", run.stderr);
        }
    }
}

#[test]
fn values_that_no_run_would_take_are_said_where_they_are_shown() {
    let folder = Folder::new();
    for (setting, code) in
        [("timeout = 5", 0), ("timeout = \"bald\"", 2), ("max-changes = \"abc\"", 2), ("crop = \"left\"", 2)]
    {
        let file = folder.file("adphoto.toml", setting);
        let mut adphoto = std::process::Command::new(env!("CARGO_BIN_EXE_adphoto"));
        let output = adphoto.args(["config", "show", "--config"]).arg(&file).output().unwrap();
        let (table, error) = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).into();
        assert_eq!(output.status.code(), Some(code), "{setting}: {error}");
        assert!(table.contains("timeout") && error.contains("invalid value") == (code == 2), "{setting}: {error}");
    }
}

/// In a folder that others write to, too, somebody could lay down a file that sends the password elsewhere.
#[test]
#[cfg(unix)]
fn a_stranger_s_file_in_the_working_folder_is_not_taken() {
    use std::process::Command;
    let folder = Folder::new();
    let file = folder.file("adphoto.toml", "server = \"dc1\"\n");
    let show = |arguments: &[&str]| {
        let mut adphoto = Command::new(env!("CARGO_BIN_EXE_adphoto"));
        let output = adphoto.args(["config", "show"]).args(arguments).current_dir(folder.path()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(show(&[]).0, Some(0));
    // Only root gives files away; who is not root has root's folders to look at.
    if std::os::unix::fs::chown(&file, Some(12345), None).is_err() {
        return;
    }
    let (code, said) = show(&[]);
    assert!(code == Some(2) && said.contains("somebody else's"), "{said}");
    assert_eq!(show(&["--config", "adphoto.toml"]).0, Some(0));
}

/// As the quickstart calls it.
#[test]
fn who_calls_the_library_gets_a_journal_of_the_words_that_were_given() {
    let domain = Domain::practice();
    domain.user("o-ann");
    let folder = Folder::new();
    folder.file("in/o-ann.jpg", jpeg(1, 300, 300));
    let password = folder.file("password", &domain.admin_password);
    #[cfg(unix)]
    std::fs::set_permissions(&password, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let [source, journal] = ["in", "journal.jsonl"].map(|name| folder.path().join(name));
    let path = |path: &std::path::Path| path.to_str().unwrap().to_owned();
    let mut words = ["adphoto", "import", "-q", "--allow-clear-text", "--server"].map(str::to_owned).to_vec();
    words.extend([
        domain.server.clone(),
        format!("--user={}", domain.admin),
        "--password-file".into(),
        path(&password),
    ]);
    words.extend([format!("--base-dn={}", domain.base), "--journal".into(), path(&journal), path(&source)]);
    assert_eq!(adphoto::command::run(&Cli::try_parse_from(&words).unwrap()), Exit::Done);
    assert_eq!(Past::read(&journal, false).unwrap().header.unwrap().arguments, words[1..]);
}
