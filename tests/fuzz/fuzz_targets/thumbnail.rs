//! From the bytes of any file to a thumbnail: if there is one, then it is within its budget, every decoder's plainest fare,
//! and of the right size.
#![no_main]

use adphoto::thumbnail::jpeg::Jpeg;
use adphoto::thumbnail::{Crop, Faces, Options, PhotoError, Region, Thumbnail, dimensions, flaws, render};
use libfuzzer_sys::fuzz_target;

const OPTIONS: [Options; 4] = [
    Options { size: 96, max_bytes: 10 * 1024, crop: Crop::Center, allow_blank: false, faces: Faces::Ignored },
    Options { size: 96, max_bytes: 10 * 1024, crop: Crop::Top, allow_blank: false, faces: Faces::Ignored },
    Options { size: 16, max_bytes: 800, crop: Crop::Center, allow_blank: false, faces: Faces::Ignored },
    Options { size: 240, max_bytes: 20 * 1024, crop: Crop::Top, allow_blank: false, faces: Faces::Ignored },
];

fuzz_target!(|file: &[u8]| {
    // By length, so that an input is a file as it is.
    let options = OPTIONS[file.len() % OPTIONS.len()];
    match render(file, &options) {
        Ok(thumbnail) => check(&thumbnail, &options),
        // No photo is to blame for these.
        Err(PhotoError::Failed(reason)) => panic!("{reason}"),
        Err(PhotoError::DecoderFailed) => panic!("a decoder panicked"),
        Err(error) => check_words(&error.to_string()),
    }
    flaws(file, &options).iter().for_each(|flaw| check_words(&flaw.to_string()));
    let _ = dimensions(file);
});

fn check(thumbnail: &Thumbnail, options: &Options) {
    assert!(thumbnail.jpeg.len() <= options.max_bytes);
    let jpeg = Jpeg::read(&thumbnail.jpeg).expect("what was written can be read");
    assert_eq!(jpeg.dimensions(), (options.size, options.size));
    assert!(jpeg.is_plain(&thumbnail.jpeg));
    let side = f64::from(options.size);
    let whole = Region { left: 0.0, top: 0.0, width: side, height: side };
    jpeg.decode(whole, options.size).expect("what was written can be decoded");
    // A thumbnail is one for good: that is what makes a second run change nothing.
    let again = render(&thumbnail.jpeg, options).expect("a thumbnail of a thumbnail");
    assert!(again.jpeg == thumbnail.jpeg && again.doubts.is_empty());
}

/// What is said of a photo is for people: nothing as a programmer prints it.
fn check_words(text: &str) {
    for debug in ["Unknown(", "Some(", "None", "::", "{", "Error", "\""] {
        assert!(!text.contains(debug), "{text}");
    }
}
