//! A JPEG decoder that decodes a photo no larger than its thumbnail needs.
//!
//! A JPEG is coded in blocks of 8×8 pixels. The first coefficient of each block, DC, is the mean of its pixels, so the
//! DC coefficients alone are the picture at 1/8 of its size. Where that is enough, the other coefficients (AC), which
//! are nearly all of the file, are skipped several at a time (`skip.rs`), and of a progressive file only the scans that
//! contain DC are read. A sequential file is read at two places at the same time (`ahead.rs`). A smaller photo is decoded
//! at 1/4, 1/2 or full size.
//!
//! The scale is chosen for each component on its own: the smallest that gives as many samples as the thumbnail needs.
//! So chroma that was halved when the file was made is not halved again. Components keep their own sizes until the
//! thumbnail is made, and nothing is scaled up before.
//!
//! The words of T.81 (the JPEG standard, ITU-T T.81 = ISO/IEC 10918-1): a *frame* is the picture, a *component* one of
//! its channels, a *scan* a pass over some of its components, and an *MCU* the unit that a scan repeats: the blocks of
//! all its components that cover the same pixels.
//!
//! Data that no encoder can have written is an error and not a picture: data that ends early or goes on too long, codes
//! that are in no table, values that no picture has. A face that is half gray is worse than none.
//!
//! | file | what it has |
//! |---|---|
//! | `segment.rs`, `header.rs`, `standard.rs` | the file's segments, headers and tables |
//! | `scan.rs`, `buffer.rs`, `bits.rs`, `huffman.rs` | the header of a scan, its bits, its codes |
//! | `sequential.rs`, `progressive.rs` | the two ways in which a scan codes its blocks |
//! | `block.rs`, `skip.rs` | decoding no more of a block than is needed |
//! | `ahead.rs`, `chunk.rs` | decoding with two bit readers |
//! | `coefficients.rs` | what the scans of a progressive file have brought so far |
//! | `plane.rs`, `idct.rs` | from coefficients to samples |
//! | `plain.rs` | whether a file can be taken as it is |

mod ahead;
mod bits;
mod block;
mod buffer;
mod chunk;
mod coefficients;
mod header;
mod huffman;
mod idct;
mod plain;
mod plane;
mod progressive;
mod scan;
mod segment;
mod sequential;
mod skip;
mod standard;

use image::metadata::Orientation;

pub use self::header::ColorModel;
pub(super) use self::header::ZIGZAG;
pub use self::plane::Plane;

use self::coefficients::Coefficients;
use self::header::{Frame, Header, Tables};
use self::idct::Steps;
use self::plane::Target;
use self::scan::Scan;
use self::segment::{END_OF_IMAGE, START_OF_IMAGE, START_OF_SCAN, Segments};
use super::memory::{MAX_PIXELS, room};
use super::{PhotoError, Region, tiff};

/// The maximum number of scans that are read of a progressive file: more than any encoder makes.
const MAX_SCANS: usize = 100;
/// The maximum number of blocks that all scans of a progressive file together may go through: as many as 100 megapixels
/// with ten scans have. Without a limit, a small file could keep the decoder busy for hours, as a few bytes make a scan
/// that goes through all blocks.
const MAX_BLOCKS: usize = 24_000_000;

/// A JPEG file whose header was read.
pub struct Jpeg<'f> {
    header: Header<'f>,
}

/// What the metadata of a photo reveals about its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Whether the metadata says where the photo was taken.
    pub location: bool,
    /// Whether the metadata says which camera took the photo.
    pub camera: bool,
}

impl<'f> Jpeg<'f> {
    /// Reads everything before the data of the first scan.
    ///
    /// # Errors
    /// When the header is damaged, or describes a kind of JPEG that is not decoded here.
    pub fn read(file: &'f [u8]) -> Result<Self, PhotoError> {
        Ok(Self { header: Header::read(file)? })
    }

    /// Returns width and height in pixels, before the picture is turned upright.
    #[must_use]
    pub fn dimensions(&self) -> (u32, u32) {
        (self.header.frame.width, self.header.frame.height)
    }

    /// Returns the region that is the whole picture.
    #[must_use]
    pub fn whole(&self) -> Region {
        let (width, height) = self.dimensions();
        Region { left: 0.0, top: 0.0, width: f64::from(width), height: f64::from(height) }
    }

    /// Returns how to turn the picture upright, according to its EXIF data.
    #[must_use]
    pub fn orientation(&self) -> Orientation {
        self.header.exif.map_or(Orientation::NoTransforms, tiff::orientation)
    }

    /// Returns what the EXIF and XMP data reveals about the owner.
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

    #[must_use]
    pub fn icc_profile(&self) -> Option<&[u8]> {
        self.header.icc.as_deref()
    }

    #[must_use]
    pub fn color_model(&self) -> ColorModel {
        self.header.color
    }

