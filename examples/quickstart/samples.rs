//! The sample files: photos that go to an account, files that must not, and a list.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use image::{DynamicImage, ImageFormat};

use super::faces::{Behind, Hair, Look, portrait};
use Behind::*;
use Hair::*;
use Look::*;

/// The file's name, its width and height, and what it shows.
type Sample = (&'static str, (u32, u32), Hair, Look, Behind);

/// Photos that are named after accounts, each for one account.
#[rustfmt::skip]
pub(crate) const PHOTOS: &[Sample] = &[
    ("AlexD.jpg",               (600, 800),  Short,  Beard,   Wall),
    ("jdoe.jpg",                (1200, 900), Bob,    Plain,   Wall),
    ("tnguyen.jpg",             (600, 800),  Long,   Plain,   Wall),
    ("o(b)rien.jpg",            (900, 900),  Curly,  Plain,   Wall),
    ("sørensen.jpg",            (600, 800),  Bald,   Beard,   Wall),
    // Her account already has a photo, which is not square.
    ("zoe.jpg",                 (600, 800),  Curly,  Glasses, Wall),
    ("j.smith.jpg",             (1200, 900), Parted, Glasses, Wall),
    ("o'hara cut out.png",      (600, 800),  Long,   Plain,   Nothing),
    ("mary ann team photo.jpg", (1200, 900), Bun,    Plain,   Wall),
    ("jürgen 648x648.jpg",      (648, 648),  Parted, Plain,   Wall),
    ("yamada.jpg",              (600, 800),  Short,  Glasses, Wall),
    ("xli.jpg",                 (800, 600),  Bob,    Glasses, Wall),
    // This photo has fewer pixels than the thumbnail.
    ("n-osei.jpg",              (60, 80),    Short,  Plain,   Wall),
    // His account is disabled.
    ("ivan_p.jpg",              (600, 800),  Bald,   Plain,   Wall),
    ("1042.jpg",                (600, 800),  Bun,    Glasses, Wall),
    ("cmeyer.jpg",              (600, 800),  Parted, Beard,   Wall),
];

/// Good photos for which it is not clear to whom they belong.
#[rustfmt::skip]
const DOUBTFUL: &[Sample] = &[
    ("Anna Miller.jpg",         (600, 800),  Long,   Glasses, Wall),
    ("wpark.jpg",               (600, 800),  Short,  Plain,   Wall),
    ("cmeier.jpg",              (600, 800),  Curly,  Beard,   Wall),
    ("cmeier new.jpg",          (600, 800),  Curly,  Plain,   Wall),
    ("adm.grant.jpg",           (600, 800),  Bob,    Plain,   Wall),
];

/// A photo of which only a part was copied.
const CUT_OFF: &str = "rpatel.jpg";
/// A file that is a photo only by its name.
const TEXT: &str = "fdubois.jpg";

/// The photos of the list, with names as a camera gives them.
#[rustfmt::skip]
const STUDIO: &[Sample] = &[
    ("IMG_0412.jpg",            (600, 800),  Long,   Glasses, Wall),
    ("IMG_0413.jpg",            (600, 800),  Curly,  Plain,   Wall),
    ("IMG_0414.jpg",            (1200, 900), Bun,    Plain,   Wall),
    ("IMG_0415.jpg",            (600, 800),  Bob,    Glasses, Wall),
    ("IMG_0416.jpg",            (600, 800),  Parted, Plain,   Wall),
];

/// A list as a spreadsheet exports it, and as people write it.
pub(crate) const LIST: &str = "\
AD_user, path_to_file
amiller, studio/IMG_0412.jpg
 habdi ,  studio/IMG_0413.jpg
PRACTICE\\anna, studio/IMG_0414.jpg
EWood, studio/IMG_0415.jpg
kschulz,
wpark, studio/IMG_0416.jpg
";
/// The number of rows of [`LIST`] that go to an account.
pub(crate) const LISTED: usize = 4;

/// Draws and writes everything: `photos/`, `studio/` and `list.csv`. Returns the number of files in `photos/`.
pub(crate) fn write(folder: &Path) -> Result<usize> {
    let photos = folder.join("photos");
    let studio = folder.join("studio");
    for (samples, folder) in [(PHOTOS, &photos), (DOUBTFUL, &photos), (STUDIO, &studio)] {
        fs::create_dir_all(folder)?;
        for sample in samples {
            save(&folder.join(sample.0), &draw(sample)?)?;
        }
    }
    let whole = draw(&(CUT_OFF, (600, 800), Long, Plain, Wall))?;
    save(&photos.join(CUT_OFF), &whole[..whole.len() / 2])?;
    save(&photos.join(TEXT), "Photo to follow next week. Regards, François\n".as_bytes())?;
    save(&folder.join("list.csv"), LIST.as_bytes())?;
    Ok(fs::read_dir(photos)?.count())
}

/// Moves the files that go to nobody from `photos/` to `wrong/`.
pub(crate) fn set_wrong_aside(folder: &Path) -> Result<()> {
    let (photos, wrong) = (folder.join("photos"), folder.join("wrong"));
    fs::create_dir(&wrong)?;
    for name in DOUBTFUL.iter().map(|sample| sample.0).chain([CUT_OFF, TEXT]) {
        fs::rename(photos.join(name), wrong.join(name)).with_context(|| format!("cannot move {name}"))?;
    }
    Ok(())
}

/// Returns the content of the file, in the format that its name says.
fn draw(&(name, pixels, hair, look, behind): &Sample) -> Result<Vec<u8>> {
    let drawn = DynamicImage::from(portrait(name, pixels, hair, look, behind));
    let format = ImageFormat::from_path(name)?;
    // JPEG has no transparency.
    let drawn = if format == ImageFormat::Jpeg { drawn.into_rgb8().into() } else { drawn };
    let mut content = std::io::Cursor::new(Vec::new());
    drawn.write_to(&mut content, format)?;
    Ok(content.into_inner())
}

fn save(path: &Path, content: &[u8]) -> Result<()> {
    fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}
