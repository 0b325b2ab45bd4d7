//! Writes a value as TOML on one line, as the strip and the page's badges show actions.

use std::fmt::Write;

use super::Span;
use super::node::{Entry, Kind, Node};

impl Node {
    /// A table without a place in a source, its keys in this order.
    pub fn table<K: Into<String>>(entries: impl IntoIterator<Item = (K, Node)>) -> Node {
        let entry =
            |(key, value): (K, Node)| Entry { key: key.into(), key_span: Span::default(), value };
        Node::bare(Kind::Table(entries.into_iter().map(entry).collect()))
    }

    /// The value as TOML on one line, in the inline form: `{ disable = "ann" }`.
    pub fn to_toml(&self) -> String {
        let mut out = String::new();
        write_value(self, &mut out);
        out
    }
}

fn write_value(node: &Node, out: &mut String) {
    match &node.kind {
        Kind::Text(text) => write_text(text, out),
        Kind::Integer(value) => show(value, out),
        Kind::Float(value) => out.push_str(&format!("{value:?}")),
        Kind::Bool(value) => show(value, out),
        Kind::Time(value) => show(value, out),
        Kind::List(items) => {
            out.push('[');
            for (nth, item) in items.iter().enumerate() {
                out.push_str(if nth == 0 { "" } else { ", " });
                write_value(item, out);
            }
            out.push(']');
        }
        Kind::Table(entries) if entries.is_empty() => out.push_str("{}"),
        Kind::Table(entries) => {
            out.push_str("{ ");
            for (nth, entry) in entries.iter().enumerate() {
                out.push_str(if nth == 0 { "" } else { ", " });
                write_key(&entry.key, out);
                out.push_str(" = ");
                write_value(&entry.value, out);
            }
            out.push_str(" }");
        }
    }
}

fn show(value: &impl std::fmt::Display, out: &mut String) {
    // Writing to a String cannot fail.
    let _ = write!(out, "{value}");
}

fn write_key(key: &str, out: &mut String) {
    let bare =
        !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if bare { out.push_str(key) } else { write_text(key, out) }
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Time;

    #[test]
    fn what_is_written_is_toml() {
        let node = Node::table([
            ("say", Node::text("a \"quoted\"\nline\u{7}")),
            ("at", Node::bare(Kind::Time(Time::from_secs(0)))),
            (
                "a b",
                Node::bare(Kind::List(vec![
                    Node::bare(Kind::Integer(1)),
                    Node::bare(Kind::Float(2.0)),
                ])),
            ),
            ("none", Node::table::<String>([])),
        ]);
        let text = node.to_toml();
        assert_eq!(
            text,
            r#"{ say = "a \"quoted\"\nline\u0007", at = 1970-01-01T00:00:00Z, "a b" = [1, 2.0], none = {} }"#
        );
        assert!(format!("x = {text}").parse::<toml::Table>().is_ok());
    }
}
