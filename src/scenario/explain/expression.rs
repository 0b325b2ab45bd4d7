//! Explains the evaluation of an expression step by step.

use super::{faint, person, plain, strong};
use crate::base::Time;
use crate::base::diagnostic::nearest;
use crate::entra::expression::{
    AppRole, AttributeSource, EvalOutcome, Expression, Notes, SELECT_UNIQUE_VALUE, Scope, Value,
    nothing_taken,
};
use crate::entra::field::Field;
use crate::entra::tenant::UserKey;
use crate::scenario::layout::{Line, Tone};
use crate::world::AppView;

/// The most characters that are shown of a part of an expression.
const PART_MAX: usize = 60;

/// Evaluates an expression for a user of the world, or for a user who has only the attributes of
/// `given`. Returns each step and the value, and whether the evaluation succeeded.
///
/// With both, the attributes of `given` replace those of the user.
pub fn expression(
    world: AppView<'_>,
    user: Option<UserKey>,
    given: &[(String, String)],
    expression: &Expression,
) -> (Vec<Line>, bool) {
    let roles =
        user.map(|user| world.entra().tenant().app_roles(world.app(), user)).unwrap_or_default();
    let role = |(name, value): &(String, String)| {
        (name == "appRoleAssignments").then(|| AppRole {
            id: String::new(),
            value: value.clone(),
            display_name: value.clone(),
        })
    };
    let given_roles: Vec<AppRole> = given.iter().filter_map(role).collect();
    let over =
        Over { person: user.map(|user| person(world, user, &roles)), given, roles: &given_roles };
    let key = user.map_or("", |user| world.entra().tenant().user(user).handle());
    let policy = &world.entra().job().settings().policy;
    let (now, seed): (Time, _) = (world.now(), world.seed());
    let domain = &*world.entra().tenant().settings().domain;
    let scope =
        Scope { source: &over, now, seed, key, domain, row: 0, taken: &nothing_taken, policy };
    let (outcome, notes) = expression.explain(scope);
    let mut lines = vec![strong(expression.to_string()), plain("")];
    lines.extend(steps(expression, &notes));
    lines.push(plain(""));
    let (tone, result) = match &outcome {
        Ok(EvalOutcome::Value(Value::Null)) => (Tone::Warn, "no value: nothing flows".to_owned()),
        Ok(EvalOutcome::Value(value)) => (Tone::Good, value.to_string()),
        Ok(EvalOutcome::IgnoreAttribute) => {
            (Tone::Warn, "the attribute is left out of this change".to_owned())
        }
        Ok(EvalOutcome::IgnoreObject) => (Tone::Warn, "the user is skipped".to_owned()),
        Err(failure) => (Tone::Bad, format!("fails: {}", failure.message)),
    };
    lines.push(Line(vec![(Tone::Plain, "value  ".to_owned()), (tone, result)]));
    lines.extend(remarks(expression, &notes, given));
    (lines, outcome.is_ok())
}

/// The attributes of a user, some of them replaced by given values.
struct Over<'a> {
    person: Option<crate::entra::field::ImportedUser<'a>>,
    given: &'a [(String, String)],
    /// The app roles among the given values.
    roles: &'a [AppRole],
}

impl AttributeSource for Over<'_> {
    fn get<'a>(&'a self, name: &str) -> Value<'a> {
        let given: Vec<&str> = self
            .given
            .iter()
            .filter(|(known, _)| known == name)
            .map(|(_, text)| text.as_str())
            .collect();
        match (given.as_slice(), &self.person) {
            ([_, ..], _) if name == "appRoleAssignments" => Value::Roles(self.roles),
            ([text], _) => Value::text(text),
            ([], Some(person)) => person.get(name),
            ([], None) => Value::Null,
            (several, _) => Value::list(several.iter().copied()),
        }
    }
}

