//! The words and signs of a filter.

use crate::entra::graph::error::GraphError;

/// A word or a sign.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Token {
    /// A name, a keyword, or a value without quotes.
    Word(String),
    /// A text in single quotes, without them.
    Quoted(String),
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// `,`.
    Comma,
    /// `:`, which stands after the name of an element in `any`.
    Colon,
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Token::Word(word) | Token::Quoted(word) => word,
            Token::Open => "(",
            Token::Close => ")",
            Token::Comma => ",",
            Token::Colon => ":",
        })
    }
}

/// The refusal of a filter that cannot be read.
pub(super) fn invalid(why: &str) -> GraphError {
    GraphError::malformed(format!("Invalid filter clause: {why}"))
}

/// The words and signs of a filter; a quote within a text is doubled.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, GraphError> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            ',' => (Token::Comma, 1),
            ':' => (Token::Colon, 1),
            '\'' => quoted(rest)?,
            _ => word(rest)?,
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

fn quoted(text: &str) -> Result<(Token, usize), GraphError> {
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        match (c, chars.peek()) {
            ('\'', Some((_, '\''))) => {
                value.push('\'');
                chars.next();
            }
            ('\'', _) => return Ok((Token::Quoted(value), at + 1)),
            (c, _) => value.push(c),
        }
    }
    Err(invalid("There is an unterminated string literal."))
}

/// A word runs to the next blank or sign; the colons of an instant belong to it.
fn word(text: &str) -> Result<(Token, usize), GraphError> {
    let starts_with_digit = text.starts_with(|c: char| c.is_ascii_digit());
    let ends =
        |c: char| c.is_whitespace() || "(),'".contains(c) || (c == ':' && !starts_with_digit);
    let length = text.find(ends).unwrap_or(text.len());
    let word = &text[..length];
    let good = |c: char| c.is_alphanumeric() || "_/-.:+$@#".contains(c);
    match word.chars().all(good) && !word.is_empty() {
        true => Ok((Token::Word(word.to_owned()), length)),
        false => Err(invalid(&format!("Syntax error: character is not valid in '{word}'."))),
    }
}
