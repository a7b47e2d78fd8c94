//! The pipeline that every change of a photo goes through: read what the account holds, make what it is to hold,
//! compare, check the brakes, apply.

mod apply;
mod brake;
mod budget;
mod change;
mod making;
mod past;
mod photo_file;
mod plan;
mod reading;
mod render;
mod rendered;
mod setup;
mod stop;
mod stream;
mod task;
mod workers;

pub use apply::{Applier, Mode, Outcome, Refusal, Target};
pub use brake::MaxChanges;
pub(crate) use brake::{Pictures, exceeded, too_many, too_many_files};
pub(crate) use budget::Content;
pub use change::Change;
pub(crate) use past::Restored;
pub(crate) use photo_file::PhotoFile;
pub(crate) use plan::Plan;
pub(crate) use reading::{ACCOUNTS_A_READ, READS_AT_ONCE, held, lost};
pub(crate) use render::{Making, Renderer};
pub(crate) use setup::{Pipeline, Treatment};
pub(crate) use stop::{Stop, Why};
pub(crate) use task::{Flow, Task, Tasks, Wanted};
pub(crate) use workers::{Slot, Workers};
