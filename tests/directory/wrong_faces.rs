//! Tests files whose photo once went to a stranger, and similar ones: each is refused, and the reason tells whose name
//! it is.

use crate::domain::Domain;
use crate::photos::jpeg;
use crate::run::{Folder, Records};

/// An account's logon name, displayed name, given name and surname.
type Account = (&'static str, &'static str, &'static str, &'static str);

/// `zelda`, and people whose names begin with hers.
const ZELDAS: [Account; 16] = [
    ("zelda", "Zelda Schmidt", "Zelda", "Schmidt"),
    ("z-miller", "Miller, Zelda", "Zelda", "Miller"),
    ("z-garcia", "Zelda Garc\u{ed}a", "Zelda", "Garc\u{ed}a"),
    ("z-novak", "Nov\u{e1}k Zelda", "Zelda", "Nov\u{e1}k"),
    ("z-mueller", "M\u{fc}ller, Zelda", "Zelda", "M\u{fc}ller"),
    ("z-ozdemir", "Zelda \u{d6}zdemir", "Zelda", "\u{d6}zdemir"),
    ("z-fischer", "Dr. Zelda Fischer", "Dr. Zelda", "Fischer"),
    ("z-meier", "Zelda Meier-Lang", "Zelda", "Meier-Lang"),
    ("z-ohara", "O'Hara, Zelda", "Zelda", "O'Hara"),
    ("z-berg", "Zelda van der Berg", "Zelda", "van der Berg"),
    ("z-jensen", "Zelda J\u{f8}rgensen", "Zelda", "J\u{f8}rgensen"),
    ("z-kowal", "Kowalski, Zelda (extern)", "", ""),
    ("z-dong", "\u{110}\u{1ed7} Th\u{1ecb} Zelda", "Zelda", "\u{110}\u{1ed7} Th\u{1ecb}"),
    ("z-santos", "De la Cruz Santos, Zelda Maria", "Zelda Maria", "De la Cruz Santos"),
    ("z-lee", "Zelda Lee | Sales", "Zelda", "Lee"),
    ("z-macleod", "Zelda MacLeod", "Zelda", "MacLeod"),
];

/// File names without their ending, each with the account that it names.
const NAMED: [(&str, &str); 59] = [
    ("Zelda Miller_2", "z-miller"),
    ("Zelda Miller-1", "z-miller"),
    ("Zelda Miller2", "z-miller"),
    ("Zelda Miller.2023", "z-miller"),
    ("zelda Miller_final cropped", "z-miller"),
    ("Zelda Marie Miller", "z-miller"),
    ("Zelda M. Miller", "z-miller"),
    ("zelda (miller)", "z-miller"),
    ("zelda foto miller", "z-miller"),
    ("Zelda Garcia", "z-garcia"),
    ("Zelda Novak", "z-novak"),
    ("Zelda mueller", "z-mueller"),
    ("Zelda muller", "z-mueller"),
    ("Zelda Ozdemir", "z-ozdemir"),
    ("Zelda Oezdemir", "z-ozdemir"),
    ("Zelda Fischer", "z-fischer"),
    ("Zelda Meier Lang", "z-meier"),
    ("Zelda OHara", "z-ohara"),
    ("Zelda O\u{2019}Hara", "z-ohara"),
    ("Zelda Berg", "z-berg"),
    // Similar names.
    ("Zelda-Miller", "z-miller"),
    ("Zelda.Miller", "z-miller"),
    ("Zelda__MILLER", "z-miller"),
    ("Zelda~Miller", "z-miller"),
    ("Zelda (Miller) 648x648", "z-miller"),
    ("Zelda [Miller]", "z-miller"),
    ("Zelda Miler", "z-miller"),
    ("Zelda Miller IMG_4711", "z-miller"),
    ("Zelda Miller WhatsApp Image 2024-01-31", "z-miller"),
    ("Zelda 2023 Miller", "z-miller"),
    ("zelda ZELDA MILLER", "z-miller"),
    ("Zelda   Miller", "z-miller"),
    ("Zelda\u{a0}Miller", "z-miller"),
    ("Zelda Miller (Kopie)", "z-miller"),
    ("Zelda Mu\u{308}ller", "z-mueller"),
    ("Zelda Jorgensen", "z-jensen"),
    ("Zelda Joergensen", "z-jensen"),
    ("Zelda \u{d6}ZDEMIR", "z-ozdemir"),
    ("Zelda Kowalski", "z-kowal"),
    ("Zelda Kowalska", "z-kowal"),
    ("Zelda Do Thi", "z-dong"),
    ("Zelda Santos", "z-santos"),
    ("Zelda Maria de la Cruz Santos", "z-santos"),
    ("Zelda Cruz-Santos", "z-santos"),
    ("Zelda Lee", "z-lee"),
    ("Zelda Mac Leod", "z-macleod"),
    ("Zelda Macleod", "z-macleod"),
    ("Zelda Vanderberg", "z-berg"),
    ("Zelda v. d. Berg", "z-berg"),
    ("Zelda Dr. Fischer", "z-fischer"),
    ("Zelda Fischer, PhD", "z-fischer"),
    ("Zelda Lang", "z-meier"),
    ("Zelda MeierLang", "z-meier"),
    ("Zelda Lang-Meier", "z-meier"),
    ("Zelda O Hara", "z-ohara"),
    ("Zelda O`Hara", "z-ohara"),
    ("zelda z-miller", "z-miller"),
    ("Zelda Garc\u{ed}a L\u{f3}pez", "z-garcia"),
    ("Zelda Maria Luisa Gonzalez Miller", "z-miller"),
];

