//! `check --try`: a test picture for one account, which then gets its old photo back.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use image::{Rgb, RgbImage};

use super::cloud_rows::TRY;
use crate::destination::forget_sent;
use crate::failure::Advice;
use crate::microsoft365::{ChangeError, Held, Tenant, User, Written};
use crate::report::Check;
use crate::thumbnail::{self, Crop, Faces, is_same_picture};

/// Pixels on each side of the test picture: the most that Microsoft 365 shows.
const SIZE: u32 = 648;
/// The size of the test picture at most, in bytes.
const MAX_BYTES: usize = 100 * 1024;
/// The time for which a photo that was written is looked for.
const PATIENCE: Duration = Duration::from_secs(60);
/// The pause between two looks.
const PAUSE: Duration = Duration::from_secs(2);

/// Tries the account that the user named.
pub(super) async fn of(tenant: &Tenant, users: &[User], name: &str) -> Check {
    let is = |text: &Option<String>| text.as_deref().is_some_and(|text| text.eq_ignore_ascii_case(name));
    let is_named = |user: &&User| user.id.eq_ignore_ascii_case(name) || is(&user.user_principal_name) || is(&user.mail);
    let mut named = users.iter().filter(is_named);
    match (named.next(), named.next()) {
        (Some(user), None) => trial(tenant, user).await,
        (None, _) => Check::failed(TRY, format!("there is no account {name}"), "give its userPrincipalName"),
        (Some(_), Some(_)) => {
            Check::failed(TRY, format!("several accounts are called {name}"), "give its userPrincipalName")
        }
    }
}

async fn trial(tenant: &Tenant, user: &User) -> Check {
    let old = match tenant.photo(&user.id).await {
        Ok(Held::Photo(photo)) => Some(photo),
        Ok(Held::Nothing) => None,
        Ok(Held::Gone) => return Check::failed(TRY, "the account no longer exists", "name another one"),
        Ok(Held::Unknown(trouble)) => {
            return Check::failed(TRY, trouble.to_string(), trouble.advice().unwrap_or_default());
        }
        Err(error) => return Check::failed(TRY, error.to_string(), error.advice().unwrap_or_default()),
    };
    let Ok(picture) = picture() else { return Check::failed(TRY, "the test picture cannot be made", "tell us") };
    // Whatever happens from here on, the old photo is not lost.
    let kept = match old.as_deref().map(|old| keep(old, &user.id)).transpose() {
        Ok(kept) => kept,
        Err(error) => {
            return Check::failed(
                TRY,
                format!("the old photo cannot be kept, so nothing was written: {error}"),
                "run it in a folder where you may write",
            );
        }
    };
    // The account will hold a test picture that no import sent, and then the old photo, which may be encoded anew. If
    // the account cannot be forgotten, the next import notices when it looks at the photo.
    let _ = forget_sent(tenant, &user.id);
    let begun = Instant::now();
    let seen = match tenant.change(&user.id, old.as_deref(), Some(&picture), is_same_picture, false).await {
        Ok(Written::Seen { photo: Some(photo), .. }) => Some(photo),
        Ok(_) => look(tenant, &user.id, &picture).await,
        Err(error) => {
            // Nothing was written, except perhaps where the answer was lost.
            if !matches!(error, ChangeError::Unconfirmed(_)) {
                kept.iter().for_each(|path| drop(std::fs::remove_file(path)));
            }
            return Check::failed(TRY, error.to_string(), error.advice().unwrap_or_default());
        }
    };
    let told = match &seen {
        Some(photo) => {
            let size = thumbnail::dimensions(photo).map_or(0, |(width, _)| width);
            let encoded = if *photo == picture { "as it was" } else { "encoded anew" };
            format!("written, and served {encoded} with {size} pixels after {:.1} s", begun.elapsed().as_secs_f32())
        }
        None => format!("written, and not served within {} s", PATIENCE.as_secs()),
    };
    put_back(tenant, user, (seen.unwrap_or(picture), old), kept.as_deref(), told).await
}

/// Puts the old photo back. `kept` is the file that it is in.
async fn put_back(
    tenant: &Tenant,
    user: &User,
    (now, old): (Vec<u8>, Option<Vec<u8>>),
    kept: Option<&Path>,
    told: String,
) -> Check {
    match tenant.change(&user.id, Some(&now), old.as_deref(), is_same_picture, false).await {
        Ok(_) => {
            kept.into_iter().for_each(|path| drop(std::fs::remove_file(path)));
            let back = if old.is_some() { "the old photo is back" } else { "it is removed again" };
            Check::ok(TRY, format!("{told}; {back}"))
        }
        Err(error) => {
            let place = kept.map_or("there was none".to_owned(), |path| format!("it is in {}", path.display()));
            Check::failed(
                TRY,
                format!("{told}; the old photo could not be put back ({place}): {error}"),
                error.advice().unwrap_or_default(),
            )
        }
    }
}

/// Reads the photo until it is the test picture.
async fn look(tenant: &Tenant, id: &str, picture: &[u8]) -> Option<Vec<u8>> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        match tenant.photo(id).await {
            Ok(Held::Photo(photo)) if is_same_picture(&photo, picture) => return Some(photo),
            _ => tokio::time::sleep(PAUSE).await,
        }
    }
    None
}

/// Writes the old photo into a new file of the working folder, that only you can read.
fn keep(old: &[u8], id: &str) -> std::io::Result<PathBuf> {
    let file = tempfile::Builder::new().prefix(&format!("adphoto-try-{id}-")).suffix(".jpg").tempfile_in(".")?;
    file.as_file().write_all(old)?;
    file.as_file().sync_all()?;
    Ok(file.into_temp_path().keep()?)
}

/// A picture that nobody takes for a photo: colours from corner to corner.
fn picture() -> Result<Vec<u8>, thumbnail::PhotoError> {
    let shade = |at: u32| u8::try_from(at * 255 / SIZE).unwrap_or(u8::MAX);
    let pixels = RgbImage::from_fn(SIZE, SIZE, |x, y| Rgb([shade(x), shade(y), 160]));
    let options = thumbnail::Options {
        size: SIZE,
        max_bytes: MAX_BYTES,
        crop: Crop::Center,
        allow_blank: true,
        faces: Faces::Ignored,
    };
    thumbnail::encode(&pixels, &options)
}
