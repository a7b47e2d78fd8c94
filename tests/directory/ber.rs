//! Just enough BER to give answers that no LDAP server gives.

// The tags of LDAP's operations (RFC 4511, section 4).
pub(crate) const BIND_RESPONSE: u8 = 0x61;
pub(crate) const SEARCH_REQUEST: u8 = 0x63;
pub(crate) const ENTRY: u8 = 0x64;
pub(crate) const SEARCH_DONE: u8 = 0x65;
pub(crate) const MODIFY_RESPONSE: u8 = 0x67;
pub(crate) const REFERENCE: u8 = 0x73;

const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const ENUMERATED: u8 = 0x0a;
const SEQUENCE: u8 = 0x30;
const CONTROLS: u8 = 0xa0;
pub(crate) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut bytes = vec![tag];
    bytes.extend(length(content.len()));
    bytes.extend(content);
    bytes
}

fn length(length: usize) -> Vec<u8> {
    match u8::try_from(length) {
        Ok(short @ 0..0x80) => vec![short],
        _ => [&[0x84][..], &u32::try_from(length).unwrap().to_be_bytes()].concat(),
    }
}

pub(crate) fn text(text: &str) -> Vec<u8> {
    element(OCTETS, &[text.as_bytes()])
}

/// Takes the first element off `rest`; returns its tag, its content, and the whole element.
fn take<'a>(rest: &mut &'a [u8]) -> (u8, &'a [u8], &'a [u8]) {
    let (header, length) = match usize::from(rest[1]) {
        short @ 0..0x80 => (2, short),
        long => {
            (2 + (long & 0x7f), rest[2..2 + (long & 0x7f)].iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit)))
        }
    };
    let (whole, after) = rest.split_at(header + length);
    *rest = after;
    (whole[0], &whole[header..], whole)
}

/// The parts of an LDAP message.
pub(crate) struct Message<'m> {
    /// The whole element of the message ID, ready to be put into an answer.
    pub(crate) id: &'m [u8],
    pub(crate) operation: u8,
    pub(crate) content: &'m [u8],
}

impl<'m> Message<'m> {
    pub(crate) fn read(mut message: &'m [u8]) -> Self {
        let mut parts = take(&mut message).1;
        let (_, _, id) = take(&mut parts);
        let (operation, content, _) = take(&mut parts);
        Self { id, operation, content }
    }

    /// Returns a message with the same ID and another operation.
    pub(crate) fn with(&self, operation: &[u8]) -> Vec<u8> {
        element(SEQUENCE, &[self.id, operation])
    }

    /// Returns the DN of this search result entry.
    pub(crate) fn dn(&self) -> String {
        let mut content = self.content;
        String::from_utf8(take(&mut content).1.to_vec()).unwrap()
    }

    /// Returns the same search result entry without its attributes.
    pub(crate) fn without_attributes(&self) -> Vec<u8> {
        self.with(&element(ENTRY, &[&text(&self.dn()), &element(SEQUENCE, &[])]))
    }

    pub(crate) fn with_result(&self, code: &[u8]) -> Vec<u8> {
        self.with(&result(self.operation, code))
    }
}

pub(crate) fn result(operation: u8, code: &[u8]) -> Vec<u8> {
    element(operation, &[&element(ENUMERATED, &[code]), &text(""), &text("")])
}

/// Result codes that no server gives: an unknown one and a negative one.
pub(crate) const STRANGE_CODES: [&[u8]; 2] = [&[0x0f, 0xff], &[0xff]];

/// Malformed messages, each with a description of what is wrong with it.
pub(crate) type Malformed = Vec<(&'static str, Vec<u8>)>;

/// Returns messages to send in place of a result, each malformed in another way.
pub(crate) fn malformed_results(answer: &Message<'_>) -> Malformed {
    let (operation, id) = (answer.operation, answer.id);
    let fine = result(operation, &[0]);
    vec![
        ("nothing in the message", element(SEQUENCE, &[])),
        ("no operation", element(SEQUENCE, &[id])),
        ("no number", element(SEQUENCE, &[&fine])),
        ("text for a number", element(SEQUENCE, &[&text("1"), &fine])),
        ("a negative number", element(SEQUENCE, &[&element(INTEGER, &[&[0xff]]), &fine])),
        ("a number of nine bytes", element(SEQUENCE, &[&element(INTEGER, &[&[1; 9]]), &fine])),
        ("an empty result", answer.with(&element(operation, &[]))),
        ("no text", answer.with(&element(operation, &[&element(ENUMERATED, &[&[0]])]))),
        ("text for a code", answer.with(&element(operation, &[&text("0"), &text(""), &text("")]))),
        ("a result that is not constructed", answer.with(&element(operation & !0x20, &[&[0, 0, 0]]))),
        (
            "a text that is no UTF-8",
            answer.with(&element(operation, &[&element(ENUMERATED, &[&[1]]), &text(""), &[OCTETS, 1, 0xff]])),
        ),
        ("a length beyond the end", element(SEQUENCE, &[id, &[operation, 0x7f, ENUMERATED, 1, 0]])),
        ("a length of nine bytes", element(SEQUENCE, &[id, &[operation, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1]])),
        ("no length", [&[SEQUENCE, 0x80], id, &[operation, 0x80, ENUMERATED, 1, 0, 0, 0, 0, 0]].concat()),
        ("controls that are none", element(SEQUENCE, &[id, &fine, &element(CONTROLS, &[&[0xff, 0xff]])])),
        ("an empty control", element(SEQUENCE, &[id, &fine, &element(CONTROLS, &[&element(SEQUENCE, &[])])])),
    ]
}

/// Returns messages to send in place of a search result entry, each malformed in another way.
pub(crate) fn malformed_entries(answer: &Message<'_>) -> Malformed {
    let name = text(&answer.dn());
    let attributes = |attribute: &[u8]| answer.with(&element(ENTRY, &[&name, &element(SEQUENCE, &[attribute])]));
    vec![
        ("an empty entry", answer.with(&element(ENTRY, &[]))),
        ("an entry with a name only", answer.with(&element(ENTRY, &[&name]))),
        ("an entry that is not constructed", answer.with(&element(ENTRY & !0x20, &[b"entry"]))),
        ("a name that is no UTF-8", answer.with(&element(ENTRY, &[&[OCTETS, 1, 0xff], &element(SEQUENCE, &[])]))),
        ("text for attributes", answer.with(&element(ENTRY, &[&name, &text("cn")]))),
        ("an attribute of text", attributes(&text("cn"))),
        ("an attribute without values", attributes(&element(SEQUENCE, &[&text("cn")]))),
        (
            "a value that is a set",
            attributes(&element(SEQUENCE, &[&text("cn"), &element(0x31, &[&element(0x31, &[])])])),
        ),
        ("an empty reference", answer.with(&element(REFERENCE, &[]))),
        ("a reference that is a number", answer.with(&element(REFERENCE, &[&element(INTEGER, &[&[1]])]))),
        ("a reference that is not constructed", answer.with(&element(REFERENCE & !0x20, &[b"ldap://"]))),
    ]
}