/// File names that name nobody else, and go to `zelda` as before.
const PLAIN: [&str; 13] = [
    "zelda",
    "zelda 648x648",
    "zelda 2023 (2)",
    "zelda_foto",
    "zelda-final_neu",
    "zelda team photo",
    "Zelda Schmidt",
    "zelda schmidt (2)",
    "zelda.jpg",
    "Zelda Dr. Schmidt",
    "zelda IMG_20240131_101500",
    "zelda (Kopie)",
    "zelda WhatsApp Image 2024-01-31 at 10.15.00",
];

fn add(domain: &Domain, accounts: &[Account]) {
    for (logon, display, given, surname) in accounts {
        let names = [("displayName", *display), ("givenName", *given), ("sn", *surname)];
        let names: Vec<(&str, &str)> = names.into_iter().filter(|(_, name)| !name.is_empty()).collect();
        domain.user_with(logon, &domain.base, &names);
    }
}

fn folder<'n>(names: impl IntoIterator<Item = &'n str>) -> Folder {
    let folder = Folder::new();
    for (number, name) in (1..).zip(names) {
        folder.file(&format!("{name}.jpg"), jpeg(number, 40, 40));
    }
    folder
}

/// Returns what is wrong with the record of this file, unless its reason says that the file has this account's name.
fn not_named(run: &Records, file: &str, whom: &str) -> Option<String> {
    let record = run.of(&format!("{file}.jpg"));
    let reason = record["reason"].as_str().unwrap();
    let is_named = record["reason_code"] == "name-of-another" && reason.contains(&format!("is the name of {whom}"));
    (!is_named).then(|| format!("{file}: {}, {reason}", run.outcome(&format!("{file}.jpg"))))
}

