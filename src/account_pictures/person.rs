//! One person's pictures: made of a photo, and held against what is published.

use super::SIZES;
use super::cache::{Cache, Entry, all_files};
use super::tree::{Pictures, Tree, TreeError};
use crate::directory::Sid;
use crate::hash::Hash;
use crate::thumbnail::{Crop, PhotoError, series};

/// How pictures are made of a photo.
#[derive(Debug, Clone, Copy)]
pub struct Rendering {
    /// Which square of it they show.
    pub crop: Crop,
    /// Whether one on which nothing can be seen is taken, too.
    pub allow_blank: bool,
}

impl Rendering {
    /// What pictures are made of: a photo, and all that decides what becomes of it.
    fn made_of(self, photo: &[u8]) -> Hash {
        let Self { crop, allow_blank } = self;
        let how = format!("{} {crop:?} {allow_blank} {}", env!("CARGO_PKG_VERSION"), Hash::of(photo));
        Hash::of(how.as_bytes())
    }
}

/// What is to be done for a person.
#[derive(Debug)]
pub struct Job<'j> {
    /// Whose pictures.
    pub sid: &'j Sid,
    /// The image file's content.
    pub photo: &'j [u8],
    /// How they are made.
    pub rendering: Rendering,
    /// Whether a photo that is already one of the pictures is taken as it is, and not encoded again.
    pub copies: bool,
}

/// A person's pictures, held against what is published.
#[derive(Debug)]
pub struct Looked {
    /// What the cache is to say once all are written.
    pub entry: Entry,
    /// Those that differ from what is there, by size; empty if none does.
    pub differing: Vec<(u32, Vec<u8>)>,
    /// The picture that a report shows, where pictures were made.
    pub shown: Option<Vec<u8>>,
}

/// Why a person's pictures could not be made or compared.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    /// The photo gives no picture.
    #[error(transparent)]
    Photo(#[from] PhotoError),
    /// The tree cannot be read.
    #[error(transparent)]
    Tree(#[from] TreeError),
}

impl crate::failure::Advice for LookError {
    fn advice(&self) -> Option<std::borrow::Cow<'static, str>> {
        match self {
            Self::Photo(error) => error.advice(),
            Self::Tree(error) => error.advice(),
        }
    }
}

/// Pixels of the picture that a report shows.
const SHOWN: u32 = 96;

/// Holds a person's pictures against what is published. Where the cache knows what was made of this photo, and the files
/// are still that, none is made.
///
/// # Errors
/// When the photo gives no picture, or the tree cannot be read.
pub fn look(job: &Job<'_>, tree: &Tree, cache: &Cache) -> Result<Looked, LookError> {
    let there = tree.pictures(job.sid)?;
    let made_of = job.rendering.made_of(job.photo);
    if let Some(entry) = cache.of(job.sid)
        && entry.made_of == made_of
        && entry.describes(&there)
    {
        return Ok(Looked { entry: entry.clone(), differing: Vec::new(), shown: None });
    }
    let series = series(job.photo, &SIZES, job.rendering.crop, job.rendering.allow_blank, job.copies)?;
    let wanted: Pictures = SIZES.map(|size| Some(Hash::of(series.of(size))));
    let files = all_files(&wanted).unwrap_or(made_of);
    let differs = SIZES.iter().zip(wanted.iter().zip(&there)).filter(|(_, (wanted, there))| wanted != there);
    Ok(Looked {
        entry: Entry { made_of, files, largest: series.largest },
        differing: differs.map(|(&size, _)| (size, series.of(size).to_vec())).collect(),
        shown: Some(series.of(SHOWN).to_vec()),
    })
}
