//! Tests that `remove` removes the photos of exactly the accounts that were named, and not without asking.

use crate::domain::Domain;
use crate::faults::{finish, patient};
use crate::photos::jpeg;
use crate::relay::{At, Fault, Plan, Relay};
use crate::run::Folder;

fn with_photos<const N: usize>(domain: &Domain, names: [&str; N]) -> [String; N] {
    names.map(|name| {
        let dn = domain.user_with(
            name,
            &domain.base,
            &[("department", "Leaving"), ("mail", &format!("{name}@example.test"))],
        );
        domain.set_photo(&dn, Some(name.as_bytes()));
        dn
    })
}

on_both! {
    fn photos_are_removed_by_name_by_list_and_by_filter(domain: &Domain) {
        let people = with_photos(domain, ["m-one", "m-two", "m-three", "m-four", "m-five", "m-kept"]);
        let bare = domain.user("m-bare");
        let kept = || domain.photo(&people[5]).is_some();

        let before = domain.snapshot();
        let run = domain.remove(&["--account", "m-one", "M-TWO", "m-bare", "--dry-run"]).run();
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let whose = if domain.cloud().is_some() { "m-one@contoso.example (m-one, Leaving)".to_owned() } else { format!("m-one, {}", people[0]) };
        assert!(run.stdout.starts_with(&format!("would remove the photo of {whose}: 5 bytes\n")), "{}", run.stdout);
        assert!(run.stdout.contains("Summary of 3 accounts (dry run: nothing was written)\n  would-remove        2\n"), "{}", run.stdout);
        assert_eq!(domain.snapshot(), before);

        let run = domain.remove(&["--yes", "--account", "m-one", "--account", "M-TWO", "m-bare", "m-nobody", "m-one"]).records();
        let expected = ["removed", "removed", "unchanged no-photo", "failed no-such-account", "skipped named-twice"];
        assert_eq!((run.code, run.outcomes()), (Some(3), expected.map(String::from).to_vec()), "{}", run.json);
        assert_eq!((&run.all()[0]["bytes_before"], &run.all()[0]["bytes_after"]), (&5.into(), &serde_json::Value::Null));
        assert_eq!(people[..2].iter().chain([&bare]).filter_map(|dn| domain.photo(dn)).count(), 0);

        let folder = Folder::new();
        for (list, outcomes) in [
            ("m-three\nm-nobody\n", &["removed", "failed no-such-account"][..]),
            ("Photo,E-Mail\nnowhere.jpg,m-four@example.test\n,m-four@example.test\nx.jpg,\n", &["removed", "skipped named-twice", "failed bad-row"]),
        ] {
            let run = domain.remove(&[folder.file("list.csv", list).to_str().unwrap(), "--yes"]).records();
            assert_eq!((run.code, run.outcomes()), (Some(3), outcomes.iter().map(|&outcome| outcome.to_owned()).collect()), "{}", run.json);
        }
        // A tenant has no filter.
        let found = ["--filter", "(&(department=Leaving)(cn=m-f*))", "-y"];
        let run = domain.remove(if domain.cloud().is_some() { &["--account", "m-five", "m-four", "-y"] } else { &found }).records();
        assert_eq!((run.code, run.outcomes()), (Some(0), ["removed", "unchanged no-photo"].map(String::from).to_vec()), "{}", run.json);
        assert!(people[2..5].iter().all(|dn| domain.photo(dn).is_none()) && kept());
    }

    /// If nobody can be asked, nothing is removed without --yes; and the accounts must be named in exactly one way.
    fn nothing_is_removed_without_a_yes(domain: &Domain) {
        let [dn] = with_photos(domain, ["y-one"]);
        let list = Folder::new();
        list.file("photo.jpg", "");
        let (folder, image) = (list.path().to_str().unwrap().to_owned(), list.path().join("photo.jpg"));
        for (arguments, code, words) in [
            (&["--account", "y-one"][..], 2, "--yes"),
            (&["--filter", "(cn=y-one)"], 2, "--yes"),
            (&["--yes"], 2, "required"),
            (&["--yes", "y-one"], 1, "write --account y-one"),
            (&["--yes", "--account", "y-one", "--filter", "(cn=y-one)"], 2, "cannot be used with"),
            (&["--yes", "list.csv", "--filter", "(cn=y-one)"], 2, "cannot be used with"),
            (&["--yes", "--filter", "(cn=y-one))"], 2, "LDAP filter"),
            (&["--yes", &folder], 1, "not a list of users"),
            (&["--yes", image.to_str().unwrap()], 1, "not a list of users"),
        ] {
            let run = domain.remove(arguments).run();
            assert_eq!((run.code, run.stdout.as_str()), (Some(code), ""), "{arguments:?}: {}", run.stderr);
            assert!(run.stderr.contains(words), "{arguments:?}: {}", run.stderr);
        }
        assert!(domain.photo(&dn).is_some());
    }

    /// The write never reaches the server, and when the server is back, somebody else has changed the photo.
    fn a_photo_that_changed_meanwhile_is_kept_and_reported(domain: &Domain) {
        let dn = domain.user("z-one");
        domain.set_photo(&dn, Some(&jpeg(1, 96, 96)));
        let theirs = jpeg(2, 96, 96);
        let relay = Relay::start(domain, Plan::fault(At::Bytes(1_000), Fault::LoseRequest).then_down());
        let child = patient(domain.remove(&["--yes", "--account", "z-one"])).server(relay.url()).spawn();
        relay.wait_until_struck();
        domain.set_photo(&dn, Some(&theirs));
        relay.up();
        let run = finish(child);
        assert_eq!((run.code, run.outcomes()), (Some(3), vec!["failed conflict".to_owned()]), "{} {}", run.json, run.stderr);
        assert_eq!(domain.photo(&dn), Some(theirs));
    }
}

