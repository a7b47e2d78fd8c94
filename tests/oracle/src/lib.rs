//! Compares adphoto's JPEG decoder with libjpeg-turbo: the samples of the components, before they become colours.
//!
//! At full size and at 1/8, both do the same. At 1/4 and 1/2, libjpeg-turbo uses another method, so the reference is
//! computed here from its full size: each block is transformed, and its lowest frequencies are transformed back.

use std::f64::consts::PI;

use adphoto::thumbnail::jpeg::{ColorModel, Jpeg, Plane};
use adphoto::thumbnail::{PhotoError, Region};
use turbojpeg::{Colorspace, Decompressor, Image, PixelFormat, ScalingFactor, Subsamp, YuvImage};

/// The samples that libjpeg-turbo decodes from a file.
pub struct Reference {
    /// The width and height of the picture.
    pub dimensions: (usize, usize),
    /// The meaning of the components.
    pub color: ColorModel,
    /// The number of pixels, across and down, for each sample of chroma.
    pub subsampling: (usize, usize),
    /// The components that libjpeg-turbo gives: all, or luma alone.
    components: Vec<Component>,
}

struct Component {
    /// The number of pixels of the picture, across and down, for each sample.
    factors: (usize, usize),
    /// The samples at 1/8, which are one for each block.
    means: Grid,
    full: Grid,
}

/// Samples in rows of the same width.
struct Grid {
    width: usize,
    samples: Vec<u8>,
}

/// The largest difference of any sample for components at 1/8, 1/4, 1/2 and full size; `None` if no component had that
/// scale.
#[derive(Debug, Clone, Copy, Default)]
pub struct Worst(pub [Option<f32>; 4]);

impl Worst {
    /// Returns the larger difference of both for each scale.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(std::array::from_fn(|scale| self.0[scale].into_iter().chain(other.0[scale]).reduce(f32::max)))
    }

    /// Returns whether no difference is larger than `allowed` for its scale.
    #[must_use]
    pub fn is_within(self, allowed: [f32; 4]) -> bool {
        self.0.into_iter().zip(allowed).all(|(found, allowed)| found.is_none_or(|found| found <= allowed))
    }

    fn add(&mut self, scale: usize, difference: f32) {
        let worst = &mut self.0[scale.ilog2() as usize];
        *worst = Some(worst.map_or(difference, |worst| worst.max(difference)));
    }
}

impl Reference {
    /// Decodes a file twice, at 1/8 and at full size.
    ///
    /// # Errors
    /// When libjpeg-turbo warns, even if there is a picture, or when there is no reference for this kind of file.
    pub fn read(file: &[u8]) -> turbojpeg::Result<Self> {
        let header = turbojpeg::read_header(file)?;
        let color = match header.colorspace {
            Colorspace::Gray => ColorModel::Gray,
            Colorspace::YCbCr => ColorModel::YCbCr,
            Colorspace::RGB => ColorModel::Rgb,
            Colorspace::CMYK => ColorModel::Cmyk,
            _ => ColorModel::Ycck,
        };
        let means = components(file, ScalingFactor::ONE_EIGHTH)?;
        let components = means.into_iter().zip(components(file, ScalingFactor::ONE)?).enumerate();
        let component = |(index, (means, full))| Component {
            factors: if index % 3 == 0 { (1, 1) } else { header.subsamp.size() },
            means,
            full,
        };
        Ok(Self {
            dimensions: (header.width, header.height),
            color,
            subsampling: header.subsamp.size(),
            components: components.map(component).collect(),
        })
    }

    /// Returns the region of the whole picture.
    #[must_use]
    pub fn whole(&self) -> Region {
        Region { left: 0.0, top: 0.0, width: self.dimensions.0 as f64, height: self.dimensions.1 as f64 }
    }

    /// Compares the samples that adphoto decodes from the same file with these.
    ///
    /// # Errors
    /// When adphoto cannot decode the file.
    ///
    /// # Panics
    /// When the planes do not fit the crop.
    pub fn compare(&self, file: &[u8], crop: Region, size: u32) -> Result<Worst, PhotoError> {
        let jpeg = Jpeg::read(file)?;
        let (width, height) = jpeg.dimensions();
        assert_eq!((width as usize, height as usize), self.dimensions);
        assert_eq!(jpeg.color_model(), self.color);
        let planes = jpeg.decode(crop, size)?;
        let mut worst = Worst::default();
        for (plane, component) in planes.iter().zip(&self.components) {
            component.compare(plane, crop, self.dimensions, &mut worst);
        }
        Ok(worst)
    }
}

