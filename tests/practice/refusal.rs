//! The refusals of a domain controller: an LDAP result code, and the diagnostic text that AD sends along. The text's
//! first number is the Windows error, which people search for on the web.

use std::net::SocketAddr;

use ldap3_proto::proto::{LdapResult, LdapResultCode};

#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) code: LdapResultCode,
    pub(super) message: String,
    pub(super) matched_dn: String,
}

impl Refusal {
    pub(super) fn new(code: LdapResultCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), matched_dn: String::new() }
    }

    /// Refuses a bind; `data` gives the reason: 52e for a wrong password, 525 for no such user, 533 for a disabled
    /// account.
    pub(super) fn bind(data: &str) -> Self {
        Self::new(
            LdapResultCode::InvalidCredentials,
            format!(
                "80090308: LdapErr: DSID-0C090446, comment: AcceptSecurityContext error, \
                 data {data}, v4563"
            ),
        )
    }

    pub(super) fn not_bound() -> Self {
        Self::new(
            LdapResultCode::OperationsError,
            "000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform this operation a \
             successful bind must be completed on the connection., data 0, v4563",
        )
    }

    pub(super) fn no_rights() -> Self {
        Self::new(
            LdapResultCode::InsufficentAccessRights,
            "00002098: SecErr: DSID-031514B3, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0",
        )
    }

    pub(super) fn no_such_object(matched_dn: &str) -> Self {
        let message = format!(
            "0000208D: NameErr: DSID-0310028B, problem 2001 (NO_OBJECT), data 0, best match of:\n\
             \t'{matched_dn}'\n"
        );
        let matched_dn = matched_dn.to_owned();
        Self { code: LdapResultCode::NoSuchObject, message, matched_dn }
    }

    pub(super) fn bad_name() -> Self {
        Self::new(
            LdapResultCode::InvalidDNSyntax,
            "0000208F: NameErr: DSID-03100225, problem 2006 (BAD_NAME), data 8350",
        )
    }

    pub(super) fn exists() -> Self {
        Self::new(
            LdapResultCode::EntryAlreadyExists,
            "00000524: UpdErr: DSID-031A11E2, problem 6005 (ENTRY_EXISTS), data 0",
        )
    }

    /// Refuses a change of one attribute, with a text like `00002082: AtrErr: …, Att (thumbnailPhoto)`.
    pub(super) fn attribute(code: LdapResultCode, name: &str) -> Self {
        let (error, problem) = match code {
            LdapResultCode::NoSuchAttribute => ("00002085", "1001 (NO_ATTRIBUTE_OR_VAL)"),
            LdapResultCode::AttributeOrValueExists => ("00002083", "1006 (ATT_OR_VALUE_EXISTS)"),
            LdapResultCode::InvalidAttributeSyntax => ("00000057", "1002 (INVALID_ATT_SYNTAX)"),
            _ => ("00002082", "1005 (CONSTRAINT_ATT_TYPE)"),
        };
        let message = format!(
            "{error}: AtrErr: DSID-03152D2C, #1:\n\t0: {error}: DSID-03152D2C, \
             problem {problem}, data 0, Att ({name})\n"
        );
        Self::new(code, message)
    }

    pub(super) fn unknown_attribute() -> Self {
        Self::new(
            LdapResultCode::NoSuchAttribute,
            "00000057: LdapErr: DSID-0C090FE7, comment: Error in attribute conversion operation, \
             data 0, v4563",
        )
    }
}

/// Returns the outcome in the form in which LDAP sends it.
pub(super) fn to_ldap(outcome: Result<(), Refusal>) -> LdapResult {
    let refusal = outcome.err().unwrap_or(Refusal::new(LdapResultCode::Success, ""));
    LdapResult { code: refusal.code, matcheddn: refusal.matched_dn, message: refusal.message, referral: Vec::new() }
}

/// Returns a referral to the server that takes writes (RFC 4511, section 4.1.10).
pub(super) fn referral(to: SocketAddr, dn: &str) -> LdapResult {
    let refusal = Refusal::new(LdapResultCode::Referral, "0000202B: RefErr: DSID-0310086D, data 0, 1 access points");
    LdapResult { referral: vec![format!("ldap://{to}/{dn}")], ..to_ldap(Err(refusal)) }
}
