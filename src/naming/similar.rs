//! Accounts whose names are much like a text that names nobody: for a person to choose from, never to be taken.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::directory::Account;

/// The least likeness worth a mention; 1 is equal.
const LEAST: f64 = 0.8;
/// How far behind the best one others may be.
const BEHIND: f64 = 0.12;
/// What more words on one side leave of the likeness.
const IN_PART: f64 = 0.9;
/// What only a surname or a first name leaves of it.
const ONE_WORD: f64 = 0.82;
/// Accounts that are named.
const MOST: usize = 3;

/// Names of accounts, ready to be compared.
#[derive(Debug)]
pub struct Similar<'a> {
    accounts: Vec<(&'a Account, Vec<Name>)>,
}

/// A name, reduced to what people do not get wrong.
#[derive(Debug)]
struct Name {
    words: Vec<String>,
    /// All words in their order.
    whole: Text,
    /// All words sorted: `Schmidt, Anna` is `Anna Schmidt`.
    sorted: Text,
}

/// A text, and which letters it has.
#[derive(Debug)]
struct Text {
    text: String,
    chars: usize,
    letters: u64,
}

impl<'a> Similar<'a> {
    /// Of these accounts.
    #[must_use]
    pub fn new(accounts: &'a [Account]) -> Self {
        Self { accounts: accounts.iter().map(|account| (account, names(account))).collect() }
    }

    /// The accounts that the text is most like, the likeliest first; none if it is like nobody's name.
    #[must_use]
    pub fn to(&self, text: &str) -> Vec<&'a Account> {
        let wanted = Name::new(text);
        if wanted.words.is_empty() {
            return Vec::new();
        }
        let likeness = |names: &[Name]| names.iter().map(|name| wanted.likeness(name)).fold(0.0, f64::max);
        let mut found: Vec<(f64, &Account)> =
            self.accounts.iter().map(|(account, names)| (likeness(names), *account)).collect();
        found.retain(|(likeness, _)| *likeness >= LEAST);
        found.sort_by(|one, other| other.0.total_cmp(&one.0));
        let best = found.first().map_or(0.0, |(likeness, _)| *likeness);
        let near = found.into_iter().take_while(|(likeness, _)| *likeness >= best - BEHIND);
        near.take(MOST).map(|(_, account)| account).collect()
    }
}

fn names(account: &Account) -> Vec<Name> {
    let called: Vec<Name> = account.names.iter().map(|name| Name::new(name)).collect();
    // `aschmidt` and `annas` for Anna Schmidt.
    let short: Vec<Name> = called.iter().flat_map(Name::abbreviated).collect();
    let keys = std::iter::once(&account.sam_account_name).chain(&account.keys).map(|key| Name::new(key));
    let mut names: Vec<Name> = keys.chain(called).chain(short).collect();
    names.retain(|name| !name.words.is_empty());
    names
}

impl Name {
    fn new(text: &str) -> Self {
        let folded = folded(text);
        let is_name = |word: &&str| word.chars().any(char::is_alphabetic) && !is_size(word);
        let words = folded.split(|c: char| !c.is_alphanumeric()).filter(is_name).map(str::to_owned).collect();
        Self::of(words)
    }

    fn of(words: Vec<String>) -> Self {
        let mut sorted = words.clone();
        sorted.sort_unstable();
        Self { whole: Text::new(words.concat()), sorted: Text::new(sorted.concat()), words }
    }

    fn abbreviated(&self) -> Vec<Self> {
        let [first, .., last] = &self.words[..] else { return Vec::new() };
        let initial = |word: &String| word.chars().take(1).collect::<String>();
        vec![
            Self::of(vec![initial(first) + last]),
            Self::of(vec![first.clone() + &initial(last)]),
            Self::of(vec![initial(last) + first]),
            Self::of(vec![last.clone() + &initial(first)]),
        ]
    }

