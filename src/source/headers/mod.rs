//! The names of columns: how the user and the photo are called in the languages in which lists are written.
//!
//! All names are listed in the form that [`plain`] returns, separated by spaces.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The name of the column of hashes.
pub(super) const HASH: &str = "sha256";
/// The name of the column of squares that were chosen by hand. Only approved lists may have any.
pub(super) const CROP: &str = "crop";

/// Names of the user column, the surest first. Each group has the attribute whose values the column holds; `None` for
/// names that mean no more than "user".
const USERS: &[(&str, Option<&str>)] = &[
    (
        "samaccountname sam samaccount samname prewindows2000logonname logonnameprewindows2000 usernameprewindows2000 \
         userlogonnameprewindows2000 anmeldenamepraewindows2000 anmeldenameprawindows2000",
        Some("sAMAccountName"),
    ),
    ("aduser username login loginname logonname account accountname userid", None),
    ("benutzername anmeldename identity kurzel kuerzel nomdesession networkid ntid", None),
    // A column of this name beside one of those above often has the person's name.
    ("user benutzer", None),
    (
        "userprincipalname upn benutzerprinzipalname nomprincipaldutilisateur nomdutilisateurprincipal \
         nombreprincipaldeusuario nombreprincipaldelusuario nomeprincipaleutente glownanazwauzytkownika",
        Some("userPrincipalName"),
    ),
    ("mail email emailaddress primarysmtpaddress windowsemailaddress postaelettronica", Some("mail")),
    (
        "employeeid empid staffid staffnumber staffno personnelnumber personnelno employeeno personalnummer personalnr \
         persnr mitarbeiternummer mitarbeiternr mitarbeiterid matricule numeroemploye numerodemploye matricola \
         numeromatricola numeroempleado numerodeempleado idempleado personeelsnummer personeelsnr medewerkernummer \
         medewerkersnummer numerpracownika nrpracownika idpracownika matricula numerodefuncionario",
        Some("employeeID"),
    ),
    ("employeenumber", Some("employeeNumber")),
    ("distinguishedname dn objectguid guid objectsid sid", None),
    (
        "displayname anzeigename fullname vollstandigername vollstaendigername nomcomplet nomdaffichage nombrecompleto \
         nombreparamostrar nomecompleto nomevisualizzato weergavenaam volledigenaam nazwawyswietlana imieinazwisko",
        Some("displayName"),
    ),
    ("cn commonname", Some("cn")),
];

/// The words of which longer column names are made: at least one essential word, and any of the others.
struct Words {
    essential: &'static str,
    others: &'static str,
}

/// The words of user columns, such as "User Logon Name", "Nom d'utilisateur" and "Nazwa użytkownika".
const USER_WORDS: Words = Words {
    essential: "user login logon account sam benutzer anmelde anmelden anmeldung konto kennung utilisateur identifiant \
                compte usuario cuenta utente gebruiker aanmeld aanmelding inlog uzytkownik uzytkownika konta loginu \
                utilizador conta bruger bruker anvandar anvandare uzivatel uzivatelske prihlasovaci kullanici kayttaja \
                tunnus felhasznalo utilizator",
    others: "name id nom nombre nome naam nazwa navn namn jmeno meno adi nimi nev nume of de du d l le la del dell der \
             des the s ad ms windows win network netzwerk reseau red rete domain domanen domaenen domaine dominio \
             domein active directory pc system",
};

/// The words of columns with email addresses, such as "E-Mail-Adresse", "Adresse de courriel" and "Correo electrónico".
const MAIL_WORDS: Words = Words {
    essential: "mail email courriel correo mel epost",
    others: "e address adresse adres adresu indirizzo direccion endereco electronique electronico elettronica \
             elektroniczny de di d posta primary primare primaere smtp user work business company office dienstliche \
             geschaftliche geschaeftliche professionnel professionnelle",
};

/// The words of photo columns, such as "Picture File", "Bilddatei", "Chemin de la photo", "Ruta de la foto" and
/// "Ścieżka do zdjęcia".
const PHOTO_WORDS: Words = Words {
    essential: "photo photos photograph picture pictures pic image images img portrait headshot avatar thumbnail jpg jpeg \
                foto fotos fotografia fotografie fotografii bild bilder portrat portraet passbild lichtbild immagine \
                ritratto imagen retrato afbeelding zdjecie zdjecia obraz imagem billede bilde fotka obrazek kuva resim \
                fenykep",
    others: "path pfad chemin ruta percorso pad sciezka caminho file datei fichier archivo fichero bestand bestands plik \
             pliku arquivo ficheiro fil soubor dosya tiedosto fajl url link uri location name nom nombre nome naam \
             nazwa navn namn to of from de du d di da do le la l del della dell des der die the zu zum zur van naar \
             full s n profile profil user employee mitarbeiter staff badge ausweis new neu neues source",
};

/// The words of columns with files, such as "Path to file", "Dateiname" and "Nom du fichier". The word "profile" is
/// left out, because Active Directory's profilePath leads elsewhere.
const FILE_WORDS: Words = Words {
    essential: "path pfad chemin ruta percorso pad sciezka caminho file datei fichier archivo fichero bestand bestands \
                plik pliku arquivo ficheiro",
    others: "name nom nombre nome naam nazwa to of de du d do le la l del the zu zur naar full s",
};
/// Words that are only used for a path.
const PATH_WORDS: &str = "path pfad chemin ruta percorso pad sciezka caminho";

