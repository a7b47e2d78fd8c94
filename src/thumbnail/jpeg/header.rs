//! The part of a file before its first scan: frame header, tables and metadata.

use std::borrow::Cow;
use std::sync::Arc;

use super::huffman::Huffman;
use super::segment::{
    APP0, APP1, APP2, APP14, HUFFMAN_TABLES, QUANTIZATION_TABLES, RESTART_INTERVAL, START_OF_SCAN, Segment, Segments,
};
use super::skip::AcTable;
use super::standard;
use crate::thumbnail::PhotoError;

/// The zigzag order in which a file holds the coefficients of a block (T.81, figure 5). `ZIGZAG[k]` is the place of the
/// k-th coefficient in the 8×8 block, row by row.
#[rustfmt::skip]
pub(in crate::thumbnail) const ZIGZAG: [u8; 64] = [
     0,  1,  8, 16,  9,  2,  3, 10, 17, 24, 32, 25, 18, 11,  4,  5,
    12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13,  6,  7, 14, 21, 28,
    35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
    58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// What the components of a picture stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorModel {
    Gray,
    /// Luma and two chroma components, as JFIF defines them.
    YCbCr,
    Rgb,
    /// Cyan, magenta, yellow and black. 0 is full ink: Adobe's programs write it so, and all others read it so.
    Cmyk,
    /// CMYK whose first three components were converted to YCbCr.
    Ycck,
}

/// A component of the picture, such as its luma.
#[derive(Debug, Clone)]
pub(super) struct Component {
    pub(super) id: u8,
    /// Horizontal sampling factor: this component has `h` samples where the largest one has [`Frame::max_h`].
    pub(super) h: u32,
    /// Vertical sampling factor: this component has `v` samples where the largest one has [`Frame::max_v`].
    pub(super) v: u32,
    /// The number of the quantization table that the component uses, from 0 to 3.
    pub(super) quantization: u8,
}

/// A frame header (T.81, B.2.2).
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) progressive: bool,
    /// Whether the frame is baseline (SOF0), which every program reads.
    pub(super) baseline: bool,
    /// The number of bits for each sample: 8 or 12.
    pub(super) precision: u32,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) components: Vec<Component>,
}

impl Frame {
    pub(super) fn max_h(&self) -> u32 {
        self.components.iter().map(|component| component.h).max().unwrap_or(1)
    }

    pub(super) fn max_v(&self) -> u32 {
        self.components.iter().map(|component| component.v).max().unwrap_or(1)
    }

    /// Reads a frame header. Its marker says how the picture is coded (T.81, table B.1).
    ///
    /// # Errors
    /// When the header is invalid, or describes a kind of JPEG that is not decoded here.
    fn read(segment: Segment<'_>) -> Result<Self, PhotoError> {
        let unsupported = |what| Err(PhotoError::Unsupported(Cow::Borrowed(what)));
        let (baseline, progressive) = match segment.marker {
            0xC0 => (true, false),
            0xC1 => (false, false),
            0xC2 => (false, true),
            0xC3 => return unsupported("lossless JPEG"),
            0xC5..=0xC7 => return unsupported("hierarchical JPEG"),
            0xC9..=0xCB => return unsupported("JPEG with arithmetic coding"),
            _ => return unsupported("hierarchical JPEG with arithmetic coding"),
        };
        let damaged = |what: &'static str| PhotoError::damaged(what);
        let [precision, height_high, height_low, width_high, width_low, count, components @ ..] = segment.body else {
            return Err(damaged("its frame header is too short"));
        };
        match (precision, baseline) {
            (8, _) | (12, false) => {}
            (_, true) => return unsupported("baseline JPEG with a sample precision other than 8 bits"),
            (_, false) => return unsupported("JPEG with a sample precision other than 8 or 12 bits"),
        }
        if !matches!(count, 1 | 3 | 4) {
            return unsupported("JPEG with a number of components other than 1, 3 or 4");
        }
        let (width, height) = (
            u32::from(u16::from_be_bytes([*width_high, *width_low])),
            u32::from(u16::from_be_bytes([*height_high, *height_low])),
        );
        if width == 0 || height == 0 {
            return Err(PhotoError::NoPixels { width, height });
        }
        let component = |bytes: &[u8]| Component {
            id: bytes[0],
            h: u32::from(bytes[1] >> 4),
            v: u32::from(bytes[1] & 15),
            quantization: bytes[2],
        };
        let components: Vec<Component> = components.chunks_exact(3).map(component).collect();
        let fits = |c: &Component| (1..=4).contains(&c.h) && (1..=4).contains(&c.v) && c.quantization < 4;
        let ids_differ = (1..components.len()).all(|i| components[..i].iter().all(|c| c.id != components[i].id));
        if components.len() != usize::from(*count) || !components.iter().all(fits) || !ids_differ {
            return Err(damaged("its frame header describes its components in a way that is not possible"));
        }
        Ok(Self { progressive, baseline, precision: u32::from(*precision), width, height, components })
    }
}

