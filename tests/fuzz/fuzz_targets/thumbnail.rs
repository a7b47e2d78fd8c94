//! Fuzzes the way from any file to a thumbnail: a thumbnail is no larger than allowed, has the right size, and is of a
//! kind that every decoder supports.
#![no_main]

use adphoto::thumbnail::jpeg::Jpeg;
use adphoto::thumbnail::{Crop, Options, PhotoError, Region, Thumbnail, dimensions, flaws, render};
use libfuzzer_sys::fuzz_target;

const OPTIONS: [Options; 4] = [
    Options { size: 96, max_bytes: 10 * 1024, crop: Crop::Center, allow_blank: false },
    Options { size: 96, max_bytes: 10 * 1024, crop: Crop::Top, allow_blank: false },
    Options { size: 16, max_bytes: 800, crop: Crop::Center, allow_blank: false },
    Options { size: 240, max_bytes: 20 * 1024, crop: Crop::Top, allow_blank: false },
];

fuzz_target!(|file: &[u8]| {
    // The options depend on the length, so that each input is a file and nothing else.
    let options = OPTIONS[file.len() % OPTIONS.len()];
    match render(file, &options) {
        Ok(thumbnail) => check(&thumbnail, &options),
        // No photo may cause these errors.
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
    // A thumbnail of a thumbnail is the same file, so that a second run changes nothing.
    let again = render(&thumbnail.jpeg, options).expect("a thumbnail of a thumbnail");
    assert!(again.jpeg == thumbnail.jpeg && again.doubt.is_none());
}

/// Asserts that a message is written for people, and contains no debug output.
fn check_words(text: &str) {
    for debug in ["Unknown(", "Some(", "None", "::", "{", "Error", "\""] {
        assert!(!text.contains(debug), "{text}");
    }
}
