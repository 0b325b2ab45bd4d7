//! Reads JSON in its common form, piece by piece and without copies.
//!
//! Returns `None` for anything else; the caller then falls back to the full parser, which reports
//! errors.

use std::ops::Range;

use memchr::memchr2;

use crate::scim::plain::plain_length;
use crate::scim::value::Value;

/// A JSON text and what of it was not read yet.
pub(super) struct Lexer<'a> {
    text: &'a str,
    rest: &'a [u8],
}

/// A value without parts.
pub(super) enum Scalar<'a> {
    /// A string without escapes.
    Text(&'a str),
    /// Any other string, a number, `true`, `false` or `null`.
    Other(Value),
}

impl<'a> Lexer<'a> {
    /// Starts at the beginning of a text.
    pub(super) fn new(bytes: &'a [u8]) -> Option<Lexer<'a>> {
        Some(Lexer { text: std::str::from_utf8(bytes).ok()?, rest: bytes })
    }

    /// Returns the next byte that is not a space, without consuming it.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<u8> {
        self.next().map(|(byte, _)| byte)
    }

    /// Returns the next byte that is not a space, and what stands behind it.
    #[inline]
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        match self.rest.split_first()? {
            (b' ', _) => self.next_behind_spaces(),
            (byte, behind) => Some((*byte, behind)),
        }
    }

    /// Few clients put spaces between the parts of a text, so this need not be fast.
    #[cold]
    fn next_behind_spaces(&mut self) -> Option<(u8, &'a [u8])> {
        let spaces = self.rest.iter().take_while(|byte| **byte == b' ').count();
        self.rest = &self.rest[spaces..];
        self.rest.split_first().map(|(byte, behind)| (*byte, behind))
    }

    /// Reads an object; `each` gets the name of each member and reads its value.
    pub(super) fn members(
        &mut self,
        mut each: impl FnMut(&mut Self, &'a str) -> Option<()>,
    ) -> Option<()> {
        self.named(|lexer, name| each(lexer, &lexer.text[name]))
    }

    /// Reads an object; `each` gets where the name of each member stands and reads its value.
    fn named(&mut self, mut each: impl FnMut(&mut Self, Range<usize>) -> Option<()>) -> Option<()> {
        self.eat(b'{')?;
        if self.eat(b'}').is_some() {
            return Some(());
        }
        loop {
            let name = self.plain()?;
            self.eat(b':')?;
            each(self, name)?;
            if !self.has_more(b'}')? {
                return Some(());
            }
        }
    }

    /// Reads an array; `each` reads one element.
    pub(super) fn elements(&mut self, mut each: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.eat(b'[')?;
        if self.eat(b']').is_some() {
            return Some(());
        }
        loop {
            each(self)?;
            if !self.has_more(b']')? {
                return Some(());
            }
        }
    }

    /// Reads a value without parts.
    pub(super) fn scalar(&mut self) -> Option<Scalar<'a>> {
        match self.peek()? {
            b'"' => {
                if let Some(within) = self.skip_plain() {
                    return Some(Scalar::Text(&self.text[within]));
                }
                self.other(escaped_length(self.rest)?)
            }
            b't' | b'n' => self.other(4),
            b'f' => self.other(5),
            _ => {
                let is_of_number =
                    |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
                self.other(self.rest.iter().take_while(|byte| is_of_number(byte)).count())
            }
        }
    }

    /// Skips a value; `None` when it is nested deeper than `deepest`.
    pub(super) fn skip(&mut self, deepest: u8) -> Option<()> {
        let deepest = deepest.checked_sub(1)?;
        match self.peek()? {
            b'{' => self.named(|lexer, _| lexer.skip(deepest)),
            b'[' => self.elements(|lexer| lexer.skip(deepest)),
            b'"' if self.skip_plain().is_some() => Some(()),
            _ => self.scalar().map(drop),
        }
    }

    /// `None` when anything but spaces follows.
    pub(super) fn end(mut self) -> Option<()> {
        if self.peek().is_none() { Some(()) } else { None }
    }

    #[inline]
    fn eat(&mut self, byte: u8) -> Option<()> {
        let (found, behind) = self.next()?;
        if found != byte {
            return None;
        }
        self.rest = behind;
        Some(())
    }

    /// Reads a comma (`true`) or the end mark (`false`); `None` for anything else.
    #[inline]
    fn has_more(&mut self, end: u8) -> Option<bool> {
        let (byte, behind) = self.next()?;
        self.rest = behind;
        match byte {
            b',' => Some(true),
            _ if byte == end => Some(false),
            _ => None,
        }
    }

    /// Reads a string without escapes, and returns where its text is.
    fn plain(&mut self) -> Option<Range<usize>> {
        if self.peek()? != b'"' {
            return None;
        }
        self.skip_plain()
    }

    /// Skips a string without escapes whose quote is next, and returns where its text is; stays
    /// there at any other string.
    #[inline]
    fn skip_plain(&mut self) -> Option<Range<usize>> {
        let (_, inside) = self.rest.split_first()?;
        let (text, behind) = inside.split_at(plain_length(inside));
        let (b'"', rest) = behind.split_first()? else { return None };
        let start = self.text.len() - inside.len();
        self.rest = rest;
        Some(start..start + text.len())
    }

    /// Reads the value in the next `length` bytes.
    fn other(&mut self, length: usize) -> Option<Scalar<'a>> {
        let start = self.text.len() - self.rest.len();
        let text = self.text.get(start..start + length)?;
        self.rest = &self.rest[length..];
        Some(Scalar::Other(match text {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            _ => match whole_number(text) {
                Some(number) => Value::Number(number.into()),
                None => serde_json::from_str(text).ok()?,
            },
        }))
    }
}

