//! How often and how long something is tried again.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

/// Pauses between tries.
#[derive(Debug, Default)]
pub(in crate::directory) struct Pause {
    tries: u32,
}

impl Pause {
    pub(in crate::directory) async fn wait(&mut self) {
        self.tries += 1;
        sleep(pause_after(self.tries)).await;
    }

    /// How often it was waited.
    pub(in crate::directory) fn tries(&self) -> u32 {
        self.tries
    }
}

/// The pause after so many tries: each about twice as long as the one before, and not in step with other clients'.
pub(super) fn pause_after(tries: u32) -> Duration {
    const FIRST: Duration = Duration::from_millis(100);
    const LONGEST: Duration = Duration::from_secs(5);
    let pause = FIRST.saturating_mul(1 << tries.saturating_sub(1).min(16)).min(LONGEST);
    pause.mul_f64(0.5 + fastrand::f64() / 2.0)
}

/// How long a run goes on though nothing goes well.
#[derive(Debug)]
pub(super) struct Patience {
    limit: Duration,
    /// When something failed, if nothing has gone well since.
    troubled: Mutex<Option<Instant>>,
}

impl Patience {
    pub(super) fn new(limit: Duration) -> Self {
        Self { limit, troubled: Mutex::default() }
    }

    pub(super) fn limit(&self) -> Duration {
        self.limit
    }

    pub(super) fn fine(&self) {
        *self.troubled.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(super) fn trouble(&self) {
        self.troubled.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(Instant::now);
    }

    /// Whether nothing has gone well for too long.
    pub(super) fn is_exhausted(&self) -> bool {
        let troubled = *self.troubled.lock().unwrap_or_else(PoisonError::into_inner);
        troubled.is_some_and(|since| since.elapsed() >= self.limit)
    }

    /// Waits until nothing has gone well for too long.
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
