//! The state folder of the user who runs adphoto, the files in it that runs keep for later ones, and the locks that keep
//! two runs out of one place.

mod folder;
mod kept;
mod lock;

pub use self::folder::{folder, make};
pub use self::kept::KeptError;
pub(crate) use self::kept::{Entry, Kept, MAX_ENTRIES, read, write};
pub use self::lock::{Lock, LockError};