/// The longest column name, in characters; anything longer is a text.
const MAX_CHARS: usize = 60;

/// All of the names and words above, split into single ones.
struct Vocabulary {
    users: HashMap<&'static str, (usize, Option<&'static str>)>,
    user: [Vec<&'static str>; 2],
    mail: [Vec<&'static str>; 2],
    photo: [Vec<&'static str>; 2],
    file: [Vec<&'static str>; 2],
    path: Vec<&'static str>,
}

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let list = |names: &'static str| names.split_whitespace().collect();
    let words = |words: &Words| [words.essential, words.others].map(list);
    let group = |(group, &(names, attribute)): (usize, &(&'static str, Option<&'static str>))| {
        let names = names.split_whitespace().enumerate();
        names.map(move |(place, name)| (name, (group * 100 + place, attribute)))
    };
    Vocabulary {
        users: USERS.iter().enumerate().flat_map(group).collect(),
        user: words(&USER_WORDS),
        mail: words(&MAIL_WORDS),
        photo: words(&PHOTO_WORDS),
        file: words(&FILE_WORDS),
        path: list(PATH_WORDS),
    }
});

/// Returns how surely `name` is that of the user column (a lower number is surer), and the attribute that it means.
pub(super) fn user(name: &str) -> Option<(usize, Option<&'static str>)> {
    let name = column_name(name)?;
    let made_of = |words, rank, attribute| made_of(&name, words).then_some((rank, attribute));
    let known = VOCABULARY.users.get(&*name).copied();
    // These ranks come after the fixed names of the same group.
    known.or_else(|| made_of(&VOCABULARY.mail, 599, Some("mail"))).or_else(|| made_of(&VOCABULARY.user, 299, None))
}

/// Returns how surely `name` is that of the photo column (a lower number is surer).
pub(super) fn photo(name: &str) -> Option<usize> {
    let name = column_name(name)?;
    let (of_photo, of_file) = (made_of(&name, &VOCABULARY.photo), made_of(&name, &VOCABULARY.file));
    let says_path = || VOCABULARY.path.iter().any(|word| name.contains(word));
    match (of_photo, of_file) {
        (false, false) => None,
        _ if says_path() => Some(0),
        (true, _) => Some(1),
        (false, true) => Some(2),
    }
}

/// Returns how well a row reads as a header: 2 if it names both columns, 1 if it names one, 0 otherwise.
pub(super) fn score<S: AsRef<str>>(row: &[S]) -> usize {
    let names = |is_one: fn(&str) -> bool| usize::from(row.iter().any(|field| is_one(field.as_ref())));
    names(|field| user(field).is_some()) + names(|field| photo(field).is_some())
}

/// Returns whether a row in the middle of a list is the header of another list. It must name both columns and little
/// else, and share a name with the header above if there is one.
pub(super) fn are_names(row: &[String], above: Option<&[String]>) -> bool {
    let filled = row.iter().filter(|cell| !cell.is_empty()).count();
    let known = row.iter().filter(|cell| user(cell).is_some() || photo(cell).is_some()).count();
    let is_above = |cell: &String| above.is_none_or(|above| above.iter().any(|name| plain(name) == plain(cell)));
    score(row) == 2 && known * 3 >= filled * 2 && row.iter().any(is_above)
}

/// Returns a column's name without case, accents, spaces and punctuation, so that `AD_user`, `ad user` and `AD-User`
/// are equal.
pub(super) fn plain(name: &str) -> String {
    let letters = name.nfkd().filter(|c| c.is_alphanumeric() && !is_combining_mark(*c)).flat_map(char::to_lowercase);
    letters.fold(String::new(), |mut plain, c| {
        match c {
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            'ł' => plain.push('l'),
            'ø' => plain.push('o'),
            'ı' => plain.push('i'),
            'đ' => plain.push('d'),
            c => plain.push(c),
        }
        plain
    })
}

/// Returns the plain form of a text that can be the name of one column; `user;photo` names two.
fn column_name(text: &str) -> Option<String> {
    if text.len() > 4 * MAX_CHARS || text.contains(['\t', ';', ',', '|']) {
        return None;
    }
    Some(plain(text)).filter(|name| !name.is_empty() && name.len() <= MAX_CHARS)
}

/// Returns whether `name` is composed of the words and nothing else, at least one of them essential. The words may
/// follow each other without a separator, as in "fotodateiname".
fn made_of(name: &str, [essential, others]: &[Vec<&str>; 2]) -> bool {
    // For each position, whether words can fill the name up to there: without an essential word, and with one.
    let mut reached = vec![(false, false); name.len() + 1];
    reached[0].0 = true;
    for at in 0..name.len() {
        let (without, with) = reached[at];
        if !(without || with) {
            continue;
        }
        let ends = |words: &[&str]| -> Vec<usize> {
            let fitting = words.iter().filter(|word| name.as_bytes()[at..].starts_with(word.as_bytes()));
            fitting.map(|word| at + word.len()).collect()
        };
        for end in ends(others) {
            reached[end].0 |= without;
            reached[end].1 |= with;
        }
        for end in ends(essential) {
            reached[end].1 = true;
        }
    }
    reached[name.len()].1
}