on_tenant! {
    photos_are_removed_by_name_by_list_and_by_filter
}

#[cfg(target_os = "linux")]
mod terminal {
    use super::*;

    on_both! {
        fn whoever_sits_there_is_asked(domain: &Domain) {
            let called = domain.user_with("q-two", &domain.base, &[("displayName", "Two, Queenie")]);
            domain.set_photo(&called, Some(&jpeg(2, 96, 96)));
            let [one] = with_photos(domain, ["q-one"]);
            let people = [one, called];
            domain.user("q-bare");
            let remove = domain.remove(&["--account", "q-one", "q-two", "q-bare", "q-nobody"]);
            for answer in ["n\n", "\n", "ja\n"] {
                let run = remove.on_terminal(answer);
                assert_eq!(run.code, Some(1), "{}", run.stdout);
                assert!(run.stdout.contains(&format!("  {}", domain.called("q-one"))) && run.stdout.contains(&format!("  {} (Two, Queenie)", domain.called("q-two"))) && run.stdout.contains("the photos of these 2 accounts? [y/N]"), "{}", run.stdout);
                assert!(run.stdout.contains("no photos were removed"), "{}", run.stdout);
                let before = run.stdout.split("[y/N]").next().unwrap();
                assert!(before.contains("1 cannot be done:") && before.contains("  q-nobody: no user account"), "{}", run.stdout);
                assert_eq!(run.stdout.contains("answer y or n"), answer == "ja\n", "{}", run.stdout);
                assert!(people.iter().all(|dn| domain.photo(dn).is_some()));
            }
            let run = remove.on_terminal("Y\n");
            assert_eq!(run.code, Some(3), "{}", run.stdout);
            assert!(people.iter().all(|dn| domain.photo(dn).is_none()));
            let run = remove.on_terminal("");
            assert!(run.code == Some(3) && !run.stdout.contains("[y/N]"), "there is nothing to ask: {}", run.stdout);
        }
    }
}
