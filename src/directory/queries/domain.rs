//! Reading the domain's names and places.

use ldap3::Scope;

use super::base_dn;
use super::filter::{self, Clause};
use crate::directory::connection::OperationError;
use crate::directory::sessions::Session;

/// The words by which messages call the names of accounts, depending on where the accounts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Terms {
    #[default]
    ActiveDirectory,
    Microsoft365,
}

/// A domain, as its rootDSE and its cross-reference object describe it.
#[derive(Debug, Clone, Default)]
pub struct Domain {
    /// The domain's own DN.
    pub dn: String,
    /// The DN below which accounts are searched: `--base-dn`, or the whole domain.
    pub base_dn: String,
    /// Whether `base_dn` is less than the whole domain.
    pub narrowed: bool,
    /// The NetBIOS and DNS names of the domain, which may stand before a backslash in `DOMAIN\user`.
    pub names: Vec<String>,
    /// The DN of the schema.
    pub schema_dn: String,
    /// The words by which messages call the names of accounts.
    pub terms: Terms,
}

pub(super) async fn read_domain(session: &Session, base_dn: Option<&str>) -> Result<Domain, OperationError> {
    let contexts = ["defaultNamingContext", "schemaNamingContext", "configurationNamingContext"];
    let root = session.read_entry("", &contexts).await?.ok_or(OperationError::Lacking("the rootDSE"))?;
    let context = |name: &'static str| root.text(name).ok_or(OperationError::Lacking(name));
    let domain_dn = context(contexts[0])?;
    if let Some(base) = base_dn {
        base_dn::require(session, base, &domain_dn).await?;
    }
    Ok(Domain {
        names: domain_names(session, &domain_dn, &context(contexts[2])?).await?,
        narrowed: base_dn.is_some_and(|base| !base.eq_ignore_ascii_case(&domain_dn)),
        base_dn: base_dn.map_or_else(|| domain_dn.clone(), str::to_owned),
        dn: domain_dn,
        schema_dn: context(contexts[1])?,
        terms: Terms::ActiveDirectory,
    })
}

/// Reads the domain's names from its cross-reference object, which the partitions container holds.
async fn domain_names(
    session: &Session,
    domain_dn: &str,
    configuration_dn: &str,
) -> Result<Vec<String>, OperationError> {
    let filter = filter::any(&[Clause::new("nCName", domain_dn)]);
    let partitions = format!("CN=Partitions,{configuration_dn}");
    let found = session.search_few(&partitions, Scope::OneLevel, &filter, &["nETBIOSName", "dnsRoot"]).await?;
    Ok(found.iter().flat_map(|entry| entry.texts("nETBIOSName").chain(entry.texts("dnsRoot"))).collect())
}
