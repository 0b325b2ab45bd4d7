//! Reading a filter: a recursive descent that is bounded in length and depth.

use super::lexer::{Token, invalid, tokens};
use super::{Filter, Literal, Operand, Operator, TextTest};
use crate::entra::graph::error::GraphError;

/// The longest filter in bytes; no address line of a client is longer.
const LONGEST: usize = 8_192;

/// How deep conditions may be nested.
const DEEPEST: usize = 32;

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// The refusal of one that cannot be read, or is too long or too deep.
    pub fn parse(text: &str) -> Result<Filter, GraphError> {
        if text.len() > LONGEST {
            return Err(invalid("the filter is too long."));
        }
        let tokens = tokens(text)?;
        let mut parser = Parser { tokens: &tokens, at: 0, depth: 0 };
        let filter = parser.or()?;
        match parser.peek() {
            None => Ok(filter),
            Some(_) => Err(parser.unexpected()),
        }
    }
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn or(&mut self) -> Result<Filter, GraphError> {
        self.chain("or", Parser::and, Filter::Or)
    }

    fn and(&mut self) -> Result<Filter, GraphError> {
        self.chain("and", Parser::unary, Filter::And)
    }

    fn chain(
        &mut self,
        keyword: &str,
        part: fn(&mut Self) -> Result<Filter, GraphError>,
        join: fn(Vec<Filter>) -> Filter,
    ) -> Result<Filter, GraphError> {
        let mut parts = vec![part(self)?];
        while self.takes_word(keyword) {
            parts.push(part(self)?);
        }
        match (parts.len(), parts.pop()) {
            (1, Some(only)) => Ok(only),
            (_, Some(last)) => {
                parts.push(last);
                Ok(join(parts))
            }
            (_, None) => Err(self.unexpected()),
        }
    }

    fn unary(&mut self) -> Result<Filter, GraphError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(invalid("the filter is nested too deeply."));
        }
        let read = self.primary();
        self.depth -= 1;
        read
    }

    fn primary(&mut self) -> Result<Filter, GraphError> {
        if self.peek() == Some(&Token::Open) {
            self.at += 1;
            let inner = self.or()?;
            self.expect(&Token::Close)?;
            return Ok(inner);
        }
        if self.takes_word("not") {
            return self.unary().map(|inner| Filter::Not(inner.into()));
        }
        if let Some(test) = self.text_test() {
            return self.text_call(test);
        }
        if let Some(path) = self.any_path() {
            return self.any(path);
        }
        self.comparison()
    }

    /// The function that comes next, if it is one that tests a text.
    fn text_test(&self) -> Option<TextTest> {
        let (Token::Word(word), Token::Open) = (self.peek()?, self.tokens.get(self.at + 1)?) else {
            return None;
        };
        match word.to_ascii_lowercase().as_str() {
            "startswith" => Some(TextTest::StartsWith),
            "endswith" => Some(TextTest::EndsWith),
            "contains" => Some(TextTest::Contains),
            _ => None,
        }
    }

    fn text_call(&mut self, test: TextTest) -> Result<Filter, GraphError> {
        self.at += 2;
        let left = self.operand()?;
        self.expect(&Token::Comma)?;
        let right = self.operand()?;
        self.expect(&Token::Close)?;
        // Some clients compare the result: `startswith(a,'b') eq true`.
        if self.takes_word("eq") {
            return match self.literal()? {
                Literal::Bool(true) => Ok(Filter::Text(test, left, right)),
                Literal::Bool(false) => Ok(Filter::Not(Filter::Text(test, left, right).into())),
                _ => Err(self.unexpected()),
            };
        }
        Ok(Filter::Text(test, left, right))
    }

    /// The collection before `/any(` when that comes next.
    fn any_path(&self) -> Option<String> {
        let (Token::Word(word), Token::Open) = (self.peek()?, self.tokens.get(self.at + 1)?) else {
            return None;
        };
        let (path, last) = word.rsplit_once('/')?;
        last.eq_ignore_ascii_case("any").then(|| path.to_owned())
    }

    fn any(&mut self, path: String) -> Result<Filter, GraphError> {
        whole_path(&path)?;
        self.at += 2;
        if self.peek() == Some(&Token::Close) {
            self.at += 1;
            return Ok(Filter::Any { path, variable: String::new(), filter: None });
        }
        let variable = self.word()?;
        self.expect(&Token::Colon)?;
        let filter = self.or()?;
        self.expect(&Token::Close)?;
        Ok(Filter::Any { path, variable, filter: Some(filter.into()) })
    }

    fn comparison(&mut self) -> Result<Filter, GraphError> {
        let left = self.operand()?;
        let operator = self.word()?.to_ascii_lowercase();
        let operator = match operator.as_str() {
            "eq" => Operator::Eq,
            "ne" => Operator::Ne,
            "gt" => Operator::Gt,
            "ge" => Operator::Ge,
            "lt" => Operator::Lt,
            "le" => Operator::Le,
            "in" => return self.list().map(|values| Filter::In(left, values)),
            _ => return Err(invalid(&format!("'{operator}' is not an operator."))),
        };
        Ok(Filter::Compare(left, operator, self.operand()?))
    }

    fn list(&mut self) -> Result<Vec<Literal>, GraphError> {
        self.expect(&Token::Open)?;
        let mut values = vec![self.literal()?];
        while self.peek() == Some(&Token::Comma) {
            self.at += 1;
            values.push(self.literal()?);
        }
        self.expect(&Token::Close)?;
        Ok(values)
    }

    fn operand(&mut self) -> Result<Operand, GraphError> {
        if let (Some(Token::Word(word)), Some(Token::Open)) =
            (self.peek(), self.tokens.get(self.at + 1))
        {
            let wrap = match word.to_ascii_lowercase().as_str() {
                "tolower" => Operand::Lower,
                "toupper" => Operand::Upper,
                _ => {
                    return Err(invalid(&format!(
                        "An unknown function with name '{word}' was found."
                    )));
                }
            };
            self.depth += 1;
            if self.depth > DEEPEST {
                return Err(invalid("the filter is nested too deeply."));
            }
            self.at += 2;
            let inner = self.operand()?;
            self.expect(&Token::Close)?;
            self.depth -= 1;
            return Ok(wrap(inner.into()));
        }
        match self.peek() {
            Some(Token::Word(word)) if is_path(word) => {
                let path = word.clone();
                whole_path(&path)?;
                self.at += 1;
                Ok(Operand::Path(path))
            }
            _ => self.literal().map(Operand::Literal),
        }
    }

    fn literal(&mut self) -> Result<Literal, GraphError> {
        let read = match self.peek() {
            Some(Token::Quoted(text)) => Literal::Text(text.clone()),
            Some(Token::Word(word)) => bare(word),
            _ => return Err(self.unexpected()),
        };
        self.at += 1;
        Ok(read)
    }

    fn word(&mut self) -> Result<String, GraphError> {
        match self.peek() {
            Some(Token::Word(word)) => {
                let word = word.clone();
                self.at += 1;
                Ok(word)
            }
            _ => Err(self.unexpected()),
        }
    }

    fn takes_word(&mut self, keyword: &str) -> bool {
        let is =
            matches!(self.peek(), Some(Token::Word(word)) if word.eq_ignore_ascii_case(keyword));
        self.at += usize::from(is);
        is
    }

    fn expect(&mut self, token: &Token) -> Result<(), GraphError> {
        match self.peek() == Some(token) {
            true => {
                self.at += 1;
                Ok(())
            }
            false => Err(self.unexpected()),
        }
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn unexpected(&self) -> GraphError {
        match self.peek() {
            Some(token) => invalid(&format!("Syntax error at '{token}', word {}.", self.at + 1)),
            None => invalid("Expression expected at the end."),
        }
    }
}

/// Whether a word without quotes is the name of a property: it begins with a letter, and is neither
/// a value nor a GUID.
fn is_path(word: &str) -> bool {
    let value = ["true", "false", "null"].iter().any(|value| word.eq_ignore_ascii_case(value));
    let guid = crate::base::seed::parse_guid(word).is_some();
    word.starts_with(|c: char| c.is_alphabetic() || c == '_') && !value && !guid
}

/// A value without quotes: null, a truth value, a number, or else a GUID or an instant.
fn bare(word: &str) -> Literal {
    match (word.to_ascii_lowercase().as_str(), word.parse::<f64>()) {
        ("null", _) => Literal::Null,
        ("true", _) => Literal::Bool(true),
        ("false", _) => Literal::Bool(false),
        (_, Ok(number)) if number.is_finite() => Literal::Number(number),
        _ => Literal::Text(word.to_owned()),
    }
}

/// Refuses a path with a part that has no name, such as `a//b`.
fn whole_path(path: &str) -> Result<(), GraphError> {
    match path.split('/').any(str::is_empty) {
        true => Err(invalid(&format!("Syntax error: a name is missing in '{path}'."))),
        false => Ok(()),
    }
}
