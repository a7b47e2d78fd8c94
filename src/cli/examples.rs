//! The examples in each command's help. A test runs every line.

pub(super) const PROGRAM: &str = "\
Examples:
  adphoto check --server dc1.ad.example.com --user \"EXAMPLE\\anna\"
  adphoto import photos --dry-run --server dc1.ad.example.com --user \"EXAMPLE\\anna\"
  adphoto import photos --server dc1.ad.example.com --user \"EXAMPLE\\anna\"";

pub(super) const IMPORT: &str = "\
Examples:
  adphoto import photos --dry-run --server dc1.ad.example.com --user \"EXAMPLE\\anna\"
  adphoto import list.csv --report report.csv --server dc1.ad.example.com --user \"EXAMPLE\\anna\"
  adphoto import IMG_1234.jpg --account jdoe --server dc1.ad.example.com --user \"EXAMPLE\\anna\"";

pub(super) const ACCOUNT_PICTURE: &str = "\
Examples:
  adphoto account-picture install --from \\\\fs1\\AccountPictures$ --dry-run
  adphoto account-picture status
  adphoto account-picture remove";

pub(super) const AUDIT: &str = "\
Examples:
  adphoto audit --report audit.html --server dc1.ad.example.com --user \"EXAMPLE\\anna\"
  adphoto audit --photos photos --by department --server dc1.ad.example.com --user \"EXAMPLE\\anna\"
  adphoto audit --only missing --format csv --kerberos > missing.csv";

pub(super) const EXPORT: &str = "\
Examples:
  adphoto export faces --server dc1.ad.example.com --user \"EXAMPLE\\anna\"
  adphoto export sales --filter \"(department=Sales)\" --kerberos
  adphoto import sales/index.csv --as-is --kerberos";

pub(super) const PUBLISH: &str = "\
Examples:
  adphoto publish pictures --dry-run --server dc1.ad.example.com --user \"EXAMPLE\\anna\"
  adphoto publish pictures --photos photos --server dc1.ad.example.com --user \"EXAMPLE\\anna\"
  adphoto publish pictures --photos photos --sync --max-changes 50% --kerberos";

pub(super) const REMOVE: &str = "\
Examples:
  adphoto remove --account anna bob --dry-run --server dc1.ad.example.com --user \"EXAMPLE\\anna\"
  adphoto remove leavers.csv --server dc1.ad.example.com --user \"EXAMPLE\\anna\"
  adphoto remove --filter \"(department=Sales)\" --yes --kerberos";

pub(super) const UNDO: &str = "\
Examples:
  adphoto undo --list
  adphoto undo --last --dry-run --server dc1.ad.example.com --user \"EXAMPLE\\anna\"
  adphoto undo --last --server dc1.ad.example.com --user \"EXAMPLE\\anna\"";

pub(super) const CONVERT: &str = "\
Examples:
  adphoto convert photos thumbnails
  adphoto convert list.csv large --crop top --size 240
  adphoto convert \"photos/**/*.png\" thumbnails --overwrite --report converted.csv";

pub(super) const CHECK: &str = "\
Examples:
  adphoto check --server dc1.ad.example.com --user \"EXAMPLE\\anna\"
  adphoto check --base-dn \"OU=Staff,DC=ad,DC=example,DC=com\" --kerberos
  adphoto check --domain ad.example.com --kerberos --format json";

pub(super) const CONFIG: &str = "\
Examples:
  adphoto config show
  adphoto config show --profile labs";

pub(super) const GENERATE: &str = "\
Examples:
  adphoto generate completions bash > /usr/share/bash-completion/completions/adphoto
  adphoto generate completions powershell >> $PROFILE
  adphoto generate man /usr/local/share/man/man1";

pub(super) const GROUP_POLICY: &str = "\
Examples:
  adphoto generate group-policy policy --share '\\\\fs1\\AccountPictures$'
  adphoto generate group-policy policy --share '\\\\fs1\\AccountPictures$' --keep-own-picture";

const EXIT_CODES: &str = "\
Exit codes:
  0    all done
  1    could not run, or stopped
  2    wrong usage
  3    finished, with failures or unmatched photos
  130  interrupted";

/// Joins what ends a long help: the examples, further text, and the exit codes.
pub(super) fn long(examples: &str, text: &str) -> String {
    [examples, text, EXIT_CODES].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::{
        ACCOUNT_PICTURE, AUDIT, CHECK, CONFIG, CONVERT, EXPORT, GENERATE, GROUP_POLICY, IMPORT, PROGRAM, PUBLISH,
        REMOVE, UNDO,
    };

    #[test]
    fn no_line_is_broken_where_it_would_be_pasted_in_two() {
        for examples in [
            ACCOUNT_PICTURE,
            AUDIT,
            CHECK,
            CONFIG,
            CONVERT,
            EXPORT,
            GENERATE,
            GROUP_POLICY,
            IMPORT,
            PROGRAM,
            PUBLISH,
            REMOVE,
            UNDO,
        ] {
            assert!(examples.lines().all(|line| line.len() <= 100), "{examples}");
        }
    }
}
