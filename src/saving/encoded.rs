//! The file name of each account's photo. Each sAMAccountName has a file name of its own, which is the same on every
//! system.
//!
//! A character that is forbidden on any system is written as `%` and two hexadecimal digits for each of its bytes, as
//! in a URL. Some names get a hash of the whole name instead of their end: `%~` and digits. These are names that are
//! too long, and names that differ from another one only by case or Unicode form, which some file systems do not
//! distinguish. `%~` occurs in no other name, because a `%` of the name itself is written as `%25`.

use std::collections::HashMap;

use ring::digest::{SHA256, digest};
use unicode_normalization::UnicodeNormalization;

use super::device::is_device;
use super::name::{EXTENSION, FileName, MAX_BYTES};

/// The mark that stands before the hash.
const HASHED: &str = "%~";
/// Number of bytes of the SHA-256 hash that are used. With 16 of them, no two names have the same hash by accident.
const HASH_BYTES: usize = 16;

/// The file of an account's photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountFile {
    pub name: FileName,
    /// Whether another account has the same name except for case or Unicode form.
    pub has_twin: bool,
}

/// Returns the file of each account, given by its sAMAccountName, in the same order.
#[must_use]
pub fn account_files(accounts: &[&str]) -> Vec<AccountFile> {
    let mut named: HashMap<String, usize> = HashMap::new();
    for account in accounts {
        *named.entry(alike(account)).or_default() += 1;
    }
    let file = |account: &&str| {
        let has_twin = named[&alike(account)] > 1;
        AccountFile { name: FileName::new(&encoded(account, has_twin)), has_twin }
    };
    accounts.iter().map(file).collect()
}

/// Returns whether a file name looks like one that was encoded here.
#[must_use]
pub fn is_encoded(name: &str) -> bool {
    name.match_indices('%').any(|(at, _)| match name.as_bytes()[at + 1..] {
        [b'~', ..] => true,
        [first, second, ..] => is_digit(first) && is_digit(second),
        _ => false,
    })
}

fn is_digit(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'A'..=b'F')
}

/// Returns a form that is equal for all names that any file system takes for the same. It may be equal for a few more
/// names; they only get a hash without need.
#[must_use]
pub fn alike(name: &str) -> String {
    let folded: String = name.nfc().collect::<String>().to_uppercase().to_lowercase();
    folded.nfc().collect()
}

/// Returns the file name of an account. `has_twin` says whether another account's name is alike.
///
/// Different names have different files, even on a file system that ignores case: either the encoding can be read back,
/// or the name has a hash.
fn encoded(account: &str, has_twin: bool) -> String {
    let last = account.chars().count().saturating_sub(1);
    let is_device = is_device(account);
    let pieces = account.chars().enumerate().map(|(at, c)| {
        let at_an_end = at == 0 && (is_device || matches!(c, '.' | ' ')) || at == last && matches!(c, '.' | ' ');
        if at_an_end || is_forbidden(c) { escaped(c) } else { c.to_string() }
    });
    let whole: String = pieces.clone().collect();
    if !has_twin && !account.is_empty() && whole.len() + EXTENSION.len() <= MAX_BYTES {
        return whole + EXTENSION;
    }
    // Keep as much of the beginning as fits before the hash, without cutting an encoded character in two.
    let mut room = MAX_BYTES - EXTENSION.len() - HASHED.len() - 2 * HASH_BYTES;
    let beginning = pieces.take_while(|piece| {
        let fits = piece.len() <= room;
        room = room.saturating_sub(piece.len());
        fits
    });
    let hash = digest(&SHA256, account.as_bytes());
    let digits = hash.as_ref().iter().take(HASH_BYTES).map(|byte| format!("{byte:02x}"));
    let name = beginning.chain([HASHED.to_owned()]).chain(digits);
    name.collect::<String>() + EXTENSION
}

