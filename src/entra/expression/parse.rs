//! A recursive descent parser from text to tree; every part keeps its place.
//!
//! A syntax error ends the parsing. Errors in a call (its name, its arguments) are collected, so
//! that an author sees all of them at once.

use super::check;
use super::functions::{self, FOREIGN};
use super::limits::{DEPTH_MAX, LENGTH_MAX};
use super::pattern;
use super::tree::{Comparison, ComparisonOperator, Form, FunctionCall, Keyword, Term};
use super::value::quoted;
use crate::base::diagnostic::{did_you_mean_of, nearest};
use crate::base::{Problems, Span};

/// Marks a failure whose problem was already reported.
pub(super) struct Reported;

/// Reads a whole expression; `None` if it has errors, which are reported to `problems`.
pub(super) fn parse(text: &str, problems: &mut Problems) -> Option<Term> {
    let whole = Span::new(0, text.len());
    let length = text.chars().count();
    if length > LENGTH_MAX {
        problems
            .error(
                whole,
                format!(
                    "the expression has {length} characters, and the service takes {LENGTH_MAX}"
                ),
            )
            .label("too long");
        return None;
    }
    if text.trim().is_empty() {
        problems
            .error(Span::new(0, text.len().max(1)), "the expression is empty")
            .label("nothing here")
            .help("write an attribute such as `[mail]` or a call such as `ToLower([mail])`");
        return None;
    }
    let mut parser = Parser { text, at: 0, depth: 0, room: pattern::ROOM, problems };
    let term = parser.whole().ok()?;
    (!problems.has_errors()).then_some(term)
}

struct Parser<'t, 'p> {
    text: &'t str,
    at: usize,
    depth: usize,
    /// The bytes that are left for compiled patterns.
    room: usize,
    problems: &'p mut Problems,
}

impl Parser<'_, '_> {
    fn whole(&mut self) -> Result<Term, Reported> {
        let term = self.operand()?;
        self.skip_blanks();
        if self.at == self.text.len() {
            check::top(&term, self.problems);
            return Ok(term);
        }
        let rest = Span::new(self.at, self.text.len());
        if self.rest().starts_with(')') {
            return Err(self.wrong(
                Span::new(self.at, self.at + 1),
                "unbalanced bracket",
                "no `(` belongs to this `)`",
            ));
        }
        let error = self.problems.error(rest, "text after the end of the expression");
        error
            .label("the expression ends before this")
            .help(after_operand(&self.text[self.at..]).unwrap_or_default());
        Err(Reported)
    }

    fn operand(&mut self) -> Result<Term, Reported> {
        self.skip_blanks();
        let start = self.at;
        let form = match self.rest().chars().next() {
            None => return Err(self.ends_early()),
            Some('[') => self.attribute()?,
            Some('"') => self.quoted()?,
            Some('0'..='9' | '-' | '&') => self.number()?,
            Some(letter) if letter.is_ascii_alphabetic() => return self.named(),
            Some(letter) => {
                let span = Span::new(start, start + letter.len_utf8());
                let error =
                    self.problems.error(span, format!("`{letter}` begins nothing that is known"));
                error.label(
                    "expected an attribute, a text in quotation marks, a number or a function",
                );
                if matches!(letter, '\'' | '‘' | '’' | '“' | '”') {
                    error.help("texts stand in straight double quotation marks: \"…\"");
                }
                return Err(Reported);
            }
        };
        Ok(Term { span: Span::new(start, self.at), form })
    }

    /// `[name]`.
    fn attribute(&mut self) -> Result<Form, Reported> {
        let start = self.at;
        let inside = &self.text[start + 1..];
        let Some(end) = inside.find(']') else {
            return Err(self.wrong(
                Span::new(start, start + 1),
                "unbalanced bracket",
                "this `[` is never closed",
            ));
        };
        let name = &inside[..end];
        self.at = start + end + 2;
        if name.contains(['[', '"']) {
            return Err(self.wrong(
                Span::new(start, start + 1),
                "unbalanced bracket",
                "this `[` is not closed in time",
            ));
        }
        if name.trim().is_empty() {
            return Err(self.wrong(
                Span::new(start, self.at),
                "an attribute without a name",
                "nothing between the brackets",
            ));
        }
        Ok(Form::Attribute(name.into()))
    }

