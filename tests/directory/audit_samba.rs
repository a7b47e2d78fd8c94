//! Tests `adphoto audit` on Samba, which has access lists, and with thousands of accounts.

mod samba {
    use ldap3::Scope;

    use crate::audit::{audit, fit, outcome};
    use crate::domain::{Domain, PASSWORD};
    use crate::names::sid;
    use crate::run::{Folder, Import};

    /// If the user may not read a photo, `audit` does not say that there is none.
    #[test]
    #[ignore = "needs the Samba domain that tests/run starts"]
    fn a_photo_that_may_not_be_read_is_not_called_missing() {
        let domain = Domain::samba();
        let service = domain.user("u-svc");
        let hidden = domain.user("u-hidden");
        domain.user("u-none");
        let trustee = sid(&domain.entry(&service, &["objectSid"])["objectSid"][0]);
        let denied = format!("(OD;;RP;8d3bca50-1d7e-11d0-a081-00aa006c33ed;;{trustee})");
        crate::check_samba::samba::run_as_printed(&format!(
            "samba-tool dsacl set --objectdn=\"{hidden}\" --sddl=\"{denied}\""
        ));
        let user = format!("{}\\u-svc", domain.netbios);
        for photo in [None, Some(fit(1, 96))] {
            domain.set_photo(&hidden, photo.as_deref());
            let seen = Import::audit(&domain).user(&user, PASSWORD).records();
            assert_eq!(seen.code, Some(3), "{}", seen.json);
            assert_eq!(outcome(&seen, "u-hidden"), "failed photo-unreadable");
            assert_eq!(outcome(&seen, "u-none"), "missing");
            assert_eq!(seen.json["coverage"]["groups"][0]["unknown"], 1);
        }
        assert_eq!(outcome(&audit(&domain, &[]), "u-hidden"), "ok");

        // Nor do `remove` and `undo` say that there was nothing to remove, or that it was removed already.
        let removed = domain.remove(&["--yes", "--account", "u-hidden", "u-none"]).user(&user, PASSWORD).records();
        assert_eq!(removed.code, Some(3), "{}", removed.json);
        assert_eq!(removed.outcomes(), ["failed photo-unreadable", "unchanged no-photo"]);
        domain.set_photo(&hidden, None);
        let folder = Folder::new();
        folder.file("u-hidden.jpg", fit(1, 96));
        let journal = folder.path().join("run.jsonl");
        assert_eq!(domain.import(folder.path()).journal(&journal).records().count("written"), 1);
        let undo = || domain.undo(&[&journal]);
        let undone = undo().user(&user, PASSWORD).records();
        assert_eq!(
            (undone.code, undone.outcomes()),
            (Some(3), vec!["failed photo-unreadable".to_owned()]),
            "{}",
            undone.json
        );
        assert_eq!(undo().records().outcomes(), ["restored"]);
    }

    const USERS: u32 = 5000;

    fn kind(user: u32) -> &'static str {
        match user % 10 {
            0 | 1 => "missing",
            2 => "unfit wrong-size",
            3 => "unfit not-jpeg",
            4 => "unfit same-picture",
            _ => "ok",
        }
    }

    /// Adds thousands of accounts, with known numbers of each kind, in an OU of their own. They are left for later
    /// runs: deleting them takes longer than any test.
    fn five_thousand(domain: &Domain) -> String {
        let root = domain.base.split_once(',').unwrap().1;
        let unit = format!("OU=adphoto five thousand,{root}");
        if domain.search(root, Scope::OneLevel, "(ou=adphoto five thousand)", &["ou"]).is_empty() {
            domain.add(&unit, &[("objectClass", "organizationalUnit")]);
        }
        let there = domain.search(&unit, Scope::OneLevel, "(objectClass=user)", &["1.1"]);
        let shared = fit(0xFFFF, 96);
        let photo = |user: u32| match kind(user) {
            "missing" => None,
            "unfit wrong-size" => Some(fit(user, 64)),
            "unfit not-jpeg" => Some(format!("not a photo {user}").into_bytes()),
            "unfit same-picture" => Some(shared.clone()),
            _ => Some(fit(user, 96)),
        };
        let users = (0..USERS).map(|user| (format!("AUDIT{user:04}"), user));
        let absent = users.filter(|(name, _)| !there.contains_key(&format!("CN={name},{unit}")));
        domain.users_with_photos(&unit, absent.map(|(name, user)| (name, photo(user))));
        unit
    }

    /// Asserts that an audit of the five thousand accounts finds exactly what is there.
    fn finds_all(audit: Import, unit: &str) {
        let all = audit.base_dn(unit).records();
        assert_eq!(all.code, Some(0), "{}", all.stderr);
        let wanted: Vec<String> = (0..USERS).map(|user| format!("AUDIT{user:04} {}", kind(user))).collect();
        let outcomes = all.outcomes();
        let found = all.all().iter().zip(outcomes).map(|(record, outcome)| {
            let user = record["user"].as_str().unwrap();
            format!("{user} {outcome}")
        });
        assert_eq!(found.collect::<Vec<_>>(), wanted);
        assert_eq!((all.count("ok"), all.count("missing"), all.count("unfit")), (2500, 1000, 1500));
    }

    #[test]
    #[ignore = "needs the Samba domain that tests/run starts"]
    fn of_five_thousand_accounts_the_figures_are_exact() {
        let domain = Domain::samba();
        let unit = five_thousand(&domain);
        finds_all(Import::audit(&domain), &unit);
    }

    /// On a connection that Kerberos seals, all pages of accounts are read and none is lost.
    #[test]
    #[ignore = "needs the Samba domain that tests/run starts"]
    #[cfg(all(unix, feature = "kerberos"))]
    fn of_five_thousand_accounts_none_is_lost_when_kerberos_seals() {
        let domain = crate::kerberos::samba(true);
        let unit = five_thousand(&domain);
        let tickets = crate::kerberos::Tickets::of_the_admin(&domain);
        finds_all(Import::audit(&domain).kerberos(tickets.environment()).server("localhost"), &unit);
    }
}
