//! One connection: the account that is bound on it, and the answers to its requests.

use std::net::SocketAddr;
use std::sync::Arc;

use ldap3_proto::control::LdapControl;
use ldap3_proto::proto::{
    LdapBindCred, LdapBindRequest, LdapBindResponse, LdapExtendedRequest, LdapExtendedResponse, LdapMsg, LdapOp,
    LdapResultCode, LdapSearchRequest,
};

use super::contexts::{CONTROLLERS, CONTROLS};
use super::filter::Filter;
use super::refusal::{Refusal, referral, to_ldap};
use super::search::{Found, search};
use super::store::{Directory, Entry, Id};
use super::wire::Request;
use super::{Shared, create, dn, modify};

const START_TLS: &str = "1.3.6.1.4.1.1466.20037";
const ACCOUNT_DISABLED: i64 = 2;

pub(super) struct Session {
    shared: Arc<Shared>,
    /// The account that is bound; `None` before a bind and after an anonymous one.
    bound: Option<Id>,
    /// The server that takes writes, if this one does not.
    refers_to: Option<SocketAddr>,
}

impl Session {
    pub(super) fn new(shared: Arc<Shared>, refers_to: Option<SocketAddr>) -> Self {
        Self { shared, bound: None, refers_to }
    }

    /// Returns the messages to send back; `None` ends the connection.
    pub(super) fn answer(&mut self, request: Request) -> Option<Vec<LdapMsg>> {
        let LdapMsg { msgid, op, ctrl } = request.message;
        let reply = |op| LdapMsg { msgid, op, ctrl: Vec::new() };
        let known = check_controls(&ctrl).and_then(|()| match op {
            LdapOp::UnbindRequest | LdapOp::AbandonRequest(_) => Ok(()),
            _ => self.shared.times.check(),
        });
        let op = match op {
            LdapOp::BindRequest(bind) => {
                let res = to_ldap(known.and_then(|()| self.bind(&bind)));
                LdapOp::BindResponse(LdapBindResponse { res, saslcreds: None })
            }
            LdapOp::SearchRequest(search) => {
                let filter = request.filter?;
                let found = known.and_then(|()| self.search(&search, &filter, &ctrl));
                let found = found.unwrap_or_else(Found::refused);
                let mut messages: Vec<_> = found.items.into_iter().map(reply).collect();
                let done = LdapOp::SearchResultDone(to_ldap(found.outcome));
                let ctrl = found.page.into_iter().collect();
                messages.push(LdapMsg { msgid, op: done, ctrl });
                return Some(messages);
            }
            LdapOp::ModifyRequest(request) => {
                Shared::count(&self.shared.modifies);
                if let Some(address) = self.refers_to {
                    return Some(vec![reply(LdapOp::ModifyResponse(referral(address, &request.dn)))]);
                }
                let outcome = self.change(known, |directory, who| {
                    let target = create::existing(directory, &request.dn)?.id;
                    modify::modify(directory, who, target, request.changes)
                });
                LdapOp::ModifyResponse(to_ldap(outcome))
            }
            LdapOp::AddRequest(request) => {
                let add = |directory: &mut _, who: &_| create::add(directory, who, request);
                LdapOp::AddResponse(to_ldap(self.change(known, add)))
            }
            LdapOp::DelRequest(name) => {
                let delete = |directory: &mut _, who: &_| create::delete(directory, who, &name);
                LdapOp::DelResponse(to_ldap(self.change(known, delete)))
            }
            LdapOp::ModifyDNRequest(request) => {
                let rename = |directory: &mut _, who: &_| create::rename(directory, who, &request);
                LdapOp::ModifyDNResponse(to_ldap(self.change(known, rename)))
            }
            LdapOp::CompareRequest(_) => {
                let message = "the practice directory does not compare: read the value instead";
                let refusal = Refusal::new(LdapResultCode::UnwillingToPerform, message);
                LdapOp::CompareResult(to_ldap(Err(refusal)))
            }
            LdapOp::ExtendedRequest(request) => extended(&request),
            LdapOp::AbandonRequest(_) => return Some(Vec::new()),
            // An unbind request, or a message that only a server may send.
            _ => return None,
        };
        Some(vec![reply(op)])
    }

