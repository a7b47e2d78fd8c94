//! Tests CSV files as people have them, folders, and patterns.

use crate::photos::{jpeg, number};
use crate::run::Folder;

on_both! {
    /// The CSV of the documentation, with Windows paths, on any system.
    fn the_documented_csv_works_as_it_stands(domain: &Domain) {
        let alex = domain.user_with("AlexD-t", &domain.base, &[("displayName", "Alex Darrow")]);
        let folder = Folder::new();
        folder.file("photos/AD-Alex-Darrow.JPG", jpeg(3, 400, 300));
        let list = folder.file("hr/list.csv", "AD_user, path_to_file\r\nAlexD-t , C:\\AD_Photos\\ad-alex-darrow.jpg\r\n");
        if cfg!(not(windows)) {
            let run = domain.import(&list).records();
            assert_eq!(run.outcomes(), ["failed no-such-file"]);
            assert!(run.all()[0]["reason"].as_str().unwrap().contains("--photo-dir"), "{}", run.json);
        }
        let run = domain.import(&list).args(&["--photo-dir", folder.path().join("photos").to_str().unwrap()]).records();
        // On the practice directory this comes with a remark: its company has an Alex Darrow of its own.
        assert!(run.code == Some(0) && run.count("written") == 1, "{}", run.json);
        assert_eq!(number(&domain.photo(&alex).unwrap()), 3);
    }

    /// Files in various encodings, with various delimiters and columns.
    fn csv_files_of_every_program_are_read(domain: &Domain) {
        let folder = Folder::new();
        folder.file("bild.jpg", jpeg(4, 100, 100));
        let table = "Nr;K\u{fc}rzel;Foto\n1;m\u{fc}ller-t;bild.jpg\n";
        let utf16: Vec<u8> = "\u{feff}".encode_utf16().chain(table.replace(';', "\t").encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let latin1: Vec<u8> = table.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        let dn = domain.user("m\u{fc}ller-t");
        for (name, content) in [("utf8.csv", table.as_bytes()), ("unicode.txt", &utf16), ("ansi.csv", &latin1)] {
            domain.set_photo(&dn, None);
            let run = domain.import(folder.file(name, content)).args(&["--user-column", "k\u{fc}rzel"]).records();
            assert_eq!(run.outcomes(), ["written"], "{name}: {}", run.json);
            assert_eq!(run.stderr.contains("Windows-1252"), name == "ansi.csv", "{}", run.stderr);
        }
        let run = domain.import(folder.file("plain.csv", "m\u{fc}ller-t|bild.jpg\n")).records();
        assert_eq!(run.outcomes(), ["unchanged"]);
        assert!(run.stderr.contains("no header"), "{}", run.stderr);
    }

    /// In the user column, numbers keep their leading zeros, and names their commas.
    fn lists_name_people_as_spreadsheets_do(domain: &Domain) {
        let attributes = [("employeeID", "00123"), ("displayName", "Miller, Anna-l")];
        let anna = domain.user_with("l-anna", &domain.base, &attributes);
        domain.user_with("l-bob", &domain.base, &[("employeeID", "123"), ("displayName", "Anna-l")]);
        let folder = Folder::new();
        folder.file("anna.jpg", jpeg(7, 100, 100));
        let lists: [(&str, &[&str]); 6] = [
            ("employeeID,photo\r\n=\"00123\",anna.jpg\r\n", &[]),
            ("employeeID,photo\r\n\"=\"\"00123\"\"\",anna.jpg\r\n", &[]),
            ("Personalnummer;Bilddatei\r\n'00123;anna.jpg\r\n", &[]),
            ("User Logon Name,Picture File\r\nl-anna\u{200b},“anna.jpg”\r\n", &[]),
            ("Miller, Anna-l;anna.jpg\r\n", &["--match-by", "displayName"]),
            ("\"Anzeigename;Foto\"\r\n\"Miller, Anna-l;anna.jpg\"\r\n", &[]),
        ];
        for (list, arguments) in lists {
            domain.set_photo(&anna, None);
            let run = domain.import(folder.file("list.csv", list)).args(arguments).records();
            assert_eq!((run.code, run.outcomes()), (Some(0), vec!["written".to_owned()]), "{list}: {}", run.json);
            assert_eq!(domain.photo(&anna).map(|photo| number(&photo)), Some(7), "{list}");
        }
        // In a list with a single column of names, the comma is not taken for a delimiter.
        for list in ["displayName\nMiller, Anna-l\n", "Anzeigename\n\"Miller, Anna-l\"\n"] {
            let list = folder.file("names.csv", list);
            let run = domain.remove(&[list.to_str().unwrap(), "--dry-run"]).records();
            assert_eq!(run.outcomes(), ["would-remove"], "{}", run.json);
        }
        let paths = folder.file("paths.csv", "P:\\a.jpg;l-anna\n");
        let run = domain.remove(&[paths.to_str().unwrap(), "--dry-run"]).run();
        assert!(run.code == Some(1) && run.stderr.contains("the users look like paths"), "{}", run.stderr);
    }

    fn folders_are_searched_as_deep_as_asked(domain: &Domain) {
        let people = ["s-top", "s-deep"].map(|name| domain.user(name));
        let folder = Folder::new();
        folder.file("s-top.jpg", jpeg(1, 100, 100));
        folder.file("a/b/s-deep.jpg", jpeg(2, 100, 100));
        let has = || people.each_ref().map(|dn| domain.photo(dn).is_some());
        let run = domain.import(folder.path()).records();
        assert_eq!((run.code, has()), (Some(0), [true, false]));
        assert!(run.stderr.contains("not searched (1)"), "{}", run.stderr);
        let run = domain.import(folder.path().join("**/*.jpg")).args(&["--dry-run"]).records();
        assert_eq!(run.outcomes(), ["would-write", "unchanged"]);
        let run = domain.import(folder.path()).args(&["--recursive"]).records();
        assert_eq!((run.outcomes(), has()), (vec!["written".to_owned(), "unchanged".to_owned()], [true, true]));
    }
}

on_tenant! {
    the_documented_csv_works_as_it_stands
    csv_files_of_every_program_are_read
    lists_name_people_as_spreadsheets_do
    folders_are_searched_as_deep_as_asked
}
