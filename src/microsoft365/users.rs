//! The accounts of a tenant, read page by page.

use std::collections::HashSet;

use serde::Deserialize;

use super::error::GraphError;
use super::graph::Graph;

/// The number of accounts on the largest page that Graph sends.
const A_PAGE: usize = 999;
/// The size up to which a page is read, in bytes: many times that of a page of long names.
const MAX_PAGE_BYTES: usize = 16 << 20;
/// The number of pages up to which a list is read: enough for ten million accounts.
const MAX_PAGES: usize = 10_000;
/// The attributes that are read of each account.
const FIELDS: &str = "id,userPrincipalName,mail,mailNickname,displayName,givenName,surname,employeeId,department,\
                      jobTitle,officeLocation,companyName,accountEnabled,userType,onPremisesSamAccountName,\
                      onPremisesSecurityIdentifier,onPremisesDistinguishedName,onPremisesSyncEnabled";

/// An account, as Graph describes it. An attribute is `None` if the account does not have it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct User {
    /// Its object id, which never changes.
    pub id: String,
    pub user_principal_name: Option<String>,
    pub mail: Option<String>,
    pub mail_nickname: Option<String>,
    pub display_name: Option<String>,
    pub given_name: Option<String>,
    pub surname: Option<String>,
    pub employee_id: Option<String>,
    pub department: Option<String>,
    pub job_title: Option<String>,
    pub office_location: Option<String>,
    pub company_name: Option<String>,
    pub account_enabled: Option<bool>,
    pub user_type: Option<String>,
    pub on_premises_sam_account_name: Option<String>,
    /// Its SID in Active Directory, as text.
    pub on_premises_security_identifier: Option<String>,
    pub on_premises_distinguished_name: Option<String>,
    /// Whether Active Directory is where the account comes from.
    pub on_premises_sync_enabled: Option<bool>,
}

impl User {
    fn is_guest(&self) -> bool {
        self.user_type.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("guest"))
    }
}

#[derive(Deserialize)]
struct Page {
    value: Vec<User>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
}

/// Reads all accounts; guests only if they are wanted. `progress` is called with the number of accounts on each page.
pub(super) async fn read(graph: &Graph, guests: bool, progress: &dyn Fn(usize)) -> Result<Vec<User>, GraphError> {
    let mut users: Vec<User> = Vec::new();
    let (mut ids, mut visited) = (HashSet::new(), HashSet::new());
    let mut url = graph.url(&format!("/v1.0/users?$top={A_PAGE}&$select={FIELDS}"));
    loop {
        if !visited.insert(url.clone()) || visited.len() > MAX_PAGES {
            return Err(GraphError::Endless(MAX_PAGES));
        }
        let Page { value, next } = graph.read(url, MAX_PAGE_BYTES).await?;
        if value.iter().any(|user| !super::credential::is_guid(&user.id)) {
            return Err(graph.malformed("a user without an id"));
        }
        progress(value.len());
        // Pages may overlap if accounts are made or deleted meanwhile.
        users.extend(value.into_iter().filter(|user| (guests || !user.is_guest()) && ids.insert(user.id.clone())));
        match next {
            Some(link) => url = graph.next(&link)?,
            None => return Ok(users),
        }
    }
}
