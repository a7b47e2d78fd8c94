//! Decides whether a key reads as a person's name. If it does, more text beside it may make it another person's name.

use super::likeness::{Spelled, in_all_ways};
use super::particle::is_particle;
use super::plain;
use super::role::Role;
use super::roster::{Roster, Row};
use super::words::{Word, words};

/// The number of letters that a surname needs to be found inside a logon name with any other letters: `admdoe`.
const MIN_LETTERS_OF_SURNAME: usize = 4;
/// The number of letters up to which a logon name may leave out letters of the names: `ash` for Anna Schmidt.
const MAX_LETTERS_OF_INITIALS: usize = 4;
/// The number of letters that the beginning of a given name needs to be a nickname.
const MIN_LETTERS_OF_NICKNAME: usize = 3;

/// Says whether a key can be read as a person's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyKind {
    /// A key that reads as a name, such as `anna`, `gabi` or `john.smith`.
    Name,
    /// A key that does not read as a name, such as `jdoe`, `u1`, `100400` or `m.mustermann`.
    NobodysName,
}

impl KeyKind {
    /// Returns whether the key of the account `own` reads as a name.
    ///
    /// A key of several words does if each of them is a name, in this domain or commonly. A key of letters only does
    /// unless it is made of its owner's names, as `jdoe` is: it may be a nickname. Plain words count as names here,
    /// because a name may follow them just as well.
    pub(super) fn of(key: &str, roster: &Roster, own: Option<Row>) -> Self {
        if key.contains(|c: char| c.is_ascii_digit() || matches!(c, '@' | '\\' | '=')) {
            return Self::NobodysName;
        }
        let words = words(key);
        let plain = plain::mark(&words);
        let has_blank = key.trim().contains(char::is_whitespace);
        let (untitled, is_apart) = (|word: &&Word<'_>| !word.is_title, |word: &&Word<'_>| !word.is_joined());
        // Capitals separate nothing for sure here: `McKinley` is one word, as `mckinley` is.
        let is_single = words.iter().filter(untitled).filter(is_apart).count() == 1;
        let whole: String = words.iter().filter(untitled).map(|word| word.text).collect();
        let mut names = 0;
        for (place, word) in words.iter().enumerate().filter(|(_, word)| !word.is_title) {
            let is_initial = word.text.chars().count() < 2;
            let is_known = |spelled: &Spelled| roster.is_given_name(spelled) || roster.is_surname(spelled);
            let is_name = plain[place] || in_all_ways(&words, place).iter().any(|(_, spelled)| is_known(spelled));
            match is_initial {
                // With blanks, an initial is part of a name (`Anna M. Jones`); without, of a logon name
                // (`m.mustermann`).
                true if has_blank => {}
                true => return Self::NobodysName,
                false if is_name => names += 1,
                false if is_particle(word.text) => {}
                false if is_single && !is_of_names(&whole, roster, own) => names += 1,
                false => return Self::NobodysName,
            }
        }
        if names > 0 { Self::Name } else { Self::NobodysName }
    }
}

/// Returns whether a logon name is made of the names of its owner.
fn is_of_names(word: &str, roster: &Roster, own: Option<Row>) -> bool {
    let Some(own) = own else { return false };
    let key = Spelled::new(word);
    let names = |role: Role| {
        let parts = roster.person(own).parts.iter().filter(|part| part.role.has(role));
        parts.map(|part| &*roster.words().word(part.word).bare).collect::<Vec<_>>()
    };
    let (given, surnames) = (names(Role::GIVEN), names(Role::SURNAME));
    let is_nickname = |given: &&str| key.chars() >= MIN_LETTERS_OF_NICKNAME && given.starts_with(&*key.bare);
    let without_umlauts: Vec<String> = surnames.iter().map(|surname| super::spelling::wide(surname)).collect();
    surnames
        .iter()
        .copied()
        .chain(without_umlauts.iter().map(String::as_str))
        .any(|surname| has_surname(&key.bare, surname, &given))
        || is_initial_and_surname(&key.bare, &given, roster)
        || !given.iter().any(is_nickname) && is_abbreviation(&key.bare, &given, &surnames)
}

/// Returns whether the surname is in the key, with letters beside it: `jdoe`, `doej`. Beside a short surname these must
/// be the beginning of a given name.
fn has_surname(key: &str, surname: &str, given: &[&str]) -> bool {
    let Some((before, behind)) = key.split_once(surname) else { return false };
    let rest = format!("{before}{behind}");
    surname.chars().count() >= MIN_LETTERS_OF_SURNAME || given.iter().any(|given| given.starts_with(&rest))
}

