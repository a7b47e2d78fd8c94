//! Signing in: with a certificate, a secret, a federated token, or a token that is there already.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;

use crate::run::{Admin, Run};
use crate::tenant::{self, CLIENT_ID, DOMAIN, ID, Reply, SECRET, Tenant};

fn started() -> (Tenant, Admin) {
    let tenant = Tenant::start();
    tenant.user("anna", &[]);
    let admin = Admin::new(&tenant);
    (tenant, admin)
}

/// `check` with these words on the command line.
fn check(admin: &Admin, words: &[&str]) -> Run {
    Run::of(admin.on_tenant(&["check", "--format", "json"]).args(words))
}

#[test]
fn each_kind_of_credential_signs_in() {
    let (tenant, admin) = started();
    admin.private("secret", format!("{SECRET}\n"));
    let federated = "e30.e30.c2ln";
    tenant.set(|state| _ = state.federated.insert(federated.to_owned()));
    admin.private("federated", format!("{federated}\n"));
    for (words, with) in [
        (["--certificate", "app.pem"], "a certificate"),
        (["--client-secret-file", "secret"], "a client secret"),
        (["--federated-token-file", "federated"], "a federated token"),
    ] {
        for named in [ID, DOMAIN] {
            let run = check(&admin, &[words[0], words[1], "--tenant", named, "--client-id", CLIENT_ID]);
            assert_eq!(run.code, Some(0), "{run:?}");
            assert!(run.detail("sign-in").contains(with) && run.detail("sign-in").contains(ID), "{run:?}");
            run.keeps_secrets(&admin, &[SECRET, "BEGIN PRIVATE KEY", federated]);
        }
    }
    // Platforms such as Kubernetes say it in variables.
    let mut command = admin.on_tenant(&["check"]);
    command.env("AZURE_TENANT_ID", ID).env("AZURE_CLIENT_ID", CLIENT_ID);
    command.env("AZURE_FEDERATED_TOKEN_FILE", admin.path("federated"));
    assert_eq!(Run::of(&mut command).code, Some(0));
}

#[test]
fn a_profile_signs_in_without_flags() {
    let (tenant, admin) = started();
    let text = format!(
        "server = \"dc1\"\nuser = \"svc\"\n[profile.cloud]\ntarget = \"microsoft365\"\ntenant = \"{ID}\"\nclient-id = \
         \"{CLIENT_ID}\"\ncertificate = \"app.pem\"\ncloud = \"{}\"\n",
        tenant.url
    );
    std::fs::write(admin.path("conf.toml"), text).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(admin.path("conf.toml"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let words = ["check", "--config", "conf.toml", "--profile", "cloud", "--allow-clear-text"];
    let run = Run::of(&mut admin.bare(&words));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains("anna@contoso.example") || run.stdout.contains("sign-in"), "{run:?}");
}

#[test]
fn what_entra_refuses_is_told_with_what_to_do() {
    let (_tenant, admin) = started();
    admin.private("secret", "wrong");
    let other = "99999999-bbbb-3333-cccc-4444dddd5555";
    for (words, told) in [
        (
            ["--client-secret-file", "secret", "--tenant", ID, "--client-id", CLIENT_ID],
            ["AADSTS7000215", "its Secret ID"],
        ),
        (["--certificate", "app.pem", "--tenant", ID, "--client-id", other], ["AADSTS700016", "no such app"]),
        (["--certificate", "app.pem", "--tenant", other, "--client-id", CLIENT_ID], ["AADSTS90002", "no such tenant"]),
    ] {
        let run = check(&admin, &words);
        assert_eq!(run.code, Some(1), "{run:?}");
        let said = run.detail("sign-in");
        assert!(told.iter().all(|words| said.contains(words)), "{said}");
        // Nothing that follows the first line, such as trace ids.
        assert!(!said.contains("Trace ID"), "{said}");
    }
}

#[test]
fn a_file_that_is_no_certificate_is_told_from_others() {
    let (_tenant, admin) = started();
    let pem = String::from_utf8(tenant::CERTIFICATE.to_vec()).unwrap();
    let key = &pem[pem.find("-----BEGIN PRIVATE").unwrap()..];
    let certificate = &pem[..pem.find("-----BEGIN PRIVATE").unwrap()];
    let other = include_str!("../tenant/other.crt");
    let ec = "-----BEGIN EC PRIVATE KEY-----\nMAA=\n-----END EC PRIVATE KEY-----\n";
    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n";
    for (content, told) in [
        ("0\u{82}".replace('\u{82}', ""), "it is not PEM"),
        (String::new(), "it is not PEM"),
        (certificate.to_owned(), "no private key"),
        (key.to_owned(), "no certificate"),
        (format!("{other}{key}"), "not that of its private key"),
        (format!("{certificate}{ec}"), "not an RSA key"),
        (format!("{certificate}{encrypted}"), "protected by a password"),
    ] {
        admin.private("bad.pem", content);
        let run = check(&admin, &["--certificate", "bad.pem", "--tenant", ID, "--client-id", CLIENT_ID]);
        assert!(run.code == Some(1) && run.stderr.contains(told), "{told}: {run:?}");
    }
    admin.private("bad.pem", [0x30, 0x82, 9, 0xef, 2, 1, 3]);
    let run = check(&admin, &["--certificate", "bad.pem", "--tenant", ID, "--client-id", CLIENT_ID]);
    assert!(run.stderr.contains("PKCS#12") && run.stderr.contains("openssl pkcs12"), "{run:?}");
    // The chain may stand before it, and the key, too.
    admin.private("good.pem", format!("{other}{key}{certificate}"));
    assert_eq!(check(&admin, &["--certificate", "good.pem", "--tenant", ID, "--client-id", CLIENT_ID]).code, Some(0));
}

#[test]
#[cfg(unix)]
fn a_secret_that_others_can_read_is_none() {
    let (tenant, admin) = started();
    for (flag, name) in [("--certificate", "app.pem"), ("--client-secret-file", "secret")] {
        let path = admin.private(name, SECRET);
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o640)).unwrap();
        let run = check(&admin, &[flag, name, "--tenant", ID, "--client-id", CLIENT_ID]);
        assert!(run.code == Some(1) && run.stderr.contains("chmod 600"), "{run:?}");
    }
    assert!(tenant.asked().is_empty(), "nothing may be sent");
}

