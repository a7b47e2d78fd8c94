//! Tests lists as people have them: each is read as it was meant, or leads to one message that says what to do.

use std::path::Path;
use std::process::{Command, Stdio};

use image::ImageFormat;
use serde_json::Value;

use super::{Photos, photo};

/// The result of a list: the exit code, `user file status reason_code` of each record, and standard error.
struct Outcome {
    code: i32,
    records: Vec<String>,
    stderr: String,
}

/// Makes a folder `p` with the photos `a0.jpg` to `a9.jpg`.
fn photos() -> Photos {
    let photos = Photos::new();
    for number in 0..10 {
        photos.file(&format!("p/a{number}.jpg"), photo(number, ImageFormat::Jpeg));
    }
    photos
}

impl Photos {
    /// Converts the photos that a list names.
    fn list(&self, content: impl AsRef<[u8]>, arguments: &[&str]) -> Outcome {
        self.file("list.csv", content);
        self.source("list.csv", arguments)
    }

    fn source(&self, source: &str, arguments: &[&str]) -> Outcome {
        let to = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_adphoto"));
        command.arg("convert").arg(source).arg(to.path().join("out")).args(["--format", "json"]).args(arguments);
        let output = command.current_dir(self.path("")).stdin(Stdio::null()).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        let code = output.status.code().unwrap();
        if output.stdout.is_empty() {
            return Outcome { code, records: Vec::new(), stderr };
        }
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let record = |record: &Value| {
            let text = |field: &str| record[field].as_str().unwrap();
            let file = Path::new(text("photo")).file_name().unwrap_or_default().to_str().unwrap();
            format!("{} {file} {} {}", text("user"), text("status"), text("reason_code")).trim_end().to_owned()
        };
        Outcome { code, records: report["records"].as_array().unwrap().iter().map(record).collect(), stderr }
    }
}

/// Returns `user file converted` for each pair. Every photo is larger than the thumbnail, so there is no reason code.
fn converted(pairs: &[(&str, &str)]) -> Vec<String> {
    pairs.iter().map(|(user, file)| format!("{user} {file} converted")).collect()
}

