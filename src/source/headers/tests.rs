//! Tests of which names are those of columns, and which are not.

use super::{are_names, photo, plain, user};

#[test]
fn users_are_called_by_many_names() {
    for (name, attribute) in [
        ("AD_user", None),
        ("User Logon Name", None),
        ("Benutzer-Anmeldename", None),
        ("Windows-Login", None),
        ("Nom d’utilisateur", None),
        ("Identifiant", None),
        ("Nombre de usuario", None),
        ("Nome utente", None),
        ("Gebruikersnaam", None),
        ("Nazwa użytkownika", None),
        ("Kürzel", None),
        ("sAMAccountName", Some("sAMAccountName")),
        ("User logon name (pre-Windows 2000)", Some("sAMAccountName")),
        ("User Principal Name", Some("userPrincipalName")),
        ("E-Mail-Adresse", Some("mail")),
        ("Adresse de courriel", Some("mail")),
        ("Correo electrónico", Some("mail")),
        ("Personalnummer", Some("employeeID")),
        ("Matricule", Some("employeeID")),
        ("Numer pracownika", Some("employeeID")),
        ("Brugernavn", None),
        ("Network ID", None),
        ("employeeNumber", Some("employeeNumber")),
        ("Anzeigename", Some("displayName")),
    ] {
        assert_eq!(user(name).map(|(_, attribute)| attribute), Some(attribute), "{name}");
        assert_eq!(photo(name), None, "{name}");
    }
}

#[test]
fn photos_are_called_by_many_names() {
    for name in [
        "path_to_file",
        "Picture File",
        "Bilddatei",
        "Foto-Dateiname",
        "Dateipfad",
        "Chemin de la photo",
        "Nom du fichier",
        "Ruta de la foto",
        "Archivo",
        "Percorso immagine",
        "Bestandsnaam",
        "Ścieżka do zdjęcia",
        "Plik",
        "thumbnailPhoto",
        "Profilbild",
        "Passbild",
        "Caminho da foto",
        "Portrait",
        "Pad naar foto",
        "Photo location",
        "Photo URL",
    ] {
        assert!(photo(name).is_some() && user(name).is_none(), "{name}");
    }
    assert!(photo("Photo path") < photo("photo") && photo("photo") < photo("file"));
}

#[test]
fn other_columns_are_not_taken_for_them() {
    for name in [
        "Name",
        "Nachname",
        "Vorname",
        "Abteilung",
        "Department",
        "profilePath",
        "homeDirectory",
        "scriptPath",
        "LastLogon",
        "userAccountControl",
        "Account Manager",
        "Kontostatus",
        "Filesize",
        "Fotograf",
        "Foto vorhanden",
        "user;photo",
        "Photo ID",
        "Nr",
        "",
        "de",
        "Datum",
        "Title",
    ] {
        assert_eq!((user(name), photo(name)), (None, None), "{name}");
    }
}

#[test]
fn names_are_compared_without_what_differs_from_program_to_program() {
    assert_eq!(plain("\u{feff}Größe_ÄÖ (ŁØ) ｕｓｅｒ"), "grosseaolouser");
    assert_eq!(plain("a\u{308}"), plain("ä"));
}

#[test]
fn a_header_in_the_middle_names_both_columns_and_little_else() {
    let row = |row: &str| row.split(',').map(str::to_owned).collect::<Vec<_>>();
    let above = row("user,photo,status");
    for names in ["user,photo", "photo,user", "name,User,Photo", "login,photo"] {
        assert!(are_names(&row(names), Some(&above)), "{names}");
    }
    for cells in ["login,foto", "user,photo,failed,no-such-file,there is no such file", "user,anna.jpg", "photo,x"] {
        assert!(!are_names(&row(cells), Some(&above)), "{cells}");
    }
    assert!(are_names(&row("login,foto"), None));
}
