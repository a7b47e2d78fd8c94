//! The words of a command line as logs and journals keep them.

use std::ffi::OsString;

use crate::directory::masked_server;

/// The flag whose value may have a password.
const SERVER: &str = "--server";

/// Returns the words after the program's name, with secrets in URLs masked. No other argument can have a secret.
pub(super) fn kept(words: &[OsString]) -> Vec<String> {
    let mut is_server = false;
    let keep = |word: &OsString| {
        let word = word.to_string_lossy();
        let follows = std::mem::replace(&mut is_server, word == SERVER);
        match word.strip_prefix(SERVER).and_then(|rest| rest.strip_prefix('=')) {
            Some(server) => format!("{SERVER}={}", masked_server(server)),
            None if follows => masked_server(&word),
            None => masked(&word),
        }
    };
    words.iter().skip(1).map(keep).collect()
}

/// Returns the values of a flag, with secrets masked. `name` is the flag's long name.
pub fn masked_values(name: &str, values: &[String]) -> Vec<String> {
    if name != &SERVER[2..] {
        return values.iter().map(|value| masked(value)).collect();
    }
    // A password with a comma was split there, and only its last part stands before an @.
    match values.iter().any(|value| value.contains('@')) {
        true => vec![masked_server(&values.join(","))],
        false => values.iter().map(|value| masked_server(value)).collect(),
    }
}

/// Masks the secret in a word: a password becomes `ldaps://anna:…@dc1`, a query `ldaps://dc1?…`. Any other word is
/// returned as it is.
fn masked(word: &str) -> String {
    let Some(slashes) = word.find("//") else { return word.to_owned() };
    let is_url = word[..slashes].ends_with(':');
    let (scheme, rest) = word.split_at(slashes + 2);
    // The last @, because a password may have one, too, or a question mark.
    let (user, host) = rest.rfind('@').map_or(("", rest), |at| rest.split_at(at));
    let name = user.find(':').map(|colon| &user[..=colon]);
    let user = match name {
        Some(name) if !name.contains(['?', '#']) => format!("{name}…"),
        None if !is_url || user.is_empty() => user.to_owned(),
        _ => "…".to_owned(),
    };
    match host.find('?').filter(|_| is_url) {
        Some(query) => format!("{scheme}{user}{}?…", &host[..query]),
        None => format!("{scheme}{user}{host}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{kept, masked, masked_values};

    #[test]
    fn a_password_in_a_url_is_not_logged() {
        for (word, logged) in [
            ("ldaps://anna:s3/cr@t@dc1:636", "ldaps://anna:…@dc1:636"),
            ("--server=ldap://anna:secret@dc1", "--server=ldap://anna:…@dc1"),
            ("ldaps://dc1:636", "ldaps://dc1:636"),
            ("ldaps://dc1:636/?pw=secret", "ldaps://dc1:636/?…"),
            ("ldaps://anna:secret@dc1?x", "ldaps://anna:…@dc1?…"),
            ("ldaps://anna:se?cret@dc1", "ldaps://anna:…@dc1"),
            ("ldaps://dc1/?pw=secret@x", "ldaps://…@x"),
            ("ldaps://dc1/?pw=a:secret@x", "ldaps://…@x"),
            ("//files/photos/anna@x?.jpg", "//files/photos/anna@x?.jpg"),
            ("photos/?nna.jpg", "photos/?nna.jpg"),
            ("anna@ad.example.com", "anna@ad.example.com"),
        ] {
            assert_eq!(masked(word), logged);
        }
    }

    #[test]
    fn a_password_in_a_server_is_not_logged_without_a_scheme() {
        let line = |words: &str| {
            let words: Vec<_> = words.split(' ').map(std::ffi::OsString::from).collect();
            kept(&words).join(" ")
        };
        assert_eq!(line("adphoto --server svc:secret@dc1 check"), "--server …@dc1 check");
        assert_eq!(line("adphoto check --server=svc:sec,ret@dc1"), "check --server=…@dc1");
        assert_eq!(line("adphoto --server ldaps://svc:se?ret@dc1"), "--server …?…");
        assert_eq!(line("adphoto --server dc1:636,ldaps://[::1]:636 a:b"), "--server dc1:636,ldaps://[::1]:636 a:b");
        let values =
            |values: &[&str]| masked_values("server", &values.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
        assert_eq!(values(&["svc:secret@dc1"]), ["…@dc1"]);
        assert_eq!(values(&["svc:sec", "ret@dc1"]), ["…@dc1"]);
        assert_eq!(values(&["dc1", "ldap://dc2:389"]), ["dc1", "ldap://dc2:389"]);
        assert_eq!(masked_values("user", &["anna@example.com".to_owned()]), ["anna@example.com"]);
    }
}
