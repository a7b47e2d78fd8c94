//! Does a JPEG file end where its picture does? (ITU-T T.81, annex B)

const START_OF_IMAGE: u8 = 0xD8;
const END_OF_IMAGE: u8 = 0xD9;

/// Whether the end marker stands behind the last scan. Segments are stepped over by their length, since an embedded
/// preview has an end marker of its own.
pub(super) fn is_complete(file: &[u8]) -> bool {
    let mut at = 0;
    loop {
        // To the next marker: behind a segment it stands at once, behind a scan's data it must be looked for.
        let Some(offset) = file.get(at..).and_then(|rest| rest.windows(2).position(|pair| is_marker(pair[0], pair[1])))
        else {
            return false;
        };
        at += offset + 2;
        match file[at - 1] {
            END_OF_IMAGE => return true,
            START_OF_IMAGE => {}
            _ => {
                let Some(length) = file.get(at..at + 2) else { return false };
                at += usize::from(u16::from_be_bytes([length[0], length[1]]));
            }
        }
    }
}

/// `FF 00` is a stuffed byte of a scan's data, `FF D0` to `FF D7` restart it, `FF FF` fills, `FF 01` stands alone.
fn is_marker(first: u8, second: u8) -> bool {
    first == 0xFF && !matches!(second, 0x00 | 0x01 | 0xD0..=0xD7 | 0xFF)
}

#[cfg(test)]
mod tests {
    use super::{END_OF_IMAGE, is_complete};

    const START_OF_SCAN: u8 = 0xDA;

    #[test]
    fn only_the_end_marker_behind_the_scan_counts() {
        let head = [0xFF, 0xD8, 0xFF, 0xE1, 0, 6, 0xFF, 0xD8, 0xFF, END_OF_IMAGE, 0xFF, START_OF_SCAN, 0, 4, 1, 2];
        let scan = [0x12, 0xFF, 0x00, 0xFF, 0xD0, 0x34];
        let end = [0xFF, END_OF_IMAGE];
        let whole = [&head[..], &scan, &end].concat();
        assert!(is_complete(&whole));
        for cut in 1..whole.len() {
            assert!(!is_complete(&whole[..cut]), "{cut}");
        }
        assert!(is_complete(&[&whole[..], b"something behind it"].concat()));
    }
}
