//! Reads XML that a peer sent, within hard bounds: size, depth, number of elements and attributes.
//!
//! A message has no `<!` at all: a document type could define entities that expand without end, and
//! a comment within a name has split it in two for several well-known service providers. No library
//! that was tried sends either. One pass over the bytes refuses such a text before it is parsed, so
//! that what the parser is given is small and plain.

use roxmltree::{Document, Node, ParsingOptions};

/// The largest message, in bytes.
pub const MESSAGE_MAX: usize = 256 << 10;

/// How deep elements may be nested.
const DEPTH_MAX: usize = 32;

/// How many elements a message may have.
const ELEMENTS_MAX: usize = 8_192;

/// How many attributes an element may have.
const ATTRIBUTES_MAX: usize = 64;

/// Why a text is not read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum XmlError {
    /// It is larger than [`MESSAGE_MAX`].
    TooLarge,
    /// It has a document type, a comment or a CDATA section.
    Markup,
    /// It has a processing instruction.
    Instruction,
    /// Its elements are nested too deep, or they or their attributes are too many.
    TooMany,
    /// It is not well-formed; the parser's own words.
    Malformed(String),
}

impl std::fmt::Display for XmlError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            XmlError::TooLarge => write!(f, "it is larger than {MESSAGE_MAX} bytes"),
            XmlError::Markup => f.write_str("it has a document type, a comment or CDATA"),
            XmlError::Instruction => f.write_str("it has a processing instruction"),
            XmlError::TooMany => f.write_str("it has too many elements or attributes"),
            XmlError::Malformed(why) => write!(f, "it is not well-formed XML: {why}"),
        }
    }
}

/// Parses a message.
///
/// # Errors
/// What is wrong with it.
pub fn parse(text: &str) -> Result<Document<'_>, XmlError> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.len() > MESSAGE_MAX {
        return Err(XmlError::TooLarge);
    }
    scan(text.as_bytes())?;
    let options = ParsingOptions { allow_dtd: false, ..ParsingOptions::default() };
    Document::parse_with_options(text, options)
        .map_err(|error| XmlError::Malformed(error.to_string()))
}

/// Looks over the tags of a text before it is parsed.
fn scan(text: &[u8]) -> Result<(), XmlError> {
    let (mut at, mut depth, mut elements) = (0, 0_usize, 0_usize);
    while let Some(open) = memchr::memchr(b'<', &text[at..]).map(|found| at + found) {
        let rest = &text[open + 1..];
        let (length, attributes) = tag(rest);
        match rest.first() {
            Some(b'!') => return Err(XmlError::Markup),
            Some(b'?') if open == 0 && rest.starts_with(b"?xml ") => {}
            Some(b'?') => return Err(XmlError::Instruction),
            Some(b'/') => depth = depth.saturating_sub(1),
            _ => {
                elements += 1;
                let empty = length > 0 && rest[length - 1] == b'/';
                depth += usize::from(!empty);
            }
        }
        if depth > DEPTH_MAX || elements > ELEMENTS_MAX || attributes > ATTRIBUTES_MAX {
            return Err(XmlError::TooMany);
        }
        at = open + 1 + length;
    }
    Ok(())
}

/// The length of a tag up to its `>`, and how many attributes it has.
fn tag(text: &[u8]) -> (usize, usize) {
    let (mut quote, mut attributes) = (None, 0);
    for (at, byte) in text.iter().enumerate() {
        match (quote, byte) {
            (None, b'>') => return (at, attributes),
            (None, b'"' | b'\'') => quote = Some(*byte),
            (None, b'=') => attributes += 1,
            (Some(open), byte) if open == *byte => quote = None,
            _ => {}
        }
    }
    (text.len(), attributes)
}

/// Whether a node is the element of this name.
pub fn is(node: Node<'_, '_>, space: &str, name: &str) -> bool {
    node.is_element()
        && node.tag_name().namespace() == Some(space)
        && node.tag_name().name() == name
}

/// The children of this name.
pub fn children<'a, 'i>(
    node: Node<'a, 'i>,
    space: &'a str,
    name: &'a str,
) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| is(*child, space, name))
}

/// The first child of this name.
pub fn child<'a, 'i>(node: Node<'a, 'i>, space: &'a str, name: &'a str) -> Option<Node<'a, 'i>> {
    children(node, space, name).next()
}

/// The text of an element that has nothing but text; `None` when it has elements.
pub fn text_of(node: Node<'_, '_>) -> Option<String> {
    let mut text = String::new();
    for child in node.children() {
        text.push_str(child.is_text().then(|| child.text())??);
    }
    Some(text)
}

/// The text of the first child of this name, without the space around it.
pub fn child_text(node: Node<'_, '_>, space: &str, name: &str) -> Option<String> {
    let found = node.children().find(|child| is(*child, space, name))?;
    text_of(found).map(|text| text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_expand_or_hide_is_refused_before_it_is_parsed() {
        let deep = format!("{}{}", "<a>".repeat(40), "</a>".repeat(40));
        let many = format!("<a>{}</a>", "<b/>".repeat(9_000));
        let wide =
            format!("<a {}/>", (0..70).map(|n| format!("b{n}=''")).collect::<Vec<_>>().join(" "));
        let large = format!("<a>{}</a>", "x".repeat(MESSAGE_MAX));
        let cases = [
            ("<!DOCTYPE a [<!ENTITY b \"bbbb\">]><a>&b;</a>", XmlError::Markup),
            ("<a>ann<!-- -->@evil.example</a>", XmlError::Markup),
            ("<a><![CDATA[x]]></a>", XmlError::Markup),
            ("<a><?php x?></a>", XmlError::Instruction),
            (&*deep, XmlError::TooMany),
            (&*many, XmlError::TooMany),
            (&*wide, XmlError::TooMany),
            (&*large, XmlError::TooLarge),
        ];
        for (text, why) in cases {
            assert_eq!(parse(text).err(), Some(why), "{:.60}", text);
        }
        for text in ["", "<a>", "a", "<a b='>", "<a>&b;</a>", "<a b='1' b='2'/>"] {
            assert!(matches!(parse(text), Err(XmlError::Malformed(_))), "{text}");
        }
        assert!(parse("\u{feff}<?xml version=\"1.0\"?>\n<a b='>'>x</a>").is_ok());
    }
}
