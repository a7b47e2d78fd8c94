//! Tests that the practice directory keeps AD's rules, on which all other tests rely.

#[path = "mod.rs"]
mod practice;

use std::collections::HashSet;

use ldap3::{Ldap, LdapConnAsync, Mod, Scope, SearchEntry, adapters::*};
use practice::Practice;

const ALEX: &str = "CN=Alex Darrow,OU=Engineering,OU=People,DC=practice,DC=test";
const USERS: &str = "(sAMAccountType=805306368)";

async fn connect(practice: &Practice, user: &str, password: &str) -> (Ldap, u32) {
    let (connection, mut ldap) = LdapConnAsync::new(&practice.url()).await.expect("it listens");
    ldap3::drive!(connection);
    let code = ldap.simple_bind(user, password).await.expect("it answers").rc;
    (ldap, code)
}

async fn administrator(practice: &Practice) -> Ldap {
    connect(practice, Practice::ADMIN, Practice::PASSWORD).await.0
}

async fn found(ldap: &mut Ldap, base: &str, filter: &str, attribute: &str) -> Vec<SearchEntry> {
    let answer = ldap.search(base, Scope::Subtree, filter, vec![attribute]).await;
    let (entries, _) = answer.expect("it answers").success().expect("the search succeeds");
    entries.into_iter().map(SearchEntry::construct).collect()
}

async fn write(ldap: &mut Ldap, dn: &str, changes: Vec<Mod<&[u8]>>) -> u32 {
    ldap.modify(dn, changes).await.expect("it answers").rc
}

fn values(bytes: &[u8]) -> HashSet<&[u8]> {
    HashSet::from([bytes])
}

#[tokio::test]
async fn binds_as_ad_does() {
    let practice = Practice::start();
    for (user, password, code) in [
        ("jdoe@practice.test", Practice::PASSWORD, 0),
        ("PRACTICE\\mary ann", Practice::PASSWORD, 0),
        (ALEX, Practice::PASSWORD, 0),
        ("jdoe@practice.test", "wrong", 49),
        ("nobody@practice.test", Practice::PASSWORD, 49),
        ("pkowalski@practice.test", Practice::PASSWORD, 49),
        ("jdoe@practice.test", "", 0),
    ] {
        let (mut ldap, found) = connect(&practice, user, password).await;
        assert_eq!(found, code, "{user}");
        let search = ldap.search(Practice::BASE, Scope::Base, USERS, vec!["1.1"]).await;
        let allowed = search.expect("it answers").1.rc == 0;
        assert_eq!(allowed, code == 0 && !password.is_empty(), "{user}");
    }
    assert_eq!(practice.operations().binds, 7);
}

#[tokio::test]
async fn a_photo_is_swapped_only_for_the_one_it_was() {
    const PHOTO: &[u8] = b"thumbnailPhoto";
    let practice = Practice::start();
    let mut ldap = administrator(&practice).await;
    let largest = vec![0xd8; 102_400];
    let too_large = vec![0xd8; 102_401];
    let before = practice.snapshot();
    for (changes, code) in [
        (vec![Mod::Delete(PHOTO, values(b"old"))], 16),
        (vec![Mod::Add(PHOTO, values(&too_large))], 19),
        (vec![Mod::Add(PHOTO, values(b""))], 21),
        (vec![Mod::Add(PHOTO, values(b"new")), Mod::Delete(PHOTO, values(b"old"))], 16),
    ] {
        assert_eq!(write(&mut ldap, ALEX, changes).await, code);
        assert!(practice.snapshot() == before, "a refused modify changes nothing");
    }
    for (changes, code) in [
        (vec![Mod::Add(PHOTO, values(&largest))], 0),
        (vec![Mod::Add(PHOTO, values(b"new"))], 20),
        (vec![Mod::Delete(PHOTO, values(&largest)), Mod::Add(PHOTO, values(b"new"))], 0),
        (vec![Mod::Delete(PHOTO, values(&largest)), Mod::Add(PHOTO, values(b"newer"))], 16),
        (vec![Mod::Replace(PHOTO, HashSet::new())], 0),
    ] {
        assert_eq!(write(&mut ldap, ALEX, changes).await, code);
    }
}

#[tokio::test]
async fn pages_and_refers_like_a_domain() {
    let practice = Practice::start();
    let mut ldap = administrator(&practice).await;
    for number in 0..1_500 {
        let name = format!("temp{number}");
        let dn = format!("CN={name},OU=People,{}", Practice::BASE);
        let attributes = [("objectClass", "user"), ("sAMAccountName", &name)];
        let attributes = attributes.map(|(name, value)| (name, HashSet::from([value])));
        ldap.add(&dn, attributes.into()).await.and_then(ldap3::LdapResult::success).expect("added");
    }
    let search = ldap.search(Practice::BASE, Scope::Subtree, USERS, vec!["cn"]).await;
    let (items, result) = search.map(|answer| (answer.0, answer.1)).expect("it answers");
    assert_eq!((items.len(), result.rc), (1_000, 4));

    let adapters: Vec<Box<dyn Adapter<_, _>>> = vec![Box::new(PagedResults::new(400))];
    let mut stream = ldap
        .streaming_search_with(adapters, Practice::BASE, Scope::Subtree, USERS, vec!["cn"])
        .await
        .expect("it answers");
    let (mut names, mut references) = (HashSet::new(), 0);
    while let Some(item) = stream.next().await.expect("the search goes on") {
        match item.is_ref() {
            true => references += 1,
            false => assert!(names.insert(SearchEntry::construct(item).dn), "none comes twice"),
        }
    }
    assert_eq!((names.len(), references), (1_537, 3));
    assert_eq!(stream.finish().await.rc, 0);
}

#[tokio::test]
async fn names_and_rights_hold_through_a_move() {
    let practice = Practice::start();
    let mut admin = administrator(&practice).await;
    let guid = &practice.snapshot()[ALEX]["objectGUID"][0];
    let hex: String = guid.iter().map(|byte| format!("{byte:02x}")).collect();
    let by_guid = format!("<GUID={hex}>");
    let moved = admin.modifydn(ALEX, "CN=Alex Doe", true, Some("OU=Sales,OU=People,DC=practice,DC=test"));
    assert_eq!(moved.await.expect("it answers").rc, 0);

    let mut service = connect(&practice, "svc-photo@practice.test", Practice::PASSWORD).await.0;
    let mut jane = connect(&practice, "PRACTICE\\jdoe", Practice::PASSWORD).await.0;
    let changes = || vec![Mod::Replace(&b"thumbnailPhoto"[..], values(b"photo"))];
    assert_eq!(write(&mut jane, &by_guid, changes()).await, 50);
    assert_eq!(write(&mut service, &by_guid, changes()).await, 0);

    let filter = "(&(objectGUID=*)(cn=alex doe))";
    let photo = found(&mut service, &by_guid, filter, "thumbnailPhoto").await;
    assert_eq!(photo[0].attrs["thumbnailPhoto"], ["photo"]);
    let escaped: String = guid.iter().map(|byte| format!("\\{byte:02x}")).collect();
    let by_value = format!("(objectGUID={escaped})");
    assert_eq!(found(&mut jane, Practice::BASE, &by_value, "cn").await.len(), 1);

    let asked = "allowedAttributesEffective";
    for (account, writable) in [("AlexD", true), ("adm.grant", false)] {
        let filter = format!("(sAMAccountName={account})");
        let answer = found(&mut service, Practice::BASE, &filter, asked).await;
        assert_eq!(answer[0].attrs.contains_key(asked), writable, "{account}");
    }
}
