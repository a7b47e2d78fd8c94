//! Encodes pictures of full chroma (4:4:4) as baseline JPEGs with Huffman codes of their own.
//!
//! A photo that needs several tries until it fits is transformed once; only what depends on the quality is done again. The
//! files are the same, to the byte, as those of `jpeg-encoder`, which wrote them before: otherwise each account would get
//! its photo again from a new version of adphoto.

use image::RgbImage;

use super::huffman::Codes;
use super::transform::{Block, Steps, not_zero, transform};
use crate::thumbnail::vector::{Simd, SimdBase, dispatch, i32x8, level};

/// The bit of a [`Symbol`] that is set for AC.
const AC: u32 = 1 << 24;

/// A symbol with the bits that follow it: these in bits 0 to 15, the symbol in bits 16 to 23, and [`AC`].
type Symbol = u32;

/// The coefficients of a picture, not quantized yet.
pub(super) struct Coefficients {
    width: u16,
    height: u16,
    /// The blocks of luma, blue chroma and red chroma, row by row.
    components: [Vec<Block>; 3],
}

impl Coefficients {
    /// Transforms the pixels; `None` if there are none, or too many on a side for a JPEG.
    pub(super) fn of(pixels: &RgbImage) -> Option<Self> {
        let side = |pixels: u32| u16::try_from(pixels).ok().filter(|&pixels| pixels > 0);
        let (width, height) = (side(pixels.width())?, side(pixels.height())?);
        let components = dispatch!(level(), simd => blocks(simd, pixels.as_raw(), usize::from(width)));
        Some(Self { width, height, components })
    }

