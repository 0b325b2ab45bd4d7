//! The parser of filters and paths: recursive descent of bounded depth, in one pass over the text.

use super::syntax::{Filter, FilterError, Operator, Path};
use super::urn;
use super::value::Value;

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// What is wrong and where; also for a filter nested more deeply than [`Filter::DEPTH_MAX`].
    pub fn parse(text: &str) -> Result<Filter, FilterError> {
        Parser::new(text).whole_filter()
    }
}

impl Path {
    /// Reads a path.
    ///
    /// # Errors
    /// What is wrong and where.
    pub fn parse(text: &str) -> Result<Path, FilterError> {
        Parser::new(text).whole_path()
    }

    /// Reads a path whose enterprise attributes may stand without their URN.
    ///
    /// # Errors
    /// As [`Path::parse`].
    pub fn parse_short(text: &str) -> Result<Path, FilterError> {
        const ENTERPRISE: [&str; 6] =
            ["employeeNumber", "costCenter", "organization", "division", "department", "manager"];
        let first = text.split(['.', '[']).next().unwrap_or_default();
        match ENTERPRISE.iter().any(|name| name.eq_ignore_ascii_case(first)) {
            true => Path::parse(&format!("{}:{text}", urn::ENTERPRISE_USER)),
            false => Path::parse(text),
        }
    }
}

/// A text and how far it has been read.
struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Parser<'a> {
        Parser { text, at: 0, depth: 0 }
    }

    /// Reads a filter and nothing after it.
    fn whole_filter(mut self) -> Result<Filter, FilterError> {
        let filter = self.any_of()?;
        self.end()?;
        Ok(filter)
    }

    /// Reads a path and nothing after it.
    fn whole_path(mut self) -> Result<Path, FilterError> {
        self.skip_spaces();
        let path = self.path()?;
        self.end()?;
        Ok(path)
    }

    fn any_of(&mut self) -> Result<Filter, FilterError> {
        let first = self.all_of()?;
        if !self.take_word("or") {
            return Ok(first);
        }
        let mut parts = vec![first];
        loop {
            self.must_go_on("or")?;
            parts.push(self.all_of()?);
            if !self.take_word("or") {
                break;
            }
        }
        Ok(Filter::Or(parts))
    }

    fn all_of(&mut self) -> Result<Filter, FilterError> {
        let first = self.term()?;
        if !self.take_word("and") {
            return Ok(first);
        }
        let mut parts = vec![first];
        loop {
            self.must_go_on("and")?;
            parts.push(self.term()?);
            if !self.take_word("and") {
                break;
            }
        }
        Ok(Filter::And(parts))
    }

    /// Refuses a text that ends right after `and` or `or`.
    fn must_go_on(&mut self, after: &str) -> Result<(), FilterError> {
        self.skip_spaces();
        match self.peek() {
            None | Some(b')' | b']') => self.wrong(format!("expected a filter after `{after}`")),
            Some(_) => Ok(()),
        }
    }

    fn term(&mut self) -> Result<Filter, FilterError> {
        self.skip_spaces();
        if self.peek() == Some(b'(') {
            return self.nested(b'(', b')');
        }
        let start = self.at;
        if self.take_word("not") {
            self.skip_spaces();
            if self.peek() == Some(b'(') {
                return Ok(Filter::Not(Box::new(self.nested(b'(', b')')?)));
            }
            self.at = start;
        }
        self.comparison()
    }

    /// Reads a filter between an opening and a closing mark.
    fn nested(&mut self, open: u8, close: u8) -> Result<Filter, FilterError> {
        if self.depth == Filter::DEPTH_MAX {
            return self.wrong(format!("nested more than {} deep", Filter::DEPTH_MAX));
        }
        debug_assert_eq!(self.peek(), Some(open));
        self.at += 1;
        self.depth += 1;
        let inner = self.any_of()?;
        self.depth -= 1;
        self.skip_spaces();
        if self.peek() != Some(close) {
            return self.wrong(format!("expected `{}`", close as char));
        }
        self.at += 1;
        Ok(inner)
    }

    fn comparison(&mut self) -> Result<Filter, FilterError> {
        let path = self.path()?;
        if path.filter.is_some() && path.sub_attribute.is_none() && self.at_end_of_term() {
            return Ok(Filter::Present(path));
        }
        self.skip_spaces();
        let at = self.at;
        let word = self.word();
        if word.eq_ignore_ascii_case("pr") {
            return Ok(Filter::Present(path));
        }
        let Some(operator) = Operator::parse(word) else {
            self.at = at;
            return self.wrong("expected an operator: eq, ne, co, sw, ew, gt, ge, lt, le or pr");
        };
        self.skip_spaces();
        let value = self.value()?;
        Ok(Filter::Compare(path, operator, value))
    }

    /// Whether a term may end here, as it does after `emails[type eq "work"]`.
    fn at_end_of_term(&mut self) -> bool {
        let start = self.at;
        self.skip_spaces();
        let ends = matches!(self.peek(), None | Some(b')' | b']'))
            || self.take_word("and")
            || self.take_word("or");
        self.at = start;
        ends
    }

    /// Reads `schema:attribute[filter].sub`; most pieces are optional.
    pub(super) fn path(&mut self) -> Result<Path, FilterError> {
        let start = self.at;
        let mut path =
            plain_path(self.token()).map_err(|message| FilterError { message, at: start })?;
        if self.peek() != Some(b'[') {
            return Ok(path);
        }
        if path.sub_attribute.is_some() || path.attribute.is_empty() {
            return self.wrong("brackets follow an attribute");
        }
        path.filter = Some(Box::new(self.nested(b'[', b']')?));
        if self.peek() == Some(b'.') {
            self.at += 1;
            let at = self.at;
            let name = self.token();
            if !is_name(name) {
                return Err(FilterError {
                    message: "expected a sub-attribute after `.`".to_owned(),
                    at,
                });
            }
            path.sub_attribute = Some(name.to_owned());
        }
        Ok(path)
    }

    fn value(&mut self) -> Result<Value, FilterError> {
        if self.peek() == Some(b'"') {
            return self.quoted().map(Value::from);
        }
        let at = self.at;
        let bare = self.bare();
        match bare {
            "" => Err(FilterError { message: "expected a value".to_owned(), at }),
            _ if bare.eq_ignore_ascii_case("true") => Ok(Value::Bool(true)),
            _ if bare.eq_ignore_ascii_case("false") => Ok(Value::Bool(false)),
            _ if bare.eq_ignore_ascii_case("null") => Ok(Value::Null),
            _ if bare.starts_with(['{', '[']) => Err(FilterError {
                message: "an object or a list cannot be compared".to_owned(),
                at: self.at - bare.len(),
            }),
            _ if bare.starts_with('\'') => Err(FilterError {
                message: "a string stands between double quotes".to_owned(),
                at: self.at - bare.len(),
            }),
            // One of the vendor's samples has a value without quotes [scim-dev].
            _ => Ok(serde_json::from_str(bare).map_or_else(|_| Value::from(bare), Value::Number)),
        }
    }

    /// Reads a string as JSON writes it.
    fn quoted(&mut self) -> Result<String, FilterError> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut at = start + 1;
        let mut plain = true;
        loop {
            let ahead = bytes.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest));
            let Some(ahead) = ahead else {
                return Err(FilterError { message: "the string has no end".to_owned(), at: start });
            };
            at += ahead;
            if bytes[at] == b'"' {
                break;
            }
            plain = false;
            at += 2;
        }
        self.at = at + 1;
        if plain {
            return Ok(self.text[start + 1..at].to_owned());
        }
        serde_json::from_str(&self.text[start..self.at]).map_err(|_| FilterError {
            message: "not a string as JSON writes it".to_owned(),
            at: start,
        })
    }

    /// Reads everything up to a space or a mark of the grammar.
    fn token(&mut self) -> &'a str {
        self.until(|byte| {
            byte.is_ascii_whitespace() || matches!(byte, b'(' | b')' | b'[' | b']' | b'"')
        })
    }

    /// Reads a value without quotes: up to a space or a closing mark.
    fn bare(&mut self) -> &'a str {
        self.until(|byte| byte.is_ascii_whitespace() || matches!(byte, b')' | b']'))
    }

    fn word(&mut self) -> &'a str {
        self.until(|byte| !byte.is_ascii_alphabetic())
    }

    fn until(&mut self, ends: impl Fn(u8) -> bool) -> &'a str {
        let rest = &self.text[self.at..];
        let length = rest.bytes().position(ends).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// Steps over a word of the grammar, in any case, when it comes next.
    fn take_word(&mut self, wanted: &str) -> bool {
        let start = self.at;
        self.skip_spaces();
        let rest = &self.text.as_bytes()[self.at..];
        let is_there = rest
            .get(..wanted.len())
            .is_some_and(|word| word.eq_ignore_ascii_case(wanted.as_bytes()));
        let after = rest.get(wanted.len());
        if is_there
            && matches!(after, None | Some(b' ' | b'\t' | b'\r' | b'\n' | b'(' | b')' | b']'))
        {
            self.at += wanted.len();
            return true;
        }
        self.at = start;
        false
    }

    fn skip_spaces(&mut self) {
        self.until(|byte| !byte.is_ascii_whitespace());
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn end(&mut self) -> Result<(), FilterError> {
        self.skip_spaces();
        match self.peek() {
            None => Ok(()),
            Some(_) => self.wrong("expected the end, `and` or `or`"),
        }
    }

    fn wrong<T>(&self, message: impl Into<String>) -> Result<T, FilterError> {
        Err(FilterError { message: message.into(), at: self.at })
    }
}

