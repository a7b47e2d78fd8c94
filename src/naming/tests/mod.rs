//! Tests of who gets whose photo.

pub(super) mod company;
mod dates;
mod files;
mod kinds;
mod laws;
mod lists;
mod people;
mod phrases;

use std::path::PathBuf;

use proptest::prelude::*;

use super::index::Index;
use super::match_by::Rules;
use super::matching::{Finder, lookups};
use super::paired::{Matches, Paired};
use super::{Match, Mismatch, batch};
use crate::directory::{Account, Clause, Domain, Guid, PackedAccounts};
use crate::source::{Key, ListRow, Photo};

fn account(number: u8, sam_account_name: &str, display_name: &str) -> Account {
    Account {
        dn: format!("CN={},OU=People,DC=practice,DC=test", display_name.replace(',', "\\,")),
        guid: Guid([number; 16]),
        sid: vec![1, 1, 0, 0, 0, 0, 0, 5, number, 0, 0, 0],
        sam_account_name: sam_account_name.to_owned(),
        keys: vec![sam_account_name.to_owned()],
        display_name: Some(display_name.to_owned()),
        department: None,
        names: vec![display_name.to_owned()],
        columns: Vec::new(),
        details: Vec::new(),
        enabled: true,
    }
}

fn photo(key: Key) -> Photo {
    Photo { path: PathBuf::from(format!("{}.jpg", key.text())), key, row: None }
}

/// Returns the logon name of the account that the key names, and the part of the key that names it.
fn find(key: Key, accounts: &[Account]) -> Result<(String, String), Mismatch> {
    let domain = Domain { names: vec!["PRACTICE".into(), "practice.test".into()], ..Domain::default() };
    let (index, rules) = (Index::new(accounts), Rules::default());
    let found = Finder::new(&index, None, &[], &rules, None, &domain).find(&key)?;
    let account = index.by_guid(found.guid).expect("an account of the index");
    Ok((account.sam_account_name.clone(), key.text()[found.part].to_owned()))
}

fn stem(stem: &str, accounts: &[Account]) -> Result<(String, String), Mismatch> {
    find(Key::Stem(stem.into()), accounts)
}

fn exact(text: &str, accounts: &[Account]) -> Result<String, Mismatch> {
    find(Key::Exact(text.into()), accounts).map(|found| found.0)
}

/// Returns photos of a list with the accounts at the same places. A photo for which there is no account left has a name
/// that is too long.
fn paired<'p>(photos: &'p [Photo], accounts: &[&Account]) -> Matches<'p> {
    let mut packed = PackedAccounts::default();
    let rows: Vec<_> = accounts.iter().map(|account| packed.insert(account)).collect();
    let paired = |(place, photo): (usize, &'p Photo)| match accounts.get(place) {
        Some(&account) => Ok(Paired {
            photo,
            guid: account.guid,
            account: rows[place],
            part: 0..photo.key.text().len() as u32,
            named_after: None,
            shared_with: Box::default(),
        }),
        None => Err(Box::new(Mismatch::NameTooLong(2000))),
    };
    Matches { accounts: packed, all: photos.iter().enumerate().map(paired).collect() }
}

/// Checks the photos of a list as a batch, each with the account at the same place.
fn checked(photos: &[Photo], accounts: &[&Account]) -> Vec<Result<Match, Mismatch>> {
    let mut matches = paired(photos, accounts);
    batch::check(&photos.iter().collect::<Vec<_>>(), &mut matches);
    matches.each().collect()
}

#[test]
fn the_longest_beginning_that_is_an_account_wins() {
    let accounts = [
        account(1, "mary", "Mary Jones"),
        account(2, "Mary Ann", "Mary Ann Smith"),
        account(3, "John.Smith", "John Smith"),
        account(4, "100400", "Unit"),
    ];
    let found = |name: &str, part: &str| Ok((name.to_owned(), part.to_owned()));
    assert_eq!(stem("mary ann team", &accounts), found("Mary Ann", "mary ann"));
    assert_eq!(stem("MARY ANN", &accounts), found("Mary Ann", "MARY ANN"));
    assert_eq!(stem("mary  (2)", &accounts), found("mary", "mary"));
    assert_eq!(stem("john.smith team photo (2)", &accounts), found("John.Smith", "john.smith"));
    assert_eq!(stem("100400-2024", &accounts), found("100400", "100400"));
    assert_eq!(stem("100400_foto.jpg", &accounts), found("100400", "100400"));
    assert!(matches!(stem("john", &accounts), Err(Mismatch::Unknown { .. })));
    assert!(matches!(exact("mary ann team", &accounts), Err(Mismatch::Unknown { .. })));
}

