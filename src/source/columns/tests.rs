//! Tests of which columns are found.

use super::{Column, Columns};
use crate::source::approved::APPROVED_COLUMNS;
use crate::source::layout::SampleRow;
use crate::source::{Options, SourceError};

/// Finds the columns of these rows, whose cells are separated by `|`.
fn columns(options: &Options, rows: &[&str]) -> Result<Columns, SourceError> {
    let row = |(line, row): (u64, &&str)| SampleRow { line, cells: row.split('|').map(str::to_owned).collect() };
    Columns::find(options, &(1..).zip(rows).map(row).collect::<Vec<_>>())
}

fn found(rows: &[&str]) -> Columns {
    columns(&Options::default(), rows).unwrap_or_else(|error| panic!("{rows:?}: {error}"))
}

fn refused(rows: &[&str]) -> String {
    columns(&Options::default(), rows).expect_err("no columns").to_string()
}

fn asking(user: Option<Column>, photo: Option<Column>) -> Options {
    Options { user_column: user, photo_column: photo, ..Options::default() }
}

#[test]
fn known_headers_are_found_whatever_their_spelling() {
    for (header, user, photo, match_by) in [
        ("AD_user|path_to_file", 0, 1, None),
        ("Name|E-Mail|Photo", 1, 2, Some("mail")),
        ("File|sAMAccountName|mail", 1, 0, Some("sAMAccountName")),
        ("employee id|Scan", 0, 1, Some("employeeID")),
        ("user|file|Path", 0, 2, None),
        ("Personalnummer|Bilddatei||", 0, 1, Some("employeeID")),
        ("Vorname|Nachname|Anmeldename|Foto", 2, 3, None),
    ] {
        let found = found(&[header]);
        assert_eq!((found.user, found.photo, found.match_by, found.above), (user, photo, match_by, 1), "{header}");
    }
}

#[test]
fn a_header_is_found_below_titles() {
    let below = found(&["Employee photos 2026|||", "Nr|Login|Foto|Bemerkung", "1|u0|p/a0.jpg|"]);
    assert_eq!((below.user, below.photo, below.above), (1, 2, 2));
    assert_eq!(below.notes, ["line 1 is above the table and ignored: Employee photos 2026"]);
    assert_eq!(found(&["UTF-8", "user|photo", "u0|a.jpg"]).above, 2);
    assert_eq!(found(&["# by HR", "# 2026", "user|photo", "u0|a.jpg"]).above, 3);
    assert_eq!(found(&["Foto", "user|photo", "u0|a.jpg"]).above, 2, "a title that is a name");
    let comment = found(&["# by HR", "u0|a.jpg"]);
    assert_eq!((comment.above, comment.header.is_some(), comment.notes.len()), (1, false, 2));
    assert_eq!(found(&["u0|a.jpg", "user|photo"]).above, 0, "below a photo there is no header");
}

#[test]
fn a_header_that_is_not_known_is_none_of_the_rows() {
    let two = found(&["Wer|Was", "u0|a.jpg", "u1|b.jpg"]);
    assert_eq!((two.user, two.photo, two.above, two.notes.len()), (0, 1, 1, 1));
    assert_eq!(
        refused(&["Nachname|Vorname|Ablage", "Miller|Anna|a.jpg"]),
        "the file has no column for the user (--user-column names it); its first line reads: Nachname | Vorname | \
         Ablage"
    );
    let nowhere = refused(&["Nachname|Vorname|Abteilung", "Miller|Anna|Sales"]);
    assert!(nowhere.contains("no column for the user and the photo") && nowhere.ends_with("Abteilung"), "{nowhere}");
    let numbered = columns(&asking(Some(Column::Number(1)), None), &["Wer|Wo|Was", "u0|x|a.jpg"]).expect("columns");
    assert_eq!((numbered.user, numbered.photo, numbered.above), (0, 2, 1));
}

#[test]
fn without_a_header_the_photos_are_where_paths_are_and_it_is_said() {
    for (rows, photo) in [
        (&["jdoe|jdoe.jpg"][..], 1),
        (&["mail|C:\\photos\\mail.JPG"], 1),
        (&["jdoe||jdoe.jpg", "anna||"], 2),
        (&["jdoe|", "anna|a.jpg"], 1),
        (&["jdoe|P:\\photos\\jdoe"], 1),
        (&["jdoe.jpg|/photos/1.jpg"], 1),
    ] {
        let found = found(rows);
        assert_eq!((found.user, found.photo, found.above, found.notes.len()), (0, photo, 0, 1), "{rows:?}");
    }
    refused(&["anna|a.jpg|b.jpg"]);
}

