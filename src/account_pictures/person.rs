//! Makes one person's pictures from a photo, and compares them with the published ones.

use super::SIZES;
use super::cache::{Cache, Entry, all_files};
use super::tree::Pictures;
use crate::directory::Sid;
use crate::hash::Hash;
use crate::thumbnail::{Crop, Doubt, Faces, Making, PhotoError, Placed, series};

/// The options for making pictures from a photo.
#[derive(Debug, Clone, Copy)]
pub struct Rendering {
    /// Which square of the photo the pictures show.
    pub crop: Crop,
    /// Whether a photo on which nothing can be seen is accepted.
    pub allow_blank: bool,
    /// What a face is needed for, besides the crop.
    pub faces: Faces,
}

impl Rendering {
    /// Returns the hash of everything that decides how the pictures look: the photo, these options, and the version of
    /// adphoto, since another version may encode differently.
    fn made_of(self, photo: &[u8]) -> Hash {
        let Self { crop, allow_blank, faces } = self;
        // A photo that was refused has no entry, so one that is required to show a face is told from the others.
        let face = if faces == Faces::Required { " face" } else { "" };
        let how = format!("{} {crop:?} {allow_blank}{face} {}", env!("CARGO_PKG_VERSION"), Hash::of(photo));
        Hash::of(how.as_bytes())
    }
}

/// The input for making one person's pictures.
#[derive(Debug)]
pub struct Job<'j> {
    pub sid: &'j Sid,
    /// The content of the image file.
    pub photo: &'j [u8],
    pub rendering: Rendering,
    /// Whether a photo that already is one of the pictures is used unchanged instead of being encoded again.
    pub copies: bool,
}

/// The result of comparing a person's pictures with the published ones.
#[derive(Debug)]
pub struct Looked {
    /// The entry for the cache, valid once all differing pictures are written.
    pub entry: Entry,
    /// The pictures that differ from the published ones, each with its size.
    pub differing: Vec<(u32, Vec<u8>)>,
    /// The picture for a report; `None` if the cache made it unnecessary to make any.
    pub shown: Option<Vec<u8>>,
    /// What a person may want to know about the pictures, if they were made.
    pub doubts: Vec<Doubt>,
    /// How the face is placed on them, if they were made and another crop would place it better.
    pub misplaced: Option<Placed>,
}

/// The size of the picture that a report shows, in pixels on each side.
const SHOWN: u32 = 96;

/// Makes a person's pictures and compares them with the published ones, which are `there`. If the cache says that these
/// were made from this photo with these options, no pictures are made, and nothing differs.
///
/// # Errors
/// When no pictures can be made from the photo.
pub fn look(job: &Job<'_>, there: &Pictures, cache: &Cache) -> Result<Looked, PhotoError> {
    let made_of = job.rendering.made_of(job.photo);
    if let Some(entry) = cache.of(job.sid)
        && entry.made_of == made_of
        && entry.describes(there)
    {
        return Ok(Looked {
            entry: entry.clone(),
            differing: Vec::new(),
            shown: None,
            doubts: Vec::new(),
            misplaced: None,
        });
    }
    let Rendering { crop, allow_blank, faces } = job.rendering;
    let series = series(job.photo, &SIZES, Making { crop, allow_blank, faces, copies: job.copies })?;
    let wanted: Pictures = SIZES.map(|size| Some(Hash::of(series.of(size))));
    let files = all_files(&wanted).unwrap_or(made_of);
    let differs = SIZES.iter().zip(wanted.iter().zip(there)).filter(|(_, (wanted, there))| wanted != there);
    Ok(Looked {
        entry: Entry { made_of, files, largest: series.largest },
        differing: differs.map(|(&size, _)| (size, series.of(size).to_vec())).collect(),
        shown: Some(series.of(SHOWN).to_vec()),
        doubts: series.doubts,
        misplaced: series.misplaced,
    })
}
