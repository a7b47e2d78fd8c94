//! Windows account pictures: the folder of `<SID>\Image<N>.jpg` that `adphoto publish` keeps.
//!
//! Windows shows a user the pictures that the registry names under the user's SID, one value for each size. Scripts
//! usually leave out four sizes (64, 208, 424, 1080), and these are the ones that Start and Settings of Windows 11 ask
//! for (`UserPictureSize` of the WinRT API).

mod cache;
pub mod installed;
mod lock;
mod person;
mod policy;
mod published;
#[cfg(windows)]
pub mod registry;
mod tree;

pub use cache::{Cache, Entry};
pub use lock::{Lock, LockError};
pub use person::{Job, Looked, Rendering, look};
pub use policy::{Policy, PolicyError, Share, TargetFolder};
pub use published::{PublishedError, read_published};
pub use tree::{Cleared, Pictures, Tree, TreeError, link_in};

/// The sizes of the pictures that Windows asks for: the number of pixels on each side, in ascending order.
pub const SIZES: [u32; 12] = [32, 40, 48, 64, 96, 192, 200, 208, 240, 424, 448, 1080];

/// The name of the file that marks a tree as holding pictures. The policies delete a picture on a PC only while this
/// file can be seen, so that an empty or unreachable share deletes nothing.
pub const PRESENT: &str = ".present";

/// Returns the file name of the picture of this size. Without `.jpg`, it is also the name of its registry value.
#[must_use]
pub fn file_name(size: u32) -> String {
    format!("Image{size}.jpg")
}