fn encoded(text: &str) -> [(&'static str, Vec<u8>); 5] {
    let units = |order: fn(u16) -> [u8; 2], mark: &str| -> Vec<u8> {
        mark.encode_utf16().chain(text.encode_utf16()).flat_map(order).collect()
    };
    [
        ("UTF-8 with BOM", [b"\xef\xbb\xbf", text.as_bytes()].concat()),
        ("UTF-16LE", units(u16::to_le_bytes, "\u{feff}")),
        ("UTF-16BE", units(u16::to_be_bytes, "\u{feff}")),
        ("UTF-16LE without BOM", units(u16::to_le_bytes, "")),
        ("UTF-16BE without BOM", units(u16::to_be_bytes, "")),
    ]
}

#[test]
fn what_programs_put_above_the_header_is_passed_over() {
    let photos = photos();
    for list in [
        "#TYPE Selected.Microsoft.ActiveDirectory.Management.ADUser\r\n\"SamAccountName\",\"Photo\"\r\n\"u0\",\"p\\a0.jpg\"\r\n",
        "#TYPE System.X\r\n\"Name\",\"SamAccountName\",\"Photo\"\r\n\"Anna Miller\",\"u0\",\"p/a0.jpg\"\r\n",
        "\"#TYPE System.X\"\r\n\"SamAccountName\";\"Photo\"\r\n\"u0\";\"p/a0.jpg\"\r\n",
        "\"sep=;\"\r\nuser;photo\r\nu0;p/a0.jpg\r\n",
        "SEP=;\r\nuser;photo\r\nu0;p/a0.jpg\r\n",
        "sep=;;;\r\nuser;photo;x\r\nu0;p/a0.jpg;1,2,3\r\n",
        "sep=\t\r\nuser\tphoto\r\nu0\tp/a0.jpg\r\n",
        "\"sep=,\",,\nuser,photo,x\nu0,p/a0.jpg,1;2;3\n",
        "sep=#\nuser#photo\nu0#p/a0.jpg\n",
        "#TYPE X\nsep=|\n\nuser|photo\nu0|p/a0.jpg\n",
        "sep=;\ruser;photo\ru0;p/a0.jpg",
    ] {
        let outcomes = encoded(list).map(|(encoding, content)| (encoding, photos.list(content, &[])));
        for (encoding, outcome) in [("UTF-8", photos.list(list, &[]))].into_iter().chain(outcomes) {
            assert_eq!(outcome.records, converted(&[("u0", "a0.jpg")]), "{encoding}: {list}{}", outcome.stderr);
        }
    }
    // The line `sep=;` is followed even if commas would make a header.
    let outcome = photos.list("sep=;\nuser,photo\nu0,p/a0.jpg\n", &[]);
    assert!(outcome.code == 1 && outcome.stderr.contains("no column for the user"), "{}", outcome.stderr);
}

#[test]
fn the_header_is_found_below_titles() {
    let photos = photos();
    for (list, note) in [
        ("UTF-8\nuser,photo\nu0,p/a0.jpg\n", "line 1 is above the table and ignored: UTF-8"),
        (
            "Employee photos 2026;;;\r\n;;;\r\nNr;Login;Foto;Bemerkung\r\n1;u0;p/a0.jpg;\r\n",
            "line 1 is above the table",
        ),
        ("# by HR\n# 2026\nuser;photo\nu0;p/a0.jpg\n", "lines 1 to 2 are above the table"),
        ("\"Photos of \"\"Sales\"\", 2026\"\nlogin,file\nu0,p/a0.jpg\n", "ignored: Photos of \"Sales\", 2026"),
        ("# by HR\nu0;p/a0.jpg\n", "line 1 is above the table"),
    ] {
        let outcome = photos.list(list, &[]);
        assert_eq!((outcome.code, outcome.records), (0, converted(&[("u0", "a0.jpg")])), "{list}");
        assert!(outcome.stderr.contains(note), "{}", outcome.stderr);
    }
    let unknown = photos.list("Employee photos 2026;;\nWer;Wo;Was\nu0;x;p/a0.jpg\nu1;x;p/a1.jpg\n", &[]);
    let message = "no column for the user (--user-column names it); its line 2 reads: Wer | Wo | Was";
    assert!(unknown.code == 1 && unknown.records.is_empty() && unknown.stderr.contains(message), "{}", unknown.stderr);
}

#[test]
fn headers_of_many_languages_are_known() {
    let photos = photos();
    for header in [
        "User Logon Name;Picture File",
        "Personalnummer;Bilddatei",
        "Benutzername;Bildpfad",
        "Nom d'utilisateur;Chemin de la photo",
        "Nombre de usuario;Ruta de la foto",
        "Nome utente;Percorso foto",
        "Gebruikersnaam;Pad naar foto",
        "Nazwa użytkownika;Ścieżka do zdjęcia",
        "Wer;Was",
    ] {
        let outcome = photos.list(format!("{header};\r\nu0;p/a0.jpg;\r\n"), &[]);
        assert_eq!((outcome.code, outcome.records), (0, converted(&[("u0", "a0.jpg")])), "{header}");
        // Between other columns, a column is recognized only by a known name.
        let outcome = photos.list(format!("Nr;Abteilung;{header}\r\n1;HR;u0;p/a0.jpg\r\n"), &[]);
        assert_eq!(outcome.records.len(), usize::from(header != "Wer;Was"), "{header}: {}", outcome.stderr);
    }
    let windows_1252 = "K\u{fc}rzel;Foto\nu\u{fc};p/a0.jpg\n".chars().map(|c| u8::try_from(u32::from(c)).unwrap());
    let outcome = photos.list(windows_1252.collect::<Vec<u8>>(), &[]);
    assert_eq!(outcome.records, converted(&[("uü", "a0.jpg")]));
    let twice = photos.list("user;user;photo\n;u0;p/a0.jpg\n", &[]);
    assert_eq!(twice.records, converted(&[("u0", "a0.jpg")]));
    assert!(twice.stderr.contains("2 columns are called user: using column 2"), "{}", twice.stderr);
}

#[test]
fn what_stands_around_a_cell_is_taken_off() {
    let photos = photos();
    for (user, path) in [
        ("=\"00123\"", "p/a0.jpg"),
        ("\"=\"\"00123\"\"\"", "p/a0.jpg"),
        ("='00123", "p/a0.jpg"),
        ("'00123", "p/a0.jpg"),
        ("00123", "\"\"\"p/a0.jpg\"\"\""),
        ("'00123'", "'p/a0.jpg'"),
        ("“00123”", "“p/a0.jpg”"),
        ("„00123“", "„p/a0.jpg“"),
        ("«\u{a0}00123\u{a0}»", "« p/a0.jpg »"),
        ("00123\u{200b}", "\u{202a}p/a0.jpg\u{200e}"),
        ("\u{feff}00123", "\u{a0}p/a0.jpg\u{2069}"),
        ("00123", "=HYPERLINK(\"p/a0.jpg\";\"Foto\")"),
        ("00123", "p/a0\u{ad}.jpg"),
    ] {
        let outcome = photos.list(format!("login;photo\n{user};{path}\n"), &[]);
        assert_eq!((outcome.code, outcome.records), (0, converted(&[("00123", "a0.jpg")])), "{user} {path}");
    }
    let outcome = photos.list("“Miller, Anna”,“p/a0.jpg”\n„Smith, Bob“,„p/a1.jpg“\n", &[]);
    assert_eq!(outcome.records, converted(&[("Miller, Anna", "a0.jpg"), ("Smith, Bob", "a1.jpg")]));
    let outcome = photos.list("Miller, Anna;p/a0.jpg\nSmith, Bob;p/a1.jpg\n", &[]);
    assert_eq!(outcome.records, converted(&[("Miller, Anna", "a0.jpg"), ("Smith, Bob", "a1.jpg")]));

    // An invisible character in the middle of a name is kept: the name may be somebody else's. The message makes it
    // visible.
    let to = photos.path("text");
    photos.file("list.csv", "user,photo\nu\u{200b}0,p/gone.jpg\n");
    let mut command = Command::new(env!("CARGO_BIN_EXE_adphoto"));
    let output = command.arg("convert").arg(photos.path("list.csv")).arg(to).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("u\\u{200b}0"), "{text}");
}

