//! Generates companies of people. Their names come from many languages, and some are much more common than others, as
//! in reality. Each seed yields one company.

use fastrand::Rng;

use super::company::named;
use crate::directory::Names;

/// A person's name in its parts.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub(super) title: &'static str,
    pub(super) given: String,
    pub(super) surname: String,
    /// Whether the surname is written first, as in Vietnam and China.
    pub(super) surname_first: bool,
}

/// The headings in the lists of names, each with a weight: the share of a company's people who have names of that
/// language.
const LANGUAGES: [(&str, usize); 12] = [
    ("German", 30),
    ("English", 12),
    ("French", 6),
    ("Spanish", 8),
    ("Italian", 5),
    ("Dutch", 8),
    ("Danish", 8),
    ("Polish", 8),
    ("Czech", 5),
    ("Turkish", 8),
    ("Arabic", 5),
    ("Vietnamese", 8),
];
/// The exponent that decides how much more common the commonest names are than the others.
const SKEW: f64 = 2.5;
/// The percentage of surnames that are on no list.
const RARE: usize = 12;

impl Name {
    /// Returns the name as it is displayed: `Anna Schmidt`, or with the surname first where people write it first.
    pub(super) fn displayed(&self) -> String {
        match self.surname_first {
            true => format!("{} {}", self.surname, self.given),
            false => format!("{} {} {}", self.title, self.given, self.surname).trim().to_owned(),
        }
    }
}

/// How a company makes logon names.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Logons {
    Given,
    Surname,
    InitialSurname,
    GivenDotSurname,
    Number,
}

/// Returns this many people and their accounts.
pub(super) fn company(rng: &mut Rng, count: u32) -> Vec<(Name, Names)> {
    let logons = [Logons::Given, Logons::Surname, Logons::InitialSurname, Logons::GivenDotSurname, Logons::Number];
    let usual = logons[rng.usize(..logons.len())];
    let comma = rng.bool();
    let has_parts = rng.u8(..10) < 8;
    let mut taken = std::collections::HashSet::new();
    (1..=count)
        .map(|number| {
            let name = name(rng);
            // Every company has exceptions: the first person with a given name, or the boss, has it as the logon name.
            let kind = if rng.u8(..10) == 0 { Logons::Given } else { usual };
            let wanted = logon(kind, &name, number);
            let logon = (1..)
                .map(|place| if place == 1 { wanted.clone() } else { format!("{wanted}{place}") })
                .find(|logon| taken.insert(logon.clone()))
                .expect("a number that is free");
            let displayed = if comma { format!("{}, {}", name.surname, name.given) } else { name.displayed() };
            let (given, surname) = if has_parts { (&*name.given, &*name.surname) } else { ("", "") };
            let mut account = named(number, &logon, &displayed, given, surname);
            account.employee_id = format!("{}", 100_000 + number);
            account.mail = format!("{}@example.test", self::logon(Logons::GivenDotSurname, &name, number));
            account.enabled = rng.u8(..10) > 0;
            (name, account)
        })
        .collect()
}

fn logon(kind: Logons, name: &Name, number: u32) -> String {
    let plain = |text: &str| {
        super::super::spelling::bare(text).chars().filter(|c| c.is_ascii_alphanumeric()).collect::<String>()
    };
    let first = plain(name.given.split(' ').next().unwrap_or_default());
    let surname = plain(name.surname.rsplit(' ').next().unwrap_or_default());
    match kind {
        Logons::Given => first,
        Logons::Surname => surname,
        Logons::InitialSurname => format!("{}{surname}", &first[..1]),
        Logons::GivenDotSurname => format!("{first}.{surname}"),
        Logons::Number => format!("{}", 100_000 + number),
    }
}

fn name(rng: &mut Rng) -> Name {
    let all: usize = LANGUAGES.iter().map(|(_, share)| share).sum();
    let mut chosen = rng.usize(..all);
    let language = LANGUAGES.iter().find(|(_, share)| chosen.checked_sub(*share).map(|rest| chosen = rest).is_none());
    let language = language.map_or("German", |(language, _)| language);
    let given = |rng: &mut Rng| pick(rng, include_str!("../data/given_names.txt"), language);
    let surname = |rng: &mut Rng| match rng.usize(..100) < RARE {
        true => rare(rng),
        false => pick(rng, include_str!("../data/surnames.txt"), language),
    };
    let chance = |rng: &mut Rng, percent: u8| rng.u8(..100) < percent;
    let mut name =
        Name { title: "", given: given(rng), surname: surname(rng), surname_first: language == "Vietnamese" };
    if language == "Spanish" || language == "German" && chance(rng, 6) {
        let joint = if language == "Spanish" { " " } else { "-" };
        name.surname = format!("{}{joint}{}", name.surname, surname(rng));
    }
    if matches!(language, "Spanish" | "French" | "German" | "Vietnamese") && chance(rng, 15) {
        let joint = if language == "French" { "-" } else { " " };
        name.given = format!("{}{joint}{}", name.given, given(rng));
    }
    if language == "Dutch" && chance(rng, 35) {
        let particle = ["van", "de", "van der", "van den"][rng.usize(..4)];
        name.surname = format!("{particle} {}", name.surname);
    }
    if language == "German" && chance(rng, 4) {
        name.title = "Dr.";
    }
    name
}

/// Picks a name of the list, the common ones more often.
fn pick(rng: &mut Rng, list: &'static str, language: &str) -> String {
    let lines = list.lines().skip_while(|line| !(line.starts_with("# ") && line.contains(language))).skip(1);
    let names: Vec<&str> = lines.take_while(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect();
    let place = (names.len() as f64 * rng.f64().powf(SKEW)) as usize;
    // The lists are in alphabetical order. The common names are others than the first ones, but the same in each run.
    names[place * 7919 % names.len()].to_owned()
}

/// Makes up a surname that is on no list.
fn rare(rng: &mut Rng) -> String {
    let beginnings = ["Br", "Kl", "Schn", "Tr", "W", "Z", "Gr", "Ost", "Lind", "Karp", "Dob", "Vel"];
    let middles = ["asch", "ibbel", "oren", "umpf", "atze", "ellin", "ukow", "ygger", "anka", "edel"];
    let endings = ["mann", "ski", "sen", "er", "oğlu", "ez", "ová", "inga", "aker", "quist"];
    [&beginnings[..], &middles, &endings].map(|parts| parts[rng.usize(..parts.len())]).concat()
}