    /// Decodes the part `crop` of the picture for a thumbnail of `size`×`size` pixels. Returns a plane for each
    /// component, at the smallest scale that has at least twice `size` samples across and down.
    ///
    /// # Errors
    /// When the data ends early, is corrupt, or would take too much memory.
    pub fn decode(self, crop: Region, size: u32) -> Result<Vec<Plane>, PhotoError> {
        let Header { frame, mut tables, first_scan, mut rest, .. } = self.header;
        // libjpeg does the same, and only for files that are not progressive.
        if !frame.progressive {
            tables.assume_standard();
        }
        // An end marker shows that no scan of a progressive file was cut off. Where it is missing, the only proof is to
        // decode all scans and to find every bit of every coefficient.
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
                // The end marker is missing, and another picture follows, such as a preview.
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

/// A picture that is being decoded.
struct Picture {
    frame: Frame,
    targets: Vec<Target>,
    /// For each component, the coefficients that earlier scans brought; empty unless the file is progressive.
    coefficients: Vec<Coefficients>,
    /// Whether every scan of a progressive file is decoded, needed or not.
    thorough: bool,
    /// The number of progressive scans that were decoded, and of blocks that they went through.
    scans: usize,
    blocks: usize,
}

impl Picture {
    /// Prepares to decode a picture that may take `room` bytes of memory.
    ///
    /// # Errors
    /// When the picture would take more memory, or has more than [`MAX_PIXELS`].
    fn new(frame: Frame, crop: Region, size: u32, thorough: bool, room: u64) -> Result<Self, PhotoError> {
        let too_large = || PhotoError::TooLarge { width: frame.width, height: frame.height };
        if u64::from(frame.width) * u64::from(frame.height) > MAX_PIXELS {
            return Err(too_large());
        }
        let target = |component| Target::new(component, &frame, crop, size);
        let targets: Vec<Target> = frame.components.iter().map(target).collect();
        // How many coefficients of each block are kept. All 64 are needed if a scan may refine values: such a scan
        // holds one bit for each value that is not zero, mixed with new values, so none of them can be skipped.
        let kept = |target: &Target| match target.highest_needed() {
            0 if !thorough => 1,
            // This is halved chroma at 2×2 samples a block. Without refinement the last bits of its four values are
            // missing, but nobody can see that in chroma.
            4 if !thorough && target.is_subsampled => 5,
            _ => 64,
        };
        let progressive = targets.iter().filter(|_| frame.progressive);
        let memory = progressive.clone().map(|target| Coefficients::memory(target, kept(target)));
        // The samples count twice: a part of them may be copied (`Plane::part`), and the resampler needs less than that for
        // what lies between its passes.
        if memory.chain(targets.iter().map(|target| 2 * target.memory())).sum::<u64>() > room {
            return Err(too_large());
        }
        let coefficients = progressive.map(|target| Coefficients::new(target, kept(target))).collect();
        Ok(Self { coefficients, frame, targets, thorough, scans: 0, blocks: 0 })
    }

    /// Decodes a scan, or skips it if nothing of it is needed.
    fn scan(&mut self, header: &[u8], tables: &Tables, file: &mut Segments<'_>) -> Result<(), PhotoError> {
        let Self { frame, targets, coefficients, .. } = self;
        let scan = Scan::read(header, frame)?;
        for part in &scan.parts {
            let target = &mut targets[part.component];
            if target.steps.is_none() {
                let table = tables.quantization[usize::from(frame.components[part.component].quantization)];
                let table = table.ok_or_else(|| {
                    PhotoError::damaged("its frame header refers to a quantization table that the file does not have")
                })?;
                target.steps = Some(Steps::new(table));
            }
        }
        if !frame.progressive {
            // Each component is in one scan only (T.81, B.2.1). Otherwise a file of many scans could keep the decoder
            // busy for hours.
            if scan.parts.iter().any(|part| targets[part.component].is_decoded()) {
                return Err(PhotoError::irregular("it contains a part of the picture twice"));
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

    /// Returns whether no later scan can change the picture. In a progressive file that is so once the last bit of
    /// every coefficient has come, which is never the case if scans were skipped.
    fn needs_nothing_more(&self) -> bool {
        match self.frame.progressive {
            true => self.coefficients.iter().all(|coefficients| coefficients.are_whole(64)),
            false => self.targets.iter().all(Target::is_decoded),
        }
    }

    /// Returns the samples of all components.
    ///
    /// # Errors
    /// When a part of the picture never came.
    fn into_planes(mut self) -> Result<Vec<Plane>, PhotoError> {
        for (coefficients, target) in self.coefficients.iter().zip(&mut self.targets) {
            // DC must always be complete. Only a thorough run can know whether the other coefficients are, because any
            // other run skips the scans that are not needed.
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
