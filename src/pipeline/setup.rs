//! The pipeline of a run, and how it treats its tasks.

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
    /// Whether to skip accounts that have a photo.
    pub(crate) only_missing: bool,
    /// Whether one picture may go to any number of accounts.
    pub(crate) allow_identical: bool,
    /// How many rendered photos may wait for a slower one before them.
    pub(crate) made_ahead: usize,
    /// How many writes are sent without waiting for answers. On a slow line, this many fit into the time of one.
    pub(crate) in_flight: usize,
}

/// What tasks go through.
pub(crate) struct Pipeline<'r, D> {
    pub(super) destination: &'r D,
    pub(super) applier: Applier<'r, D>,
    /// The photos for the reports.
    pub(super) album: &'r Album,
    pub(super) stop: &'r Stop,
    /// Its log gets each record as soon as there is one.
    pub(super) progress: &'r Progress,
    pub(super) treatment: Treatment,
    /// Counts how many accounts get each picture.
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
