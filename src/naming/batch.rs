//! What only the whole batch shows: rows that are there twice, several photos for one account, one file for several.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::PathBuf;

use super::{Match, Mismatch, NAMED};

/// Turns down what does not go together, and notes what is shared.
pub(super) fn check(paired: &mut [Result<Match, Mismatch>]) {
    leave_out_repeated(paired);
    refuse_several_photos(paired);
    find_shared_files(paired);
}

/// A row of a list that says what one before it says is no second photo.
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

/// Which of two photos is the right one only a person can tell: neither is written.
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
            // One more than a message names, so that it can say that there are more.
            let others = all.iter().filter(|photo| **photo != this).take(NAMED + 1).cloned().collect();
            *entry = Err(Mismatch::SeveralPhotos { account, others });
        }
    }
}

/// One file for several accounts: a person with two accounts, or a cell that was filled down by mistake? It is said. But
/// where the list names different files and only the folder does not tell them apart, nobody gets it.
fn find_shared_files(paired: &mut [Result<Match, Mismatch>]) {
    #[derive(Default)]
    struct Shared {
        accounts: Vec<String>,
        /// Two different paths of the list, if there are two.
        named: Vec<String>,
    }
    let mut files: HashMap<PathBuf, Shared> = HashMap::new();
    for found in paired.iter().flatten() {
        let file = files.entry(found.photo.path.clone()).or_default();
        file.accounts.push(found.account.sam_account_name.clone());
        if file.named.len() < 2 && !file.named.contains(&found.photo.named) {
            file.named.push(found.photo.named.clone());
        }
    }
    for entry in paired {
        let Ok(found) = entry else { continue };
        let file = &files[&found.photo.path];
        if let [first, second] = &file.named[..] {
            let other = if *first == found.photo.named { second } else { first }.clone();
            let (named, path) = (found.photo.named.clone(), found.photo.path.display().to_string());
            *entry = Err(Mismatch::SameFile { named, other, path });
        } else {
            let others = file.accounts.iter().filter(|account| **account != found.account.sam_account_name);
            found.shared_with = others.take(NAMED + 1).cloned().collect();
        }
    }
}
