//! Tests that another square of a photo can be chosen on the page, by mouse and by key, and that an import obeys it.

use image::imageops::{FilterType, resize};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use crate::chromium::Chromium;
use crate::domain::Domain;
use crate::photos::encode;
use crate::run::Folder;

const SIZE: (u32, u32) = (800, 1200);

/// Returns a photo in which the colour of each pixel says where the pixel is.
fn photo(blue: u8) -> RgbImage {
    RgbImage::from_fn(SIZE.0, SIZE.1, |x, y| Rgb([(x * 250 / SIZE.0) as u8, (y * 250 / SIZE.1) as u8, blue]))
}

/// Returns left, top and side of a square of a list, in pixels of the photo.
fn pixels(crop: &str) -> [f64; 3] {
    let shares: Vec<f64> = crop.split(' ').map(|share| share.parse().unwrap()).collect();
    let (width, height) = (f64::from(SIZE.0), f64::from(SIZE.1));
    [shares[0] * width, shares[1] * height, shares[2] * width]
}

fn is_near(found: [f64; 3], expected: [f64; 3], most: f64) -> bool {
    found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() <= most)
}

/// Returns the largest difference between a pixel of a thumbnail and the same pixel of the photo's square.
fn difference(thumbnail: &[u8], photo: &RgbImage, [left, top, side]: [f64; 3]) -> u8 {
    let shown = image::load_from_memory(thumbnail).unwrap().into_rgb8();
    let [left, top, side] = [left, top, side].map(|length| length.round() as u32);
    let square = DynamicImage::from(photo.clone()).crop_imm(left, top, side, side).into_rgb8();
    let expected = resize(&square, shown.width(), shown.height(), FilterType::Triangle);
    shown.as_raw().iter().zip(expected.as_raw()).map(|(one, other)| one.abs_diff(*other)).max().unwrap()
}

/// The colour in the middle of the new photo on a card, which says where the middle of its square is.
fn middle(card: &str) -> String {
    format!(
        "(() => {{ const photo = document.querySelector('{card} figure:last-child .photo > img'); \
         if (!photo?.complete) return null; const canvas = document.createElement('canvas'); \
         canvas.width = canvas.height = 2; const context = canvas.getContext('2d'); \
         context.drawImage(photo, 0, 0, 2, 2); return Array.from(context.getImageData(0, 0, 2, 2).data.slice(0, 2)); }})()"
    )
}

