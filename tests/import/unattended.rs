//! Runs that nobody watches: an inbox that empties itself, and a log.

use crate::photos::{jpeg, number};
use crate::run::Folder;

on_both! {
    fn an_inbox_holds_only_what_is_new(domain: &Domain) {
        let people = ["i-ann", "i-ben"].map(|name| domain.user(name));
        let folder = Folder::new();
        let inbox = folder.path().join("in");
        let done = folder.path().join("done");
        for (name, photo) in [("i-ann", 1), ("i-ben", 2), ("i-nobody", 3)] {
            folder.file(&format!("in/{name}.jpg"), jpeg(photo, 100, 100));
        }
        folder.file("in/i-ann broken.txt", "no photo");
        let names = |path: &std::path::Path| {
            let mut names: Vec<_> =
                std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            names.sort();
            names
        };
        let import = || domain.import(&inbox).args(&["--move-done", done.to_str().unwrap()]).records();
        let run = import();
        assert_eq!((run.code, run.count("written"), run.count("failed")), (Some(3), 2, 1), "{}", run.json);
        assert_eq!(names(&inbox), ["i-ann broken.txt", "i-nobody.jpg"]);
        assert_eq!(names(&done), ["i-ann.jpg", "i-ben.jpg"]);

        // A new photo of the same name, and one that the directory has already.
        folder.file("in/i-ann.jpg", jpeg(4, 100, 100));
        folder.file("in/i-ben.jpg", jpeg(2, 100, 100));
        let run = import();
        assert_eq!((run.count("written"), run.count("unchanged")), (1, 1), "{}", run.json);
        assert_eq!(names(&done), ["i-ann (2).jpg", "i-ann.jpg", "i-ben (2).jpg", "i-ben.jpg"]);
        assert_eq!(number(&domain.photo(&people[0]).unwrap()), 4);

        // A photo of two accounts stays until both have it.
        let list = folder.file("in/list.csv", "user,photo\ni-ann,both.jpg\ni-none,both.jpg\n");
        folder.file("in/both.jpg", jpeg(5, 100, 100));
        let run = domain.import(&list).args(&["--move-done", done.to_str().unwrap()]).records();
        assert_eq!(run.outcomes(), ["written", "failed no-such-account"]);
        assert!(inbox.join("both.jpg").exists());

        let inside = inbox.join("done");
        let refused = domain.import(&inbox).args(&["--recursive", "--move-done", inside.to_str().unwrap()]).run();
        assert_eq!(refused.code, Some(1));
        assert!(refused.stderr.contains("found again"), "{}", refused.stderr);
    }

    fn a_log_tells_what_happened_and_when(domain: &Domain) {
        let dn = domain.user("l-ann");
        let folder = Folder::new();
        folder.file("in/l-ann.jpg", jpeg(1, 100, 100));
        folder.file("in/l-nobody.jpg", jpeg(2, 100, 100));
        let log = folder.path().join("adphoto.log");
        let import = || domain.import(folder.path().join("in")).args(&["--log-file", log.to_str().unwrap()]);
        assert_eq!(import().run().code, Some(3));
        assert_eq!(import().user(&domain.admin, "not the password").run().code, Some(1));
        let text = std::fs::read_to_string(&log).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.iter().all(|line| line.as_bytes()[10] == b'T' && line.as_bytes()[19] == b'Z'), "{text}");
        let has = |words: &str| assert!(text.contains(words), "{words} in {text}");
        has(" begins: import ");
        has(&format!(" written l-ann, {}", folder.path().join("in/l-ann.jpg").display()));
        has(&dn);
        has(" failed l-nobody, ");
        has(" import: 1 written, 1 failed");
        has("ends with exit code 3");
        has("error: ");
        has("ends with exit code 1");
        assert!(!text.contains(&domain.admin_password) && !text.contains("not the password"));
    }
}
