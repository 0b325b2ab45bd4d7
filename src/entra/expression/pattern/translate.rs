//! Translates the .NET spelling of a pattern to the engine's.
//!
//! Where both dialects agree, the text is copied. These are translated: characters that only one
//! dialect treats as special (`[`, `&`, `~` in a class; `\<`; a brace that is not a repetition),
//! class subtraction (`[a-z-[aeiou]]`), `(?'name'…)`, comments, control escapes, `\e`, octal zero,
//! and `\Z`, which here is the very end.

use std::iter::Peekable;
use std::str::Chars;

/// The deepest nesting of character classes. It limits the recursive parser; nested subtraction is
/// rare.
const CLASS_DEPTH_MAX: usize = 16;

/// Translates a pattern.
///
/// # Errors
/// A sentence that names the unsupported feature or the malformed part.
pub(super) fn translate(pattern: &str) -> Result<String, String> {
    let mut walk =
        Walk { rest: pattern.chars().peekable(), out: String::with_capacity(pattern.len() + 8) };
    while let Some(letter) = walk.rest.next() {
        match letter {
            '\\' => walk.escape()?,
            '(' => walk.group()?,
            '[' => walk.class(0)?,
            '{' => walk.brace(),
            _ => walk.out.push(letter),
        }
    }
    Ok(walk.out)
}

struct Walk<'a> {
    rest: Peekable<Chars<'a>>,
    out: String,
}

impl Walk<'_> {
    /// Translates what follows a backslash outside a class.
    fn escape(&mut self) -> Result<(), String> {
        match self.rest.next() {
            None => {
                return Err("a backslash at the end of the pattern stands for nothing".to_owned());
            }
            Some('1'..='9' | 'k') => return Err(cannot("a back reference")),
            Some('G') => return Err(cannot("`\\G`")),
            Some('Z') => self.out.push_str("\\z"),
            Some(letter @ ('A' | 'z' | 'b' | 'B')) => self.keep(letter),
            Some(letter) => self.escaped(letter)?,
        }
        Ok(())
    }

    /// Translates an escape that means the same inside and outside a class.
    fn escaped(&mut self, letter: char) -> Result<(), String> {
        match letter {
            'd' | 'D' | 'w' | 'W' | 's' | 'S' | 't' | 'r' | 'n' | 'f' | 'v' | 'a' => {
                self.keep(letter)
            }
            'p' | 'P' => self.property(letter)?,
            'x' => self.hexadecimal(2)?,
            'u' => self.hexadecimal(4)?,
            'e' => self.out.push_str("\\x1B"),
            '0' => self.octal(),
            'c' => self.control()?,
            '_' => self.out.push('_'),
            _ if letter.is_ascii_alphanumeric() => {
                return Err(format!("`\\{letter}` is not an escape"));
            }
            _ => self.literal(letter),
        }
        Ok(())
    }

    fn keep(&mut self, letter: char) {
        self.out.push('\\');
        self.out.push(letter);
    }

    /// Copies a Unicode category, whose braces are not a repetition.
    fn property(&mut self, letter: char) -> Result<(), String> {
        self.keep(letter);
        loop {
            let letter = self.rest.next().ok_or("a Unicode category is never closed")?;
            self.out.push(letter);
            if letter == '}' {
                return Ok(());
            }
        }
    }

    /// Writes a character as a literal, valid inside and outside a class.
    fn literal(&mut self, letter: char) {
        if letter.is_ascii_punctuation() && !matches!(letter, '<' | '>' | '_') {
            self.out.push('\\');
        }
        self.out.push(letter);
    }

    fn code(&mut self, code: u32) {
        self.out.push_str(&format!("\\x{{{code:X}}}"));
    }

    fn hexadecimal(&mut self, digits: usize) -> Result<(), String> {
        let mut code = 0;
        for _ in 0..digits {
            let digit = self.rest.next().and_then(|c| c.to_digit(16));
            code = code * 16
                + digit.ok_or_else(|| format!("an escape needs {digits} hexadecimal digits"))?;
        }
        self.code(code);
        Ok(())
    }

    fn octal(&mut self) {
        let mut code = 0;
        for _ in 0..2 {
            match self.rest.next_if(|c| ('0'..='7').contains(c)).and_then(|c| c.to_digit(8)) {
                Some(digit) => code = code * 8 + digit,
                None => break,
            }
        }
        self.code(code);
    }

    fn control(&mut self) -> Result<(), String> {
        match self.rest.next().map(|c| c.to_ascii_uppercase()) {
            Some(letter @ '@'..='_') => self.code(letter as u32 - 64),
            _ => return Err("`\\c` needs a letter".to_owned()),
        }
        Ok(())
    }

    /// Translates what follows an opening parenthesis.
    fn group(&mut self) -> Result<(), String> {
        if self.rest.next_if_eq(&'?').is_none() {
            self.out.push('(');
            return Ok(());
        }
        match self.rest.next() {
            Some('=' | '!') => Err(cannot("look-around")),
            Some('>') => Err(cannot("an atomic group")),
            Some('(') => Err(cannot("a condition")),
            Some('#') => {
                let closed = self.rest.by_ref().any(|c| c == ')');
                if closed { Ok(()) } else { Err("a comment is never closed".to_owned()) }
            }
            Some('<') if matches!(self.rest.peek(), Some('=' | '!')) => Err(cannot("look-around")),
            Some('<') => self.name('>'),
            Some('\'') => self.name('\''),
            Some(flag @ (':' | 'i' | 'm' | 's' | 'x' | '-')) => {
                self.out.push_str("(?");
                self.out.push(flag);
                Ok(())
            }
            Some('n') => Err(cannot("the option `n`")),
            _ => Err("`(?` is followed by nothing that is known".to_owned()),
        }
    }

    /// Reads the name of a group, up to its closing mark.
    fn name(&mut self, end: char) -> Result<(), String> {
        let mut name = String::new();
        loop {
            match self.rest.next() {
                None => return Err("the name of a group is never closed".to_owned()),
                Some(letter) if letter == end => break,
                Some('-') => return Err(cannot("a balancing group")),
                Some(letter) => name.push(letter),
            }
        }
        self.out.push_str("(?<");
        self.out.push_str(&name);
        self.out.push('>');
        Ok(())
    }

    /// Translates an opening brace outside a class: a repetition, or a literal brace.
    fn brace(&mut self) {
        let mut ahead = self.rest.clone();
        let digits = |ahead: &mut Peekable<Chars<'_>>| {
            let mut many = 0;
            while ahead.next_if(char::is_ascii_digit).is_some() {
                many += 1;
            }
            many
        };
        let least = digits(&mut ahead);
        if ahead.next_if_eq(&',').is_some() {
            digits(&mut ahead);
        }
        let repeats = least > 0 && ahead.next() == Some('}');
        self.out.push_str(if repeats { "{" } else { "\\{" });
    }

    /// Translates the rest of a class after its opening bracket, up to the closing one.
    fn class(&mut self, depth: usize) -> Result<(), String> {
        if depth == CLASS_DEPTH_MAX {
            return Err("character classes are nested too deep".to_owned());
        }
        self.out.push('[');
        if self.rest.next_if_eq(&'^').is_some() {
            self.out.push('^');
        }
        let mut first = true;
        loop {
            let letter = self.rest.next().ok_or("a character class is never closed")?;
            match letter {
                ']' if !first => break,
                '-' if !first && self.rest.peek() == Some(&'[') => {
                    self.rest.next();
                    self.out.push_str("--");
                    self.class(depth + 1)?;
                    // Subtraction ends a class.
                    if self.rest.next() != Some(']') {
                        return Err(
                            "nothing may follow what a character class subtracts".to_owned()
                        );
                    }
                    break;
                }
                _ => {
                    let single = self.item(letter)?;
                    self.range(single)?;
                }
            }
            first = false;
        }
        self.out.push(']');
        Ok(())
    }

    /// Translates one item of a class; returns whether it is a single character, which may begin a
    /// range.
    fn item(&mut self, letter: char) -> Result<bool, String> {
        if letter != '\\' {
            self.literal(letter);
            return Ok(true);
        }
        let letter =
            self.rest.next().ok_or("a backslash at the end of the pattern stands for nothing")?;
        match letter {
            'b' => self.code(8),
            _ => self.escaped(letter)?,
        }
        Ok(!"dDwWsSpP".contains(letter))
    }

    /// Translates a dash after an item: a range between two single characters, otherwise a literal
    /// dash.
    fn range(&mut self, single: bool) -> Result<(), String> {
        let mut ahead = self.rest.clone();
        if !single || ahead.next() != Some('-') {
            return Ok(());
        }
        match ahead.next() {
            None | Some(']' | '[') => Ok(()),
            Some(end) => {
                self.rest = ahead;
                self.out.push('-');
                self.item(end).map(|_| ())
            }
        }
    }
}

