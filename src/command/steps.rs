//! Shows how far the search for names has come.

use std::cell::RefCell;

use crate::naming::Step;
use crate::progress::{Progress, Stage};

/// Returns what is to be told of each step.
pub(super) fn shown(progress: &Progress) -> impl Fn(Step) {
    let stage: RefCell<Option<Stage>> = RefCell::new(None);
    move |step| match step {
        Step::Begins(name, total) => *stage.borrow_mut() = Some(progress.stage(name, total)),
        Step::Done(steps) => stage.borrow().iter().for_each(|stage| stage.advance(steps)),
        Step::Ends => *stage.borrow_mut() = None,
    }
}
