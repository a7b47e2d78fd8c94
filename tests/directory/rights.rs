//! Tests whose photo the signed-in user may write, and which local files may be read.

use crate::domain::PASSWORD;
use crate::photos::jpeg;
use crate::run::Folder;

on_both! {
    /// A user may write their own photo and nobody else's; a dry run says so, too.
    fn what_may_not_be_written_is_said_before_and_after(domain: &Domain) {
        let realm = domain.admin.split_once('@').unwrap().1;
        let own = domain.user_with("own-t", &domain.base, &[("userPrincipalName", &format!("own-t@{realm}"))]);
        let other = domain.user("other-t");
        let folder = Folder::new();
        folder.file("own-t.jpg", jpeg(1, 100, 100));
        folder.file("other-t.jpg", jpeg(2, 100, 100));
        for user in [format!("own-t@{realm}"), format!("{}\\own-t", domain.netbios), own.clone()] {
            domain.set_photo(&own, None);
            let import = || domain.import(folder.path()).user(&user, PASSWORD);
            let dry = import().args(&["--dry-run"]).records();
            assert_eq!(dry.outcomes(), ["failed no-right", "would-write"], "{user}: {}", dry.json);
            let run = import().records();
            assert_eq!((run.code, run.outcomes()), (Some(3), vec!["failed no-right".to_owned(), "written".to_owned()]), "{user}");
            assert!(domain.photo(&own).is_some() && domain.photo(&other).is_none());
        }
    }
}

/// Tests of files that may not be read. Root may read all files, so root runs the program as another user.
#[cfg(unix)]
mod unreadable {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use super::*;

    /// The user ID of `nobody` on Debian.
    const NOBODY: u32 = 65_534;

    on_both! {
        fn a_file_without_read_permission_fails_alone(domain: &Domain) {
            domain.user("u-open");
            domain.user("u-closed");
            let folder = Folder::new();
            folder.file("u-open.jpg", jpeg(1, 100, 100));
            let closed = folder.file("u-closed.jpg", jpeg(2, 100, 100));
            let mode = |path: &std::path::Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
            mode(&closed, 0o000);
            let mut import = domain.import(folder.path());
            let other = Folder::new();
            if folder.path().metadata().unwrap().uid() == 0 {
                let program = other.path().join("adphoto");
                std::fs::copy(env!("CARGO_BIN_EXE_adphoto"), &program).unwrap();
                mode(&program, 0o755);
                mode(other.path(), 0o755);
                mode(folder.path(), 0o755);
                mode(&folder.path().join("u-open.jpg"), 0o644);
                if let Some(ca_file) = &domain.ca_file {
                    let copy = other.path().join("ca.pem");
                    std::fs::copy(ca_file, &copy).unwrap();
                    mode(&copy, 0o644);
                    import = import.ca_file(Some(copy));
                }
                let state = other.path().join("state");
                std::fs::create_dir(&state).unwrap();
                mode(&state, 0o777);
                import = import.run_by(program, NOBODY).env("XDG_STATE_HOME", state);
            }
            let run = import.records();
            assert_eq!((run.code, run.outcomes()), (Some(3), vec!["failed unreadable".to_owned(), "written".to_owned()]), "{}", run.json);
        }

        fn a_password_file_that_others_can_read_is_refused(domain: &Domain) {
            domain.user("k-one");
            let folder = Folder::new();
            folder.file("in/k-one.jpg", jpeg(1, 100, 100));
            let file = folder.file("password", format!("{}\r\nnot this\n", domain.admin_password));
            let import = || {
                let import = domain.import(folder.path().join("in")).user(&domain.admin, "of the environment, and wrong");
                import.args(&["--password-file", file.to_str().unwrap()]).run()
            };
            for (mode, code) in [(0o644, 1), (0o640, 1), (0o600, 0), (0o400, 0)] {
                std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
                let run = import();
                assert_eq!(run.code, Some(code), "{mode:o}: {}", run.stderr);
                assert_eq!(run.stderr.contains("chmod 600"), code == 1, "{}", run.stderr);
            }
        }
    }
}
