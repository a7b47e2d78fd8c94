//! The people of practice.test: a small company, with the names that make matching hard.

use super::create::create;
use super::schema;
use super::store::{Directory, Values};
use super::value::fold;

const PEOPLE_UNIT: &str = "OU=People,DC=practice,DC=test";
const ENGINEERING: &str = "OU=Engineering,OU=People,DC=practice,DC=test";
const SALES: &str = "OU=Sales,OU=People,DC=practice,DC=test";
const BERLIN: &str = "OU=Berlin,OU=Sales,OU=People,DC=practice,DC=test";
const PEOPLE_OPS: &str = "OU=People Ops,OU=People,DC=practice,DC=test";
const SERVICE: &str = "OU=Service Accounts,DC=practice,DC=test";
const USERS: &str = "CN=Users,DC=practice,DC=test";
const COMPUTERS: &str = "CN=Computers,DC=practice,DC=test";
const PARTNERS: &str = "OU=Partners,DC=practice,DC=test";

/// A photo of 96×96 pixels, as adphoto makes them.
const FIT_PHOTO: &[u8] = include_bytes!("photos/fit.jpg");
/// A photo of 60×80 pixels, from before anyone asked for squares.
const TALL_PHOTO: &[u8] = include_bytes!("photos/tall.jpg");

#[derive(Clone, Copy, PartialEq)]
enum Note {
    /// Nothing special.
    Plain,
    Disabled,
    /// Has a photo that needs no other.
    Fit,
    /// Has a photo that is not square.
    Tall,
    /// No mail address and no employee ID.
    Sparse,
    /// Has adminCount=1, and so is out of reach of delegations.
    Admin,
    /// An account of a service rather than a person.
    Service,
}
use Note::*;

