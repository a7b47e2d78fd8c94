//! Who gets whose photo.

use std::path::PathBuf;

use proptest::prelude::*;

use super::{Mismatch, lookups, pair};
use crate::directory::{Account, Clause, Domain, Guid};
use crate::source::{Key, Photo};

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
        enabled: true,
    }
}

fn photo(key: Key) -> Photo {
    let named = format!("{}.jpg", key.text());
    Photo { path: PathBuf::from(&named), key, named, line: None, sha256: None, approved: None }
}

fn match_all(keys: Vec<Key>, accounts: &[Account]) -> Vec<Result<(String, Option<String>), Mismatch>> {
    let domain = Domain { names: vec!["PRACTICE".into(), "practice.test".into()], ..Domain::default() };
    let photos: Vec<Photo> = keys.into_iter().map(photo).collect();
    pair(&photos.iter().collect::<Vec<_>>(), accounts, "sAMAccountName", &domain)
        .into_iter()
        .map(|found| found.map(|found| (found.account.sam_account_name, found.ignored)))
        .collect()
}

fn stem(stem: &str, accounts: &[Account]) -> Result<(String, Option<String>), Mismatch> {
    match_all(vec![Key::Stem(stem.into())], accounts).remove(0)
}

fn exact(text: &str, accounts: &[Account]) -> Result<(String, Option<String>), Mismatch> {
    match_all(vec![Key::Exact(text.into())], accounts).remove(0)
}

#[test]
fn the_longest_prefix_that_is_an_account_wins() {
    let accounts = [
        account(1, "mary", "Mary Jones"),
        account(2, "Mary Ann", "Mary Ann Smith"),
        account(3, "John.Smith", "John Smith"),
    ];
    let found = |name: &str, ignored: Option<&str>| Ok((name.to_owned(), ignored.map(str::to_owned)));
    assert_eq!(stem("mary ann team", &accounts), found("Mary Ann", Some("team")));
    assert_eq!(stem("MARY ANN", &accounts), found("Mary Ann", None));
    assert_eq!(stem("mary  (2)", &accounts), found("mary", Some("(2)")));
    assert_eq!(stem("john.smith team photo (2)", &accounts), found("John.Smith", Some("team photo (2)")));
    assert!(matches!(stem("john", &accounts), Err(Mismatch::Unknown { .. })));
    assert!(matches!(exact("mary ann team", &accounts), Err(Mismatch::Unknown { .. })));
}

#[test]
fn nobody_gets_a_strangers_face() {
    let accounts = [account(1, "anna", "Anna Schmidt"), account(2, "amiller", "Änna Miller")];
    assert!(matches!(stem("Anna Miller", &accounts), Err(Mismatch::NameOfAnother { .. })));
    assert!(matches!(stem("anna  MILLER (2)", &accounts), Err(Mismatch::NameOfAnother { .. })));
    for called in ["Miller, Anna", "Miller Anna", "Änna Miller"] {
        let accounts = [account(1, "anna", "Schmidt, Anna"), account(2, "amiller", called)];
        for file in ["anna miller", "anna Miller (2)", "Anna  Miller 648x648"] {
            assert!(matches!(stem(file, &accounts), Err(Mismatch::NameOfAnother { .. })), "{file}, {called}");
        }
        assert_eq!(stem("anna schmidt", &accounts), Ok(("anna".into(), Some("schmidt".into()))));
    }
    let mut titled = [account(1, "anna", "Schmidt, Anna"), account(2, "amiller", "Dr. Anna Miller")];
    titled[1].names.push("Anna Miller".into());
    assert!(matches!(stem("anna miller", &titled), Err(Mismatch::NameOfAnother { .. })));
    assert_eq!(stem("Anna Schmidt", &accounts), Ok(("anna".into(), Some("Schmidt".into()))));
    assert_eq!(stem("anna 2024", &accounts), Ok(("anna".into(), Some("2024".into()))));
}

#[test]
fn accents_do_not_match_and_unicode_forms_do() {
    let accounts = [account(1, "jürgen", "Jürgen Öz")];
    assert!(matches!(exact("jurgen", &accounts), Err(Mismatch::Unknown { .. })));
    assert_eq!(stem("ju\u{308}rgen", &accounts).expect("a match").0, "jürgen");
    assert_eq!(exact("JÜRGEN", &accounts).expect("a match").0, "jürgen");
}

#[test]
fn two_photos_for_one_account_are_both_refused_however_it_is_named() {
    let accounts = [account(0x11, "anna", "Anna Schmidt"), account(2, "bob", "Bob")];
    let keys = ["anna", r"practice\ANNA", "bob"].map(|key| Key::Exact(key.into())).to_vec();
    let found = match_all(keys, &accounts);
    assert!(matches!(&found[0], Err(Mismatch::SeveralPhotos { others, .. }) if others.len() == 1));
    assert!(matches!(&found[1], Err(Mismatch::SeveralPhotos { .. })));
    assert_eq!(found[2], Ok(("bob".into(), None)));
}

