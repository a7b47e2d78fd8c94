//! The accounts of the domain inside the page, so that its reader can search them offline.

use std::io::{self, Write};

use data_encoding::BASE64;
use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::super::Person;
use super::super::csv::cell;
use super::listed::stays_as_it_is;

/// Returns a line for each account, compressed in a format that browsers can decompress (zlib, RFC 1950), as Base64. A
/// line has the objectGUID, the logon name as a cell of a list, and the name, with tabs in between. Returns `None` if
/// there are no accounts.
pub(super) fn packed(people: &[Person]) -> io::Result<Option<String>> {
    let mut lines = ZlibEncoder::new(Vec::new(), Compression::best());
    let mut any = false;
    for Person { guid, user, name } in people.iter().filter(|person| stays_as_it_is(&person.user)) {
        let name: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        writeln!(lines, "{guid}\t{}\t{name}", cell(user))?;
        any = true;
    }
    let packed = lines.finish()?;
    Ok(any.then(|| BASE64.encode(&packed)))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use data_encoding::BASE64;
    use flate2::read::ZlibDecoder;

    use super::{Person, packed};
    use crate::directory::Guid;

    #[test]
    fn each_account_is_a_line_whatever_it_is_called() {
        let person =
            |number, user: &str, name: &str| Person { guid: Guid([number; 16]), user: user.into(), name: name.into() };
        let people =
            [person(1, "anna", "Schmidt, Anna"), person(2, "=x", "a\tb\nc"), person(3, "b\nc", "a line break")];
        let packed = packed(&people).expect("packs").expect("somebody");
        let bytes = BASE64.decode(packed.as_bytes()).expect("Base64");
        let mut text = String::new();
        ZlibDecoder::new(bytes.as_slice()).read_to_string(&mut text).expect("unpacks");
        assert_eq!(
            text,
            "01010101-0101-0101-0101-010101010101\tanna\tSchmidt, Anna\n02020202-0202-0202-0202-020202020202\t'=x\ta b c\n"
        );
        assert_eq!(super::packed(&[]).expect("packs"), None);
    }
}
