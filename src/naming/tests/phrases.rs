//! Tests of phrases of plain words, of initials, and of names with capitals inside.

use super::company::{Company, named};

/// `Da` and `Le` are surnames, too. Where they stand between plain words that make no phrase, somebody who has left may
/// be called so.
#[test]
fn a_joining_word_that_is_a_name_is_plain_in_a_phrase_only() {
    let company = Company::new(vec![named(1, "romane", "Romane Leblanc", "Romane", "Leblanc")]);
    for (file, text) in [
        ("ROMANE foto DA.jpg", "DA"),
        ("romane foto da.jpg", "da"),
        ("romane foto da foto", "da"),
        ("romane foto da_neu", "da"),
        ("romane foto da_final cropped", "da"),
        ("romane neu Le kopie", "Le"),
        ("romane photo Du final", "Du"),
        ("romane (foto) El (copia)", "El"),
        ("romane foto Da profil", "Da"),
        ("romane foto Da Intranet", "Da"),
        ("romane photo le badge", "le"),
        ("ROMANE PHOTO LE BADGE", "LE"),
        ("ROMANE PHOTO LE DU BADGE", "LE DU"),
        ("romane foto Al jpg", "Al"),
        ("romane foto Van neu", "Van"),
        ("romane (bw) al - aprobado", "al"),
        ("romane trainee di-ritratto", "di"),
    ] {
        assert_eq!(company.says(file), format!("unexplained: {text}"), "{file}");
    }
    for file in [
        "romane foto da identità",
        "romane foto da Garten",
        "Romane Foto De Perfil",
        "ROMANE FOTO DE PERFIL",
        "romane_foto_do_crachá",
        "romane foto do o crachá 2",
        "romane photo du badge (2)",
        "romane zdjęcie do legitymacji",
        "romane bild im Büro",
        "romane Foto im Garten",
        "romane Foto für das Sommerfest",
        "romane photo pour le meeting",
        "romane copy of my photo",
        "romane foto al carnet",
        "romane foto van de badge",
        "romane foto della tessera",
        "romane Foto für Ausweis",
        "romane cropped to square",
        "romane foto del 2024",
        "romane foto di prova",
        "romane foto di ottobre 2023",
        "romane foto de marzo 2024",
        "romane foto de alta calidad",
        "ROMANE LEBLANC PHOTO À JOUR",
        "romane leblanc Option A",
        "ROMANE PHOTO EN NOIR ET BLANC",
        "Romane Foto En Blanco Y Negro",
    ] {
        assert_eq!(company.says(file), "romane", "{file}");
    }
    let company = Company::new(vec![
        named(1, "romane", "Romane Leblanc", "Romane", "Leblanc"),
        named(2, "rda", "Romane Da", "Romane", "Da"),
    ]);
    assert_eq!(company.says("romane foto da web"), "another: rda", "although it is a phrase");
}

#[test]
fn a_single_letter_is_an_initial() {
    let company = Company::new(vec![
        named(1, "anna", "Anna Schmidt", "Anna", "Schmidt"),
        named(2, "awest", "Anna West", "Anna", "West"),
    ]);
    assert_eq!(company.says("anna W"), "another: awest");
    for file in ["anna W foto", "anna_W_foto", "anna foto W"] {
        assert_eq!(company.says(file), "unexplained: W", "{file}");
    }
    assert_eq!(company.says("anna Foto D"), "unexplained: D");
    assert_eq!(company.says("anna foto w biurze"), "unexplained: biurze");
    assert_eq!(company.says("anna kopia z pracownik"), "anna");
}

#[test]
fn a_name_with_a_capital_inside_is_a_name() {
    let company = Company::new(vec![
        named(1, "mcdonnell", "Rodney McDonnell", "Rodney", "McDonnell"),
        named(2, "macleod", "Ian MacLeod", "Ian", "MacLeod"),
        named(3, "jdoe", "Jane Doe", "Jane", "Doe"),
        named(4, "mckinley", "Ruth Smith", "Ruth", "Smith"),
        named(5, "deedee", "Dorothea Roth", "Dorothea", "Roth"),
    ]);
    for (file, text) in [
        ("McDonnell Tara", "Tara"),
        ("McDonnell Tara v2", "Tara"),
        ("MacLeod Tara", "Tara"),
        ("mcDonnell tara", "tara"),
        ("jdoe Tara McCarthy", "Tara Mc Carthy"),
        ("jdoe TaraMcCarthy", "Tara Mc Carthy"),
        ("jdoe-McCarthy", "Mc Carthy"),
        ("McKinley Rodney", "Rodney"),
        ("mckinley Rodney", "Rodney"),
        ("DeeDee Schulze", "Schulze"),
    ] {
        assert_eq!(company.says(file), format!("unexplained: {text}"), "{file}");
    }
    for (file, logon) in [
        ("McDonnell Rodney", "mcdonnell"),
        ("McDonnell foto", "mcdonnell"),
        ("JDoe kitchen", "jdoe"),
        ("jdoe MacDonald", "jdoe"),
    ] {
        assert_eq!(company.says(file), logon, "{file}");
    }
    let company = Company::of(&[
        ("anna", "Anna Bauer"),
        ("ben", "Ben Stone"),
        ("emma", "Emma Roth"),
        ("otto", "Otto Weber"),
        ("uli", "Uli Frank"),
    ]);
    let files = ["anna McCarthy", "ben McCarthy", "emma McCarthy", "otto McCarthy", "uli McCarthy"];
    assert!(company.folder(&files).iter().all(Result::is_err), "no mark, but a surname");
}
