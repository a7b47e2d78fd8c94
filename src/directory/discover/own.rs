//! The domain that this machine belongs to.

use std::ffi::OsString;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::DomainName;
use super::dns;

/// The maximum number of bytes that are read of a krb5.conf; no real one is that long.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// The setting that named the domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The variable USERDNSDOMAIN, which Windows sets for users of a domain.
    UserDnsDomain,
    /// `default_realm` in this krb5.conf.
    Kerberos(PathBuf),
    /// The domain in which the system looks up short names. Whoever runs the network (DHCP) may have set it.
    SearchDomain,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UserDnsDomain => f.write_str("USERDNSDOMAIN"),
            Self::Kerberos(path) => write!(f, "default_realm in {}", path.display()),
            Self::SearchDomain => f.write_str("the search domain of this machine's DNS settings"),
        }
    }
}

/// Returns the domain that this machine's settings name, and which setting did: on Windows the user's domain, elsewhere
/// the default realm of Kerberos. If there is neither, it is the search domain of the DNS settings.
#[must_use]
pub fn own_domain() -> Option<(DomainName, Origin)> {
    let own = if cfg!(windows) {
        // The variable is not set in a scheduled task.
        std::env::var("USERDNSDOMAIN").ok().and_then(|name| Some((name.parse().ok()?, Origin::UserDnsDomain)))
    } else {
        let files = kerberos_files(std::env::var_os("KRB5_CONFIG"));
        files.into_iter().find_map(|path| Some((default_realm(&read(&path)?)?, Origin::Kerberos(path))))
    };
    own.or_else(|| dns::search_domain().map(|name| (name, Origin::SearchDomain)))
}

/// Returns the configuration files that the MIT Kerberos libraries would read.
fn kerberos_files(variable: Option<OsString>) -> Vec<PathBuf> {
    match variable {
        Some(paths) if !paths.is_empty() => std::env::split_paths(&paths).collect(),
        _ => vec![PathBuf::from("/etc/krb5.conf")],
    }
}

fn read(path: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    std::fs::File::open(path).ok()?.take(MAX_FILE_BYTES).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Returns `default_realm` of the section `[libdefaults]`: the first one if there are several, as in the Kerberos
/// libraries.
fn default_realm(text: &str) -> Option<DomainName> {
    let mut in_defaults = false;
    let mut depth = 0_usize;
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';'])) {
        if depth == 0 && line.starts_with('[') {
            in_defaults = line.trim_end_matches('*') == "[libdefaults]";
            continue;
        }
        // Settings of one realm may stand in braces inside this section.
        match line {
            "}" => depth = depth.saturating_sub(1),
            _ if line.ends_with('{') => depth += 1,
            _ => {}
        }
        if let (true, 0, Some((name, value))) = (in_defaults, depth, line.split_once('='))
            && name.trim() == "default_realm"
        {
            return value.trim().trim_matches('"').parse().ok();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::default_realm;

    #[test]
    fn the_default_realm_is_read_as_the_libraries_read_it() {
        for (text, domain) in [
            ("[libdefaults]\n\tdefault_realm = AD.EXAMPLE.TEST\n", Some("ad.example.test")),
            ("[libdefaults]\r\ndefault_realm=\"AD.EXAMPLE.TEST\"\r\n", Some("ad.example.test")),
            ("[logging]\n a = b\n[libdefaults]*\n default_realm = A.TEST\n default_realm = B.TEST", Some("a.test")),
            ("[libdefaults]\n X.TEST = {\n default_realm = X.TEST\n }\n default_realm = A.TEST", Some("a.test")),
            ("[libdefaults]\n# default_realm = A.TEST\n; default_realm = B.TEST\n", None),
            ("[realms]\n default_realm = A.TEST\n", None),
            ("default_realm = A.TEST\n", None),
            ("[libdefaults]\n my_default_realm = A.TEST\n default_realms = B.TEST\n", None),
            ("[libdefaults]\n default_realm = \n", None),
            ("[libdefaults]\n default_realm = not a realm\n", None),
            ("", None),
        ] {
            assert_eq!(default_realm(text).map(|name| name.to_string()).as_deref(), domain, "{text}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn krb5_config_may_name_several_files() {
        use std::path::PathBuf;

        use super::kerberos_files;
        let files = kerberos_files(Some("/a/krb5.conf:/b".into()));
        assert_eq!(files, [PathBuf::from("/a/krb5.conf"), PathBuf::from("/b")]);
        for unset in [None, Some("".into())] {
            assert_eq!(kerberos_files(unset), [PathBuf::from("/etc/krb5.conf")]);
        }
    }
}
