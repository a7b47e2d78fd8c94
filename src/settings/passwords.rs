//! Finding out whose password is set. A password must never be sent for another user, because each wrong one counts
//! towards locking that user's account.
//!
//! A password belongs to the user that is set beside it. The file's password belongs to the file's user. A password in
//! a variable belongs to `ADPHOTO_USER`, or else to the file's user, provided that the file has no password of its own.
//! A password without a user beside it belongs to whoever signs in.

use super::level::Level;
use crate::cli::LeftOut;

const PASSWORD_FILE: &str = "password-file";

/// Removes the passwords of users other than the one who signs in, and the file's password if a variable has one.
/// `has_variable` says whether `ADPHOTO_PASSWORD` is set. Returns the password that was left out for its user, if any.
pub(super) fn settle(typed: &Level, variables: &mut Level, file: &mut Level, has_variable: bool) -> Option<LeftOut> {
    if typed.get("user").is_some_and(|user| user.values.is_empty()) {
        // A profile that cancels the user cancels the password, too.
        file.remove(PASSWORD_FILE);
        return None;
    }
    let user = [typed, variables, file].into_iter().find_map(|level| level.text("user"))?;
    let of_file = file.text("user");
    let of_variables = variables.text("user").or_else(|| of_file.clone().filter(|_| file.get(PASSWORD_FILE).is_none()));
    let is_other = |owner: &Option<String>| owner.as_ref().is_some_and(|owner| !owner.eq_ignore_ascii_case(&user));

    let has_any = has_variable || variables.get(PASSWORD_FILE).is_some();
    let is_variable = has_any && is_other(&of_variables);
    if is_variable {
        variables.remove(PASSWORD_FILE);
    }
    let is_file = file.get(PASSWORD_FILE).is_some() && is_other(&of_file);
    // A variable's password takes precedence over the file's.
    if is_file || has_variable && !is_variable {
        file.remove(PASSWORD_FILE);
    }
    let owner = if is_variable { of_variables } else { of_file.filter(|_| is_file) };
    owner.map(|owner| LeftOut { owner, is_variable })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::level::{Level, Origin, Setting};
    use super::{LeftOut, PASSWORD_FILE, settle};

    /// Makes a level with a user and a password file; `-` stands for none.
    fn level(user: &str, password_file: &str) -> Level {
        let mut level = Level::default();
        for (key, value) in [("user", user), (PASSWORD_FILE, password_file)].into_iter().filter(|(_, it)| *it != "-") {
            level.set(key, Setting { values: vec![value.into()], origin: Origin::File(PathBuf::new()) });
        }
        level
    }

    #[test]
    fn nobody_gets_the_password_of_another() {
        // The typed user; the variables' user and password file; whether ADPHOTO_PASSWORD is set; the file's user and
        // password file. Then the expectation: whether the password files of the variables and of the file stay, and
        // whose password is left out.
        for (typed, variables, variable, file, stay, left_out) in [
            ("-", ("-", "-"), false, ("svc", "pw"), (false, true), None),
            ("anna", ("-", "-"), false, ("svc", "pw"), (false, false), Some(("svc", false))),
            ("SVC", ("-", "-"), false, ("svc", "pw"), (false, true), None),
            ("-", ("anna", "-"), false, ("svc", "pw"), (false, false), Some(("svc", false))),
            ("anna", ("svc", "pw"), false, ("-", "-"), (false, false), Some(("svc", true))),
            ("anna", ("svc", "-"), true, ("-", "-"), (false, false), Some(("svc", true))),
            // These passwords belong to nobody in particular.
            ("anna", ("-", "pw"), false, ("-", "-"), (true, false), None),
            ("anna", ("-", "-"), false, ("-", "pw"), (false, true), None),
            ("anna", ("-", "-"), true, ("-", "-"), (false, false), None),
            // A variable takes precedence over the file. It belongs to the file's user only if the file has no
            // password.
            ("-", ("-", "-"), true, ("svc", "pw"), (false, false), None),
            ("anna", ("-", "-"), true, ("svc", "pw"), (false, false), Some(("svc", false))),
            ("anna", ("-", "-"), true, ("svc", "-"), (false, false), Some(("svc", true))),
            // The file's user signs in again, with the file's password.
            ("svc", ("anna", "-"), true, ("svc", "pw"), (false, true), Some(("anna", true))),
        ] {
            let case = format!("{typed} {variables:?} {variable} {file:?}");
            let mut variables = level(variables.0, variables.1);
            let mut file = level(file.0, file.1);
            let found = settle(&level(typed, "-"), &mut variables, &mut file, variable);
            let stays = |level: &Level| level.get(PASSWORD_FILE).is_some();
            assert_eq!((stays(&variables), stays(&file)), stay, "{case}");
            let expected = left_out.map(|(owner, is_variable)| LeftOut { owner: owner.to_owned(), is_variable });
            assert_eq!(found, expected, "{case}");
        }
    }
}
