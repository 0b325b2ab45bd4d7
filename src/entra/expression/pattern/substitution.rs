//! Replacement texts with `${name}`, `$1`, `$&` and the other substitutions of .NET.

use super::Found;

/// A parsed replacement text.
#[derive(Clone, PartialEq, Debug)]
pub struct Substitution {
    parts: Vec<Part>,
}

#[derive(Clone, PartialEq, Debug)]
enum Part {
    Text(String),
    /// `${name}`, with its spelling, which stays in the text if the pattern has no such group.
    Named(String, String),
    /// `$1` or `${1}`, with its spelling.
    Numbered(usize, String),
    /// `$&`.
    Whole,
    /// `` $` ``.
    Before,
    /// `$'`.
    After,
    /// `$+`.
    Last,
    /// `$_`.
    Everything,
}

impl Substitution {
    /// Parses a replacement. Every text is valid: anything that is not a substitution is literal.
    pub fn parse(text: &str) -> Substitution {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            plain.push_str(&rest[..at]);
            rest = &rest[at..];
            match part(rest) {
                Some((Part::Text(text), used)) => {
                    plain.push_str(&text);
                    rest = &rest[used..];
                }
                Some((part, used)) => {
                    if !plain.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut plain)));
                    }
                    parts.push(part);
                    rest = &rest[used..];
                }
                None => {
                    plain.push('$');
                    rest = &rest[1..];
                }
            }
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Substitution { parts }
    }

    /// Writes the replacement of a match.
    pub fn write(&self, found: &Found<'_, '_>, out: &mut String) {
        let numbers = &found.pattern.numbers;
        let group = |nth: usize| found.captures.get(nth).map_or("", |group| group.as_str());
        for part in &self.parts {
            out.push_str(match part {
                Part::Text(text) => text,
                Part::Named(name, _) if found.pattern.has_group(name) => {
                    found.captures.name(name).map_or("", |group| group.as_str())
                }
                Part::Named(_, spelling) => spelling,
                Part::Numbered(nth, spelling) => {
                    numbers.get(*nth).map_or(spelling, |&nth| group(nth))
                }
                Part::Whole => group(0),
                Part::Before => &found.text[..found.range().start],
                Part::After => &found.text[found.range().end..],
                Part::Last => group(numbers.last().copied().unwrap_or_default()),
                Part::Everything => found.text,
            });
        }
    }
}

/// Reads the substitution at the front of a text that begins with `$`; returns it with its length
/// in bytes.
fn part(text: &str) -> Option<(Part, usize)> {
    let after = &text[1..];
    let numbered = |digits: &str, spelling: &str| {
        let part = digits
            .parse()
            .map_or(Part::Text(spelling.to_owned()), |n| Part::Numbered(n, spelling.to_owned()));
        (part, spelling.len())
    };
    match after.chars().next()? {
        '$' => Some((Part::Text("$".to_owned()), 2)),
        '&' => Some((Part::Whole, 2)),
        '`' => Some((Part::Before, 2)),
        '\'' => Some((Part::After, 2)),
        '+' => Some((Part::Last, 2)),
        '_' => Some((Part::Everything, 2)),
        '0'..='9' => {
            let many = after.bytes().take_while(u8::is_ascii_digit).count();
            Some(numbered(&after[..many], &text[..1 + many]))
        }
        '{' => {
            let name = &after[1..after.find('}')?];
            let spelling = &text[..name.len() + 3];
            match () {
                () if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') => {
                    None
                }
                () if name.bytes().all(|byte| byte.is_ascii_digit()) => {
                    Some(numbered(name, spelling))
                }
                () => Some((Part::Named(name.to_owned(), spelling.to_owned()), spelling.len())),
            }
        }
        _ => None,
    }
}
