//! Whose photo is it, on a real directory.

use image::ImageFormat;

use crate::photos::{encode, jpeg, number, picture};
use crate::run::Folder;

on_both! {
    /// Case, spaces, brackets and Unicode forms: a name is that name and no other.
    fn file_names_find_their_accounts(domain: &Domain) {
        let sales = domain.organizational_unit("Sales");
        let berlin = format!("OU=Berlin,{sales}");
        domain.add(&berlin, &[("objectClass", "organizationalUnit")]);
        let folder = Folder::new();
        let mut expected = Vec::new();
        for (number, (account, parent, file)) in (1..).zip([
            ("user001", &domain.base, "USER001.JPG"),
            ("mary lou", &domain.base, "mary lou team.jpg"),
            ("mary", &domain.base, "mary (2).jpg"),
            ("o(b)rien-t", &domain.base, "o(b)rien-t x.jpg"),
            ("j\u{fc}rgen-t", &domain.base, "ju\u{308}rgen-t 648x648.jpg"),
            ("John.Smith", &berlin, "John.Smith team photo (2).JPG"),
        ]) {
            if !(domain.is_practice() && account == "mary") {
                let dn = domain.user_with(account, parent, &[]);
                folder.file(file, jpeg(number, 300, 200));
                expected.push((dn, file, number));
            }
        }
        let run = domain.import(folder.path()).records();
        assert_eq!(run.code, Some(0), "{}", run.json);
        for (dn, file, number) in expected {
            assert_eq!(run.of(file)["dn"], dn);
            assert_eq!(self::number(&domain.photo(&dn).unwrap()), number, "{file}");
        }
        assert_eq!(run.outcome("mary lou team.jpg"), "written ignored-text");
        assert!(run.of("mary lou team.jpg")["reason"].as_str().unwrap().contains("\"team\""));
    }

    /// Text that means something in a filter means nothing in a name.
    fn no_name_is_a_pattern(domain: &Domain) {
        let people = ["anna-t", "bob-t"].map(|name| domain.user(name));
        let folder = Folder::new();
        let list = "user,path\n*,a.jpg\nanna*,a.jpg\n)(cn=*,a.jpg\n*)(objectClass=*,a.jpg\n\\2a,a.jpg\nanna-t\\00,a.jpg\n";
        folder.file("a.jpg", jpeg(1, 200, 200));
        let run = domain.import(folder.file("list.csv", list)).records();
        assert_eq!(run.code, Some(3));
        for outcome in run.outcomes() {
            assert!(["failed no-such-account", "failed other-domain"].contains(&outcome.as_str()), "{}", run.json);
        }
        assert!(people.iter().all(|dn| domain.photo(dn).is_none()));
    }

    fn a_computer_of_that_name_is_never_written(domain: &Domain) {
        let computer = format!("CN=kiosk-t,{}", domain.base);
        domain.add(&computer, &[("objectClass", "computer"), ("sAMAccountName", "kiosk-t"), ("userAccountControl", "4096")]);
        let folder = Folder::new();
        folder.file("kiosk-t.jpg", jpeg(1, 200, 200));
        let run = domain.import(folder.path()).records();
        assert_eq!(run.outcomes(), ["failed no-such-account"]);
        assert_eq!(domain.photo(&computer), None);
    }

    /// "Anna Miller.jpg" is not for `anna`, if Anna Miller is another.
    fn nobody_gets_a_strangers_face(domain: &Domain) {
        let anna = domain.user_with("anna-x", &domain.base, &[("displayName", "Anna-x Schmidt")]);
        let other = domain.user_with("amiller-x", &domain.base, &[("displayName", "Dr. Miller, Anna-x"), ("givenName", "Anna-x"), ("sn", "Miller")]);
        let folder = Folder::new();
        folder.file("Anna-x Miller.jpg", jpeg(1, 200, 200));
        folder.file("anna-x miller (2).jpg", jpeg(2, 200, 200));
        let run = domain.import(folder.path()).records();
        assert_eq!(run.outcomes(), ["failed name-of-another", "failed name-of-another"]);
        assert!(run.of("Anna-x Miller.jpg")["reason"].as_str().unwrap().contains("is the name of amiller-x, while \"Anna-x\" is the account anna-x"));
        assert_eq!((domain.photo(&anna), domain.photo(&other)), (None, None));
    }

    /// Whatever Set-ADUser takes, and the domain it belongs to.
    fn a_list_whose_rows_have_shifted_is_told(domain: &Domain) {
        for name in ["v-ann", "v-ben", "v-cat"] {
            domain.user(name);
        }
        let folder = Folder::new();
        for (number, file) in (1..).zip(["v-ann.jpg", "v-ben.jpg", "V-CAT.jpg", "IMG_0412.jpg"]) {
            folder.file(file, jpeg(number, 100, 100));
        }
        let told = |rows: &str| {
            let list = folder.file("list.csv", format!("user,photo\n{rows}"));
            let run = domain.import(list).args(&["--dry-run"]).records();
            assert_eq!(run.code, Some(0), "{}", run.json);
            run.outcomes()
        };
        let plain = "would-write".to_owned();
        assert_eq!(told("v-ann,v-ann.jpg\nV-BEN,IMG_0412.jpg\nv-cat,V-CAT.jpg\n"), [&plain, &plain, &plain].map(Clone::clone));
        // Be the other in the list or not.
        assert_eq!(told("v-ann,v-ben.jpg\n"), ["would-write named-after-another"]);
        assert_eq!(told("v-ann,V-CAT.jpg\nv-cat,v-ann.jpg\n"), ["would-write named-after-another", "would-write named-after-another"]);
    }

    fn every_identity_finds_its_account(domain: &Domain) {
        let folder = Folder::new();
        let mut list = "AD_user;path_to_file\n".to_owned();
        let mut people = Vec::new();
        for (number, form) in (1..).zip(["name", "domain", "dn", "guid", "sid"]) {
            let name = format!("identity {form}");
            let dn = domain.user_with(&name, &domain.base, &[("cn", "Comma, X ")].map(|(key, value)| (key, value)).map(|pair| if form == "dn" { pair } else { ("cn", name.as_str()) }));
            let entry = domain.entry(&dn, &["objectGUID", "objectSid"]);
            let key = match form {
                "domain" => format!("{}\\{}", domain.netbios.to_lowercase(), name.to_uppercase()),
                "dn" => dn.replace("CN=", "cn = "),
                "guid" => guid(&entry["objectGUID"][0]),
                "sid" => sid(&entry["objectSid"][0]),
                _ => name,
            };
            list += &format!("{key};{number}.jpg\n");
            folder.file(&format!("{number}.jpg"), jpeg(number, 150, 150));
            people.push((dn, number));
        }
        list += "ELSEWHERE\\identity name;1.jpg\n";
        let run = domain.import(folder.file("list.csv", list)).records();
        assert_eq!(run.outcomes(), [&["written"; 5][..], &["failed other-domain"]].concat(), "{}", run.json);
        for (dn, number) in people {
            assert_eq!(self::number(&domain.photo(&dn).unwrap()), number, "{dn}");
        }
    }

    /// By an attribute with an index and by one without, which the CSV's header may name.
    fn other_attributes_match(domain: &Domain) {
        let mail = domain.user_with("by-mail", &domain.base, &[("mail", "By.Mail@example.test")]);
        let number_ = domain.user_with("by-number", &domain.base, &[("employeeID", "00815")]);
        let folder = Folder::new();
        folder.file("m.png", encode(&picture(7, 120, 180), ImageFormat::Png));
        folder.file("n.jpg", jpeg(8, 120, 180));
        let run = domain.import(folder.file("m.csv", "E-Mail,Photo\nby.mail@EXAMPLE.test,m.png\n")).records();
        assert_eq!(run.outcomes(), ["written"], "{}", run.json);
        assert!(run.stderr.contains("matching by mail"), "{}", run.stderr);
        let run = domain.import(folder.file("n.csv", "user,Photo\n00815,n.jpg\n815,n.jpg\n")).args(&["--match-by", "EMPLOYEEid"]).records();
        assert_eq!(run.outcomes(), ["written", "failed no-such-account"], "{}", run.json);
        assert_eq!(number(&domain.photo(&mail).unwrap()), 7);
        assert_eq!(number(&domain.photo(&number_).unwrap()), 8);
        let run = domain.import(folder.path().join("n.csv")).args(&["--match-by", "shoeSize"]).run();
        assert_eq!(run.code, Some(1));
        assert!(run.stderr.contains("no attribute shoeSize"), "{}", run.stderr);
    }

    fn a_name_of_several_is_ambiguous(domain: &Domain) {
        let twins = ["twin1", "twin2"].map(|name| domain.user_with(name, &domain.base, &[("mail", "twin@example.test")]));
        let folder = Folder::new();
        folder.file("t.jpg", jpeg(1, 100, 100));
        let run = domain.import(folder.file("t.csv", "mail,photo\ntwin@example.test,t.jpg\n")).records();
        assert_eq!(run.outcomes(), ["failed ambiguous"]);
        assert!(twins.iter().all(|dn| domain.photo(dn).is_none()));
    }
}

fn guid(bytes: &[u8]) -> String {
    let hex = |range: &[usize]| range.iter().map(|&at| format!("{:02X}", bytes[at])).collect::<String>();
    let groups = [hex(&[3, 2, 1, 0]), hex(&[5, 4]), hex(&[7, 6]), hex(&[8, 9]), hex(&[10, 11, 12, 13, 14, 15])];
    format!("{{{}}}", groups.join("-"))
}

pub(crate) fn sid(bytes: &[u8]) -> String {
    let parts = bytes[8..].chunks(4).map(|part| u32::from_le_bytes(part.try_into().unwrap()).to_string());
    format!("S-1-{}-{}", bytes[7], parts.collect::<Vec<_>>().join("-"))
}
