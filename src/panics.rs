//! Catching panics of libraries. Decoders and parsers of data from outside are where bugs are, so their panics become
//! errors like any other, and are not printed.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Once;
use std::task::Poll;

use tokio::task::JoinHandle;

// Whether this thread is inside `caught`, so that the panic hook prints nothing.
thread_local! {
    static IS_QUIET: Cell<bool> = const { Cell::new(false) };
}

/// The error of a call that panicked.
#[derive(Debug)]
pub(crate) struct Panicked;

/// Calls `work` and turns a panic into an error. Whatever `work` was changing must not be used afterwards.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    be_quiet_when_asked();
    let before = IS_QUIET.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    IS_QUIET.set(before);
    result.map_err(|_| Panicked)
}

/// Like [`caught`], for a future; each poll is guarded.
pub(crate) async fn caught_async<F: Future>(future: F) -> Result<F::Output, Panicked> {
    let mut future = Box::pin(future);
    std::future::poll_fn(|context| match caught(|| future.as_mut().poll(context)) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
        Err(panicked) => Poll::Ready(Err(panicked)),
    })
    .await
}

/// Waits for a task. If it panicked, which only a bug of ours can bring about, the panic goes on in the caller: an error
/// that names a photo or a file would blame what is innocent.
pub(crate) async fn joined<T>(task: JoinHandle<T>) -> T {
    task.await.unwrap_or_else(|error| resume_unwind(error.into_panic()))
}

/// Installs, once, a panic hook that prints nothing inside [`caught`].
fn be_quiet_when_asked() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !IS_QUIET.get() {
                usual(panic);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::{caught, caught_async};

    #[tokio::test]
    async fn a_panic_is_an_error() {
        assert_eq!(caught(|| 1).expect("no panic"), 1);
        assert!(caught(|| panic!("not shown")).is_err());
        assert_eq!(caught_async(async { tokio::task::yield_now().await }).await.ok(), Some(()));
        assert!(
            caught_async(async {
                tokio::task::yield_now().await;
                panic!("not shown")
            })
            .await
            .is_err()
        );
    }
}
