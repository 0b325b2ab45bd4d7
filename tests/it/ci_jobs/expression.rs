//! The expressions of a workflow, `${{ … }}`, as far as ours go: names of a context, texts,
//! comparisons, `&&`, `||`, and the functions `always` and `format`. Whatever is not known fails,
//! so that a misspelt input is found.

use std::collections::BTreeMap;

/// What a name such as `inputs.program` stands for.
pub type Context = BTreeMap<String, String>;

/// A text with its expressions replaced.
pub fn filled(text: &str, context: &Context) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${{") {
        let (expression, after) = after.split_once("}}").expect("an expression ends");
        out += before;
        out += &value(expression, context);
        rest = after;
    }
    out + rest
}

/// What an expression yields; nothing stands for false.
pub fn value(expression: &str, context: &Context) -> String {
    let words = words(expression);
    let mut reader = Reader { words: &words, at: 0, context };
    let value = reader.any();
    assert_eq!(reader.at, words.len(), "`{expression}`");
    value
}

fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = if first == '\'' {
            rest[1..].find('\'').expect("a text ends") + 2
        } else if first.is_alphanumeric() {
            rest.find(|c: char| !c.is_alphanumeric() && !"._-".contains(c)).unwrap_or(rest.len())
        } else if "(),".contains(first) {
            1
        } else {
            2
        };
        words.push(rest[..end].to_owned());
        rest = rest[end..].trim_start();
    }
    words
}

struct Reader<'a> {
    words: &'a [String],
    at: usize,
    context: &'a Context,
}

fn truth(is: bool) -> String {
    if is { "true".to_owned() } else { String::new() }
}

impl Reader<'_> {
    fn is(&mut self, word: &str) -> bool {
        let is = self.words.get(self.at).is_some_and(|it| it == word);
        self.at += usize::from(is);
        is
    }

    fn any(&mut self) -> String {
        let mut value = self.all();
        while self.is("||") {
            let other = self.all();
            value = if value.is_empty() { other } else { value };
        }
        value
    }

    fn all(&mut self) -> String {
        let mut value = self.equal();
        while self.is("&&") {
            let other = self.equal();
            value = if value.is_empty() { value } else { other };
        }
        value
    }

    fn equal(&mut self) -> String {
        let value = self.one();
        if self.is("==") {
            return truth(value == self.one());
        }
        if self.is("!=") {
            return truth(value != self.one());
        }
        value
    }

    fn one(&mut self) -> String {
        let word = self.words.get(self.at).expect("a value").clone();
        self.at += 1;
        if let Some(text) = word.strip_prefix('\'') {
            return text.trim_end_matches('\'').to_owned();
        }
        if !self.is("(") {
            let step = || word.split_once(".outputs.").and_then(|(step, _)| self.context.get(step));
            let known = self.context.get(&word).or_else(step);
            return known.unwrap_or_else(|| panic!("nothing is called `{word}`")).clone();
        }
        let mut arguments = Vec::new();
        while !self.is(")") {
            arguments.push(self.any());
            self.is(",");
        }
        match word.as_str() {
            "always" => truth(true),
            "format" => {
                let mut text = arguments[0].clone();
                for (nth, argument) in arguments[1..].iter().enumerate() {
                    text = text.replace(&format!("{{{nth}}}"), argument);
                }
                text
            }
            _ => panic!("no function is called `{word}`"),
        }
    }
}

#[test]
fn expressions_are_read_as_the_runner_reads_them() {
    let context = Context::from([
        ("inputs.program".to_owned(), String::new()),
        ("runner.temp".to_owned(), "/t".to_owned()),
        ("matrix.shard".to_owned(), "3".to_owned()),
    ]);
    for (text, right) in [
        ("a ${{ matrix.shard }}/4", "a 3/4"),
        ("${{ inputs.program || format('{0}/bin', runner.temp) }}", "/t/bin"),
        ("${{ inputs.program == '' && matrix.shard != '3' }}", ""),
        ("${{ inputs.program == '' && always() }}", "true"),
    ] {
        assert_eq!(filled(text, &context), right, "{text}");
    }
}
