//! Converts the samples of a TIFF to pixels of 8 bits: gray or RGB, with or without opacity. Samples are converted in
//! place where possible, because there may be very many.

use super::form::{Colors, Form, Opacity};

/// Returns the samples of all planes interleaved: those of the first pixel, then those of the second, and so on.
pub(super) fn interleaved(planes: &[u8], count: usize, bits: u32) -> Vec<u8> {
    let bytes = if bits == 16 { 2 } else { 1 };
    let mut samples = vec![0; planes.len()];
    for (index, plane) in planes.chunks_exact((planes.len() / count).max(1)).enumerate().take(count) {
        let places = samples[index * bytes..].chunks_mut(count * bytes);
        for (place, sample) in places.zip(plane.chunks_exact(bytes)) {
            place[..bytes].copy_from_slice(sample);
        }
    }
    samples
}

/// Returns the colour and the opacity of each pixel, a byte for each channel.
pub(super) fn eight_bits(mut samples: Vec<u8>, form: &Form) -> Vec<u8> {
    let colors = form.color_samples();
    let has_opacity = form.opacity != Opacity::None;
    match form.bits {
        1 | 2 | 4 => return expanded(&samples, form.width, form.bits),
        16 => reduce::<u16>(&mut samples, form),
        _ => reduce::<u8>(&mut samples, form),
    }
    let pixels = form.width as usize * form.height as usize;
    let channels = if colors == 4 { 3 } else { colors } + usize::from(has_opacity);
    samples.truncate(pixels * channels);
    samples.shrink_to_fit();
    samples
}

/// Returns a byte for each sample of 1, 2 or 4 bits. Each row of `packed` begins with a new byte.
fn expanded(packed: &[u8], width: u32, bits: u32) -> Vec<u8> {
    let (in_byte, highest) = (8 / bits, (1u8 << bits) - 1);
    let numbers = |byte: u8| (0..in_byte).map(move |at| (byte >> (8 - bits - at * bits) & highest) * (255 / highest));
    let table: Vec<Vec<u8>> = (0..=255).map(|byte| numbers(byte).collect()).collect();
    let rows = packed.chunks_exact(width.div_ceil(in_byte).max(1) as usize);
    let mut samples = Vec::with_capacity(rows.len() * width as usize);
    for row in rows {
        let end = samples.len() + width as usize;
        row.iter().for_each(|&byte| samples.extend_from_slice(&table[usize::from(byte)]));
        samples.truncate(end);
    }
    samples
}

/// A sample of 8 or 16 bits.
trait Sample: Copy {
    const BYTES: usize;
    const HIGHEST: u32;
    fn read(bytes: &[u8]) -> u32;
    /// Returns the value scaled to 8 bits.
    fn byte(value: u32) -> u8;
}

impl Sample for u8 {
    const BYTES: usize = 1;
    const HIGHEST: u32 = 255;

    fn read(bytes: &[u8]) -> u32 {
        bytes[0].into()
    }

    fn byte(value: u32) -> u8 {
        value as u8
    }
}

impl Sample for u16 {
    const BYTES: usize = 2;
    const HIGHEST: u32 = 65_535;

    fn read(bytes: &[u8]) -> u32 {
        u16::from_ne_bytes([bytes[0], bytes[1]]).into()
    }

    fn byte(value: u32) -> u8 {
        ((value + 128) / 257) as u8
    }
}

/// Converts all pixels to bytes, and writes them to the beginning of the same buffer: no pixel gets longer.
fn reduce<S: Sample>(samples: &mut [u8], form: &Form) {
    let (colors, has_opacity) = (form.color_samples(), form.opacity != Opacity::None);
    // The `tiff` library drops channels of unknown meaning, but not those of gray pictures.
    let stride = if form.is_gray() { form.samples as usize } else { colors + usize::from(has_opacity) };
    let mut to = 0;
    for from in (0..samples.len() / (stride * S::BYTES)).map(|pixel| pixel * stride * S::BYTES) {
        let mut pixel = [0; 5];
        for (index, value) in pixel.iter_mut().enumerate().take(colors + usize::from(has_opacity)) {
            *value = S::read(&samples[from + index * S::BYTES..]);
        }
        if form.opacity == Opacity::Associated {
            divide(&mut pixel[..=colors], S::HIGHEST);
        }
        let mut put = |value: u32| {
            samples[to] = S::byte(value);
            to += 1;
        };
        match form.colors {
            Colors::Cmyk => rgb::<S>([pixel[0], pixel[1], pixel[2], pixel[3]]).into_iter().for_each(&mut put),
            _ => pixel[..colors].iter().copied().for_each(&mut put),
        }
        if has_opacity {
            put(pixel[colors]);
        }
    }
}

/// Undoes the multiplication of a pixel's colours by its opacity, which is the last number.
fn divide(pixel: &mut [u32], highest: u32) {
    let Some((&mut opacity, colors)) = pixel.split_last_mut() else { return };
    for value in colors {
        *value = (*value * highest + opacity / 2).checked_div(opacity).unwrap_or(0).min(highest);
    }
}

/// Converts CMYK to RGB: each ink, and black on top of it, takes away its share of the light.
fn rgb<S: Sample>([cyan, magenta, yellow, black]: [u32; 4]) -> [u32; 3] {
    let highest = S::HIGHEST as f32;
    let light = 1.0 - black as f32 / highest;
    [cyan, magenta, yellow].map(|ink| ((highest - ink as f32) * light) as u32)
}