    /// Reads `"text"`. A backslash escapes a quotation mark or a backslash, and is literal before
    /// any other character (assumed; one published sample relies on it).
    fn quoted(&mut self) -> Result<Form, Reported> {
        let start = self.at;
        let mut text = String::new();
        let mut rest = self.text[start + 1..].char_indices().peekable();
        while let Some((at, letter)) = rest.next() {
            match letter {
                '"' => {
                    self.at = start + 1 + at + 1;
                    return Ok(Form::Text(text.into()));
                }
                '\\' => match rest.next_if(|(_, next)| matches!(next, '"' | '\\')) {
                    Some((_, escaped)) => text.push(escaped),
                    None => text.push('\\'),
                },
                _ => text.push(letter),
            }
        }
        let told = self.wrong(
            Span::new(start, self.text.len()),
            "unterminated text",
            "this quotation mark is never closed",
        );
        Err(told)
    }

    /// Reads `15`, `-1` or `&HF`.
    fn number(&mut self) -> Result<Form, Reported> {
        let start = self.at;
        let rest = self.rest();
        let prefix = if rest.starts_with("&H") { 2 } else { usize::from(rest.starts_with('-')) };
        let digit =
            |byte: &u8| if prefix == 2 { byte.is_ascii_hexdigit() } else { byte.is_ascii_digit() };
        let digits = rest.bytes().skip(prefix).take_while(digit).count();
        let length = prefix + digits;
        let next = rest.get(length..).and_then(|after| after.chars().next());
        let ends = !next.is_some_and(|c| c.is_alphanumeric() || c == '.' || c == '_');
        if digits == 0 || !ends {
            let end =
                start + rest.find([',', ')', ' ', '(', '[', '"']).unwrap_or(rest.len()).max(1);
            let error = self.problems.error(Span::new(start, end), "this is not a number");
            error
                .label("numbers are whole: `15`, `-1` or `&HF`")
                .help("anything else is a text and needs quotation marks");
            return Err(Reported);
        }
        self.at = start + length;
        Ok(Form::Number(self.text[start..self.at].into()))
    }

    /// Reads a call or a keyword.
    fn named(&mut self) -> Result<Term, Reported> {
        let start = self.at;
        let length =
            self.rest().bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
        let name_span = Span::new(start, start + length);
        let name = &self.text[start..start + length];
        self.at += length;
        self.skip_blanks();
        if self.rest().starts_with('(') {
            return self.call(name, name_span);
        }
        match Keyword::parse(name) {
            Some(keyword) => Ok(Term { span: name_span, form: Form::Keyword(keyword) }),
            None => {
                self.at = start + length;
                let help = bare_word_help(name);
                self.problems.error(name_span, format!("unknown word {}", quoted(name))).help(help);
                Err(Reported)
            }
        }
    }

    fn call(&mut self, name: &str, name_span: Span) -> Result<Term, Reported> {
        let open = self.at;
        if self.depth == DEPTH_MAX {
            let error = self
                .problems
                .error(name_span, format!("calls are nested more than {DEPTH_MAX} deep"));
            error.help("a Switch, or a group in the directory, says the same without nesting");
            return Err(Reported);
        }
        self.at += 1;
        self.depth += 1;
        let arguments = self.arguments(open)?;
        self.depth -= 1;
        let span = Span::new(name_span.start, self.at);
        let Some(function) = functions::find(name) else {
            unknown_function(name, name_span, self.problems);
            // This term is never evaluated: the problem keeps the tree from being used.
            return Ok(Term { span, form: Form::Keyword(Keyword::IgnoreAttributeFlow) });
        };
        let mut call = FunctionCall { function, name_span, arguments, pattern: None };
        check::call(&mut call, span, self.depth + 1, &mut self.room, self.problems);
        Ok(Term { span, form: Form::Call(Box::new(call)) })
    }

