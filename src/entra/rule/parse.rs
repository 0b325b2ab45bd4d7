//! Reads a rule. Comparisons bind most, then `-not`, `-and`, `-or`. [dynamic-groups]

use super::lexer::{Token, tokens};
use super::property::Property;
use super::{Comparand, Comparison, LONGEST_RULE, RuleError, Term};
use crate::base::Span;
use crate::base::diagnostic::nearest;
use crate::entra::expression::Pattern;

/// How deep parentheses and `-not` may be nested, so that reading a rule stays cheap.
const DEPTH_MAX: usize = 100;

/// The operators that compare, with whether each is the denied form of another.
const OPERATORS: [(&str, Operator, bool); 12] = [
    ("eq", Operator::Is, false),
    ("ne", Operator::Is, true),
    ("startsWith", Operator::StartsWith, false),
    ("notStartsWith", Operator::StartsWith, true),
    ("endsWith", Operator::EndsWith, false),
    ("notEndsWith", Operator::EndsWith, true),
    ("contains", Operator::Contains, false),
    ("notContains", Operator::Contains, true),
    ("match", Operator::Matches, false),
    ("notMatch", Operator::Matches, true),
    ("in", Operator::In, false),
    ("notIn", Operator::In, true),
];

/// Operators of the vendor's language that are not in the subset, and why.
const NOT_HERE: [(&str, &str); 5] = [
    ("any", "rules about lists of objects are not built here"),
    ("all", "rules about lists of objects are not built here"),
    ("ge", "rules about dates are not built here"),
    ("le", "rules about dates are not built here"),
    ("plus", "rules about dates are not built here"),
];

/// Operators of other languages, and what they are in a rule.
const ELSEWHERE: [(&str, &str); 10] = [
    ("=", "eq"),
    ("==", "eq"),
    ("is", "eq"),
    ("equals", "eq"),
    ("!=", "ne"),
    ("<>", "ne"),
    ("like", "contains"),
    ("includes", "contains"),
    ("sw", "startsWith"),
    ("ew", "endsWith"),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Is,
    StartsWith,
    EndsWith,
    Contains,
    Matches,
    In,
}

impl RuleError {
    pub(super) fn new(at: Span, message: impl Into<String>) -> RuleError {
        RuleError { at, message: message.into(), help: String::new() }
    }

    fn help(self, help: impl Into<String>) -> RuleError {
        RuleError { help: help.into(), ..self }
    }
}

/// Reads a rule as a whole.
pub(super) fn rule(text: &str) -> Result<Term, RuleError> {
    let whole = Span::new(0, text.len());
    if text.chars().count() > LONGEST_RULE {
        let message = format!("a rule has at most {LONGEST_RULE} characters");
        return Err(RuleError::new(whole, message));
    }
    let tokens = tokens(text)?;
    if tokens.is_empty() {
        return Err(RuleError::new(whole, "the rule is empty").help(EXAMPLE));
    }
    let mut reader = Reader { tokens, at: 0, end: text.len(), depth: 0 };
    let term = reader.any()?;
    match reader.peek() {
        None => Ok(term),
        Some((Token::Close, at)) => Err(RuleError::new(at, "this parenthesis closes nothing")),
        Some((_, at)) => Err(RuleError::new(at, "the rule should end here")
            .help("two comparisons are joined by -and or -or")),
    }
}

const EXAMPLE: &str = "such as user.department -eq \"Sales\"";

struct Reader {
    tokens: Vec<(Token, Span)>,
    at: usize,
    end: usize,
    depth: usize,
}

impl Reader {
    fn any(&mut self) -> Result<Term, RuleError> {
        let mut terms = vec![self.all()?];
        while self.take_word("or") {
            terms.push(self.all()?);
        }
        Ok(one_or(terms, Term::Any))
    }

    fn all(&mut self) -> Result<Term, RuleError> {
        let mut terms = vec![self.not()?];
        while self.take_word("and") {
            terms.push(self.not()?);
        }
        Ok(one_or(terms, Term::All))
    }