#[test]
fn accents_do_not_match_and_unicode_forms_do() {
    let accounts = [account(1, "jürgen", "Jürgen Öz")];
    assert!(matches!(exact("jurgen", &accounts), Err(Mismatch::Unknown { .. })));
    assert_eq!(stem("ju\u{308}rgen", &accounts).expect("a match").0, "jürgen");
    assert_eq!(exact("JÜRGEN", &accounts).expect("a match"), "jürgen");
}

#[test]
fn two_photos_for_one_account_are_both_refused_however_it_is_named() {
    let (anna, bob) = (account(0x11, "anna", "Anna Schmidt"), account(2, "bob", "Bob"));
    let photos = ["anna", r"practice\ANNA", "bob"].map(|key| photo(Key::Exact(key.into())));
    let found = checked(&photos, &[&anna, &anna, &bob]);
    assert!(matches!(&found[0], Err(Mismatch::SeveralPhotos { others, .. }) if others.len() == 1));
    assert!(matches!(&found[1], Err(Mismatch::SeveralPhotos { .. })));
    assert!(found[2].is_ok());
}

#[test]
fn the_same_row_again_is_no_second_photo() {
    let anna = account(1, "anna", "Anna Schmidt");
    let photo = |named: &str, sha256| Photo {
        key: Key::Exact("anna".into()),
        path: "flat/1.jpg".into(),
        row: Some(Box::new(ListRow { line: 2, path: named.into(), sha256, approved: None })),
    };
    let checked = |photos: &[Photo]| checked(photos, &[&anna, &anna]);
    let found = checked(&[photo("1.jpg", None), photo("1.jpg", None)]);
    assert!(found[0].is_ok() && matches!(&found[1], Err(Mismatch::Repeated { .. })), "{found:?}");
    // The two photos are in folders that --photo-dir makes one, or were approved with different contents. Nobody can
    // tell which of them is right.
    for other in [photo(r"C:\new\1.jpg", None), photo("1.jpg", Some(crate::hash::Hash::of(b"other")))] {
        let found = checked(&[photo("1.jpg", None), other]);
        assert!(found.iter().all(|found| matches!(found, Err(Mismatch::SeveralPhotos { .. }))), "{found:?}");
    }
}

#[test]
fn one_file_for_two_is_said_and_refused_where_the_list_names_two() {
    let (anna, bob) = (account(1, "anna", "Anna Schmidt"), account(2, "bob", "Bob"));
    let photos = |named: [&str; 2]| {
        [("anna", named[0]), ("bob", named[1])].map(|(user, named)| Photo {
            key: Key::Exact(user.into()),
            path: "flat/photo.jpg".into(),
            row: Some(Box::new(ListRow { line: 2, path: named.into(), sha256: None, approved: None })),
        })
    };
    for same in [["photo.jpg", "photo.jpg"], [r"hr\photo.jpg", "HR/photo.jpg"]] {
        let same = checked(&photos(same), &[&anna, &bob]);
        assert_eq!(same[0].as_ref().map(|found| found.shared_with.clone()), Ok(vec!["bob".to_owned()]));
    }
    let different = photos([r"C:\anna\photo.jpg", r"C:\bob\photo.jpg"]);
    assert!(checked(&different, &[&anna, &bob]).iter().all(|found| matches!(found, Err(Mismatch::SameFile { .. }))));
    // This is so even if the other account is unknown.
    let matches = checked(&different, &[&anna]);
    assert!(matches!(matches[..], [Err(Mismatch::SameFile { .. }), Err(Mismatch::NameTooLong(_))]), "{matches:?}");
}

