//! Adding, deleting and renaming entries, which tests do to get accounts of their own. Only the administrator may.

use ldap3_proto::proto::{LdapAddRequest, LdapModifyDNRequest, LdapResultCode};

use super::modify::{check_account_name, check_values, is_password, password};
use super::refusal::Refusal;
use super::store::{Directory, Entry, Values};
use super::{Practice, dn, rights, schema, value};

const DOMAIN_SID: &str = "S-1-5-21-1-2-3";
const FIRST_RID: u32 = 1100;
const NORMAL_ACCOUNT: i64 = 0x200;
const WORKSTATION_ACCOUNT: i64 = 0x1000;

/// Carries out an add request that the account `who` has made.
pub(super) fn add(directory: &mut Directory, who: &Entry, request: LdapAddRequest) -> Result<(), Refusal> {
    let parent = existing(directory, dn::parent(&request.dn))?;
    demand_administrator(who)?;
    let dn = below(parent, &request.dn);
    let mut secret = None;
    let mut values = Values::new();
    for attribute in request.attributes {
        if is_password(&attribute.atype) {
            secret = password(&attribute.vals);
            continue;
        }
        let known = schema::attribute(&attribute.atype).ok_or_else(Refusal::unknown_attribute)?;
        check_values(known, &attribute.vals)?;
        let kept_by_directory = known.system_only && known.name != "objectClass";
        if kept_by_directory || (known.single_valued && attribute.vals.len() > 1) {
            return Err(Refusal::attribute(LdapResultCode::ConstraintViolation, known.name));
        }
        values.insert(known.name, attribute.vals);
    }
    create(directory, dn, values, secret)
}

/// Creates an entry of one of the known classes, with all values that AD fills in.
pub(super) fn create(
    directory: &mut Directory,
    dn: String,
    mut values: Values,
    secret: Option<String>,
) -> Result<(), Refusal> {
    let key = dn::key(&dn).ok_or_else(Refusal::bad_name)?;
    if directory.find_dn(&dn).is_some() {
        return Err(Refusal::exists());
    }
    let class = set_class(&mut values)?;
    if !key.starts_with(if class == "organizationalUnit" { "ou=" } else { "cn=" }) {
        let message = "00002099: NameErr: DSID-0305109C, problem 2005 (NAMING_VIOLATION), data 0";
        return Err(Refusal::new(LdapResultCode::NamingViolation, message));
    }
    let mut entry = Entry { id: directory.next_id(), dn, key, values, password: secret };
    if matches!(class, "user" | "computer") {
        complete_account(directory, &mut entry, class)?;
    }
    directory.create(&entry.dn, entry.values, entry.password);
    Ok(())
}

pub(super) fn delete(directory: &mut Directory, who: &Entry, name: &str) -> Result<(), Refusal> {
    let entry = existing(directory, name)?;
    demand_administrator(who)?;
    if directory.has_children(entry) {
        let message = "00002015: UpdErr: DSID-031A11F8, problem 6003 (CANT_ON_NON_LEAF), data 0";
        return Err(Refusal::new(LdapResultCode::NotAllowedOnNonLeaf, message));
    }
    let id = entry.id;
    directory.remove(id);
    Ok(())
}

pub(super) fn rename(directory: &mut Directory, who: &Entry, request: &LdapModifyDNRequest) -> Result<(), Refusal> {
    let entry = existing(directory, &request.dn)?;
    let above = request.new_superior.as_deref().unwrap_or(dn::parent(&entry.dn));
    let dn = below(existing(directory, above)?, &request.newrdn);
    demand_administrator(who)?;
    let key = dn::key(&dn).ok_or_else(Refusal::bad_name)?;
    if key != entry.key && directory.find_dn(&dn).is_some() {
        return Err(Refusal::exists());
    }
    if dn::is_below(&key, &entry.key) {
        let message = "a tree cannot be moved into itself";
        return Err(Refusal::new(LdapResultCode::UnwillingToPerform, message));
    }
    let id = entry.id;
    directory.rename(id, &dn);
    Ok(())
}

/// Returns the entry that a request names.
pub(super) fn existing<'a>(directory: &'a Directory, name: &str) -> Result<&'a Entry, Refusal> {
    let parsed = dn::Name::parse(name).ok_or_else(Refusal::bad_name)?;
    directory.find(&parsed).ok_or_else(|| {
        let mut above = dn::parent(name);
        while !above.is_empty() && directory.find_dn(above).is_none() {
            above = dn::parent(above);
        }
        Refusal::no_such_object(above)
    })
}

/// Returns the DN of an entry below `parent`, spelled as `parent` spells itself.
fn below(parent: &Entry, dn: &str) -> String {
    format!("{},{}", dn::first(dn).trim(), parent.dn)
}

/// Replaces the given classes with all superclasses of the most special one.
fn set_class(values: &mut Values) -> Result<&'static str, Refusal> {
    let given = values.remove("objectClass").unwrap_or_default();
    let chains = given.iter().filter_map(|name| schema::class(std::str::from_utf8(name).ok()?));
    let Some((chain, category)) = chains.max_by_key(|(chain, _)| chain.len()) else {
        let message = "0000207B: UpdErr: DSID-0305109C, problem 6002 (OBJ_CLASS_VIOLATION), data 0";
        return Err(Refusal::new(LdapResultCode::ObjectClassViolation, message));
    };
    values.insert("objectClass", chain.iter().map(|name| Vec::from(*name)).collect());
    values.insert("objectCategory", vec![Vec::from(category)]);
    Ok(chain.last().copied().unwrap_or("top"))
}

/// Adds the values that an account has and other entries do not.
fn complete_account(directory: &Directory, entry: &mut Entry, class: &str) -> Result<(), Refusal> {
    let rid = FIRST_RID + entry.id;
    let kind = if class == "computer" { WORKSTATION_ACCOUNT } else { NORMAL_ACCOUNT };
    let mut default = |name, value: String| {
        entry.values.entry(name).or_insert_with(|| vec![value.into_bytes()]);
    };
    default("userAccountControl", kind.to_string());
    default("sAMAccountName", format!("$PRACTICE-{rid}"));
    check_account_name(directory, entry)?;
    let workstation = entry.number("userAccountControl") & WORKSTATION_ACCOUNT != 0;
    entry.set("sAMAccountType", if workstation { "805306369" } else { "805306368" });
    if !entry.values.contains_key("objectSid") {
        let sid = value::sid_from_text(&format!("{DOMAIN_SID}-{rid}"));
        entry.set("objectSid", sid.unwrap_or_default());
    }
    entry.password.get_or_insert_with(|| Practice::PASSWORD.to_owned());
    Ok(())
}

fn demand_administrator(who: &Entry) -> Result<(), Refusal> {
    if rights::is_administrator(who) { Ok(()) } else { Err(Refusal::no_rights()) }
}
