//! Brakes: they stop a run before it does what nobody can have meant, such as changing more accounts than expected or
//! giving one picture to many.

use std::collections::HashMap;
use std::fmt;
use std::ops::ControlFlow::{self, Break, Continue};
use std::str::FromStr;

use super::plan::Plan;
use super::stop::{Stop, Why};
use crate::destination::Destination;
use crate::failure::{Context, Failure};
use crate::hash::Hash;
use crate::report::{Code, Reason};

/// The maximum number of accounts that may get the very same picture. One person may have that many accounts.
const SAME_PICTURE: u32 = 5;

/// The maximum number of accounts that a run may change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MaxChanges {
    /// A number of accounts.
    Accounts(usize),
    /// A percentage of all accounts in scope.
    Percent(f64),
}

impl MaxChanges {
    /// Returns the number of changes that are allowed, if there are `all` accounts or files.
    fn allowed(self, all: usize) -> usize {
        match self {
            Self::Accounts(accounts) => accounts,
            // Rounded down, because a brake should act too early rather than too late.
            Self::Percent(percent) => (all as f64 * percent / 100.0) as usize,
        }
    }
}

impl FromStr for MaxChanges {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let percent = text.strip_suffix('%').map(|number| number.trim().parse::<f64>().ok());
        match percent {
            Some(Some(percent)) if (0.0..=100.0).contains(&percent) => Ok(Self::Percent(percent)),
            None if text.bytes().all(|byte| byte.is_ascii_digit()) => text
                .parse()
                .map(Self::Accounts)
                .map_err(|_| "a number of accounts such as 50, or a share of them such as 5%"),
            _ => Err("a number of accounts such as 50, or a share of them such as 5%"),
        }
    }
}

impl fmt::Display for MaxChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accounts(accounts) => accounts.fmt(f),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

/// Counts the accounts that have or get each picture, and remembers the first of them.
#[derive(Debug, Default)]
pub(crate) struct Pictures {
    owners: HashMap<[u8; 16], (Box<str>, u32)>,
    allow_identical: bool,
}

impl Pictures {
    pub(crate) fn new(allow_identical: bool) -> Self {
        Self { owners: HashMap::new(), allow_identical }
    }

    /// Counts an account that has this picture already. Without that, a run that was stopped by this brake would give
    /// the picture to a few more accounts each time it is started again.
    pub(crate) fn has(&mut self, photo: Hash, user: &str) {
        self.count(photo, user);
    }

    /// Counts an account that is to get this picture. Returns `Break` if it is one account too many; otherwise a remark
    /// if another account has or gets the picture, too.
    pub(crate) fn give(&mut self, photo: Hash, user: &str) -> ControlFlow<Reason, Option<Reason>> {
        let allowed = self.allow_identical;
        match self.count(photo, user) {
            (_, 1) => Continue(None),
            (_, count) if count > SAME_PICTURE && !allowed => Break(one_picture_for_many()),
            (first, _) => {
                let text = format!("{first} has or gets the same picture");
                Continue(Some(Reason::new(Code::SamePhoto, text)))
            }
        }
    }

    fn count(&mut self, photo: Hash, user: &str) -> (&str, u32) {
        // Half a hash takes half the memory, which matters in a large company.
        let (first, count) = self.owners.entry(photo.half()).or_insert_with(|| (user.into(), 0));
        *count += 1;
        (first, *count)
    }
}

fn one_picture_for_many() -> Reason {
    Reason::with(
        Code::Identical,
        &format!("the run stopped here, because {SAME_PICTURE} other accounts have or get the same picture"),
        "look at the photos: it may be a placeholder, or a list that was filled down by mistake; --allow-identical \
         gives it to all",
    )
}

/// Returns the reason why an export does not begin, if it would replace or remove too many files. `all` is the number
/// of files that are there.
pub(crate) fn too_many_files(most: MaxChanges, changes: usize, all: usize) -> Option<Reason> {
    let (allowed, files) = (most.allowed(all), if changes == 1 { "file" } else { "files" });
    let of = if matches!(most, MaxChanges::Percent(_)) { format!(" of {all}") } else { String::new() };
    let text =
        format!("{changes} {files} would be replaced or removed, but --max-changes {most} allows only {allowed}{of}");
    (changes > allowed).then(|| too_many(&text))
}