    fn not(&mut self) -> Result<Term, RuleError> {
        let (token, at) = self.peek().unwrap_or((Token::Comma, self.here()));
        if self.depth > DEPTH_MAX {
            return Err(RuleError::new(at, "the rule is nested too deeply"));
        }
        self.depth += 1;
        let term = if self.take_word("not") {
            self.not().map(|term| Term::Not(Box::new(term)))
        } else if token == Token::Open {
            self.at += 1;
            let term = self.any()?;
            match self.next() {
                Some((Token::Close, _)) => Ok(term),
                _ => Err(RuleError::new(at, "this parenthesis is not closed")),
            }
        } else {
            self.comparison().map(Term::Compare)
        };
        self.depth -= 1;
        term
    }

    fn comparison(&mut self) -> Result<Comparison, RuleError> {
        let property = self.property()?;
        let here = self.here();
        let Some((Token::Word(word), at)) = self.next() else {
            return Err(RuleError::new(here, "an operator should follow").help(operators()));
        };
        let name = word.trim_start_matches('-');
        let known = OPERATORS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name));
        let Some((_, operator, denied)) = known else { return Err(unknown_operator(&word, at)) };
        let test = self.operand(&property, *operator, at)?;
        Ok(Comparison { property, denied: *denied, test })
    }

    fn property(&mut self) -> Result<Property, RuleError> {
        let here = self.here();
        let (word, at) = match self.next() {
            Some((Token::Word(word), at)) => (word, at),
            Some((_, at)) => {
                return Err(
                    RuleError::new(at, "a property of a user should stand here").help(EXAMPLE)
                );
            }
            None => {
                return Err(RuleError::new(here, "the rule ends too early").help(EXAMPLE));
            }
        };
        let Some(name) = word.strip_prefix("user.") else {
            return Err(not_of_a_user(&word, at));
        };
        Property::find(name).ok_or_else(|| {
            let message = format!("rules know no property `user.{name}`");
            let near = Property::meant(name).or_else(|| nearest(name, Property::names()));
            let error = RuleError::new(at, message);
            match near {
                Some(near) => error.help(format!("did you mean `user.{near}`? Case counts")),
                None => error.help("the vendor's list of properties has Graph's common names"),
            }
        })
    }

    fn operand(
        &mut self,
        property: &Property,
        operator: Operator,
        operator_at: Span,
    ) -> Result<Comparand, RuleError> {
        if operator == Operator::In {
            return self.list().map(Comparand::In);
        }
        let here = self.here();
        let (value, at) = match self.next() {
            Some((Token::Text(text), at)) => (Value::Text(text), at),
            Some((Token::Word(word), at)) => (bare(&word, at)?, at),
            Some((Token::OpenList, at)) => {
                return Err(RuleError::new(at, "a list follows -in and -notIn alone"));
            }
            _ => return Err(RuleError::new(here, "a value should follow").help(EXAMPLE)),
        };
        let boolean = *property == Property::AccountEnabled;
        match (value, operator) {
            (Value::Null, Operator::Is) => Ok(Comparand::Null),
            (Value::Null, _) => Err(RuleError::new(at, "null is compared by -eq and -ne alone")),
            (Value::Text(text), Operator::Is) if boolean => match &*text.to_lowercase() {
                "true" => Ok(Comparand::Bool(true)),
                "false" => Ok(Comparand::Bool(false)),
                _ => Err(RuleError::new(at, "this property is true or false")),
            },
            _ if boolean => {
                Err(RuleError::new(operator_at, "true and false are compared by -eq and -ne alone"))
            }
            (Value::Text(text), operator) => text_test(operator, &text, at),
        }
    }

    /// Reads `["a", "b"]`.
    fn list(&mut self) -> Result<Vec<Box<str>>, RuleError> {
        let opening = self.here();
        let wrong = |at| {
            RuleError::new(at, "a list in brackets should follow -in and -notIn")
                .help("such as user.city -in [\"Lagos\", \"Ulm\"]")
        };
        let Some((Token::OpenList, opening_at)) = self.next() else { return Err(wrong(opening)) };
        let mut list = Vec::new();
        loop {
            let here = self.here();
            match self.next() {
                Some((Token::Text(text), _)) => list.push(text.to_lowercase().into()),
                Some((Token::Word(word), at)) => match bare(&word, at)? {
                    Value::Text(text) => list.push(text.to_lowercase().into()),
                    Value::Null => return Err(RuleError::new(at, "null cannot stand in a list")),
                },
                Some((Token::CloseList, _)) if list.is_empty() => {
                    return Err(RuleError::new(opening_at, "the list is empty"));
                }
                _ => return Err(wrong(here)),
            }
            match self.next() {
                Some((Token::Comma, _)) => {}
                Some((Token::CloseList, _)) => return Ok(list),
                _ => return Err(RuleError::new(opening_at, "this bracket is not closed")),
            }
        }
    }

    fn peek(&self) -> Option<(Token, Span)> {
        self.tokens.get(self.at).cloned()
    }

    fn next(&mut self) -> Option<(Token, Span)> {
        let next = self.peek();
        self.at += usize::from(next.is_some());
        next
    }

    /// The place of the next word; the end of the rule when there is none.
    fn here(&self) -> Span {
        self.tokens.get(self.at).map_or(Span::new(self.end.saturating_sub(1), self.end), |t| t.1)
    }

    /// Takes a logical operator, with or without its hyphen. [dynamic-groups]
    fn take_word(&mut self, wanted: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some((Token::Word(word), _))
            if word.strip_prefix('-').unwrap_or(word).eq_ignore_ascii_case(wanted));
        self.at += usize::from(found);
        found
    }
}

