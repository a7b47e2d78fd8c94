//! The weights of the net. `weights/README.md` says where they come from, and `weights/convert.py` in which order they
//! are.

/// Little-endian numbers of 32 bits.
const YUNET: &[u8] = include_bytes!("weights/yunet.f32");

/// Reads the weights one layer after another.
pub(super) struct Weights {
    rest: std::slice::Iter<'static, [u8; 4]>,
}

impl Weights {
    pub(super) fn all() -> Self {
        Self { rest: YUNET.as_chunks::<4>().0.iter() }
    }

    /// Returns the next `N` weights. There are as many as the net has; a test counts them.
    pub(super) fn next<const N: usize>(&mut self) -> [f32; N] {
        std::array::from_fn(|_| self.rest.next().map_or(0.0, |bytes| f32::from_le_bytes(*bytes)))
    }

    #[cfg(test)]
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }
}
