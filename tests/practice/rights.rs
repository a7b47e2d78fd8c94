//! The rights to write. Three kinds of users are enough to practise with: an administrator, an account with a
//! delegation (`svc-photo`), and everybody else, who may change some of their own data.

use super::schema::{ATTRIBUTES, Attribute};
use super::store::Entry;

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
