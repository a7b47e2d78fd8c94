//! Windows account pictures: the folder of `<SID>\Image<N>.jpg` that `adphoto publish` keeps.
//!
//! Windows shows a user the pictures that the registry names under the user's SID, one value for each size. The four that
//! scripts usually leave out (64, 208, 424, 1080) are those that Start and Settings of Windows 11 ask for
//! (`UserPictureSize` of the WinRT API).

mod cache;
pub mod installed;
mod lock;
mod person;
mod policy;
#[cfg(windows)]
pub mod registry;
mod tree;

pub use cache::{Cache, Entry};
pub use lock::{Lock, LockError};
pub use person::{Job, LookError, Looked, Rendering, look};
pub use policy::{Policy, PolicyError, Share, TargetFolder};
pub use tree::{Cleared, Pictures, Tree, TreeError};

/// Pixels on each side of the pictures that Windows asks for.
pub const SIZES: [u32; 12] = [32, 40, 48, 64, 96, 192, 200, 208, 240, 424, 448, 1080];

/// The file that says that the tree holds pictures: without it no policy takes any away, so that an empty or absent
/// share deletes nothing.
pub const PRESENT: &str = ".present";

/// Returns the name of a picture's file, and of the registry's value for it but for the ending.
#[must_use]
pub fn file_name(size: u32) -> String {
    format!("Image{size}.jpg")
}
