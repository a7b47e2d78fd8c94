//! The words of a command line, as logs and journals keep them.

use std::ffi::OsString;

/// Returns the words behind the program's name, without the passwords that somebody put into a URL; no other argument
/// holds a secret.
pub(super) fn kept(words: &[OsString]) -> Vec<String> {
    words.iter().skip(1).map(|word| masked(&word.to_string_lossy())).collect()
}

/// Returns `ldaps://anna:…@dc1` for a word that has a password there, any other as it is.
#[must_use]
pub fn masked(word: &str) -> String {
    let secret = word.find("//").and_then(|slashes| {
        let colon = slashes + word[slashes..].find(':')?;
        // The last one: a password may hold it, too.
        let at = word.rfind('@').filter(|&at| at > colon)?;
        Some((&word[..=colon], &word[at..]))
    });
    secret.map_or_else(|| word.to_owned(), |(before, behind)| format!("{before}…{behind}"))
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn a_password_in_a_url_is_not_logged() {
        for (word, logged) in [
            ("ldaps://anna:s3/cr@t@dc1:636", "ldaps://anna:…@dc1:636"),
            ("--server=ldap://anna:secret@dc1", "--server=ldap://anna:…@dc1"),
            ("ldaps://dc1:636", "ldaps://dc1:636"),
            ("anna@ad.example.com", "anna@ad.example.com"),
        ] {
            assert_eq!(masked(word), logged);
        }
    }
}
