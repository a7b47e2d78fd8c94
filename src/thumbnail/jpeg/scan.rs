//! What a scan's header says (T.81, B.2.3), and the order of its blocks.

use super::header::{Frame, Tables};
use super::huffman::Huffman;
use super::plane::Target;
use crate::thumbnail::PhotoError;

/// A scan's header.
pub(super) struct Scan {
    pub(super) parts: Vec<Part>,
    /// The first and the last coefficient, in zigzag order.
    pub(super) first: u32,
    pub(super) last: u32,
    /// The bit position that an earlier scan ended at; 0 for the first.
    pub(super) high: u32,
    /// The bit position that this one ends at.
    pub(super) low: u32,
}

/// A component of a scan.
pub(super) struct Part {
    /// Which of the frame's components.
    pub(super) component: usize,
    pub(super) dc_table: usize,
    pub(super) ac_table: usize,
}

/// How a scan is divided into MCUs, its smallest units.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mcus {
    pub(super) across: u32,
    pub(super) down: u32,
    /// Whether there is one block of one component in each.
    pub(super) single: bool,
}

impl Scan {
    pub(super) fn read(body: &[u8], frame: &Frame) -> Result<Self, PhotoError> {
        let damaged = || PhotoError::damaged("a scan header is not as it should be");
        let (count, rest) = body.split_first().ok_or_else(damaged)?;
        let (parts, rest) = rest.split_at_checked(usize::from(*count) * 2).ok_or_else(damaged)?;
        let [first, last, approximation, ..] = *rest else { return Err(damaged()) };
        let part = |bytes: &[u8]| {
            let component = frame.components.iter().position(|component| component.id == bytes[0])?;
            Some(Part { component, dc_table: usize::from(bytes[1] >> 4), ac_table: usize::from(bytes[1] & 15) })
        };
        let parts: Vec<Part> = parts.chunks_exact(2).map(part).collect::<Option<_>>().ok_or_else(damaged)?;
        let in_order = parts.is_sorted_by(|a, b| a.component < b.component);
        let scan = Self {
            first: u32::from(first),
            last: u32::from(last),
            high: u32::from(approximation >> 4),
            low: u32::from(approximation & 15),
            parts,
        };
        if scan.parts.is_empty() || !in_order || frame.progressive && !scan.is_valid_progression() {
            return Err(damaged());
        }
        Ok(scan)
    }

    /// T.81, G.1.1.1.
    fn is_valid_progression(&self) -> bool {
        let band = match self.first {
            0 => self.last == 0,
            _ => self.first <= self.last && self.last < 64 && self.parts.len() == 1,
        };
        band && self.low <= 13 && (self.high == 0 || self.high == self.low + 1)
    }

    /// T.81, A.2: a scan of one component goes through its blocks row by row, one of several through all components
    /// by turns.
    pub(super) fn mcus(&self, frame: &Frame, targets: &[Target]) -> Mcus {
        match self.parts.as_slice() {
            [part] => {
                let target = &targets[part.component];
                Mcus { across: target.across, down: target.down, single: true }
            }
            _ => Mcus {
                across: frame.width.div_ceil(8 * frame.max_h()),
                down: frame.height.div_ceil(8 * frame.max_v()),
                single: false,
            },
        }
    }

    /// The tables that its components name.
    pub(super) fn dc<'t>(&self, part: &Part, tables: &'t Tables) -> Result<&'t Huffman, PhotoError> {
        table(&tables.dc, part.dc_table)
    }

    pub(super) fn ac<'t>(&self, part: &Part, tables: &'t Tables) -> Result<&'t Huffman, PhotoError> {
        table(&tables.ac, part.ac_table)
    }
}

fn table(tables: &[Option<Huffman>; 4], which: usize) -> Result<&Huffman, PhotoError> {
    let found = tables.get(which).and_then(Option::as_ref);
    found.ok_or_else(|| PhotoError::damaged("a scan names a Huffman table that is not there"))
}
