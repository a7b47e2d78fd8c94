//! Tests the way from a dry run, through approval in a browser, to the import of the approved list.

use std::fmt::Write as _;

use adphoto::hash::Hash;

use crate::chromium::Chromium;
use crate::domain::Domain;
use crate::photos::{jpeg, number};
use crate::run::{Folder, Import};

const PEOPLE: u32 = 20;

fn turned_down(browser: &mut Chromium, count: u32) {
    browser.becomes("document.querySelectorAll('.card.down').length", count);
    browser.becomes("document.getElementById('approved').textContent", format!("{} approved", PEOPLE - count));
}

pub(crate) fn what_is_turned_down_is_not_written(domain: &Domain) {
    let Some(mut browser) = Chromium::start() else { return };
    // Names that a spreadsheet would take for a formula or for an escaped cell, and file names that a list must quote.
    let names: Vec<String> = (0..PEOPLE)
        .map(|number| match number {
            0 => "-dash".to_owned(),
            1 => "'-tick".to_owned(),
            2 => "b-jürgen".to_owned(),
            _ => format!("b-{number}"),
        })
        .collect();
    let people: Vec<String> = names.iter().map(|name| domain.user(name)).collect();
    let folder = Folder::new();
    let mut list = "user,path\n".to_owned();
    for (number, name) in (1..).zip(&names) {
        let file = format!("=photo {number}, of \"one\".jpg");
        folder.file(&file, jpeg(number, 300, 400));
        // The cells are escaped as a careful program writes them.
        let cell = if name.trim_start_matches('\'').starts_with('-') { format!("'{name}") } else { name.clone() };
        writeln!(list, "{cell},\"'{}\"", file.replace('"', "\"\"")).unwrap();
    }
    // A row that fails and one that is unchanged cannot be approved.
    folder.file("again.jpg", jpeg(99, 300, 400));
    let unchanged = domain.user("b-unchanged");
    let ready = folder.file("ready.csv", "user,path\nb-unchanged,again.jpg\n");
    assert_eq!(domain.import(ready).records().outcomes(), ["written"]);
    list += "b-unchanged,again.jpg\nb-nobody,again2.jpg\n";
    let list = folder.file("list.csv", list);
    let page = folder.path().join("page.html");
    let report = page.to_str().unwrap();
    let before = domain.snapshot();
    let dry = Import::new(domain, list).args(&["--dry-run", "--report", report]).records();
    assert_eq!((dry.count("would-write"), dry.count("unchanged"), dry.count("failed")), (20, 1, 1), "{}", dry.json);

    browser.open(&page);
    assert_eq!(browser.value("document.querySelectorAll('.decide:not([hidden])').length"), PEOPLE);
    browser.click("#card-4 .decide");
    turned_down(&mut browser, 1);
    // The card that was clicked is selected; the arrow keys lead to its neighbours.
    browser.press(&["ArrowRight", "x"]);
    turned_down(&mut browser, 2);
    browser.press(&["ArrowRight", " "]);
    turned_down(&mut browser, 3);
    browser.press(&["ArrowRight", "x"]);
    turned_down(&mut browser, 4);
    browser.press(&["x"]);
    turned_down(&mut browser, 3);
    browser.reload();
    turned_down(&mut browser, 3);
    // A filter makes no difference to what is saved.
    browser.click(".tile[data-only=down]");
    browser.becomes("document.getElementById('shown').textContent", "3 of 22 shown");
    // Without a proper name of the person who approves, nothing is saved.
    for nobody in ["", "   ", "=1+1"] {
        browser.value(&format!("document.getElementById('by').value = {nobody:?}"));
        browser.click("#save");
        browser.becomes(
            "document.getElementById('told').textContent",
            "Type your name first: the list says who approved it.",
        );
        browser.becomes("document.activeElement.id", "by");
    }
    assert!(browser.has_no_download());
    browser.value("document.getElementById('by').value = ''");
    browser.type_text("M\u{fc}ller, \"Petra\"");

    // The page knows which photos were looked at, also after a reload.
    let seen = browser.value("document.getElementById('seen').textContent");
    assert!(seen.as_str().unwrap().ends_with(" of 17") && seen != "seen 17 of 17", "{seen}");
    browser.click(".tile[data-only='']");
    browser.resize(5_000);
    browser.becomes("document.getElementById('seen').textContent", "seen 17 of 17");
    browser.reload();
    turned_down(&mut browser, 3);
    assert_eq!(browser.value("document.getElementById('seen').textContent"), "seen 17 of 17");
    browser.click("#save");
    let saved = String::from_utf8(browser.download("approved.csv")).unwrap();
    assert_eq!(browser.complaints(), Vec::<String>::new());

    let header = "\u{feff}adphoto_approved,objectGUID,user,path,sha256,before_sha256,crop,approved_by\r\n1,";
    assert!(saved.starts_with(header) && saved.contains(&format!(",'{},\"/", domain.called("-dash"))), "{saved}");
    for (row, photo) in saved.lines().skip(1).zip((1..).filter(|photo| !(5..=7).contains(photo))) {
        let hash = Hash::of(&jpeg(photo, 300, 400));
        assert!(row.ends_with(&format!(",{hash},,,\"M\u{fc}ller, \"\"Petra\"\"\"")), "{row}");
    }
    assert_eq!((saved.matches("\r\n").count(), saved.matches('\n').count()), (18, 18), "{saved}");
    assert_eq!(domain.snapshot(), before, "a dry run and an approval write nothing");

    // The list is in another folder now, and one of the photos has been replaced.
    folder.file("=photo 20, of \"one\".jpg", jpeg(66, 300, 400));
    let elsewhere = Folder::new();
    let imported = Import::new(domain, elsewhere.file("approved.csv", saved)).records();
    assert_eq!(
        (imported.code, imported.count("written"), imported.all().len()),
        (Some(3), 16, 17),
        "{}",
        imported.json
    );
    assert_eq!(imported.outcomes()[16], "failed photo-changed");
    for (at, dn) in people.iter().enumerate() {
        let expected = if (4..=6).contains(&at) || at == 19 { None } else { Some(u32::try_from(at + 1).unwrap()) };
        assert_eq!(domain.photo(dn).map(|photo| number(&photo)), expected, "{dn}");
    }
    assert_eq!(number(&domain.photo(&unchanged).unwrap()), 99);
}

