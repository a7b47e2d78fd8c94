//! Compares camera files, which are not part of this project, in the folder that ADPHOTO_PHOTOS names.

use std::error::Error;
use std::path::Path;

use adphoto::thumbnail::PhotoError;
use adphoto_oracle::{Reference, Worst};
use walkdir::WalkDir;

/// A size larger than any picture, so that every block is decoded completely.
const ALL: u32 = 1 << 16;
/// The most by which samples may differ at 1/8, 1/4, 1/2 and full size. In a progressive file, the last bits of chroma
/// at 1/4 are not decoded.
const TOLERANCE: [f32; 4] = [0.5, 4.0, 1.0, 1.5];
/// The most pixels of a file: the reference takes 6 bytes for each.
const MOST_PIXELS: usize = 100_000_000;

#[test]
fn camera_files_have_the_same_samples() {
    let Some(folder) = std::env::var_os("ADPHOTO_PHOTOS") else {
        println!("LEFT OUT: camera files, as ADPHOTO_PHOTOS names no folder of them");
        return;
    };
    let (mut same, mut worst, mut failures) = (0, Worst::default(), Vec::new());
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let path = entry.expect("the folder can be read").into_path();
        let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
        if extension != "jpg" && extension != "jpeg" {
            continue;
        }
        let name = path.display();
        match check(&path) {
            Ok(found) if found.is_within(TOLERANCE) => (same, worst) = (same + 1, worst.or(found)),
            Ok(found) => failures.push(format!("{name}: {found:?}")),
            Err(Difference::LeftOut(reason)) => println!("{name}: left out: {reason}"),
            Err(Difference::Refused(error)) => failures.push(format!("{name}: libjpeg-turbo takes it, but: {error}")),
        }
    }
    println!("{same} files have the same samples: {worst:?}");
    assert!(failures.is_empty(), "{} have not:\n{}", failures.len(), failures.join("\n"));
}

enum Difference {
    /// Nothing can be compared.
    LeftOut(String),
    Refused(PhotoError),
}

fn check(path: &Path) -> Result<Worst, Difference> {
    let left_out = |error: &dyn Error| Difference::LeftOut(error.to_string());
    let file = std::fs::read(path).map_err(|error| left_out(&error))?;
    let header = turbojpeg::read_header(&file).map_err(|error| left_out(&error))?;
    if header.width * header.height > MOST_PIXELS {
        return Err(Difference::LeftOut(format!("{}x{} pixels", header.width, header.height)));
    }
    let reference = Reference::read(&file).map_err(|error| left_out(&error))?;
    let mut worst = Worst::default();
    for size in [0, 96, 200, ALL] {
        let found = reference.compare(&file, reference.whole(), size).map_err(|error| match error {
            PhotoError::Unsupported(_) | PhotoError::TooLarge { .. } => left_out(&error),
            error => Difference::Refused(error),
        })?;
        worst = worst.or(found);
    }
    Ok(worst)
}
