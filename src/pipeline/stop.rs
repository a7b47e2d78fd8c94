//! Stopping a run early without losing anything: no further photo is begun, and writes in progress are completed.

use std::sync::{Arc, OnceLock};

use tokio::sync::Notify;

use crate::failure::Exit;
use crate::progress::Progress;
use crate::report::{Code, Reason};

/// The reason why a run stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Why {
    /// Ctrl-C, SIGTERM or SIGHUP.
    Interrupted,
    /// No domain controller answers any more, or none answers as it should.
    DirectoryFailed,
    /// The journal cannot be written.
    JournalFailed,
    /// Nothing more can be written to the folder; the text says why.
    FolderFailed(String),
    /// More accounts would be changed than allowed; the text says how many.
    TooManyChanges(String),
    /// More accounts would get the very same picture than one person can have.
    Identical,
    /// Most rows of a list would give people the photos of others; the text says how many.
    Misnamed(String),
}

/// A request to stop, shared by everything that must heed it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop {
    why: Arc<OnceLock<Why>>,
    /// In a dry run, the reason why the real run would stop.
    foreseen: Arc<OnceLock<Why>>,
    notify: Arc<Notify>,
}

impl Stop {
    /// Returns a stop that is requested by Ctrl-C, SIGTERM or SIGHUP, or their equivalents on Windows. A second request
    /// ends the process at once.
    pub(crate) fn on_signal(progress: &Progress) -> Self {
        let stop = Self::default();
        let (asked, progress) = (stop.clone(), progress.clone());
        tokio::spawn(async move {
            signal().await;
            asked.ask(Why::Interrupted);
            progress.note(
                "stopping: writes in progress are completed and reported; press Ctrl-C again to leave at once, \
                 without a report",
            );
            signal().await;
            Exit::Interrupted.leave();
        });
        stop
    }

    /// Requests a stop. If there are several reasons, the first counts.
    pub(crate) fn ask(&self, why: Why) {
        let _ = self.why.set(why);
        self.notify.notify_waiters();
    }

    /// Records that the real run would stop here; the dry run goes on, to show the rest.
    pub(crate) fn foresee(&self, why: Why) {
        let _ = self.foreseen.set(why);
    }

    pub(crate) fn why(&self) -> Option<&Why> {
        self.why.get()
    }

    pub(crate) fn foreseen(&self) -> Option<&Why> {
        self.foreseen.get()
    }

    /// Returns the reason for records of tasks to which the run did not come.
    pub(crate) fn reason(&self) -> Reason {
        match self.why() {
            // Running the same command again would not help in these cases.
            Some(Why::Identical | Why::TooManyChanges(_) | Why::Misnamed(_)) => {
                Reason::new(Code::Stopped, "the run stopped before it came to this photo")
            }
            _ => Reason::stopped(),
        }
    }

    /// Awaits a future; `None` if the run is stopped first.
    pub(crate) async fn unless_asked<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            output = future => Some(output),
            () = self.asked() => None,
        }
    }

    /// Waits until a stop is requested.
    pub(crate) async fn asked(&self) {
        let notified = self.notify.notified();
        if self.why().is_none() {
            notified.await;
        }
    }
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    // Closing the terminal (SIGHUP) requests a stop just as Ctrl-C does.
    match (signal(SignalKind::terminate()), signal(SignalKind::hangup())) {
        (Ok(mut terminate), Ok(mut hangup)) => tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        },
        _ => drop(tokio::signal::ctrl_c().await),
    }
}

#[cfg(windows)]
async fn signal() {
    use tokio::signal::windows::{ctrl_break, ctrl_close, ctrl_shutdown};
    // Closing the window and shutting down the system request a stop just as Ctrl-C does; Windows then waits for some
    // seconds.
    match (ctrl_break(), ctrl_close(), ctrl_shutdown()) {
        (Ok(mut interrupt), Ok(mut close), Ok(mut shutdown)) => tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = interrupt.recv() => {}
            _ = close.recv() => {}
            _ = shutdown.recv() => {}
        },
        _ => drop(tokio::signal::ctrl_c().await),
    }
}
