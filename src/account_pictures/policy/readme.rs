//! The page next to a policy. It explains how to put the policy to work, how to check that it works, and how to take it
//! back.

use super::Policy;

pub(super) const NAME: &str = "README.md";

/// Returns the page, with Windows line endings.
pub(super) fn page(policy: &Policy) -> Vec<u8> {
    let own = match policy.keep_own_picture {
        true => {
            "The policy sets the picture once for each user and PC (`--keep-own-picture`). Who chooses another one \
             afterwards keeps that, and a newer photo reaches those who have not."
        }
        false => {
            "The policy sets the picture again and again: who chooses another one has the company's again after the next \
             logon. With `--keep-own-picture` they keep theirs. Where somebody has no photo on the share, the picture is \
             taken away, also one that was chosen or that a script has left."
        }
    };
    let share = policy.share.to_string();
    let share_name = share.trim_start_matches('\\').split('\\').nth(1).unwrap_or_default();
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let page = include_str!("readme.md")
        .replace("{NAME}", &policy.name)
        .replace("{QUOTED_NAME}", &quoted(&policy.name))
        .replace("{SHARE}", &share)
        .replace("{QUOTED_SHARE}", &quoted(&share))
        .replace("{QUOTED_SHARE_NAME}", &quoted(share_name))
        .replace("{FOLDER}", &policy.folder.to_string())
        .replace("{OWN}", own);
    page.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes()
}
