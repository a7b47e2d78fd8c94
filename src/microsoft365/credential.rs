//! How an app signs in to a tenant.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use rustls::ClientConfig;
use secrecy::SecretString;

use super::certificate::Certificate;
use super::cloud::Cloud;

/// Everything that is needed to reach a tenant and to sign in.
#[derive(Debug, Clone)]
pub struct Options {
    pub cloud: Cloud,
    pub tenant: TenantName,
    pub credential: Credential,
    /// The TLS settings, which say which servers are trusted.
    pub tls: ClientConfig,
    /// The time that a connection attempt or one request may take.
    pub timeout: Duration,
    /// The time for which adphoto keeps trying while no request succeeds.
    pub give_up_after: Duration,
    /// Whether guests count as accounts.
    pub guests: bool,
}

/// The proof with which an app signs in.
#[derive(Debug, Clone)]
pub enum Credential {
    /// A secret of the app; its `Debug` output hides it.
    Secret { client_id: ClientId, secret: SecretString },
    /// A certificate of the app, whose private key signs assertions.
    Certificate { client_id: ClientId, certificate: Certificate },
    /// A file with a token of another identity provider, which the app trusts. It is read anew each time, because
    /// whoever writes it renews it.
    Federated { client_id: ClientId, file: PathBuf },
    /// An access token that another program has obtained, and that adphoto cannot renew.
    AccessToken(SecretString),
}

impl Credential {
    /// Returns the app that signs in; `None` if only the token says that.
    #[must_use]
    pub fn client_id(&self) -> Option<&ClientId> {
        match self {
            Self::Secret { client_id, .. }
            | Self::Certificate { client_id, .. }
            | Self::Federated { client_id, .. } => Some(client_id),
            Self::AccessToken(_) => None,
        }
    }

    /// Returns in words what the app signs in with.
    #[must_use]
    pub fn in_words(&self) -> &'static str {
        match self {
            Self::Secret { .. } => "a client secret",
            Self::Certificate { .. } => "a certificate",
            Self::Federated { .. } => "a federated token",
            Self::AccessToken(_) => "an access token from ADPHOTO_ACCESS_TOKEN",
        }
    }
}

/// A tenant, by its id (a GUID) or one of its domains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantName(String);

impl TenantName {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the tenant's id; `None` if the tenant is named by a domain.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        is_guid(&self.0).then_some(&self.0)
    }
}

impl FromStr for TenantName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const LONGEST: usize = 253;
        let is_label = |label: &str| {
            !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        };
        // Without a dot, these are the names that stand for any tenant: common, organizations, consumers.
        let is_domain = text.contains('.') && text.len() <= LONGEST && text.split('.').all(is_label);
        (is_guid(text) || is_domain)
            .then(|| Self(text.to_lowercase()))
            .ok_or("the tenant's id, or one of its domains such as contoso.onmicrosoft.com")
    }
}

impl fmt::Display for TenantName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The application (client) ID of an app registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientId(String);

impl FromStr for ClientId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        is_guid(text)
            .then(|| Self(text.to_lowercase()))
            .ok_or("the application (client) ID of the app registration, such as 11112222-aaaa-bbbb-cccc-3333dddd4444")
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Returns whether the text is a GUID without braces.
pub(super) fn is_guid(text: &str) -> bool {
    let groups = text.split('-').map(|group| (group.len(), group.bytes().all(|byte| byte.is_ascii_hexdigit())));
    groups.eq([8, 4, 4, 4, 12].map(|length| (length, true)))
}

#[cfg(test)]
mod tests {
    use super::{ClientId, TenantName};

    #[test]
    fn a_tenant_has_an_id_or_a_domain() {
        let id = "0AABBCCD-1111-2222-3333-444455556666";
        assert_eq!(id.parse::<TenantName>().expect("an id").id(), Some(id.to_lowercase().as_str()));
        assert_eq!("contoso.onmicrosoft.com".parse::<TenantName>().expect("a domain").id(), None);
        for text in ["", "common", "organizations", "a/b.com", "contoso.com?", "..", "contoso.com/../x", "ä.com"] {
            assert!(text.parse::<TenantName>().is_err(), "{text}");
        }
        assert!(id.parse::<ClientId>().is_ok() && "contoso.com".parse::<ClientId>().is_err());
    }
}
