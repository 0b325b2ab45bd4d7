//! The words of a rule, each with its place.

use super::RuleError;
use crate::base::Span;

/// A word, a mark or a text in quotes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Token {
    Open,
    Close,
    OpenList,
    CloseList,
    Comma,
    /// A text in quotes, without them.
    Text(String),
    /// Anything else: a property, an operator, `true`, `null`, a number.
    Word(String),
}

/// Splits a rule into its words.
pub(super) fn tokens(rule: &str) -> Result<Vec<(Token, Span)>, RuleError> {
    let mut found = Vec::new();
    let mut chars = rule.char_indices().peekable();
    while let Some((at, first)) = chars.next() {
        let mark = match first {
            '(' => Some(Token::Open),
            ')' => Some(Token::Close),
            '[' => Some(Token::OpenList),
            ']' => Some(Token::CloseList),
            ',' => Some(Token::Comma),
            _ => None,
        };
        if let Some(mark) = mark {
            found.push((mark, Span::new(at, at + 1)));
        } else if is_quote(first) {
            let (text, length) = quoted(&rule[at..], first)
                .ok_or_else(|| RuleError::new(Span::new(at, rule.len()), "this text has no end"))?;
            found.push((Token::Text(text), Span::new(at, at + length)));
            while chars.next_if(|(next, _)| *next < at + length).is_some() {}
        } else if !first.is_whitespace() {
            let ends = |c: char| c.is_whitespace() || "()[],".contains(c) || is_quote(c);
            let length = rule[at..].find(ends).unwrap_or(rule.len() - at);
            // The vendor's own examples have dashes where a hyphen belongs.
            let word = rule[at..at + length].replace('–', "-");
            found.push((Token::Word(word), Span::new(at, at + length)));
            while chars.next_if(|(next, _)| *next < at + length).is_some() {}
        }
    }
    Ok(found)
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'')
}

/// The text that begins with a quote, and how many bytes it takes. A double quote in it stands
/// after a backtick, a single one is written twice. [dynamic-groups]
fn quoted(rest: &str, quote: char) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        match (c, next) {
            ('`', Some('"')) | ('\'', Some('\'')) if c == '`' || quote == '\'' => {
                text.extend(next);
                chars.next();
            }
            _ if c == quote => return Some((text, at + 1)),
            _ => text.push(c),
        }
    }
    None
}
