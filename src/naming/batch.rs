//! Checks that need the whole batch: repeated rows, several photos for one account, and one file for several accounts.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::{Path, PathBuf};

use super::{Match, Mismatch, NAMED};
use crate::source::Photo;

/// Refuses photos that contradict each other, and notes which files are shared.
pub(super) fn check(photos: &[&Photo], paired: &mut [Result<Match, Mismatch>]) {
    leave_out_repeated(paired);
    refuse_several_photos(paired);
    refuse_same_files(photos, paired);
    find_shared_files(paired);
}

/// Leaves out rows of a list that repeat an earlier row: the same photo again is not a second photo.
fn leave_out_repeated(paired: &mut [Result<Match, Mismatch>]) {
    let mut said = HashMap::new();
    for entry in paired {
        let Ok(Match { photo, account, .. }) = entry else { continue };
        let this = (account.guid, photo.named.clone(), photo.sha256);
        match said.entry(this) {
            Entry::Vacant(first) => drop(first.insert(photo.described())),
            Entry::Occupied(first) => {
                *entry = Err(Mismatch::Repeated { account: Box::new(account.clone()), earlier: first.get().clone() });
            }
        }
    }
}

/// Refuses all photos of an account that has several: only a person can tell which one is right.
fn refuse_several_photos(paired: &mut [Result<Match, Mismatch>]) {
    let mut photos: HashMap<_, Vec<String>> = HashMap::new();
    for found in paired.iter().flatten() {
        photos.entry(found.account.guid).or_default().push(found.photo.described());
    }
    for entry in paired {
        let Ok(found) = entry else { continue };
        let all = &photos[&found.account.guid];
        if all.len() > 1 {
            let this = found.photo.described();
            let account = Box::new(found.account.clone());
            // Keep one more than a message names, so that the message can say that there are more.
            let others = all.iter().filter(|photo| **photo != this).take(NAMED + 1).cloned().collect();
            *entry = Err(Mismatch::SeveralPhotos { account, others });
        }
    }
}

/// Refuses a file that the list names by two different paths. The list means two files, but the folder has only one for
/// both, so nobody gets it, whether or not the other row's account was found.
fn refuse_same_files(photos: &[&Photo], paired: &mut [Result<Match, Mismatch>]) {
    // Up to two different paths for each file, as the list spells them.
    let mut files: HashMap<&Path, Vec<&str>> = HashMap::new();
    for photo in photos {
        let named = files.entry(&photo.path).or_default();
        if named.len() < 2 && named.iter().all(|other| !is_same_path(other, &photo.named)) {
            named.push(&photo.named);
        }
    }
    for (entry, photo) in paired.iter_mut().zip(photos) {
        let Some([first, second]) = files.get(&*photo.path).map(Vec::as_slice) else { continue };
        if entry.is_ok() {
            let other = if is_same_path(first, &photo.named) { second } else { first };
            let (named, path) = (photo.named.clone(), photo.path.display().to_string());
            *entry = Err(Mismatch::SameFile { named, other: (*other).to_owned(), path });
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
fn find_shared_files(paired: &mut [Result<Match, Mismatch>]) {
    let mut files: HashMap<PathBuf, Vec<String>> = HashMap::new();
    for found in paired.iter().flatten() {
        files.entry(found.photo.path.clone()).or_default().push(found.account.sam_account_name.clone());
    }
    for found in paired.iter_mut().flatten() {
        let others = files[&found.photo.path].iter().filter(|account| **account != found.account.sam_account_name);
        found.shared_with = others.take(NAMED + 1).cloned().collect();
    }
}
