//! The id of a resource, of which a client wants to know nothing else.

use super::lexer::{Lexer, Scalar};

/// How deep the attributes of a resource may be nested: far deeper than any schema has them.
const DEEPEST: u8 = 8;

/// Returns the id of a resource in its common form.
pub fn id(resource: &[u8]) -> Option<&str> {
    let mut found = None;
    let mut lexer = Lexer::new(resource)?;
    lexer.members(|lexer, name| {
        if name != "id" {
            return lexer.skip(DEEPEST);
        }
        match lexer.scalar()? {
            // Of two ids neither can be trusted.
            Scalar::Text(text) if found.is_none() => found = Some(text),
            Scalar::Text(_) | Scalar::Other(_) => return None,
        }
        Some(())
    })?;
    lexer.end()?;
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_found_wherever_it_stands_and_nothing_else_is_taken_for_it() {
        let cases = [
            (r#"{"id":"7"}"#, Some("7")),
            (r#"{"schemas":["urn:a"],"name":{"id":"1"},"id":"7","emails":[{"id":2}]}"#, Some("7")),
            (r#"{"id":"zoë", "userName" : "a\"b" }"#, Some("zoë")),
            (r#"{"id":""}"#, Some("")),
            (r#"{"id":"1","id":"2"}"#, None),
            (r#"{"id":7}"#, None),
            (r#"{"id":"a\u0062"}"#, None),
            (r#"{"id":"7"} {}"#, None),
            (r#"{"id":"7","x":[1,]}"#, None),
            (r#"{"ID":"7"}"#, None),
            (r#"{}"#, None),
            (r#"["id","7"]"#, None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(id(text.as_bytes()), expected, "{text}");
        }
    }
}
