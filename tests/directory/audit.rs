//! Tests that `adphoto audit` judges everybody's photo, and calls nobody's photo missing that it may not see.

use adphoto::directory::{Protection, Server};
use adphoto::thumbnail::{Crop, Faces, Options, encode};
use image::{ImageFormat, RgbImage};
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::domain::Domain;
use crate::photos::{jpeg, picture};
use crate::run::{Folder, Import, Records};

const BASE64: &[u8] = b"/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUG";

/// Returns a photo as adphoto writes it, except that its size may be wrong.
pub(crate) fn fit(number: u32, size: u32) -> Vec<u8> {
    let options = Options { size, max_bytes: 100_000, crop: Crop::Center, allow_blank: false, faces: Faces::Ignored };
    encode(&picture(number, size, size), &options).unwrap()
}

/// Returns a photo on which nothing can be seen.
fn blank(size: u32) -> Vec<u8> {
    let options = Options { size, max_bytes: 100_000, crop: Crop::Center, allow_blank: true, faces: Faces::Ignored };
    encode(&RgbImage::new(size, size), &options).unwrap()
}

/// Adds EXIF data with one entry to a photo.
fn with_exif(photo: &[u8], tag: u16, kind: u16, value: u16) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01".to_vec();
    for number in [tag, kind, 0, 1, value, 0, 0, 0] {
        exif.extend(number.to_be_bytes());
    }
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&photo[..2], &[0xff, 0xe1], &length, &exif, &photo[2..]].concat()
}

pub(crate) fn audit(domain: &Domain, arguments: &[&str]) -> Records {
    Import::audit(domain).args(arguments).records()
}

/// Returns `status reason_code` of the account's record.
pub(crate) fn outcome(records: &Records, user: &str) -> String {
    let record = records.all().iter().find(|record| record["user"] == user);
    let record = record.unwrap_or_else(|| panic!("no record of {user} in {}", records.json));
    format!("{} {}", record["status"].as_str().unwrap(), record["reason_code"].as_str().unwrap()).trim().to_owned()
}