/// The tables that the file has defined so far. A later definition replaces an earlier one.
#[derive(Debug, Clone, Default)]
pub(super) struct Tables {
    /// The quantization tables, each in zigzag order.
    pub(super) quantization: [Option<[u16; 64]>; 4],
    pub(super) dc: [Option<Arc<Huffman>>; 4],
    pub(super) ac: [Option<Arc<AcTable>>; 4],
    /// Number of MCUs between two restart markers; 0 if the file has none.
    pub(super) restart_interval: usize,
}

impl Tables {
    /// Stores the tables that `segment` defines. A segment of another kind changes nothing.
    pub(super) fn update(&mut self, segment: Segment<'_>) -> Result<(), PhotoError> {
        let read = match segment.marker {
            QUANTIZATION_TABLES => self.update_quantization(segment.body),
            HUFFMAN_TABLES => self.update_huffman(segment.body)?,
            RESTART_INTERVAL => segment.body.first_chunk().map(|bytes| {
                self.restart_interval = usize::from(u16::from_be_bytes(*bytes));
            }),
            _ => Some(()),
        };
        read.ok_or_else(|| PhotoError::damaged("one of its tables is incomplete"))
    }

    /// Puts the standard tables of luma and chroma into the first two places of each kind, where the file has not
    /// defined any. A table that the file defines later replaces them.
    pub(super) fn assume_standard(&mut self) {
        for (place, table) in self.dc.iter_mut().zip(&*standard::DC_TABLES) {
            place.get_or_insert_with(|| table.clone());
        }
        for (place, table) in self.ac.iter_mut().zip(&*standard::AC_TABLES) {
            place.get_or_insert_with(|| table.clone());
        }
    }

    /// Reads a DQT segment (T.81, B.2.4.1), which may define several tables. The first byte of each has the size of its
    /// values (0: 8 bits, 1: 16 bits) in the upper half, and the table's number in the lower half.
    fn update_quantization(&mut self, mut body: &[u8]) -> Option<()> {
        while let Some((head, rest)) = body.split_first() {
            let mut table = [0; 64];
            if head >> 4 == 0 {
                let (values, rest) = rest.split_first_chunk::<64>()?;
                table = values.map(u16::from);
                body = rest;
            } else {
                let (values, rest) = rest.split_first_chunk::<128>()?;
                for (to, from) in table.iter_mut().zip(values.chunks_exact(2)) {
                    *to = u16::from_be_bytes([from[0], from[1]]);
                }
                body = rest;
            }
            *self.quantization.get_mut(usize::from(head & 15))? = Some(table);
        }
        Some(())
    }

    /// Reads a DHT segment (T.81, B.2.4.2), which may define several tables. The first byte of each has its class (0:
    /// DC, 1: AC) in the upper half, and the table's number in the lower half.
    fn update_huffman(&mut self, mut body: &[u8]) -> Result<Option<()>, PhotoError> {
        while let Some((head, rest)) = body.split_first() {
            let Some((counts, rest)) = rest.split_first_chunk::<16>() else { return Ok(None) };
            let codes = counts.iter().map(|&count| usize::from(count)).sum();
            let Some((symbols, rest)) = rest.split_at_checked(codes) else { return Ok(None) };
            let number = usize::from(head & 15);
            if number >= self.dc.len() {
                return Ok(None);
            }
            match head >> 4 {
                0 => self.dc[number] = Some(standard::dc_table(counts, symbols)?),
                _ => self.ac[number] = Some(standard::ac_table(counts, symbols)?),
            }
            body = rest;
        }
        Ok(Some(()))
    }
}