/// Returns whether the key is an initial of a given name with any surname, such as the one that its owner had before.
fn is_initial_and_surname(key: &str, given: &[&str], roster: &Roster) -> bool {
    let is_surname =
        |rest: &str| rest.chars().count() >= MIN_LETTERS_OF_SURNAME && roster.is_surely_surname(&Spelled::new(rest));
    let mut initials = given.iter().filter_map(|given| given.chars().next());
    initials.any(|initial| {
        key.strip_prefix(initial).is_some_and(is_surname) || key.strip_suffix(initial).is_some_and(is_surname)
    })
}

/// Returns whether the key is the beginning of a surname and of a given name, in any order, perhaps with that of a
/// further name: `kmm` for Karl Max Müller, `schmian` for Anna Schmidt. A short key may leave out letters: `ash`.
fn is_abbreviation(key: &str, given: &[&str], surnames: &[&str]) -> bool {
    let is_short = key.chars().count() <= MAX_LETTERS_OF_INITIALS;
    let is_piece = |piece: &str, names: &[&str]| {
        names.iter().any(|name| name.starts_with(piece) || is_short && leaves_out_letters(piece, name))
    };
    let cuts: Vec<usize> = key.char_indices().map(|(at, _)| at).skip(1).collect();
    let any = [given, surnames].concat();
    cuts.iter().any(|&cut| {
        let (first, rest) = key.split_at(cut);
        let two = |one: &[&str], other: &[&str]| is_piece(first, one) && is_piece(rest, other);
        let three = || {
            cuts.iter().filter(|&&next| next > cut).any(|&next| {
                let (second, third) = (&key[cut..next], &key[next..]);
                is_piece(first, given) && is_piece(second, &any) && is_piece(third, surnames)
            })
        };
        two(given, surnames) || two(surnames, given) || three()
    })
}

/// Returns whether the piece has the first letter of the name, and others of it in their order.
fn leaves_out_letters(piece: &str, name: &str) -> bool {
    let mut letters = name.chars();
    piece.chars().next() == name.chars().next() && piece.chars().all(|letter| letters.any(|own| own == letter))
}

#[cfg(test)]
mod tests {
    use super::super::tests::company::{Company, named};
    use super::KeyKind;

    #[test]
    fn a_logon_name_is_nobodys_name_only_if_it_is_made_of_its_owners_names() {
        let kind = |key: &str, given: &str, surname: &str| {
            let company = Company::new(vec![named(1, key, &format!("{given} {surname}"), given, surname)]);
            let roster = company.roster();
            KeyKind::of(key, &roster, roster.row(company.people[0].guid))
        };
        for (key, given, surname) in [
            ("jdoe", "Jane", "Doe"),
            ("doej", "Jane", "Doe"),
            ("janedoe", "Jane", "Doe"),
            ("admdoering", "Jane", "Doering"),
            ("jli", "Jun", "Li"),
            ("ash", "Anna", "Schmidt"),
            ("kmm", "Karl Max", "Müller"),
            ("asm", "Anna-Sophie", "Meier"),
            ("schmian", "Anna", "Schmidt"),
            ("annsch", "Anna", "Schmidt"),
            ("mustermm", "Max", "Mustermann"),
            ("jmustermann", "Jane", "Mustermann"),
            ("jmusterm", "Jane", "Mustermann"),
            ("jmueller", "Jürgen", "Müller"),
            ("jmuller", "Jürgen", "Müller"),
            ("jschmidt", "Jane", "Doe"),
            ("evdberg", "Eva", "van den Berg"),
        ] {
            assert_eq!(kind(key, given, surname), KeyKind::NobodysName, "{key}");
        }
        for (key, given, surname) in [
            ("gabi", "Gabriele", "Roth"),
            ("uli", "Ulrich", "Frank"),
            ("steffi", "Stefanie", "Fischer"),
            ("manu", "Manuela", "Ullrich"),
            ("flo", "Florian", "Otto"),
            ("basti", "Sebastian", "Ibsen"),
            ("dima", "Dmitri", "Maier"),
            ("liv", "Olivia", "Voss"),
            ("bobby", "Robert", "Byrne"),
            ("hubsi", "Hubert", "Roth"),
            ("schnucki", "Anna", "Meier"),
            ("alexa", "Alexander", "Roth"),
        ] {
            assert_eq!(kind(key, given, surname), KeyKind::Name, "{key}");
        }
    }
}
