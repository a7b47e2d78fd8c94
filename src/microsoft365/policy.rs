//! Which photos the tenant takes: those of the cloud, or those of Active Directory.

use serde::Deserialize;

use super::error::GraphError;
use super::graph::Graph;

/// The size up to which the answer is read, in bytes.
const MAX_BYTES: usize = 64 * 1024;

/// The tenant's photoUpdateSettings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Photos are changed in the cloud only.
    Cloud,
    /// Photos are changed in Active Directory only; the cloud refuses.
    OnPremises,
    /// The tenant has not decided, so that both may change them.
    Unset,
}

/// The answer. Microsoft's documentation shows the settings in two forms: directly, on the page of the resource, and
/// inside `value`, in the example of the request. We do not know which form Graph sends.
#[derive(Deserialize)]
struct Answer {
    #[serde(flatten)]
    bare: Settings,
    value: Option<Settings>,
}

#[derive(Deserialize)]
struct Settings {
    #[serde(default)]
    source: Option<String>,
}

impl Answer {
    fn policy(self) -> Policy {
        match self.value.unwrap_or(self.bare).source.as_deref() {
            Some(source) if source.eq_ignore_ascii_case("cloud") => Policy::Cloud,
            Some(source) if source.eq_ignore_ascii_case("onPremises") => Policy::OnPremises,
            _ => Policy::Unset,
        }
    }
}

/// Reads the policy; `None` if the app has no right to.
pub(super) async fn read(graph: &Graph) -> Result<Option<Policy>, GraphError> {
    let answer: Answer = match graph.read(graph.url("/beta/admin/people/photoUpdateSettings"), MAX_BYTES).await {
        Ok(answer) => answer,
        Err(GraphError::Refused { status: 403 | 404, .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(Some(answer.policy()))
}

#[cfg(test)]
mod tests {
    use super::{Answer, Policy};

    #[test]
    fn the_policy_is_read_in_either_form() {
        let policy = |json: &str| serde_json::from_str::<Answer>(json).expect("an answer").policy();
        assert_eq!(policy(r#"{"source": "onPremises", "allowedRoles": []}"#), Policy::OnPremises);
        assert_eq!(policy(r#"{"value": {"source": "onPremises", "allowedRoles": []}}"#), Policy::OnPremises);
        assert_eq!(policy(r#"{"value": {"source": "cloud"}}"#), Policy::Cloud);
        for unset in [r#"{}"#, r#"{"source": null}"#, r#"{"value": {}}"#] {
            assert_eq!(policy(unset), Policy::Unset, "{unset}");
        }
    }
}