/// Stops a planned run that would change more accounts than allowed. A dry run goes on, to show them all.
pub(crate) async fn check<D: Destination>(
    plan: Plan,
    most: MaxChanges,
    destination: &D,
    stop: &Stop,
    dry_run: bool,
) -> Result<Plan, Failure> {
    // Nothing is written by a run that is stopped, and the directory that would be asked may be why it is.
    if stop.why().is_some() {
        return Ok(plan);
    }
    let exceeded = exceeded(plan.changes(), most, destination).await?;
    let Some(text) = exceeded.filter(|_| stop.why().is_none()) else { return Ok(plan) };
    if dry_run {
        stop.foresee(Why::TooManyChanges(text));
        return Ok(plan);
    }
    stop.ask(Why::TooManyChanges(text.clone()));
    Ok(plan.held_back(&too_many(&text)))
}

/// Returns the reason for changes that are not attempted, because the run would change too much.
pub(crate) fn too_many(text: &str) -> Reason {
    Reason::with(
        Code::TooManyChanges,
        &text,
        "--dry-run shows what would change; if that is right, allow more with --max-changes",
    )
}

/// Returns a message that `changes` is more than `most` allows; `None` if it is not.
pub(crate) async fn exceeded<D: Destination>(
    changes: usize,
    most: MaxChanges,
    destination: &D,
) -> Result<Option<String>, Failure> {
    let (allowed, of) = match most {
        MaxChanges::Accounts(accounts) => (accounts, String::new()),
        MaxChanges::Percent(_) => {
            let counting = destination.count_accounts().await;
            let accounts = counting.context("cannot count the accounts; nothing was written")?;
            (most.allowed(accounts), format!(" of {accounts} accounts"))
        }
    };
    let accounts = if changes == 1 { "account" } else { "accounts" };
    let text = || format!("{changes} {accounts} would be changed, but --max-changes {most} allows only {allowed}{of}");
    Ok((changes > allowed).then(text))
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow::{self, Continue};

    use super::{Hash, MaxChanges, Pictures, SAME_PICTURE};
    use crate::report::Reason;

    #[test]
    fn a_picture_is_given_to_few_unless_more_are_allowed() {
        let mut pictures = Pictures::new(false);
        for photo in [b"one", b"two"].map(|photo| Hash::of(photo)) {
            assert!((0..SAME_PICTURE).all(|_| pictures.give(photo, "anna").is_continue()));
            assert!(pictures.give(photo, "bob").is_break());
        }
        let mut allowed = Pictures::new(true);
        assert!((0..100).all(|_| allowed.give(Hash::of(b"one"), "anna").is_continue()));
    }

    #[test]
    fn who_has_a_picture_already_counts() {
        let mut pictures = Pictures::new(false);
        (0..SAME_PICTURE).for_each(|_| pictures.has(Hash::of(b"one"), "anna"));
        assert!(pictures.give(Hash::of(b"one"), "bob").is_break());
        let Continue(Some(remark)) = Pictures::new(false).give_after(b"two", "anna", "bob") else {
            panic!("no remark")
        };
        assert!(remark.text.contains("anna"));
    }

    impl Pictures {
        fn give_after(mut self, photo: &[u8], first: &str, second: &str) -> ControlFlow<Reason, Option<Reason>> {
            assert!(matches!(self.give(Hash::of(photo), first), Continue(None)));
            self.give(Hash::of(photo), second)
        }
    }

    #[test]
    fn a_brake_is_a_number_or_a_share() {
        assert_eq!("50".parse(), Ok(MaxChanges::Accounts(50)));
        assert_eq!("0".parse(), Ok(MaxChanges::Accounts(0)));
        assert_eq!("2.5%".parse(), Ok(MaxChanges::Percent(2.5)));
        for text in ["", "%", "-1", "+1", "1e3", "101%", "NaN%", "-5%", "many"] {
            assert!(text.parse::<MaxChanges>().is_err(), "{text}");
        }
    }
}