/// A token of somebody else must not do what nobody meant.
#[test]
fn a_token_from_the_environment_is_looked_at_first() {
    let (tenant, admin) = started();
    let with = |token: &str, words: &[&str]| {
        Run::of(admin.on_tenant(&["check", "--format", "json"]).args(words).env("ADPHOTO_ACCESS_TOKEN", token))
    };
    let good = tenant.token();
    for words in [&[][..], &["--tenant", ID], &["--tenant", DOMAIN]] {
        let run = with(&good, words);
        assert_eq!(run.code, Some(0), "{run:?}");
        run.keeps_secrets(&admin, &[&good, good.rsplit('.').next().unwrap()]);
    }
    let forged =
        |claims: serde_json::Value| format!("e30.{}.c2ln", BASE64URL_NOPAD.encode(claims.to_string().as_bytes()));
    let claims =
        |audience: &str, tenant: &str, end: u64| serde_json::json!({ "aud": audience, "tid": tenant, "exp": end });
    let (other, late) = ("99999999-bbbb-3333-cccc-4444dddd5555", u64::from(u32::MAX));
    let asked = tenant.asked().len();
    for (token, told) in [
        (forged(claims("https://management.azure.com/", ID, late)), "is for https://management.azure.com/"),
        (forged(claims(&tenant.url, other, late)), "of the tenant 99999999"),
        (forged(claims(&tenant.url, ID, 1)), "has run out"),
        (forged(serde_json::json!({ "tid": ID })), "not a JWT"),
        ("secret-of-another-kind".to_owned(), "not a JWT"),
    ] {
        let run = with(&token, &["--tenant", ID]);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(run.detail("sign-in").contains(told), "{told}: {run:?}");
    }
    assert_eq!(tenant.asked().len(), asked, "a token that is not right goes nowhere");
    // It cannot be renewed.
    tenant.trouble(|asked, _| {
        asked.bearer.is_some().then(|| Reply::error(401, "InvalidAuthenticationToken", "Revoked."))
    });
    let run = with(&good, &[]);
    assert!(run.code == Some(1) && run.detail("users").contains("Revoked."), "{run:?}");
}

#[test]
fn a_token_that_ends_on_the_way_ends_the_run() {
    let (tenant, admin) = started();
    tenant.set(|state| (state.token_life, state.delay) = (Duration::from_secs(2), Duration::from_millis(700)));
    let token = tenant.token();
    let run = Run::of(admin.on_tenant(&["check", "--format", "json"]).env("ADPHOTO_ACCESS_TOKEN", token));
    assert!(run.code == Some(1) && run.stdout.contains("has run out"), "{run:?}");
}

/// A server may accept each assertion only once.
#[test]
fn each_try_to_sign_in_is_signed_anew() {
    let (tenant, admin) = started();
    tenant.trouble(|asked, before| {
        (asked.method == "POST" && before < 2).then(|| Reply::Answer(503, Vec::new(), Vec::new()))
    });
    assert_eq!(admin.run(&["check"]).code, Some(0));
    assert_eq!(tenant.asked().iter().filter(|asked| asked.starts_with("POST")).count(), 3);
}