/// Decodes the samples of each component, or of luma alone if libjpeg-turbo does not return the others unchanged.
fn components(file: &[u8], scaling: ScalingFactor) -> turbojpeg::Result<Vec<Grid>> {
    let header = turbojpeg::read_header(file)?.scaled(scaling);
    let (width, height) = (header.width, header.height);
    let mut decompressor = Decompressor::new()?;
    decompressor.set_scaling_factor(scaling)?;
    let interleaved = match (header.colorspace, header.subsamp) {
        (Colorspace::CMYK, Subsamp::None) => Some(PixelFormat::CMYK),
        (Colorspace::YCbCr, Subsamp::Unknown) => Some(PixelFormat::GRAY),
        _ => None,
    };
    if let Some(format) = interleaved {
        let mut pixels = vec![0; width * height * format.size()];
        let image = Image { pixels: pixels.as_mut_slice(), width, pitch: width * format.size(), height, format };
        decompressor.decompress(file, image)?;
        let component = |index| pixels.iter().copied().skip(index).step_by(format.size()).collect();
        return Ok((0..format.size()).map(|index| Grid { width, samples: component(index) }).collect());
    }
    let subsamp = header.subsamp;
    let mut pixels = vec![0; turbojpeg::yuv_pixels_len(width, 1, height, subsamp)?];
    let image = YuvImage { pixels: pixels.as_mut_slice(), width, align: 1, height, subsamp };
    let sides = [image.y_size(), image.uv_size(), image.uv_size()];
    decompressor.decompress_to_yuv(file, image)?;
    let mut rest = pixels.as_slice();
    let grid = |(width, height): (usize, usize)| {
        let samples = rest.split_off(..width * height).unwrap_or_default().to_vec();
        Grid { width, samples }
    };
    let count = if subsamp == Subsamp::Gray { 1 } else { 3 };
    Ok(sides.into_iter().take(count).map(grid).collect())
}

impl Component {
    fn compare(&self, plane: &Plane, crop: Region, picture: (usize, usize), worst: &mut Worst) {
        let (across, down) = (self.factors.0 as f64, self.factors.1 as f64);
        // The place of the crop in the plane tells the plane's scale, and where the plane begins.
        let scale = (plane.crop.width * across * 8.0 / crop.width).round() as usize;
        assert!(matches!(scale, 1 | 2 | 4 | 8), "a scale of {scale}");
        let first_block = |from: f64, factor: f64, within: f64| {
            let block = from / factor / 8.0 - within / scale as f64;
            assert!((block - block.round()).abs() < 1e-6 && block > -0.5, "it begins with the block {block}");
            block.round() as usize
        };
        let left = first_block(crop.left, across, plane.crop.left) * scale;
        let top = first_block(crop.top, down, plane.crop.top) * scale;
        let samples = |pixels: usize, factor: usize| (pixels.div_ceil(factor) * scale).div_ceil(8);
        let (width, height) = (samples(picture.0, self.factors.0), samples(picture.1, self.factors.1));
        assert!(plane.crop.left + plane.crop.width <= f64::from(plane.width), "{plane:?}");
        assert!(plane.crop.top + plane.crop.height <= f64::from(plane.height), "{plane:?}");
        let rows = plane.samples.chunks_exact(plane.width as usize);
        for (y, row) in rows.enumerate().take(height - top) {
            for (x, &sample) in row.iter().enumerate().take(width - left) {
                if let Some(expected) = self.sample(left + x, top + y, scale) {
                    worst.add(scale, (sample - expected).abs());
                }
            }
        }
    }

    /// Returns a sample at a scale; `None` if it cannot be computed from the samples at full size.
    fn sample(&self, x: usize, y: usize, scale: usize) -> Option<f32> {
        match scale {
            1 => Some(f32::from(self.means.samples[y * self.means.width + x])),
            8 => Some(f32::from(self.full.samples[y * self.full.width + x])),
            _ => {
                let block = self.full.block(x / scale, y / scale)?;
                let (across, down) = (weights(x % scale, scale), weights(y % scale, scale));
                let weighted =
                    |samples: [f64; 8], by: [f64; 8]| samples.iter().zip(by).map(|(a, b)| a * b).sum::<f64>();
                let rows = block.map(|row| weighted(row.map(f64::from), across));
                Some(weighted(rows, down).clamp(0.0, 255.0) as f32)
            }
        }
    }
}

impl Grid {
    /// Returns a block if it is whole and none of its samples was cut off at black or white.
    fn block(&self, column: usize, row: usize) -> Option<[[u8; 8]; 8]> {
        let mut block = [[0; 8]; 8];
        let rows = self.samples.chunks_exact(self.width).skip(row * 8);
        for (to, from) in block.iter_mut().zip(rows.chain(std::iter::repeat([].as_slice()))) {
            *to = *from.get(column * 8..)?.first_chunk()?;
        }
        block.as_flattened().iter().all(|sample| (1..255).contains(sample)).then_some(block)
    }
}

/// Returns the weight of each of 8 samples for the sample `at` of `count` (T.81, A.3.3, both ways).
fn weights(at: usize, count: usize) -> [f64; 8] {
    let wave =
        |frequency: usize, at: usize, count: usize| (((2 * at + 1) * frequency) as f64 * PI / (2 * count) as f64).cos();
    std::array::from_fn(|sample| {
        let higher: f64 = (1..count).map(|frequency| wave(frequency, at, count) * wave(frequency, sample, 8)).sum();
        (1.0 + 2.0 * higher) / 8.0
    })
}
