//! JPEG, decoded at the size that a thumbnail needs and no larger.
//!
//! A block of 8×8 pixels has its mean in its first coefficient, DC, so the DC coefficients alone are the picture at 1/8 of
//! its size. Where that is enough, the other coefficients, which are nearly all of the file, are passed over several at
//! a time (`huffman.rs`), and of a progressive file only the scans that hold DC are read. A smaller photo is
//! decoded at 1/4, 1/2 or full size: a component always with the smallest that has as many samples as are wanted, so
//! chroma that was halved when the file was made is not halved again. Components keep their own sizes; nothing is scaled up
//! before the thumbnail is made.
//!
//! What an encoder cannot have written is an error, not a picture: data that end early or go on too long, codes that no
//! table knows, values that no picture has. A half-gray face is worse than none.

mod bits;
mod header;
mod huffman;
mod idct;
mod plain;
mod plane;
mod progressive;
mod scan;
mod segment;
mod sequential;
mod standard;

use image::metadata::Orientation;

pub use self::header::ColorModel;
pub use self::plane::Plane;

use self::header::{Frame, Header, Tables};
use self::plane::Target;
use self::progressive::Coefficients;
use self::scan::Scan;
use self::segment::{END_OF_IMAGE, START_OF_IMAGE, START_OF_SCAN, Segments};
use super::memory::{MAX_PIXELS, room};
use super::{PhotoError, Region, tiff};

/// More scans than any encoder makes of a progressive file.
const MAX_SCANS: usize = 100;
/// Blocks of a progressive file that its scans may go through, each counted as often as a scan does: 100 megapixels
/// with ten scans. A few bytes can make a scan go through all blocks.
const MAX_BLOCKS: usize = 24_000_000;

/// A JPEG file whose header was read.
pub struct Jpeg<'f> {
    header: Header<'f>,
}

/// What a photo tells of its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Where it was taken.
    pub location: bool,
    /// With what.
    pub camera: bool,
}

impl<'f> Jpeg<'f> {
    /// Reads all that stands before the picture's data.
    ///
    /// # Errors
    /// When that is damaged, or the picture is of a kind that is not decoded.
    pub fn read(file: &'f [u8]) -> Result<Self, PhotoError> {
        Ok(Self { header: Header::read(file)? })
    }

    /// Width and height in pixels, as the picture lies in the file.
    #[must_use]
    pub fn dimensions(&self) -> (u32, u32) {
        (self.header.frame.width, self.header.frame.height)
    }

    /// All of the picture.
    #[must_use]
    pub fn whole(&self) -> Region {
        let (width, height) = self.dimensions();
        Region { left: 0.0, top: 0.0, width: f64::from(width), height: f64::from(height) }
    }

    /// How to turn the picture upright, as its EXIF data say.
    #[must_use]
    pub fn orientation(&self) -> Orientation {
        self.header.exif.map_or(Orientation::NoTransforms, tiff::orientation)
    }

    /// What its EXIF and XMP data tell besides.
    #[must_use]
    pub fn told(&self) -> Told {
        let exif = |tags: &[u16]| self.header.exif.is_some_and(|exif| tags.iter().any(|&tag| tiff::has(exif, tag)));
        let xmp = |names: &[&[u8]]| {
            self.header.xmp.is_some_and(|xmp| names.iter().any(|name| memchr::memmem::find(xmp, name).is_some()))
        };
        Told {
            location: exif(&[tiff::GPS]) || xmp(&[b"GPSLatitude"]),
            camera: exif(&[tiff::MAKE, tiff::MODEL]) || xmp(&[b"tiff:Make", b"tiff:Model"]),
        }
    }

    /// The ICC profile of its colours.
    #[must_use]
    pub fn icc_profile(&self) -> Option<&[u8]> {
        self.header.icc.as_deref()
    }

    /// What the samples of its components are.
    #[must_use]
    pub fn color_model(&self) -> ColorModel {
        self.header.color
    }

    /// The samples of each component in the part `crop` of the picture, at the smallest scale that has twice `size`
    /// samples across and down.
    ///
    /// # Errors
    /// When the data end early or are corrupt, or would take too much memory.
    pub fn decode(self, crop: Region, size: u32) -> Result<Vec<Plane>, PhotoError> {
        let Header { frame, mut tables, first_scan, mut rest, .. } = self.header;
        // As libjpeg, which does so for these files alone.
        if !frame.progressive {
            tables.assume_standard()?;
        }
        // Where no end marker says that all scans are there, all of them must be decoded to know.
        let thorough = frame.progressive && !rest.reaches_end_marker();
        let mut picture = Picture::new(frame, crop, size, thorough, room(rest.file()))?;
        let mut segment = first_scan;
        loop {
            match segment.marker {
                START_OF_SCAN => {
                    picture.scan(segment.body, &tables, &mut rest)?;
                    if picture.needs_nothing_more() {
                        return picture.into_planes();
                    }
                }
                END_OF_IMAGE => return picture.into_planes(),
                // Of another picture, behind one without an end marker.
                START_OF_IMAGE if thorough => return picture.into_planes(),
                START_OF_IMAGE => return Err(PhotoError::irregular("another picture begins where it should end")),
                _ => tables.update(segment)?,
            }
            segment = match rest.next() {
                Ok(segment) => segment,
                Err(_) if thorough => return picture.into_planes(),
                Err(error) => return Err(error),
            };
        }
    }
}