    /// Reads the arguments up to the closing parenthesis; an argument may be empty.
    fn arguments(&mut self, open: usize) -> Result<Vec<Option<Term>>, Reported> {
        let mut arguments = Vec::new();
        loop {
            self.skip_blanks();
            match self.rest().as_bytes().first() {
                None => return Err(self.unclosed(open)),
                Some(b')') => {
                    self.at += 1;
                    // `f()` has no argument, `f(a, )` has two.
                    if !arguments.is_empty() {
                        arguments.push(None);
                    }
                    return Ok(arguments);
                }
                Some(b',') => {
                    self.at += 1;
                    arguments.push(None);
                    continue;
                }
                Some(_) => arguments.push(Some(self.argument()?)),
            }
            self.skip_blanks();
            match self.rest().chars().next() {
                Some(',') => self.at += 1,
                Some(')') => {
                    self.at += 1;
                    return Ok(arguments);
                }
                None => return Err(self.unclosed(open)),
                Some(letter) => {
                    let span = Span::new(self.at, self.at + letter.len_utf8());
                    let help = after_operand(self.rest()).unwrap_or_default();
                    self.problems
                        .error(span, "expected `,` or `)`")
                        .label("this follows an argument")
                        .help(help);
                    return Err(Reported);
                }
            }
        }
    }

    /// Reads an operand, or two operands with a comparison between them.
    fn argument(&mut self) -> Result<Term, Reported> {
        let left = self.operand()?;
        self.skip_blanks();
        let sign = ComparisonOperator::SIGNS.iter().find(|(sign, _)| self.rest().starts_with(sign));
        let Some((sign, operator)) = sign else { return Ok(left) };
        self.at += sign.len();
        let right = self.operand()?;
        let span = Span::new(left.span.start, right.span.end);
        Ok(Term {
            span,
            form: Form::Compare(Box::new(Comparison { left, operator: *operator, right })),
        })
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    fn wrong(&mut self, span: Span, message: &str, label: &str) -> Reported {
        self.problems.error(span, message).label(label);
        Reported
    }

    fn unclosed(&mut self, open: usize) -> Reported {
        self.wrong(Span::new(open, open + 1), "unbalanced bracket", "this `(` is never closed")
    }

    fn ends_early(&mut self) -> Reported {
        let end = self.text.len();
        self.wrong(
            Span::new(end.saturating_sub(1), end),
            "the expression ends too early",
            "something must follow this",
        )
    }
}

fn unknown_function(name: &str, span: Span, problems: &mut Problems) {
    let error = problems.error(span, format!("unknown function {}", quoted(name)));
    match nearest(name, functions::names()) {
        Some(known) if known.eq_ignore_ascii_case(name) => {
            error.help(format!("names are case-sensitive: it is `{known}`"));
        }
        _ if FOREIGN.contains(&name) => {
            error.help("a related engine has it (Cloud Sync or Connect Sync), application provisioning does not");
        }
        Some(known) => {
            error.help(format!("did you mean `{known}`?"));
        }
        None => {
            error.help(did_you_mean_of(name, functions::names(), "explain functions"));
        }
    }
}

fn bare_word_help(name: &str) -> String {
    if functions::find(name).is_some() {
        return format!("`{name}` is a function: its arguments follow in parentheses");
    }
    match nearest(name, Keyword::WORDS.iter().map(|(word, _)| *word)) {
        Some(word) => format!("did you mean `{word}`?"),
        None if name.len() > 40 => "a text needs quotation marks, an attribute brackets".to_owned(),
        None => format!(
            "a text needs quotation marks: `\"{name}\"`; an attribute needs brackets: `[{name}]`"
        ),
    }
}

/// Returns advice about an operator that the language does not have.
fn after_operand(rest: &str) -> Option<&'static str> {
    let word = rest.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    match (rest.chars().next()?, word.to_ascii_uppercase().as_str()) {
        (_, "AND") => Some("there is no AND: nest a second IIF in the true branch"),
        (_, "OR") => Some("there is no OR: nest a second IIF in the false branch"),
        ('&' | '+', _) => Some("texts are put together with `Join` or `Append`"),
        ('*' | '/' | '-', _) => Some("there is no arithmetic"),
        ('=' | '<' | '>', _) => {
            Some("a comparison stands only in the condition of IIF and in CBool")
        }
        ('"' | '[', _) => {
            Some("a comma is missing, or a quotation mark inside a text lacks its backslash")
        }
        _ => None,
    }
}