/// The sAMAccountName, given name, surname, parent entry, title, employee ID, and what is special about the account.
type Person = (&'static str, &'static str, &'static str, &'static str, &'static str, u32, Note);

#[rustfmt::skip]
const PEOPLE: &[Person] = &[
    ("AlexD",      "Alex",     "Darrow",     ENGINEERING, "Build Engineer",       1001, Plain),
    ("jdoe",       "Jane",     "Doe",        ENGINEERING, "Software Engineer",    1002, Plain),
    ("mkaya",      "Mehmet",   "Kaya",       ENGINEERING, "Software Engineer",    1003, Fit),
    ("tnguyen",    "Thu",      "Nguyen",     ENGINEERING, "Site Reliability",     1004, Plain),
    ("o(b)rien",   "Bridget",  "O'Brien",    ENGINEERING, "Compiler Engineer",    1005, Plain),
    ("rpatel",     "Riya",     "Patel",      ENGINEERING, "Engineering Manager",  1006, Plain),
    ("sørensen",   "Søren",    "Sørensen",   ENGINEERING, "Firmware Engineer",    1007, Plain),
    ("zoe",        "Zoë",      "van Dijk",   ENGINEERING, "Designer",             1008, Tall),
    ("j.smith",    "John",     "Smith",      ENGINEERING, "Tester",               1009, Plain),
    ("jsmith",     "Joan",     "Smith",      SALES,       "Account Manager",      1010, Plain),
    ("o'hara",     "Scarlett", "O'Hara",     SALES,       "Account Manager",      1011, Plain),
    ("mary",       "Mary",     "Holt",       SALES,       "Sales Director",       1012, Plain),
    ("mary ann",   "Mary Ann", "Teale",      SALES,       "Sales Engineer",       1013, Plain),
    ("lrossi",     "Lucia",    "Rossi",      SALES,       "Key Accounts",         1014, Tall),
    ("pkowalski",  "Paweł",    "Kowalski",   SALES,       "Account Manager",      1015, Disabled),
    ("dsilva",     "Duarte",   "da Silva",   SALES,       "Partner Manager",      1016, Plain),
    ("yamada",     "太郎",     "山田",       SALES,       "Sales, Tokyo",         1017, Plain),
    ("anna",       "Anna",     "Schmidt",    BERLIN,      "Office Manager",       1018, Plain),
    ("amiller",    "Anna",     "Miller",     BERLIN,      "Account Manager",      1019, Plain),
    ("jürgen",     "Jürgen",   "Weiß",       BERLIN,      "Account Manager",      1020, Plain),
    ("bmüller",    "Bärbel",   "Müller",     BERLIN,      "Team Lead",            1021, Fit),
    ("lfischer",   "Lena",     "Fischer",    BERLIN,      "Trainee",              1022, Sparse),
    ("kschulz",    "Karl",     "Schulz",     BERLIN,      "Driver",               1023, Sparse),
    ("habdi",      "Hodan",    "Abdi",       PEOPLE_OPS,  "Recruiter",            1024, Plain),
    ("fdubois",    "François", "Dubois",     PEOPLE_OPS,  "Payroll",              1025, Plain),
    ("gwilliams",  "Grace",    "Williams",   PEOPLE_OPS,  "HR Director",          1026, Fit),
    ("xli",        "Xiu",      "Li",         PEOPLE_OPS,  "HR Business Partner",  1027, Plain),
    ("n-osei",     "Nana",     "Osei",       PEOPLE_OPS,  "Learning",             1028, Plain),
    ("ivan_p",     "Ivan",     "Petrov",     PEOPLE_OPS,  "Facilities",           1029, Disabled),
    ("1042",       "Ursula",   "Quist",      PEOPLE_OPS,  "Reception",            1042, Plain),
    ("cmeyer",     "Chris",    "Meyer",      USERS,       "Chief Executive",      1031, Plain),
    ("cmeier",     "Chris",    "Meier",      USERS,       "Chief Finance Officer", 1032, Plain),
    ("ewood",      "Edith",    "Wood",       USERS,       "Chair of the Board",   1033, Sparse),
    ("adm.grant",  "Ivy",      "Grant",      USERS,       "Directory Admin",      1034, Admin),
    ("svc-photo",  "Photo",    "Service",    SERVICE,     "Writes photos",        0,    Service),
    ("svc-backup", "Backup",   "Service",    SERVICE,     "Reads everything",     0,    Service),
];

/// Adds all accounts, and the few entries that are not people.
pub(super) fn populate(directory: &mut Directory) {
    let mut insert = |dn: String, class, values: &[(&str, &[u8])]| {
        let created = create(directory, dn, to_values(class, values), None);
        created.expect("the entries written here keep AD's rules");
    };
    let units = [PEOPLE_UNIT, ENGINEERING, SALES, BERLIN, PEOPLE_OPS, SERVICE, PARTNERS];
    for unit in units {
        insert(unit.to_owned(), "organizationalUnit", &[]);
    }
    insert(format!("CN=Administrator,{USERS}"), "user", &[("sAMAccountName", b"Administrator"), ("adminCount", b"1")]);
    for (account, given_name, surname, place, title, employee_id, note) in PEOPLE {
        let name = format!("{given_name} {surname}");
        let logon = format!("{}@practice.test", account.replace(' ', ".").replace(['(', ')'], ""));
        let mail = mail(&name, account);
        let employee_id = employee_id.to_string();
        // OU=Sales,… stands for the department Sales; CN=Users stands for none.
        let department = place.strip_prefix("OU=").and_then(|place| place.split(',').next());
        let mut values: Vec<(&str, &[u8])> = vec![
            ("sAMAccountName", account.as_bytes()),
            ("userPrincipalName", logon.as_bytes()),
            ("userAccountControl", if *note == Disabled { b"514" } else { b"512" }),
            ("displayName", name.as_bytes()),
            ("givenName", given_name.as_bytes()),
            ("sn", surname.as_bytes()),
            ("title", title.as_bytes()),
            ("department", department.unwrap_or("Board").as_bytes()),
        ];
        if !matches!(note, Sparse | Service) {
            values.extend([("mail", mail.as_bytes()), ("employeeID", employee_id.as_bytes())]);
        }
        match note {
            Fit => values.push(("thumbnailPhoto", FIT_PHOTO)),
            Tall => values.push(("thumbnailPhoto", TALL_PHOTO)),
            Admin => values.push(("adminCount", b"1")),
            Plain | Disabled | Sparse | Service => {}
        }
        insert(format!("CN={name},{place}"), "user", &values);
    }
    // The name of a computer usually ends in a dollar sign, but it need not.
    for name in ["JDOE$", "kiosk"] {
        let dn = format!("CN={},{COMPUTERS}", name.trim_end_matches('$'));
        insert(dn, "computer", &[("sAMAccountName", name.as_bytes())]);
    }
    let mail = b"pia.lund@northwind.test";
    insert(format!("CN=Pia Lund,{PARTNERS}"), "contact", &[("mail", mail)]);
}

/// Returns an address like `barbel.muller@practice.test`, or one with the account's name if the person's is not Latin.
fn mail(name: &str, account: &str) -> String {
    let name = fold(name).replace(' ', ".").replace('\'', "");
    format!("{}@practice.test", if name.is_ascii() { &name } else { account })
}

fn to_values(class: &str, values: &[(&str, &[u8])]) -> Values {
    let all = values.iter().copied().chain([("objectClass", class.as_bytes())]);
    all.filter_map(|(name, value)| Some((schema::attribute(name)?.name, vec![value.to_vec()]))).collect()
}
