//! Writes XML as the Group Policy Management Console does. This is the only module that uses `quick-xml`.

use quick_xml::Writer;
use quick_xml::events::{BytesCData, BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// An XML document that is being written.
pub(super) struct Xml(Writer<Vec<u8>>);

/// The attributes of an element, in the order in which they are written.
pub(super) type Attributes<'a> = &'a [(&'a str, &'a str)];

impl Xml {
    /// Starts a document with an XML declaration.
    pub(super) fn declared() -> Self {
        let mut xml = Self::bare();
        xml.put(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)));
        xml
    }

    /// Starts a document without an XML declaration.
    pub(super) fn bare() -> Self {
        Self(Writer::new(Vec::new()))
    }

    /// Writes an element, and within it what `content` writes.
    pub(super) fn element(&mut self, name: &str, attributes: Attributes<'_>, content: impl FnOnce(&mut Self)) {
        self.put(Event::Start(start(name, attributes)));
        content(self);
        self.put(Event::End(BytesEnd::new(name)));
    }

    /// Writes an element without content.
    pub(super) fn empty(&mut self, name: &str, attributes: Attributes<'_>) {
        self.put(Event::Empty(start(name, attributes)));
    }

    /// Writes an element with text, as CDATA.
    pub(super) fn cdata(&mut self, name: &str, text: &str) {
        self.element(name, &[], |xml| {
            let parts: Vec<_> = BytesCData::escaped(text).collect();
            // The console writes a CDATA section even for an empty text, where `escaped` yields none.
            let parts = if parts.is_empty() { vec![BytesCData::new("")] } else { parts };
            parts.into_iter().for_each(|part| xml.put(Event::CData(part)));
        });
    }

    /// Writes an element with text.
    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.element(name, &[], |xml| xml.put(Event::Text(BytesText::new(text))));
    }

    /// Writes white space between elements, with Windows line endings.
    pub(super) fn space(&mut self, space: &str) {
        // `BytesText::new` would escape the carriage return as a character reference.
        self.put(Event::Text(BytesText::from_escaped(space)));
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0.into_inner()
    }

    fn put(&mut self, event: Event<'_>) {
        // Writing to memory cannot fail.
        let _ = self.0.write_event(event);
    }
}

fn start<'a>(name: &'a str, attributes: Attributes<'a>) -> BytesStart<'a> {
    BytesStart::new(name).with_attributes(attributes.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::Xml;

    #[test]
    fn what_texts_hold_stays_text() {
        let mut xml = Xml::bare();
        xml.element("a", &[("b", "R&D 'x' \"ü\" <100%>")], |xml| xml.cdata("c", "d]]>e"));
        xml.cdata("f", "");
        let text = String::from_utf8(xml.into_bytes()).expect("UTF-8");
        let attribute = "R&amp;D &apos;x&apos; &quot;ü&quot; &lt;100%&gt;";
        assert_eq!(text, format!("<a b=\"{attribute}\"><c><![CDATA[d]]]]><![CDATA[>e]]></c></a><f><![CDATA[]]></f>"));
    }
}
