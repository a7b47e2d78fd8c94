//! Entropy-coded data without its stuffed zeros, so that it can be read without looking for markers.

use memchr::memchr;

use super::buffer::{Buffer, Reader};

/// The maximum number of bytes of a chunk. Everything that is read and written for a chunk fits the processor's second
/// cache.
const MAX_BYTES: usize = 1 << 16;

/// A piece of the data between two markers.
pub(super) struct Chunk {
    /// The bytes of the chunk, and behind them whatever was there before.
    bytes: Box<[u8; MAX_BYTES + 8]>,
    length: usize,
    /// Offset in the data at which the chunk begins.
    start: usize,
    /// The offsets in `bytes` in front of which a stuffed zero was left out.
    zeros: Vec<usize>,
}

/// A reader of a chunk. It does not notice the end: what it delivers behind it has no meaning, and
/// [`ChunkReader::place`] shows that it went too far.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChunkReader {
    at: usize,
    buffer: Buffer,
}

impl Chunk {
    pub(super) fn new() -> Self {
        Self { bytes: Box::new([0; MAX_BYTES + 8]), length: 0, start: 0, zeros: Vec::new() }
    }

    /// Takes what follows byte `start` of `data`, up to a marker or until the chunk is full.
    pub(super) fn load(&mut self, data: &[u8], start: usize) {
        self.zeros.clear();
        (self.start, self.length) = (start, 0);
        let mut rest = data.get(start..).unwrap_or_default();
        loop {
            let room = &rest[..rest.len().min(MAX_BYTES - self.length)];
            let plain = memchr(0xFF, room).unwrap_or(room.len());
            self.bytes[self.length..][..plain].copy_from_slice(&room[..plain]);
            self.length += plain;
            // A stuffed zero is left out; `bits.rs` says what it is for.
            match rest.get(plain..) {
                Some([0xFF, 0, behind @ ..]) if self.length < MAX_BYTES => {
                    self.bytes[self.length] = 0xFF;
                    self.length += 1;
                    self.zeros.push(self.length);
                    rest = behind;
                }
                _ => return,
            }
        }
    }

    /// Returns the number of bits.
    pub(super) fn bits(&self) -> usize {
        self.length * 8
    }

    /// Returns the bit of the data that is bit `place` of the chunk.
    pub(super) fn place_in_data(&self, place: usize) -> usize {
        let zeros = self.zeros.partition_point(|&zero| zero <= place / 8);
        (self.start + zeros) * 8 + place
    }
}

impl ChunkReader {
    /// Starts to read at bit `place` of a chunk.
    pub(super) fn at(chunk: &Chunk, place: usize) -> Self {
        let mut reader = Self { at: place / 8, buffer: Buffer::default() };
        reader.refill(chunk);
        reader.buffer.consume((place % 8) as u32);
        reader
    }

    /// Returns the bit of the chunk that comes next.
    #[inline(always)]
    pub(super) fn place(&self) -> usize {
        self.at * 8 - self.buffer.count as usize
    }
}

impl Reader for ChunkReader {
    type Data = Chunk;

    #[inline(always)]
    fn refill(&mut self, chunk: &Chunk) {
        // Behind the end it wraps around to the start, so that no access needs a check.
        if let Some(next) = chunk.bytes[self.at % MAX_BYTES..].first_chunk() {
            self.at += self.buffer.fill(u64::from_be_bytes(*next));
        }
    }

    #[inline(always)]
    fn buffer(&mut self) -> &mut Buffer {
        &mut self.buffer
    }
}

#[cfg(test)]
mod tests {
    use super::{Chunk, ChunkReader, MAX_BYTES, Reader};

    #[test]
    fn a_chunk_has_the_bytes_that_were_coded_and_knows_where_they_stand() {
        let data = [1, 0xFF, 0, 2, 0xFF, 0, 0xFF, 0, 3, 0xFF, 0xD0, 4];
        let mut chunk = Chunk::new();
        for start in [0, 1, 3] {
            chunk.load(&data, start);
            let coded: Vec<u8> = [(0, 1), (1, 0xFF), (3, 2), (4, 0xFF), (6, 0xFF), (8, 3)]
                .into_iter()
                .filter(|(at, _)| *at >= start)
                .map(|(_, byte)| byte)
                .collect();
            assert_eq!(&chunk.bytes[..chunk.length], coded, "from {start}");
            for (offset, byte) in coded.iter().enumerate() {
                let place = chunk.place_in_data(offset * 8 + 3);
                assert_eq!((data[place / 8], place % 8), (*byte, 3), "from {start}, byte {offset}");
                let mut reader = ChunkReader::at(&chunk, offset * 8 + 3);
                assert_eq!(reader.place(), offset * 8 + 3);
                assert_eq!(reader.buffer().peek(5), usize::from(byte & 31));
            }
        }
    }

    #[test]
    fn a_full_chunk_ends_and_the_next_begins_behind_it() {
        let data = vec![[0xFF, 0]; MAX_BYTES + 5].concat();
        let mut chunk = Chunk::new();
        chunk.load(&data, 0);
        assert_eq!(chunk.bits(), MAX_BYTES * 8);
        let end = chunk.place_in_data(chunk.bits());
        assert_eq!(end, MAX_BYTES * 2 * 8);
        chunk.load(&data, end / 8);
        assert_eq!(chunk.bits(), 5 * 8);
        chunk.load(&data, data.len() + 1);
        assert_eq!(chunk.bits(), 0);
    }
}
