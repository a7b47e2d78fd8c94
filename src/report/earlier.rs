//! Reading the JSON report of an earlier audit.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use time::OffsetDateTime;
use time::serde::rfc3339;

use super::{About, Status};
use crate::failure::Advice;

/// The report of an earlier audit.
#[derive(Debug, Clone)]
pub struct Earlier {
    pub(super) path: PathBuf,
    pub(super) started: OffsetDateTime,
    pub(super) records: Vec<EarlierRecord>,
    scope: Scope,
}

/// An account as the earlier audit found it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct EarlierRecord {
    pub(super) user: String,
    pub(super) display_name: Option<String>,
    pub(super) status: Status,
    #[serde(rename = "objectGUID", default)]
    guid: Option<String>,
}

impl EarlierRecord {
    /// Returns the text that identifies the account: its objectGUID, or its logon name in a report without objectGUIDs.
    pub(super) fn identity(&self) -> &str {
        self.guid.as_deref().unwrap_or(&self.user)
    }
}

/// The accounts that an audit is about.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Scope {
    base_dn: String,
    filter: Option<String>,
    include_disabled: bool,
}

/// The reason why an audit cannot be compared with a file.
#[derive(Debug, thiserror::Error)]
pub enum EarlierError {
    #[error("cannot read the earlier audit {}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{} is no JSON report of adphoto", .0.display())]
    NotAReport(PathBuf),
    #[error("{} is the report of adphoto {command}, and no audit", path.display())]
    NotAnAudit { path: PathBuf, command: String },
    #[error("{} is the report of an audit that did not come to its end", .0.display())]
    Incomplete(PathBuf),
    #[error("{} lists only the accounts that are {only}, so it does not tell who the others were", path.display())]
    OnlySome { path: PathBuf, only: String },
    #[error("{} is about {then}, and this audit about {now}", path.display())]
    OtherScope { path: PathBuf, then: String, now: String },
}

impl Advice for EarlierError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::Io { .. } => return None,
            Self::NotAReport(_) | Self::NotAnAudit { .. } => {
                "--since takes what `adphoto audit --report FILE.json` wrote"
            }
            Self::Incomplete(_) => "compare with an audit that ended",
            Self::OnlySome { .. } => "compare with an audit without --only",
            Self::OtherScope { .. } => {
                "compare audits of the same accounts: with the same --base-dn, --filter and --include-disabled"
            }
        };
        Some(advice.into())
    }
}

/// The parts of a JSON report that are needed.
#[derive(Deserialize)]
struct Json {
    version: u32,
    command: String,
    #[serde(default)]
    error: Option<String>,
    #[serde(default)]
    exit_code: Option<u8>,
    run: JsonRun,
    records: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct JsonRun {
    #[serde(with = "rfc3339")]
    started: OffsetDateTime,
    #[serde(default)]
    base_dn: String,
    filter: Option<String>,
    #[serde(default)]
    include_disabled: bool,
    only: Option<String>,
}

/// The exit code of a run that was interrupted.
const INTERRUPTED: u8 = 130;

impl Earlier {
    /// Reads a report.
    ///
    /// # Errors
    /// When the file cannot be read, or is not the report of a whole audit.
    pub fn read(path: &Path) -> Result<Self, EarlierError> {
        let content = std::fs::read(path).map_err(|source| EarlierError::Io { path: path.to_path_buf(), source })?;
        Self::parse(&content, path)
    }

