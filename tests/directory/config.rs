//! Tests settings that come from adphoto.toml.

use adphoto::cli::Cli;
use adphoto::failure::Exit;
use adphoto::journal::Past;

use crate::domain::Domain;
use crate::photos::jpeg;
use crate::run::{Folder, Import, Run};

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
        assert!(run.code == Some(2) && run.stderr.contains("no profile \"huge\"; its profiles are large"), "{}", run.stderr);
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

    fn a_password_is_sent_for_the_user_that_it_was_set_beside(domain: &Domain) {
        let folder = Folder::new();
        folder.file("wrong", "not the password");
        folder.file("right", &domain.admin_password);
        #[cfg(unix)]
        for name in ["wrong", "right"] {
            let own = std::os::unix::fs::PermissionsExt::from_mode(0o600);
            std::fs::set_permissions(folder.path().join(name), own).unwrap();
        }
        let check = |user: &str, password: &str, file: &str| {
            let file = folder.file("adphoto.toml", file);
            Import::check(domain).user(user, password).args(&["--config", file.to_str().unwrap()]).run()
        };
        let (admin, stranger) = (&domain.admin, "svc@example.test");
        let bound = |run: &Run| run.stdout.lines().any(|line| line.contains("bind            as "));
        // A password that is set for another user is not tried: that could help to lock the account.
        let of_stranger = format!("user = '{stranger}'\npassword-file = 'wrong'\n");
        let run = check(admin, "", &of_stranger);
        assert_eq!(run.code, Some(1), "{}{}", run.stdout, run.stderr);
        let words = format!("no password for {admin}: the one that is set belongs to {stranger}");
        assert!(run.stderr.contains(&words), "{}", run.stderr);
        #[cfg(target_os = "linux")]
        {
            let import = Import::check(domain).user(admin, "").args(&["--config", folder.path().join("adphoto.toml").to_str().unwrap()]);
            let asked = import.on_terminal(&format!("{}\n", domain.admin_password));
            assert!(asked.stdout.contains(&format!("Password of {admin}: ")) && bound(&asked), "{}", asked.stdout);
        }
        // ADPHOTO_PASSWORD is for the user on the command line, and takes precedence over the file's password.
        let run = check(admin, &domain.admin_password, &of_stranger);
        assert!(bound(&run), "{}{}", run.stdout, run.stderr);
        let run = check(admin, &domain.admin_password, &format!("user = '{admin}'\npassword-file = 'wrong'\n"));
        assert!(bound(&run), "{}{}", run.stdout, run.stderr);
        // But if the file names a user and no password file, ADPHOTO_PASSWORD is that user's password.
        let run = check(admin, &domain.admin_password, &format!("user = '{stranger}'\n"));
        assert!(run.code == Some(1) && run.stderr.contains(&words), "{}", run.stderr);
        let run = check(admin, "", "password-file = 'right'\n");
        assert!(bound(&run), "{}{}", run.stdout, run.stderr);
    }

    fn an_empty_variable_is_not_set(domain: &Domain) {
        domain.user("o-ann");
        let folder = Folder::new();
        folder.file("o-ann.jpg", jpeg(1, 300, 300));
        let mut import = domain.import(folder.path()).args(&["--dry-run"]);
        for name in [
            "ADPHOTO_CONFIG", "ADPHOTO_PROFILE", "ADPHOTO_DOMAIN", "ADPHOTO_SITE", "ADPHOTO_DNS_SERVER", "ADPHOTO_USER",
            "ADPHOTO_PASSWORD_FILE", "ADPHOTO_KERBEROS", "ADPHOTO_CA_FILE", "ADPHOTO_TIMEOUT", "ADPHOTO_IN_FLIGHT",
            "ADPHOTO_GIVE_UP_AFTER", "ADPHOTO_MAX_CHANGES", "ADPHOTO_LOG_FILE", "ADPHOTO_ALLOW_CLEAR_TEXT",
        ] {
            import = import.env(name, "");
        }
        let run = import.clone().records();
        assert_eq!(run.outcomes(), ["would-write"], "{}", run.stderr);
        let wrong = import.env("ADPHOTO_TIMEOUT", "soon").run();
        assert!(wrong.stderr.contains("the environment variable ADPHOTO_TIMEOUT: invalid value \"soon\""), "{}", wrong.stderr);
        assert_eq!(wrong.code, Some(2));
    }
}

#[test]
fn what_is_in_force_is_shown_with_where_it_is_from() {
    let folder = Folder::new();
    let file = folder.file(
        "adphoto.toml",
        "server = 'ldaps://anna:secret@dc1'\nuser = 'svc'\npassword-file = 'pw'\n[profile.ticket]\nkerberos = true\n",
    );
    let mut adphoto = std::process::Command::new(env!("CARGO_BIN_EXE_adphoto"));
    let show = adphoto.args(["config", "show", "--profile", "ticket", "--config"]).arg(&file).env("ADPHOTO_SIZE", "7");
    let output = show.env("ADPHOTO_TIMEOUT", "5").output().unwrap();
    let table = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{table}");
    let row = |key: &str| {
        let row = table.lines().find(|row| row.split(' ').next() == Some(key)).unwrap();
        row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect::<Vec<_>>()
    };
    let path = file.display().to_string();
    assert_eq!(row("server"), ["server", &path, "…@dc1"]);
    assert_eq!(row("domain"), ["domain", "server is set", "-"]);
    assert_eq!(row("user"), ["user", "kerberos is set", "-"]);
    assert_eq!(row("password-file"), ["password-file", "kerberos is set", "-"]);
    assert_eq!(row("kerberos"), ["kerberos", &format!("{path}, profile ticket"), "true"]);
    assert_eq!(row("timeout"), ["timeout", "the environment variable ADPHOTO_TIMEOUT", "5"]);
    assert_eq!(row("size"), ["size", "default", "96, or 648 for Microsoft 365"]);
    assert_eq!(row("match-by"), ["match-by", "default", "sAMAccountName, or what the header of the CSV file names"]);
    assert_eq!(row("site"), ["site", "not set", "-"]);
    // The second column begins at the same place in each row.
    let begin = |row: &str| row.find(' ').map(|end| end + row[end..].len() - row[end..].trim_start().len());
    let columns: std::collections::BTreeSet<_> = table.lines().map(begin).collect();
    assert!(columns.len() == 1 && !columns.contains(&None), "{table}");
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

/// In a folder where others may write, somebody could place a file that sends the password to another server.
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
    // Only root may give a file to another user; everybody else stops here.
    if std::os::unix::fs::chown(&file, Some(12345), None).is_err() {
        return;
    }
    let (code, said) = show(&[]);
    assert!(code == Some(2) && said.contains("may come from somebody else"), "{said}");
    assert_eq!(show(&["--config", "adphoto.toml"]).0, Some(0));
}

/// Calls the library as the quickstart does.
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
