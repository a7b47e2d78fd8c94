//! The national clouds of Microsoft 365, and their hosts.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

/// A cloud: where apps sign in, and where Graph is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cloud {
    Global,
    /// The cloud US Government L4 (GCC High).
    UsGov,
    /// The cloud US Government L5 (DoD).
    UsDod,
    /// The cloud in China, which 21Vianet operates.
    China,
    /// A practice tenant on this machine, reached in clear text.
    Practice(Url),
}

/// The names of the clouds, as the command line has them.
const NAMES: [(&str, Cloud); 4] =
    [("global", Cloud::Global), ("us-gov", Cloud::UsGov), ("us-dod", Cloud::UsDod), ("china", Cloud::China)];

impl Cloud {
    /// Returns the address at which apps sign in, without a slash at its end.
    pub(super) fn login(&self) -> String {
        match self {
            Self::Global => "https://login.microsoftonline.com".to_owned(),
            Self::UsGov | Self::UsDod => "https://login.microsoftonline.us".to_owned(),
            Self::China => "https://login.chinacloudapi.cn".to_owned(),
            Self::Practice(url) => bare(url),
        }
    }

    /// Returns the address of Graph, without a slash at its end. Tokens for Graph are issued for this address, too.
    #[must_use]
    pub fn graph(&self) -> String {
        match self {
            Self::Global => "https://graph.microsoft.com".to_owned(),
            Self::UsGov => "https://graph.microsoft.us".to_owned(),
            Self::UsDod => "https://dod-graph.microsoft.us".to_owned(),
            Self::China => "https://microsoftgraph.chinacloudapi.cn".to_owned(),
            Self::Practice(url) => bare(url),
        }
    }

    /// Returns whether requests stay on this machine, in clear text.
    #[must_use]
    pub fn is_practice(&self) -> bool {
        matches!(self, Self::Practice(_))
    }
}

fn bare(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

impl FromStr for Cloud {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WANTED: &str = "it is global, us-gov, us-dod or china, or http:// with an address of this machine, for the \
                              practice tenant";
        if let Some((_, cloud)) = NAMES.into_iter().find(|(name, _)| *name == text) {
            return Ok(cloud);
        }
        let url = Url::parse(text).map_err(|_| WANTED)?;
        let is_here = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            _ => false,
        };
        let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let is_anonymous = url.username().is_empty() && url.password().is_none();
        (url.scheme() == "http" && is_here && is_bare && is_anonymous).then_some(Self::Practice(url)).ok_or(WANTED)
    }
}

impl fmt::Display for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match NAMES.iter().find(|(_, cloud)| cloud == self) {
            Some((name, _)) => f.write_str(name),
            None => f.write_str(&self.graph()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cloud;

    #[test]
    fn each_cloud_has_its_own_hosts() {
        for (name, login, graph) in [
            ("global", "https://login.microsoftonline.com", "https://graph.microsoft.com"),
            ("us-gov", "https://login.microsoftonline.us", "https://graph.microsoft.us"),
            ("us-dod", "https://login.microsoftonline.us", "https://dod-graph.microsoft.us"),
            ("china", "https://login.chinacloudapi.cn", "https://microsoftgraph.chinacloudapi.cn"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ] {
            let cloud: Cloud = name.parse().expect("a cloud");
            assert_eq!((cloud.login().as_str(), cloud.graph().as_str()), (login, graph));
            assert_eq!(cloud.to_string(), name);
        }
    }

    /// Whoever could name another host would get the app's secret.
    #[test]
    fn no_other_host_can_be_named() {
        for text in [
            "",
            "Global",
            "germany",
            "https://127.0.0.1",
            "http://localhost:80",
            "http://graph.example.com",
            "http://127.0.0.1.example.com",
            "http://a:b@127.0.0.1",
            "http://127.0.0.1/x",
            "http://127.0.0.1?x",
            "file:///x",
        ] {
            assert!(text.parse::<Cloud>().is_err(), "{text}");
        }
        assert!("http://[::1]:8080".parse::<Cloud>().is_ok());
    }
}
