//! Expressions evaluated for a program: a line of JSON with an expression and attributes in, a line
//! of JSON with the value out.

use super::{AppRole, Date, EvalOutcome, Expression, Scope, Value};
use crate::base::{Diagnostic, Seed, Time};
use crate::entra::policy::Policy;
use crate::entra::tenant::DEFAULT_DOMAIN;
use crate::scim::{Object, Value as Json};

/// Defaults for values that a line leaves out.
pub struct Sheet<'a> {
    /// The time of lines without `now`.
    pub now: Time,
    /// The seed of random values.
    pub seed: Seed,
    /// The policies in force.
    pub policy: &'a Policy,
}

impl Sheet<'_> {
    /// For `{"expression", "source": {attribute: value}, "now"?, "target_existing"?}` returns
    /// `{"value": …}`, `{"flow": "ignore"}` or `{"error": …}`. When the whole object is skipped,
    /// `"object": true` stands beside the flow.
    pub fn answer(&self, line: &[u8]) -> String {
        let mut answer = Object::new();
        match self.outcome(line) {
            Ok(EvalOutcome::Value(value)) => answer.push("value", value.to_json()),
            Ok(EvalOutcome::IgnoreAttribute) => answer.push("flow", "ignore"),
            Ok(EvalOutcome::IgnoreObject) => {
                answer.push("flow", "ignore");
                answer.push("object", true);
            }
            Err(why) => return Sheet::refusal(why),
        }
        Json::Object(answer).to_string()
    }

    /// Returns the line that reports an error.
    pub fn refusal(why: impl Into<String>) -> String {
        let mut answer = Object::new();
        answer.push("error", why.into());
        Json::Object(answer).to_string()
    }

    fn outcome(&self, line: &[u8]) -> Result<EvalOutcome<'static>, String> {
        if let Err(error) = std::str::from_utf8(line) {
            return Err(format!(
                "the line is not UTF-8 from its byte {} on",
                error.valid_up_to() + 1
            ));
        }
        let asked =
            Object::parse(line).map_err(|error| error.detail.replace("the body", "the line"))?;
        if let Some((name, _)) = asked.iter().find(|(name, _)| !KEYS.contains(name)) {
            return Err(format!("unknown key `{name}`; a line has {}", KEYS.join(", ")));
        }
        let text = asked
            .get("expression")
            .and_then(Json::as_text)
            .ok_or("`expression` must be a string")?;
        let source = SheetAttributes::read(asked.get("source"))?;
        let now = match asked.get("now") {
            None | Some(Json::Null) => self.now,
            Some(now) => {
                let date = |text| Date::parse(text).and_then(Date::instant);
                let read = now.as_text().and_then(|text| Time::parse(text).or_else(|| date(text)));
                read.ok_or("`now` must be an instant such as 2026-03-02T08:00:00Z, or a date that CDate takes")?
            }
        };
        let existing = match asked.get("target_existing") {
            None | Some(Json::Null) => Vec::new(),
            Some(values) => texts(values).ok_or("`target_existing` must be a list of strings")?,
        };
        let taken =
            |value: &str| existing.iter().any(|other| other.to_lowercase() == value.to_lowercase());
        let scope = Scope {
            source: &source,
            now,
            seed: self.seed,
            key: text,
            domain: DEFAULT_DOMAIN,
            row: 0,
            taken: &taken,
            policy: self.policy,
        };
        let expression = Expression::parse(text).map_err(|problems| told(&problems))?;
        match expression.evaluate(scope) {
            Ok(EvalOutcome::Value(value)) => Ok(EvalOutcome::Value(value.into_owned())),
            Ok(EvalOutcome::IgnoreAttribute) => Ok(EvalOutcome::IgnoreAttribute),
            Ok(EvalOutcome::IgnoreObject) => Ok(EvalOutcome::IgnoreObject),
            Err(failure) => Err(format!("{} (at {})", failure.message, failure.span.start + 1)),
        }
    }
}

const KEYS: [&str; 4] = ["expression", "source", "now", "target_existing"];

/// Attributes read from JSON.
#[derive(Default)]
pub struct SheetAttributes {
    single: Vec<(String, Value<'static>)>,
    roles: Vec<(String, Vec<AppRole>)>,
}

impl SheetAttributes {
    /// Reads an object of attributes: a string, a number, true or false, a list of strings, a list
    /// of app roles, or null.
    ///
    /// # Errors
    /// A sentence about the first attribute with another type.
    pub fn read(source: Option<&Json>) -> Result<SheetAttributes, String> {
        let mut attributes = SheetAttributes::default();
        match source {
            None | Some(Json::Null) => {}
            Some(Json::Object(source)) => {
                source.iter().try_for_each(|(name, value)| attributes.add(name, value))?
            }
            Some(_) => return Err("`source` must be an object of attributes".to_owned()),
        }
        Ok(attributes)
    }

    fn add(&mut self, name: &str, value: &Json) -> Result<(), String> {
        let single = match value {
            Json::Null => Value::Null,
            Json::Text(text) => Value::Text(text.clone().into()),
            Json::Bool(truth) => Value::flag(*truth),
            Json::Number(number) => Value::Text(number.to_string().into()),
            Json::List(items) if items.is_empty() => Value::Null,
            Json::List(items) if items.iter().all(|item| item.as_object().is_some()) => {
                let roles = items.iter().filter_map(Json::as_object).map(role).collect();
                self.roles.push((name.to_owned(), roles));
                return Ok(());
            }
            list => {
                let wrong = || format!("the value of `{name}` is neither text, list nor app roles");
                Value::List(parts(list).ok_or_else(wrong)?.into_iter().map(Into::into).collect())
            }
        };
        self.single.push((name.to_owned(), single));
        Ok(())
    }
}

impl super::AttributeSource for SheetAttributes {
    fn get<'a>(&'a self, name: &str) -> Value<'a> {
        match self.roles.iter().find(|(known, _)| known == name) {
            Some((_, roles)) => Value::Roles(roles),
            None => super::AttributeSource::get(&self.single, name),
        }
    }
}

