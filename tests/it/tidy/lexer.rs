//! A small lexer of Rust: comments, strings and characters become blanks of the same length, so
//! that what is left is code at its old place; and that code as words with their lines.

/// The text with everything that is not code blanked; lines and columns stay where they are.
pub fn blank(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let end = end_of_literal(bytes, at).unwrap_or(at);
        if end > at {
            out.extend(bytes[at..end].iter().map(|byte| if *byte == b'\n' { b'\n' } else { b' ' }));
            at = end;
        } else {
            let end = if is_word(bytes[at]) { end_of_word(bytes, at) } else { at + 1 };
            out.extend(&bytes[at..end]);
            at = end;
        }
    }
    String::from_utf8(out).expect("whole characters are blanked or kept")
}

/// One word, number, `::` or sign of blanked code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token<'a> {
    pub text: &'a str,
    pub line: usize,
}

impl Token<'_> {
    pub fn is_name(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphabetic() || c == '_')
    }
}

/// The tokens of blanked code.
pub fn tokens(code: &str) -> Vec<Token<'_>> {
    let bytes = code.as_bytes();
    let (mut out, mut at, mut line) = (Vec::new(), 0, 1);
    while at < bytes.len() {
        let end = match bytes[at] {
            byte if is_word(byte) => end_of_word(bytes, at),
            b':' if bytes.get(at + 1) == Some(&b':') => at + 2,
            byte if byte.is_ascii() => at + 1,
            _ => at + code[at..].chars().next().map_or(1, char::len_utf8),
        };
        if !bytes[at].is_ascii_whitespace() {
            out.push(Token { text: &code[at..end], line });
        }
        line += usize::from(bytes[at] == b'\n');
        at = end;
    }
    out
}

/// The index of the bracket that closes the one at `open`; the last token when none does.
pub fn closing(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.text {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len() - 1
}

/// Every path in the code with its line, `use` trees taken apart: `a::{b, c::d}` gives `a::b` and
/// `a::c::d`.
pub fn paths<'a>(tokens: &[Token<'a>]) -> Vec<(Vec<&'a str>, usize)> {
    let (mut out, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        let continued = at > 0
            && tokens[at - 1].text == "::"
            && at > 1
            && (tokens[at - 2].is_name() || tokens[at - 2].text == ">");
        if tokens[at].is_name() && !continued {
            at = path(tokens, at, Vec::new(), &mut out);
        } else {
            at += 1;
        }
    }
    out
}

