//! Stopping a run before it does what nobody can have meant: changes more accounts than expected, or gives one picture to
//! many.

use std::collections::HashMap;
use std::ops::ControlFlow::{self, Break, Continue};

use anyhow::{Context, Result};

use super::stop::{Stop, Why};
use super::task::{Flow, Task};
use crate::cli::MaxChanges;
use crate::directory::Directory;
use crate::journal::Hash;
use crate::report::{Reason, Status};

/// Accounts that may get the very same picture: a person may have that many.
const SAME_PICTURE: usize = 5;

/// How many accounts get each picture.
#[derive(Debug, Default)]
pub(super) struct Pictures {
    /// None where it does not matter how many.
    given: Option<HashMap<Hash, usize>>,
}

impl Pictures {
    pub(super) fn new(allow_identical: bool) -> Self {
        Self { given: (!allow_identical).then(HashMap::new) }
    }

    /// One more account is to get this one; `Break` if that is one too many.
    pub(super) fn give(&mut self, photo: &[u8]) -> ControlFlow<Reason> {
        let Some(given) = &mut self.given else { return Continue(()) };
        let count = given.entry(Hash::of(photo)).or_default();
        *count += 1;
        if *count <= SAME_PICTURE { Continue(()) } else { Break(one_picture_for_many()) }
    }
}

fn one_picture_for_many() -> Reason {
    Reason::with(
        "identical",
        &format!("{SAME_PICTURE} accounts before it were to get the very same picture: the run stopped here"),
        "look at the photos: one may be a placeholder, or a list filled down by mistake; --allow-identical gives it to all",
    )
}

/// Stops a planned run that would change more accounts than allowed.
pub(super) async fn check(
    tasks: Vec<Flow<Task>>,
    most: MaxChanges,
    directory: &Directory,
    stop: &Stop,
) -> Result<Vec<Flow<Task>>> {
    let changes = tasks.iter().filter(|flow| matches!(flow, Continue(_))).count();
    let (allowed, of) = match most {
        MaxChanges::Accounts(accounts) => (accounts, String::new()),
        MaxChanges::Percent(percent) => {
            let counting = directory.in_scope(&directory.domain().base_dn).await;
            let scope = counting.context("cannot count the accounts; nothing was written")?;
            let accounts = scope.enabled.len() + scope.protected.len() + scope.disabled;
            // Rounded down: a brake is rather too early.
            ((accounts as f64 * percent / 100.0) as usize, format!(" of {accounts} accounts"))
        }
    };
    if changes <= allowed || stop.why().is_some() {
        return Ok(tasks);
    }
    stop.ask(Why::TooManyChanges);
    let text = format!("{changes} accounts would be changed, and --max-changes {most} allows {allowed}{of}");
    let reason = Reason::with(
        "too-many-changes",
        &text,
        "look at the list of what would change; if all is as it should be, allow more with --max-changes",
    );
    Ok(tasks.into_iter().map(|flow| Break(flow?.ends(Status::NotAttempted, vec![reason.clone()]))).collect())
}

#[cfg(test)]
mod tests {
    use super::{Pictures, SAME_PICTURE};

    #[test]
    fn a_picture_is_given_to_few_unless_more_are_allowed() {
        let mut pictures = Pictures::new(false);
        for photo in [b"one", b"two"] {
            assert!((0..SAME_PICTURE).all(|_| pictures.give(photo).is_continue()));
            assert!(pictures.give(photo).is_break());
        }
        let mut allowed = Pictures::new(true);
        assert!((0..100).all(|_| allowed.give(b"one").is_continue()));
    }
}
