//! The facts of a run that a report gives as evidence: when it began, on which directory, signed in as whom, and which
//! accounts it left out.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, absolute};

use serde::Serialize;
use time::OffsetDateTime;
use time::serde::rfc3339;

use crate::destination::{Accounts, Destination};

/// The facts of a run. Those that do not apply to it are absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct About {
    /// When the run began, in UTC, to the second.
    #[serde(with = "rfc3339")]
    pub started: OffsetDateTime,
    /// The version of adphoto.
    pub adphoto: &'static str,
    /// The directory that the run was connected to, if it needs one.
    #[serde(flatten)]
    pub connected: Option<Connected>,
    /// The LDAP filter that chose the accounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Whether disabled accounts were included, in a run that searches accounts instead of naming each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_disabled: Option<bool>,
    /// The kind of accounts that is listed, if only one is (`--only`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only: Option<&'static str>,
    /// The source: a list, a folder or a pattern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The journal that takes the run back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journal: Option<String>,
    /// When the run ended, in UTC, to the second.
    #[serde(with = "rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub ended: Option<OffsetDateTime>,
    /// Every flag that is in force, by its long name, with its values.
    pub options: BTreeMap<String, Vec<String>>,
}

/// The directory that a run is connected to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Connected {
    /// The URL of the domain controller that is asked first, or of Microsoft Graph. It cannot contain a password.
    pub server: String,
    /// The account that is signed in: as it was given, or as Kerberos names it.
    pub user: String,
    /// The DN below which accounts are searched, or the tenant.
    pub base_dn: String,
}

impl About {
    /// Returns the facts of a run that begins now.
    #[must_use]
    pub fn now() -> Self {
        Self::at(OffsetDateTime::now_utc())
    }

    /// Returns the facts of a run that began at `started`.
    #[must_use]
    pub fn at(started: OffsetDateTime) -> Self {
        Self {
            started: to_the_second(started),
            adphoto: env!("CARGO_PKG_VERSION"),
            connected: None,
            filter: None,
            include_disabled: None,
            only: None,
            source: None,
            journal: None,
            ended: None,
            options: BTreeMap::new(),
        }
    }

    /// Adds the end of the run, which is now.
    #[must_use]
    pub fn ended(self) -> Self {
        Self { ended: Some(to_the_second(OffsetDateTime::now_utc())), ..self }
    }

    /// Adds the directory that the run is connected to.
    #[must_use]
    pub fn connected_to(self, destination: &impl Destination) -> Self {
        Self { connected: Some(Connected::to(destination)), ..self }
    }

    /// Adds the source, as an absolute path, because the report may be read in another folder.
    #[must_use]
    pub fn with_source(self, source: Option<&Path>) -> Self {
        let place = |source: &Path| absolute(source).unwrap_or_else(|_| source.into()).display().to_string();
        Self { source: source.map(place), ..self }
    }

    /// Returns the start of the run for people: `2026-11-22 01:24:09 UTC`.
    pub(super) fn started_in_words(&self) -> String {
        let (date, [hour, minute, second]) = (self.started.date(), clock(self.started));
        format!("{date} {hour}:{minute}:{second} UTC")
    }

    /// Returns the start of the run for programs: `2026-11-22T01:24:09Z`.
    pub(super) fn started_exactly(&self) -> String {
        let (date, [hour, minute, second]) = (self.started.date(), clock(self.started));
        format!("{date}T{hour}:{minute}:{second}Z")
    }

    /// Returns each fact with its name, for people.
    pub(super) fn in_words(&self) -> Vec<(&'static str, String)> {
        let connected = self.connected.as_ref();
        let is_cloud = connected.is_some_and(Connected::is_cloud);
        let disabled = self.include_disabled.map(|included| if included { "included" } else { "left out" });
        let facts = [
            ("Begun", Some(self.started_in_words())),
            (
                if is_cloud { "Microsoft Graph" } else { "Domain controller" },
                connected.map(|connected| connected.server.clone()),
            ),
            ("Signed in as", connected.map(|connected| connected.user.clone())),
            (
                if is_cloud { "Accounts of" } else { "Accounts below" },
                connected.map(|connected| connected.base_dn.clone()),
            ),
            ("Filter", self.filter.clone()),
            ("Disabled accounts", disabled.map(str::to_owned)),
            ("Listed", self.only.map(|only| format!("only {only}"))),
            ("Source", self.source.clone()),
            ("Journal", self.journal.clone()),
        ];
        facts.into_iter().filter_map(|(name, fact)| Some((name, fact?))).collect()
    }
}

fn to_the_second(moment: OffsetDateTime) -> OffsetDateTime {
    moment.replace_nanosecond(0).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

fn clock(moment: OffsetDateTime) -> [String; 3] {
    [moment.hour(), moment.minute(), moment.second()].map(|part| format!("{part:02}"))
}

impl Connected {
    fn is_cloud(&self) -> bool {
        !self.server.starts_with("ldap")
    }

    /// Returns what a run is connected to.
    #[must_use]
    pub fn to(destination: &impl Destination) -> Self {
        Self {
            server: destination.server(),
            user: destination.user().to_owned(),
            base_dn: destination.accounts().domain().base_dn.clone(),
        }
    }
}

impl fmt::Display for Connected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = if self.is_cloud() { "with the accounts of" } else { "below" };
        write!(f, "{}, as {}, {of} {}", self.server, self.user, self.base_dn)
    }
}