/// Each part that was evaluated, with its value; a nested part is indented further.
fn steps(expression: &Expression, notes: &Notes) -> Vec<Line> {
    let part = |step: &crate::entra::expression::EvalStep| {
        let text = expression.text().get(step.span.start..step.span.end).unwrap_or_default();
        let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let short: String = text.chars().take(PART_MAX).collect();
        let cut = if short.len() < text.len() { "…" } else { "" };
        format!("{}{short}{cut}", "  ".repeat(step.depth + 1))
    };
    let parts: Vec<String> = notes.steps.iter().map(part).collect();
    let width = parts.iter().map(|part| part.chars().count()).max().unwrap_or(0);
    let shown = parts.into_iter().zip(&notes.steps).map(|(part, step)| {
        let gap = " ".repeat(width - part.chars().count() + 3);
        Line(vec![(Tone::Plain, part), (Tone::Faint, format!("{gap}{}", step.shown))])
    });
    shown.collect()
}

/// Notes and warnings about the expression, below the value.
fn remarks(expression: &Expression, notes: &Notes, given: &[(String, String)]) -> Vec<Line> {
    let mut lines = Vec::new();
    let unknown = |name: &str| {
        let is_given = given.iter().any(|(known, _)| known == name);
        !is_given && Field::find(name).is_none_or(|field| field == Field::NotHeld)
    };
    for (name, _) in expression.attributes().filter(|(name, _)| unknown(name)) {
        lines.push(Line(vec![(Tone::Warn, "note   ".to_owned()), (Tone::Plain, unread(name))]));
    }
    for (name, _) in given {
        let names: Vec<&str> = expression.attributes().map(|(known, _)| known).collect();
        if !names.contains(&name.as_str()) {
            let text = unheeded(name, &names);
            lines.push(Line(vec![(Tone::Warn, "note   ".to_owned()), (Tone::Plain, text)]));
        }
    }
    let told = expression
        .warnings()
        .iter()
        .map(|warning| format!("{}: {}", warning.message, warning.label));
    for text in notes.warnings.iter().map(|(_, text)| text.clone()).chain(told) {
        lines.push(Line(vec![(Tone::Warn, "note   ".to_owned()), (Tone::Plain, text)]));
    }
    let refers = |name: &str| {
        Field::find(name).is_some_and(|field| matches!(field, Field::Manager | Field::Members))
    };
    for (name, _) in expression.attributes().filter(|(name, _)| refers(name)) {
        let text = format!(
            "`{name}` refers to accounts: it is mapped directly, and has no value in an expression"
        );
        lines.push(Line(vec![(Tone::Warn, "note   ".to_owned()), (Tone::Plain, text)]));
    }
    if expression.calls_at_top(SELECT_UNIQUE_VALUE) {
        lines.push(faint("       here no value counts as taken; before a create, the application is asked about each"));
    }
    if expression.redacts() {
        lines.push(faint("       the provisioning log shows [Redact] in place of this value"));
    }
    lines.dedup();
    lines
}

/// Says that the expression does not read an attribute that was given a value.
fn unheeded(name: &str, read: &[&str]) -> String {
    let which = match (nearest(name, read.iter().copied()), read) {
        (Some(near), _) => format!("; did you mean `{near}`?"),
        (None, []) => "; it reads none".to_owned(),
        (None, read) => {
            let read: Vec<String> = read.iter().map(|name| format!("`{name}`")).collect();
            format!("; it reads {}", read.join(", "))
        }
    };
    format!("`{name}` was given a value, and the expression does not read it{which}")
}

/// The reason why an attribute has no value for any user.
pub fn unread(name: &str) -> String {
    match Field::find(name) {
        Some(_) => format!("this directory does not hold `{name}`"),
        None => match nearest(name, Field::names()) {
            Some(near) => {
                format!("the directory has no attribute `{name}`; did you mean `{near}`?")
            }
            None => format!("the directory has no attribute `{name}`"),
        },
    }
}
