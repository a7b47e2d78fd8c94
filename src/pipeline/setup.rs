//! The pipeline of a run, and how it treats its tasks.

use std::cell::{Cell, RefCell};

use super::apply::{Applier, Mode};
use super::brake::Pictures;
use super::stop::Stop;
use crate::album::Album;
use crate::destination::Destination;
use crate::progress::Progress;

/// How a run treats its tasks.
#[derive(Debug, Clone)]
pub(crate) struct Treatment {
    /// Whether to skip accounts that have a photo.
    pub(crate) only_missing: bool,
    /// Whether one picture may go to any number of accounts.
    pub(crate) allow_identical: bool,
    /// The number of rendered photos that may wait for an earlier one that takes longer.
    pub(crate) made_ahead: usize,
    /// The number of writes that are sent without waiting for answers. On a slow line, all of them together take about
    /// as long as one alone.
    pub(crate) in_flight: usize,
    /// A note to show when the first change is about to be made, or would be.
    pub(crate) first_write: Option<String>,
}

/// The stages that every task of a run goes through, with everything that they need.
pub(crate) struct Pipeline<'r, D> {
    pub(super) destination: &'r D,
    pub(super) applier: Applier<'r, D>,
    /// The photos for the reports.
    pub(super) album: &'r Album,
    pub(super) stop: &'r Stop,
    /// The progress, whose log gets each record as soon as it is complete.
    pub(super) progress: &'r Progress,
    pub(super) treatment: Treatment,
    /// Counts how many accounts get each picture.
    pub(super) pictures: RefCell<Pictures>,
    /// Whether the note before the first change was shown.
    pub(super) is_noted: Cell<bool>,
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
        let is_noted = Cell::new(false);
        Self { destination, applier, album, stop, progress, treatment, pictures, is_noted }
    }
}
