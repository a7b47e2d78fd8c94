//! The words that an account's names are made of.

use super::likeness::Spelled;
use super::particle::{is_particle, names_like_particles};
use super::role::{Role, roles};
use super::spelling::is_apostrophe;
use super::words::words;

/// One part of an account's names, in one of its spellings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) spelled: Spelled,
    pub(super) role: Role,
    /// The index, among the account's parts, of the part that this is a spelling of: `Hara` stands for `O'Hara`.
    pub(super) stands_for: u8,
    /// The names that contain the part, with one bit for each name.
    pub(super) names: u8,
}

/// The texts of an account that can name it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Texts<'a> {
    pub(super) display_name: &'a str,
    pub(super) cn: &'a str,
    pub(super) given_name: &'a str,
    pub(super) surname: &'a str,
    /// The sAMAccountName, the local parts of the mail address and the principal name, and the employeeID.
    pub(super) logons: [&'a str; 4],
}

/// The maximum number of parts that are kept for one account; no real name has more.
const MAX_PARTS: usize = 48;

/// The number of letters that must follow an apostrophe to count as a part: `Hara` in O'Hara does, the `s` in Anna's
/// does not.
const MIN_LETTERS_BEHIND_APOSTROPHE: usize = 3;

/// Returns the parts of all names of an account.
pub(super) fn parts(texts: &Texts<'_>) -> Vec<Part> {
    let full = [texts.display_name, texts.cn];
    let names = names_like_particles(texts.given_name, texts.surname, full);
    let mut parts = Parts { names, ..Parts::default() };
    parts.add(0, texts.given_name, |_| Role::GIVEN);
    parts.add(0, texts.surname, |_| Role::SURNAME);
    let is_known = !texts.given_name.is_empty() && !texts.surname.is_empty();
    for (name, text) in (1..).zip(full) {
        let roles = roles(text);
        // If both attributes are set, they are the name: any other word is a department or a remark.
        parts.add(name, text, |place| if is_known { Role::BESIDE } else { roles[place] });
    }
    for logon in texts.logons {
        parts.add_logon(logon);
    }
    parts.found
}

#[derive(Default)]
struct Parts<'t> {
    found: Vec<Part>,
    /// The account's names that look like particles.
    names: Vec<&'t str>,
}

impl Parts<'_> {
    fn add(&mut self, name: u8, text: &str, role: impl Fn(usize) -> Role) {
        let words = words(text);
        let mut before: Option<(String, u8)> = None;
        let mut particles = String::new();
        let mut place = 0;
        while place < words.len() {
            let end = (place + 1..words.len()).find(|&next| !words[next].is_joined()).unwrap_or(words.len());
            let (first, role, whole) =
                (&words[place], role(place), &text[words[place].at.start..words[end - 1].at.end]);
            place = end;
            if first.is_title {
                continue;
            }
            let particle = match is_particle(whole) {
                true if self.names.iter().any(|name| name.eq_ignore_ascii_case(whole)) => Role::NO_PARTICLE,
                true => Role::PARTICLE,
                false => Role::default(),
            };
            let at = self.put(whole, role.and(particle), name, None);
            // People also write `Hara` for O'Hara, and `Annalena` for Anna-Lena.
            if let Some((_, behind)) = whole.split_once(is_apostrophe)
                && behind.chars().count() >= MIN_LETTERS_BEHIND_APOSTROPHE
            {
                self.put_spelling(behind, name, at);
            }
            if let Some((before, at)) = before.filter(|_| first.joint == "-") {
                self.put_spelling(&format!("{before}{whole}"), name, Some(at));
            }
            before = at.map(|at| (whole.to_owned(), at));
            // People also write `vanderBerg` for van der Berg.
            let joined = format!("{particles}{whole}");
            match particle.has(Role::PARTICLE) {
                true => particles = joined,
                false if !std::mem::take(&mut particles).is_empty() => self.put_spelling(&joined, name, at),
                false => {}
            }
        }
    }

    /// Adds another spelling of the part at this place, which has the role of that part.
    fn put_spelling(&mut self, word: &str, name: u8, of: Option<u8>) {
        if let Some(part) = of.and_then(|of| self.found.get(usize::from(of))) {
            self.put(word, part.role.without(Role::PARTICLE.and(Role::NO_PARTICLE)), name, of);
        }
    }

    /// Adds a logon name as one word, without any dots or other characters between its letters.
    fn add_logon(&mut self, text: &str) {
        let word: String = words(text).iter().map(|word| word.text).collect();
        if !word.is_empty() {
            self.put(&word, Role::LOGON, 7, None);
        }
    }

    /// Adds a part, or adds the role and name to the same part if it is there already, and returns the index of the
    /// part that it stands for. Returns `None` if the account has too many parts.
    fn put(&mut self, word: &str, role: Role, name: u8, stands_for: Option<u8>) -> Option<u8> {
        let spelled = Spelled::new(word);
        if let Some(part) = self.found.iter_mut().find(|part| part.spelled == spelled) {
            // A given name or surname stays one when the display name repeats it: it is not a remark there.
            let role = if part.role.is_name() { role.without(Role::BESIDE) } else { role };
            part.role = part.role.and(role);
            part.names |= 1 << name;
            return Some(part.stands_for);
        }
        if self.found.len() == MAX_PARTS {
            return None;
        }
        let stands_for = stands_for.or_else(|| u8::try_from(self.found.len()).ok())?;
        self.found.push(Part { spelled, role, stands_for, names: 1 << name });
        Some(stands_for)
    }
}

