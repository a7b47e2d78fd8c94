//! Signing in, and notes about the connection.

use crate::directory::{ConnectError, ConnectOptions, Directory};
use crate::pipeline::Stop;
use crate::progress::Progress;
use crate::report::Connected;

/// Signs in, and from then on reports connection errors as notes; `None` if the user stops the run first.
pub(super) async fn open(
    options: &ConnectOptions,
    stop: &Stop,
    progress: &Progress,
) -> Result<Option<Directory>, ConnectError> {
    let Some(directory) = stop.unless_asked(Directory::connect(options)).await.transpose()? else { return Ok(None) };
    // The connection is shown before anything happens, in case the user meant another place.
    progress.note(&Connected::from(&directory).to_string());
    // Other servers may fail, too, and then nobody would know for how long this one has been unavailable.
    for why in directory.passed_over() {
        progress.note(&format!("skipped a server: {why}"));
    }
    tell_of_trouble(&directory, progress);
    Ok(Some(directory))
}

/// Shows connection errors as notes while adphoto keeps trying, to explain a progress bar that does not move.
fn tell_of_trouble(directory: &Directory, progress: &Progress) {
    let (mut trouble, progress) = (directory.trouble(), progress.clone());
    tokio::spawn(async move {
        while trouble.changed().await.is_ok() {
            let text = trouble.borrow_and_update().clone();
            progress.note(&format!("{text}; trying again"));
        }
    });
}