/// Reads a number without sign, fraction and exponent; `None` also for one that begins with a zero,
/// as none in JSON does but zero itself.
fn whole_number(text: &str) -> Option<u64> {
    let is_usual = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if is_usual || text == "0" { text.parse().ok() } else { None }
}

/// Returns the length of a string with escapes, quotes included.
fn escaped_length(bytes: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += memchr2(b'"', b'\\', bytes.get(at..)?)?;
        match bytes[at] {
            b'"' => return Some(at + 1),
            _ => at += 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scim::Object;

    /// Whether a text is read, and that what is read is JSON.
    fn check(text: &str, known: bool) {
        let mut lexer = Lexer::new(text.as_bytes());
        let read = lexer.as_mut().and_then(|lexer| lexer.skip(4)).and_then(|()| lexer?.end());
        assert_eq!(read.is_some(), known, "{text}");
        assert!(!known || Object::parse(format!("{{\"a\":{text}}}").as_bytes()).is_ok(), "{text}");
    }

    #[test]
    fn the_common_form_is_read() {
        for text in [
            r#""""#,
            r#" "zoë" "#,
            r#""\u00eb\\\"""#,
            "0",
            "-1.5e+7",
            "true",
            "false",
            "null",
            "[]",
            "{}",
            r#"[1, "a" , [ ] , {"a" : {} , "b":[true]}]"#,
        ] {
            check(text, true);
        }
    }

    #[test]
    fn anything_else_is_left_to_the_full_parser() {
        for text in [
            "",
            "\"",
            "\"a\nb\"",
            "[\n]",
            r#""\q""#,
            r#""\"#,
            r#""\""#,
            r#""\ud800""#,
            "01",
            "1e999",
            "-",
            "+1",
            "x",
            "tru",
            "trueé",
            "nully",
            "[1,]",
            "[1 2]",
            "[1",
            r#"{"a"}"#,
            r#"{"a":1,}"#,
            r#"{a:1}"#,
            r#"{"\u0061":1}"#,
            "{} {}",
            "[[[[[1]]]]]",
        ] {
            check(text, false);
        }
        assert!(Lexer::new(b"\"\xff\"").is_none());
    }
}
