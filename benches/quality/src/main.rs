//! Measures how good thumbnails of 96×96 pixels are before they are encoded, for adphoto and vipsthumbnail.
//!
//!     apt-get install libvips-tools
//!     cargo run --release -- FOLDER FILE.jpg …        here, in benches/quality
//!
//! Both are compared with the best that can be made of a file: the whole file is decoded, and the middle square is
//! resampled with Lanczos3 in floating point and rounded once. As in vipsthumbnail, pixels outside the square count at
//! its edge. The score is SSIMULACRA2: 100 means the same picture, and above 90 nobody sees a difference. The scores of
//! each photo go to stderr, and a Markdown table by folder goes to stdout.
//!
//! Exit code 1 means that, over all photos, adphoto's mean is below vipsthumbnail's, or its worst score is not above
//! 85; exit code 2 means that something failed.
//!
//! Colour profiles are removed first, since converting them is not to be measured. The orientation is kept.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use adphoto::thumbnail::{Crop, Options, square};
use anyhow::{Context, Result, ensure};
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::codecs::jpeg::JpegDecoder;
use image::{DynamicImage, ImageDecoder, Rgb32FImage, RgbImage};
use ssimulacra2::{ColorPrimaries, Rgb, TransferCharacteristic, compute_frame_ssimulacra2};

const SIZE: u32 = 96;
const OPTIONS: Options = Options { size: SIZE, max_bytes: 10_240, crop: Crop::Center, allow_blank: false };
/// The score around which differences become visible.
const WORST: f64 = 85.0;

/// The scores of adphoto and vipsthumbnail, a pair for each photo.
type Scores = Vec<[f64; 2]>;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

/// Measures all photos and prints the scores; returns whether adphoto is good enough.
fn run() -> Result<bool> {
    let mut by_folder = BTreeMap::<PathBuf, Scores>::new();
    for photo in photos(std::env::args_os().skip(1).map(PathBuf::from).collect())? {
        let scores = measure(&photo).with_context(|| format!("{}", photo.display()))?;
        eprintln!("{}: adphoto {:.2}, vips {:.2}", photo.display(), scores[0], scores[1]);
        by_folder.entry(photo.parent().unwrap_or(Path::new("")).to_owned()).or_default().push(scores);
    }
    ensure!(!by_folder.is_empty(), "no JPEG files: name some, or folders of them");
    println!("| folder | photos | adphoto mean | adphoto worst | vips mean | vips worst |\n|---|--:|--:|--:|--:|--:|");
    for (folder, scores) in &by_folder {
        print_row(&folder.display().to_string(), scores);
    }
    let [[adphoto, worst], [vips, _]] = print_row("all", &by_folder.into_values().flatten().collect());
    Ok(adphoto >= vips && worst > WORST)
}

/// Returns the JPEG files among the paths, and those in folders among the paths and their sub-folders, in order.
fn photos(paths: Vec<PathBuf>) -> Result<Vec<PathBuf>> {
    let mut photos = Vec::new();
    for path in paths {
        if path.is_dir() {
            let entries = path.read_dir().with_context(|| format!("{}", path.display()))?;
            let mut inside = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
            inside.retain(|path| path.is_dir() || path.extension().is_some_and(|end| end == "jpg" || end == "jpeg"));
            inside.sort();
            photos.extend(self::photos(inside)?);
        } else {
            photos.push(path);
        }
    }
    Ok(photos)
}

fn measure(photo: &Path) -> Result<[f64; 2]> {
    let file = without_profile(&std::fs::read(photo)?);
    let reference = reference(&file).context("reference")?;
    let adphoto = square(&file, &OPTIONS).context("adphoto")?.pixels;
    let vips = vips(&file).context("vipsthumbnail")?;
    Ok([score(&reference, &adphoto)?, score(&reference, &vips)?])
}

/// Returns the file without the segments of its ICC profile (ICC.1:2022, annex B.4).
fn without_profile(file: &[u8]) -> Vec<u8> {
    let mut kept = file[..file.len().min(2)].to_vec();
    let mut rest = &file[kept.len()..];
    // Up to the first scan, there are only segments: marker, length and body.
    while let &[0xFF, marker, high, low, ..] = rest
        && marker != 0xDA
    {
        let (segment, after) = rest.split_at((2 + usize::from(u16::from_be_bytes([high, low]))).min(rest.len()));
        if marker != 0xE2 || !segment[4..].starts_with(b"ICC_PROFILE\0") {
            kept.extend(segment);
        }
        rest = after;
    }
    [&kept, rest].concat()
}

fn reference(file: &[u8]) -> Result<RgbImage> {
    let mut decoder = JpegDecoder::new(Cursor::new(file))?;
    let orientation = decoder.orientation()?;
    let photo = DynamicImage::from(DynamicImage::from_decoder(decoder)?.into_rgb32f());
    let mut resampled = DynamicImage::from(Rgb32FImage::new(SIZE, SIZE));
    let (width, height) = (f64::from(photo.width()), f64::from(photo.height()));
    let side = width.min(height);
    let lanczos = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    let options = lanczos.crop((width - side) / 2.0, (height - side) / 2.0, side, side);
    Resizer::new().resize(&photo, &mut resampled, &options)?;
    resampled.apply_orientation(orientation);
    Ok(resampled.into_rgb8())
}

fn vips(file: &[u8]) -> Result<RgbImage> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("photo.jpg"), file)?;
    let size = format!("{SIZE}x{SIZE}");
    let mut command = Command::new("vipsthumbnail");
    command.args(["photo.jpg", "--size", &size, "--smartcrop", "centre", "-o", "thumbnail.png"]);
    let status = command.current_dir(&folder).status().context("is it installed?")?;
    ensure!(status.success(), "{status}");
    Ok(image::open(folder.path().join("thumbnail.png"))?.into_rgb8())
}

fn score(reference: &RgbImage, picture: &RgbImage) -> Result<f64> {
    let [reference, picture] = [reference, picture].map(|image| {
        let pixels = image.pixels().map(|pixel| pixel.0.map(|value| f32::from(value) / 255.0)).collect();
        let (width, height) = (image.width() as usize, image.height() as usize);
        Rgb::new(pixels, width, height, TransferCharacteristic::SRGB, ColorPrimaries::BT709)
    });
    Ok(compute_frame_ssimulacra2(reference?, picture?)?)
}

/// Prints a row of the table; returns the mean and the worst score of each tool.
fn print_row(name: &str, scores: &Scores) -> [[f64; 2]; 2] {
    let of = |tool: usize| scores.iter().map(move |pair| pair[tool]);
    let [adphoto, vips] =
        [0, 1].map(|tool| [of(tool).sum::<f64>() / scores.len() as f64, of(tool).fold(100.0, f64::min)]);
    let [cells, others] = [adphoto, vips].map(|[mean, worst]| format!("{mean:.2} | {worst:.2}"));
    println!("| {name} | {} | {cells} | {others} |", scores.len());
    [adphoto, vips]
}