on_both! {
    fn every_account_is_ok_missing_or_unfit_and_why(domain: &Domain) {
        let sales = domain.organizational_unit(r"Sales\, West");
        let shared = fit(77, 96);
        let photos: [(&str, &str, Option<Vec<u8>>, &str); 14] = [
            ("a-ok", "Sales", Some(fit(1, 96)), "ok"),
            ("a-none", "Sales", None, "missing"),
            ("a-png", "IT", Some(crate::photos::encode(&RgbImage::new(96, 96), ImageFormat::Png)), "unfit not-jpeg"),
            ("a-base64", "IT", Some(BASE64.to_vec()), "unfit not-jpeg"),
            ("a-text", "IT", Some(b"\\\\share\\photos\\anna.jpg".to_vec()), "unfit not-jpeg"),
            ("a-cut", "IT", Some(fit(3, 96)[..1500].to_vec()), "unfit not-plain;undecodable"),
            ("a-tall", "IT", Some(jpeg(4, 96, 120)), "unfit not-square"),
            ("a-exchange", "IT", Some(fit(5, 64)), "unfit wrong-size"),
            ("a-large", "IT", Some(fit(6, 648)), "unfit wrong-size;too-many-bytes"),
            ("a-gps", "IT", Some(with_exif(&fit(7, 96), 0x8825, 4, 0)), "unfit location"),
            ("a-camera", "IT", Some(with_exif(&fit(8, 96), 0x0110, 2, 0)), "unfit camera"),
            ("a-turned", "IT", Some(with_exif(&fit(9, 96), 0x0112, 3, 6)), "unfit turned-by-exif"),
            ("a-twin1", "Sales", Some(shared.clone()), "unfit same-picture"),
            ("a-twin2", "Sales", Some(shared), "unfit same-picture"),
        ];
        for (user, department, photo, _) in &photos {
            let parent = if *department == "Sales" { &sales } else { &domain.base };
            let dn = domain.user_with(user, parent, &[("department", department), ("displayName", "Anna Schmidt")]);
            domain.set_photo(&dn, photo.as_deref());
        }
        let disabled = [("userAccountControl", "514"), ("department", "Sales")];
        domain.user_with("a-gone", &sales, &disabled);

        let before = domain.snapshot();
        let all = audit(domain, &[]);
        assert_eq!(all.code, Some(0), "{}", all.stderr);
        assert_eq!(all.all().len(), photos.len());
        for (user, _, _, wanted) in &photos {
            assert_eq!(outcome(&all, user), *wanted, "{user}");
        }
        assert_eq!((all.count("ok"), all.count("missing"), all.count("unfit")), (1, 1, 12));
        let group = |name: &str, ok: u32, missing: u32, unfit: u32| {
            serde_json::json!({"name": name, "ok": ok, "missing": missing, "unfit": unfit, "unknown": 0})
        };
        let by_ou = serde_json::json!({"by": "OU", "groups": [group(&sales, 1, 1, 2), group(&domain.base, 0, 0, 10)]});
        assert_eq!(all.json["coverage"], by_ou);
        assert_eq!(all.all()[0]["display_name"], "Anna Schmidt");
        let reason = |user: &str| all.all().iter().find(|record| record["user"] == user).unwrap()["reason"].to_string();
        assert!(reason("a-exchange").contains("Exchange") && reason("a-large").contains("Microsoft 365"));
        assert!(reason("a-twin1").contains("a-twin2") && reason("a-base64").contains("Base64"));

        let with_disabled = audit(domain, &["--include-disabled", "--by", "DEPARTMENT"]);
        let departments =
            serde_json::json!({"by": "DEPARTMENT", "groups": [group("IT", 0, 0, 10), group("Sales", 1, 2, 2)]});
        assert_eq!((with_disabled.count("missing"), &with_disabled.json["coverage"]), (2, &departments));
        let missing = audit(domain, &["--only", "missing"]);
        assert_eq!((missing.all().len(), missing.count("missing")), (1, 1));
        let sales_only = audit(domain, &["--filter", "(department=Sales)"]);
        assert_eq!((sales_only.all().len(), sales_only.count("unfit")), (4, 2));
        let misspelt = Import::audit(domain).args(&["--filter", "(&(cn=*)(!(departmnt=Sales)))"]).run();
        assert!(misspelt.code == Some(1) && misspelt.stderr.contains("no attribute departmnt"), "{}", misspelt.stderr);
        let large = audit(domain, &["--size", "648", "--max-bytes", "102400", "--filter", "cn=a-large"]);
        assert_eq!(outcome(&large, "a-large"), "ok");
        assert_eq!(domain.snapshot(), before, "an audit writes nothing");
    }

    /// A blank photo is written with --allow-blank, and `audit` calls it unfit all the same.
    fn a_photo_on_which_nothing_can_be_seen_is_unfit(domain: &Domain) {
        for name in ["b-black", "b-white", "b-seen"] {
            domain.user(name);
        }
        let folder = Folder::new();
        folder.file("b-black.jpg", blank(96));
        folder.file("b-white.png", crate::photos::encode(&RgbImage::from_pixel(300, 300, image::Rgb([255; 3])), ImageFormat::Png));
        folder.file("b-seen.jpg", fit(2, 96));
        let refused = domain.import(folder.path()).records();
        assert_eq!(refused.outcomes(), ["failed blank", "written", "failed blank"], "{}", refused.json);
        let allowed = domain.import(folder.path()).args(&["--allow-blank"]).records();
        assert_eq!(allowed.outcomes(), ["written", "unchanged", "written"], "{}", allowed.json);
        let audited = audit(domain, &["--filter", "cn=b-*"]);
        for (user, wanted) in [("b-black", "unfit blank"), ("b-white", "unfit blank"), ("b-seen", "ok")] {
            assert_eq!(outcome(&audited, user), wanted);
        }
    }

    /// The list of accounts without a photo is a source for `import`, which gives them their photos.
    fn the_missing_are_paired_with_photos_and_imported(domain: &Domain) {
        let department = [("department", "-Sales"), ("displayName", "Ben Young")];
        let people = ["p-ann", "p-ben", "p-cid"].map(|name| domain.user_with(name, &domain.base, &department));
        domain.set_photo(&people[0], Some(&fit(1, 96)));
        let folder = Folder::new();
        for name in ["p-ann", "p-ben x", "p-nobody"] {
            folder.file(&format!("photos/{name}.jpg"), jpeg(7, 200, 300));
        }
        let photos = folder.path().join("photos");
        let run = Import::audit(domain)
            .args(&["--photos", photos.to_str().unwrap(), "--only", "missing", "--format", "csv"])
            .run();
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let list = folder.file("missing.csv", &run.stdout);
        let rows: Vec<&str> = run.stdout.lines().skip(1).collect();
        assert!(rows.len() == 2 && rows[0].starts_with("p-ben,") && rows[1].starts_with("p-cid,,missing"), "{rows:?}");
        let imported = domain.import(list).records();
        assert_eq!(imported.outcomes(), ["written", "skipped no-photo-named"], "{}", imported.json);
        assert!(domain.photo(&people[1]).is_some());

        let text = Import::audit(domain).run();
        assert!(text.stdout.contains("Without a photo (1):\n  p-cid (Ben Young, -Sales)\n"), "{}", text.stdout);
        assert!(text.stdout.contains("[=============       ]  66%  all: 2 ok, 1 missing"), "{}", text.stdout);
    }

    /// A report tells somebody who reads it a year later how it was made.
    fn reports_say_what_they_are_evidence_of(domain: &Domain) {
        domain.set_photo(&domain.user("e-ann"), Some(&fit(1, 64)));
        domain.user("e-ben");
        let begun = OffsetDateTime::now_utc().unix_timestamp();
        let folder = Folder::new();
        let page = folder.path().join("audit.html");
        let arguments = ["--filter", "(cn=e-*)", "--only", "missing", "--quiet", "--report", page.to_str().unwrap()];
        let audited = audit(domain, &arguments);
        let mut run = audited.json["run"].clone();
        let started = run.as_object_mut().unwrap().remove("started").unwrap();
        let started = OffsetDateTime::parse(started.as_str().unwrap(), &Rfc3339).unwrap().unix_timestamp();
        assert!((begun..=OffsetDateTime::now_utc().unix_timestamp()).contains(&started), "{started}");
        assert!(run.as_object_mut().unwrap().remove("ended").is_some());
        let options = run.as_object_mut().unwrap().remove("options").unwrap();
        assert_eq!((&options["only"], &options["filter"]), (&json!(["missing"]), &json!(["(cn=e-*)"])));
        // The report names the server with its port.
        let server = Server::parse(&domain.server, Protection::StartTls).unwrap().to_string();
        let expected = json!({
            "adphoto": env!("CARGO_PKG_VERSION"), "server": server, "user": domain.admin, "base_dn": domain.base,
            "filter": "(cn=e-*)", "include_disabled": false, "only": "missing",
        });
        assert_eq!((&run, audited.stderr.as_str()), (&expected, ""));
        let page = std::fs::read_to_string(page).unwrap();
        for fact in [&server, &domain.admin, &domain.base, "(cn=e-*)", "left out", "only missing"] {
            let shown = format!("<dd><bdi>{}</bdi></dd>", fact.replace('\'', "&#39;"));
            assert!(page.contains(&shown), "{shown} is not in {page}");
        }
        assert!(!format!("{page}{}", audited.json).contains(&domain.admin_password));

        let text = Import::audit(domain).args(&["--quiet", "--include-disabled"]).run();
        let scope = format!("Summary of 2 accounts below {}, disabled ones too\n", domain.base);
        assert!(text.stdout.contains(&scope) && text.stderr.is_empty(), "{}{}", text.stdout, text.stderr);
        assert!(text.stdout.contains(" 50%  with any photo: 1 of 2\n"), "{}", text.stdout);

        // An import names its accounts one by one, so it has no choice about disabled ones; the other runs have no
        // source of photos that they could name.
        folder.file("photos/e-ben.jpg", jpeg(7, 200, 300));
        let photos = folder.path().join("photos");
        let imported = domain.import(&photos).args(&["--dry-run"]).records().json["run"].clone();
        assert_eq!(
            (&imported["source"], imported.get("include_disabled")),
            (&photos.to_str().unwrap().into(), None)
        );
        let removed = domain.remove(&["--dry-run", "--filter", "(cn=e-*)"]).records().json["run"].clone();
        assert_eq!((&removed["filter"], &removed["include_disabled"]), (&"(cn=e-*)".into(), &true.into()));
        let exported = domain.export(folder.path().join("faces")).records().json["run"].clone();
        assert_eq!((&exported["include_disabled"], exported.get("filter")), (&false.into(), None));
        for run in [imported, removed, exported] {
            assert_eq!((&run["server"], &run["base_dn"]), (&expected["server"], &expected["base_dn"]));
        }
    }

    /// Follows the recipe "From unfit to fit" of the documentation.
    fn unfit_photos_are_exported_and_imported_again(domain: &Domain) {
        let photos = [
            ("f-gps", with_exif(&fit(7, 96), 0x8825, 4, 0)), ("f-tall", jpeg(4, 96, 120)), ("f-large", fit(6, 648)),
            ("f-small", fit(5, 64)), ("f-ok", fit(1, 96)), ("f-text", b"no picture".to_vec()),
        ];
        for (user, photo) in &photos {
            domain.set_photo(&domain.user(user), Some(photo));
        }
        let folder = Folder::new();
        let bad = folder.path().join("bad");
        let exported = domain.export(&bad).args(&["--only", "unfit"]).records();
        assert_eq!((exported.code, exported.count("exported")), (Some(0), 5), "{}", exported.json);
        let imported = domain.import(bad.join("index.csv")).records();
        assert_eq!((imported.code, imported.count("written"), imported.count("failed")), (Some(3), 4, 1), "{}", imported.json);
        let audited = audit(domain, &[]);
        assert_eq!((audited.count("ok"), outcome(&audited, "f-text").as_str()), (5, "unfit not-jpeg"), "{}", audited.json);
        assert_eq!(domain.photo(&format!("CN=f-ok,{}", domain.base)).as_ref(), Some(&photos[4].1));
    }

    /// A list with columns for HR, such as mail addresses, can still be imported.
    fn further_columns_are_in_every_format(domain: &Domain) {
        let more = [("mail", "k.ann@example.com"), ("employeeID", "00417"), ("department", "Sales")];
        domain.user_with("k-ann", &domain.base, &more);
        domain.user_with("k-ben", &domain.base, &[("employeeID", "-1;2")]);
        let folder = Folder::new();
        let page = folder.path().join("audit.html");
        let columns = ["--columns", "MAIL,employeeID,department", "--columns", "sAMAccountName,objectGUID,objectSid"];
        let run = Import::audit(domain).args(&columns).args(&["--report", page.to_str().unwrap()]).records();
        let columns_of = |user: &str| run.all().iter().find(|record| record["user"] == user).unwrap()["columns"].clone();
        let mut ann = columns_of("k-ann");
        assert_eq!(ann["objectGUID"].as_str().unwrap().len(), 36);
        assert_eq!(ann["objectSid"], domain.sid(&format!("CN=k-ann,{}", domain.base)));
        ["objectGUID", "objectSid"].iter().for_each(|binary| _ = ann.as_object_mut().unwrap().remove(*binary));
        let expected = serde_json::json!({"mail": "k.ann@example.com", "employeeID": "00417", "department": "Sales", "sAMAccountName": "k-ann"});
        assert_eq!((&ann, &columns_of("k-ben")["mail"]), (&expected, &"".into()));
        let page = std::fs::read_to_string(page).unwrap();
        assert!(page.contains("<span>mail</span> <bdi>k.ann@example.com</bdi>"), "{page}");

        let run = Import::audit(domain).args(&["--columns", "mail,employeeID,department,sAMAccountName,displayName", "--format", "csv"]).run();
        let header = run.stdout.lines().next().unwrap();
        assert!(header.ends_with("department,suggested_user,suggested_name,mail,employeeID"), "{header}");
        assert!(run.stdout.contains(",k.ann@example.com,00417\n") && run.stdout.contains(",'-1;2\n"), "{}", run.stdout);
        // The column `mail` is not taken for the user of an import, although this list has photos.
        let list = run.stdout.replacen("k-ann,,missing", "k-ann,k-ann.jpg,missing", 1);
        folder.file("k-ann.jpg", jpeg(5, 120, 120));
        let imported = domain.import(folder.file("missing.csv", list)).records();
        assert_eq!(imported.outcomes(), ["written", "skipped no-photo-named"], "{}{}", imported.json, imported.stderr);

        for (columns, wanted) in [("nosuch", "no attribute nosuch"), ("thumbnailPhoto", "thumbnailPhoto cannot be a column"), ("jpegPhoto", "bytes and no text")] {
            let run = Import::audit(domain).args(&["--columns", columns]).run();
            assert!(run.code == Some(1) && run.stderr.contains(wanted), "{}", run.stderr);
        }
        let run = Import::audit(domain).args(&["--columns", "a b"]).run();
        assert_eq!(run.code, Some(2), "{}", run.stderr);
    }

    fn an_audit_tells_what_changed_since_another(domain: &Domain) {
        let people = ["s-got", "s-lost", "s-worse", "s-gone", "s-same"].map(|name| domain.user_with(name, &domain.base, &[("displayName", "Ann Doe")]));
        for (number, dn) in (1..).zip(&people[1..]) {
            domain.set_photo(dn, Some(&fit(number, 96)));
        }
        let folder = Folder::new();
        let then = folder.path().join("then.json");
        let then_text = then.to_str().unwrap();
        assert_eq!(Import::audit(domain).args(&["--report", then_text]).run().code, Some(0));

        domain.set_photo(&people[0], Some(&fit(9, 96)));
        domain.set_photo(&people[1], None);
        domain.set_photo(&people[2], Some(&fit(3, 64)));
        domain.set(&people[3], "userAccountControl", &["514"]);
        domain.user("s-new");
        let page = folder.path().join("now.html");
        let now = audit(domain, &["--since", then_text, "--only", "missing", "--report", page.to_str().unwrap()]);
        assert_eq!(now.code, Some(0), "{}", now.stderr);
        let since = &now.json["since"];
        assert_eq!((&since["before"], &since["now"]), (&serde_json::json!({"accounts": 5, "with_photo": 4}), &serde_json::json!({"accounts": 5, "with_photo": 3})));
        let changes: Vec<String> = since["changes"].as_array().unwrap().iter().map(|change| format!("{} {}", change["user"], change["change"]).replace('"', "")).collect();
        assert_eq!(changes, ["s-got got-photo", "s-lost lost-photo", "s-worse now-unfit", "s-new new", "s-gone gone"]);
        let page = std::fs::read_to_string(page).unwrap();
        assert!(page.contains("4 of 5 (80 %) then, 3 of 5 (60 %) now") && page.contains("<b>1</b> Lost their photo"), "{page}");
        let text = Import::audit(domain).args(&["--since", then_text]).run();
        assert!(text.stdout.contains("  With any photo: 4 of 5 (80 %) then, 3 of 5 (60 %) now\n  Got a photo (1)\n    s-got (Ann Doe)\n"), "{}", text.stdout);

        // Comparing is refused if it would count everybody as new or gone, or if the file is not the report of an
        // audit.
        for more in [&["--filter", "(cn=s-*)"][..], &["--include-disabled"]] {
            let run = Import::audit(domain).args(&["--since", then_text]).args(more).run();
            assert!(run.code == Some(1) && run.stderr.contains("the enabled accounts below"), "{}", run.stderr);
        }
        let other = std::fs::read_to_string(&then).unwrap().replace(&format!("\"base_dn\": \"{}", domain.base), "\"base_dn\": \"DC=other,DC=test");
        let export = folder.path().join("export.json");
        domain.export(folder.path().join("faces")).args(&["--report", export.to_str().unwrap()]).run();
        for (file, wanted) in [
            (folder.file("other.json", other), "below DC=other,DC=test"),
            (export, "the report of adphoto export, and no audit"),
            (folder.file("a.json", "[]"), "is no JSON report of adphoto"),
            (folder.path().join("none.json"), "cannot read the earlier audit"),
        ] {
            let run = Import::audit(domain).args(&["--since", file.to_str().unwrap()]).run();
            assert!(run.code == Some(1) && run.stderr.contains(wanted), "{wanted}: {}", run.stderr);
        }
        let run = Import::audit(domain).args(&["--since", then_text, "--report", then_text]).run();
        assert!(run.code == Some(2) && run.stderr.contains("would overwrite the source"), "{}", run.stderr);
    }
}
