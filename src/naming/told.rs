//! Finds out whom the file of a list is named after. The list says whose the photo is, so the name only confirms that or
//! contradicts it.

use super::extras::Extras;
use super::fit::{Fit, Query};
use super::judge::EQUAL_SCORES;
use super::key_kind::KeyKind;
use super::likeness::LOOSELY_EQUAL;
use super::plain;
use super::role::Role;
use super::roster::{Roster, Row};
use super::stem::Stem;
use super::words::words;
use crate::directory::Guid;

/// The person that the name of a list's file points to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// The name points to nobody in particular.
    Nothing,
    /// The name points to the account that gets the photo.
    Own,
    /// The name points to this other account.
    Another(Row),
    /// The name has a surname or given name that only this other account has.
    PerhapsName(Row),
    /// The name has a short number that is this other account's. It may be a counter just as well.
    PerhapsNumber(Row),
    /// The name has a short number that is nobody's.
    NobodysNumber,
}

/// Returns whether a file of a list may be named after somebody.
pub(super) fn tells_of_somebody(stem: &str) -> bool {
    let words = words(stem);
    let plain = plain::mark(&words);
    let says_something = |place: usize| {
        !plain[place]
            || words[place].beside_digits
            || plain::may_be_id(&words, place)
            || plain::may_be_short_id(&words, place)
    };
    (0..words.len()).any(says_something)
}

/// Returns whom a file is named after, if a list gives the file to `account`.
pub(super) fn told(roster: &Roster, stem: &str, account: Guid) -> Told {
    let stem = Stem::read(stem, &(0..0), KeyKind::NobodysName, &Extras::default(), roster);
    let query = Query::new(roster, &stem.words, &stem.plain, stem.in_key, |place| !stem.words[place].is_title);
    let own = roster.row(account);
    let fits = query.fits(roster);
    let mut ours = 0.0_f32;
    let mut best: Option<(f32, Row)> = None;
    for (row, fit) in fits.iter().filter(|(_, fit)| stem.is_evidence(fit)) {
        if Some(*row) == own {
            ours = fit.score;
        } else if stem.identifies(fit) && best.is_none_or(|(score, _)| fit.score > score) {
            best = Some((fit.score, *row));
        }
    }
    match best {
        Some((theirs, row)) if theirs > ours + EQUAL_SCORES => Told::Another(row),
        _ if ours > 0.0 => Told::Own,
        _ => perhaps(&stem, &fits, own),
    }
}

/// Returns whom a part of a name or a short number points to, if it belongs to one account only.
fn perhaps(stem: &Stem<'_>, fits: &[(Row, Fit)], own: Option<Row>) -> Told {
    let numbers = (0..stem.words.len()).filter(|&place| plain::may_be_short_id(&stem.words, place));
    let numbers = numbers.fold(0, |mask, place| mask | 1 << place);
    let has_number = |fit: &Fit| fit.covered & numbers != 0 && fit.role.has(Role::LOGON) && fit.most >= LOOSELY_EQUAL;
    let has_name = |fit: &Fit| stem.is_evidence(fit) && fit.role.is_name() && fit.most >= LOOSELY_EQUAL;
    let only = |holds: &dyn Fn(&Fit) -> bool| {
        let mut rows = fits.iter().filter(|(_, fit)| holds(fit)).map(|(row, _)| *row);
        rows.next().filter(|_| rows.next().is_none())
    };
    match (only(&has_name), only(&has_number)) {
        (_, Some(row)) if Some(row) == own => Told::Own,
        (_, Some(row)) => Told::PerhapsNumber(row),
        (Some(row), None) => Told::PerhapsName(row),
        (None, None) if numbers != 0 => Told::NobodysNumber,
        (None, None) => Told::Nothing,
    }
}