on_both! {
    fn a_name_that_goes_on_is_another_persons(domain: &Domain) {
        add(domain, &ZELDAS);
        let photos = folder(NAMED.map(|(file, _)| file));
        let run = domain.import(photos.path()).args(&["--dry-run"]).records();
        let wrong: Vec<String> = NAMED.iter().filter_map(|(file, whom)| not_named(&run, file, whom)).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert_eq!(run.count("failed"), 59, "{}", run.json);
    }

    fn what_says_nothing_of_a_name_goes_on(domain: &Domain) {
        add(domain, &ZELDAS);
        for file in PLAIN {
            let run = domain.import(folder([file]).path()).args(&["--dry-run"]).records();
            assert_eq!(run.count("would-write"), 1, "{file}: {}", run.json);
            assert_eq!(run.all()[0]["user"], "zelda", "{file}: {}", run.json);
        }
    }

    /// This is so whichever attribute the files are named after.
    fn the_same_holds_for_every_attribute(domain: &Domain) {
        let people = [("wf-anna", "Wanna Schmidt", "Wanna", "Schmidt"), ("wf-bob", "Wob Stone", "Wob", "Stone")];
        for (number, (logon, display, given, surname)) in (4001..).zip(people) {
            let (mail, id) = (format!("{given}@example.test"), format!("77{number}"));
            let names = [("displayName", display), ("givenName", given), ("sn", surname), ("mail", &*mail), ("employeeID", &*id)];
            domain.user_with(logon, &domain.base, &names);
        }
        for (attribute, stranger, own) in [
            ("mail", "wanna@example.test Wob Stone", "wanna@example.test 2023"),
            ("employeeID", "774001 Wob Stone", "774001_foto"),
            ("employeeID", "774001-774002", "774001-2024"),
            ("sAMAccountName", "wf-anna (Wob Stone)", "wf-anna (2)"),
            ("sAMAccountName", "wf-anna_wf-bob", "wf-anna Schmidt"),
        ] {
            let run = domain.import(folder([stranger, own]).path()).args(&["--dry-run", "--match-by", attribute]).records();
            assert_eq!(not_named(&run, stranger, "wf-bob"), None);
            let own = run.of(&format!("{own}.jpg"));
            assert_eq!((&own["status"], &own["user"]), (&"would-write".into(), &"wf-anna".into()), "{}", run.json);
        }
        // Both parts are complete names, so neither is preferred.
        let run = domain.import(folder(["Wanna Schmidt - Wob Stone"]).path()).args(&["--dry-run", "--match-by", "displayName"]).records();
        assert_eq!(run.outcomes(), ["failed ambiguous"], "{}", run.json);
    }

    /// Somebody who has left has no account, so only the name on the file tells that it is not Zelda's photo.
    fn who_has_left_is_not_who_is_called_alike(domain: &Domain) {
        add(domain, &ZELDAS);
        let left = [
            "Zelda Brown", "Zelda-Brown", "Zelda_Petersen_2023", "Zelda (Petrova)", "Zelda Nguyen", "Zelda Weber neu", "Brown, Zelda",
            "Zelda S.", "Zelda Anna Brown", "zelda.brown", "zelda, miller", "Zelda \u{41f}\u{435}\u{442}\u{440}\u{43e}\u{432}\u{430}",
        ];
        let run = domain.import(folder(left).path()).args(&["--dry-run"]).records();
        assert_eq!((run.code, run.count("failed")), (Some(3), 12), "{}", run.json);
    }

    /// The names of all accounts are read only if they can make a difference.
    fn nothing_of_everybody_is_read_where_each_name_is_whole(domain: &Domain) {
        for name in ["whole-a", "whole-b", "whole c"] {
            domain.user_with(name, &domain.base, &[("employeeID", "7001")]);
        }
        let is_read = |photos: &std::path::Path| {
            let run = domain.import(photos).args(&["--dry-run"]).records();
            assert_eq!((run.code, run.count("failed")), (Some(0), 0), "{}", run.json);
            run.stderr.contains("Reading names")
        };
        let whole = folder(["whole-a", "WHOLE-B (2)", "whole c 648x648 2024"]);
        assert!(!is_read(whole.path()));
        let list = whole.file("list.csv", "user,photo\nwhole-a,whole-a.jpg\nwhole c,whole c 648x648 2024.jpg\n");
        assert!(!is_read(&list));
        assert!(is_read(folder(["whole-a", "whole-b kitchen"]).path()), "the stage has another name");
    }
}