fn another_square_is_chosen_and_written(domain: &Domain) {
    let Some(mut browser) = Chromium::start() else { return };
    let names = ["q-mouse", "q-keys", "q-button", "q-back", "q-left"];
    let people = names.map(|name| domain.user(name));
    let folder = Folder::new();
    for (name, blue) in names.iter().zip((40..).step_by(40)) {
        folder.file(&format!("{name}.png"), encode(&photo(blue), ImageFormat::Png));
    }
    let out = Folder::new();
    let page = out.path().join("page.html");
    let before = domain.snapshot();
    let dry = domain.import(folder.path()).args(&["--dry-run", "--report", page.to_str().unwrap()]).records();
    assert_eq!((dry.code, dry.count("would-write")), (Some(0), 5), "{}", dry.json);

    browser.open(&page);
    browser.resize(900);
    let card = |browser: &mut Chromium, name: &str| {
        let id = browser.value(&format!(
            "Array.from(document.querySelectorAll('.card')).find((card) => card.dataset.user === '{name}').id"
        ));
        format!("#{}", id.as_str().unwrap())
    };
    let [mouse, keys, button, back, _] = names.map(|name| card(&mut browser, name));
    // No whole photo is decoded before the reader asks for it.
    assert_eq!(browser.value("document.querySelectorAll('.cropper, .whole').length"), 0);
    assert_eq!(browser.value("document.querySelectorAll('.recrop:not([hidden])').length"), 5);

    // The mouse chooses a square. It begins in the middle; the wheel makes it smaller, and its middle stays where it
    // is.
    browser.click(&format!("{mouse} .recrop"));
    browser.becomes("document.activeElement.className", "square");
    let area = format!("{mouse} .whole");
    browser.becomes(&format!("document.querySelector('{area} img').naturalHeight"), 256);
    let centre = color(&mut browser, &mouse);
    let scrolled = browser.value("scrollY");
    browser.wheel(&area, -10);
    browser.becomes(&format!("document.querySelector('{mouse} figure:last-child figcaption').textContent"), "New crop");
    assert_eq!(browser.value("scrollY"), scrolled, "the wheel does not scroll the page then");
    browser.drag(&area, (0.5, 0.5), (0.35, 0.2));
    let moved = browser.value(&middle(&mouse));
    let far = |axis: usize| moved[axis].as_f64().unwrap() - centre[axis].as_f64().unwrap();
    assert!(far(0) < -10.0 && far(1) < -40.0, "the photo on the card follows at once: {centre} {moved}");

    // Keys alone choose a square.
    browser.click(&format!("{keys} h3"));
    browser.becomes("document.activeElement.id", &keys[1..]);
    browser.press(&["c"]);
    browser.becomes("document.activeElement.className", "square");
    let label = browser.value("document.activeElement.getAttribute('aria-label')");
    assert_eq!(label, "Square of the photo of q-keys: arrow keys move it, plus and minus resize it");
    browser.press(&["-"; 8]);
    browser.press(&["ArrowDown"; 5]);
    browser.press(&["ArrowRight"; 3]);
    browser.press(&["-", "-", "+"]);
    browser.becomes(
        "/^q-keys: square at \\d+ % from the left and \\d+ % from the top, \\d+ % of the shorter side/\
         .test(document.getElementById('shown').textContent)",
        true,
    );
    assert_eq!(browser.value("document.activeElement.className"), "square", "arrow keys do not choose another card");
    browser.press(&["Escape"]);
    browser.becomes("document.activeElement.className", "recrop");
    browser.becomes(&format!("document.querySelectorAll('{keys} .cropper').length"), 0);

    // A button chooses a square, and another takes that back. No face was found, so there is no button for one.
    let press = |browser: &mut Chromium, card: &str, name: &str| {
        browser.click(&format!("{card} .recrop"));
        let buttons = format!("Array.from(document.querySelectorAll('{card} .places button'))");
        assert_eq!(
            browser.value(&format!("{buttons}.map((button) => button.textContent).join()")),
            "Centre,Top,As before"
        );
        browser.value(&format!("{buttons}.find((button) => button.textContent === '{name}').click()"));
    };
    press(&mut browser, &button, "Top");
    press(&mut browser, &back, "Top");
    browser.becomes(&format!("document.querySelector('{back} figure:last-child figcaption').textContent"), "New crop");
    browser.value(&format!(
        "Array.from(document.querySelectorAll('{back} .places button')).find((button) => button.textContent === 'As before').click()"
    ));
    browser.becomes(&format!("document.querySelector('{back} figure:last-child figcaption').textContent"), "New");

    // The chosen squares survive a reload, and the photos on the cards show them again.
    browser.becomes("JSON.parse(Object.values(localStorage)[0]).crops.length", 3);
    browser.reload();
    browser.becomes("document.querySelectorAll('.card.cropped').length", 3);
    browser.becomes(&middle(&mouse), moved);
    browser.click("#by");
    browser.type_text("Petra");
    browser.click("#save");
    let saved = String::from_utf8(browser.download("approved.csv")).unwrap();
    assert_eq!(browser.complaints(), Vec::<String>::new());
    assert_eq!(domain.snapshot(), before, "a dry run and a page write nothing");

    let crop = |name: &str| {
        let row = saved.lines().find(|line| line.contains(&format!(",{name},"))).unwrap();
        row.split(',').nth(6).unwrap().to_owned()
    };
    assert_eq!([crop("q-back"), crop("q-left")], ["", ""], "{saved}");
    assert_eq!(pixels(&crop("q-button")), [0.0, 0.0, 800.0]);
    let side = 800.0 / 1.05_f64.powi(10);
    let start = [(800.0 - side) / 2.0, (1200.0 - side) / 2.0];
    let by_mouse = pixels(&crop("q-mouse"));
    assert!(is_near(by_mouse, [start[0] - 0.15 * 800.0, start[1] - 0.3 * 1200.0, side], 8.0), "{by_mouse:?}");
    let (after_eight, side) = (800.0 / 1.05_f64.powi(8), 800.0 / 1.05_f64.powi(9));
    let place = |length: f64, steps: f64| (length - after_eight) / 2.0 + 8.0 * steps + (after_eight - side) / 2.0;
    let by_key = pixels(&crop("q-keys"));
    assert!(is_near(by_key, [place(800.0, 3.0), place(1200.0, 5.0), side], 0.1), "{by_key:?}");

    let elsewhere = Folder::new();
    let list = elsewhere.file("approved.csv", &saved);
    // A page that is made from the list shows the chosen squares, and saves the same list again.
    let run = domain.import(&list).args(&["--crop", "top", "--dry-run", "--report", page.to_str().unwrap()]).records();
    assert_eq!(run.count("would-write"), 5, "{}", run.json);
    let mut browser = Chromium::start().unwrap();
    browser.open(&page);
    browser.click("#by");
    browser.type_text("Petra");
    browser.click("#save");
    assert_eq!(String::from_utf8(browser.download("approved.csv")).unwrap(), saved);

    // --crop applies only to the rows whose square nobody chose.
    let run = domain.import(&list).args(&["--crop", "top"]).records();
    assert_eq!((run.code, run.count("written")), (Some(0), 5), "{}", run.json);
    let expected = [by_mouse, by_key, [0.0, 0.0, 800.0], [0.0, 0.0, 800.0], [0.0, 0.0, 800.0]];
    for (((name, dn), blue), square) in names.iter().zip(&people).zip((40..).step_by(40)).zip(expected) {
        let written = domain.photo(dn).unwrap();
        assert!(difference(&written, &photo(blue), square) < 8, "{name}");
        let beside = [square[0], square[1] + 40.0, square[2]];
        assert!(difference(&written, &photo(blue), beside) > 8, "{name} is to the pixel");
    }
    let again = domain.import(&list).args(&["--crop", "top"]).records();
    assert_eq!(again.count("unchanged"), 5, "{}", again.json);
}

/// Waits until the card shows its photo, and returns the colour in its middle.
fn color(browser: &mut Chromium, card: &str) -> serde_json::Value {
    browser.becomes(&format!("{} !== null", middle(card)), true);
    browser.value(&middle(card))
}

mod practice {
    #[test]
    fn another_square_is_chosen_and_written() {
        super::another_square_is_chosen_and_written(&crate::domain::Domain::practice());
    }
}

mod samba {
    #[test]
    #[ignore = "needs the Samba domain that tests/run starts"]
    fn another_square_is_chosen_and_written() {
        super::another_square_is_chosen_and_written(&crate::domain::Domain::samba());
    }
}
