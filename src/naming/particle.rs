//! Particles of names, such as `van`, and names that look like them, such as Ben.

use super::role::{Role, roles};
use super::words::words;

/// Words that occur in names, but are not a name by themselves.
const PARTICLES: [&str; 38] = [
    "von", "vom", "zu", "zum", "zur", "van", "der", "den", "de", "het", "ter", "ten", "te", "op", "t", "d", "da", "do",
    "dos", "das", "di", "del", "della", "dei", "la", "le", "las", "los", "el", "al", "bin", "ibn", "ben", "af", "av",
    "y", "e", "i",
];

/// The particle that is also a common given name, in all of Europe. The others are names of few people.
const COMMON_GIVEN_NAME: &str = "ben";

/// Returns whether the word is a particle that is a common given name, too.
pub(super) fn is_common_given_name(particle: &str) -> bool {
    particle.eq_ignore_ascii_case(COMMON_GIVEN_NAME)
}

pub(super) fn is_particle(word: &str) -> bool {
    PARTICLES.iter().any(|particle| particle.eq_ignore_ascii_case(word))
}

/// Returns the words of an account's names that look like particles, but are names: the first given name, a surname of
/// one word, and without these attributes what the full names, the display name and the common name, say.
pub(super) fn names_like_particles<'t>(given_name: &'t str, surname: &'t str, full: [&'t str; 2]) -> Vec<&'t str> {
    if ![given_name, surname].iter().chain(&full).any(|text| text.split(|c: char| !c.is_alphabetic()).any(is_particle))
    {
        return Vec::new();
    }
    let mut found = Vec::new();
    if let Some(&first) = in_sections(given_name).first().and_then(|section| section.first()) {
        found.push(first);
    }
    let single = |sections: &[Vec<&'t str>]| match sections {
        [section] if section.len() == 1 => Some(section[0]),
        _ => None,
    };
    found.extend(single(&in_sections(surname)));
    if given_name.is_empty() || surname.is_empty() {
        for text in full {
            let sections = in_sections(text);
            match &sections[..] {
                [section] => found.extend(first_or_last(section)),
                sections => {
                    let given = sections.iter().skip(1).filter_map(|section| section.first());
                    let alone = sections.iter().filter(|section| section.len() == 1).flatten();
                    found.extend(given.copied().filter(|word| is_common_given_name(word)).chain(alone.copied()));
                }
            }
        }
    }
    found.retain(|word| is_particle(word));
    found
}

/// Returns the words at the ends of a display name without a comma, where a particle can only be a name: `Al Stone`,
/// `Stone Al`. In a longer name, `Van Berg Jan`, it may as well begin the surname.
fn first_or_last<'t>(words: &[&'t str]) -> Vec<&'t str> {
    match words {
        [one] => vec![one],
        [first, last] => vec![first, last],
        [first, ..] if is_common_given_name(first) => vec![first],
        _ => Vec::new(),
    }
}

/// Returns the words of a name, without titles and what is beside it, in groups that are separated by commas. Words
/// joined by a hyphen count as one, of which only the first is returned.
fn in_sections(text: &str) -> Vec<Vec<&str>> {
    let mut sections: Vec<Vec<&str>> = Vec::new();
    let mut begins = true;
    for (_, word) in roles(text).into_iter().zip(words(text)).filter(|(role, _)| *role != Role::BESIDE) {
        begins |= word.joint.contains(',');
        if word.is_title {
            continue;
        }
        match sections.last_mut().filter(|_| !begins) {
            Some(_) if word.joint == "-" || word.is_joined() => {}
            Some(section) => section.push(word.text),
            None => sections.push(vec![word.text]),
        }
        begins = false;
    }
    sections
}
