//! The gate that all requests go through. It lets only a few through at once, and none while Microsoft asks for a
//! pause. It gives up when no request has succeeded for too long.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit, watch};
use tokio::time::{Instant, sleep_until};

use super::error::GraphError;

/// The number of requests that are under way at the same time. Microsoft documents no larger one as safe for a mailbox.
const AT_ONCE: usize = 4;
/// The pause after the first failure.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause after a failure, unless the server asks for a longer one.
const MAX_PAUSE: Duration = Duration::from_secs(10);

/// Limits how many requests are sent at once, and notes since when none has succeeded.
#[derive(Debug)]
pub(super) struct Gate {
    permits: Semaphore,
    give_up_after: Duration,
    state: Mutex<State>,
    trouble: watch::Sender<String>,
}

#[derive(Debug, Default)]
struct State {
    /// The time until which no request goes through.
    closed_until: Option<Instant>,
    /// The time at which the first request failed since the last one succeeded.
    troubled_since: Option<Instant>,
    /// The number of requests that have failed since then.
    failures: u32,
}

impl Gate {
    pub(super) fn new(give_up_after: Duration) -> Self {
        let (trouble, _) = watch::channel(String::new());
        Self { permits: Semaphore::new(AT_ONCE), give_up_after, state: Mutex::default(), trouble }
    }

    /// Waits until a request may be sent. The gate lets another through when the permit is dropped.
    pub(super) async fn pass(&self) -> Option<SemaphorePermit<'_>> {
        let permit = self.permits.acquire().await.ok()?;
        self.opened().await;
        Some(permit)
    }

    /// Waits until the gate is open.
    pub(super) async fn opened(&self) {
        loop {
            // It may have been closed for longer meanwhile.
            let until = self.state().closed_until.filter(|until| *until > Instant::now());
            let Some(until) = until else { return };
            sleep_until(until).await;
        }
    }

    /// Notes that a request was answered as it should be.
    pub(super) fn fine(&self) {
        let mut state = self.state();
        (state.troubled_since, state.failures) = (None, 0);
    }

    /// Notes a failure after which the same request may succeed.
    ///
    /// # Errors
    /// When no request has succeeded for the time of `--give-up-after`.
    pub(super) fn note(&self, why: &str) -> Result<(), GraphError> {
        let mut state = self.state();
        let since = *state.troubled_since.get_or_insert_with(Instant::now);
        state.failures += 1;
        if since.elapsed() >= self.give_up_after {
            return Err(GraphError::GaveUp { after: self.give_up_after, why: why.to_owned() });
        }
        drop(state);
        self.trouble.send_if_modified(|last| {
            let is_new = last != why;
            why.clone_into(last);
            is_new
        });
        Ok(())
    }

    /// Notes such a failure and closes the gate: for as long as the server asks for, or else for longer each time.
    ///
    /// # Errors
    /// When that would take longer than `--give-up-after`, or no request has succeeded for so long.
    pub(super) fn close(&self, wish: Option<Duration>, why: &str) -> Result<(), GraphError> {
        self.note(why)?;
        if let Some(wish) = wish.filter(|wish| *wish > self.give_up_after) {
            return Err(GraphError::Throttled(wish));
        }
        let mut state = self.state();
        let until = Instant::now() + wish.unwrap_or_else(|| pause_after(state.failures));
        state.closed_until = Some(state.closed_until.map_or(until, |earlier| earlier.max(until)));
        Ok(())
    }

    /// Returns a receiver of the last failure in words, which are empty at first.
    pub(super) fn trouble(&self) -> watch::Receiver<String> {
        self.trouble.subscribe()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the pause after so many failures: twice as long each time. A random part, up to half of it, is taken off, so
/// that several clients do not come back at the same moment.
pub(super) fn pause_after(failures: u32) -> Duration {
    let pause = FIRST_PAUSE.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(MAX_PAUSE);
    pause.mul_f64(0.5 + fastrand::f64() / 2.0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Gate, GraphError, MAX_PAUSE, pause_after};

    #[test]
    fn patience_ends() {
        let gate = Gate::new(Duration::from_secs(60));
        assert_eq!(gate.close(Some(Duration::from_secs(60)), "429"), Ok(()));
        assert_eq!(
            gate.close(Some(Duration::from_secs(61)), "429"),
            Err(GraphError::Throttled(Duration::from_secs(61)))
        );
        let none = Gate::new(Duration::ZERO);
        assert!(matches!(none.close(None, "503"), Err(GraphError::GaveUp { .. })));
        assert!(pause_after(1) <= Duration::from_millis(100) && pause_after(1_000) <= MAX_PAUSE);
    }
}