fn cannot(what: &str) -> String {
    format!(
        "{what} cannot be done here: patterns run in an engine whose time grows only with the text"
    )
}

#[cfg(test)]
mod tests {
    use super::translate;
    use crate::entra::expression::pattern::Pattern;

    #[test]
    fn what_only_one_dialect_treats_as_special_keeps_its_meaning() {
        let cases = [
            (r"\<u\>", "<u>", true),
            ("a{b}", "a{b}", true),
            ("^a{2,3}$", "aaa", true),
            ("^a{,3}$", "aa", false),
            ("^[[(]$", "[", true),
            ("^[a-z-[aeiou]]$", "e", false),
            ("^[a-z-[aeiou]]$", "f", true),
            ("^[a&&b]+$", "&", true),
            (r"^[()\s-]+$", " -(", true),
            (r"^[\w-a]+$", "-", true),
            ("^[a-]+$", "-", true),
            ("^[]a]+$", "]", true),
            (r"^[\]\-]$", "-", true),
            (r"^[\b]$", "\u{8}", true),
            (r"^\x41\u0042\e\cA\0$", "AB\u{1b}\u{1}\0", true),
            ("^(?'n'a)(?#why)b$", "ab", true),
            ("(?i)AB", "ab", true),
            (r"\p{Lu}", "É", true),
            (r"^\d\w\s$", "٣é\u{a0}", true),
            (r"^[^\d~-]$", "~", false),
        ];
        for (pattern, text, met) in cases {
            let compiled = Pattern::new(pattern).unwrap_or_else(|why| panic!("{pattern}: {why}"));
            assert_eq!(
                compiled.is_match(text),
                met,
                "{pattern} on {text}: {}",
                translate(pattern).unwrap()
            );
        }
    }
}