#[test]
fn the_same_row_again_is_no_second_photo() {
    let accounts = [account(1, "anna", "Anna Schmidt")];
    let photo = |named: &str, sha256| Photo {
        key: Key::Exact("anna".into()),
        path: "flat/1.jpg".into(),
        named: named.into(),
        line: None,
        sha256,
        approved: None,
    };
    let pair =
        |photos: &[Photo]| pair(&photos.iter().collect::<Vec<_>>(), &accounts, "sAMAccountName", &Domain::default());
    let found = pair(&[photo("1.jpg", None), photo("1.jpg", None)]);
    assert!(found[0].is_ok() && matches!(&found[1], Err(Mismatch::Repeated { .. })), "{found:?}");
    // Of two folders that --photo-dir makes one, or approved with other contents: which is right, nobody can tell.
    for other in [photo(r"C:\new\1.jpg", None), photo("1.jpg", Some(crate::hash::Hash::of(b"other")))] {
        let found = pair(&[photo("1.jpg", None), other]);
        assert!(found.iter().all(|found| matches!(found, Err(Mismatch::SeveralPhotos { .. }))), "{found:?}");
    }
}

#[test]
fn one_file_for_two_is_said_and_refused_where_the_list_names_two() {
    let accounts = [account(1, "anna", "Anna Schmidt"), account(2, "bob", "Bob")];
    let pair_named = |named: [&str; 2]| {
        let photo = |(user, named): (&str, &str)| Photo {
            key: Key::Exact(user.into()),
            path: "flat/photo.jpg".into(),
            named: named.into(),
            line: None,
            sha256: None,
            approved: None,
        };
        let photos = [("anna", named[0]), ("bob", named[1])].map(photo);
        pair(&photos.iter().collect::<Vec<_>>(), &accounts, "sAMAccountName", &Domain::default())
    };
    let same = pair_named(["photo.jpg", "photo.jpg"]);
    assert_eq!(same[0].as_ref().map(|found| found.shared_with.clone()), Ok(vec!["bob".to_owned()]));
    let different = pair_named([r"C:\anna\photo.jpg", r"C:\bob\photo.jpg"]);
    assert!(different.iter().all(|found| matches!(found, Err(Mismatch::SameFile { .. }))));
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
        assert_eq!(exact(key, &accounts).map(|found| found.0), Ok("anna".into()), "{key}");
    }
    assert!(matches!(exact(r"OTHER\anna", &accounts), Err(Mismatch::OtherDomain { .. })));
    assert!(matches!(exact("{11111111-1111-1111-1111-111111111111}", &accounts), Ok((name, _)) if name == "anna"));
    // The name of one and the GUID of another.
    assert!(matches!(exact("11111111-1111-1111-1111-111111111111", &accounts), Err(Mismatch::Ambiguous { .. })));
}

#[test]
fn a_name_that_several_have_is_ambiguous() {
    let mut accounts = [account(1, "a", "A"), account(2, "b", "B")];
    accounts.iter_mut().for_each(|account| account.keys = vec!["shared@practice.test".into()]);
    assert!(matches!(exact("Shared@practice.test", &accounts), Err(Mismatch::Ambiguous { dns, .. }) if dns.len() == 2));
}

#[test]
fn one_lookup_for_each_name_however_often_it_occurs() {
    let photos = ["anna 1", "anna 2", "bob"].map(|name| photo(Key::Stem(name.into())));
    let lookups = lookups(photos.iter().map(|photo| &photo.key), "sAMAccountName");
    let names: Vec<_> = lookups
        .iter()
        .map(|lookup| match lookup.clauses.last() {
            Some(Clause::Is { value, .. }) => String::from_utf8_lossy(value).into_owned(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(names, ["anna 1", "anna", "anna 2", "bob"]);
}

proptest! {
    #[test]
    fn no_key_matches_an_account_of_another_name(key in r"[ -~äöü]{0,20}|(anna|bob)[ a-z]{0,9}", name in "[a-z ]{1,6}|anna|bob") {
        let accounts = [account(1, name.trim(), "Somebody Else")];
        if let Ok((found, _)) = exact(&key, &accounts) {
            prop_assert_eq!(key.trim().to_lowercase(), found.to_lowercase());
        }
        if let Ok((found, ignored)) = stem(&key, &accounts) {
            let rest = key.trim().to_lowercase().strip_prefix(&found.to_lowercase()).map(str::to_owned);
            let rest = rest.expect("the account's name is a prefix");
            prop_assert!(rest.is_empty() || rest.starts_with(' '), "{:?}", rest);
            prop_assert_eq!(rest.trim(), ignored.unwrap_or_default().to_lowercase());
        }
    }

    #[test]
    fn no_text_breaks_the_lookups(key in any::<String>()) {
        let photos = [photo(Key::Stem(key.clone())), photo(Key::Exact(key))];
        prop_assert!(lookups(photos.iter().map(|photo| &photo.key), "mail").len() <= 256);
        match_all(photos.map(|photo| photo.key).to_vec(), &[account(1, "anna", "Anna")]);
    }
}