/// Reads `schema:attribute.sub`. The last colon ends the schema, so the dot of `2.0` separates
/// nothing (B19).
fn plain_path(token: &str) -> Result<Path, String> {
    // Most often it is a plain name, without the marks that are searched for below.
    if is_name(token) {
        return Ok(Path { attribute: token.to_owned(), ..Path::default() });
    }
    if token.is_empty() {
        return Err("expected an attribute".to_owned());
    }
    if [urn::ENTERPRISE_USER, urn::USER, urn::GROUP]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(token))
    {
        return Ok(Path { schema: Some(token.to_owned()), ..Path::default() });
    }
    let (schema, names) = match token.bytes().rposition(|byte| byte == b':') {
        Some(at) => (Some(&token[..at]), &token[at + 1..]),
        None => (None, token),
    };
    let (attribute, sub) = match names.bytes().position(|byte| byte == b'.') {
        Some(at) => (&names[..at], Some(&names[at + 1..])),
        None => (names, None),
    };
    if !is_name(attribute) || sub.is_some_and(|sub| !is_name(sub)) || schema == Some("") {
        return Err(format!("`{}` is not the name of an attribute", shorten(token)));
    }
    Ok(Path {
        schema: schema.map(str::to_owned),
        attribute: attribute.to_owned(),
        filter: None,
        sub_attribute: sub.map(str::to_owned),
        case_exact: false,
    })
}

/// Whether a text is a letter or `$`, then letters, digits, `-`, `_` (RFC 7643 2.1, and `$ref`).
fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'$')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'$'))
}

/// Returns the beginning of a text, short enough for a message.
pub(super) fn shorten(text: &str) -> &str {
    match text.char_indices().nth(80) {
        Some((at, _)) => &text[..at],
        None => text,
    }
}
