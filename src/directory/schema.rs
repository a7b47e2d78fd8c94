//! What domain this is, and what its schema says of an attribute.

use ldap3::Scope;

use super::session::Session;
use super::{Clause, Directory, OperationError, filter};

/// A domain, as its rootDSE and its cross reference describe it.
#[derive(Debug, Clone, Default)]
pub struct Domain {
    /// The domain itself.
    pub dn: String,
    /// Where accounts are searched: `--base-dn`, or the whole domain.
    pub base_dn: String,
    /// Whether that is less than the whole domain.
    pub narrowed: bool,
    /// The names that may stand before a backslash in `DOMAIN\user`: NetBIOS and DNS.
    pub names: Vec<String>,
    /// Where the schema is.
    pub schema_dn: String,
}

/// An attribute's schema entry.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// Its name, spelled as the schema spells it.
    pub name: String,
    /// Whether equality searches use an index (searchFlags bit 0, MS-ADTS 2.2.9).
    pub indexed: bool,
    /// The greatest length of a value, where there is one.
    pub range_upper: Option<u64>,
}

/// `fATTINDEX`.
const INDEXED: i64 = 1;

impl Session {
    pub(super) async fn read_domain(&self, base_dn: Option<&str>) -> Result<Domain, OperationError> {
        let contexts = ["defaultNamingContext", "schemaNamingContext", "configurationNamingContext"];
        let root = self.read_entry("", &contexts).await?.ok_or(OperationError::Lacking("the rootDSE"))?;
        let context = |name: &'static str| root.text(name).ok_or(OperationError::Lacking(name));
        let domain_dn = context(contexts[0])?;
        if let Some(base) = base_dn {
            self.require_base(base).await?;
        }
        Ok(Domain {
            names: self.domain_names(&domain_dn, &context(contexts[2])?).await?,
            narrowed: base_dn.is_some_and(|base| !base.eq_ignore_ascii_case(&domain_dn)),
            base_dn: base_dn.map_or_else(|| domain_dn.clone(), str::to_owned),
            dn: domain_dn,
            schema_dn: context(contexts[1])?,
        })
    }

    pub(super) async fn require_base(&self, base_dn: &str) -> Result<(), OperationError> {
        match self.read_entry(base_dn, &["1.1"]).await {
            // 34 invalidDNSyntax: no DN at all.
            Ok(None) | Err(OperationError::Refused { code: 34, .. }) => {
                Err(OperationError::NoSuchBase(base_dn.to_owned()))
            }
            found => found.map(drop),
        }
    }

    async fn domain_names(&self, domain_dn: &str, configuration_dn: &str) -> Result<Vec<String>, OperationError> {
        let filter = filter::any(&[Clause::new("nCName", domain_dn)]);
        let partitions = format!("CN=Partitions,{configuration_dn}");
        let found = self.search_few(&partitions, Scope::OneLevel, &filter, &["nETBIOSName", "dnsRoot"]).await?;
        Ok(found.iter().flat_map(|entry| entry.texts("nETBIOSName").chain(entry.texts("dnsRoot"))).collect())
    }
}

impl Directory {
    /// The schema's entry for an attribute; `None` if the domain has no such attribute.
    ///
    /// # Errors
    /// When the search fails.
    pub async fn attribute(&self, name: &str) -> Result<Option<Attribute>, OperationError> {
        let filter = filter::any(&[Clause::new("lDAPDisplayName", name)]);
        let wanted = ["lDAPDisplayName", "searchFlags", "rangeUpper"];
        let found = self.search_few(&self.domain.schema_dn, Scope::OneLevel, &filter, &wanted).await?;
        Ok(found.first().map(|entry| Attribute {
            name: entry.text("lDAPDisplayName").unwrap_or_else(|| name.to_owned()),
            indexed: entry.number("searchFlags").is_some_and(|flags| flags & INDEXED != 0),
            range_upper: entry.number("rangeUpper").and_then(|range| u64::try_from(range).ok()),
        }))
    }
}
