//! What a run that writes to Microsoft 365 must know before its first write.

use super::Run;
use crate::destination::{Microsoft365, Recall};
use crate::failure::Failure;
use crate::microsoft365::{Policy, role};

/// The command that makes the cloud the only source of photos.
pub(in crate::command) const SET_CLOUD: &str = "az rest --method PATCH --url https://graph.microsoft.com/beta/admin/people/photoUpdateSettings --body \
     '{\"source\": \"cloud\"}'";

impl Run<'_, Microsoft365> {
    /// Stops a run that writes where the tenant takes photos from Active Directory only. A dry run goes on, and says so of
    /// each account. Also says when Active Directory may later replace what is written.
    pub(in crate::command) async fn heed_policy(&self) -> Result<(), Failure> {
        match self.destination.policy() {
            Some(Policy::OnPremises) if !self.order.dry_run => Err(Failure::new(
                "nothing was written: this tenant takes photos from Active Directory only (photoUpdateSettings)",
            )
            .hint("import into Active Directory instead, without --target microsoft365")
            .hint(format!("or have an administrator make the cloud the source; it takes up to a day: {SET_CLOUD}"))),
            Some(Policy::Unset) if self.unless_stopped(self.destination.has_synced()).await? => {
                self.progress.note(&format!(
                    "when thumbnailPhoto of a synced account changes, it may replace its photo in Microsoft 365; this keeps \
                     it from that: {SET_CLOUD}"
                ));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Uses what is known about photos that earlier imports sent.
    pub(in crate::command) fn recall(&mut self, recall: Recall) {
        match self.destination.recall(recall) {
            Ok(None) => {}
            Ok(Some(trouble)) => self.progress.note(&format!(
                "what earlier imports sent to this tenant is not known, so all photos are read and compared: {trouble}"
            )),
            Err(error) => self.progress.log(&format!("nothing can be remembered about photos that are sent: {error}")),
        }
    }

    /// Says before the first write if undo could not take back somebody's first photo, and stops unless that is wanted.
    pub(in crate::command) fn tells_what_undo_may(&self, without_undo: bool) -> Result<(), Failure> {
        let Some(claims) = self.destination.tenant().claims() else { return Ok(()) };
        if claims.has(role::WRITE_USERS) {
            return Ok(());
        }
        let text = format!(
            "undo cannot take back somebody's first photo: the app may not remove photos, for which Microsoft documents {}",
            role::WRITE_USERS
        );
        if without_undo || self.order.dry_run {
            self.progress.note(&text);
            return Ok(());
        }
        Err(Failure::new(format!("nothing was written: {text}"))
            .hint("--without-undo writes all the same; photos that replace others can be taken back")
            .hint("or grant the app that permission; adphoto check --target microsoft365 says how"))
    }
}
