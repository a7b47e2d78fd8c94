//! The progress of matching.

use std::cell::RefCell;

use crate::naming::Step;
use crate::progress::{Progress, Stage};

/// Returns a function that shows each step as a progress bar.
pub(super) fn shown(progress: &Progress) -> impl Fn(Step) {
    let stage: RefCell<Option<Stage>> = RefCell::new(None);
    move |step| match step {
        Step::Begins(name, total) => *stage.borrow_mut() = Some(progress.stage(name, total)),
        Step::Done(steps) => stage.borrow().iter().for_each(|stage| stage.advance(steps)),
        Step::Ends => *stage.borrow_mut() = None,
    }
}