/// A value: a text, which Booleans and numbers are too, or null.
enum Value {
    Text(String),
    Null,
}

/// Reads a value without quotes. PowerShell's `$true`, `$false` and `$null` are accepted.
fn bare(word: &str, at: Span) -> Result<Value, RuleError> {
    let name = word.strip_prefix('$').unwrap_or(word);
    if name.eq_ignore_ascii_case("null") {
        return Ok(Value::Null);
    }
    let truth = ["true", "false"].iter().any(|known| known.eq_ignore_ascii_case(name));
    if truth || word.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return Ok(Value::Text(name.to_owned()));
    }
    Err(RuleError::new(at, "a text stands in quotes").help(format!("\"{word}\"")))
}

fn text_test(operator: Operator, text: &str, at: Span) -> Result<Comparand, RuleError> {
    let lower = || Box::from(text.to_lowercase());
    Ok(match operator {
        Operator::Is | Operator::In => Comparand::Is(lower()),
        Operator::StartsWith => Comparand::StartsWith(lower()),
        Operator::EndsWith => Comparand::EndsWith(lower()),
        Operator::Contains => Comparand::Contains(lower()),
        Operator::Matches => Comparand::Matches(
            Pattern::new(&format!("(?i){text}"))
                .map_err(|why| RuleError::new(at, format!("this is no pattern: {why}")))?,
        ),
    })
}

fn unknown_operator(word: &str, at: Span) -> RuleError {
    let name = word.trim_start_matches('-');
    if let Some((_, why)) = NOT_HERE.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        return RuleError::new(at, format!("`{word}` cannot be used: {why}"));
    }
    let error = RuleError::new(at, format!("`{word}` is no operator of a rule"));
    let elsewhere = ELSEWHERE.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    let near = || nearest(name, OPERATORS.iter().map(|(known, ..)| *known));
    match elsewhere.map(|(_, here)| *here).or_else(near) {
        Some(near) => error.help(format!("did you mean `-{near}`?")),
        None => error.help(operators()),
    }
}

/// The list of the operators that compare, for a help line.
fn operators() -> String {
    let plain = OPERATORS.iter().filter(|(name, _, denied)| !denied || *name == "ne");
    let names: Vec<String> = plain.map(|(name, ..)| format!("-{name}")).collect();
    format!("{}, and their -not forms", names.join(", "))
}

/// A word that stands where a property belongs.
fn not_of_a_user(word: &str, at: Span) -> RuleError {
    if word.starts_with("device.") {
        return RuleError::new(at, "rules about devices are not built here");
    }
    if word.eq_ignore_ascii_case("direct") {
        return RuleError::new(at, "the rule of direct reports is not built here");
    }
    let error = RuleError::new(at, format!("`{word}` is no property of a user"));
    match Property::find(word).is_some() || Property::meant(word).is_some() {
        true => {
            error.help(format!("did you mean `user.{}`?", Property::meant(word).unwrap_or(word)))
        }
        false => error.help(EXAMPLE),
    }
}

/// The only term of a list, or all of them joined.
fn one_or(mut terms: Vec<Term>, join: fn(Vec<Term>) -> Term) -> Term {
    match terms.len() {
        1 => terms.remove(0),
        _ => join(terms),
    }
}
