//! The Huffman codes that make one picture smallest (T.81, annex K.2).

/// The most bits that a code may have in a JPEG.
const MAX_BITS: usize = 16;
/// An upper bound for the length of a code before codes are shortened. A code of n bits needs at least as many symbols as
/// the n-th Fibonacci number, and these are counted in 32 bits, so that no code has 64.
const MAX_LONG_BITS: usize = 64;
/// A symbol that no picture has. It gets the code of ones only, which T.81 forbids.
const RESERVED: usize = 256;

/// The codes for the symbols of a picture.
pub(super) struct Codes {
    /// The number of codes of 1 to 16 bits.
    pub(super) counts: [u8; MAX_BITS],
    /// The symbols in the order of their codes.
    pub(super) symbols: Vec<u8>,
    /// The code of each symbol and the number of its bits, which is 0 for symbols that do not occur.
    pub(super) codes: [(u16, u8); 256],
}

impl Codes {
    /// Returns the codes for symbols, given how often each occurs. At least one does.
    pub(super) fn new(frequencies: &[u32]) -> Self {
        let bits = bits(frequencies);
        let mut symbols: Vec<u8> = (0..=255).filter(|&symbol| bits[usize::from(symbol)] > 0).collect();
        symbols.sort_by_key(|&symbol| bits[usize::from(symbol)]);
        let counts = counts(&bits);
        let mut codes = [(0, 0); 256];
        let (mut code, mut places) = (0, symbols.iter());
        for (bits, &count) in (1..).zip(&counts) {
            for &symbol in places.by_ref().take(usize::from(count)) {
                codes[usize::from(symbol)] = (code, bits);
                code += 1;
            }
            code <<= 1;
        }
        Self { counts, symbols, codes }
    }
}

/// Returns how many bits the code of each symbol has, before codes are shortened to 16 bits (T.81, figure K.1).
fn bits(frequencies: &[u32]) -> [usize; RESERVED + 1] {
    let occurring = frequencies.iter().copied().enumerate().filter(|&(_, frequency)| frequency > 0);
    let mut left: Vec<(usize, u32)> = occurring.chain([(RESERVED, 1)]).collect();
    let (mut bits, mut next) = ([0; RESERVED + 1], [None; RESERVED + 1]);
    while let Some((rare, rarer)) = rarest(&left) {
        left[rare].1 += left[rarer].1;
        let (mut first, (mut second, _)) = (left[rare].0, left.remove(rarer));
        // Each symbol that was joined with one of the two gets one bit more, and then all of them are one group.
        bits[first] += 1;
        while let Some(after) = next[first] {
            first = after;
            bits[first] += 1;
        }
        next[first] = Some(second);
        bits[second] += 1;
        while let Some(after) = next[second] {
            second = after;
            bits[second] += 1;
        }
    }
    bits
}

/// Returns the places of the two least frequent, the least frequent first. Of equally frequent ones, the last counts.
fn rarest(left: &[(usize, u32)]) -> Option<(usize, usize)> {
    let (mut first, mut second) = ((usize::MAX, u32::MAX), (usize::MAX, u32::MAX));
    for (place, &(_, frequency)) in left.iter().enumerate().rev() {
        if frequency < first.1 {
            (first, second) = ((place, frequency), first);
        } else if frequency < second.1 {
            second = (place, frequency);
        }
    }
    (second.0 != usize::MAX).then_some((first.0, second.0))
}

/// Returns the number of codes of each length, none of which is longer than 16 bits (T.81, figure K.3), without the code of
/// the reserved symbol.
fn counts(bits: &[usize; RESERVED + 1]) -> [u8; MAX_BITS] {
    let mut counts = [0u16; MAX_LONG_BITS];
    for &bits in bits.iter().filter(|&&bits| bits > 0) {
        counts[bits] += 1;
    }
    for long in (MAX_BITS + 1..MAX_LONG_BITS).rev() {
        while counts[long] > 0 {
            // Two codes of this length have the same beginning, which becomes the code of one of them. The other one
            // takes the place of a shorter code, together with the symbol that had it.
            let Some(short) = (1..long - 1).rev().find(|&short| counts[short] > 0) else { break };
            counts[long] -= 2;
            counts[long - 1] += 1;
            counts[short + 1] += 2;
            counts[short] -= 1;
        }
    }
    if let Some(longest) = counts.iter_mut().rev().find(|count| **count > 0) {
        *longest -= 1;
    }
    std::array::from_fn(|at| counts[at + 1] as u8)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Codes;

    proptest! {
        #[test]
        fn no_code_begins_another_and_none_is_too_long(frequencies in prop::collection::vec(0..u32::MAX / 512, 256), first in 1..9u32) {
            let frequencies: Vec<u32> = frequencies.iter().enumerate().map(|(at, &count)| count >> (at % 32)).collect();
            let frequencies: Vec<u32> = [first].into_iter().chain(frequencies).take(256).collect();
            let codes = Codes::new(&frequencies);
            let mut taken = 0u32;
            for (&(code, bits), &frequency) in codes.codes.iter().zip(&frequencies) {
                prop_assert_eq!(bits > 0, frequency > 0);
                prop_assert!(bits <= 16);
                if bits > 0 {
                    prop_assert!(u32::from(code) < (1 << bits) - 1, "a code of ones only");
                    taken += 1 << (16 - bits);
                }
            }
            prop_assert!(taken < 1 << 16);
        }
    }
}
