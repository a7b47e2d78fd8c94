//! Fuzzes adphoto's own JPEG decoder: it returns whole planes that contain the crop. The fast way, which skips the
//! coefficients that are not needed, accepts the same files as the slow way and gives the same picture.
#![no_main]

use adphoto::thumbnail::jpeg::{ColorModel, Jpeg, Plane};
use adphoto::thumbnail::{Crop, PhotoError, Region};
use libfuzzer_sys::fuzz_target;

/// The most pixels of a file that is decoded completely: more than any seed has, and few enough to be decoded quickly.
const FEW_PIXELS: u64 = 1 << 20;
/// A size larger than any picture, so that every block is decoded completely.
const ALL: u32 = 1 << 16;

fuzz_target!(|file: &[u8]| {
    let Ok(jpeg) = Jpeg::read(file) else { return };
    let (width, height) = jpeg.dimensions();
    // The crop depends on the length, so that each input is a file and nothing else.
    let crop = if file.len() % 2 == 0 { Crop::Center } else { Crop::Top };
    let square = crop.square(width, height, jpeg.orientation());
    let _ = decode(file, square, 96);
    if u64::from(width) * u64::from(height) > FEW_PIXELS {
        return;
    }
    let whole = Region { left: 0.0, top: 0.0, width: f64::from(width), height: f64::from(height) };
    let (fast, slow) = (decode(file, whole, 0), decode(file, whole, ALL));
    if is_progressive(file) {
        return; // the fast way does not even look at the other scans
    }
    match (&fast, &slow) {
        (Ok(means), Ok(full)) => means.iter().zip(full).for_each(|(means, full)| check_means(means, full)),
        (Err(_), Err(_)) => {}
        _ => panic!("the fast way says {:?}, the slow one {:?}", fast.err(), slow.err()),
    }
});

fn decode(file: &[u8], crop: Region, size: u32) -> Result<Vec<Plane>, PhotoError> {
    let jpeg = Jpeg::read(file).expect("it was read before");
    let components = match jpeg.color_model() {
        ColorModel::Gray => 1,
        ColorModel::YCbCr | ColorModel::Rgb => 3,
        ColorModel::Cmyk | ColorModel::Ycck => 4,
    };
    let planes = jpeg.decode(crop, size)?;
    assert_eq!(planes.len(), components);
    for Plane { width, height, samples, crop } in &planes {
        assert_eq!(*width as usize * *height as usize, samples.len());
        assert!(!samples.is_empty());
        // The comparison is exact, since resampling refuses a crop that sticks out even slightly.
        let lies_within =
            |start: f64, length: f64, side: u32| start >= 0.0 && length > 0.0 && start + length <= f64::from(side);
        assert!(lies_within(crop.left, crop.width, *width), "{crop:?} is {width} samples wide");
        assert!(lies_within(crop.top, crop.height, *height), "{crop:?} is {height} samples high");
    }
    Ok(planes)
}

/// Returns whether the file may be progressive: the marker may also be in metadata.
fn is_progressive(file: &[u8]) -> bool {
    file.windows(2).any(|pair| pair == [0xFF, 0xC2])
}

/// Asserts that the one sample of a block is the mean of all its samples, unless these were cut off at black or white.
fn check_means(means: &Plane, full: &Plane) {
    assert_eq!((means.width, means.height), (full.width.div_ceil(8), full.height.div_ceil(8)));
    for (at, &mean) in means.samples.iter().enumerate() {
        let (column, row) = (at % means.width as usize, at / means.width as usize);
        let rows = full.samples.chunks_exact(full.width as usize).skip(row * 8).take(8);
        // A block that lies across the edge, most of which is cut off, has no samples here.
        let block: Vec<f32> = rows.filter_map(|row| row.get(column * 8..column * 8 + 8)).flatten().copied().collect();
        if block.len() == 64 && block.iter().all(|sample| (1.0..254.0).contains(sample)) {
            let expected = block.into_iter().sum::<f32>() / 64.0;
            assert!((expected - mean).abs() < 0.5, "block {column},{row}: {mean}, but the mean is {expected}");
        }
    }
}
