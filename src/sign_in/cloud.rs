//! Signing in to Microsoft 365: from the command line and the environment to an app's credentials.

use std::borrow::Cow;
use std::io::Read;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

use super::error::PasswordFileError;
use super::password;
use crate::cli::{CloudArgs, ConnectionArgs, TOKEN_VARIABLE};
use crate::directory::{TrustError, tls_config};
use crate::failure::Advice;
use crate::microsoft365::{
    Certificate, CertificateError, Claims, ClientId, Credential, Options, TenantName, TokenError,
};

/// The size up to which a file with a certificate is read, in bytes.
const MAX_CERTIFICATE_BYTES: u64 = 256 * 1024;

/// The reason why adphoto cannot try to sign in to a tenant.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CloudError {
    /// The arguments do not name a tenant, an app, or what it signs in with.
    #[error("to sign in to Microsoft 365, {} missing", missing(.0))]
    Missing(Vec<&'static str>),
    /// The arguments name several ways to sign in.
    #[error("{0} and {1} are two ways to sign in: give one of them; adphoto.toml and variables may set them, too")]
    Two(&'static str, &'static str),
    /// The practice tenant would get the secret in clear text.
    #[error(
        "--cloud http://… is reached in clear text: it is for the practice tenant alone, and needs --allow-clear-text"
    )]
    ClearText,
    /// The variable's value is not text.
    #[error("the environment variable {TOKEN_VARIABLE} is not valid Unicode")]
    TokenNotUnicode,
    /// The token does not say to which tenant it belongs.
    #[error(transparent)]
    Token(TokenError),
    /// The file with the client secret cannot be used.
    #[error("cannot read the client secret in {}", path.display())]
    Secret { path: PathBuf, source: PasswordFileError },
    #[error("the file with the client secret, {}, is empty", .0.display())]
    NoSecret(PathBuf),
    /// The file with the certificate cannot be read.
    #[error("cannot read the certificate {}", path.display())]
    CertificateFile { path: PathBuf, source: PasswordFileError },
    /// The file is not a certificate with its key.
    #[error("cannot use the certificate {}: {source}", path.display())]
    Certificate { path: PathBuf, source: CertificateError },
    #[error(transparent)]
    Trust(#[from] TrustError),
}

impl Advice for CloudError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        match self {
            Self::Certificate { source, .. } => source.advice(),
            Self::Token(error) => error.advice(),
            Self::Trust(error) => error.advice(),
            Self::Missing(_) => Some(
                "--tenant ID --client-id ID --certificate app.pem, or the same in adphoto.toml; docs/microsoft365.md says \
                 how to register an app"
                    .into(),
            ),
            _ => None,
        }
    }

    fn is_usage(&self) -> bool {
        matches!(self, Self::Missing(_) | Self::Two(..) | Self::ClearText)
    }
}

fn missing(what: &[&'static str]) -> String {
    let (last, rest) = what.split_last().unwrap_or((&"nothing", &[]));
    match rest {
        [] => format!("{last} is"),
        rest => format!("{} and {last} are", rest.join(", ")),
    }
}

/// A way to sign in that the arguments name.
enum Named<'a> {
    Certificate(&'a Path),
    Secret(&'a Path),
    Federated(PathBuf),
    Token(SecretString),
}

impl Named<'_> {
    fn flag(&self) -> &'static str {
        match self {
            Self::Certificate(_) => "--certificate",
            Self::Secret(_) => "--client-secret-file",
            Self::Federated(_) => "--federated-token-file",
            Self::Token(_) => TOKEN_VARIABLE,
        }
    }
}