fn role(object: &Object) -> AppRole {
    let text = |name: &str| object.get(name).and_then(Json::as_text).unwrap_or_default().to_owned();
    AppRole { id: text("id"), value: text("value"), display_name: text("displayName") }
}

/// The values of a multi-valued attribute; numbers and Booleans become text, like single values.
fn parts(list: &Json) -> Option<Vec<String>> {
    let part = |item: &Json| match item {
        Json::Text(text) => Some(text.to_string()),
        Json::Bool(truth) => Some(super::value::truth_word(*truth).to_owned()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    };
    list.as_list()?.iter().map(part).collect()
}

fn texts(list: &Json) -> Option<Vec<String>> {
    list.as_list()?.iter().map(|item| item.as_text().map(str::to_owned)).collect()
}

/// All problems of an expression in one line.
fn told(problems: &[Diagnostic]) -> String {
    let one = |problem: &Diagnostic| {
        let place = problem.span.map_or(String::new(), |span| format!(" (at {})", span.start + 1));
        let more = if problem.help.is_empty() { &problem.label } else { &problem.help };
        if more.is_empty() {
            format!("{}{place}", problem.message)
        } else {
            format!("{}{place}: {more}", problem.message)
        }
    };
    problems.iter().map(one).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line, and the line that comes back.
    const LINES: [(&str, &str); 18] = [
        (
            r#"{"expression": "ToLower([mail])", "source": {"mail": "A@B.C"}}"#,
            r#"{"value":"a@b.c"}"#,
        ),
        (r#"{"expression": "[mail]", "source": {"Mail": "x"}}"#, r#"{"value":null}"#),
        (
            r#"{"expression": "Now()", "now": "2021-07-02T15:33:38Z"}"#,
            r#"{"value":"7/2/2021 3:33:38 PM"}"#,
        ),
        (r#"{"expression": "[list]", "source": {"list": ["a", "b"]}}"#, r#"{"value":["a","b"]}"#),
        (r#"{"expression": "CStr([n])", "source": {"n": 7}}"#, r#"{"value":"7"}"#),
        (r#"{"expression": "Not([b])", "source": {"b": true}}"#, r#"{"value":"False"}"#),
        (
            r#"{"expression": "IgnoreFlowIfNullOrEmpty([a])", "source": {"a": null}}"#,
            r#"{"flow":"ignore"}"#,
        ),
        (
            r#"{"expression": "SelectUniqueValue(\"a\", \"b\")", "target_existing": ["A"]}"#,
            r#"{"value":"b"}"#,
        ),
        (
            r#"{"expression": "append([a], \"\")"}"#,
            r#"{"error":"unknown function `append` (at 1): names are case-sensitive: it is `Append`"}"#,
        ),
        (
            r#"{"expression": "CDate([a])"}"#,
            r#"{"error":"a date is needed here, but there is no value (at 7)"}"#,
        ),
        (
            r#"{"expresion": ""}"#,
            r#"{"error":"unknown key `expresion`; a line has expression, source, now, target_existing"}"#,
        ),
        (
            r#"{"expression": "[a]", "now": "soon"}"#,
            r#"{"error":"`now` must be an instant such as 2026-03-02T08:00:00Z, or a date that CDate takes"}"#,
        ),
        (r#"{"expression": "Now()", "now": "2021-07-02"}"#, r#"{"value":"7/2/2021 12:00:00 AM"}"#),
        (
            r#"{"expression": "Now()", "now": "2021-07-02T15:33:38"}"#,
            r#"{"value":"7/2/2021 3:33:38 PM"}"#,
        ),
        (
            r#"{"expression": "Now()", "now": "2021-07-02T15:33:38+02:00"}"#,
            r#"{"value":"7/2/2021 1:33:38 PM"}"#,
        ),
        (
            r#"{"expression": "[l]", "source": {"l": ["x", 7, true]}}"#,
            r#"{"value":["x","7","True"]}"#,
        ),
        (
            r#"{"expression": "IIF([t]=\"Guest\", IgnoreObjectFlow, \"x\")", "source": {"t": "Guest"}}"#,
            r#"{"flow":"ignore","object":true}"#,
        ),
        (
            r#"{"expression": "[a]", "source": {"a": {}}}"#,
            r#"{"error":"the value of `a` is neither text, list nor app roles"}"#,
        ),
    ];

    #[test]
    fn a_line_comes_back_as_a_line() {
        let policy = Policy::default();
        let sheet = Sheet { now: Time::default(), seed: Seed(1), policy: &policy };
        for (line, expected) in LINES {
            assert_eq!(sheet.answer(line.as_bytes()), expected, "{line}");
        }
        let foreign = sheet.answer(b"{\"expression\": \"[a]\", \"source\": {\"a\": \"\xff\"}}");
        assert_eq!(foreign, r#"{"error":"the line is not UTF-8 from its byte 40 on"}"#);
        for bad in [
            "",
            "[]",
            "{\"expression\": 3}",
            "{\"expression\": \"[a]\", \"source\": 3}",
            "{\"expression\": \"[a]\", \"target_existing\": 3}",
        ] {
            assert!(sheet.answer(bad.as_bytes()).starts_with("{\"error\":"), "{bad}");
        }
    }
}
