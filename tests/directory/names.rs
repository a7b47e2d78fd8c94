//! Tests which account a photo is for, on a real directory.

use image::ImageFormat;

use crate::photos::{encode, jpeg, number, picture};
use crate::run::Folder;

on_both! {
    /// Whatever case, spaces, brackets and Unicode forms it has, a file name finds the account that it names and no
    /// other.
    fn file_names_find_their_accounts(domain: &Domain) {
        let sales = domain.organizational_unit("Sales");
        let berlin = format!("OU=Berlin,{sales}");
        domain.add(&berlin, &[("objectClass", "organizationalUnit")]);
        let folder = Folder::new();
        let mut expected = Vec::new();
        for (number, (account, parent, file)) in (1..).zip([
            ("user001", &domain.base, "USER001.JPG"),
            ("mary lou", &domain.base, "mary lou team.jpg"),
            ("mary", &domain.base, "mary (2).jpg"),
            ("o(b)rien-t", &domain.base, "o(b)rien-t x.jpg"),
            ("j\u{fc}rgen-t", &domain.base, "ju\u{308}rgen-t 648x648.jpg"),
            ("John.Smith", &berlin, "John.Smith team photo (2).JPG"),
        ]) {
            if !(domain.is_practice() && account == "mary") {
                let dn = domain.user_with(account, parent, &[]);
                folder.file(file, jpeg(number, 300, 200));
                expected.push((dn, file, number));
            }
        }
        let run = domain.import(folder.path()).records();
        assert_eq!(run.code, Some(0), "{}", run.json);
        for (dn, file, number) in expected {
            assert_eq!(run.of(file)["dn"], dn);
            assert_eq!(self::number(&domain.photo(&dn).unwrap()), number, "{file}");
        }
        assert_eq!(run.outcome("mary lou team.jpg"), "written ignored-text");
        assert!(run.of("mary lou team.jpg")["reason"].as_str().unwrap().contains("\"team\""));
    }

    /// Characters that have a meaning in an LDAP filter have none in a name.
    fn no_name_is_a_pattern(domain: &Domain) {
        let people = ["anna-t", "bob-t"].map(|name| domain.user(name));
        let folder = Folder::new();
        let list = "user,path\n*,a.jpg\nanna*,a.jpg\n)(cn=*,a.jpg\n*)(objectClass=*,a.jpg\n\\2a,a.jpg\nanna-t\\00,a.jpg\n";
        folder.file("a.jpg", jpeg(1, 200, 200));
        let run = domain.import(folder.file("list.csv", list)).records();
        assert_eq!(run.code, Some(3));
        for outcome in run.outcomes() {
            assert!(["failed no-such-account", "failed other-domain"].contains(&outcome.as_str()), "{}", run.json);
        }
        assert!(people.iter().all(|dn| domain.photo(dn).is_none()));
    }

    fn a_computer_of_that_name_is_never_written(domain: &Domain) {
        let computer = format!("CN=kiosk-t,{}", domain.base);
        domain.add(&computer, &[("objectClass", "computer"), ("sAMAccountName", "kiosk-t"), ("userAccountControl", "4096")]);
        let folder = Folder::new();
        folder.file("kiosk-t.jpg", jpeg(1, 200, 200));
        let run = domain.import(folder.path()).records();
        assert_eq!(run.outcomes(), ["failed no-such-account"]);
        assert_eq!(domain.photo(&computer), None);
    }

    /// "Anna Miller.jpg" is not a photo of `anna` if Anna Miller is somebody else.
    fn nobody_gets_a_strangers_face(domain: &Domain) {
        let anna = domain.user_with("anna-x", &domain.base, &[("displayName", "Anna-x Schmidt")]);
        let other = domain.user_with("amiller-x", &domain.base, &[("displayName", "Dr. Miller, Anna-x"), ("givenName", "Anna-x"), ("sn", "Miller")]);
        let folder = Folder::new();
        folder.file("Anna-x Miller.jpg", jpeg(1, 200, 200));
        folder.file("anna-x miller (2).jpg", jpeg(2, 200, 200));
        let run = domain.import(folder.path()).records();
        assert_eq!(run.outcomes(), ["failed name-of-another", "failed name-of-another"]);
        let reason = run.of("Anna-x Miller.jpg")["reason"].as_str().unwrap();
        assert!(reason.contains("is the name of amiller-x"), "{reason}");
        assert_eq!((domain.photo(&anna), domain.photo(&other)), (None, None));
    }

    /// A file that is named after another account is reported, in whatever spelling.
    fn a_list_whose_rows_have_shifted_is_told(domain: &Domain) {
        for name in ["v-ann", "v-ben", "v-cat"] {
            domain.user(name);
        }
        let folder = Folder::new();
        for (number, file) in (1..).zip(["v-ann.jpg", "v-ben.jpg", "V-CAT.jpg", "IMG_0412.jpg"]) {
            folder.file(file, jpeg(number, 100, 100));
        }
        let told = |rows: &str| {
            let list = folder.file("list.csv", format!("user,photo\n{rows}"));
            let run = domain.import(list).args(&["--dry-run"]).records();
            assert_eq!(run.code, Some(0), "{}", run.json);
            run.outcomes()
        };
        let plain = "would-write".to_owned();
        assert_eq!(told("v-ann,v-ann.jpg\nV-BEN,IMG_0412.jpg\nv-cat,V-CAT.jpg\n"), [&plain, &plain, &plain].map(Clone::clone));
        // It makes no difference whether the other account is on the list.
        assert_eq!(told("v-ann,v-ben.jpg\n"), ["would-write named-after-another"]);
        assert_eq!(told("v-ann,V-CAT.jpg\nv-cat,v-ann.jpg\n"), ["would-write named-after-another", "would-write named-after-another"]);
    }

    fn a_list_that_is_shifted_stops_before_its_first_write(domain: &Domain) {
        for number in 600..=606 {
            let (logon, id) = (format!("w{number:05}"), format!("E{number:06}"));
            let (display, mail) = (format!("Welle, N{number:05}"), format!("{logon}@example.test"));
            let names = [("displayName", &*display), ("employeeID", &id), ("mail", &mail), ("sn", "Welle"), ("givenName", &display[7..])];
            domain.user_with(&logon, &domain.base, &names);
        }
        let folder = Folder::new();
        let spellings: [fn(u32) -> String; 7] = [
            |number| format!("w{number:05}.jpg"),
            |number| format!("W_{number:05}.jpg"),
            |number| format!("N{number:05}_Welle.jpg"),
            |number| format!("E{number:06}.jpg"),
            |number| format!("w{number:05}@example.test.jpg"),
            |number| format!("w{number:05}-photo.jpg"),
            |number| format!("Welle, N{number:05} 2024.jpg"),
        ];
        let before = domain.snapshot();
        for spelling in spellings {
            let mut shifted = "user,photo\n".to_owned();
            let mut right = shifted.clone();
            for number in 600..=605 {
                folder.file(&spelling(number), jpeg(1, 100, 100));
                shifted += &format!("w{number:05},\"{}\"\n", spelling(number + 1));
                right += &format!("w{number:05},\"{}\"\n", spelling(number));
            }
            folder.file(&spelling(606), jpeg(1, 100, 100));
            let list = folder.file("list.csv", &shifted);
            for arguments in [&[][..], &["--dry-run"]] {
                let run = domain.import(list.clone()).args(arguments).records();
                assert_eq!(run.outcomes(), ["not-attempted named-after-another;stopped"; 6], "{}", run.json);
                assert_eq!(run.code, Some(1), "{}", run.stderr);
                assert!(run.stderr.contains("6 of 6 files that bear a user's name bear another"), "{}", run.stderr);
                assert!(run.stderr.contains(&format!("{} is given", domain.called("w00600"))) && run.stderr.contains("which names w00601"), "{}", run.stderr);
            }
            let insists = domain.import(list).args(&["--dry-run", "--allow-misnamed", "--allow-identical"]).records();
            assert_eq!((insists.code, insists.count("would-write")), (Some(0), 6), "{}", insists.json);
            let run = domain.import(folder.file("list.csv", &right)).args(&["--dry-run", "--allow-identical"]).records();
            assert_eq!((run.code, run.count("would-write")), (Some(0), 6), "{}", run.json);
            assert!(!run.json.to_string().contains("named-after-another"), "{}", run.json);
        }
        // A few wrong rows do not stop the run; a person has to look at them.
        let few = "user,photo\nw00600,w00601.jpg\nw00601,w00602.jpg\nw00602,w00603.jpg\nw00603,w00604.jpg\nw00604,w00604.jpg\n";
        let run = domain.import(folder.file("list.csv", few)).args(&["--dry-run", "--allow-identical"]).records();
        assert_eq!((run.code, run.count("would-write")), (Some(0), 5), "{}", run.json);
        assert_eq!(domain.snapshot(), before);
    }

    fn one_file_of_a_folder_for_two_paths_of_a_list_is_nobodys(domain: &Domain) {
        domain.user("samefile-t");
        let folder = Folder::new();
        folder.file("photos/portrait.jpg", jpeg(1, 100, 100));
        let rows = r"user,photo
samefile-t,C:\hr\Smith\portrait.jpg
nobody-t,C:\hr\Jones\portrait.jpg
";
        let photos = folder.path().join("photos");
        let run = domain.import(folder.file("list.csv", rows)).args(&["--photo-dir", photos.to_str().unwrap()]).records();
        assert_eq!(run.outcomes(), ["failed same-file", "failed no-such-account"], "{}", run.json);
    }

    /// A directory may find an account whose name is only similar; adphoto compares the names again.
    fn a_directorys_comparison_is_not_ours(domain: &Domain) {
        let people = [("jos\u{e9}-t", "Jos\u{e9} Tester"), ("stra\u{df}e-t", "Eva Stra\u{df}e-t"), ("\u{142}ucja-t", "\u{141}ucja Tester")];
        let dns = people.map(|(logon, name)| domain.user_with(logon, &domain.base, &[("displayName", name)]));
        let asked = domain.search(&domain.base, ldap3::Scope::Subtree, "(sAMAccountName=jose-t)", &["cn"]);
        // AD's comparison ignores accents, and so does the practice directory's; Samba's does not.
        assert_eq!(asked.contains_key(&dns[0]), domain.is_practice(), "{asked:?}");
        let folder = Folder::new();
        for file in ["jose-t", "strasse-t", "lucja-t", "jos\u{e9}-t"] {
            folder.file(&format!("{file}.jpg"), jpeg(1, 100, 100));
        }
        let run = domain.import(folder.path()).records();
        for file in ["jose-t", "strasse-t", "lucja-t"] {
            assert_eq!(run.outcome(&format!("{file}.jpg")), "failed no-such-account", "{}", run.json);
            let reason = run.of(&format!("{file}.jpg"))["reason"].as_str().unwrap();
            let likely = people.iter().find(|(logon, _)| logon.starts_with(&file[..1]) || file.starts_with('l') && logon.starts_with('\u{142}')).unwrap().0;
            assert!(reason.contains(&format!("; similar: {likely} (")), "{reason}");
        }
        assert_eq!(run.outcome("jos\u{e9}-t.jpg"), "written");
        let list = "mail,photo\njose-t@example.test,jose-t.jpg\n";
        domain.user_with("by-mail-t", &domain.base, &[("mail", "jos\u{e9}-t@example.test")]);
        let run = domain.import(folder.file("list.csv", list)).records();
        assert_eq!(run.outcomes(), ["failed no-such-account"], "{}", run.json);
        assert!(dns[1..].iter().all(|dn| domain.photo(dn).is_none()));
    }

    /// Accounts and files from everyday life for which photos once went to the wrong person.
    fn text_that_names_another_is_not_ignored(domain: &Domain) {
        let sub = domain.organizational_unit("Sub");
        let other = domain.organizational_unit("Other");
        for (logon, display, given, sn, parent) in [
            ("qanna", "Qanna Schmidt", "Qanna", "Schmidt", &sub),
            ("qu1", "Unit 1", "", "", &sub),
            ("qjdoe", "Jane Doe", "Jane", "Doe", &sub),
            ("qmueller", "M\u{fc}ller, Qanna", "Qanna", "M\u{fc}ller", &sub),
            ("qbrown", "Brown, Qanna (Sales)", "", "", &sub),
            ("qjones", "Qanna M. Jones", "Qanna M.", "Jones", &sub),
            ("qwest", "Qanna West", "Qanna", "West", &other),
            ("qmaria", "Qmaria Kurz", "Qmaria", "Kurz", &sub),
            ("qwinter", "Winter Qanna", "Qanna", "Winter", &sub),
            ("qlarsen", "Qanna-Lena Larsen", "Qanna-Lena", "Larsen", &sub),
            ("qcruz", "De la Cruz Santos, Qanna Maria", "Qanna Maria", "De la Cruz Santos", &sub),
            ("qbauer", "Dr. Qanna Bauer", "Qanna", "Bauer", &sub),
            ("qvoss", "Qanna Vo\u{df} (extern)", "Qanna", "Vo\u{df}", &other),
            ("qkurz", "KURZ Qanna", "Qanna", "KURZ", &sub),
        ] {
            let names: Vec<(&str, &str)> = [("displayName", display), ("givenName", given), ("sn", sn)].into_iter().filter(|(_, value)| !value.is_empty()).collect();
            domain.user_with(logon, parent, &names);
        }
        let folder = Folder::new();
        let refused = [
            ("Qanna - Winter", "qwinter"), ("Qanna \u{2013} Winter", "qwinter"), ("Qanna_Winter", "qwinter"), ("Qanna+Winter_2", "qwinter"),
            ("qu1 Qanna Schmidt", "qanna"), ("qu1 (Qanna Schmidt)", "qanna"), ("Qanna Mueller", "qmueller"), ("Qanna Muller-1", "qmueller"),
            ("Qanna Brown", "qbrown"), ("Qanna Jones", "qjones"), ("Qanna West2", "qwest"), ("Qmaria West", "qwest"),
            ("Qanna Larsen.2023", "qlarsen"), ("Qanna foto Cruz Santos", "qcruz"), ("Qanna Dr. Bauer", "qbauer"), ("Qanna Voss", "qvoss"),
            ("Qanna Kurz_neu", "qkurz"), ("qjdoe qu1", "qu1"),
        ];
        let gone = ["Qanna Petrov", "Qmaria Kitchen", "qu1 Petra Lang"];
        let goes_on = ["qjdoe 648x648", "qu1 kitchen party", "qjdoe_final-2"];
        for (number, file) in (1..).zip(refused.iter().map(|(file, _)| *file).chain(gone).chain(goes_on)) {
            folder.file(&format!("{file}.jpg"), jpeg(number, 100, 100));
        }
        for base in [&domain.base, &sub] {
            let run = domain.import(folder.path()).base_dn(base).args(&["--dry-run"]).records();
            for (file, whom) in refused {
                let file = format!("{file}.jpg");
                assert_eq!(run.outcome(&file), "failed name-of-another", "{}", run.of(&file));
                let reason = run.of(&file)["reason"].as_str().unwrap();
                assert!(reason.contains(&format!("is the name of {whom}")), "{reason}");
            }
            for file in gone {
                // Either reason is right: some of these names resemble somebody who is still there.
                let outcome = run.outcome(&format!("{file}.jpg"));
                assert!(matches!(&*outcome, "failed unexplained-text" | "failed name-of-another"), "{file}: {outcome}");
            }
            assert_eq!(run.outcome("qu1 kitchen party.jpg"), "would-write ignored-text");
            assert!(run.outcomes().iter().filter(|outcome| outcome.starts_with("failed several-photos")).count() == 2);
        }
        let run = domain.import(folder.path()).args(&["--dry-run", "--ignore-text", "Kitchen", "--ignore-text", "petrov"]).records();
        assert_eq!(run.outcome("Qmaria Kitchen.jpg"), "would-write ignored-text", "{}", run.json);
        assert_eq!(run.outcome("Qanna Petrov.jpg"), "would-write ignored-text", "{}", run.json);
    }

    fn names_and_several_attributes_match(domain: &Domain) {
        let mueller = domain.user_with("n-100", &domain.base, &[("displayName", "M\u{fc}ller, J\u{f6}rn"), ("givenName", "J\u{f6}rn"), ("sn", "M\u{fc}ller"), ("mail", "joern@example.test")]);
        let bauer = domain.user_with("n-101", &domain.base, &[("displayName", "Dr. Annike Bauer"), ("givenName", "Annike"), ("sn", "Bauer"), ("employeeID", "n-100")]);
        for name in ["n-102", "n-103"] {
            domain.user_with(name, &domain.base, &[("displayName", "Twin, Zweite")]);
        }
        let folder = Folder::new();
        let files = ["M\u{fc}ller, J\u{f6}rn", "Joern Mueller 2023 (2)", "Bauer Annike", "J\u{f6}rn Muller", "Zweite Twin", "n-101", "A. Bauer"];
        for file in files {
            folder.file(&format!("{file}.jpg"), jpeg(1, 100, 100));
        }
        let run = domain.import(folder.path()).args(&["--dry-run", "--match-by", "name"]).records();
        let of = |file: &str| (run.outcome(&format!("{file}.jpg")), run.of(&format!("{file}.jpg"))["dn"].as_str().unwrap_or_default().to_owned());
        for file in ["M\u{fc}ller, J\u{f6}rn", "Joern Mueller 2023 (2)"] {
            assert_eq!(of(file), ("failed several-photos".into(), mueller.clone()), "{}", run.json);
        }
        for file in ["Bauer Annike", "n-101"] {
            assert_eq!(of(file), ("failed several-photos".into(), bauer.clone()), "{}", run.json);
        }
        assert_eq!(of("J\u{f6}rn Muller").0, "failed no-such-account");
        assert_eq!(of("A. Bauer").0, "failed no-such-account");
        assert_eq!(of("Zweite Twin").0, "failed ambiguous");
        let run = domain.import(folder.path()).args(&["--dry-run", "--match-by", "{givenName} {sn}"]).records();
        assert_eq!(run.outcome("Joern Mueller 2023 (2).jpg"), "failed several-photos");
        assert_eq!(run.outcome("Zweite Twin.jpg"), "failed no-such-account", "they have neither");

        let list = "user,photo\njoern@example.test,A. Bauer.jpg\nn-101,n-101.jpg\nn-100,Zweite Twin.jpg\n";
        let run = domain.import(folder.file("list.csv", list)).args(&["--dry-run", "--match-by", "sAMAccountName,mail,employeeID"]).records();
        assert_eq!(run.outcomes()[1..], ["would-write same-photo", "failed ambiguous"], "{}", run.json);
        assert!(run.outcomes()[0].starts_with("would-write"), "{}", run.json);
    }

    fn a_pattern_says_which_part_of_a_name_is_the_user(domain: &Domain) {
        let dn = domain.user_with("p-anna", &domain.base, &[("displayName", "Pia Anna"), ("employeeID", "900400")]);
        domain.user_with("p-bob", &domain.base, &[("displayName", "Bob Blumenkohl")]);
        let folder = Folder::new();
        for file in ["HR_900400_(2)", "HR_900400 Bob Blumenkohl", "other"] {
            folder.file(&format!("{file}.jpg"), jpeg(1, 100, 100));
        }
        let import = |pattern: &str| domain.import(folder.path()).args(&["--dry-run", "--match-by", "employeeID", "--name-pattern", pattern]);
        let run = import(r"^HR_(?<user>\d+)").records();
        assert_eq!(run.of("HR_900400_(2).jpg")["dn"], dn);
        assert_eq!(run.outcome("HR_900400_(2).jpg"), "would-write ignored-text");
        assert_eq!(run.outcome("HR_900400 Bob Blumenkohl.jpg"), "failed name-of-another", "{}", run.json);
        assert_eq!(run.outcome("other.jpg"), "failed not-the-pattern");
        for (pattern, said) in [(r"^HR_(?<user>\d+", "^HR_\u{27e8}here\u{27e9}(?<user>"), (r"^HR_(\d+)", "no group (?<user>"), (r"^ID_(?<user>.+)", "fits no file")] {
            let run = import(pattern).run();
            assert_eq!(run.code, Some(2), "{}", run.stderr);
            assert!(run.stderr.contains(said) && run.stderr.contains("HR_900400"), "{}", run.stderr);
        }
    }

    fn a_pattern_takes_whole_words_and_numbers(domain: &Domain) {
        domain.user_with("pw-1018", &domain.base, &[("employeeID", "771018")]);
        let folder = Folder::new();
        for file in ["HR_7710182", "HR_771018"] {
            folder.file(&format!("{file}.jpg"), jpeg(1, 100, 100));
        }
        let pattern = r"HR_(?<user>\d{6})";
        let run = domain.import(folder.path()).args(&["--dry-run", "--match-by", "employeeID", "--name-pattern", pattern]).records();
        assert_eq!(run.outcome("HR_7710182.jpg"), "failed not-the-pattern", "{}", run.json);
        let reason = run.of("HR_7710182.jpg")["reason"].as_str().unwrap();
        assert!(reason.contains("\"771018\" out of the middle of a word or number"), "{reason}");
        assert_eq!(run.outcome("HR_771018.jpg"), "would-write ignored-text", "{}", run.json);
    }

    /// Whatever compares people's names, exactly one account of the domain is called so.
    fn a_namesake_who_is_written_otherwise_is_seen(domain: &Domain) {
        domain.user_with("ns-mulrike", &domain.base, &[("displayName", "Ulrike Moserin")]);
        let names = [("displayName", "Moserin, Ulrike"), ("givenName", "Ulrike"), ("sn", "Moserin")];
        domain.user_with("ns-umoser", &domain.base, &names);
        domain.user_with("ns-eva", &domain.base, &[("displayName", "Eva Wallnerin"), ("givenName", "Eva"), ("sn", "Wallnerin")]);
        domain.user_with("ns-eva2", &domain.base, &[("displayName", "Eva Wallnerin 2")]);
        let folder = Folder::new();
        for file in ["Ulrike Moserin", "Eva Wallnerin_2"] {
            folder.file(&format!("{file}.jpg"), jpeg(1, 100, 100));
        }
        for rule in ["displayName", "name", "{givenName} {sn}"] {
            let run = domain.import(folder.path()).args(&["--dry-run", "--match-by", rule]).records();
            assert_eq!(run.outcomes(), ["failed ambiguous"; 2], "{rule}: {}", run.json);
        }
        let list = folder.file("list.csv", "user,photo\nUlrike Moserin,Ulrike Moserin.jpg\nEva Wallnerin 2,Eva Wallnerin_2.jpg\n");
        let run = domain.import(list).args(&["--dry-run", "--match-by", "displayName"]).records();
        assert_eq!(run.outcome("Ulrike Moserin.jpg"), "failed ambiguous", "{}", run.json);
        assert!(run.outcome("Eva Wallnerin_2.jpg").starts_with("would-write"), "a list's word is whole: {}", run.json);
    }

    fn every_identity_finds_its_account(domain: &Domain) {
        let folder = Folder::new();
        let mut list = "AD_user;path_to_file\n".to_owned();
        let mut people = Vec::new();
        for (number, form) in (1..).zip(["name", "domain", "dn", "guid", "sid"]) {
            let name = format!("identity {form}");
            let dn = domain.user_with(&name, &domain.base, &[("cn", "Comma, X ")].map(|(key, value)| (key, value)).map(|pair| if form == "dn" { pair } else { ("cn", name.as_str()) }));
            let entry = domain.entry(&dn, &["objectGUID", "objectSid"]);
            let key = match form {
                "domain" => format!("{}\\{}", domain.netbios.to_lowercase(), name.to_uppercase()),
                "dn" => dn.replace("CN=", "cn = "),
                "guid" => guid(&entry["objectGUID"][0]),
                "sid" => sid(&entry["objectSid"][0]),
                _ => name,
            };
            list += &format!("{key};{number}.jpg\n");
            folder.file(&format!("{number}.jpg"), jpeg(number, 150, 150));
            people.push((dn, number));
        }
        list += "ELSEWHERE\\identity name;1.jpg\n";
        let run = domain.import(folder.file("list.csv", list)).records();
        assert_eq!(run.outcomes(), [&["written"; 5][..], &["failed other-domain"]].concat(), "{}", run.json);
        for (dn, number) in people {
            assert_eq!(self::number(&domain.photo(&dn).unwrap()), number, "{dn}");
        }
    }

    /// Accounts are matched by an attribute with an index and by one without; the CSV's header may name the attribute.
    fn other_attributes_match(domain: &Domain) {
        let mail = domain.user_with("by-mail", &domain.base, &[("mail", "By.Mail@example.test")]);
        let number_ = domain.user_with("by-number", &domain.base, &[("employeeID", "00815")]);
        let folder = Folder::new();
        folder.file("m.png", encode(&picture(7, 120, 180), ImageFormat::Png));
        folder.file("n.jpg", jpeg(8, 120, 180));
        let run = domain.import(folder.file("m.csv", "E-Mail,Photo\nby.mail@EXAMPLE.test,m.png\n")).records();
        assert_eq!(run.outcomes(), ["written"], "{}", run.json);
        assert!(run.stderr.contains("matching by mail"), "{}", run.stderr);
        let run = domain.import(folder.file("n.csv", "user,Photo\n00815,n.jpg\n815,n.jpg\n")).args(&["--match-by", "EMPLOYEEid"]).records();
        assert_eq!(run.outcomes(), ["written", "failed no-such-account"], "{}", run.json);
        assert_eq!(number(&domain.photo(&mail).unwrap()), 7);
        assert_eq!(number(&domain.photo(&number_).unwrap()), 8);
        let run = domain.import(folder.path().join("n.csv")).args(&["--match-by", "shoeSize"]).run();
        assert_eq!(run.code, Some(1));
        assert!(run.stderr.contains("no attribute shoeSize"), "{}", run.stderr);
    }

    fn a_name_of_several_is_ambiguous(domain: &Domain) {
        let twins = ["twin1", "twin2"].map(|name| domain.user_with(name, &domain.base, &[("mail", "twin@example.test")]));
        let folder = Folder::new();
        folder.file("t.jpg", jpeg(1, 100, 100));
        let run = domain.import(folder.file("t.csv", "mail,photo\ntwin@example.test,t.jpg\n")).records();
        assert_eq!(run.outcomes(), ["failed ambiguous"]);
        assert!(twins.iter().all(|dn| domain.photo(dn).is_none()));
    }
}

on_tenant! {
    no_name_is_a_pattern
    nobody_gets_a_strangers_face
    a_list_whose_rows_have_shifted_is_told
    one_file_of_a_folder_for_two_paths_of_a_list_is_nobodys
    text_that_names_another_is_not_ignored
    a_pattern_says_which_part_of_a_name_is_the_user
    a_pattern_takes_whole_words_and_numbers
    a_namesake_who_is_written_otherwise_is_seen
    other_attributes_match
    a_name_of_several_is_ambiguous
}

pub(crate) fn guid(bytes: &[u8]) -> String {
    let hex = |range: &[usize]| range.iter().map(|&at| format!("{:02X}", bytes[at])).collect::<String>();
    let groups = [hex(&[3, 2, 1, 0]), hex(&[5, 4]), hex(&[7, 6]), hex(&[8, 9]), hex(&[10, 11, 12, 13, 14, 15])];
    format!("{{{}}}", groups.join("-"))
}

pub(crate) fn sid(bytes: &[u8]) -> String {
    let parts = bytes[8..].chunks(4).map(|part| u32::from_le_bytes(part.try_into().unwrap()).to_string());
    format!("S-1-{}-{}", bytes[7], parts.collect::<Vec<_>>().join("-"))
}
