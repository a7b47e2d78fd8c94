//! The entries that every domain has besides its people: naming contexts, partitions, the schema, and the rootDSE that
//! tells of them all.

use super::Practice;
use super::dn::Name;
use super::schema::ATTRIBUTES;
use super::store::{Directory, Values};
use super::value;

const CONFIGURATION: &str = "CN=Configuration,DC=practice,DC=test";
const SCHEMA: &str = "CN=Schema,CN=Configuration,DC=practice,DC=test";
const SERVERS: &str = "CN=Servers,CN=Default-First-Site-Name,CN=Sites,CN=Configuration,DC=practice,DC=test";
/// The names of the domain controllers' server objects: one that takes writes, and a read-only one.
pub(super) const CONTROLLERS: [&str; 2] = ["DC1", "DC2"];

/// The naming contexts, each with the server that a reference to it names.
pub(super) const NAMING_CONTEXTS: [(&str, &str); 5] = [
    (Practice::BASE, "practice.test"),
    (CONFIGURATION, "practice.test"),
    (SCHEMA, "practice.test"),
    ("DC=DomainDnsZones,DC=practice,DC=test", "DomainDnsZones.practice.test"),
    ("DC=ForestDnsZones,DC=practice,DC=test", "ForestDnsZones.practice.test"),
];

pub(super) const PAGED_RESULTS: &str = "1.2.840.113556.1.4.319";
/// The control that asks for no references (MS-ADTS 3.1.1.3.4.1.9).
pub(super) const DOMAIN_SCOPE: &str = "1.2.840.113556.1.4.1339";
const MANAGE_DSA_IT: &str = "2.16.840.1.113730.3.4.2";
pub(super) const CONTROLS: [&str; 3] = [PAGED_RESULTS, DOMAIN_SCOPE, MANAGE_DSA_IT];

/// Adds the entries above and beside the people.
pub(super) fn populate(directory: &mut Directory) {
    let mut insert = |dn: &str, class: &str, more: &[(&'static str, &str)]| {
        let mut values: Values = more.iter().map(|(name, value)| (*name, vec![Vec::from(*value)])).collect();
        values.insert("objectClass", vec![Vec::from("top"), Vec::from(class)]);
        directory.create(dn, values, None);
    };
    insert(Practice::BASE, "domainDNS", &[]);
    for name in ["Users", "Computers"] {
        insert(&format!("CN={name},{}", Practice::BASE), "container", &[]);
    }
    insert(CONFIGURATION, "configuration", &[]);
    insert(&format!("CN=Partitions,{CONFIGURATION}"), "crossRefContainer", &[]);
    insert(
        &format!("CN=PRACTICE,CN=Partitions,{CONFIGURATION}"),
        "crossRef",
        &[("nCName", Practice::BASE), ("nETBIOSName", "PRACTICE"), ("dnsRoot", "practice.test")],
    );
    insert(&format!("CN=Sites,{CONFIGURATION}"), "sitesContainer", &[]);
    insert(&format!("CN=Default-First-Site-Name,CN=Sites,{CONFIGURATION}"), "site", &[]);
    insert(SERVERS, "serversContainer", &[]);
    for name in CONTROLLERS {
        insert(&format!("CN={name},{SERVERS}"), "server", &[]);
        insert(&ntds_settings(name), "nTDSDSA", &[]);
    }
    insert(SCHEMA, "dMD", &[]);
    for attribute in ATTRIBUTES {
        let (syntax, om_syntax) = attribute.syntax.published();
        let boolean = |holds| if holds { "TRUE" } else { "FALSE" };
        let upper = attribute.range_upper.map(|upper| upper.to_string());
        let mut values = vec![
            ("lDAPDisplayName", attribute.name),
            ("attributeSyntax", syntax),
            ("oMSyntax", om_syntax),
            ("isSingleValued", boolean(attribute.single_valued)),
            ("systemOnly", boolean(attribute.system_only)),
            ("searchFlags", if attribute.indexed { "1" } else { "0" }),
        ];
        if let Some(upper) = &upper {
            let lower = if attribute.name == "thumbnailPhoto" { "0" } else { "1" };
            values.extend([("rangeLower", lower), ("rangeUpper", upper)]);
        }
        // The name of a schema entry may differ from its lDAPDisplayName, as it does here.
        let name = if attribute.name == "thumbnailPhoto" { "Picture" } else { attribute.name };
        insert(&format!("CN={name},{SCHEMA}"), "attributeSchema", &values);
    }
    identify(directory);
    name_the_photo(directory);
}

/// How access lists name the photo: its schemaIDGUID is the same in every domain.
fn name_the_photo(directory: &mut Directory) {
    const PHOTO: u128 = 0x50ca_3b8d_7e1d_d011_a081_00aa_006c_36ed;
    let schema = Name::parse(&format!("CN=Picture,{SCHEMA}")).and_then(|name| directory.find(&name)).cloned();
    if let Some(mut schema) = schema {
        schema.set("schemaIDGUID", PHOTO.to_be_bytes());
        directory.put(schema);
    }
}

fn ntds_settings(controller: &str) -> String {
    format!("CN=NTDS Settings,CN={controller},{SERVERS}")
}

/// Gives the domain controllers random GUIDs. Unlike the accounts' GUIDs, these tell one practice directory from
/// another.
fn identify(directory: &mut Directory) {
    for name in CONTROLLERS {
        let settings = Name::parse(&ntds_settings(name)).and_then(|name| directory.find(&name)).cloned();
        if let Some(mut settings) = settings {
            settings.set("objectGUID", fastrand::u128(..).to_be_bytes().to_vec());
            directory.put(settings);
        }
    }
}

/// Returns what a server tells about itself, even to a client that has not bound (MS-ADTS 3.1.1.3.2).
pub(super) fn root_dse(directory: &Directory, controller: &str) -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let usn = directory.highest_usn().to_string();
    let host_name = format!("{}.practice.test", controller.to_lowercase());
    let one = |name, value: &str| (name, vec![Vec::from(value)]);
    let many = |name, values: &[&str]| (name, values.iter().map(|value| Vec::from(*value)).collect());
    vec![
        one("currentTime", &value::now()),
        one("defaultNamingContext", Practice::BASE),
        one("rootDomainNamingContext", Practice::BASE),
        one("configurationNamingContext", CONFIGURATION),
        one("schemaNamingContext", SCHEMA),
        many("namingContexts", &NAMING_CONTEXTS.map(|(context, _)| context)),
        one("dnsHostName", &host_name),
        one("ldapServiceName", &format!("practice.test:{}$@PRACTICE.TEST", controller.to_lowercase())),
        one("serverName", &format!("CN={controller},{SERVERS}")),
        one("dsServiceName", &ntds_settings(controller)),
        one("highestCommittedUSN", &usn),
        one("isSynchronized", "TRUE"),
        one("isGlobalCatalogReady", "TRUE"),
        one("domainFunctionality", "7"),
        one("forestFunctionality", "7"),
        one("domainControllerFunctionality", "7"),
        many("supportedCapabilities", &["1.2.840.113556.1.4.800", "1.2.840.113556.1.4.1670"]),
        many("supportedControl", &CONTROLS),
        many("supportedLDAPVersion", &["3"]),
        many("supportedLDAPPolicies", &["MaxPageSize", "MaxReceiveBuffer"]),
    ]
}
