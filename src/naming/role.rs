//! The roles of words in people's names: given name, surname, and what is no name.

use super::common;
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
    /// A name that is a particle in other names: `Ben` in Ben Stone, `Le` in Anh Le.
    pub(super) const NO_PARTICLE: Self = Self(32);

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) fn is_name(self) -> bool {
        self.has(Self::GIVEN.and(Self::SURNAME))
    }
}

/// Returns the role of each word of a display name, as far as commas, brackets, separators and common names show it.
pub(super) fn roles(text: &str) -> Vec<Role> {
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
