//! Changing an entry's values: a request's changes are all made, or none is (RFC 4511, section 4.6).

use ldap3_proto::proto::{LdapModify, LdapModifyType, LdapResultCode};

use super::refusal::Refusal;
use super::rights;
use super::schema::{self, Attribute};
use super::store::{Directory, Entry, Id};

/// Carries out a modify request that the account `who` has made.
pub(super) fn modify(
    directory: &mut Directory,
    who: &Entry,
    target: Id,
    changes: Vec<LdapModify>,
) -> Result<(), Refusal> {
    let mut entry = directory.get(target).cloned().ok_or_else(|| Refusal::no_such_object(""))?;
    for LdapModify { operation, modification } in changes {
        let name = modification.atype.as_str();
        if is_password(name) {
            set_password(who, &mut entry, &modification.vals)?;
            continue;
        }
        let attribute = schema::attribute(name).ok_or_else(Refusal::unknown_attribute)?;
        if !rights::may_write(who, &entry, attribute) {
            return Err(Refusal::no_rights());
        }
        check_changeable(&entry, attribute)?;
        check_values(attribute, &modification.vals)?;
        change(&mut entry, attribute, &operation, modification.vals)?;
        if attribute.name == "sAMAccountName" {
            check_account_name(directory, &entry)?;
        }
    }
    directory.put(entry);
    Ok(())
}

/// Checks what the schema demands of each value, for add and modify requests.
pub(super) fn check_values(attribute: &Attribute, values: &[Vec<u8>]) -> Result<(), Refusal> {
    for value in values {
        let well_formed = !value.is_empty() && attribute.syntax.key(value).is_some();
        if !well_formed {
            return Err(refuse(LdapResultCode::InvalidAttributeSyntax, attribute));
        }
        if attribute.range_upper.is_some_and(|upper| attribute.syntax.length(value) > upper) {
            return Err(refuse(LdapResultCode::ConstraintViolation, attribute));
        }
    }
    Ok(())
}

/// Checks that the sAMAccountName is unique in the domain and has no forbidden characters (MS-SAMR 3.1.1.8.4).
pub(super) fn check_account_name(directory: &Directory, entry: &Entry) -> Result<(), Refusal> {
    let name = entry.text("sAMAccountName");
    if name.contains(|letter: char| r#""/\[]:;|=,+*?<>"#.contains(letter)) {
        let code = LdapResultCode::ConstraintViolation;
        return Err(Refusal::attribute(code, "sAMAccountName"));
    }
    match directory.find_by("sAMAccountName", name.as_bytes()) {
        Some(other) if other.id != entry.id => Err(Refusal::exists()),
        _ => Ok(()),
    }
}

pub(super) fn is_password(attribute: &str) -> bool {
    attribute.eq_ignore_ascii_case("unicodePwd")
}

/// Returns the password in `unicodePwd`, which is in quotes and encoded as UTF-16LE (MS-ADTS 3.1.1.3.1.5).
pub(super) fn password(values: &[Vec<u8>]) -> Option<String> {
    let (units, []) = values.last()?.as_chunks::<2>() else { return None };
    let units: Vec<u16> = units.iter().map(|unit| u16::from_le_bytes(*unit)).collect();
    let quoted = String::from_utf16(&units).ok()?;
    Some(quoted.strip_prefix('"')?.strip_suffix('"')?.to_owned())
}

fn change(
    entry: &mut Entry,
    attribute: &'static Attribute,
    operation: &LdapModifyType,
    given: Vec<Vec<u8>>,
) -> Result<(), Refusal> {
    let key = |value: &Vec<u8>| attribute.syntax.key(value);
    let mut values = entry.values.remove(attribute.name).unwrap_or_default();
    match operation {
        LdapModifyType::Add => {
            let taken = attribute.single_valued && !values.is_empty();
            if taken || given.iter().any(|value| entry_has(&values, &key(value), key)) {
                return Err(refuse(LdapResultCode::AttributeOrValueExists, attribute));
            }
            values.extend(given);
        }
        LdapModifyType::Delete => {
            if values.is_empty() || !given.iter().all(|value| entry_has(&values, &key(value), key)) {
                return Err(refuse(LdapResultCode::NoSuchAttribute, attribute));
            }
            let leaving: Vec<_> = given.iter().map(key).collect();
            values.retain(|value| !leaving.is_empty() && !leaving.contains(&key(value)));
        }
        LdapModifyType::Replace => values = given,
        LdapModifyType::Increment => {
            let message = "the practice directory does not increment";
            return Err(Refusal::new(LdapResultCode::UnwillingToPerform, message));
        }
    }
    if attribute.single_valued && values.len() > 1 {
        return Err(refuse(LdapResultCode::ConstraintViolation, attribute));
    }
    if !values.is_empty() {
        entry.values.insert(attribute.name, values);
    }
    Ok(())
}

fn entry_has(values: &[Vec<u8>], wanted: &Option<Vec<u8>>, key: impl Fn(&Vec<u8>) -> Option<Vec<u8>>) -> bool {
    values.iter().any(|value| key(value) == *wanted)
}

fn check_changeable(entry: &Entry, attribute: &Attribute) -> Result<(), Refusal> {
    if attribute.system_only {
        return Err(refuse(LdapResultCode::ConstraintViolation, attribute));
    }
    if matches!(attribute.name, "cn" | "ou" | "dc") {
        let message = "00002016: UpdErr: DSID-031A1213, problem 6004 (CANT_ON_RDN), data 0";
        return Err(Refusal::new(LdapResultCode::NotALlowedOnRDN, message));
    }
    if !rights::fits_class(entry, attribute) {
        let message = "0000207D: UpdErr: DSID-0315166D, problem 6002 (OBJ_CLASS_VIOLATION), data 0";
        return Err(Refusal::new(LdapResultCode::ObjectClassViolation, message));
    }
    Ok(())
}

fn set_password(who: &Entry, entry: &mut Entry, values: &[Vec<u8>]) -> Result<(), Refusal> {
    if !rights::is_administrator(who) {
        return Err(Refusal::no_rights());
    }
    let given = password(values);
    let message = "0000001F: SvcErr: DSID-031A1262, problem 5003 (WILL_NOT_PERFORM), data 0";
    let refusal = || Refusal::new(LdapResultCode::UnwillingToPerform, message);
    entry.password = Some(given.ok_or_else(refusal)?);
    Ok(())
}

fn refuse(code: LdapResultCode, attribute: &Attribute) -> Refusal {
    Refusal::attribute(code, attribute.name)
}
