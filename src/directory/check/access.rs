//! Evaluating access lists: may somebody read an attribute?
//!
//! LDAP cannot answer this question. To a user who may not read an attribute, it looks absent, in filters too (MS-ADTS
//! 3.1.1.4.3). But access lists can be read by default, and a server tells the SIDs of the bound user. From these two,
//! this module computes the answer as the server would.

/// RIGHT_DS_READ_PROPERTY, and the generic rights that include it (MS-ADTS 5.1.3.2).
const READ_PROPERTY: u32 = 0x10 | GENERIC_ALL | GENERIC_READ;
const GENERIC_ALL: u32 = 0x1000_0000;
const GENERIC_READ: u32 = 0x8000_0000;
/// INHERIT_ONLY_ACE: the entry is for objects below, not for the object itself.
const INHERIT_ONLY: u8 = 0x08;
/// SE_DACL_PRESENT, a bit of a security descriptor's control field.
const LIST_PRESENT: u16 = 0x04;

/// Returns whether somebody with the SIDs in `token` may read an attribute. Access lists may name the attribute by any
/// of `kinds`: its own GUID, that of its property set, or that of its class. `None` if the list is malformed, or has a
/// condition that only the server can evaluate.
pub(super) fn may_read(descriptor: &[u8], token: &[Vec<u8>], kinds: &[[u8; 16]]) -> Option<bool> {
    let control = u16::from_le_bytes(bytes(descriptor, 2)?);
    let at = usize::try_from(u32::from_le_bytes(bytes(descriptor, 16)?)).ok()?;
    // Without a list, everybody may do everything (MS-DTYP 2.4.6).
    if control & LIST_PRESENT == 0 || at == 0 {
        return Some(true);
    }
    let list = descriptor.get(at..)?;
    let count = u16::from_le_bytes(bytes(list, 4)?);
    let mut rest = list.get(8..)?;
    for _ in 0..count {
        let size = usize::from(u16::from_le_bytes(bytes(rest, 2)?));
        let (entry, after) = rest.split_at_checked(size.max(4))?;
        rest = after;
        // The first entry that applies decides (MS-ADTS 5.1.3.3.3).
        match judge(entry, token, kinds)? {
            Verdict::Silent => {}
            Verdict::Allowed => return Some(true),
            Verdict::Denied => return Some(false),
            Verdict::Conditional => return None,
        }
    }
    Some(false)
}

#[derive(Clone, Copy, PartialEq)]
/// What one entry of an access list says.
enum Verdict {
    Allowed,
    Denied,
    Conditional,
    /// The entry applies to somebody or something else.
    Silent,
}

/// Evaluates one entry (MS-DTYP 2.4.4). Its parts are a type, flags, a size, a mask of rights, for object entries up to
/// two GUIDs, and a SID.
fn judge(entry: &[u8], token: &[Vec<u8>], kinds: &[[u8; 16]]) -> Option<Verdict> {
    let [kind, flags] = bytes(entry, 0)?;
    let (verdict, is_about_objects) = match kind {
        0x00 => (Verdict::Allowed, false),
        0x01 => (Verdict::Denied, false),
        0x05 => (Verdict::Allowed, true),
        0x06 => (Verdict::Denied, true),
        0x09 | 0x0a => (Verdict::Conditional, false),
        0x0b | 0x0c => (Verdict::Conditional, true),
        _ => return Some(Verdict::Silent),
    };
    let mask = u32::from_le_bytes(bytes(entry, 4)?);
    if flags & INHERIT_ONLY != 0 || mask & READ_PROPERTY == 0 {
        return Some(Verdict::Silent);
    }
    let mut sid_at = 8;
    if is_about_objects {
        let present = u32::from_le_bytes(bytes(entry, 8)?);
        if present & 1 != 0 && !kinds.contains(&bytes(entry, 12)?) {
            return Some(Verdict::Silent);
        }
        // The second GUID says which class inherits the entry. That was decided when the entry was inherited.
        sid_at = 12 + 16 * usize::from(present & 1 != 0) + 16 * usize::from(present & 2 != 0);
    }
    let sub_authorities = usize::from(*entry.get(sid_at + 1)?);
    let sid = entry.get(sid_at..sid_at + 8 + 4 * sub_authorities)?;
    Some(if token.iter().any(|own| own == sid) { verdict } else { Verdict::Silent })
}

fn bytes<const N: usize>(from: &[u8], at: usize) -> Option<[u8; N]> {
    from.get(at..)?.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::may_read;

    const PHOTO: [u8; 16] = [1; 16];
    const OTHER: [u8; 16] = [2; 16];
    const EVERYONE: [u8; 12] = [1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
    const SYSTEM: [u8; 12] = [1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0];

    fn entry(kind: u8, flags: u8, mask: u32, about: Option<[u8; 16]>, sid: [u8; 12]) -> Vec<u8> {
        let mut body = mask.to_le_bytes().to_vec();
        if let Some(about) = about {
            body.extend(1_u32.to_le_bytes());
            body.extend(about);
        }
        body.extend(sid);
        let size = u8::try_from(body.len() + 4).expect("small");
        [vec![kind, flags, size, 0], body].concat()
    }

    fn descriptor(entries: &[Vec<u8>]) -> Vec<u8> {
        let count = u8::try_from(entries.len()).expect("few");
        let mut all = vec![1, 0, 4, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0];
        all.extend([4, 0, 0, 0, count, 0, 0, 0]);
        all.extend(entries.concat());
        all
    }

    #[test]
    fn the_first_entry_about_it_decides() {
        let may = |entries: &[Vec<u8>]| may_read(&descriptor(entries), &[EVERYONE.to_vec()], &[PHOTO]);
        let allowed = entry(0, 0, 0x10, None, EVERYONE);
        let denied = entry(6, 0, 0x10, Some(PHOTO), EVERYONE);
        assert_eq!(may(&[]), Some(false));
        assert_eq!(may(&[denied.clone(), allowed.clone()]), Some(false));
        assert_eq!(may(&[allowed.clone(), denied]), Some(true));
        assert_eq!(may(&[entry(5, 0, 0x30, Some(PHOTO), EVERYONE)]), Some(true));
        for silent in [
            entry(1, 0, 0x20, None, EVERYONE),
            entry(1, 8, 0x10, None, EVERYONE),
            entry(1, 0, 0x10, None, SYSTEM),
            entry(6, 0, 0x10, Some(OTHER), EVERYONE),
        ] {
            assert_eq!(may(&[silent, allowed.clone()]), Some(true));
        }
        assert_eq!(may(&[entry(9, 0, 0x10, None, EVERYONE), allowed]), None);
    }

    #[test]
    fn no_list_allows_all_and_a_broken_one_tells_nothing() {
        let whole = descriptor(&[entry(0, 0, 0x10, None, EVERYONE)]);
        for length in 0..whole.len() {
            assert_eq!(may_read(&whole[..length], &[EVERYONE.to_vec()], &[PHOTO]), None, "{length}");
        }
        let mut without = whole;
        without[2] = 0;
        assert_eq!(may_read(&without, &[], &[PHOTO]), Some(true));
    }
}