    fn likeness(&self, other: &Self) -> f64 {
        let spelled = self.whole.likeness(&other.whole).max(self.sorted.likeness(&other.sorted));
        let has_all = |one: &Self, other: &Self| one.words.iter().all(|word| other.words.contains(word));
        let in_part = match (self.words.len(), other.words.len()) {
            (2.., 2..) if has_all(self, other) || has_all(other, self) => IN_PART,
            (1, 2..) if has_all(self, other) => ONE_WORD,
            _ => 0.0,
        };
        spelled.max(in_part)
    }
}

impl Text {
    fn new(text: String) -> Self {
        let letters = text.bytes().fold(0, |letters, byte| letters | 1 << (byte % 64));
        Self { chars: text.chars().count(), letters, text }
    }

    /// One less the share of characters that were added, left out, changed or swapped.
    fn likeness(&self, other: &Self) -> f64 {
        let longest = self.chars.max(other.chars);
        // A character that is wrong has at most two letters differ; most pairs need no closer look.
        let most = (longest as f64 * (1.0 - LEAST)) as usize;
        if longest == 0
            || self.chars.abs_diff(other.chars) > most
            || (self.letters ^ other.letters).count_ones() as usize > 2 * most
        {
            return 0.0;
        }
        1.0 - strsim::osa_distance(&self.text, &other.text) as f64 / longest as f64
    }
}

/// `648x648`: of a file's name, but of nobody's.
fn is_size(word: &str) -> bool {
    word.split_once('x').is_some_and(|(width, height)| {
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number(width) && is_number(height)
    })
}

/// In lower case, without accents, and with umlauts as people write them who have none on their keyboard.
fn folded(text: &str) -> String {
    let plain: String = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    let replaced = [("ß", "ss"), ("ø", "o"), ("æ", "a"), ("œ", "o"), ("ł", "l"), ("đ", "d"), ("ı", "i")];
    let plain = replaced.iter().fold(plain, |text, (from, to)| text.replace(from, to));
    [("ae", "a"), ("oe", "o"), ("ue", "u")].iter().fold(plain, |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::Similar;
    use crate::directory::{Account, Guid};

    fn account(sam_account_name: &str, display_name: &str) -> Account {
        Account {
            dn: String::new(),
            guid: Guid([0; 16]),
            sid: Vec::new(),
            sam_account_name: sam_account_name.to_owned(),
            keys: Vec::new(),
            display_name: None,
            department: None,
            names: vec![display_name.to_owned()],
            enabled: true,
        }
    }

    #[test]
    fn names_that_people_get_wrong_are_found() {
        let accounts = [
            account("aschmidt", "Schmidt, Anna"),
            account("jmueller", "Jürgen Müller"),
            account("kowalska", "Łucja Kowalska"),
            account("x1234", "John Smith"),
            account("x1235", "Joan Smyth"),
        ];
        let similar = Similar::new(&accounts);
        let found = |text: &str| similar.to(text).iter().map(|found| &*found.sam_account_name).collect::<Vec<_>>();
        for text in [
            "anna schmidt",
            "Schmidt_Anna 2024",
            "a.schmidt",
            "anna.schmit",
            "Anan Schmidt",
            "schmidta",
            "ANNA SCHMIDT 648x648 (2)",
        ] {
            assert_eq!(found(text), ["aschmidt"], "{text}");
        }
        for text in ["Jurgen Muller", "juergen.mueller", "Mu\u{308}ller Ju\u{308}rgen", "muller"] {
            assert_eq!(found(text), ["jmueller"], "{text}");
        }
        assert_eq!(found("lucja kowalska"), ["kowalska"]);
        assert_eq!(found("john smith"), ["x1234"]);
        assert_eq!(found("jon smith"), ["x1234"]);
        for text in ["", "2024", "IMG_0001", "Zoë Weber", "team photo", "648x648"] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }

    #[test]
    fn of_many_only_the_likeliest_are_named() {
        let accounts: Vec<Account> = (0..20).map(|n| account(&format!("ann{n}x"), "Ann Other")).collect();
        assert_eq!(Similar::new(&accounts).to("ann other").len(), 3);
    }
}