#[test]
fn without_a_header_no_column_of_several_is_taken_for_the_users() {
    for rows in [&["mary|Jones|mjones|a.jpg", "anna|Huber|ahuber|b.jpg"][..], &["jdoe|John Doe|jdoe.jpg"]] {
        assert!(refused(rows).contains("no column that is surely the user's"), "{rows:?}");
        let asked = columns(&asking(Some(Column::Number(3)), Some(Column::Number(4))), rows);
        assert_eq!(asked.map(|found| (found.user, found.photo)).ok(), Some((2, 3)), "{rows:?}");
    }
    let users = Options { users_only: true, ..Options::default() };
    assert!(columns(&users, &["mary|Jones|mjones"]).is_err());
    assert_eq!(columns(&users, &["mjones|a.jpg"]).map(|found| found.user).ok(), Some(0));
}

#[test]
fn a_column_of_logon_names_goes_before_one_of_users() {
    for header in ["User|Login|Photo", "User|User Logon Name|Photo", "Benutzer|Anmeldename|Foto"] {
        assert_eq!(found(&[header, "Anna|aschmidt|a.jpg"]).user, 1, "{header}");
    }
}

#[test]
fn an_approved_list_binds_whatever_is_written_above_it() {
    let header = APPROVED_COLUMNS.join("|");
    let header = header.as_str();
    let plain = columns(&Options::default(), &[header]).expect("columns");
    assert!(plain.approved.is_some());
    let below = columns(&Options::default(), &["Freigabe HR November|||||||", header]).expect("columns");
    assert_eq!((below.above, below.notes.len()), (2, 1));
    assert_eq!((below.user, below.photo, below.approved), (plain.user, plain.photo, plain.approved));
}

#[test]
fn swapped_columns_are_refused_once() {
    for rows in [
        &["P:\\a.jpg|anna@x.test", "P:\\b.jpg|bob@x.test"][..],
        &["user|photo", "a.jpg|anna", "b.jpg|bob"],
        &["a.jpg|anna"],
    ] {
        let error = columns(&Options::default(), rows).expect_err("swapped");
        assert!(matches!(error, SourceError::Swapped { columns: Some((2, 1)) }), "{rows:?}: {error}");
    }
    assert_eq!(found(&["photo|user", "a.jpg|anna"]).user, 1);
    assert_eq!(found(&["user|photo", "anna.jpg|1.jpg"]).user, 0, "users may be called as files are");
    let users = Options { users_only: true, ..Options::default() };
    let error = columns(&users, &["P:\\a.jpg|anna"]).expect_err("no users");
    assert!(matches!(error, SourceError::Swapped { columns: None }), "{error}");
}

#[test]
fn of_columns_of_one_name_the_first_with_paths_is_read_and_it_is_said() {
    let twice = found(&["user|photo|photo", "anna||a.jpg"]);
    assert_eq!((twice.user, twice.photo), (0, 2));
    assert_eq!(
        twice.notes,
        ["2 columns are called photo: using column 3 (--photo-column can choose another by its number)"]
    );
    assert_eq!(found(&["SamAccountName|thumbnailPhoto|File", "u0|System.Byte[]|a.jpg"]).photo, 2);
}

#[test]
fn hashes_are_found_by_their_name_alone() {
    let number = |number| Some(Column::Number(number));
    for (user, photo, first, sha256) in [
        (None, None, "sAMAccountName|path|sha256", Some(2)),
        (None, None, "SHA-256|file|user", Some(0)),
        (None, None, "user|path|hash", None),
        (number(1), number(2), "Kürzel|Porträt|sha256", Some(2)),
        (number(1), number(2), "anna|anna.jpg|sha256", None),
        (number(3), number(2), "user|path|sha256", None),
    ] {
        let found = columns(&asking(user, photo), &[first]).expect("columns");
        assert_eq!(found.sha256, sha256, "{first:?}");
    }
    for first in ["user|sha256", "sha256|path", "a|b|sha256"] {
        refused(&[first]);
    }
    assert!(refused(&[&format!("anna|a.jpg|{}", "0".repeat(64))]).contains("no first line"));
    let users_only = Options { users_only: true, ..Options::default() };
    let found = columns(&users_only, &["user|sha256"]).expect("a column of users");
    assert_eq!((found.user, found.sha256), (0, None), "what is not read need not be right");
}

#[test]
fn columns_that_were_asked_for_win_or_are_missed() {
    let named = |name: &str| Some(Column::Name(name.to_owned()));
    let header = "Zeichen|Büro|Aufnahme";
    let found = columns(&asking(named("zeichen"), named("Aufnahme")), &["Liste", header]).expect("columns");
    assert_eq!((found.user, found.photo, found.above), (0, 2, 2));
    let found = columns(&asking(Some(Column::Number(3)), Some(Column::Number(1))), &[header]).expect("columns");
    assert_eq!((found.user, found.photo, found.above), (2, 0, 0));
    let missed = columns(&asking(named("logon"), None), &[header]).expect_err("no such column");
    assert_eq!(missed.to_string(), "the file has no column logon; its first line reads: Zeichen | Büro | Aufnahme");
    let long = "ü".repeat(100_000);
    let long = columns(&asking(named("logon"), None), &[&format!("{long}|b")]).expect_err("no such column");
    assert!(long.to_string().len() < 1000, "a message is for reading");
}
