//! Rewrites strings in a JSON text and leaves every other byte of it as it is: the order of
//! members, names that stand twice, blanks, the spelling of numbers.

/// How deep a text may be nested; a deeper one is not read.
const DEPTH_MAX: usize = 64;

/// A step from a value to one inside it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum JsonStep {
    /// The member with this name.
    Name(String),
    /// The element with this number.
    Nth(usize),
}

/// What is asked about each string: the way to it and what it says; it returns what stands there
/// instead.
pub type Visit<'a> = &'a mut dyn FnMut(&[JsonStep], &str) -> Option<String>;

/// Rewrites the strings of a text; `None` when it is no JSON. Names are not looked at.
pub fn rewrite(text: &str, visit: Visit<'_>) -> Option<String> {
    let mut rewriter = Rewriter {
        text,
        at: 0,
        copied: 0,
        out: String::with_capacity(text.len()),
        way: Vec::new(),
    };
    rewriter.value(visit)?;
    rewriter.blanks();
    if rewriter.at != text.len() {
        return None;
    }
    rewriter.out.push_str(&text[rewriter.copied..]);
    Some(rewriter.out)
}

struct Rewriter<'t> {
    text: &'t str,
    at: usize,
    /// How much of the text is in `out`, rewritten or not.
    copied: usize,
    out: String,
    way: Vec<JsonStep>,
}

impl<'t> Rewriter<'t> {
    fn next(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.next(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        self.blanks();
        (self.next()? == byte).then(|| self.at += 1)
    }

    fn value(&mut self, visit: Visit<'_>) -> Option<()> {
        self.blanks();
        if self.way.len() > DEPTH_MAX {
            return None;
        }
        match self.next()? {
            b'{' => self.members(visit),
            b'[' => self.elements(visit),
            b'"' => {
                let from = self.at;
                let raw = self.string()?;
                let says: String = serde_json::from_str(raw).ok()?;
                if let Some(instead) = visit(&self.way, &says) {
                    self.out.push_str(&self.text[self.copied..from]);
                    self.out.push_str(&spelled(&instead, raw));
                    self.copied = self.at;
                }
                Some(())
            }
            _ => {
                let rest = &self.text[self.at..];
                let ends = |c: char| matches!(c, ',' | ']' | '}' | ' ' | '\t' | '\r' | '\n');
                let length = rest.find(ends).unwrap_or(rest.len());
                serde_json::from_str::<serde_json::Value>(&rest[..length]).ok()?;
                self.at += length;
                Some(())
            }
        }
    }

    /// A string with its quotes.
    fn string(&mut self) -> Option<&'t str> {
        let from = self.at;
        let bytes = self.text.as_bytes();
        if self.next()? != b'"' {
            return None;
        }
        self.at += 1;
        while *bytes.get(self.at)? != b'"' {
            self.at += if bytes[self.at] == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
        self.text.get(from..self.at)
    }

    fn members(&mut self, visit: Visit<'_>) -> Option<()> {
        self.take(b'{')?;
        self.blanks();
        if self.next()? == b'}' {
            return self.take(b'}');
        }
        loop {
            self.blanks();
            let name: String = serde_json::from_str(self.string()?).ok()?;
            self.take(b':')?;
            self.way.push(JsonStep::Name(name));
            self.value(visit)?;
            self.way.pop();
            self.blanks();
            match self.next()? {
                b',' => self.at += 1,
                _ => return self.take(b'}'),
            }
        }
    }

    fn elements(&mut self, visit: Visit<'_>) -> Option<()> {
        self.take(b'[')?;
        self.blanks();
        if self.next()? == b']' {
            return self.take(b']');
        }
        for nth in 0.. {
            self.way.push(JsonStep::Nth(nth));
            self.value(visit)?;
            self.way.pop();
            self.blanks();
            match self.next()? {
                b',' => self.at += 1,
                _ => return self.take(b']'),
            }
        }
        None
    }
}

/// A string with its quotes, escaped as the one before it was: beyond ASCII by `\u` or not at all.
fn spelled(says: &str, before: &str) -> String {
    let plain = serde_json::to_string(says).unwrap_or_default();
    if !before.is_ascii() || !before.contains("\\u") {
        return plain;
    }
    let mut out = String::with_capacity(plain.len());
    let mut units = [0; 2];
    for letter in plain.chars() {
        match letter.is_ascii() {
            true => out.push(letter),
            false => {
                for unit in letter.encode_utf16(&mut units) {
                    out += &format!("\\u{unit:04x}");
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upper(text: &str) -> Option<String> {
        rewrite(text, &mut |_, says| Some(says.to_uppercase()))
    }

    #[test]
    fn only_strings_change_and_keep_their_escapes() {
        for (text, expected) in [
            (
                r#" {"a" :"x", "a":[ 1.50,"y",true ] } "#,
                Some(r#" {"a" :"X", "a":[ 1.50,"Y",true ] } "#),
            ),
            (r#""\u00e9t\u00e9""#, Some(r#""\u00c9T\u00c9""#)),
            (r#""été \"q\"""#, Some(r#""ÉTÉ \"Q\"""#)),
            ("[]", Some("[]")),
            (r#"{"a":"x""#, None),
            (r#"["x"] rest"#, None),
            (r#"{"a":01}"#, None),
            ("\"\\", None),
            ("", None),
        ] {
            assert_eq!(upper(text).as_deref(), expected, "{text}");
        }
        assert_eq!(upper(&"[".repeat(500)), None);
    }

    proptest::proptest! {
        #[test]
        fn what_is_left_alone_is_the_same_text(text in "[\\[\\]{}\",:a-c\\\\ 0-9é]{0,60}") {
            if let Some(same) = rewrite(&text, &mut |_, _| None) {
                proptest::prop_assert_eq!(same, text);
            }
        }
    }
}
