//! Decoding with two readers at the same time, of which the second reads ahead.
//!
//! Entropy-coded data is a chain: where a code begins is known only once the code before it was read. So a processor
//! waits most of the time, and could do nearly twice as much if there was other work to do meanwhile. The other work is
//! a second bit reader, which begins in the middle of the data, where it cannot know whether a block begins. What it
//! reads first has no meaning. But after a few blocks it is synchronized, as Huffman codes synchronize by themselves: it
//! reads the blocks that are really there. (S. T. Klein and Y. Wiseman, "Parallel Huffman Decoding with Applications to
//! JPEG Files", 2003.)
//!
//! The result never depends on whether the second reader synchronizes. It notes where it begins each MCU. When the first
//! reader arrives at one of these places at the beginning of an MCU, everything that the second has read from there on
//! is what the first would read, and is taken over. If that never happens, the first reader reads everything. This
//! module reports no errors: at anything unexpected it stops, and the decoder that looks for markers goes on from there
//! and reports the error.
//!
//! Where a picture is so small that whole blocks are decoded, there is no second reader: the two of them would be slower.

use std::ops::Range;

use super::bits::Bits;
use super::block::{Block, Channel, each_block};
use super::chunk::{Chunk, ChunkReader};
use super::huffman::Corrupt;
use super::scan::McuPosition;

/// The number of bytes below which a second reader costs more than it saves.
const MIN_BYTES: usize = 1024;

/// Decodes MCUs of a scan with two readers.
pub(super) struct Ahead {
    chunk: Chunk,
    /// What the reader ahead has found: where each MCU begins, and the blocks of all MCUs but the last.
    starts: Vec<usize>,
    blocks: Vec<Block>,
}

/// What was achieved with one chunk of the data.
struct Reached {
    /// Where the next MCU begins in the chunk.
    place: usize,
    /// Whether to go on with the next chunk.
    goes_on: bool,
}

impl Ahead {
    pub(super) fn new() -> Self {
        Self { chunk: Chunk::new(), starts: Vec::new(), blocks: Vec::new() }
    }

