//! Flags that do not go together.

use crate::run::{Admin, Run};
use crate::tenant::{CLIENT_ID, ID, Tenant};

fn refused(admin: &Admin, words: &[&str], variables: &[(&str, &str)]) -> String {
    let run = Run::of(admin.bare(words).envs(variables.iter().copied()));
    assert_eq!(run.code, Some(2), "{words:?}: {run:?}");
    run.stderr
}

#[test]
fn what_is_for_the_other_target_is_wrong_usage() {
    let admin = Admin::new(&Tenant::start());
    for flag in [
        ["--server", "dc1"],
        ["--domain", "ad.example.com"],
        ["--site", "Here"],
        ["--dns-server", "10.0.0.1"],
        ["--user", "anna"],
        ["--password-file", "pw"],
        ["--base-dn", "DC=x"],
        ["--kerberos", "-q"],
    ] {
        let told = refused(&admin, &["check", "--target", "microsoft365", flag[0], flag[1]], &[]);
        assert!(told.contains(&format!("{} is for Active Directory", flag[0])), "{told}");
    }
    for flag in [["--tenant", ID], ["--client-id", CLIENT_ID], ["--certificate", "x"], ["--cloud", "china"]] {
        let told = refused(&admin, &["check", "--server", "dc1", "--user", "anna", flag[0], flag[1]], &[]);
        assert!(told.contains("add --target microsoft365"), "{told}");
    }
    for flag in ["--overwrite-cloud", "--without-undo"] {
        let told = refused(&admin, &["import", "photos", "--server", "dc1", "--user", "anna", flag], &[]);
        assert!(told.contains(&format!("{flag} is for Microsoft 365")), "{told}");
    }
    let told = refused(&admin, &["check", "--target", "microsoft365"], &[("ADPHOTO_SERVER", "dc1")]);
    assert!(told.contains("ADPHOTO_SERVER"), "{told}");
    // What is switched off is not there.
    let run = Run::of(admin.bare(&["check", "--target", "microsoft365"]).env("ADPHOTO_KERBEROS", "no"));
    assert_eq!(run.code, Some(1), "{run:?}");
}

#[test]
fn only_one_way_to_sign_in_is_taken() {
    let admin = Admin::new(&Tenant::start());
    let words =
        ["check", "--target", "microsoft365", "--tenant", ID, "--client-id", CLIENT_ID, "--certificate", "app.pem"];
    let told = refused(&admin, &[&words[..], &["--client-secret-file", "x"]].concat(), &[]);
    assert!(told.contains("--certificate and --client-secret-file"), "{told}");
    let told = refused(&admin, &words, &[("ADPHOTO_ACCESS_TOKEN", "a.b.c")]);
    assert!(told.contains("ADPHOTO_ACCESS_TOKEN and --certificate"), "{told}");
}

/// An app's secret must not go to whoever a settings file or a typing error names.
#[test]
fn only_this_machine_is_reached_in_clear_text_and_only_if_asked_for() {
    let tenant = Tenant::start();
    let admin = Admin::new(&tenant);
    let words =
        ["check", "--target", "microsoft365", "--tenant", ID, "--client-id", CLIENT_ID, "--certificate", "app.pem"];
    let told = refused(&admin, &[&words[..], &["--cloud", &tenant.url]].concat(), &[]);
    assert!(told.contains("--allow-clear-text"), "{told}");
    for url in ["http://graph.example.com", "https://127.0.0.1:1", "http://localhost:1", "http://10.0.0.1"] {
        let told = refused(&admin, &[&words[..], &["--allow-clear-text", "--cloud", url]].concat(), &[]);
        assert!(told.contains("it is global, us-gov, us-dod or china"), "{told}");
    }
    assert!(tenant.asked().is_empty());
}

#[test]
fn secrets_are_not_for_a_settings_file() {
    let admin = Admin::new(&Tenant::start());
    for key in ["client-secret", "secret", "access-token"] {
        admin.private("conf.toml", format!("{key} = \"x\"\n"));
        let told = refused(&admin, &["check", "--config", "conf.toml", "--target", "microsoft365"], &[]);
        assert!(told.contains("secrets are not allowed"), "{told}");
    }
}
