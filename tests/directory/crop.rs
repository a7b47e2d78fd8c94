//! Tests approved lists with squares that somebody chose by hand. tests/browser tests that the page makes such a list.

use image::{ImageFormat, Rgb, RgbImage};

use crate::approval::{HEADER, approve};
use crate::photos::encode;
use crate::run::Folder;

on_both! {
    /// A square that somebody chose takes precedence over --crop. If it is no valid square, only its row fails.
    fn the_square_of_a_list_is_what_is_written(domain: &Domain) {
        let names = ["n-ann", "n-ben", "n-cid", "n-dot", "n-eva", "n-fay"];
        let folder = Folder::new();
        for (name, blue) in names.iter().zip((0..).step_by(40)) {
            let picture = RgbImage::from_fn(300, 600, |x, y| Rgb([(x / 2) as u8, (y / 3) as u8, blue]));
            folder.file(&format!("{name}.png"), encode(&picture, ImageFormat::Png));
        }
        let dns = names.map(|name| domain.user(name));
        let all = approve(domain, folder.path());
        let with = |crops: [&str; 6]| {
            let rows = all.lines().skip(1).zip(crops).map(|(row, crop)| row.replace(",,,Petra", &format!(",,{crop},Petra")));
            std::iter::once(HEADER.trim_end().to_owned()).chain(rows).map(|row| row + "\r\n").collect::<String>()
        };
        let lists = Folder::new();
        let list = lists.file("approved.csv", with(["", "0.1 0.2 0.5", "0.6 0.2 0.5", "0 0.6 1", "left", "0 0 1 180"]));
        let expected = [
            "written", "written", "failed bad-row", "failed bad-row", "failed bad-row", "written sideways",
        ];
        let run = domain.import(&list).args(&["--crop", "top"]).records();
        assert_eq!((run.code, run.outcomes()), (Some(3), expected.map(str::to_owned).into()), "{}", run.json);
        let reason = |name: &str| run.of(&format!("{name}.png"))["reason"].as_str().unwrap().to_owned();
        let outside = "line 4: the square 0.6 0.2 0.5 that the list chooses (crop) reaches beyond the edge of the photo, which has \
                       300×600 pixels: save the list again on the page";
        assert!(reason("n-cid").starts_with(outside), "{}", reason("n-cid"));
        assert!(reason("n-eva").contains("the field crop should have three numbers, left, top and side, and has 1"), "{}", reason("n-eva"));
        let middle = |dn: &str| {
            let shown = image::load_from_memory(&domain.photo(dn).unwrap()).unwrap().into_rgb8();
            let [red, green, _] = shown.get_pixel(shown.width() / 2, shown.height() / 2).0;
            (i32::from(red) * 2, i32::from(green) * 3)
        };
        let is_near = |(x, y): (i32, i32), at: (i32, i32)| (x - at.0).abs() < 9 && (y - at.1).abs() < 9;
        assert!(is_near(middle(&dns[0]), (150, 150)), "{:?}", middle(&dns[0]));
        assert!(is_near(middle(&dns[1]), (105, 195)), "{:?}", middle(&dns[1]));
        // The photo was turned, so its upper square was at the bottom.
        assert!(is_near(middle(&dns[5]), (150, 450)), "{:?}", middle(&dns[5]));
        assert!(dns[2..5].iter().all(|dn| domain.photo(dn).is_none()));

        let whole = lists.file("whole.csv", with(["", "", "0.1 0.2 0.5", "", "", ""]));
        let run = domain.import(whole).args(&["--as-is", "--only-missing"]).records();
        let reason = run.of("n-cid.png")["reason"].as_str().unwrap();
        assert!(reason.contains("--as-is takes whole files: leave out --as-is"), "{reason}");
        // Account pictures from the same list show the same squares.
        let pictures = Folder::new();
        let run = domain.publish(pictures.path()).args(&["--photos", list.to_str().unwrap()]).records();
        assert_eq!((run.code, run.count("published")), (Some(3), 4), "n-eva gets that of the directory: {}", run.json);
        for (dn, side, at) in [(&dns[1], 150, (105, 195)), (&dns[5], 300, (150, 450))] {
            let picture = std::fs::read(pictures.path().join(domain.sid(dn)).join("Image448.jpg")).unwrap();
            let shown = image::load_from_memory(&picture).unwrap().into_rgb8();
            let [red, green, _] = shown.get_pixel(side / 2, side / 2).0;
            assert!(shown.width() == side && is_near((i32::from(red) * 2, i32::from(green) * 3), at), "{red} {green}");
        }

        // Only an approved list may choose squares.
        let plain = folder.file("plain.csv", "user,path,crop\nn-cid,n-cid.png,0 0 1\nn-dot,n-dot.png,\nn-eva,n-eva.png\n");
        let run = domain.import(plain).records();
        assert_eq!(run.outcomes(), ["failed bad-row", "written", "written"], "{}", run.json);
        let reason = run.of("n-cid.png")["reason"].as_str().unwrap();
        assert!(reason.starts_with("line 2: the field crop chooses a part of the photo, which only an approved list may do"), "{reason}");
    }
}