    /// Binds an account. After a failed bind, no account is bound (RFC 4511, section 4.2.1).
    fn bind(&mut self, request: &LdapBindRequest) -> Result<(), Refusal> {
        Shared::count(&self.shared.binds);
        self.bound = None;
        if request.version != 3 {
            let message = "only LDAP version 3 is spoken here";
            return Err(Refusal::new(LdapResultCode::ProtocolError, message));
        }
        let LdapBindCred::Simple(password) = &request.cred else {
            let message = "the practice directory knows simple binds only";
            return Err(Refusal::new(LdapResultCode::AuthMethodNotSupported, message));
        };
        if password.is_empty() {
            // A bind without a password succeeds whatever the name is, and no account is bound (RFC 4513, section
            // 5.1.2).
            return Ok(());
        }
        let directory = self.shared.directory();
        let account = account(&directory, &request.dn).ok_or_else(|| Refusal::bind("525"))?;
        if account.password.as_ref() != Some(password) {
            return Err(Refusal::bind("52e"));
        }
        if account.number("userAccountControl") & ACCOUNT_DISABLED != 0 {
            return Err(Refusal::bind("533"));
        }
        self.bound = Some(account.id);
        Ok(())
    }

    fn search(&self, request: &LdapSearchRequest, filter: &Filter, controls: &[LdapControl]) -> Result<Found, Refusal> {
        Shared::count(&self.shared.searches);
        let directory = self.shared.directory();
        let who = self.bound.and_then(|id| directory.get(id));
        let [writable, read_only] = CONTROLLERS;
        let controller = if self.refers_to.is_none() { writable } else { read_only };
        search(&directory, controller, who, request, filter, controls)
    }

    /// Makes a change as the account that is bound.
    fn change(
        &self,
        known: Result<(), Refusal>,
        change: impl FnOnce(&mut Directory, &Entry) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        known?;
        let mut directory = self.shared.directory();
        let who = self.bound.and_then(|id| directory.get(id)).cloned();
        change(&mut directory, &who.ok_or_else(Refusal::not_bound)?)
    }
}

/// Returns the account for a name such as `user@practice.test`, `PRACTICE\user`, or a DN (MS-ADTS 5.1.1.1.1).
fn account<'a>(directory: &'a Directory, name: &str) -> Option<&'a Entry> {
    if let Some((domain, account)) = name.split_once('\\') {
        let ours = domain.eq_ignore_ascii_case("PRACTICE");
        return directory.find_by("sAMAccountName", account.as_bytes()).filter(|_| ours);
    }
    let by_principal_name = || directory.find_by("userPrincipalName", name.as_bytes());
    // Every account also has the name sAMAccountName@domain, whatever its userPrincipalName is.
    let by_account_name = || {
        let (account, domain) = name.rsplit_once('@')?;
        let ours = domain.eq_ignore_ascii_case("practice.test");
        directory.find_by("sAMAccountName", account.as_bytes()).filter(|_| ours)
    };
    let by_dn = || directory.find(&dn::Name::parse(name).filter(|_| name.contains('='))?);
    by_principal_name().or_else(by_account_name).or_else(by_dn)
}

fn check_controls(controls: &[LdapControl]) -> Result<(), Refusal> {
    let unknown = controls.iter().any(|control| match control {
        LdapControl::Unknown { oid, criticality, .. } => *criticality && !CONTROLS.contains(&oid.as_str()),
        _ => false,
    });
    if unknown {
        let message = "00000057: LdapErr: DSID-0C090FE7, comment: Error processing control, data 0";
        return Err(Refusal::new(LdapResultCode::UnavailableCriticalExtension, message));
    }
    Ok(())
}

fn extended(request: &LdapExtendedRequest) -> LdapOp {
    let refusal = if request.name == START_TLS {
        let message = "no certificate here: the practice directory speaks clear text on loopback";
        Refusal::new(LdapResultCode::Unavailable, message)
    } else {
        let message = "0000203D: LdapErr: DSID-0C090FE7, comment: Unknown extended request OID";
        Refusal::new(LdapResultCode::ProtocolError, message)
    };
    let name = Some(request.name.clone());
    LdapOp::ExtendedResponse(LdapExtendedResponse { res: to_ldap(Err(refusal)), name, value: None })
}
