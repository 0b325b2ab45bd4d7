//! Exclusive canonical XML without comments (xml-exc-c14n): the bytes of an element that a
//! signature is made over, the same wherever the element stands.

use roxmltree::{Attribute, Document, Node};

use super::element::{escape_attribute, escape_text};

/// The canonical form of an element without the child `omit`. Namespaces of the prefixes in
/// `inclusive` are written although nothing uses them; `#default` is the one without a prefix.
pub fn exclusive(node: Node<'_, '_>, omit: Option<Node<'_, '_>>, inclusive: &[&str]) -> String {
    let mut writer = Canonical { omit, inclusive, out: String::new() };
    writer.element(node, &[]);
    writer.out
}

/// A declaration of a namespace: prefix and URI.
type Declared<'a> = (&'a str, &'a str);

struct Canonical<'o, 'a, 'i> {
    omit: Option<Node<'a, 'i>>,
    inclusive: &'o [&'o str],
    out: String,
}

impl Canonical<'_, '_, '_> {
    /// `written` are the declarations that stand on the ancestors in the output.
    fn element(&mut self, node: Node<'_, '_>, written: &[Declared<'_>]) {
        let name = qualified_name(node);
        let mut attributes: Vec<Attribute<'_, '_>> = node.attributes().collect();
        attributes.sort_by_key(|attribute| (attribute.namespace().unwrap_or(""), attribute.name()));
        let new = self.declarations(node, name, &attributes, written);

        self.out.push('<');
        self.out.push_str(name);
        for (prefix, uri) in &new {
            self.out.push_str(if prefix.is_empty() { " xmlns" } else { " xmlns:" });
            self.out.push_str(prefix);
            self.value(uri);
        }
        for attribute in attributes {
            self.out.push(' ');
            self.out.push_str(source(node.document(), attribute.range_qname()));
            self.value(attribute.value());
        }
        self.out.push('>');
        let mut below: Vec<Declared<'_>> = new;
        let kept = written.iter().filter(|(prefix, _)| below.iter().all(|(it, _)| it != prefix));
        let kept: Vec<Declared<'_>> = kept.copied().collect();
        below.extend(kept);
        let omit = self.omit;
        for child in node.children().filter(|child| omit != Some(*child)) {
            match child.is_element() {
                true => self.element(child, &below),
                false => escape_text(child.text().unwrap_or_default(), &mut self.out),
            }
        }
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    fn value(&mut self, value: &str) {
        self.out.push_str("=\"");
        escape_attribute(value, &mut self.out);
        self.out.push('"');
    }

    /// The declarations that an element needs and its ancestors in the output do not have.
    fn declarations<'n>(
        &self,
        node: Node<'n, '_>,
        name: &'n str,
        attributes: &[Attribute<'n, '_>],
        written: &[Declared<'_>],
    ) -> Vec<Declared<'n>> {
        let prefix = |name: &'n str| name.split_once(':').map(|(prefix, _)| prefix);
        let mut used = vec![prefix(name).unwrap_or_default()];
        let document = node.document();
        used.extend(attributes.iter().filter_map(|it| prefix(source(document, it.range_qname()))));
        let in_scope = |wanted: &str| {
            let found = node.namespaces().find(|it| it.name().unwrap_or_default() == wanted);
            found.map(|it| (it.name().unwrap_or_default(), it.uri()))
        };
        let listed =
            self.inclusive.iter().map(|name| name.strip_prefix("#default").unwrap_or(name));
        let mut needed: Vec<Declared<'n>> = listed.filter_map(in_scope).collect();
        needed.extend(used.into_iter().map(|used| in_scope(used).unwrap_or((used, ""))));
        needed.sort_unstable();
        needed.dedup();
        needed.retain(|(prefix, uri)| {
            let above = written.iter().find(|(it, _)| it == prefix).map_or("", |(_, uri)| uri);
            *prefix != "xml" && above != *uri
        });
        needed
    }
}

/// The name of an element with its prefix; the parser keeps only what the prefix stands for.
fn qualified_name<'a>(node: Node<'a, '_>) -> &'a str {
    let tag = source(node.document(), node.range());
    let name = tag.strip_prefix('<').unwrap_or(tag);
    let end = name.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>'));
    &name[..end.unwrap_or(name.len())]
}

fn source<'a>(document: &'a Document<'_>, range: std::ops::Range<usize>) -> &'a str {
    document.input_text().get(range).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::saml::xml;

    #[test]
    fn elements_are_written_as_the_recommendation_has_it() {
        let cases = [
            ("<a  c='2' b='1'/>", "<a b=\"1\" c=\"2\"></a>"),
            // A namespace is declared where it is used, not where it was declared.
            (
                "<a xmlns:x='urn:x' xmlns:y='urn:y'><x:b/><x:c><x:d y:e='1'/></x:c></a>",
                "<a><x:b xmlns:x=\"urn:x\"></x:b><x:c xmlns:x=\"urn:x\"><x:d xmlns:y=\"urn:y\" y:e=\"1\"></x:d></x:c></a>",
            ),
            (
                "<a xmlns='urn:a'><b xmlns=''><c/></b></a>",
                "<a xmlns=\"urn:a\"><b xmlns=\"\"><c></c></b></a>",
            ),
            // Attributes by the URI of their namespace, those without one first.
            (
                "<a xmlns:p='urn:z' xmlns:q='urn:b' p:b='1' q:c='2' z='3' xml:lang='en'/>",
                "<a xmlns:p=\"urn:z\" xmlns:q=\"urn:b\" z=\"3\" xml:lang=\"en\" q:c=\"2\" p:b=\"1\"></a>",
            ),
            (
                "<a b='&quot;&lt;&gt;&amp;&#9;'>&lt;&gt;&amp;\"&#13;\u{e4}</a>",
                "<a b=\"&quot;&lt;>&amp;&#x9;\">&lt;&gt;&amp;\"&#xD;\u{e4}</a>",
            ),
        ];
        for (text, canonical) in cases {
            let document = xml::parse(text).expect("XML");
            assert_eq!(exclusive(document.root_element(), None, &[]), canonical, "{text}");
        }
    }

    #[test]
    fn listed_prefixes_are_written_although_unused() {
        let text = "<r xmlns='urn:r' xmlns:x='urn:x' xmlns:y='urn:y'><x:a>1</x:a></r>";
        let document = xml::parse(text).expect("XML");
        let a = document.root_element().first_element_child().expect("a child");
        let all = exclusive(a, None, &["y", "#default"]);
        assert_eq!(all, "<x:a xmlns=\"urn:r\" xmlns:x=\"urn:x\" xmlns:y=\"urn:y\">1</x:a>");
        let root = exclusive(document.root_element(), Some(a), &[]);
        assert_eq!(root, "<r xmlns=\"urn:r\"></r>");
    }
}
