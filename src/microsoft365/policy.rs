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

#[derive(Deserialize)]
struct Settings {
    #[serde(default)]
    source: Option<String>,
}

/// Reads the policy; `None` if the app has no right to.
pub(super) async fn read(graph: &Graph) -> Result<Option<Policy>, GraphError> {
    let settings: Settings = match graph.read(graph.url("/beta/admin/people/photoUpdateSettings"), MAX_BYTES).await {
        Ok(settings) => settings,
        Err(GraphError::Refused { status: 403 | 404, .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(Some(match settings.source.as_deref() {
        Some(source) if source.eq_ignore_ascii_case("cloud") => Policy::Cloud,
        Some(source) if source.eq_ignore_ascii_case("onPremises") => Policy::OnPremises,
        _ => Policy::Unset,
    }))
}
