//! What every change of a photo goes through: read what the account holds, make what it shall hold, compare, brake, apply.

mod apply;
mod brake;
mod change;
mod past;
mod reading;
mod render;
mod stop;
mod stream;
mod task;
mod visibility;

pub use apply::{Applier, Mode, Outcome, Refusal, Target};
pub use brake::MaxChanges;
pub(crate) use brake::Pictures;
pub use change::Change;
pub(crate) use past::Restored;
pub(crate) use reading::{ACCOUNTS_A_READ, READS_AT_ONCE, held, lost};
pub(crate) use render::{Making, PhotoFile, Renderer, WAITING_A_JOB};
pub(crate) use stop::{Stop, Why};
pub(crate) use stream::Pipeline;
pub(crate) use task::{Flow, Task, Wanted};
pub(crate) use visibility::Visibility;