/// Returns how to reach the tenant, and reads what its app signs in with.
pub(crate) fn cloud_options(args: &CloudArgs, connection: &ConnectionArgs) -> Result<Options, CloudError> {
    if args.cloud.is_practice() && !connection.allow_clear_text {
        return Err(CloudError::ClearText);
    }
    let named = named(args)?;
    // A platform that provides a federated token also names its app and tenant in variables.
    let is_platform = matches!(named, Some(Named::Federated(_))) && args.federated_token_file.is_none();
    let client_id = args.client_id.clone().or_else(|| of_platform("AZURE_CLIENT_ID", is_platform));
    let tenant = args.tenant.clone().or_else(|| of_platform("AZURE_TENANT_ID", is_platform));
    let tenant = match (tenant, &named) {
        (None, Some(Named::Token(token))) => Some(tenant_of(token)?),
        (tenant, _) => tenant,
    };
    let is_token = matches!(named, Some(Named::Token(_)));
    let mut missing = Vec::new();
    missing.extend(tenant.is_none().then_some("--tenant"));
    missing.extend((client_id.is_none() && !is_token).then_some("--client-id"));
    missing.extend(named.is_none().then_some("--certificate"));
    let (Some(tenant), Some(named), true) = (tenant, named, missing.is_empty()) else {
        return Err(CloudError::Missing(missing));
    };
    Ok(Options {
        cloud: args.cloud.clone(),
        tenant,
        credential: credential(named, client_id)?,
        tls: tls_config(connection.ca_file.as_deref())?,
        timeout: connection.timeout,
        give_up_after: connection.give_up_after,
        guests: args.include_guests,
    })
}

fn named(args: &CloudArgs) -> Result<Option<Named<'_>>, CloudError> {
    let token = match std::env::var(TOKEN_VARIABLE) {
        Ok(token) => Some(token.trim().to_owned()).filter(|token| !token.is_empty()),
        Err(std::env::VarError::NotPresent) => None,
        Err(std::env::VarError::NotUnicode(_)) => return Err(CloudError::TokenNotUnicode),
    };
    let all = [
        token.map(|token| Named::Token(token.into())),
        args.certificate.as_deref().map(Named::Certificate),
        args.client_secret_file.as_deref().map(Named::Secret),
        args.federated_token_file.clone().map(Named::Federated),
    ];
    let mut all = all.into_iter().flatten();
    match (all.next(), all.next()) {
        (Some(one), Some(other)) => Err(CloudError::Two(one.flag(), other.flag())),
        (Some(one), None) => Ok(Some(one)),
        _ => Ok(of_platform::<PathBuf>("AZURE_FEDERATED_TOKEN_FILE", true).map(Named::Federated)),
    }
}

/// Returns the value of a platform's variable; `None` if it does not count or cannot be used.
fn of_platform<T: std::str::FromStr>(variable: &str, counts: bool) -> Option<T> {
    std::env::var(variable).ok().filter(|text| counts && !text.is_empty())?.parse().ok()
}

fn tenant_of(token: &SecretString) -> Result<TenantName, CloudError> {
    let claims = Claims::read(token.expose_secret());
    let tenant = claims.and_then(|claims| claims.tenant?.parse().ok());
    tenant.ok_or(CloudError::Token(TokenError::NotAToken))
}

fn credential(named: Named<'_>, client_id: Option<ClientId>) -> Result<Credential, CloudError> {
    let client_id = || client_id.clone().ok_or_else(|| CloudError::Missing(vec!["--client-id"]));
    Ok(match named {
        Named::Token(token) => Credential::AccessToken(token),
        Named::Federated(file) => Credential::Federated { client_id: client_id()?, file },
        Named::Secret(path) => {
            let failed = |source| CloudError::Secret { path: path.to_owned(), source };
            let secret = password::from_file(path).map_err(failed)?;
            if secret.expose_secret().is_empty() {
                return Err(CloudError::NoSecret(path.to_owned()));
            }
            Credential::Secret { client_id: client_id()?, secret }
        }
        Named::Certificate(path) => {
            let content = read(path).map_err(|source| CloudError::CertificateFile { path: path.to_owned(), source })?;
            let failed = |source| CloudError::Certificate { path: path.to_owned(), source };
            let certificate = Certificate::read(content.expose_secret()).map_err(failed)?;
            Credential::Certificate { client_id: client_id()?, certificate }
        }
    })
}

/// Reads a file that only its owner may read.
fn read(path: &Path) -> Result<secrecy::SecretSlice<u8>, PasswordFileError> {
    let mut content = Vec::new();
    password::open(path)?.take(MAX_CERTIFICATE_BYTES).read_to_end(&mut content)?;
    Ok(content.into())
}
