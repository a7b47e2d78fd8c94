//! How often, and for how long, something is tried again.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

/// The growing pauses between attempts.
#[derive(Debug, Default)]
pub(in crate::directory) struct Pause {
    tries: u32,
}

impl Pause {
    /// Waits before the next attempt, longer each time.
    pub(in crate::directory) async fn wait(&mut self) {
        self.tries += 1;
        sleep(pause_after(self.tries)).await;
    }

    /// Returns how often [`wait`](Self::wait) was called.
    pub(in crate::directory) fn tries(&self) -> u32 {
        self.tries
    }
}

/// Returns the pause after this many attempts: 0.1 s at first, then twice as long each time, up to 5 s. A random part,
/// up to half of the pause, is taken off, so that many clients of one server do not come back at the same moment.
pub(super) fn pause_after(tries: u32) -> Duration {
    const FIRST_PAUSE: Duration = Duration::from_millis(100);
    const MAX_PAUSE: Duration = Duration::from_secs(5);
    let pause = FIRST_PAUSE.saturating_mul(1 << tries.saturating_sub(1).min(16)).min(MAX_PAUSE);
    pause.mul_f64(0.5 + fastrand::f64() / 2.0)
}

/// The time for which a run keeps trying while no operation succeeds.
#[derive(Debug)]
pub(super) struct Patience {
    limit: Duration,
    /// The time of the first failure since the last success; `None` if nothing has failed since.
    troubled: Mutex<Option<Instant>>,
}

impl Patience {
    pub(super) fn new(limit: Duration) -> Self {
        Self { limit, troubled: Mutex::default() }
    }

    pub(super) fn limit(&self) -> Duration {
        self.limit
    }

    /// Records that an operation succeeded.
    pub(super) fn fine(&self) {
        *self.troubled.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Records that an operation failed.
    pub(super) fn trouble(&self) {
        self.troubled.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(Instant::now);
    }

    /// Returns whether no operation has succeeded for too long.
    pub(super) fn is_exhausted(&self) -> bool {
        let troubled = *self.troubled.lock().unwrap_or_else(PoisonError::into_inner);
        troubled.is_some_and(|since| since.elapsed() >= self.limit)
    }

    /// Waits until no operation has succeeded for too long.
    pub(super) async fn exhausted(&self) {
        loop {
            let troubled = *self.troubled.lock().unwrap_or_else(PoisonError::into_inner);
            match troubled.map(|since| since + self.limit) {
                Some(end) if end <= Instant::now() => return,
                Some(end) => sleep_until(end).await,
                None => sleep(self.limit.min(Duration::from_secs(1))).await,
            }
        }
    }
}
