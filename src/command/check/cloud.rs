//! The steps of `adphoto check --target microsoft365`.

use super::cloud_rows::{self as rows, ALL, PHOTO, POLICY, SIGN_IN, USERS};
use super::{Lines, trial};
use crate::cli::CheckArgs;
use crate::failure::Failure;
use crate::microsoft365::{GraphError, Held, Tenant, Trouble, User};
use crate::progress::Progress;
use crate::report::CheckedServer;
use crate::sign_in::{self, CloudError};

/// Accounts whose photos are read, until one has a photo.
const SAMPLE: usize = 10;

/// Checks a tenant, from signing in to one photo, until a step fails.
pub(super) async fn run(args: &CheckArgs, progress: &Progress) -> Result<CheckedServer, Failure> {
    let stage = progress.stage("Checking", ALL.len()).without_end();
    let mut lines = Lines { checks: Vec::new(), stage: &stage, all: &ALL };
    let server = args.cloud.cloud.graph();
    match sign_in::cloud_options(&args.cloud, &args.connection) {
        // Whoever has no app yet wants to know how to get one.
        Err(error @ CloudError::Missing(_)) => lines.add(rows::no_app(&error)),
        Err(error) => return Err(error.into()),
        Ok(options) => {
            let with = options.credential.in_words();
            let client_id = options.credential.client_id().map(ToString::to_string);
            match Tenant::connect(&options).await {
                Ok(tenant) => {
                    lines.add(rows::signed_in(&tenant, with));
                    // `None` means that a step failed on which the later ones depend; its line is in `lines` already.
                    let _ = examine(&tenant, client_id.as_deref(), args.try_user.as_deref(), &mut lines).await;
                }
                Err(error) => lines.add(rows::no_answer(SIGN_IN, &error)),
            }
        }
    }
    Ok(CheckedServer { server, checks: lines.complete() })
}

async fn examine(tenant: &Tenant, client_id: Option<&str>, tried: Option<&str>, lines: &mut Lines<'_>) -> Option<()> {
    lines.add(rows::roles(tenant.claims(), client_id));
    lines.add(rows::removing(tenant.claims()));
    let users = tenant.users(&|_| ()).await;
    let users = lines.step(users, |users| rows::users(users), |error| rows::no_answer(USERS, error))?;
    let is_synced = users.iter().any(|user| user.on_premises_sync_enabled == Some(true));
    let policy = tenant.policy().await;
    lines.step(policy, |policy| rows::policy(*policy, is_synced), |error| rows::no_answer(POLICY, error));
    let photo = sample(tenant, users).await;
    lines.step(photo, |seen| rows::photo(seen.as_ref()), |error| rows::no_answer(PHOTO, error))?;
    if let Some(name) = tried {
        lines.add(trial::of(tenant, users, name).await);
    }
    Some(())
}

/// Reads photos of enabled accounts until one has a photo, or none may be read. Returns the last account and what it
/// holds; `None` if there is no enabled account.
async fn sample<'t>(tenant: &Tenant, users: &'t [User]) -> Result<Option<(&'t User, Held)>, GraphError> {
    let mut last = None;
    for user in users.iter().filter(|user| user.account_enabled != Some(false)).take(SAMPLE) {
        let held = tenant.photo(&user.id).await?;
        let is_told = matches!(held, Held::Photo(_) | Held::Unknown(Trouble::Refused(_)));
        last = Some((user, held));
        if is_told {
            break;
        }
    }
    Ok(last)
}
