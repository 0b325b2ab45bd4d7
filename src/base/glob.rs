//! Matches patterns in which a star stands for any text.

/// Whether the whole text matches the pattern; never backtracks, so long patterns stay cheap.
pub fn glob(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(head) else { return false };
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return text.ends_with(part);
        }
        match text.find(part) {
            Some(at) => text = &text[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        let cases = [
            ("/Users", "/Users", true),
            ("/Users", "/Users/1", false),
            ("/Users/*", "/Users/1", true),
            ("/Users/*", "/Users", false),
            ("/Users*", "/Users", true),
            ("*", "", true),
            ("*s/*1", "/Users/21", true),
            ("*s/*1", "/Users/22", false),
            ("/a*a", "/a", false),
        ];
        for (pattern, text, met) in cases {
            assert_eq!(glob(pattern, text), met, "{pattern} on {text}");
        }
    }
}
