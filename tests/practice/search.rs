//! Searches: scope, paging, the choice of attributes, and references to other naming contexts.

use ldap3_proto::control::LdapControl;
use ldap3_proto::proto::{
    LdapOp, LdapPartialAttribute, LdapResultCode, LdapSearchRequest, LdapSearchResultEntry, LdapSearchResultReference,
    LdapSearchScope,
};

use super::contexts::{DOMAIN_SCOPE, NAMING_CONTEXTS, root_dse};
use super::create::existing;
use super::filter::Filter;
use super::refusal::Refusal;
use super::store::{Directory, Entry, Id};
use super::{dn, rights};

/// The largest page, which is AD's default. A client that does not use paging gets no more entries than this.
const MAX_PAGE_SIZE: usize = 1000;

/// The answer to a search.
pub(super) struct Found {
    /// The entries, followed by the references.
    pub(super) items: Vec<LdapOp>,
    pub(super) outcome: Result<(), Refusal>,
    /// The control with which the client asks for the next page.
    pub(super) page: Option<LdapControl>,
}

impl Found {
    pub(super) fn refused(refusal: Refusal) -> Self {
        Self { items: Vec::new(), outcome: Err(refusal), page: None }
    }
}

/// Searches as the account `who`. Without an account, only the rootDSE can be read.
pub(super) fn search(
    directory: &Directory,
    controller: &str,
    who: Option<&Entry>,
    request: &LdapSearchRequest,
    filter: &Filter,
    controls: &[LdapControl],
) -> Result<Found, Refusal> {
    if request.base.is_empty() && request.scope == LdapSearchScope::Base {
        let item = root_dse_entry(directory, controller, who, request);
        return Ok(Found { items: vec![item], outcome: Ok(()), page: None });
    }
    let who = who.ok_or_else(Refusal::not_bound)?;
    let base = existing(directory, &request.base)?;
    if !filter.is_appropriate() {
        return Err(inappropriate_filter());
    }
    let page = Page::asked_for(controls)?;
    let beyond = contexts_below(&base.key);
    let mut found = matches(directory, base, &request.scope, filter, &page, &beyond);

    let more = found.len() > page.size;
    found.truncate(page.size);
    let next = found.last().filter(|_| more).map(|last| last.id);
    let wanted = usize::try_from(request.sizelimit).ok().filter(|wanted| *wanted > 0);
    let too_many = wanted.is_some_and(|wanted| found.len() > wanted) || (more && !page.is_paged);
    found.truncate(wanted.unwrap_or(page.size));

    let result = |entry: &&Entry| result(&entry.dn, attributes(entry, who, request));
    let mut items: Vec<LdapOp> = found.iter().map(result).collect();
    if !more && request.scope == LdapSearchScope::Subtree && !controls.iter().any(is_domain_scope) {
        items.extend(references(&beyond));
    }
    let size_limit = || Err(Refusal::new(LdapResultCode::SizeLimitExceeded, ""));
    let outcome = if too_many { size_limit() } else { Ok(()) };
    Ok(Found { items, outcome, page: page.is_paged.then(|| Page::cookie(next)) })
}

/// The part of the result that is sent.
struct Page {
    size: usize,
    /// The last entry of the previous page. It is the content of the cookie, which clients must not interpret.
    after: Id,
    is_paged: bool,
}

impl Page {
    fn asked_for(controls: &[LdapControl]) -> Result<Self, Refusal> {
        let paged = controls.iter().find_map(|control| match control {
            LdapControl::SimplePagedResults { size, cookie } => Some((*size, cookie.as_slice())),
            _ => None,
        });
        let Some((size, cookie)) = paged else {
            return Ok(Self { size: MAX_PAGE_SIZE, after: 0, is_paged: false });
        };
        // Size 0 with a cookie ends the search early (RFC 2696, section 3); in the first request it means no limit.
        let size = if size == 0 && cookie.is_empty() { i64::MAX } else { size };
        let size = usize::try_from(size).unwrap_or(MAX_PAGE_SIZE).min(MAX_PAGE_SIZE);
        let after = match cookie {
            [] => 0,
            cookie => cookie.try_into().map(Id::from_be_bytes).map_err(|_| bad_cookie())?,
        };
        Ok(Self { size, after, is_paged: true })
    }

    /// Returns the control that asks for the page after `last`. An empty cookie means that there are no more pages.
    fn cookie(last: Option<Id>) -> LdapControl {
        let cookie = last.map(|last| last.to_be_bytes().to_vec()).unwrap_or_default();
        LdapControl::SimplePagedResults { size: 0, cookie }
    }
}

