//! Drift: accounts whose photo is another picture than the one that the same person has elsewhere.

use std::collections::HashMap;
use std::path::absolute;

use futures_util::future::join_all;

use super::matched;
use crate::cli::AuditArgs;
use crate::destination::Accounts;
use crate::directory::{Account, Guid};
use crate::failure::Failure;
use crate::pipeline::{Making, PhotoFile, Renderer, Stop};
use crate::progress::Progress;
use crate::report::Reason;
use crate::source::Listing;
use crate::thumbnail::{Crop, Faces, Options, SHARP_SIZE};

/// How the photos to compare are made: as large as a page shows them, as JPEGs of high quality.
const COMPARED: Options =
    Options { size: SHARP_SIZE, max_bytes: 102_400, crop: Crop::Center, allow_blank: true, faces: Faces::Ignored };

/// The photos of a source, with which the accounts' photos are compared.
#[derive(Debug)]
pub(super) struct Compared {
    files: HashMap<Guid, PhotoFile>,
    renderer: Renderer,
}

/// The photo of a file, with which an account's photo is compared.
pub(super) struct Other {
    pub(super) path: String,
    /// The photo, or the reason why it cannot be compared.
    pub(super) jpeg: Result<Vec<u8>, Reason>,
}

impl Compared {
    /// Finds whose the photos of `listing` are.
    pub(super) async fn prepare(
        listing: &Listing,
        args: &AuditArgs,
        place: &impl Accounts,
        stop: &Stop,
        progress: &Progress,
    ) -> Result<Self, Failure> {
        let photos = matched::photos(listing, args, place, "no photos are compared", progress).await?;
        let files = photos.into_iter().map(|(guid, photo)| (guid, PhotoFile::from(photo))).collect();
        Ok(Self { files, renderer: Renderer::new(None, Making::Within(COMPARED), stop) })
    }

    /// Reads the photos that the source has for these accounts. The result lacks accounts for which it has none, and
    /// the accounts that are left when the run is stopped.
    pub(super) async fn read(&self, accounts: &[Account]) -> HashMap<Guid, Other> {
        let others = accounts.iter().filter_map(|account| Some((account.guid, self.files.get(&account.guid)?)));
        let others = join_all(others.map(|(guid, file)| self.other(guid, file))).await;
        others.into_iter().flatten().collect()
    }

    async fn other(&self, guid: Guid, file: &PhotoFile) -> Option<(Guid, Other)> {
        // The path is absolute, because the report may be read in another folder.
        let path = absolute(&file.path).unwrap_or_else(|_| file.path.clone()).display().to_string();
        let rendered = self.renderer.render(file.clone()).await?;
        let not_compared = |why: Reason| Reason { text: format!("not compared with {path}: {}", why.text), ..why };
        let jpeg = rendered.map(|rendered| rendered.thumbnail.jpeg).map_err(not_compared);
        Some((guid, Other { path, jpeg }))
    }
}
