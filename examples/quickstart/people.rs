//! Reads who is in the practice directory, and with which photo. This does not use LDAP, so that it can check what the
//! commands did.

use std::collections::BTreeMap;

use super::practice::Practice;

/// The `sAMAccountType` of a person's account; computers have another.
const PERSON: &[u8] = b"805306368";

/// Each person's photo, by `sAMAccountName`.
pub(crate) type People = BTreeMap<String, Option<Vec<u8>>>;

pub(crate) fn people(practice: &Practice) -> People {
    let people = practice.snapshot().into_values().filter_map(|mut entry| {
        let mut value = |name: &str| entry.remove(name)?.pop();
        let name = value("sAMAccountName")?;
        let photo = value("thumbnailPhoto");
        (value("sAMAccountType")? == PERSON).then(|| (String::from_utf8_lossy(&name).into_owned(), photo))
    });
    people.collect()
}

/// Returns the number of people who have a photo.
pub(crate) fn with_photo(people: &People) -> usize {
    people.values().flatten().count()
}

/// Returns the number of people who have another photo than before.
pub(crate) fn changed(before: &People, after: &People) -> usize {
    after.iter().filter(|&(name, photo)| before.get(name) != Some(photo)).count()
}