#[test]
fn photo_dir_finds_files_by_whatever_names_a_list_has() {
    let photos = photos();
    photos.file("p/anna m.jpg", photo(10, ImageFormat::Jpeg));
    photos.file("p/Łukasz.jpg", photo(11, ImageFormat::Jpeg));
    let list = "user,photo\r\nu0,\"\"\"C:\\Photos\\a0.jpg\"\"\"\r\nu1,file:///C:/Photos/anna%20m.jpg\r\n\
                u2,https://hr.example.test/p/a2.jpg?size=large\r\nu3,'C:\\Photos\\a3.jpg'\r\nu4,C:\\ Photos\\a4.jpg\r\n\
                u5,\u{202a}C:\\Photos\\a5.jpg\r\nu6,C:\\Photos\\a6.jpg\u{200b}\r\nu7,a7.JPEG\r\nu8,A8.JPG\r\n\
                u9,=HYPERLINK(\"C:\\Photos\\a9.jpg\")\r\nu10,P:\\?ukasz.jpg\r\n";
    let outcome = photos.list(list, &["--photo-dir", "p"]);
    let mut expected = converted(&[
        ("u0", "a0.jpg"),
        ("u1", "anna m.jpg"),
        ("u2", "a2.jpg"),
        ("u3", "a3.jpg"),
        ("u4", "a4.jpg"),
        ("u5", "a5.jpg"),
        ("u6", "a6.jpg"),
    ]);
    expected.push("u7 a7.JPEG failed no-such-file".to_owned());
    // Windows finds the file by either name.
    expected.extend(converted(&[("u8", if cfg!(windows) { "A8.JPG" } else { "a8.jpg" }), ("u9", "a9.jpg")]));
    let lost = "u10 P:\\?ukasz.jpg failed no-such-file";
    expected.push(if cfg!(windows) { "u10 ?ukasz.jpg failed no-such-file" } else { lost }.to_owned());
    assert_eq!(outcome.records, expected, "{}", outcome.stderr);

    let text = |source: &str, arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_adphoto"));
        let output =
            command.arg("convert").arg(source).arg("text").args(arguments).current_dir(photos.path("")).output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let shown = text("list.csv", &["--photo-dir", "p"]);
    for words in ["did you mean a7.jpg?", "did you mean Łukasz.jpg?", "save the list again as \"CSV UTF-8\""] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    photos.file("web.csv", "user,photo\nu0,https://hr.example.test/a0.jpg\nu1,p/?ukasz.jpg\n");
    let shown = text("web.csv", &[]);
    for words in ["a web address, which adphoto does not open", "--photo-dir", "did you mean Łukasz.jpg?"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
}

#[test]
fn photos_instead_of_paths_are_said_once_and_cut() {
    let photos = photos();
    let base64 = format!("/9j/{}", "4AAQSkZJRgABAQAAAQABAAD/".repeat(400));
    for (list, words) in [
        (
            "\"SamAccountName\",\"thumbnailPhoto\"\r\n\"u0\",\"System.Byte[]\"\r\n\"u1\",\"System.Byte[]\"\r\n"
                .to_owned(),
            "System.Byte[]",
        ),
        (
            format!("\"SamAccountName\",\"thumbnailPhoto\"\r\n\"u0\",\"{base64}\"\r\n\"u1\",\"{base64}\"\r\n"),
            "/9j/4AAQ",
        ),
        (format!("u0;{base64}\nu1;{base64}\n"), "/9j/4AAQ"),
    ] {
        let outcome = photos.list(list, &[]);
        assert_eq!((outcome.code, outcome.records.len()), (1, 0), "{words}");
        let told = outcome.stderr.contains(words) && outcome.stderr.contains("instead of a path");
        assert!(told && outcome.stderr.len() < 600 && outcome.stderr.lines().count() == 2, "{}", outcome.stderr);
    }
    let one = photos.list(format!("SamAccountName,thumbnailPhoto\nu0,{base64}\nu1,p/a1.jpg\n"), &[]);
    assert!(one.records[0].ends_with("failed bad-row") && one.records[0].len() < 200, "{}", one.records[0]);
    assert_eq!(one.records[1..], converted(&[("u1", "a1.jpg")]));
}

#[test]
fn joined_files_are_one_list() {
    let photos = photos();
    for list in [
        &b"user,photo\r\nu0,p/a0.jpg\r\nu1,p/a1.jpg\r\n\x1a"[..],
        b"user,photo\r\nu0,p/a0.jpg\r\nu1,p/a1.jpg\x1a",
        b"\xef\xbb\xbfuser,photo\r\nu0,p/a0.jpg\r\n\xef\xbb\xbfuser,photo\r\nu1,p/a1.jpg\r\n",
        b"\xef\xbb\xbf\"user\",\"photo\"\r\n\"u0\",\"p/a0.jpg\"\r\n\x1a\xef\xbb\xbf\"user\",\"photo\"\r\n\"u1\",\"p/a1.jpg\"\r\n\x1a",
        b"user,photo\r\nu0,p/a0.jpg\r\nphoto,user\r\np/a1.jpg,u1\r\n",
        b"user,photo\r\nu0,p/a0.jpg\r\nUser;Photo\r\nu1;p/a1.jpg\r\n",
        b"sep=;\r\nuser;photo\r\nu0;p/a0.jpg\r\nsep=;\r\nuser;photo\r\nu1;p/a1.jpg\r\n",
        b"#TYPE X\n\"SamAccountName\",\"Photo\"\n\"u0\",\"p/a0.jpg\"\n#TYPE X\n\"SamAccountName\",\"Photo\"\n\"u1\",\"p/a1.jpg\"\n",
        b"Wer;Was\nu0;p/a0.jpg\nWer;Was\nu1;p/a1.jpg\n",
        b"user;photo\n----;-----\nu0;p/a0.jpg\n\n;\nu1;p/a1.jpg\n",
    ] {
        let outcome = photos.list(list, &[]);
        let expected = converted(&[("u0", "a0.jpg"), ("u1", "a1.jpg")]);
        assert_eq!((outcome.code, outcome.records), (0, expected), "{}{}", String::from_utf8_lossy(list), outcome.stderr);
    }
    let outcome = photos.list("mail,photo\na@x.test,p/a0.jpg\nemployeeID,photo\n7,p/a1.jpg\n", &[]);
    let told = outcome.stderr.contains("line 3 is another header, with users by employeeID instead of mail");
    assert!(outcome.code == 1 && told, "{}", outcome.stderr);
}

#[test]
fn a_list_of_rows_that_are_one_cell_is_read_or_refused_once() {
    let photos = photos();
    let message = "each row of the list is one cell: a program has opened it with the wrong separator";
    for list in [
        "\"user,photo\"\r\n\"u0,p/a0.jpg\"\r\n\"u1,p/a1.jpg\"\r\n",
        "\"user;photo\"\r\n\"u0;p/a0.jpg\"\r\n\"u1;\"\"p/a1.jpg\"\"\"\r\n",
        "\"user,photo\";;\r\n\"u0,p/a0.jpg\";;\r\n\"u1,p/a1.jpg\";;\r\n",
    ] {
        let outcome = photos.list(list, &[]);
        let expected = converted(&[("u0", "a0.jpg"), ("u1", "a1.jpg")]);
        assert_eq!((outcome.code, outcome.records), (0, expected), "{list}");
        assert_eq!(outcome.stderr.matches(message).count(), 1, "{}", outcome.stderr);
    }
    for list in ["\"Wer,Was\"\n\"u0,p/a0.jpg\"\n", "\"u0,p/a0.jpg\"\n\"Miller, Anna.jpg\"\n"] {
        let outcome = photos.list(list, &[]);
        assert_eq!((outcome.code, outcome.records.len()), (1, 0), "{list}");
        assert_eq!(outcome.stderr.matches(message).count(), 1, "{}", outcome.stderr);
    }
}

#[test]
fn sources_that_are_something_else_are_told_by_name() {
    let photos = photos();
    let zip = [&b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x07\0\0\0"[..], b"a0.jpg "].concat();
    photos.file("fotos.zip", zip);
    photos.file("swapped.csv", "P:\\a.jpg;anna@x.test\nP:\\b.jpg;bob@x.test\n");
    photos.file("swapped2.csv", "mail;photo\np/a0.jpg;anna@x.test\np/a1.jpg;bob@x.test\n");
    photos.file("unknown.csv", "Nachname;Vorname;Abteilung\nMiller;Anna;IT\nSmith;Bob;HR\n");
    let windows: &[(&str, &[&str])] = &[
        (r"P:\Personal\Fotos", &["is a Windows path, which this system cannot open", "mount"]),
        (r"\\fs01\hr\fotos", &["is a Windows path"]),
        (r"P:\Fotos\*.jpg", &["is a Windows path"]),
    ];
    let everywhere: &[(&str, &[&str])] = &[
        ("fotos.zip", &["fotos.zip is a ZIP archive", "unpack the archive first"]),
        ("swapped.csv", &["the users look like paths: are the columns swapped?", "--user-column 2 --photo-column 1"]),
        ("swapped2.csv", &["are the columns swapped?", "--user-column 2 --photo-column 1"]),
        (
            "unknown.csv",
            &["no column for the user and the photo", "its first line reads: Nachname | Vorname | Abteilung"],
        ),
        ("~/photos", &["the shell has not replaced ~", "outside of quotation marks"]),
        ("~/photos/*.jpg", &["the shell has not replaced ~"]),
        ("$HOME/photos", &["the shell has not replaced $HOME"]),
        ("https://hr.example.test/photos", &["is a web address"]),
        ("p/*.gif", &["no file matches the pattern p/*.gif"]),
    ];
    for (source, words) in everywhere.iter().chain(windows.iter().filter(|_| cfg!(not(windows)))) {
        let outcome = photos.source(source, &[]);
        assert_eq!((outcome.code, outcome.records.len()), (1, 0), "{source}");
        assert!(words.iter().all(|words| outcome.stderr.contains(words)), "{source}: {}", outcome.stderr);
    }
}

#[test]
fn patterns_know_braces_and_leave_no_photo_out() {
    let photos = Photos::new();
    for (name, format) in [("a.jpg", ImageFormat::Jpeg), ("b.JPG", ImageFormat::Jpeg), ("c.png", ImageFormat::Png)] {
        photos.file(&format!("p/{name}"), photo(1, format));
    }
    let both = converted(&[("a", "a.jpg"), ("b", "b.JPG")]);
    assert_eq!(photos.source("p/*.jpg", &[]).records, both);
    let all = converted(&[("a", "a.jpg"), ("b", "b.JPG"), ("c", "c.png")]);
    assert_eq!(photos.source("**/*.{jpg,png}", &[]).records, all);
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::ffi::OsStrExt;
        let name = std::ffi::OsStr::from_bytes(b"m\xfcller.jpg");
        std::fs::write(photos.path("p").join(name), photo(2, ImageFormat::Jpeg)).unwrap();
        let outcome = photos.source("p/*.jpg", &[]);
        assert_eq!((&outcome.records[..2], outcome.records.len()), (&both[..], 3), "{}", outcome.stderr);
        assert!(outcome.records[2].starts_with("m\u{fffd}ller"), "{:?}", outcome.records);
    }
}

#[test]
fn a_report_holds_no_formula_and_reads_as_it_was() {
    let photos = photos();
    let users = ["＝1+1", "＋1", "－1", "＠x", "\u{feff}=1", "\u{200b}=1", "@x", "'=1", "“u”"];
    // With an apostrophe in front, a list says that a cell means exactly what follows.
    let rows: String = users.iter().map(|user| format!("'{user},p/gone.jpg\n")).collect();
    let report = photos.path("report.csv");
    let outcome = photos.list(format!("user,photo\n{rows}"), &["--report", report.to_str().unwrap()]);
    let failed: Vec<String> = users.iter().map(|user| format!("{user} gone.jpg failed no-such-file")).collect();
    assert_eq!(outcome.records, failed);
    // Reads the report as a spreadsheet does, without the quotation marks that a cell may have in the file.
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_path(&report).unwrap().into_records().map(Result::unwrap).collect();
    let cells: Vec<&str> = rows.iter().map(|row| &row[0]).collect();
    assert_eq!(cells, users.map(|user| format!("'{user}")));
    let again = photos.source("report.csv", &[]);
    assert_eq!(again.records, failed, "{}", again.stderr);
}
