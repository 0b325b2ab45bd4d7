//! Comparisons: a value, `{ min, max }`, `{ one_of }`, `{ contains }`, `{ absent = true }`, counted
//! `{ since = ... }`.

use crate::base::node::{Entry, unknown_key};
use crate::base::{Kind, Node, Problems};

use super::ObservedValue;

/// The kind of value that an observed name has; a comparison with another kind is an error, not
/// just false.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// A counter: a whole number of at least 0, cheap enough to read after every change.
    Count,
    /// One of the vendor's words.
    Word(&'static [&'static str]),
    /// A text.
    Text,
    /// A length of time.
    Span,
    /// True or false.
    Truth,
    /// Nothing but whether it is there.
    Presence,
    /// A value of a SCIM resource, of any kind.
    Any,
}

/// The point in the story from which a counter counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Since {
    /// The end of a cycle.
    Cycle(u64),
}

/// What is expected of an observed value.
#[derive(Clone, PartialEq, Debug)]
pub struct Test {
    /// The point from which a counter counts; `None` is the start.
    pub since: Option<Since>,
    /// The comparison.
    pub how: How,
}

/// How an observed value is compared.
#[derive(Clone, PartialEq, Debug)]
pub enum How {
    /// It is equal to this.
    Is(ObservedValue),
    /// It lies within limits, both included.
    Range {
        /// The least.
        min: Option<ObservedValue>,
        /// The most.
        max: Option<ObservedValue>,
    },
    /// It is equal to one of these.
    OneOf(Vec<ObservedValue>),
    /// It contains this.
    Contains(ObservedValue),
    /// There is no value; with false, there is one.
    Absent(bool),
}

/// The keys of a comparison.
pub(super) const KEYS: &[&str] = &["min", "max", "one_of", "contains", "absent", "since", "is"];

/// What authors may call a comparison.
const OTHER_WORDS: [(&[&str], &str); 7] = [
    (&["gte", "ge", "at_least", "least", "from", "minimum"], "did you mean `min`?"),
    (&["lte", "le", "at_most", "most", "up_to", "maximum"], "did you mean `max`?"),
    (
        &[
            "gt",
            "greater_than",
            "more_than",
            "above",
            "over",
            "lt",
            "less_than",
            "below",
            "under",
            "between",
        ],
        "limits are `min` and `max`, both included: { min = 1, max = 5 }",
    ),
    (&["eq", "equals", "equal", "value", "count"], "did you mean `is`?"),
    (&["in", "any_of", "any", "oneof", "oneOf"], "did you mean `one_of`?"),
    (&["includes", "has", "matches", "like"], "did you mean `contains`?"),
    (&["exists", "present", "missing", "null"], "write { absent = true }, or { absent = false }"),
];

impl Test {
    /// Reads a comparison with a value of this shape.
    pub fn read(node: &Node, shape: Shape, problems: &mut Problems) -> Option<Test> {
        match &node.kind {
            Kind::Table(entries) => table(node, entries, shape, problems),
            _ => Some(Test { since: None, how: How::Is(shape.read(node, problems)?) }),
        }
    }

    /// Whether a counter at 0 is as expected.
    pub fn met_by_none(&self) -> bool {
        self.met(&ObservedValue::Count(0))
    }

    /// Whether it compares with numbers, so that a count is to be read and no list.
    pub fn compares_numbers(&self) -> bool {
        let number = |value: &ObservedValue| value.number().is_some();
        match &self.how {
            How::Is(value) => number(value),
            How::Range { .. } => true,
            How::OneOf(values) => values.iter().all(number),
            How::Contains(_) | How::Absent(_) => false,
        }
    }

    /// Whether the observed value is as expected.
    pub fn met(&self, seen: &ObservedValue) -> bool {
        let at_least = |limit: &Option<ObservedValue>| {
            limit.as_ref().is_none_or(|limit| seen.number() >= limit.number())
        };
        let at_most = |limit: &Option<ObservedValue>| {
            limit.as_ref().is_none_or(|limit| seen.number() <= limit.number())
        };
        match &self.how {
            How::Is(value) => seen.is(value),
            How::Range { min, max } => seen.number().is_some() && at_least(min) && at_most(max),
            How::OneOf(values) => values.iter().any(|value| seen.is(value)),
            How::Contains(value) => seen.contains(value),
            How::Absent(wanted) => (*seen == ObservedValue::Absent) == *wanted,
        }
    }
}

