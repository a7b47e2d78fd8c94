//! Checks that need the whole batch: repeated rows, several photos for one account, and one file for several accounts.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::Path;

use super::paired::{Matches, Paired};
use super::{Mismatch, NAMED};
use crate::directory::{Account, AccountRow};
use crate::source::Photo;

/// Refuses photos that contradict each other, and notes which files are shared.
pub(super) fn check(photos: &[&Photo], matches: &mut Matches<'_>) {
    leave_out_repeated(matches);
    refuse_several_photos(matches);
    refuse_same_files(photos, matches);
    find_shared_files(matches);
}

/// Leaves out rows of a list that repeat an earlier row: the same photo again is not a second photo.
fn leave_out_repeated(matches: &mut Matches<'_>) {
    let mut said: HashMap<_, &Photo> = HashMap::new();
    let Matches { accounts, all } = matches;
    for entry in all {
        let Ok(Paired { photo, account, .. }) = entry else { continue };
        match said.entry((*account, photo.named(), photo.sha256())) {
            Entry::Vacant(first) => drop(first.insert(photo)),
            Entry::Occupied(first) => {
                let account = Box::new(accounts.get(*account));
                *entry = Err(Box::new(Mismatch::Repeated { account, earlier: first.get().described() }));
            }
        }
    }
}

/// Refuses all photos of an account that has several: only a person can tell which one is right.
fn refuse_several_photos(matches: &mut Matches<'_>) {
    let Matches { accounts, all } = matches;
    let mut counts: HashMap<AccountRow, u32> = HashMap::new();
    for found in all.iter().flatten() {
        *counts.entry(found.account).or_default() += 1;
    }
    counts.retain(|_, count| *count > 1);
    let mut photos: HashMap<AccountRow, Vec<&Photo>> = HashMap::new();
    for found in all.iter().flatten().filter(|found| counts.contains_key(&found.account)) {
        photos.entry(found.account).or_default().push(found.photo);
    }
    for entry in all {
        let Ok(found) = entry else { continue };
        let Some(photos) = photos.get(&found.account) else { continue };
        let this = found.photo.described();
        let account: Box<Account> = Box::new(accounts.get(found.account));
        // Keep one more than a message names, so that the message can say that there are more.
        let others = photos.iter().map(|photo| photo.described()).filter(|photo| *photo != this);
        *entry = Err(Box::new(Mismatch::SeveralPhotos { account, others: others.take(NAMED + 1).collect() }));
    }
}

/// Refuses a file that the list names by two different paths. The list means two files, but the folder has only one for
/// both, so nobody gets it, whether or not the other row's account was found.
fn refuse_same_files(photos: &[&Photo], matches: &mut Matches<'_>) {
    let rows = photos.iter().filter_map(|photo| Some((&*photo.path, &*photo.row.as_ref()?.path)));
    let mut files: HashMap<&Path, &str> = HashMap::new();
    // For each file with two different paths, as the list spells them, these two.
    let mut several: HashMap<&Path, [&str; 2]> = HashMap::new();
    for (file, named) in rows {
        let first = *files.entry(file).or_insert(named);
        if !is_same_path(first, named) {
            several.entry(file).or_insert([first, named]);
        }
    }
    drop(files);
    for (entry, photo) in matches.all.iter_mut().zip(photos) {
        let Some([first, second]) = several.get(&*photo.path) else { continue };
        if entry.is_ok() {
            let named = photo.named().into_owned();
            let other = if is_same_path(first, &named) { second } else { first };
            let path = photo.path.display().to_string();
            *entry = Err(Box::new(Mismatch::SameFile { named, other: (*other).to_owned(), path }));
        }
    }
}

/// Returns whether Windows would read two paths of a list as the same path.
fn is_same_path(one: &str, other: &str) -> bool {
    one == other || parts(one).eq(parts(other))
}

/// Returns the parts of a path in lower case, from the last to the first.
fn parts(path: &str) -> impl Iterator<Item = String> {
    path.rsplit(['/', '\\']).filter(|part| !matches!(*part, "" | ".")).map(str::to_lowercase)
}

/// Notes for each match which other accounts get the same file. That may be a person with two accounts, or a cell that
/// was filled down by mistake, so the user is told.
fn find_shared_files(matches: &mut Matches<'_>) {
    let Matches { accounts, all } = matches;
    let mut first: HashMap<&Path, AccountRow> = HashMap::with_capacity(all.len());
    let mut shared: HashMap<&Path, Vec<AccountRow>> = HashMap::new();
    for Paired { photo, account, .. } in all.iter().flatten() {
        match first.entry(&photo.path) {
            Entry::Vacant(place) => drop(place.insert(*account)),
            Entry::Occupied(first) => shared.entry(&photo.path).or_insert_with(|| vec![*first.get()]).push(*account),
        }
    }
    drop(first);
    for found in all.iter_mut().flatten() {
        let Some(owners) = shared.get(&*found.photo.path) else { continue };
        let others = owners.iter().filter(|account| **account != found.account);
        found.shared_with = others.take(NAMED + 1).map(|account| accounts.get(*account).sam_account_name).collect();
    }
}