/// Everything that a file says before its first scan.
pub(super) struct Header<'f> {
    pub(super) frame: Frame,
    pub(super) tables: Tables,
    pub(super) color: ColorModel,
    /// The TIFF structure of the EXIF data (EXIF 2.32, 4.5.2).
    pub(super) exif: Option<&'f [u8]>,
    /// The XMP packet (XMP specification part 3, 1.1.3).
    pub(super) xmp: Option<&'f [u8]>,
    pub(super) icc: Option<Vec<u8>>,
    /// The header of the first scan.
    pub(super) first_scan: Segment<'f>,
    /// The reader, placed behind the header of the first scan.
    pub(super) rest: Segments<'f>,
}

impl<'f> Header<'f> {
    /// Reads all segments up to the header of the first scan. Those that matter to nobody here are skipped.
    ///
    /// # Errors
    /// When a segment is invalid, or the file ends before its first scan.
    pub(super) fn read(file: &'f [u8]) -> Result<Self, PhotoError> {
        let mut rest = Segments::new(file);
        let mut tables = Tables::default();
        let (mut frame, mut jfif, mut adobe) = (None, false, None);
        let (mut exif, mut xmp, mut icc) = (None, None, IccChunks::default());
        loop {
            let segment = rest.next()?;
            match (segment.marker, segment.body) {
                (START_OF_SCAN, _) => {
                    let frame: Frame = frame.ok_or_else(|| PhotoError::damaged("it has no frame header"))?;
                    let color = color_model(&frame, jfif, adobe);
                    return Ok(Self { frame, tables, color, exif, xmp, icc: icc.join(), first_scan: segment, rest });
                }
                (APP0, [b'J', b'F', b'I', b'F', 0, ..]) => jfif = true,
                (APP1, [b'E', b'x', b'i', b'f', 0, _, tiff @ ..]) if exif.is_none() => exif = Some(tiff),
                (APP1, body) if xmp.is_none() => xmp = body.strip_prefix(b"http://ns.adobe.com/xap/1.0/\0"),
                (APP2, body) => icc.push(body),
                (APP14, [b'A', b'd', b'o', b'b', b'e', _, _, _, _, _, _, transform, ..]) => adobe = Some(*transform),
                (super::segment::END_OF_IMAGE, _) => return Err(PhotoError::Truncated),
                (0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF, _) => {
                    if frame.replace(Frame::read(segment)?).is_some() {
                        return Err(PhotoError::damaged("it has two frame headers"));
                    }
                }
                _ => tables.update(segment)?,
            }
        }
    }
}

/// Returns what the components stand for. A JPEG has no field for it, so programs guess from the JFIF and Adobe
/// segments and the components' names. They all follow libjpeg's rules (`default_decompress_parms` in `jdapimin.c`).
fn color_model(frame: &Frame, jfif: bool, adobe: Option<u8>) -> ColorModel {
    let ids: Vec<u8> = frame.components.iter().map(|component| component.id).collect();
    match (ids.as_slice(), adobe) {
        ([_], _) => ColorModel::Gray,
        ([_, _, _], _) if jfif => ColorModel::YCbCr,
        ([_, _, _], Some(0)) => ColorModel::Rgb,
        ([_, _, _], Some(_)) => ColorModel::YCbCr,
        (b"RGB", None) => ColorModel::Rgb,
        ([_, _, _], None) => ColorModel::YCbCr,
        (_, None | Some(0)) => ColorModel::Cmyk,
        (_, Some(_)) => ColorModel::Ycck,
    }
}

/// The parts of an ICC profile, which may be spread over several segments (ICC.1:2010, B.4).
#[derive(Default)]
struct IccChunks<'f> {
    /// For each part: its number from 1, how many there are in all, and its content.
    chunks: Vec<(u8, u8, &'f [u8])>,
}

impl<'f> IccChunks<'f> {
    fn push(&mut self, body: &'f [u8]) {
        if let Some([number, count, content @ ..]) = body.strip_prefix(b"ICC_PROFILE\0") {
            self.chunks.push((*number, *count, content));
        }
    }

    /// Returns the profile if all of its parts are there.
    fn join(mut self) -> Option<Vec<u8>> {
        self.chunks.sort_by_key(|(number, ..)| *number);
        let complete = (1..).zip(&self.chunks).all(|(expected, (number, count, _))| {
            usize::from(*number) == expected && usize::from(*count) == self.chunks.len()
        });
        (complete && !self.chunks.is_empty())
            .then(|| self.chunks.iter().flat_map(|(.., content)| content.iter().copied()).collect())
    }
}