#[cfg(test)]
mod tests {
    use super::super::role::Role;
    use super::{Texts, parts};

    fn names(texts: &Texts<'_>) -> Vec<(String, Role)> {
        parts(texts).into_iter().map(|part| (part.spelled.bare.to_string(), part.role)).collect()
    }

    #[test]
    fn a_comma_tells_the_surname_and_brackets_what_is_beside() {
        let found = names(&Texts { display_name: "van Brown, Dr. Anna (Sales)", ..Texts::default() });
        let expected = [
            ("van", Role::SURNAME.and(Role::PARTICLE)),
            ("brown", Role::SURNAME),
            ("vanbrown", Role::SURNAME),
            ("anna", Role::GIVEN),
            ("sales", Role::BESIDE),
        ];
        assert_eq!(found, expected.map(|(word, role)| (word.to_owned(), role)));
    }

    #[test]
    fn a_name_that_looks_like_a_particle_is_a_name() {
        let particle = |texts: &Texts<'_>| {
            let found = parts(texts);
            let of = |word: &str| found.iter().find(|part| &*part.spelled.bare == word).map(|part| part.role);
            let ben = of("ben").or(of("al")).or(of("le")).or(of("van")).expect("the word");
            assert_eq!(found.iter().any(|part| part.role.has(Role::NO_PARTICLE)), !ben.has(Role::PARTICLE));
            ben.has(Role::PARTICLE)
        };
        for (display_name, given_name, surname) in [
            ("Ben Small", "Ben", "Small"),
            ("Small, Ben", "", ""),
            ("Ben Small", "", ""),
            ("Al Small-Stone", "", ""),
            ("Dr. Al Small (Sales)", "", ""),
            ("Small Al", "", ""),
            ("Anh Le", "Anh", "Le"),
            ("Van Nguyen", "Van", "Nguyen"),
        ] {
            assert!(!particle(&Texts { display_name, given_name, surname, ..Texts::default() }), "{display_name}");
        }
        for (display_name, given_name, surname) in [
            ("Ahmed ben Salah", "Ahmed", "ben Salah"),
            ("ben Salah, Ahmed", "", ""),
            ("Jan van Dijk", "Jan van", "Dijk"),
            ("Van Dijk Jan", "", ""),
        ] {
            assert!(particle(&Texts { display_name, given_name, surname, ..Texts::default() }), "{display_name}");
        }
        let texts = Texts { display_name: "Jan van Dijk", given_name: "Jan van", surname: "Dijk", ..Texts::default() };
        let joined = parts(&texts).into_iter().find(|part| &*part.spelled.bare == "vandijk").expect("a spelling");
        assert_eq!((joined.role, joined.stands_for), (Role::SURNAME, 2));
    }

    #[test]
    fn given_name_and_surname_go_before_what_is_displayed() {
        let texts = Texts {
            display_name: "Winter Anna | Berlin",
            given_name: "Anna",
            surname: "Winter",
            logons: ["a.winter", "", "", "00123"],
            ..Texts::default()
        };
        let expected = [
            ("anna", Role::GIVEN),
            ("winter", Role::SURNAME),
            ("berlin", Role::BESIDE),
            ("awinter", Role::LOGON),
            ("00123", Role::LOGON),
        ];
        assert_eq!(names(&texts), expected.map(|(word, role)| (word.to_owned(), role)));
    }

    #[test]
    fn other_spellings_stand_for_the_same_part() {
        let found = parts(&Texts { display_name: "Anna-Lena O'Hara", ..Texts::default() });
        let found: Vec<_> = found.iter().map(|part| (&*part.spelled.bare, part.stands_for)).collect();
        assert_eq!(found, [("anna", 0), ("lena", 1), ("annalena", 0), ("ohara", 3), ("hara", 3)]);
    }
}
