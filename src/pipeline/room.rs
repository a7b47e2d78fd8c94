//! Room in memory for files that are read ahead, and the buffers for their content.

use std::ops::Deref;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// The maximum number of bytes of all files together that are read ahead. A larger file has the room for itself.
pub(super) const MAX_BYTES: usize = 64 * 1024 * 1024;

/// The number of bytes of free buffers that are kept even if no room is left: whoever is given room next needs one.
const FREE_BYTES: usize = 16 * 1024 * 1024;

/// Room in memory. It is given in the order in which it is asked for, so that a large file comes to its turn, too.
#[derive(Debug, Default)]
pub(super) struct Room {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The number of bytes that are taken.
    taken: usize,
    /// The number of askers so far.
    asked: u64,
    /// The number of askers that have got their room.
    served: u64,
    /// Buffers that nobody uses any more, and that fit into the room besides what is taken. The system has to clear the
    /// memory of a new one.
    free: Vec<Vec<u8>>,
}

/// A part of the room, which is given back when this is dropped.
#[derive(Debug)]
pub(super) struct Held {
    room: Arc<Room>,
    bytes: usize,
}

/// The content of a file. Its buffer is used again when this is dropped.
#[derive(Debug)]
pub(crate) struct Content {
    room: Arc<Room>,
    buffer: Vec<u8>,
    /// The number of bytes in the buffer that are the file's.
    bytes: usize,
}

impl Room {
    /// Waits until there is room for so many bytes, and takes it. Returns a buffer, too, which may have any size.
    pub(super) fn take(self: &Arc<Self>, bytes: usize) -> (Held, Vec<u8>) {
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
        (Held { room: self.clone(), bytes }, buffer)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Returns the smallest free buffer for so many bytes. If none is large enough, the largest makes way for a new one.
    fn buffer(&mut self, bytes: usize) -> Vec<u8> {
        self.free.sort_unstable_by_key(Vec::len);
        let place = self.free.partition_point(|buffer| buffer.len() <= bytes);
        if place < self.free.len() {
            return self.free.remove(place);
        }
        self.free.pop();
        Vec::new()
    }

    /// Drops free buffers for which there is no room.
    fn tidy(&mut self) {
        let room = MAX_BYTES.saturating_sub(self.taken).max(FREE_BYTES);
        let mut bytes = self.free.iter().map(Vec::len).sum::<usize>();
        while bytes > room
            && let Some(buffer) = self.free.pop()
        {
            bytes -= buffer.len();
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.room.lock().taken -= self.bytes;
        self.room.changed.notify_all();
    }
}

impl Content {
    /// Returns the first `bytes` of a buffer as the content of a file.
    pub(super) fn new(room: Arc<Room>, buffer: Vec<u8>, bytes: usize) -> Self {
        Self { room, buffer, bytes }
    }

    /// Returns the content in a buffer of its own.
    pub(crate) fn into_vec(mut self) -> Vec<u8> {
        let mut content = std::mem::take(&mut self.buffer);
        content.truncate(self.bytes);
        content
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
            let mut state = self.room.lock();
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

    use super::{Content, MAX_BYTES, Room};

    const MEGABYTE: usize = 1024 * 1024;

    #[test]
    fn files_share_the_room_and_a_larger_one_has_it_for_itself() {
        let (room, taken) = (Arc::new(Room::default()), AtomicUsize::new(0));
        thread::scope(|scope| {
            for number in 0..60 {
                let (room, taken) = (&room, &taken);
                scope.spawn(move || {
                    let bytes = [200, 1, 30, 64, 10, 7][number % 6] * MEGABYTE;
                    let (held, _) = room.take(bytes);
                    let all = taken.fetch_add(bytes, Ordering::SeqCst) + bytes;
                    assert!(all <= MAX_BYTES || all == bytes, "{all}");
                    thread::yield_now();
                    taken.fetch_sub(bytes, Ordering::SeqCst);
                    drop(held);
                });
            }
        });
        assert_eq!(room.lock().taken, 0);
    }

    #[test]
    fn who_asks_first_is_served_first() {
        let room = Arc::new(Room::default());
        let (first, _) = room.take(MEGABYTE);
        thread::scope(|scope| {
            // This one needs the whole room. What would still fit beside the first waits behind it.
            let large = scope.spawn(|| {
                let (held, _) = room.take(2 * MAX_BYTES);
                let state = room.lock();
                assert_eq!((state.taken, state.served), (2 * MAX_BYTES, 2));
                drop(state);
                drop(held);
            });
            while room.lock().asked < 2 {
                thread::yield_now();
            }
            let small = scope.spawn(|| drop(room.take(1)));
            while room.lock().asked < 3 {
                thread::yield_now();
            }
            assert_eq!(room.lock().served, 1);
            drop(first);
            large.join().expect("is served");
            small.join().expect("is served");
        });
    }

    #[test]
    fn buffers_are_used_again_as_far_as_there_is_room() {
        let room = Arc::new(Room::default());
        let content = |bytes: usize| {
            let (held, mut buffer) = room.take(bytes);
            let is_new = buffer.is_empty();
            buffer.resize(buffer.len().max(bytes + 1), b'x');
            (held, Content::new(room.clone(), buffer, bytes), is_new)
        };
        let free = || room.lock().free.iter().map(Vec::len).collect::<Vec<_>>();
        let (one, other) = (content(20), content(10));
        assert!(one.2 && other.2);
        drop((one, other));
        let (held, again, is_new) = content(5);
        assert_eq!((&*again, is_new, free()), (&b"xxxxx"[..], false, vec![21]));
        // One that is too small makes way, so that there are never more buffers than were needed at the same time.
        drop((held, content(30), again));
        assert_eq!(free(), [31, 11]);
        // What is taken leaves less room for free buffers.
        let (held, large, _) = content(MAX_BYTES - 15);
        drop((content(10), large));
        assert_eq!(free(), [11]);
        drop(held);
        drop(content(2 * MAX_BYTES));
        assert!(free().iter().sum::<usize>() <= MAX_BYTES);
        assert_eq!(content(3).1.into_vec(), b"xxx");
    }
}
