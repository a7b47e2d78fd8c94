//! What a run's tasks go through, and how it treats them.

use std::cell::RefCell;

use super::apply::{Applier, Mode};
use super::brake::Pictures;
use super::stop::Stop;
use crate::album::Album;
use crate::destination::Destination;
use crate::progress::Progress;

/// How a run treats its tasks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Treatment {
    /// Accounts that have a photo are left.
    pub(crate) only_missing: bool,
    /// One picture may go to any number of accounts.
    pub(crate) allow_identical: bool,
    /// Photos that may wait for a slower one before them.
    pub(crate) made_ahead: usize,
    /// Writes on their way at once: over a slow line, as many as fit into the time of one.
    pub(crate) in_flight: usize,
}

/// What tasks go through.
pub(crate) struct Pipeline<'r, D> {
    pub(super) destination: &'r D,
    pub(super) applier: Applier<'r, D>,
    /// Where reports find the photos.
    pub(super) album: &'r Album,
    pub(super) stop: &'r Stop,
    /// Whose log tells of each record as it comes.
    pub(super) progress: &'r Progress,
    pub(super) treatment: Treatment,
    /// How many accounts get each picture.
    pub(super) pictures: RefCell<Pictures>,
}

impl<'r, D: Destination> Pipeline<'r, D> {
    pub(crate) fn new(
        destination: &'r D,
        mode: Mode<'r>,
        treatment: Treatment,
        album: &'r Album,
        stop: &'r Stop,
        progress: &'r Progress,
    ) -> Self {
        let pictures = RefCell::new(Pictures::new(treatment.allow_identical));
        let applier = Applier::new(destination, mode);
        Self { destination, applier, album, stop, progress, treatment, pictures }
    }
}
