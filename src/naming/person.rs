//! The words that an account's names are made of.

use super::common;
use super::likeness::Spelled;
use super::spelling::is_apostrophe;
use super::words::{Word, words};

/// The roles that a word has in an account's names, as a set of bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Role(u8);

impl Role {
    pub(super) const GIVEN: Self = Self(1);
    pub(super) const SURNAME: Self = Self(2);
    /// A logon name, the local part of a mail address, or an employee ID: only the whole word identifies the account.
    pub(super) const LOGON: Self = Self(4);
    /// A word that is not part of the name itself, such as `(Sales)` in brackets or behind the name.
    pub(super) const BESIDE: Self = Self(8);
    /// A particle such as `van` or `de`, which people leave out or add as they like.
    pub(super) const PARTICLE: Self = Self(16);

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) fn is_name(self) -> bool {
        self.has(Self::GIVEN.and(Self::SURNAME))
    }
}

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

/// Words that occur in names, but are not a name by themselves.
const PARTICLES: [&str; 38] = [
    "von", "vom", "zu", "zum", "zur", "van", "der", "den", "de", "het", "ter", "ten", "te", "op", "t", "d", "da", "do",
    "dos", "das", "di", "del", "della", "dei", "la", "le", "las", "los", "el", "al", "bin", "ibn", "ben", "af", "av",
    "y", "e", "i",
];

pub(super) fn is_particle(word: &str) -> bool {
    PARTICLES.contains(&&*word.to_lowercase())
}

/// Returns the parts of all names of an account.
pub(super) fn parts(texts: &Texts<'_>) -> Vec<Part> {
    let mut parts = Parts::default();
    parts.add(0, texts.given_name, |_| Role::GIVEN);
    parts.add(0, texts.surname, |_| Role::SURNAME);
    let is_known = !texts.given_name.is_empty() && !texts.surname.is_empty();
    for (name, text) in [(1, texts.display_name), (2, texts.cn)] {
        let roles = roles(text);
        // If both attributes are set, they are the name: any other word is a department or a remark.
        parts.add(name, text, |place| if is_known { Role::BESIDE } else { roles[place] });
    }
    for logon in texts.logons {
        parts.add_logon(logon);
    }
    parts.0
}

/// Returns the role of each word of a display name, as far as commas, brackets, separators and common names show it.
fn roles(text: &str) -> Vec<Role> {
    let words = words(text);
    let mut depth = 0_i32;
    let mut is_beside = false;
    let mut comma = None;
    let mut roles: Vec<Role> = Vec::new();
    for (place, word) in words.iter().enumerate() {
        depth += joint_depth(word);
        is_beside |= place > 0 && (word.joint.contains(['|', '/']) || word.joint.contains(" - "));
        if word.joint.contains(',') && comma.is_none() && depth == 0 {
            comma = Some(place);
        }
        roles.push(if depth > 0 || is_beside { Role::BESIDE } else { Role::default() });
    }
    let in_name: Vec<usize> =
        (0..words.len()).filter(|&place| roles[place] != Role::BESIDE && !words[place].is_title).collect();
    for &place in &in_name {
        roles[place] = match comma {
            Some(comma) if place < comma => Role::SURNAME,
            Some(_) => Role::GIVEN,
            None => match (common::is_given_name(words[place].text), common::is_surname(words[place].text)) {
                (true, false) => Role::GIVEN,
                (false, true) => Role::SURNAME,
                _ => Role::GIVEN.and(Role::SURNAME),
            },
        };
    }
    roles
}

fn joint_depth(word: &Word<'_>) -> i32 {
    word.joint.chars().map(|c| i32::from(matches!(c, '(' | '[' | '{')) - i32::from(matches!(c, ')' | ']' | '}'))).sum()
}

#[derive(Default)]
struct Parts(Vec<Part>);

impl Parts {
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
            let particle = if is_particle(whole) { Role::PARTICLE } else { Role::default() };
            let at = self.put(whole, role.and(particle), name, None);
            // People also write `Hara` for O'Hara, and `Annalena` for Anna-Lena.
            if let Some((_, behind)) = whole.split_once(is_apostrophe)
                && behind.chars().count() >= MIN_LETTERS_BEHIND_APOSTROPHE
            {
                self.put(behind, role, name, at);
            }
            if let Some((before, at)) = before.filter(|_| first.joint == "-") {
                self.put(&format!("{before}{whole}"), role, name, Some(at));
            }
            before = at.map(|at| (whole.to_owned(), at));
            // People also write `vanderBerg` for van der Berg.
            let joined = format!("{particles}{whole}");
            match is_particle(whole) {
                true => particles = joined,
                false if !std::mem::take(&mut particles).is_empty() => drop(self.put(&joined, role, name, at)),
                false => {}
            }
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
        if let Some(part) = self.0.iter_mut().find(|part| part.spelled == spelled) {
            // A given name or surname stays one when the display name repeats it: it is not a remark there.
            let role = if part.role.is_name() { role.without(Role::BESIDE) } else { role };
            part.role = part.role.and(role);
            part.names |= 1 << name;
            return Some(part.stands_for);
        }
        if self.0.len() == MAX_PARTS {
            return None;
        }
        let stands_for = stands_for.or_else(|| u8::try_from(self.0.len()).ok())?;
        self.0.push(Part { spelled, role, stands_for, names: 1 << name });
        Some(stands_for)
    }
}

#[cfg(test)]
mod tests {
    use super::{Role, Texts, parts};

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