#[test]
fn every_form_that_set_aduser_takes_finds_the_account() {
    let accounts = [account(0x11, "anna", "Schmidt, Anna"), account(2, "11111111-1111-1111-1111-111111111111", "odd")];
    for key in [
        "ANNA",
        r"PRACTICE\anna",
        r"practice.test\anna",
        "S-1-5-17",
        r"cn=schmidt\2c anna, OU=People,DC=practice,DC=test",
    ] {
        assert_eq!(exact(key, &accounts), Ok("anna".into()), "{key}");
    }
    assert!(matches!(exact(r"OTHER\anna", &accounts), Err(Mismatch::OtherDomain { .. })));
    assert!(matches!(exact("{11111111-1111-1111-1111-111111111111}", &accounts), Ok(name) if name == "anna"));
    // This text is the name of one account and the GUID of another.
    assert!(matches!(exact("11111111-1111-1111-1111-111111111111", &accounts), Err(Mismatch::Ambiguous { .. })));
}

#[test]
fn a_name_that_several_have_is_ambiguous() {
    let mut accounts = [account(1, "a", "A"), account(2, "b", "B")];
    accounts.iter_mut().for_each(|account| account.keys = vec!["shared@practice.test".into()]);
    assert!(matches!(exact("Shared@practice.test", &accounts), Err(Mismatch::Ambiguous { dns, .. }) if dns.len() == 2));
    // The values may be those of different attributes: a logon name and another's number, or a file's whole name as a
    // logon name.
    let mut accounts = [account(1, "100400", "A"), account(2, "b", "B")];
    accounts[1].keys.push("100400".into());
    assert!(matches!(exact("100400", &accounts), Err(Mismatch::Ambiguous { .. })));
    accounts[0].keys.clear();
    assert_eq!(exact("100400", &accounts), Ok("b".into()));
    assert!(matches!(stem("100400", &accounts), Err(Mismatch::Ambiguous { .. })));
}

#[test]
fn one_lookup_for_each_name_however_often_it_occurs() {
    let photos = ["anna 1", "anna 2", "bob"].map(|name| photo(Key::Stem(name.into())));
    let lookups = lookups(photos.iter().map(|photo| &photo.key), &["mail".to_owned()], None);
    let names: Vec<Vec<String>> = lookups
        .iter()
        .map(|lookup| {
            let text = |clause: &Clause| match clause {
                Clause::Is { attribute, value } => format!("{attribute} {}", String::from_utf8_lossy(value)),
                other => panic!("{other:?}"),
            };
            lookup.clauses.iter().map(text).collect()
        })
        .collect();
    let whole = |name: &str| vec![format!("mail {name}"), format!("sAMAccountName {name}")];
    assert_eq!(names, [whole("anna 1"), vec!["mail anna".into()], whole("anna 2"), whole("bob")]);
}

proptest! {
    #[test]
    fn no_key_matches_an_account_of_another_name(key in r"[ -~äöü]{0,20}|(anna|bob)[ a-z]{0,9}", name in "[a-z ]{1,6}|anna|bob") {
        let accounts = [account(1, name.trim(), "Somebody Else")];
        if let Ok(found) = exact(&key, &accounts) {
            prop_assert_eq!(key.trim().to_lowercase(), found.to_lowercase());
        }
        if let Ok((found, part)) = stem(&key, &accounts) {
            prop_assert_eq!(part.to_lowercase(), found.to_lowercase());
            let rest = key.trim().strip_prefix(&part).expect("the account's name is a beginning");
            prop_assert!(!rest.starts_with(|c: char| c.is_alphanumeric()), "{:?}", rest);
        }
    }

    #[test]
    fn no_text_breaks_the_lookups(key in any::<String>()) {
        let keys = [Key::Stem(key.clone()), Key::Exact(key.clone())];
        prop_assert!(lookups(&keys, &["mail".to_owned()], None).len() <= 20);
        for key in keys {
            let _ = find(key, &[account(1, "anna", "Anna")]);
        }
    }

    #[test]
    fn no_text_breaks_the_judge(text in any::<String>(), name in any::<String>()) {
        let company = company::Company::of(&[("anna", &name), ("bob", "Bob Stone")]);
        let _ = company.file(&format!("anna {text}"));
        let _ = company.roster().suggestions(&text);
    }
}
