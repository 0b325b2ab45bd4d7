//! Finds the brace or the bracket that nothing closes, before a place that cannot be read: the
//! reader of TOML stops only where the next moment begins.

use crate::base::Span;

/// The last `{` or `[` of a value that is still open at this place, if it stands on an earlier line
/// and what follows cannot belong to it.
pub fn before(text: &str, place: Span) -> Option<Span> {
    let open = *still_open(text.get(..place.start)?).last()?;
    let (line, rest) = (line_of(text, place.start), text.get(open..)?);
    if !text.get(open..place.start)?.contains('\n') {
        return None;
    }
    let is_header = line.trim_start().starts_with('[')
        && line.split('#').next().is_some_and(|it| it.trim_end().ends_with(']'))
        && !line.contains([',', '"', '{']);
    let is_end = place.start >= text.trim_end().len();
    // An inline table whose first key stands on its own line was meant to end there.
    let one_line = rest.starts_with('{')
        && rest.lines().next().is_some_and(|it| it.contains('=') && !it.trim_end().ends_with(','));
    let is_key = line.split_once('=').is_some_and(|(key, _)| !key.contains(['{', '"', '[']));
    (is_header || is_end || (one_line && is_key)).then(|| Span::new(open, open + 1))
}

fn line_of(text: &str, at: usize) -> &str {
    super::traps::line_at(text, at)
}

/// Where the braces and brackets open that are not closed before the end of this text; headers are
/// none of them.
fn still_open(text: &str) -> Vec<usize> {
    let mut open = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let line_begins = text[..at].rsplit('\n').next().is_some_and(|it| it.trim().is_empty());
        at += match c {
            '#' => rest.find('\n').unwrap_or(rest.len()),
            '"' | '\'' => quoted(rest, c),
            '[' if open.is_empty() && line_begins => rest.find('\n').unwrap_or(rest.len()),
            '{' | '[' => {
                open.push(at);
                1
            }
            '}' | ']' => {
                open.pop();
                1
            }
            c => c.len_utf8(),
        };
    }
    open
}

/// How many bytes a text in quotes takes; one without an end on its line ends there.
fn quoted(rest: &str, quote: char) -> usize {
    let three = quote.to_string().repeat(3);
    if let Some(inner) = rest.strip_prefix(&three) {
        return inner.find(&three).map_or(rest.len(), |end| end + 6);
    }
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '\n' => return at,
            c if c == quote && !escaped => return at + 1,
            _ => escaped = c == '\\' && quote == '"' && !escaped,
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nothing_closes_is_found_where_it_opens() {
        for (text, open) in [
            ("[[at]]\ndo = { disable = \"ann\"\n\n[[at]]\n", Some(12)),
            ("[[at]]\ndo = [\"start\"\n\n[[at]]\n", Some(12)),
            ("[[at]]\ndo = { disable = \"ann\"\nexpect.a = 1\n", Some(12)),
            ("say = \"{\" # [\ndo = [ 'x', \"a\\\"[\" ]\nx\n", None),
            ("do = [\n  { disable = \"ann\" }\n  \"restart\"\n]\n", None),
        ] {
            let place = match toml::de::DeTable::parse(text) {
                Err(error) => error.span().map_or(Span::new(0, 1), Span::from),
                Ok(_) => panic!("{text}"),
            };
            assert_eq!(before(text, place).map(|it| it.start), open, "{text}");
        }
    }
}
