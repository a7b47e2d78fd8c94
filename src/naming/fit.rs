//! How much a file's name resembles the names of accounts. The words of both are compared in any order, and each word
//! is used only once.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::likeness::{LOOSELY_EQUAL, Likeness, Spelled};
use super::person::{Role, is_particle};
use super::roster::{Roster, Row, RowPart};
use super::vocabulary::WordId;
use super::words::Word;

/// The maximum number of words that may be one name, written apart: `Mc Donald`, `van der Berg`.
const MAX_JOINED: usize = 3;
/// Weight of a particle, which is low because people leave out and add `van der` as they like.
const PARTICLE_WEIGHT: f32 = 0.25;
/// The bonus for a surname, because many people share a given name. The bonus for a logon name is even larger.
const SURNAME_BONUS: f32 = 0.1;
const LOGON_BONUS: f32 = 0.15;
/// Cost of each word that is only in the account's name. If two accounts have all the words, the one that has no others
/// is meant.
const LEFT_OUT: f32 = 0.02;
const MAX_LEFT_OUT: f32 = 0.06;
/// The bits in `RowPart::names` for a person's names, as opposed to logon names.
const NAMES: u8 = 0b111;

/// The words of a text, prepared for the comparison with accounts.
#[derive(Debug)]
pub(super) struct Query {
    words: Vec<QueryWord>,
    tokens: Vec<Token>,
}

/// A word of the text, with its weight.
#[derive(Debug)]
struct QueryWord {
    weight: f32,
    /// Whether the word counts as a name only if it is equal to one: `team` is not Mr Tean.
    is_plain: bool,
}

/// One word of the text, or several that may be one name.
#[derive(Debug)]
struct Token {
    spelled: Spelled,
    words: Range<usize>,
}

/// A set of a text's words, with a bit for each.
pub(super) type Mask = u64;

/// How well the names of an account fit the text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fit {
    /// The sum of how much each word resembles one of the account's, with the bonuses for surnames and logon names.
    pub(super) score: f32,
    /// The same as `score`, without the bonuses.
    pub(super) plain_score: f32,
    /// The cost of the words of the account's name that the text leaves out.
    pub(super) left_out: f32,
    /// The words of the text that were found.
    pub(super) covered: Mask,
    /// The likeness of the least similar of the found words, and of the most similar one.
    pub(super) least: Likeness,
    pub(super) most: Likeness,
    /// The roles that the found words have in the account's names.
    pub(super) role: Role,
    /// The share of the account's best-fitting name that was found.
    pub(super) share: f32,
    /// Whether the account's name has a number that was not found: only `Unit` of `Unit 4`.
    pub(super) lacks_number: bool,
}

