//! The words of a command line as logs and journals keep them.

use std::ffi::OsString;

/// Returns the words after the program's name, with secrets in URLs masked. No other argument can have a secret.
pub(super) fn kept(words: &[OsString]) -> Vec<String> {
    words.iter().skip(1).map(|word| masked(&word.to_string_lossy())).collect()
}

/// Masks the secret in a word: a password becomes `ldaps://anna:…@dc1`, a query `ldaps://dc1?…`. Any other word is
/// returned as it is.
#[must_use]
pub fn masked(word: &str) -> String {
    if let Some(query) = word.find("://").and_then(|scheme| Some(scheme + word[scheme..].find('?')?)) {
        return format!("{}?…", masked(&word[..query]));
    }
    let secret = word.find("//").and_then(|slashes| {
        let colon = slashes + word[slashes..].find(':')?;
        // The last @, because a password may have one, too.
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
            ("ldaps://dc1:636/?pw=secret", "ldaps://dc1:636/?…"),
            ("ldaps://anna:secret@dc1?x", "ldaps://anna:…@dc1?…"),
            ("photos/?nna.jpg", "photos/?nna.jpg"),
            ("anna@ad.example.com", "anna@ad.example.com"),
        ] {
            assert_eq!(masked(word), logged);
        }
    }
}
