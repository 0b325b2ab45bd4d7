//! A small tree of elements, and its text as the vendor writes it: no space between tags, empty
//! elements closed at once, attributes in the order in which they were added.

/// An element to be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    content: Vec<Content>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Content {
    Element(Element),
    Text(String),
    /// An element that is written already, because it is signed.
    Written(String),
}

impl Element {
    /// An element of this qualified name.
    pub fn new(name: &'static str) -> Element {
        Element { name, attributes: Vec::new(), content: Vec::new() }
    }

    /// The same with an attribute or a declaration of a namespace.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Element {
        self.attributes.push((name, value.into()));
        self
    }

    /// The same with an attribute, if it has a value.
    pub fn with_some(self, name: &'static str, value: Option<impl Into<String>>) -> Element {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The same with a child.
    pub fn child(mut self, child: Element) -> Element {
        self.content.push(Content::Element(child));
        self
    }

    /// The same with these children.
    pub fn children(mut self, children: impl IntoIterator<Item = Element>) -> Element {
        self.content.extend(children.into_iter().map(Content::Element));
        self
    }

    /// The same with a text.
    pub fn text(mut self, text: impl Into<String>) -> Element {
        self.content.push(Content::Text(text.into()));
        self
    }

    /// The same with a child that is written already.
    pub fn written(mut self, text: String) -> Element {
        self.content.push(Content::Written(text));
        self
    }

    /// Puts a child before the one that is the `nth`.
    pub fn insert(&mut self, nth: usize, child: Element) {
        self.content.insert(nth.min(self.content.len()), Content::Element(child));
    }

    /// The text of the element.
    pub fn write(&self) -> String {
        let mut out = String::new();
        self.write_to(&mut out);
        out
    }

    fn write_to(&self, out: &mut String) {
        out.push('<');
        out.push_str(self.name);
        for (name, value) in &self.attributes {
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            escape_attribute(value, out);
            out.push('"');
        }
        if self.content.is_empty() {
            return out.push_str("/>");
        }
        out.push('>');
        for content in &self.content {
            match content {
                Content::Element(element) => element.write_to(out),
                Content::Text(text) => escape_text(text, out),
                Content::Written(text) => out.push_str(text),
            }
        }
        out.push_str("</");
        out.push_str(self.name);
        out.push('>');
    }
}

/// Appends a text as canonical XML has it (xml-c14n 2.3).
pub fn escape_text(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#xD;"),
            other => out.push(in_xml(other)),
        }
    }
}

/// Appends the value of an attribute as canonical XML has it (xml-c14n 2.3).
pub fn escape_attribute(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '"' => out.push_str("&quot;"),
            '\t' => out.push_str("&#x9;"),
            '\n' => out.push_str("&#xA;"),
            '\r' => out.push_str("&#xD;"),
            other => out.push(in_xml(other)),
        }
    }
}

/// A character that XML can hold (xml 2.2); others become the replacement character.
fn in_xml(c: char) -> char {
    match c {
        '\t' | '\n' | '\r' => c,
        '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => char::REPLACEMENT_CHARACTER,
        _ => c,
    }
}
