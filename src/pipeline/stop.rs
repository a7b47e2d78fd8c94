//! Stopping a run early without losing sight of anything: no photo is begun, what is under way ends.

use std::sync::{Arc, OnceLock};

use tokio::sync::Notify;

use crate::failure::Exit;
use crate::progress::Progress;
use crate::report::{Code, Reason};

/// Why a run stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Why {
    /// Ctrl-C, SIGTERM or SIGHUP.
    Interrupted,
    /// The domain controller does not answer any more, or not as it should.
    DirectoryFailed,
    /// The journal cannot be written.
    JournalFailed,
    /// More accounts would be changed than allowed: how many, in words.
    TooManyChanges(String),
    /// More accounts would get the very same picture than a person has.
    Identical,
    /// Most of a list gives people the photos of others: how many, in words.
    Misnamed(String),
}

/// Shared by all that must know.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop {
    why: Arc<OnceLock<Why>>,
    /// Why the run would stop of which this is the dry run.
    foreseen: Arc<OnceLock<Why>>,
    notify: Arc<Notify>,
}

impl Stop {
    /// A stop that Ctrl-C, SIGTERM and SIGHUP ask for, or what Windows has of them; asked twice, the process ends at once.
    pub(crate) fn on_signal(progress: &Progress) -> Self {
        let stop = Self::default();
        let (asked, progress) = (stop.clone(), progress.clone());
        tokio::spawn(async move {
            signal().await;
            asked.ask(Why::Interrupted);
            progress.note(
                "stopping: what is under way is finished and reported; Ctrl-C again leaves at once, without a report",
            );
            signal().await;
            Exit::Interrupted.leave();
        });
        stop
    }

    /// The first reason counts.
    pub(crate) fn ask(&self, why: Why) {
        let _ = self.why.set(why);
        self.notify.notify_waiters();
    }

    /// The run would stop here; the dry run goes on, to show the rest.
    pub(crate) fn foresee(&self, why: Why) {
        let _ = self.foreseen.set(why);
    }

    pub(crate) fn why(&self) -> Option<&Why> {
        self.why.get()
    }

    pub(crate) fn foreseen(&self) -> Option<&Why> {
        self.foreseen.get()
    }

    /// What the records say that it did not come to.
    pub(crate) fn reason(&self) -> Reason {
        match self.why() {
            // To run the same again is no remedy for these.
            Some(Why::Identical | Why::TooManyChanges(_) | Why::Misnamed(_)) => {
                Reason::new(Code::Stopped, "the run stopped before it came to this photo")
            }
            _ => Reason::stopped(),
        }
    }

    /// What the future comes to; `None` if the run is stopped first.
    pub(crate) async fn unless_asked<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            output = future => Some(output),
            () = self.asked() => None,
        }
    }

    /// Waits until it is asked for.
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
    // A terminal that is closed asks as Ctrl-C does.
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
    // A window that is closed and a system that goes down ask as Ctrl-C does, and wait for some seconds.
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
