//! The attributes that entries may have, and the rules for each of them.

use super::value::Syntax::{self, *};

pub(super) const PERSON_CATEGORY: &str = "CN=Person,CN=Schema,CN=Configuration,DC=practice,DC=test";
pub(super) const COMPUTER_CATEGORY: &str = "CN=Computer,CN=Schema,CN=Configuration,DC=practice,DC=test";

#[derive(Debug)]
pub(super) struct Attribute {
    pub(super) name: &'static str,
    pub(super) syntax: Syntax,
    pub(super) single_valued: bool,
    /// Bit 0 of searchFlags. The practice directory keeps an index for these attributes.
    pub(super) indexed: bool,
    /// Whether the directory itself keeps the attribute, so that no client may write it.
    pub(super) system_only: bool,
    /// Whether the attribute is computed when a search asks for it by name. It cannot be used in a filter.
    pub(super) constructed: bool,
    /// Whether the attribute is in the Personal-Information property set, which everybody may write on their own entry.
    pub(super) personal: bool,
    /// The length of the longest value: characters for text, otherwise bytes.
    pub(super) range_upper: Option<usize>,
}

/// Returns the attribute with this name, in any case.
pub(super) fn attribute(name: &str) -> Option<&'static Attribute> {
    ATTRIBUTES.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}

/// Returns the classes from the most general to the most special one, and the objectCategory.
pub(super) fn class(name: &str) -> Option<(&'static [&'static str], &'static str)> {
    const CLASSES: [(&str, &[&str], &str); 4] = [
        ("user", &["top", "person", "organizationalPerson", "user"], PERSON_CATEGORY),
        ("computer", &["top", "person", "organizationalPerson", "user", "computer"], COMPUTER_CATEGORY),
        ("contact", &["top", "person", "organizationalPerson", "contact"], PERSON_CATEGORY),
        (
            "organizationalUnit",
            &["top", "organizationalUnit"],
            "CN=Organizational-Unit,CN=Schema,CN=Configuration,DC=practice,DC=test",
        ),
    ];
    let (_, chain, category) = CLASSES.iter().find(|(class, ..)| class.eq_ignore_ascii_case(name))?;
    Some((chain, category))
}

pub(super) static ATTRIBUTES: &[Attribute] = &[
    text("cn").indexed().at_most(64),
    text("name").indexed().system_only(),
    text("displayName").indexed().at_most(256),
    text("givenName").indexed().at_most(64),
    text("sn").indexed().at_most(64),
    text("sAMAccountName").indexed().at_most(256),
    text("userPrincipalName").indexed().at_most(1024),
    text("mail").indexed().at_most(256),
    text("proxyAddresses").indexed().at_most(1123).many(),
    text("department").at_most(64),
    text("title").at_most(128),
    text("company").at_most(64),
    text("physicalDeliveryOfficeName").indexed().at_most(128),
    text("telephoneNumber").at_most(64).personal(),
    text("mobile").at_most(64).personal(),
    text("employeeID").at_most(16),
    text("employeeNumber").at_most(512),
    text("employeeType").at_most(256),
    text("description").at_most(1024).many(),
    text("info").at_most(1024),
    text("extensionAttribute1").at_most(1024),
    of("thumbnailPhoto", Octets).at_most(102_400).personal(),
    of("jpegPhoto", Octets).many().personal(),
    of("manager", Name),
    of("memberOf", Name).system_only().many(),
    of("userAccountControl", Integer).indexed(),
    of("adminCount", Integer),
    of("sAMAccountType", Integer).indexed().system_only(),
    of("objectGUID", Octets).indexed().system_only(),
    of("objectSid", Sid).indexed().system_only(),
    of("objectClass", Oid).indexed().system_only().many(),
    of("objectCategory", Name).indexed().system_only(),
    of("distinguishedName", Name).indexed().system_only(),
    of("whenCreated", Time).system_only(),
    of("whenChanged", Time).system_only(),
    of("uSNCreated", LargeInteger).indexed().system_only(),
    of("uSNChanged", LargeInteger).indexed().system_only(),
    text("ou").indexed().at_most(64).many(),
    text("dc").at_most(255),
    of("allowedAttributesEffective", Oid).many().constructed(),
    of("msDS-PrincipalName", Text).constructed(),
    of("nCName", Name).system_only(),
    text("nETBIOSName").indexed().system_only(),
    text("dnsRoot").indexed().system_only().many(),
    text("lDAPDisplayName").indexed().system_only(),
    of("attributeSyntax", Oid).system_only(),
    of("oMSyntax", Integer).system_only(),
    of("isSingleValued", Boolean).system_only(),
    of("searchFlags", Integer).system_only(),
    of("systemOnly", Boolean).system_only(),
    of("rangeLower", Integer).system_only(),
    of("rangeUpper", Integer).system_only(),
    of("schemaIDGUID", Octets).system_only(),
    of("nTSecurityDescriptor", Octets).constructed(),
    of("tokenGroups", Sid).many().constructed(),
];

const fn text(name: &'static str) -> Attribute {
    of(name, Text)
}

const fn of(name: &'static str, syntax: Syntax) -> Attribute {
    Attribute {
        name,
        syntax,
        single_valued: true,
        indexed: false,
        system_only: false,
        constructed: false,
        personal: false,
        range_upper: None,
    }
}

impl Attribute {
    const fn many(self) -> Self {
        Self { single_valued: false, ..self }
    }
    const fn indexed(self) -> Self {
        Self { indexed: true, ..self }
    }
    const fn system_only(self) -> Self {
        Self { system_only: true, ..self }
    }
    const fn constructed(self) -> Self {
        Self { constructed: true, system_only: true, ..self }
    }
    const fn personal(self) -> Self {
        Self { personal: true, ..self }
    }
    const fn at_most(self, length: usize) -> Self {
        Self { range_upper: Some(length), ..self }
    }
}