/// Whether a value is a comparison, and not a table of further keys of the observed name.
pub fn is_comparison(node: &Node) -> bool {
    match &node.kind {
        Kind::Table(entries) => entries.iter().any(|entry| KEYS.contains(&entry.key.as_str())),
        _ => true,
    }
}

impl Shape {
    /// What a value of this shape is called in a message.
    pub fn name(self) -> &'static str {
        match self {
            Shape::Count => "a whole number of at least 0",
            Shape::Word(_) | Shape::Text => "a string",
            Shape::Span => "a duration such as \"7d\"",
            Shape::Truth => "true or false",
            Shape::Presence => "{ absent = true } or { absent = false }",
            Shape::Any => "a value",
        }
    }

    /// Reads one expected value.
    fn read(self, node: &Node, problems: &mut Problems) -> Option<ObservedValue> {
        match self {
            Shape::Count | Shape::Span if let Some(form) = comparison_in_words(node) => {
                node.expected_like(self.name(), &format!("write {form}"), problems)
            }
            Shape::Count => node.as_count(problems).map(ObservedValue::count),
            Shape::Truth => node.as_bool(problems).map(ObservedValue::Bool),
            Shape::Presence if let Kind::Bool(there) = node.kind => {
                let said = if there { "there is one" } else { "there is none" };
                let help = format!("write {{ absent = {} }}, which means that {said}", !there);
                node.expected_like(self.name(), &help, problems)
            }
            Shape::Presence => node.expected(self.name(), problems),
            Shape::Text if matches!(node.kind, Kind::Bool(_)) => {
                let there = node.kind == Kind::Bool(true);
                node.expected_like(
                    "a string",
                    &format!("write {{ absent = {} }}", !there),
                    problems,
                )
            }
            Shape::Text => node.as_text(problems).map(|text| ObservedValue::Text(text.to_owned())),
            Shape::Span => node.as_duration(problems).map(ObservedValue::Span),
            Shape::Any => any(node, problems),
            Shape::Word(words) => {
                let table: Vec<(&'static str, &'static str)> =
                    words.iter().map(|word| (*word, *word)).collect();
                node.as_word(&table, problems).map(|word| ObservedValue::Text(word.to_owned()))
            }
        }
    }
}

/// The correct form of a comparison that was written as a string, such as `">= 3"`.
fn comparison_in_words(node: &Node) -> Option<String> {
    let Kind::Text(text) = &node.kind else { return None };
    let text = text.trim();
    let digits = text.trim_start_matches(['<', '>', '=', '!']);
    let operator = &text[..text.len() - digits.len()];
    let (value, number) = (digits.trim(), digits.trim().parse::<i64>().ok());
    let shown = |number: Option<i64>| match number {
        Some(number) => number.to_string(),
        None => format!("\"{value}\""),
    };
    match operator {
        ">=" => Some(format!("{{ min = {} }}", shown(number))),
        "<=" => Some(format!("{{ max = {} }}", shown(number))),
        ">" => Some(format!("{{ min = {} }}", shown(number.map(|it| it.saturating_add(1))))),
        "<" => Some(format!("{{ max = {} }}", shown(number.map(|it| it.saturating_sub(1))))),
        "=" | "==" => Some(shown(number)),
        _ => None,
    }
}

fn any(node: &Node, problems: &mut Problems) -> Option<ObservedValue> {
    Some(match &node.kind {
        Kind::Text(text) => ObservedValue::Text(text.clone()),
        Kind::Integer(value) => ObservedValue::Count(*value),
        Kind::Float(value) => ObservedValue::Number(*value),
        Kind::Bool(value) => ObservedValue::Bool(*value),
        Kind::Time(time) => ObservedValue::Text(time.rfc3339()),
        Kind::List(items) => ObservedValue::List(
            items.iter().map(|item| any(item, problems)).collect::<Option<_>>()?,
        ),
        Kind::Table(_) => return node.expected("a value or a comparison", problems),
    })
}