/// A picture on its way from scans to planes.
struct Picture {
    frame: Frame,
    targets: Vec<Target>,
    /// Of each component, in a progressive file.
    coefficients: Vec<Coefficients>,
    thorough: bool,
    scans: usize,
    blocks: usize,
}

impl Picture {
    /// `room`: bytes that it may take.
    fn new(frame: Frame, crop: Region, size: u32, thorough: bool, room: u64) -> Result<Self, PhotoError> {
        let too_large = || PhotoError::TooLarge { width: frame.width, height: frame.height };
        if u64::from(frame.width) * u64::from(frame.height) > MAX_PIXELS {
            return Err(too_large());
        }
        let target = |component| Target::new(component, &frame, crop, size);
        let targets: Vec<Target> = frame.components.iter().map(target).collect();
        let kept = |target: &Target| match target.highest_needed() {
            0 if !thorough => 1,
            // Chroma that is no larger than luma's means: that the last bits are missing is not to be seen.
            4 if !thorough && target.is_subsampled => 5,
            _ => 64,
        };
        let progressive = targets.iter().filter(|_| frame.progressive);
        let memory = progressive.clone().map(|target| Coefficients::memory(target, kept(target)));
        // Samples are copied when those behind the picture's edge are left out, and to be resampled.
        if memory.chain(targets.iter().map(|target| 2 * target.memory())).sum::<u64>() > room {
            return Err(too_large());
        }
        let coefficients = progressive.map(|target| Coefficients::new(target, kept(target))).collect();
        Ok(Self { coefficients, frame, targets, thorough, scans: 0, blocks: 0 })
    }

    /// Decodes a scan, or passes over it if nothing of it is needed.
    fn scan(&mut self, header: &[u8], tables: &Tables, file: &mut Segments<'_>) -> Result<(), PhotoError> {
        let Self { frame, targets, coefficients, .. } = self;
        let scan = Scan::read(header, frame)?;
        for part in &scan.parts {
            let target = &mut targets[part.component];
            if target.quantization.is_none() {
                let table = tables.quantization[usize::from(frame.components[part.component].quantization)];
                target.quantization = Some(table.ok_or_else(|| {
                    PhotoError::damaged("its frame header names a quantization table that is not there")
                })?);
            }
        }
        if !frame.progressive {
            // T.81, B.2.1: each component comes once. A file of many scans could keep a decoder busy for hours.
            if scan.parts.iter().any(|part| targets[part.component].is_decoded()) {
                return Err(PhotoError::irregular("a part of its picture comes twice"));
            }
            return sequential::decode(&scan, file, frame, tables, targets);
        }
        if !scan.parts.iter().any(|part| coefficients[part.component].need(&scan)) {
            file.skip_scan_data();
            return Ok(());
        }
        let mcus = scan.mcus(frame, targets);
        self.scans += 1;
        self.blocks += mcus.across as usize * mcus.down as usize;
        if self.scans > MAX_SCANS || self.blocks > MAX_BLOCKS {
            return Err(PhotoError::irregular("it has more scans than a photo needs"));
        }
        progressive::decode(&scan, file, frame, tables, targets, coefficients)
    }

    /// Whether what follows can change nothing. Of a progressive file that is known when the last bit of all values came;
    /// where scans were passed over it never is.
    fn needs_nothing_more(&self) -> bool {
        match self.frame.progressive {
            true => self.coefficients.iter().all(|coefficients| coefficients.are_whole(64)),
            false => self.targets.iter().all(Target::is_decoded),
        }
    }

    fn into_planes(mut self) -> Result<Vec<Plane>, PhotoError> {
        for (coefficients, target) in self.coefficients.iter().zip(&mut self.targets) {
            // What was not decoded, since it was not needed, cannot be complete.
            let whole = if self.thorough { 64 } else { 1 };
            if !coefficients.are_whole(whole) || !coefficients.are_begun(target.highest_needed()) {
                return Err(PhotoError::Truncated);
            }
            coefficients.put(target)?;
        }
        if !self.targets.iter().all(Target::is_decoded) {
            return Err(PhotoError::Truncated);
        }
        Ok(self.targets.into_iter().map(Target::into_plane).collect())
    }
}

#[cfg(test)]
mod tests;
