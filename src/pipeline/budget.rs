//! The memory for files that are read ahead, and the buffers for their content.

use std::ops::Deref;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// The maximum number of bytes of all files together that are read ahead. A larger file is read only when there is no
/// other.
pub(super) const MAX_BYTES: usize = 64 * 1024 * 1024;

/// The number of bytes of free buffers that are kept even if the budget is used up: the next file needs one.
const FREE_BYTES: usize = 16 * 1024 * 1024;

/// A budget of [`MAX_BYTES`]. It is given in the order in which it is asked for, so that small files cannot keep a large one
/// waiting for ever.
#[derive(Debug, Default)]
pub(super) struct Budget {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The number of bytes that are taken.
    taken: usize,
    /// The number of askers so far.
    asked: u64,
    /// The number of askers that have got their bytes.
    served: u64,
    /// Buffers that nobody uses any more, and that fit into the budget besides what is taken. To use them again saves
    /// time, because the system must clear new memory.
    free: Vec<Vec<u8>>,
}

/// A part of the budget, which is given back when this is dropped.
#[derive(Debug)]
pub(super) struct Reserved {
    budget: Arc<Budget>,
    bytes: usize,
}

/// The content of a file. Its buffer is used again when this is dropped.
#[derive(Debug)]
pub(crate) struct Content {
    budget: Arc<Budget>,
    buffer: Vec<u8>,
    /// The number of bytes in the buffer that are the file's.
    bytes: usize,
}

impl Budget {
    /// Waits until so many bytes are left of the budget, and takes them. Returns a buffer, too, which may have any size.
    pub(super) fn take(self: &Arc<Self>, bytes: usize) -> (Reserved, Vec<u8>) {
        let mut state = self.lock();
        let turn = state.asked;
        state.asked += 1;
        while state.served != turn || state.taken > 0 && state.taken.saturating_add(bytes) > MAX_BYTES {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.served += 1;
        state.taken += bytes;
        let buffer = state.buffer(bytes);
        state.tidy();
        drop(state);
        self.changed.notify_all();
        (Reserved { budget: self.clone(), bytes }, buffer)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Returns the smallest free buffer for so many bytes. If none is large enough, the largest is dropped, so that there
    /// are never more buffers than are used at the same time.
    fn buffer(&mut self, bytes: usize) -> Vec<u8> {
        self.free.sort_unstable_by_key(Vec::len);
        let place = self.free.partition_point(|buffer| buffer.len() <= bytes);
        if place < self.free.len() {
            return self.free.remove(place);
        }
        self.free.pop();
        Vec::new()
    }

    /// Drops free buffers for which the budget has no bytes left.
    fn tidy(&mut self) {
        let most = MAX_BYTES.saturating_sub(self.taken).max(FREE_BYTES);
        let mut bytes = self.free.iter().map(Vec::len).sum::<usize>();
        while bytes > most
            && let Some(buffer) = self.free.pop()
        {
            bytes -= buffer.len();
        }
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        self.budget.lock().taken -= self.bytes;
        self.budget.changed.notify_all();
    }
}

impl Content {
    /// Returns the first `bytes` of a buffer as the content of a file.
    pub(super) fn new(budget: Arc<Budget>, buffer: Vec<u8>, bytes: usize) -> Self {
        Self { budget, buffer, bytes }
    }
}

impl Deref for Content {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.buffer[..self.bytes]
    }
}

impl Drop for Content {
    fn drop(&mut self) {
        if !self.buffer.is_empty() {
            let mut state = self.budget.lock();
            state.free.push(std::mem::take(&mut self.buffer));
            state.tidy();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::{Budget, Content, MAX_BYTES};

    const MEGABYTE: usize = 1024 * 1024;

    #[test]
    fn files_share_the_budget_and_a_larger_one_has_it_for_itself() {
        let (budget, taken) = (Arc::new(Budget::default()), AtomicUsize::new(0));
        thread::scope(|scope| {
            for number in 0..60 {
                let (budget, taken) = (&budget, &taken);
                scope.spawn(move || {
                    let bytes = [200, 1, 30, 64, 10, 7][number % 6] * MEGABYTE;
                    let (held, _) = budget.take(bytes);
                    let all = taken.fetch_add(bytes, Ordering::SeqCst) + bytes;
                    assert!(all <= MAX_BYTES || all == bytes, "{all}");
                    thread::yield_now();
                    taken.fetch_sub(bytes, Ordering::SeqCst);
                    drop(held);
                });
            }
        });
        assert_eq!(budget.lock().taken, 0);
    }

    #[test]
    fn who_asks_first_is_served_first() {
        let budget = Arc::new(Budget::default());
        let (first, _) = budget.take(MEGABYTE);
        thread::scope(|scope| {
            // This one needs the whole budget. What would still fit beside the first waits behind it.
            let large = scope.spawn(|| {
                let (held, _) = budget.take(2 * MAX_BYTES);
                let state = budget.lock();
                assert_eq!((state.taken, state.served), (2 * MAX_BYTES, 2));
                drop(state);
                drop(held);
            });
            while budget.lock().asked < 2 {
                thread::yield_now();
            }
            let small = scope.spawn(|| drop(budget.take(1)));
            while budget.lock().asked < 3 {
                thread::yield_now();
            }
            assert_eq!(budget.lock().served, 1);
            drop(first);
            large.join().expect("is served");
            small.join().expect("is served");
        });
    }

    #[test]
    fn buffers_are_used_again_as_far_as_there_is_room() {
        let budget = Arc::new(Budget::default());
        let content = |bytes: usize| {
            let (held, mut buffer) = budget.take(bytes);
            let is_new = buffer.is_empty();
            buffer.resize(buffer.len().max(bytes + 1), b'x');
            (held, Content::new(budget.clone(), buffer, bytes), is_new)
        };
        let free = || budget.lock().free.iter().map(Vec::len).collect::<Vec<_>>();
        let (one, other) = (content(20), content(10));
        assert!(one.2 && other.2);
        drop((one, other));
        let (held, again, is_new) = content(5);
        assert_eq!((&*again, is_new, free()), (&b"xxxxx"[..], false, vec![21]));
        // One that is too small makes way, so that there are never more buffers than were needed at the same time.
        drop((held, content(30), again));
        assert_eq!(free(), [31, 11]);
        // What is taken leaves less for free buffers.
        let (held, large, _) = content(MAX_BYTES - 15);
        drop((content(10), large));
        assert_eq!(free(), [11]);
        drop(held);
        drop(content(2 * MAX_BYTES));
        assert!(free().iter().sum::<usize>() <= MAX_BYTES);
        assert_eq!(&*content(3).1, b"xxx");
    }
}