fn table(node: &Node, entries: &[Entry], shape: Shape, problems: &mut Problems) -> Option<Test> {
    let before = problems.errors();
    for entry in entries.iter().filter(|entry| !KEYS.contains(&entry.key.as_str())) {
        unknown_key(entry, "a comparison", KEYS, problems);
        let meant = OTHER_WORDS.iter().find(|(words, _)| words.contains(&entry.key.as_str()));
        if let (Some((_, help)), Some(problem)) = (meant, problems.list_mut().last_mut()) {
            problem.help = (*help).to_owned();
        }
    }
    let since = node.get("since").and_then(|value| since(value, shape, problems));
    let how = how(node, shape, problems);
    if how.is_none() && problems.errors() == before {
        problems.error(node.span, "this comparison compares with nothing").help(format!(
            "write a value, {{ is = ... }}, {{ min = ..., max = ... }}, {{ one_of = [...] }}, {{ contains = ... }} \
             or {{ absent = true }}; this is {}",
            shape.name()
        ));
    }
    (problems.errors() == before).then_some(Test { since, how: how? })
}

/// Reads the one comparison of a table; more than one is an error.
fn how(node: &Node, shape: Shape, problems: &mut Problems) -> Option<How> {
    let said = |keys: &[&str]| keys.iter().any(|key| node.get(key).is_some());
    let comparisons = [&["is"][..], &["min", "max"], &["one_of"], &["contains"], &["absent"]];
    if comparisons.into_iter().filter(|keys| said(keys)).count() > 1 {
        problems
            .error(node.span, "one comparison at a time")
            .help("put the second one into an [[at]] of its own");
        return None;
    }
    let mut found: Vec<How> = Vec::new();
    if let Some(value) = node.get("is") {
        found.push(How::Is(shape.read(value, problems)?));
    }
    if node.get("min").is_some() || node.get("max").is_some() {
        found.push(range(node, shape, problems)?);
    }
    if let Some(list) = node.get("one_of") {
        let Kind::List(items) = &list.kind else {
            return list.expected("a list of values", problems);
        };
        if items.is_empty() {
            return list.refused("at least one value", "an empty list", problems);
        }
        found.push(How::OneOf(
            items.iter().map(|item| shape.read(item, problems)).collect::<Option<_>>()?,
        ));
    }
    if let Some(value) = node.get("contains") {
        if matches!(shape, Shape::Count | Shape::Span | Shape::Truth | Shape::Presence) {
            let what = format!("a comparison of {}", shape.name());
            return node.expected_like(&what, "`contains` looks into texts and lists", problems);
        }
        found.push(How::Contains(any(value, problems)?));
    }
    if let Some(value) = node.get("absent") {
        if shape == Shape::Count {
            let help = "a counter is always there: 0 where nothing was counted";
            return node.expected_like(shape.name(), help, problems);
        }
        found.push(How::Absent(value.as_bool(problems)?));
    }
    found.pop()
}

fn range(node: &Node, shape: Shape, problems: &mut Problems) -> Option<How> {
    if matches!(shape, Shape::Word(_) | Shape::Text) {
        return node.expected("a comparison for a string, which has no order", problems);
    }
    let mut limit = |key: &str| match node.get(key) {
        Some(value) => shape.read(value, problems).map(Some),
        None => Some(None),
    };
    let (min, max) = (limit("min")?, limit("max")?);
    if let (Some(least), Some(most)) = (&min, &max)
        && least.number() > most.number()
    {
        problems
            .error(node.span, "the least is more than the most")
            .label("nothing lies between them");
        return None;
    }
    if let (Shape::Count, Some(ObservedValue::Count(0)), None) = (shape, &min, &max) {
        problems
            .warning(node.span, "this always holds")
            .label("a counter is never less than 0")
            .help("expect a number of at least 1, or an upper limit");
    }
    Some(How::Range { min, max })
}

