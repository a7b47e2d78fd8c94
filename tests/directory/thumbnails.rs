//! Tests what happens to the photos before they are written.

use image::ImageFormat;

use crate::photos::{encode, jpeg, number, picture};
use crate::run::Folder;

on_both! {
    /// A JPEG that is a thumbnail already is written byte for byte, and so is a photo that adphoto made earlier.
    fn thumbnails_are_written_as_they_are(domain: &Domain) {
        let dn = domain.user("t-ready");
        let folder = Folder::new();
        let thumbnail = jpeg(5, 96, 96);
        folder.file("t-ready.jpg", &thumbnail);
        assert_eq!(domain.import(folder.path()).records().outcomes(), ["written"]);
        assert_eq!(domain.photo(&dn).unwrap(), thumbnail);

        folder.file("t-ready.jpg", jpeg(6, 500, 400));
        assert_eq!(domain.import(folder.path()).records().outcomes(), ["written"]);
        folder.file("t-ready.jpg", domain.photo(&dn).unwrap());
        assert_eq!(domain.import(folder.path()).records().outcomes(), ["unchanged"]);
    }

    fn as_is_takes_any_bytes_that_the_schema_takes(domain: &Domain) {
        let people = ["t-text", "t-full", "t-over"].map(|name| domain.user(name));
        let folder = Folder::new();
        folder.file("t-text.jpg", "no photo, but that was asked for");
        folder.file("t-full.jpg", vec![7; 102_400]);
        folder.file("t-over.jpg", vec![7; 102_401]);
        let run = domain.import(folder.path()).args(&["--as-is"]).records();
        assert_eq!((run.code, run.outcomes()), (Some(3), ["written not-jpeg", "failed over-budget", "written not-jpeg"].map(String::from).to_vec()));
        assert!(run.of("t-over.jpg")["reason"].as_str().unwrap().contains("102401 bytes; the domain's schema allows 102400"), "{}", run.json);
        assert_eq!(domain.photo(&people[0]).unwrap(), b"no photo, but that was asked for");
        assert_eq!(domain.photo(&people[1]).unwrap().len(), 102_400);
        assert_eq!(domain.photo(&people[2]), None);
    }

    fn the_upper_square_is_taken_of_a_tall_photo(domain: &Domain) {
        let dn = domain.user("t-tall");
        let folder = Folder::new();
        let mut tall = picture(0x5A09, 200, 500);
        image::imageops::replace(&mut tall, &picture(3, 200, 200), 0, 0);
        folder.file("t-tall.png", encode(&tall, ImageFormat::Png));
        domain.import(folder.path()).records();
        let middle = domain.photo(&dn).unwrap();
        let run = domain.import(folder.path()).args(&["--crop", "top"]).records();
        assert_eq!(run.outcomes(), ["written"]);
        assert_ne!(domain.photo(&dn).unwrap(), middle);
        assert_eq!(number(&domain.photo(&dn).unwrap()), 3);
    }
}

on_tenant! {
    thumbnails_are_written_as_they_are
    the_upper_square_is_taken_of_a_tall_photo
}
