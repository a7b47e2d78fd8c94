//! Writing XML as the Group Policy Management Console does: the only user of `quick-xml`.

use quick_xml::Writer;
use quick_xml::events::{BytesCData, BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// A document in the making.
pub(super) struct Xml(Writer<Vec<u8>>);

/// The attributes of an element, in their order.
pub(super) type Attributes<'a> = &'a [(&'a str, &'a str)];

impl Xml {
    /// One that begins with its declaration.
    pub(super) fn declared() -> Self {
        let mut xml = Self::bare();
        xml.put(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)));
        xml
    }

    /// One without a declaration.
    pub(super) fn bare() -> Self {
        Self(Writer::new(Vec::new()))
    }

    /// An element, and what is in it.
    pub(super) fn element(&mut self, name: &str, attributes: Attributes<'_>, content: impl FnOnce(&mut Self)) {
        self.put(Event::Start(start(name, attributes)));
        content(self);
        self.put(Event::End(BytesEnd::new(name)));
    }

    /// An element with nothing in it.
    pub(super) fn empty(&mut self, name: &str, attributes: Attributes<'_>) {
        self.put(Event::Empty(start(name, attributes)));
    }

    /// An element that holds a text, as CDATA.
    pub(super) fn cdata(&mut self, name: &str, text: &str) {
        self.element(name, &[], |xml| {
            let parts: Vec<_> = BytesCData::escaped(text).collect();
            // An empty text has a section, too.
            let parts = if parts.is_empty() { vec![BytesCData::new("")] } else { parts };
            parts.into_iter().for_each(|part| xml.put(Event::CData(part)));
        });
    }

    /// An element that holds a text.
    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.element(name, &[], |xml| xml.put(Event::Text(BytesText::new(text))));
    }

    /// Space between elements, and line ends, which are those of Windows.
    pub(super) fn space(&mut self, space: &str) {
        // As it is: a line end of Windows would be written as a character reference.
        self.put(Event::Text(BytesText::from_escaped(space)));
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0.into_inner()
    }

    fn put(&mut self, event: Event<'_>) {
        // Memory takes all that is written to it.
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