fn since(node: &Node, shape: Shape, problems: &mut Problems) -> Option<Since> {
    if shape != Shape::Count {
        problems.error(node.span, "only a counter can count `since`");
        return None;
    }
    if let Kind::Integer(number) = node.kind {
        let help = format!("write \"cycle {number}\"");
        return node.expected_like("a string", &help, problems);
    }
    let text = node.as_text(problems)?;
    match text
        .strip_prefix("cycle ")
        .and_then(|number| number.trim().parse().ok())
        .filter(|number| *number > 0)
    {
        Some(number) => Some(Since::Cycle(number)),
        None => {
            problems
                .error(node.span, format!("`{text}` is not a point to count from"))
                .help("write since = \"cycle 1\": what was counted after cycle 1 had ended");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::expect::ObservedValue;

    /// Reads `x = <text>` and compares; for an invalid comparison the first message is the result.
    fn check(text: &str, shape: Shape, seen: ObservedValue, expected: &str) {
        let mut problems = Problems::default();
        let node =
            crate::scenario::format::parse_value(text, 0, &mut problems).expect("it is TOML");
        let shown = match Test::read(&node, shape, &mut problems) {
            Some(test) => if test.met(&seen) { "met" } else { "not met" }.to_owned(),
            None => problems
                .list()
                .first()
                .map_or("silent".to_owned(), |problem| problem.message.clone()),
        };
        assert_eq!(shown, expected, "{text} on {seen:?}");
    }

    #[test]
    fn values_and_limits_compare_as_said() {
        let count = |n| ObservedValue::Count(n);
        let text = |t: &str| ObservedValue::Text(t.to_owned());
        check("4", Shape::Count, count(4), "met");
        check("4", Shape::Count, ObservedValue::Absent, "not met");
        check("{ min = 2, max = 4 }", Shape::Count, count(2), "met");
        check("{ min = 2, max = 4 }", Shape::Count, count(4), "met");
        check("{ min = 2, max = 4 }", Shape::Count, count(5), "not met");
        check("{ min = 2 }", Shape::Count, ObservedValue::Absent, "not met");
        check("{ one_of = [1, 3] }", Shape::Count, count(3), "met");
        check("{ absent = true }", Shape::Any, ObservedValue::Absent, "met");
        check("{ absent = false }", Shape::Any, count(1), "met");
        check("{ contains = \"Sales\" }", Shape::Any, text("Inside Sales"), "met");
        check("{ contains = 2 }", Shape::Any, ObservedValue::List(vec![count(1), count(2)]), "met");
        check("2.0", Shape::Any, count(2), "met");
        check(
            "\"7d\"",
            Shape::Span,
            ObservedValue::Span(std::time::Duration::from_secs(604_800)),
            "met",
        );
        check(
            "{ max = \"6d\" }",
            Shape::Span,
            ObservedValue::Span(std::time::Duration::from_secs(604_800)),
            "not met",
        );
        check("\"True\"", Shape::Any, ObservedValue::Bool(true), "not met");
    }

    #[test]
    fn what_cannot_be_compared_is_an_error() {
        check(
            "\"4\"",
            Shape::Count,
            ObservedValue::Absent,
            "expected a whole number of at least 0",
        );
        check(
            "\"Actve\"",
            Shape::Word(&["Active", "Paused"]),
            ObservedValue::Absent,
            "unknown value `Actve`",
        );
        check("{}", Shape::Count, ObservedValue::Absent, "this comparison compares with nothing");
        check(
            "{ min = 3, max = 2 }",
            Shape::Count,
            ObservedValue::Absent,
            "the least is more than the most",
        );
        check(
            "{ is = 1, absent = true }",
            Shape::Count,
            ObservedValue::Absent,
            "one comparison at a time",
        );
        check(
            "{ since = \"noon\", is = 1 }",
            Shape::Count,
            ObservedValue::Absent,
            "`noon` is not a point to count from",
        );
        check(
            "{ min = \"a\" }",
            Shape::Text,
            ObservedValue::Absent,
            "expected a comparison for a string, which has no order",
        );
    }
}