    /// Returns the JPEG of a quality from 1 to 100.
    pub(super) fn jpeg(&self, quality: u8) -> Vec<u8> {
        let steps = Steps::new(quality);
        let scans = self.components.each_ref().map(|blocks| dispatch!(level(), _ => symbols(blocks, &steps)));
        let [luma, blue, red] = &scans;
        let tables = [tables(&[luma]), tables(&[blue, red])];
        let mut jpeg = Vec::with_capacity(scans.iter().map(Vec::len).sum::<usize>() + 1024);
        // A JFIF header without a preview, whose pixels are square.
        jpeg.extend_from_slice(b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\x02\0\0\x01\0\x01\0\0");
        jpeg.extend_from_slice(b"\xFF\xC0\0\x11\x08");
        jpeg.extend_from_slice(&self.height.to_be_bytes());
        jpeg.extend_from_slice(&self.width.to_be_bytes());
        jpeg.extend_from_slice(b"\x03\0\x11\0\x01\x11\x01\x02\x11\x01");
        for table in 0..2 {
            jpeg.extend_from_slice(&[0xFF, 0xDB, 0, 67, table]);
            jpeg.extend_from_slice(&steps.steps);
        }
        for (number, [dc, ac]) in (0..).zip(&tables) {
            write_table(&mut jpeg, number, dc);
            write_table(&mut jpeg, 0x10 | number, ac);
        }
        for (component, symbols) in (0..).zip(&scans) {
            let table = usize::from(component > 0);
            jpeg.extend_from_slice(&[0xFF, 0xDA, 0, 8, 1, component, table as u8 * 0x11, 0, 63, 0]);
            write_scan(&mut jpeg, symbols, &tables[table]);
        }
        jpeg.extend_from_slice(b"\xFF\xD9");
        jpeg
    }
}

/// Returns the blocks of the components of pixels. Blocks at the right and lower edges go on with the last pixels.
#[inline(always)]
fn blocks<S: Simd>(simd: S, pixels: &[u8], width: usize) -> [Vec<Block>; 3] {
    let mut components = [const { Vec::new() }; 3];
    let stride = width.next_multiple_of(8);
    // Eight rows of each component.
    let mut planes = [const { Vec::new() }; 3].map(|mut plane: Vec<i32>| {
        plane.resize(8 * stride, 0);
        plane
    });
    for rows in pixels.chunks(8 * width * 3) {
        let last = rows.len() / (width * 3) - 1;
        for y in 0..8 {
            let row = rows[y.min(last) * width * 3..][..width * 3].as_chunks::<3>().0;
            let [luma, blue, red] = planes.each_mut().map(|plane| &mut plane[y * stride..][..stride]);
            for (((&color, luma), blue), red) in row.iter().zip(&mut *luma).zip(&mut *blue).zip(&mut *red) {
                [*luma, *blue, *red] = ycbcr(color);
            }
            for plane in [luma, blue, red] {
                let last = plane[width - 1];
                plane[width..].fill(last);
            }
        }
        for (blocks, plane) in components.iter_mut().zip(&planes) {
            for left in (0..stride).step_by(8) {
                let mut rows = [i32x8::splat(simd, 0); 8];
                for (row, values) in rows.iter_mut().zip(plane.chunks_exact(stride)) {
                    *row = i32x8::from_slice(simd, &values[left..left + 8]);
                }
                blocks.push(transform(rows));
            }
        }
    }
    components
}

/// Converts RGB to YCbCr (JFIF 1.02) in integers, with 0 as the middle of each component.
#[inline(always)]
fn ycbcr(color: [u8; 3]) -> [i32; 3] {
    let [red, green, blue] = color.map(i32::from);
    let rounded = |value: i32| (value + 0x7FFF) >> 16;
    [
        rounded(19_595 * red + 38_470 * green + 7_471 * blue) - 128,
        rounded(-11_059 * red - 21_709 * green + 32_768 * blue + (128 << 16)) - 128,
        rounded(32_768 * red - 27_439 * green - 5_329 * blue + (128 << 16)) - 128,
    ]
}

/// Returns the symbols of a component (T.81, F.1.2).
#[inline(always)]
fn symbols(blocks: &[Block], steps: &Steps) -> Vec<Symbol> {
    let mut symbols = Vec::with_capacity(blocks.len() * 16);
    let mut before = 0;
    for block in blocks {
        let block = steps.quantized(block);
        symbols.push(symbol(0, block[0] - before));
        before = block[0];
        let mut next = 1;
        let mut left = not_zero(&block) & !1;
        while left != 0 {
            let at = left.trailing_zeros();
            left &= left - 1;
            let mut zeros = at - next;
            while zeros > 15 {
                symbols.push(AC | 0xF0 << 16);
                zeros -= 16;
            }
            symbols.push(AC | symbol(zeros, block[at as usize]));
            next = at + 1;
        }
        // The end of the block.
        if next < 64 {
            symbols.push(AC);
        }
    }
    symbols
}

/// Returns the symbol for a value behind this many zeros.
#[inline(always)]
fn symbol(zeros: u32, value: i16) -> Symbol {
    let bits = 16 - value.unsigned_abs().leading_zeros();
    let below = i32::from(value) - i32::from(value < 0);
    (zeros << 4 | bits) << 16 | (below as u32 & ((1 << bits) - 1))
}

/// Returns the codes for the symbols of some components: those of their means, and those of the other coefficients.
fn tables(components: &[&[Symbol]]) -> [Codes; 2] {
    let mut frequencies = [0; 512];
    for &symbol in components.iter().copied().flatten() {
        frequencies[place(symbol)] += 1;
    }
    let (dc, ac) = frequencies.split_at(256);
    [Codes::new(dc), Codes::new(ac)]
}

#[inline(always)]
fn place(symbol: Symbol) -> usize {
    (symbol >> 16 & 0x1FF) as usize
}

fn write_table(jpeg: &mut Vec<u8>, id: u8, table: &Codes) {
    jpeg.extend_from_slice(b"\xFF\xC4");
    jpeg.extend_from_slice(&(19 + table.symbols.len() as u16).to_be_bytes());
    jpeg.push(id);
    jpeg.extend_from_slice(&table.counts);
    jpeg.extend_from_slice(&table.symbols);
}

/// Writes the data of a scan.
fn write_scan(jpeg: &mut Vec<u8>, symbols: &[Symbol], [dc, ac]: &[Codes; 2]) {
    let mut codes = [(0, 0); 512];
    codes[..256].copy_from_slice(&dc.codes);
    codes[256..].copy_from_slice(&ac.codes);
    let (mut word, mut filled) = (0u64, 0u32);
    for &symbol in symbols {
        let (code, bits) = codes[place(symbol)];
        let extra = symbol >> 16 & 15;
        word = word << (u32::from(bits) + extra) | u64::from(code) << extra | u64::from(symbol & 0xFFFF);
        filled += u32::from(bits) + extra;
        if filled >= 32 {
            filled -= 32;
            write_bytes(jpeg, &((word >> filled) as u32).to_be_bytes());
        }
    }
    // The last byte is filled up with ones.
    let missing = filled.wrapping_neg() % 8;
    let word = (word << missing | ((1 << missing) - 1)) << (64 - filled - missing).min(63);
    write_bytes(jpeg, &word.to_be_bytes()[..((filled + missing) / 8) as usize]);
}

/// Writes bytes of a scan, each FF followed by 00, so that it is no marker.
fn write_bytes(jpeg: &mut Vec<u8>, bytes: &[u8]) {
    if !bytes.contains(&0xFF) {
        jpeg.extend_from_slice(bytes);
        return;
    }
    for &byte in bytes {
        jpeg.push(byte);
        if byte == 0xFF {
            jpeg.push(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};
    use jpeg_encoder::{ColorType, Encoder, QuantizationTableType, SamplingFactor};

    use super::Coefficients;

    fn by_library(pixels: &RgbImage, quality: u8) -> Vec<u8> {
        let mut jpeg = Vec::new();
        let mut encoder = Encoder::new(&mut jpeg, quality);
        encoder.set_sampling_factor(SamplingFactor::R_4_4_4);
        encoder.set_quantization_tables(QuantizationTableType::ImageMagick, QuantizationTableType::ImageMagick);
        encoder.set_optimized_huffman_tables(true);
        let (width, height) = (pixels.width() as u16, pixels.height() as u16);
        encoder.encode(pixels.as_raw(), width, height, ColorType::Rgb).expect("encodes");
        jpeg
    }

    #[test]
    fn files_are_those_of_jpeg_encoder_to_the_byte() {
        let mut random = fastrand::Rng::with_seed(1);
        for (width, height) in [(1, 1), (7, 9), (96, 96), (48, 33), (250, 17)] {
            let noise = RgbImage::from_fn(width, height, |_, _| Rgb([random.u8(..), random.u8(..), random.u8(..)]));
            let smooth = RgbImage::from_fn(width, height, |x, y| {
                Rgb([x * 2, y * 2, (x * y) / 40].map(|shade| (shade % 256) as u8 ^ (random.u8(..) >> 6)))
            });
            let edges =
                RgbImage::from_fn(width, height, |x, y| Rgb([if (x / 5 + y / 3) % 2 == 0 { 255 } else { 0 }; 3]));
            let flat = RgbImage::from_pixel(width, height, Rgb([0, 255, 13]));
            for (name, pixels) in [("noise", noise), ("smooth", smooth), ("edges", edges), ("flat", flat)] {
                let coefficients = Coefficients::of(&pixels).expect("a picture");
                for quality in [1, 10, 40, 49, 50, 51, 77, 90, 95, 99, 100] {
                    let same = coefficients.jpeg(quality) == by_library(&pixels, quality);
                    assert!(same, "{name}, {width}×{height}, quality {quality}");
                }
            }
        }
    }

    #[test]
    fn no_pixels_and_too_many_make_no_file() {
        assert!(Coefficients::of(&RgbImage::new(0, 5)).is_none());
        assert!(Coefficients::of(&RgbImage::new(70_000, 1)).is_none());
    }
}