/// Returns the matching entries of a page and, if there is one, the next entry, which tells that there are more pages.
fn matches<'a>(
    directory: &'a Directory,
    base: &Entry,
    scope: &LdapSearchScope,
    filter: &Filter,
    page: &Page,
    beyond: &[String],
) -> Vec<&'a Entry> {
    let in_scope = |entry: &Entry| match scope {
        LdapSearchScope::Base => entry.id == base.id,
        LdapSearchScope::OneLevel => dn::parent(&entry.key) == base.key,
        LdapSearchScope::Subtree => entry.id == base.id || dn::is_below(&entry.key, &base.key),
        LdapSearchScope::Children => dn::is_below(&entry.key, &base.key),
    };
    let is_beyond =
        |entry: &Entry| beyond.iter().any(|context| entry.key == *context || dn::is_below(&entry.key, context));
    let chosen =
        |entry: &&Entry| entry.id > page.after && in_scope(entry) && !is_beyond(entry) && filter.holds_for(entry);
    let at_most = if page.size == 0 { 0 } else { page.size + 1 };
    match directory.candidates(filter) {
        Some(ids) => {
            let entries = ids.iter().filter_map(|id| directory.get(*id));
            entries.filter(chosen).take(at_most).collect()
        }
        None => directory.entries().filter(chosen).take(at_most).collect(),
    }
}

/// Returns the naming contexts inside the base, which a search does not enter.
fn contexts_below(base: &str) -> Vec<String> {
    let contexts = NAMING_CONTEXTS.iter().filter_map(|(context, _)| dn::key(context));
    contexts.filter(|context| dn::is_below(context, base)).collect()
}

/// Returns references to the nearest naming contexts below the base; those further inside are referred to from there.
fn references(beyond: &[String]) -> impl Iterator<Item = LdapOp> {
    let nearest = NAMING_CONTEXTS.iter().filter(|(context, _)| {
        let key = dn::key(context).unwrap_or_default();
        beyond.contains(&key) && !beyond.iter().any(|other| dn::is_below(&key, other))
    });
    nearest.map(|(context, host)| {
        let uris = vec![format!("ldap://{host}/{context}")];
        LdapOp::SearchResultReference(LdapSearchResultReference { uris })
    })
}

fn root_dse_entry(directory: &Directory, controller: &str, who: Option<&Entry>, request: &LdapSearchRequest) -> LdapOp {
    let mut values = root_dse(directory, controller);
    values.retain(|(name, _)| is_wanted(request, name));
    if let Some(who) = who.filter(|_| is_named(request, "msDS-PrincipalName")) {
        values.push(("msDS-PrincipalName", vec![principal_name(who)]));
    }
    if let Some(who) = who.filter(|_| is_named(request, "tokenGroups")) {
        let own = who.values.get("objectSid").into_iter().flatten().cloned();
        values.push(("tokenGroups", own.chain([rights::EVERYONE.to_vec()]).collect()));
    }
    result("", values.into_iter().map(|(name, vals)| partial(request, name, vals)).collect())
}

fn attributes(entry: &Entry, who: &Entry, request: &LdapSearchRequest) -> Vec<LdapPartialAttribute> {
    let stored = entry.values.iter().filter(|(name, _)| is_wanted(request, name));
    let mut chosen: Vec<_> = stored.map(|(name, values)| partial(request, name, values.clone())).collect();
    if is_named(request, "allowedAttributesEffective") {
        let writable: Vec<_> = rights::writable(who, entry).map(Vec::from).collect();
        if !writable.is_empty() {
            chosen.push(partial(request, "allowedAttributesEffective", writable));
        }
    }
    if is_named(request, "nTSecurityDescriptor") {
        chosen.push(partial(request, "nTSecurityDescriptor", vec![rights::access_list()]));
    }
    if is_named(request, "msDS-PrincipalName") && entry.is_a("user") {
        chosen.push(partial(request, "msDS-PrincipalName", vec![principal_name(entry)]));
    }
    chosen
}

fn is_wanted(request: &LdapSearchRequest, name: &str) -> bool {
    request.attrs.is_empty() || is_named(request, "*") || is_named(request, name)
}

fn is_named(request: &LdapSearchRequest, name: &str) -> bool {
    request.attrs.iter().any(|wanted| wanted.eq_ignore_ascii_case(name))
}

fn principal_name(account: &Entry) -> Vec<u8> {
    format!("PRACTICE\\{}", account.text("sAMAccountName")).into_bytes()
}

fn partial(request: &LdapSearchRequest, name: &str, vals: Vec<Vec<u8>>) -> LdapPartialAttribute {
    let vals = if request.typesonly { Vec::new() } else { vals };
    LdapPartialAttribute { atype: name.to_owned(), vals }
}

fn result(dn: &str, attributes: Vec<LdapPartialAttribute>) -> LdapOp {
    LdapOp::SearchResultEntry(LdapSearchResultEntry { dn: dn.to_owned(), attributes })
}

fn is_domain_scope(control: &LdapControl) -> bool {
    matches!(control, LdapControl::Unknown { oid, .. } if oid == DOMAIN_SCOPE)
}

fn inappropriate_filter() -> Refusal {
    let message = "000020E7: SvcErr: DSID-03140352, problem 5006 (INAPPROPRIATE_MATCHING), data 0";
    Refusal::new(LdapResultCode::InappropriateMatching, message)
}

fn bad_cookie() -> Refusal {
    let message = "00000057: LdapErr: DSID-0C090A82, comment: Error processing control, data 0";
    Refusal::new(LdapResultCode::UnavailableCriticalExtension, message)
}
