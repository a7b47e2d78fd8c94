//! Signing in, and notes about the connection.

use tokio::sync::watch;

use crate::destination::{ActiveDirectory, Microsoft365};
use crate::directory::{ConnectError, ConnectOptions, Directory};
use crate::microsoft365::{self, GraphError, Tenant};
use crate::pipeline::Stop;
use crate::progress::Progress;
use crate::report::Connected;

/// Signs in, and from then on reports connection errors as notes; `None` if the user stops the run first.
pub(super) async fn open(
    options: &ConnectOptions,
    stop: &Stop,
    progress: &Progress,
) -> Result<Option<ActiveDirectory>, ConnectError> {
    let Some(directory) = stop.unless_asked(Directory::connect(options)).await.transpose()? else { return Ok(None) };
    let directory = ActiveDirectory::new(directory);
    // The connection is shown before anything happens, in case the user meant another place.
    progress.note(&Connected::to(&directory).to_string());
    // Other servers may fail, too, and then nobody would know for how long this one has been unavailable.
    for why in directory.directory().passed_over() {
        progress.note(&format!("skipped a server: {why}"));
    }
    tell_of_trouble(directory.directory().trouble(), progress);
    Ok(Some(directory))
}

/// Signs in to a tenant, and from then on reports troubles as notes; `None` if the user stops the run first.
pub(super) async fn open_tenant(
    options: &microsoft365::Options,
    stop: &Stop,
    progress: &Progress,
) -> Result<Option<Microsoft365>, GraphError> {
    let connecting = async { Microsoft365::new(Tenant::connect(options).await?).await };
    let Some(tenant) = stop.unless_asked(connecting).await.transpose()? else { return Ok(None) };
    progress.note(&Connected::to(&tenant).to_string());
    tell_of_trouble(tenant.tenant().trouble(), progress);
    Ok(Some(tenant))
}

/// Shows connection errors as notes while adphoto keeps trying, to explain a progress bar that does not move.
fn tell_of_trouble(mut trouble: watch::Receiver<String>, progress: &Progress) {
    let progress = progress.clone();
    tokio::spawn(async move {
        while trouble.changed().await.is_ok() {
            let text = trouble.borrow_and_update().clone();
            progress.note(&format!("{text}; trying again"));
        }
    });
}