    /// Reads the content of a report.
    ///
    /// # Errors
    /// When the content is not the report of a whole audit.
    pub(super) fn parse(content: &[u8], path: &Path) -> Result<Self, EarlierError> {
        let path = path.to_path_buf();
        // Windows PowerShell writes a byte order mark.
        let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
        let json: Json = match serde_json::from_slice::<Json>(content) {
            Ok(json) if json.version == 1 => json,
            _ => return Err(EarlierError::NotAReport(path)),
        };
        if json.command != "audit" {
            return Err(EarlierError::NotAnAudit { path, command: json.command });
        }
        if json.error.is_some() || json.exit_code == Some(INTERRUPTED) {
            return Err(EarlierError::Incomplete(path));
        }
        if let Some(only) = json.run.only {
            return Err(EarlierError::OnlySome { path, only });
        }
        let records = json.records.into_iter().map(serde_json::from_value).collect::<Result<_, _>>();
        let Ok(records) = records else { return Err(EarlierError::NotAReport(path)) };
        let JsonRun { started, base_dn, filter, include_disabled, .. } = json.run;
        Ok(Self { path, started, records, scope: Scope { base_dn, filter, include_disabled } })
    }

    /// Checks that a run is about the same accounts. Otherwise, accounts that only one of the two audits looked at
    /// would be reported as new or gone.
    ///
    /// # Errors
    /// When the domain, the base DN, the filter, or what is done with disabled accounts differs.
    pub fn check(&self, about: &About) -> Result<(), EarlierError> {
        let base_dn = about.connected.as_ref().map_or("", |connected| connected.base_dn.as_str());
        let now = Scope {
            base_dn: base_dn.to_owned(),
            filter: about.filter.clone(),
            include_disabled: about.include_disabled == Some(true),
        };
        if self.scope.base_dn.eq_ignore_ascii_case(base_dn)
            && (&self.scope.filter, self.scope.include_disabled) == (&now.filter, now.include_disabled)
        {
            return Ok(());
        }
        let (then, now) = (self.scope.in_words(), now.in_words());
        Err(EarlierError::OtherScope { path: self.path.clone(), then, now })
    }
}

impl Scope {
    fn in_words(&self) -> String {
        let filter = self.filter.as_ref().map_or(String::new(), |filter| format!(" that match {filter}"));
        let enabled = if self.include_disabled { "all accounts" } else { "the enabled accounts" };
        format!("{enabled} below {}{filter}", self.base_dn)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::{Value, json};

    use super::super::tests::{begun, connected};
    use super::super::{About, Earlier, EarlierError, Format, Report};

    fn parse(report: &Value) -> Result<Earlier, EarlierError> {
        Earlier::parse(report.to_string().as_bytes(), Path::new("then.json"))
    }

    #[test]
    fn only_a_whole_audit_of_the_same_accounts_is_compared_with() {
        let about = About { connected: Some(connected("DC=x")), include_disabled: Some(false), ..About::at(begun()) };
        let mut report = Vec::new();
        Report::of("audit", about.clone()).render(Format::Json, &mut report).expect("renders");
        let report: Value = serde_json::from_slice(&report).expect("JSON");
        let earlier = parse(&report).expect("an audit");
        earlier.check(&about).expect("the same accounts");
        let others = [
            About { connected: Some(connected("DC=y")), ..about.clone() },
            About { filter: Some("(cn=a)".to_owned()), ..about.clone() },
            About { include_disabled: Some(true), ..about },
        ];
        for other in others {
            assert!(matches!(earlier.check(&other), Err(EarlierError::OtherScope { .. })), "{other:?}");
        }
        let with = |name: &str, value: Value| {
            let mut report = report.clone();
            report[name] = value;
            parse(&report).expect_err("is refused").to_string()
        };
        assert!(with("command", "import".into()).contains("the report of adphoto import"));
        assert!(with("error", "no server".into()).contains("did not come to its end"));
        assert!(with("exit_code", 130.into()).contains("did not come to its end"));
        assert!(with("version", 2.into()).contains("no JSON report"));
        assert!(with("records", json!([{"user": "a"}])).contains("no JSON report"));
        let mut run = report["run"].clone();
        run["only"] = "missing".into();
        assert!(with("run", run).contains("lists only the accounts that are missing"));
        assert!(Earlier::parse(b"user,photo\n", Path::new("then.csv")).is_err());
    }
}
