//! The rights to write. Three kinds of users are enough to practise with: an administrator, an account with a
//! delegation (`svc-photo`), and everybody else, who may change some of their own data.

use super::schema::{ATTRIBUTES, Attribute};
use super::store::Entry;

/// The SID S-1-1-0, which is in everybody's token.
pub(super) const EVERYONE: [u8; 12] = [1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];

/// Returns the access list of every entry: everybody may read everything (MS-DTYP 2.4.6).
pub(super) fn access_list() -> Vec<u8> {
    // The descriptor is self-relative: its access list begins at byte 20, and it has no owner, group and audit list.
    let header = [1, 0, 0x04, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0];
    // The list has one entry of 20 bytes, which allows RIGHT_DS_READ_PROPERTY.
    let list = [4, 0, 28, 0, 1, 0, 0, 0];
    let entry = [0, 0, 20, 0, 0x10, 0, 0, 0];
    [&header[..], &list, &entry, &EVERYONE].concat()
}

/// Returns whether the account `who` may write this attribute of `entry`.
pub(super) fn may_write(who: &Entry, entry: &Entry, attribute: &Attribute) -> bool {
    let delegated = || {
        // Because of AdminSDHolder, accounts with adminCount=1 inherit no delegation (MS-ADTS 3.1.1.6.1.2).
        is_photo_service(who) && attribute.name == "thumbnailPhoto" && entry.number("adminCount") != 1
    };
    is_administrator(who) || delegated() || (who.id == entry.id && attribute.personal)
}

/// Returns the values of `allowedAttributesEffective`: the attributes of `entry` that `who` may write (MS-ADTS
/// 3.1.1.4.5.7).
pub(super) fn writable<'a>(who: &'a Entry, entry: &'a Entry) -> impl Iterator<Item = &'static str> {
    let allowed = ATTRIBUTES.iter().filter(|attribute| !attribute.system_only);
    allowed
        .filter(|attribute| fits_class(entry, attribute) && may_write(who, entry, attribute))
        .map(|attribute| attribute.name)
}

/// Returns whether an entry of this class can have the attribute: people, computers and contacts can have a photo,
/// organizational units cannot.
pub(super) fn fits_class(entry: &Entry, attribute: &Attribute) -> bool {
    !attribute.personal || entry.is_a("organizationalPerson")
}

pub(super) fn is_administrator(who: &Entry) -> bool {
    who.text("sAMAccountName") == "Administrator"
}

fn is_photo_service(who: &Entry) -> bool {
    who.text("sAMAccountName") == "svc-photo"
}
