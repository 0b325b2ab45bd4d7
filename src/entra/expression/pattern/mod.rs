//! Regular expressions in .NET's syntax, on an engine whose time is proportional to the text.
//!
//! A pattern is translated, so that syntax with different meanings in the two dialects keeps its
//! .NET meaning. Features that the engine lacks (look-around, back references, atomic groups,
//! conditions) are refused with a message that names them.

mod substitution;
mod translate;

pub use substitution::Substitution;

use regex::{Regex, RegexBuilder};

use super::limits::LENGTH_MAX;

/// The most bytes that the compiled patterns of one expression may occupy together.
pub const ROOM: usize = 16 << 20;
/// The sizes a compiled pattern may have, in bytes, and how much more a search with one of that
/// size may cost. The largest has room for `\w{1,64}`, since `\w` stands for letters of every
/// script.
const SIZES: [(usize, usize); 3] = [(64 << 10, 1), (512 << 10, 4), (4 << 20, 16)];

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: Box<str>,
    regex: Regex,
    /// The groups in .NET's order, as numbers of the engine: .NET counts the unnamed ones before
    /// the named.
    numbers: Vec<usize>,
    weight: usize,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        self.text == other.text
    }
}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// A sentence that names the error or the unsupported feature.
    pub fn new(text: &str) -> Result<Pattern, String> {
        Pattern::within(&mut ROOM.clone(), text)
    }

    /// Compiles one of several patterns and takes its size from `room`.
    ///
    /// # Errors
    /// A sentence that names the error or the unsupported feature.
    pub fn within(room: &mut usize, text: &str) -> Result<Pattern, String> {
        if text.len() > LENGTH_MAX {
            return Err(format!("the pattern has more than {LENGTH_MAX} bytes"));
        }
        let translated = translate::translate(text)?;
        for (size, weight) in SIZES.into_iter().filter(|(size, _)| *size <= *room) {
            match RegexBuilder::new(&translated)
                .size_limit(size)
                .dfa_size_limit(size.max(1 << 20))
                .build()
            {
                Ok(regex) => {
                    *room -= size;
                    return Ok(Pattern::of(text, regex, weight));
                }
                Err(regex::Error::CompiledTooBig(_)) => {}
                Err(error) => return Err(explanation(&error.to_string())),
            }
        }
        let alone = *room >= SIZES[SIZES.len() - 1].0;
        Err(if alone {
            "the pattern is too large"
        } else {
            "the patterns of this expression are too large together"
        }
        .to_owned())
    }

    fn of(text: &str, regex: Regex, weight: usize) -> Pattern {
        let (named, unnamed): (Vec<usize>, Vec<usize>) = (1..regex.captures_len())
            .partition(|&nth| regex.capture_names().nth(nth).flatten().is_some());
        let numbers = std::iter::once(0).chain(unnamed).chain(named).collect();
        Pattern { text: text.into(), regex, numbers, weight }
    }

    /// The relative size of the compiled pattern: 1 for a small one.
    pub fn weight(&self) -> usize {
        self.weight
    }

    /// The highest cost of a search for each byte of a text.
    pub fn cost(&self) -> usize {
        (32 + self.text.len()) * self.weight
    }

    /// The pattern, as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it occurs anywhere in a text.
    pub fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// Whether it has a group of this name.
    pub fn has_group(&self, name: &str) -> bool {
        self.regex.capture_names().flatten().any(|known| known == name)
    }

    /// The text of a named group in the first match; `None` without a match.
    pub fn group<'t>(&self, text: &'t str, name: &str) -> Option<&'t str> {
        Some(self.regex.captures(text)?.name(name)?.as_str())
    }

    /// Replaces every match. `put` writes the replacement; if it returns `false`, the result is
    /// `None`.
    pub fn replace(
        &self,
        text: &str,
        mut put: impl FnMut(&Found<'_, '_>, &mut String) -> bool,
    ) -> Option<String> {
        let mut out = String::new();
        let mut kept = 0;
        let mut from = 0;
        while from <= text.len() {
            let Some(captures) = self.regex.captures_at(text, from) else { break };
            let whole = captures.get_match();
            out.push_str(&text[kept..whole.start()]);
            if !put(&Found { pattern: self, captures: &captures, text }, &mut out) {
                return None;
            }
            kept = whole.end();
            // As in .NET, an empty match may directly follow another match; the next search then
            // starts one character later.
            from = match whole.is_empty() {
                false => whole.end(),
                true => whole.end() + text[whole.end()..].chars().next().map_or(1, char::len_utf8),
            };
        }
        out.push_str(&text[kept..]);
        Some(out)
    }
}

/// One match of a pattern.
pub struct Found<'p, 't> {
    pattern: &'p Pattern,
    captures: &'p regex::Captures<'t>,
    text: &'t str,
}

impl Found<'_, '_> {
    /// The byte range of the whole match.
    pub fn range(&self) -> std::ops::Range<usize> {
        self.captures.get_match().range()
    }

    /// The text of the whole match.
    pub fn as_str(&self) -> &str {
        self.captures.get_match().as_str()
    }

    /// The byte range of a named group, if it took part in the match.
    pub fn group_range(&self, name: &str) -> Option<std::ops::Range<usize>> {
        self.captures.name(name).map(|found| found.range())
    }
}

/// Returns the last line of the engine's message, which states the error; the lines above show its
/// place.
fn explanation(message: &str) -> String {
    let last = message.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or(message);
    last.trim().trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(pattern: &str, text: &str, with: &str) -> String {
        let substitution = Substitution::parse(with);
        let pattern = Pattern::new(pattern).unwrap_or_else(|why| panic!("{pattern}: {why}"));
        pattern
            .replace(text, |found, out| {
                substitution.write(found, out);
                true
            })
            .unwrap()
    }

    #[test]
    fn matches_are_replaced_as_dotnet_replaces_them() {
        let cases = [
            ("a*", "baac", "X", "XbXXcX"),
            ("x*", "abc", "-", "-a-b-c-"),
            ("|a", "aé", "-", "-a-é-"),
            ("[0-9]+", "a12b345", "#", "a#b#"),
            (r"(?<w>\w+)-(?<x>\w+)", "alpha-beta", "${x}-${w}", "beta-alpha"),
            // Unnamed groups are numbered before named ones.
            (r"(?<w>\w)(\d)", "a1", "$1$2", "1a"),
            (r"(\w)", "a", "$0$$1$3${no}$&!", "a$1$3${no}a!"),
            (r"b", "abc", "[$`|$'|$_]", "a[a|c|abc]c"),
            (r"(a)(b)?", "a", "<$2>$+", "<>"),
        ];
        for (pattern, text, with, expected) in cases {
            assert_eq!(replaced(pattern, text, with), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn what_the_engine_cannot_do_is_named() {
        for (pattern, part) in [
            ("a(?=b)", "look-around"),
            ("(?<!a)b", "look-around"),
            (r"(a)\1", "back reference"),
            (r"(?<q>a)\k<q>", "back reference"),
            ("(?>a)", "atomic"),
            ("(?(a)b|c)", "condition"),
            ("(?<a-b>x)", "balancing"),
            ("(", "unclosed group"),
            ("[a", "never closed"),
            ("a\\", "backslash"),
            ("*a", "repetition"),
            (r"(\w{200}){200}", "too large"),
            (r"\w{1,200}", "too large"),
            (r"\y", "escape"),
        ] {
            let why = Pattern::new(pattern).expect_err(pattern);
            assert!(why.contains(part), "{pattern}: {why}");
        }
    }
}