    /// Decodes as many of the MCUs between two restart markers as it can, and returns those that are left. `bits` must be
    /// at the beginning of the data, and is then at the first MCU that is left.
    pub(super) fn decode(
        &mut self,
        channels: &mut [Channel<'_>],
        bits: &mut Bits<'_>,
        mut mcus: Range<usize>,
        across: usize,
    ) -> Range<usize> {
        #[cfg(test)]
        if tests::IS_OFF.get() {
            return mcus;
        }
        let data = bits.data();
        let mut start = 0;
        loop {
            self.chunk.load(data, start / 8);
            if self.chunk.bits() < MIN_BYTES * 8 || mcus.is_empty() {
                break;
            }
            let reached = self.decode_chunk(channels, start % 8, &mut mcus, across);
            start = self.chunk.place_in_data(reached.place);
            if !reached.goes_on {
                break;
            }
        }
        *bits = Bits::at(data, start);
        mcus
    }

    /// Decodes MCUs of the chunk from bit `start` on.
    fn decode_chunk(
        &mut self,
        channels: &mut [Channel<'_>],
        start: usize,
        mcus: &mut Range<usize>,
        across: usize,
    ) -> Reached {
        // The reader ahead has a little more to read, so that it is not at its end before the first reader arrives.
        let middle = self.chunk.bits() / 16 * 7;
        let mut first = ChunkReader::at(&self.chunk, start);
        let is_small = channels.iter().all(Channel::is_small);
        let mut second = is_small.then(|| ChunkReader::at(&self.chunk, middle));
        self.starts.clear();
        self.blocks.clear();
        let mut at = McuPosition::new(mcus.start, across);
        let mut passed = 0;
        let met = loop {
            let place = first.place();
            passed += self.starts[passed..].iter().take_while(|start| **start < place).count();
            if self.starts.get(passed) == Some(&place) {
                break passed;
            }
            if mcus.start == mcus.end {
                return Reached { place, goes_on: false };
            }
            let before = predictions(channels);
            let decoded = match &mut second {
                Some(reader) if reader.place() <= self.chunk.bits() => {
                    self.starts.push(reader.place());
                    self.both(channels, &mut first, reader, at)
                }
                _ => {
                    second = None;
                    self.one(channels, &mut first, at).map(|()| true)
                }
            };
            match decoded {
                Ok(is_ahead) if first.place() <= self.chunk.bits() => {
                    if !is_ahead {
                        // The reader ahead has read nonsense up to something impossible. It begins anew.
                        self.starts.clear();
                        self.blocks.clear();
                        passed = 0;
                    }
                }
                _ => {
                    restore(channels, before);
                    return Reached { place, goes_on: decoded.is_ok() && place > start };
                }
            }
            at = at.behind();
            mcus.start += 1;
        };
        self.take_over(channels, met, mcus, at)
    }

    /// Decodes an MCU with each of two readers. Returns whether the second found one.
    fn both(
        &mut self,
        channels: &mut [Channel<'_>],
        first: &mut ChunkReader,
        second: &mut ChunkReader,
        at: McuPosition,
    ) -> Result<bool, Corrupt> {
        let mut is_ahead = true;
        let (mut readers, chunk, blocks) = ([*first, *second], &self.chunk, &mut self.blocks);
        each_block(channels, at, |channel, column, row| {
            let block = match channel.blocks(chunk, readers) {
                Ok((after, [block, ahead])) => {
                    readers = after;
                    blocks.push(ahead);
                    block
                }
                Err(_) => {
                    let ([after], [block]) = channel.blocks(chunk, [readers[0]])?;
                    readers = [after, ChunkReader::at(chunk, readers[1].place() + 1)];
                    is_ahead = false;
                    block
                }
            };
            channel.put(&block, column, row)
        })?;
        [*first, *second] = readers;
        Ok(is_ahead)
    }

    /// Decodes an MCU.
    fn one(&self, channels: &mut [Channel<'_>], reader: &mut ChunkReader, at: McuPosition) -> Result<(), Corrupt> {
        each_block(channels, at, |channel, column, row| {
            if !channel.is_small() {
                return channel.whole_block(&self.chunk, reader, column, row);
            }
            let ([after], [block]) = channel.blocks(&self.chunk, [*reader])?;
            *reader = after;
            channel.put(&block, column, row)
        })
    }

    /// Takes over what the reader ahead has found from its MCU number `met` on, which lies at `at`.
    fn take_over(
        &self,
        channels: &mut [Channel<'_>],
        met: usize,
        mcus: &mut Range<usize>,
        mut at: McuPosition,
    ) -> Reached {
        let in_mcu: usize = channels.iter().map(|channel| (channel.h * channel.v) as usize).sum();
        let starts = &self.starts[met..];
        let found = self.blocks.chunks_exact(in_mcu).skip(met).take(starts.len() - 1).take(mcus.len());
        let mut taken = 0;
        for mcu in found {
            let before = predictions(channels);
            let mut blocks = mcu.iter();
            let put = each_block(channels, at, |channel, column, row| match blocks.next() {
                Some(block) => channel.put(block, column, row),
                None => Ok(()),
            });
            if put.is_err() {
                restore(channels, before);
                return Reached { place: starts[taken], goes_on: false };
            }
            at = at.behind();
            mcus.start += 1;
            taken += 1;
        }
        #[cfg(test)]
        tests::TAKEN.set(tests::TAKEN.get() + taken);
        Reached { place: starts[taken], goes_on: true }
    }
}

/// Returns the predictions of all channels, of which there are at most four (T.81, B.2.3).
fn predictions(channels: &[Channel<'_>]) -> [i32; 4] {
    std::array::from_fn(|index| channels.get(index).map_or(0, |channel| channel.prediction))
}

fn restore(channels: &mut [Channel<'_>], predictions: [i32; 4]) {
    for (channel, prediction) in channels.iter_mut().zip(predictions) {
        channel.prediction = prediction;
    }
}

#[cfg(test)]
mod tests;
