//! The header of a scan (T.81, B.2.3), and the order of its blocks.

use std::sync::Arc;

use super::header::{Frame, Tables};
use super::huffman::Huffman;
use super::plane::Target;
use super::skip::AcTable;
use crate::thumbnail::PhotoError;

/// The header of a scan. Everything except `parts` matters only in a progressive file.
pub(super) struct Scan {
    pub(super) parts: Vec<Part>,
    /// The first and the last coefficient of the band, in zigzag order (Ss and Se in T.81).
    pub(super) first: u32,
    pub(super) last: u32,
    /// The bit that the scan before went down to, or 0 if this is the first scan of the band (Ah in T.81).
    pub(super) high: u32,
    /// The bit that this scan goes down to (Al in T.81).
    pub(super) low: u32,
}

/// A component of a scan.
pub(super) struct Part {
    /// The component's place in the frame.
    pub(super) component: usize,
    pub(super) dc_table: usize,
    pub(super) ac_table: usize,
}

/// The number of MCUs across and down in a scan.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mcus {
    pub(super) across: u32,
    pub(super) down: u32,
    /// Whether each MCU is one block, because the scan has one component.
    pub(super) single: bool,
}

/// Where an MCU lies in a scan.
#[derive(Debug, Clone, Copy)]
pub(super) struct McuPosition {
    pub(super) column: u32,
    pub(super) row: u32,
    /// The number of MCUs across.
    across: u32,
}

impl McuPosition {
    pub(super) fn new(mcu: usize, across: usize) -> Self {
        Self { column: (mcu % across) as u32, row: (mcu / across) as u32, across: across as u32 }
    }

    /// Returns where the next MCU lies.
    #[inline(always)]
    pub(super) fn behind(self) -> Self {
        match self.column + 1 {
            column if column < self.across => Self { column, ..self },
            _ => Self { column: 0, row: self.row + 1, ..self },
        }
    }
}

impl Scan {
    /// Reads the body of a scan header.
    ///
    /// # Errors
    /// When the header is incomplete, names components that the frame does not have or in another order than the
    /// frame's (T.81, B.2.3), or is not allowed in a progressive file.
    pub(super) fn read(body: &[u8], frame: &Frame) -> Result<Self, PhotoError> {
        let damaged = || PhotoError::damaged("the header of a scan is invalid");
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

    /// Returns whether T.81, G.1.1.1 allows this scan in a progressive file: DC is never in a scan with AC, a scan of
    /// AC has one component, and a refinement adds one bit.
    fn is_valid_progression(&self) -> bool {
        let band = match self.first {
            0 => self.last == 0,
            _ => self.first <= self.last && self.last < 64 && self.parts.len() == 1,
        };
        band && self.low <= 13 && (self.high == 0 || self.high == self.low + 1)
    }

    /// Returns the number of MCUs. A scan of one component goes through its blocks row by row, and each of them is an
    /// MCU. A scan of several components is interleaved: each MCU has blocks of all of them (T.81, A.2).
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

    /// Returns the table that a component of the scan names for its DC coefficients.
    pub(super) fn dc<'t>(&self, part: &Part, tables: &'t Tables) -> Result<&'t Huffman, PhotoError> {
        table(&tables.dc, part.dc_table)
    }

    /// Returns the table that a component of the scan names for its AC coefficients.
    pub(super) fn ac<'t>(&self, part: &Part, tables: &'t Tables) -> Result<&'t AcTable, PhotoError> {
        table(&tables.ac, part.ac_table)
    }
}

fn table<T>(tables: &[Option<Arc<T>>; 4], which: usize) -> Result<&T, PhotoError> {
    let found = tables.get(which).and_then(Option::as_deref);
    found.ok_or_else(|| PhotoError::damaged("a scan refers to a Huffman table that the file does not have"))
}