fn escaped(c: char) -> String {
    let mut bytes = [0; 4];
    c.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Returns whether Windows, macOS or Linux forbids a character in a file name, or whether it is invisible there.
fn is_forbidden(c: char) -> bool {
    let is_invisible =
        matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    c.is_control() || is_invisible || matches!(c, '%' | '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use proptest::prelude::*;

    use super::{account_files, alike, is_encoded};

    fn files(accounts: &[&str]) -> Vec<String> {
        let text = |file: super::AccountFile| file.name.as_str().to_owned();
        account_files(accounts).into_iter().map(text).collect()
    }

    #[test]
    fn a_name_that_any_system_takes_is_the_files() {
        let plain = ["anna", "mary ann", "o'hara", "j.smith", "bmüller", "-n@x!", "console", "COM10", "com", "山田"];
        let expected: Vec<String> = plain.iter().map(|name| format!("{name}.jpg")).collect();
        assert_eq!(files(&plain), expected);
        assert!(!expected.iter().any(|name| is_encoded(name)));
    }

    #[test]
    fn what_any_system_forbids_is_encoded_on_all() {
        for (account, file) in [
            ("a/b\\c", "a%2Fb%5Cc.jpg"),
            ("50%", "50%25.jpg"),
            (".hidden", "%2Ehidden.jpg"),
            ("..", "%2E%2E.jpg"),
            ("anna.", "anna%2E.jpg"),
            ("anna ", "anna%20.jpg"),
            ("a\u{1}\u{85}\u{200d}", "a%01%C2%85%E2%80%8D.jpg"),
            ("CON", "%43ON.jpg"),
            ("nul.old", "%6Eul.old.jpg"),
            ("com1", "%63om1.jpg"),
            ("LPT² .x", "%4CPT² .x.jpg"),
            ("conin$", "%63onin$.jpg"),
        ] {
            assert_eq!(files(&[account]), [file]);
            assert!(is_encoded(file), "{file}");
        }
    }

    #[test]
    fn a_long_name_is_its_beginning_and_a_hash_of_it_all() {
        let (long, longer) = ("ü".repeat(200), "ü".repeat(201));
        let names = files(&[&long, &longer]);
        assert!(names[0].starts_with(&"ü".repeat(108)) && names[0].ends_with(".jpg"), "{names:?}");
        assert!(names[0] != names[1] && names.iter().all(|name| name.len() <= 255 && is_encoded(name)));
        // The hash must never change, so that an export finds the files of the one before.
        let hash = "%~cb26b0de5a63c843909f2a32874407b3.jpg";
        let expected = format!("{}{hash}", "ü".repeat(108));
        assert_eq!(names[0], expected);
    }

    #[test]
    fn names_alike_to_a_file_system_get_a_hash_each() {
        let names = files(&["zo\u{e9}", "zoe\u{301}", "anna", "ANNA", "bob"]);
        assert!(names[..4].iter().all(|name| name.contains("%~")), "{names:?}");
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), 5);
        assert_eq!(names[4], "bob.jpg");
    }

    proptest! {
        /// Whatever the names are, there are as many files as names, even on a file system that ignores case.
        #[test]
        fn every_account_has_a_file_of_its_own(names in prop::collection::btree_set(
            prop_oneof![any::<String>(), "(?i)[%~./: 0-9a-f\u{e9}e\u{301}\u{df}s]{0,8}", "[%ä ]{200,300}", "(?i)(con|lpt)[1¹.$in ]{0,3}"], 0..40,
        )) {
            let names: BTreeSet<String> = names;
            let accounts: Vec<&str> = names.iter().map(String::as_str).collect();
            let files = files(&accounts);
            prop_assert_eq!(files.iter().map(|file| alike(file)).collect::<HashSet<_>>().len(), names.len());
            for file in &files {
                prop_assert!(file.len() <= 255 && file.len() > ".jpg".len(), "{}", file);
                prop_assert!(!file.starts_with(['.', ' ']) && !crate::saving::device::is_device(file), "{}", file);
                prop_assert!(!file.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|']) && !file.contains(char::is_control));
            }
        }
    }
}
