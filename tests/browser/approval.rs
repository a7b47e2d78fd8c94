//! From a dry run over the browser to the import of what was approved.

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

fn what_is_turned_down_is_not_written(domain: &Domain) {
    let Some(mut browser) = Chromium::start() else { return };
    // Names that a spreadsheet would run, or take for one that was kept from it, and files that a list must quote.
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
        // As a careful program writes it.
        let cell = if name.trim_start_matches('\'').starts_with('-') { format!("'{name}") } else { name.clone() };
        writeln!(list, "{cell},\"'{}\"", file.replace('"', "\"\"")).unwrap();
    }
    // A row that fails and one that is unchanged are not to be approved.
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
    // The card that was clicked is chosen; its neighbours are a key away.
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
    // A filter changes nothing of what is saved.
    browser.click(".tile[data-only=down]");
    browser.becomes("document.getElementById('shown').textContent", "3 of 22 shown");
    browser.click("#save");
    let saved = String::from_utf8(browser.download("approved.csv")).unwrap();
    assert_eq!(browser.complaints(), Vec::<String>::new());

    assert!(saved.starts_with("\u{feff}sAMAccountName,path,sha256\r\n'-dash,\"/"), "{saved}");
    for (row, photo) in saved.lines().skip(1).zip((1..).filter(|photo| !(5..=7).contains(photo))) {
        let hash = Hash::of(&jpeg(photo, 300, 400));
        assert!(row.ends_with(&format!(",{hash}")), "{row}");
    }
    assert_eq!((saved.matches("\r\n").count(), saved.matches('\n').count()), (18, 18), "{saved}");
    assert_eq!(domain.snapshot(), before, "a dry run and an approval write nothing");

    // The list is elsewhere by now, and one of the files is another.
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

mod practice {
    #[test]
    fn what_is_turned_down_is_not_written() {
        super::what_is_turned_down_is_not_written(&crate::domain::Domain::practice());
    }
}

mod samba {
    #[test]
    #[ignore = "needs the Samba domain that tests/run starts"]
    fn what_is_turned_down_is_not_written() {
        super::what_is_turned_down_is_not_written(&crate::domain::Domain::samba());
    }
}