impl Query {
    /// Makes a query from the words for which `is_wanted` holds. Plain words may have no typing errors and are never
    /// initials. `in_key` has the words of the part that names an account.
    pub(super) fn new(words: &[Word<'_>], plain: &[bool], in_key: Mask, is_wanted: impl Fn(usize) -> bool) -> Self {
        let mut tokens = Vec::new();
        for begin in (0..words.len()).filter(|&place| is_wanted(place)) {
            let mut joined = String::new();
            for end in begin + 1..=words.len() {
                if !is_wanted(end - 1) || words[end - 1].is_title {
                    break;
                }
                joined.push_str(words[end - 1].text);
                // More words than `MAX_JOINED` are joined only if they are the whole text, which may be a logon name:
                // `max-mustermann-von-m`.
                let is_short = end - begin <= MAX_JOINED || begin == 0 && end == words.len();
                if is_short && may_be_one(words, plain, in_key, begin..end) {
                    tokens.push(Token { spelled: Spelled::new(&joined), words: begin..end });
                }
            }
        }
        let weight = |word: &Word<'_>| if is_particle(word.text) { PARTICLE_WEIGHT } else { 1.0 };
        let word = |(word, &is_plain): (&Word<'_>, &bool)| QueryWord { weight: weight(word), is_plain };
        Self { words: words.iter().zip(plain).map(word).collect(), tokens }
    }

    /// Returns the total weight of the words in a mask.
    pub(super) fn weight(&self, mask: Mask) -> f32 {
        self.words.iter().enumerate().filter(|(place, _)| mask & 1 << place != 0).map(|(_, word)| word.weight).sum()
    }

    /// Returns the accounts that any of the words finds, and how well each of them fits.
    pub(super) fn fits(&self, roster: &Roster) -> Vec<(Row, Fit)> {
        let alike = self.alike(roster);
        let mut candidates = BTreeSet::new();
        for &word in alike.keys().filter(|&&word| !roster.words().is_particle(word)) {
            candidates.extend(roster.holders(word));
        }
        candidates.into_iter().filter_map(|row| Some((row, self.fit(roster, row, &alike)?))).collect()
    }

    /// Returns how well one account fits, or `None` if none of its names resembles a word.
    pub(super) fn fit_of(&self, roster: &Roster, row: Row) -> Option<Fit> {
        self.fit(roster, row, &self.alike(roster))
    }

    /// Returns the words of the vocabulary that resemble a token, with those tokens and how similar they are.
    fn alike(&self, roster: &Roster) -> HashMap<WordId, Vec<(usize, Likeness)>> {
        let mut alike: HashMap<WordId, Vec<(usize, Likeness)>> = HashMap::new();
        for (place, token) in self.tokens.iter().enumerate() {
            let least = if self.is_plain(token) { LOOSELY_EQUAL } else { 0.0 };
            for &(word, likeness) in roster.words().alike(&token.spelled).iter().filter(|found| found.1 >= least) {
                alike.entry(word).or_default().push((place, likeness));
            }
        }
        alike
    }

    fn fit(&self, roster: &Roster, row: Row, alike: &HashMap<WordId, Vec<(usize, Likeness)>>) -> Option<Fit> {
        let parts = &roster.person(row).parts;
        let mut pairs: Vec<(f32, usize, usize)> = Vec::new();
        for (part, row_part) in parts.iter().enumerate() {
            for &(token, likeness) in alike.get(&row_part.word).into_iter().flatten() {
                pairs.push((likeness, token, part));
            }
        }
        // Take the surest pair first, and among equally sure pairs the one with the most words: `McDonald` before
        // `Donald`.
        pairs.sort_by(|one, other| {
            let words = |pair: &(f32, usize, usize)| self.tokens[pair.1].words.len();
            other.0.total_cmp(&one.0).then(words(other).cmp(&words(one))).then(one.1.cmp(&other.1))
        });
        let mut found = Found::default();
        for (likeness, token, part) in pairs {
            found.take(self, &self.tokens[token].words, likeness, parts[part].role, parts[part].stands_for);
        }
        if found.covered == 0 {
            return None;
        }
        self.add_shortened(roster, row, &mut found);
        Some(found.fit(roster, row))
    }

    fn is_plain(&self, token: &Token) -> bool {
        self.words[token.words.clone()].iter().any(|word| word.is_plain)
    }

    /// Adds initials and beginnings of names, which mean something only beside a whole name.
    fn add_shortened(&self, roster: &Roster, row: Row, found: &mut Found) {
        let singles = self.tokens.iter().filter(|token| token.words.len() == 1 && !self.is_plain(token));
        for token in singles {
            for part in roster.person(row).parts.iter().filter(|part| part.role.is_name()) {
                let is_surname = !part.role.has(Role::GIVEN);
                let likeness = token.spelled.shortened(roster.words().word(part.word), is_surname);
                if likeness > 0.0 {
                    found.take(self, &token.words, likeness, part.role, part.stands_for);
                }
            }
        }
    }
}

/// Returns whether several words may be one that is written apart: `Mc Donald`, `W_00601`. The counter in "anna 2" does
/// not make it `anna2`, and a word that is plain by itself is not joined with others.
fn may_be_one(words: &[Word<'_>], plain: &[bool], in_key: Mask, range: Range<usize>) -> bool {
    if range.len() == 1 || range.clone().all(|place| !plain[place]) {
        return true;
    }
    let is_key = range.clone().any(|place| in_key & 1 << place != 0);
    let is_apart = |place: usize| plain[place] && !words[place].is_number() && !words[place].beside_digits;
    !is_key && !range.clone().any(is_apart)
}

fn bonus(role: Role) -> f32 {
    match (role.has(Role::GIVEN), role.has(Role::SURNAME), role.has(Role::LOGON)) {
        (false, true, _) => SURNAME_BONUS,
        (false, false, true) => LOGON_BONUS,
        _ => 0.0,
    }
}

/// The words and parts of one account that were found so far.
#[derive(Debug, Default)]
struct Found {
    score: f32,
    bonus: f32,
    covered: Mask,
    /// The parts of the account's names that were found, a bit for each.
    parts: u64,
    /// Whether a logon name or number was found. Either one is a whole name, so nothing of it is left out.
    has_logon: bool,
    least: Option<Likeness>,
    most: Likeness,
    role: Role,
}

impl Found {
    fn take(&mut self, query: &Query, words: &Range<usize>, likeness: Likeness, role: Role, part: u8) {
        let mask = words.clone().fold(0, |mask, place| mask | 1 << place);
        if self.covered & mask != 0 || self.parts & 1 << part != 0 {
            return;
        }
        self.score += likeness * query.weight(mask);
        self.bonus += likeness * bonus(role);
        self.covered |= mask;
        self.parts |= 1 << part;
        self.has_logon |= role.has(Role::LOGON) && !role.is_name() && likeness >= LOOSELY_EQUAL;
        self.least = Some(self.least.map_or(likeness, |least| least.min(likeness)));
        self.most = self.most.max(likeness);
        self.role = self.role.and(role);
    }

    fn fit(&self, roster: &Roster, row: Row) -> Fit {
        let (share, left_out) = self.share(roster, row);
        Fit {
            score: self.score + self.bonus,
            plain_score: self.score,
            left_out: (left_out * LEFT_OUT).min(MAX_LEFT_OUT),
            covered: self.covered,
            least: self.least.unwrap_or_default(),
            most: self.most,
            role: self.role,
            share,
            lacks_number: self.lacks_number(roster, row),
        }
    }

    fn lacks_number(&self, roster: &Roster, row: Row) -> bool {
        let parts = &roster.person(row).parts;
        let is_found = |part: &RowPart| self.parts & 1 << part.stands_for != 0;
        let found_in = parts.iter().filter(|part| is_found(part)).fold(0, |names, part| names | part.names) & NAMES;
        // Text beside a name, in brackets, has numbers that nobody writes in a file's name: `(Floor 4)`.
        let counts = |part: &RowPart| part.names & found_in != 0 && (part.role.is_name() || !self.role.is_name());
        let is_number = |part: &RowPart| roster.words().word(part.word).number().is_some();
        parts.iter().any(|part| counts(part) && is_number(part) && !is_found(part))
    }

    /// Returns the share of the account's best-fitting name that was found, and the total weight of that name's words
    /// that were not found. A logon name counts as found completely.
    fn share(&self, roster: &Roster, row: Row) -> (f32, f32) {
        let parts = &roster.person(row).parts;
        if self.has_logon {
            return (1.0, 0.0);
        }
        let of_name = |name: u8| {
            let own =
                parts.iter().zip(0..).filter(|(part, place)| part.names & 1 << name != 0 && part.stands_for == *place);
            let weight = |role: Role| if role.has(Role::PARTICLE) { PARTICLE_WEIGHT } else { 1.0 };
            let (mut found, mut all) = (0.0, 0.0);
            for (part, place) in own {
                all += weight(part.role);
                if self.parts & 1 << place != 0 {
                    found += weight(part.role);
                }
            }
            (found, all)
        };
        let shares = (0..3).map(of_name).filter(|&(found, _)| found > 0.0);
        let best = shares.max_by(|one, other| (one.0 / one.1).total_cmp(&(other.0 / other.1)));
        best.map_or((1.0, 0.0), |(found, all)| (found / all, all - found))
    }
}