/// If no account was found for a photo, people can choose the account on the page, by its face or its name.
pub(crate) fn whose_photo_it_is_can_be_said(domain: &Domain) {
    let Some(mut browser) = Chromium::start() else { return };
    let user = |name: &str, called: &str| domain.user_with(name, &domain.base, &[("displayName", called)]);
    let people = [
        user("c-1", "Schmidt, Anna"),
        user("c-2", "M\u{fc}ller, J\u{f6}rg"),
        user("c-3", "<img src=x onerror=alert(1)>"),
        user("c-4", "Known, Ken"),
    ];
    let others: Vec<String> =
        (0..30).map(|number| user(&format!("c-other{number}"), &format!("Other {number}"))).collect();
    let folder = Folder::new();
    for (number, name) in (1..).zip(["Schmidt, Anna", "DSC_2", "DSC_3", "c-4", "DSC_5"]) {
        folder.file(&format!("{name}.jpg"), jpeg(number, 300, 400));
    }
    domain.set_photo(&people[1], Some(&jpeg(92, 96, 96)));
    domain.set_photo(&people[3], Some(&jpeg(94, 96, 96)));
    let out = Folder::new();
    let page = out.path().join("page.html");
    let before = domain.snapshot();
    let dry = |arguments: &[&str]| {
        domain.import(folder.path()).args(&["--dry-run", "--report", page.to_str().unwrap()]).args(arguments).records()
    };

    // If the report was made without the directory, only accounts that are suggested can be chosen.
    assert_eq!(dry(&["--report-without-directory"]).count("failed"), 4);
    browser.open(&page);
    browser.click(".tile[data-only='']");
    assert_eq!(browser.value("[document.querySelectorAll('.choose').length, document.querySelectorAll('.other, #directory').length].join()"), "1,0");
    assert!(!std::fs::read_to_string(&page).unwrap().contains("Other 1"));

    let run = dry(&[]);
    assert_eq!((run.count("would-write"), run.count("failed")), (1, 4), "{}", run.json);
    browser.open(&page);
    assert_eq!(browser.value("document.getElementById('approved').textContent"), "1 approved");
    browser.click(".tile[data-only=failed]");
    let card = |browser: &mut Chromium, file: &str| {
        let id = browser.value(&format!("Array.from(document.querySelectorAll('.card')).find((card) => card.querySelector('.file')?.textContent === '{file}.jpg').id"));
        format!("#{}", id.as_str().unwrap())
    };
    let label = |card: &str| format!("document.querySelector('{card} .label').textContent");
    let [anna, second, third, fifth] =
        ["Schmidt, Anna", "DSC_2", "DSC_3", "DSC_5"].map(|file| card(&mut browser, file));
    browser.becomes(&format!("document.querySelector('{anna} img')?.naturalWidth"), 96);
    browser.click(&format!("{anna} .choose"));
    browser.becomes(&label(&anna), "This is Schmidt, Anna");
    let search = |browser: &mut Chromium, card: &str, typed: &str, found: &str| {
        browser.click(&format!("{card} .other"));
        browser.becomes("document.activeElement.id", "person");
        browser.becomes("document.querySelector('#people img')?.naturalWidth", 96);
        browser.type_text(typed);
        browser.becomes("document.getElementById('people-found').textContent", found);
    };
    search(&mut browser, &second, "other", "30 found; the first 20 are shown");
    browser.click("#people .close");
    browser.becomes("document.querySelector('dialog[open]')", serde_json::Value::Null);
    browser.becomes(&label(&second), "Failed");
    search(&mut browser, &second, "jorg MULL", "1 found");
    assert_eq!(
        browser.value("document.querySelector('#people-list button').textContent"),
        format!("M\u{fc}ller, J\u{f6}rg {}", domain.called("c-2"))
    );
    browser.click("#people-list button");
    browser.becomes(&label(&second), "This is M\u{fc}ller, J\u{f6}rg");
    // A name is shown as text wherever it appears.
    search(&mut browser, &third, "c-3", "2 found");
    browser.click("#people-list button");
    browser.becomes(&label(&third), "This is <img src=x onerror=alert(1)>");
    assert_eq!(browser.value("document.querySelectorAll('[onerror], img[src=x]').length"), 0);
    browser.becomes("document.getElementById('approved').textContent", "4 approved");

    // Two photos for the same person cannot be saved.
    search(&mut browser, &fifth, "schmidt", "1 found");
    browser.click("#people-list button");
    browser.becomes("document.getElementById('approved').textContent", "5 approved");
    browser.click("#by");
    browser.type_text("Petra");
    browser.click("#save");
    browser.becomes(
        "document.getElementById('told').textContent",
        "Two photos are for Schmidt, Anna: choose one. Nothing is saved.",
    );
    assert!(browser.has_no_download());
    browser.click(&format!("{fifth} .choose"));
    browser.becomes(&label(&fifth), "Failed");
    browser.becomes(&format!("document.querySelectorAll('{fifth} .choose').length"), 0);

    browser.reload();
    browser.becomes("document.getElementById('approved').textContent", "4 approved");
    browser.becomes(&label(&second), "This is M\u{fc}ller, J\u{f6}rg");
    // If the page shows the account's present photo, the list says which photo that was.
    browser.click(".tile[data-only='']");
    search(&mut browser, &fifth, "known", "1 found");
    browser.click("#people-list button");
    let known = card(&mut browser, "c-4");
    browser.click(&format!("{known} .decide"));
    browser.becomes("document.getElementById('approved').textContent", "4 approved");
    browser.click(".tile[data-only=named]");
    browser.becomes("document.getElementById('shown').textContent", "4 of 5 shown");
    browser.click("#save");
    let saved = browser.download("approved.csv");
    let text = String::from_utf8(saved.clone()).unwrap();
    let of = |file: &str| text.lines().find(|line| line.contains(file)).unwrap().to_owned();
    assert!(of("DSC_5").contains(&format!(",{},,Petra", Hash::of(&jpeg(94, 96, 96)))), "{text}");
    assert!(of("DSC_2").contains(",not-shown,,Petra"), "{text}");
    assert_eq!(browser.complaints(), Vec::<String>::new());
    assert_eq!(domain.snapshot(), before, "a dry run and a choice write nothing");

    let elsewhere = Folder::new();
    let imported = domain.import(elsewhere.file("approved.csv", saved)).records();
    assert_eq!((imported.code, imported.count("written"), imported.all().len()), (Some(0), 4, 4), "{}", imported.json);
    let photos = people.map(|dn| domain.photo(&dn).map(|photo| number(&photo)));
    assert_eq!(photos, [Some(1), Some(2), Some(3), Some(5)]);
    assert!(others.iter().all(|dn| domain.photo(dn).is_none()));
}

mod practice {
    #[test]
    fn whose_photo_it_is_can_be_said() {
        super::whose_photo_it_is_can_be_said(&crate::domain::Domain::practice());
    }

    #[test]
    fn what_is_turned_down_is_not_written() {
        super::what_is_turned_down_is_not_written(&crate::domain::Domain::practice());
    }
}

mod samba {
    #[test]
    #[ignore = "needs the Samba domain that tests/run starts"]
    fn whose_photo_it_is_can_be_said() {
        super::whose_photo_it_is_can_be_said(&crate::domain::Domain::samba());
    }

    #[test]
    #[ignore = "needs the Samba domain that tests/run starts"]
    fn what_is_turned_down_is_not_written() {
        super::what_is_turned_down_is_not_written(&crate::domain::Domain::samba());
    }
}