/// Reads the path that goes on at `at` and gives the index after it.
fn path<'a>(
    tokens: &[Token<'a>],
    mut at: usize,
    mut so_far: Vec<&'a str>,
    out: &mut Vec<(Vec<&'a str>, usize)>,
) -> usize {
    let line = tokens[at].line;
    loop {
        so_far.push(tokens[at].text);
        let goes_on = tokens.get(at + 1).is_some_and(|token| token.text == "::");
        match tokens.get(at + 2) {
            Some(next) if goes_on && next.is_name() => at += 2,
            Some(next) if goes_on && next.text == "{" => {
                return group(tokens, at + 2, &so_far, out);
            }
            _ => break,
        }
    }
    out.push((so_far, line));
    at + 1
}

fn group<'a>(
    tokens: &[Token<'a>],
    open: usize,
    before: &[&'a str],
    out: &mut Vec<(Vec<&'a str>, usize)>,
) -> usize {
    let close = closing(tokens, open);
    let mut at = open + 1;
    while at < close {
        if tokens[at].is_name() && tokens[at].text != "as" {
            at = path(tokens, at, before.to_vec(), out);
        } else {
            at += if tokens[at].text == "as" { 2 } else { 1 };
        }
    }
    close + 1
}

/// Where the comment, string or character that begins at `at` ends; `None` when none begins there.
fn end_of_literal(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = &bytes[at..];
    match rest {
        [b'/', b'/', ..] => {
            Some(at + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len()))
        }
        [b'/', b'*', ..] => Some(end_of_block(bytes, at)),
        [b'"', ..] => Some(end_of_string(bytes, at + 1)),
        [b'b' | b'c', b'"', ..] => Some(end_of_string(bytes, at + 2)),
        [b'b', b'\'', ..] => end_of_char(bytes, at + 1),
        [b'\'', ..] => end_of_char(bytes, at),
        [b'r', ..] => end_of_raw(bytes, at + 1),
        [b'b' | b'c', b'r', ..] => end_of_raw(bytes, at + 2),
        _ => None,
    }
}

fn end_of_block(bytes: &[u8], at: usize) -> usize {
    let (mut depth, mut at) = (0usize, at);
    while at < bytes.len() {
        match bytes[at..] {
            [b'/', b'*', ..] => depth += 1,
            [b'*', b'/', ..] => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            break;
        }
    }
    at.min(bytes.len())
}

fn end_of_string(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

/// A character, unless it is a lifetime or a label.
fn end_of_char(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = &bytes[at + 1..];
    if rest.first() == Some(&b'\\') {
        return rest
            .iter()
            .skip(2)
            .position(|byte| *byte == b'\'')
            .map(|quote| at + 1 + 2 + quote + 1);
    }
    let first = std::str::from_utf8(&rest[..rest.len().min(4)]).map_or_else(
        |wrong| {
            std::str::from_utf8(&rest[..wrong.valid_up_to()]).unwrap_or_default().chars().next()
        },
        |text| text.chars().next(),
    )?;
    (rest.get(first.len_utf8()) == Some(&b'\'')).then_some(at + 1 + first.len_utf8() + 1)
}

fn end_of_raw(bytes: &[u8], at: usize) -> Option<usize> {
    let hashes = bytes[at..].iter().take_while(|byte| **byte == b'#').count();
    let start = at + hashes + 1;
    (bytes.get(at + hashes) == Some(&b'"')).then_some(())?;
    let end = [b"\"".as_slice(), &vec![b'#'; hashes]].concat();
    let found = bytes[start..].windows(end.len()).position(|window| window == end);
    Some(found.map_or(bytes.len(), |found| start + found + end.len()))
}

fn end_of_word(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..].iter().take_while(|byte| is_word(**byte)).count()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, code: &str) {
        let blanked = blank(text);
        assert_eq!(blanked.len(), text.len(), "{text}");
        let words: Vec<&str> = tokens(&blanked).iter().map(|token| token.text).collect();
        assert_eq!(words.join(" "), code, "{text}");
    }

    #[test]
    fn what_is_not_code_is_blanked() {
        check("a // fn b\nc", "a c");
        check("a /* fn /* b */ c */ d", "a d");
        check(r#"a("fn \" {", b"x", 'c', b'd', '\'', '\u{1F600}', 'é')"#, "a ( , , , , , , )");
        check(r###"a(r"\", r#"fn " { "#, br##"x"#"##, r#type)"###, "a ( , , , r # type )");
        check(
            "fn f<'a>(x: &'a str) { 'out: loop { break 'out } }",
            "fn f < ' a > ( x : & ' a str ) { ' out : loop { break ' out } }",
        );
        check("let x = '\"'; y", "let x = ; y");
        check("\"open", "");
        check("barr\"x\"", "barr");
    }

    #[test]
    fn use_trees_are_taken_apart() {
        let code = "use crate::{base::{Time, node}, scim as s}; let x = super::a::B::<u8>::new(::std::fs::read);";
        let found: Vec<String> =
            paths(&tokens(code)).into_iter().map(|(path, _)| path.join("::")).collect();
        for path in [
            "crate::base::Time",
            "crate::base::node",
            "crate::scim",
            "super::a::B",
            "std::fs::read",
        ] {
            assert!(found.iter().any(|found| found == path), "{path} in {found:?}");
        }
    }
}
