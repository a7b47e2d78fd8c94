//! Signing in, and telling of the connection.

use crate::directory::{ConnectError, ConnectOptions, Directory};
use crate::pipeline::Stop;
use crate::progress::Progress;
use crate::report::Connected;

/// Signs in, and from then on says what goes wrong; `None` if the run is stopped first.
pub(super) async fn open(
    options: &ConnectOptions,
    stop: &Stop,
    progress: &Progress,
) -> Result<Option<Directory>, ConnectError> {
    let Some(directory) = stop.unless_asked(Directory::connect(options)).await.transpose()? else { return Ok(None) };
    // Before anything happens there: somebody may have meant another place.
    progress.note(&Connected::from(&directory).to_string());
    // The next may fail as well, and then nobody would know for how long this one has been away.
    for why in directory.passed_over() {
        progress.note(&format!("passed over: {why}"));
    }
    tell_of_trouble(&directory, progress);
    Ok(Some(directory))
}

/// Notes what goes wrong with the connection while it is tried again, so that a bar that stands still has a reason.
fn tell_of_trouble(directory: &Directory, progress: &Progress) {
    let (mut trouble, progress) = (directory.trouble(), progress.clone());
    tokio::spawn(async move {
        while trouble.changed().await.is_ok() {
            let text = trouble.borrow_and_update().clone();
            progress.note(&format!("{text}; trying again"));
        }
    });
}
