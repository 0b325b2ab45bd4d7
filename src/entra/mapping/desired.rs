//! The desired state of an account: one value for each mapping row, taken from a user at one
//! instant.

use super::row::Mapping;
use super::target::TargetKind;
use super::{ObjectMapping, RowSource};
use crate::base::{Seed, Time};
use crate::entra::error_code::ErrorCode;
use crate::entra::expression::{
    AppRole, EvalError, EvalExit, EvalOutcome, Expression, SELECT_UNIQUE_VALUE, Scope, Value,
    nothing_taken,
};
use crate::entra::field::ImportedObject;
use crate::entra::policy::Policy;
use compact_str::CompactString;

/// The value of one mapping row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Flow {
    /// No value; nulls are not provisioned outbound [known-issues].
    Null,
    /// The mapping leaves the attribute out of this change; no default is used.
    Ignored,
    /// A text. Most are short, and lie in the value itself.
    Text(CompactString),
    /// A Boolean.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// Several texts.
    List(Box<[Box<str>]>),
    /// App roles.
    Roles(Box<RoleFlow>),
    /// The values SelectUniqueValue chooses from: a new account gets the first that no other
    /// account has, an existing account keeps its value.
    Candidates(Box<[Box<str>]>),
}

/// App roles to be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RoleFlow {
    /// How the roles are written to the target.
    pub way: Roles,
    /// The roles.
    pub roles: Vec<AppRole>,
}

/// How app roles are written to a target [customize].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Roles {
    /// `SingleAppRoleAssignment`: one, primary.
    Single,
    /// `AppRoleAssignmentsComplex`: roles are added and never removed.
    Added,
    /// `AssertiveAppRoleAssignmentsComplex`: the roles replace all others.
    Exactly,
}

impl Flow {
    /// Whether there is a value to send.
    pub fn flows(&self) -> bool {
        !matches!(self, Flow::Null | Flow::Ignored)
    }

    /// The value as logs print it; `None` when there is nothing to send.
    pub fn shown(&self) -> Option<std::borrow::Cow<'_, str>> {
        match self {
            Flow::Null | Flow::Ignored => None,
            Flow::Text(text) => Some((&**text).into()),
            Flow::Bool(truth) => Some(if *truth { "True" } else { "False" }.into()),
            Flow::Number(number) => Some(number.to_string().into()),
            Flow::List(texts) | Flow::Candidates(texts) => Some(texts.join(", ").into()),
            Flow::Roles(flow) => Some(
                flow.roles
                    .iter()
                    .map(|role| role.value.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
                    .into(),
            ),
        }
    }
}

/// A user or a group as imported at one instant.
pub struct Import<'a> {
    /// The user or group.
    pub object: ImportedObject<'a>,
    /// The name under which random values are drawn for this object.
    pub key: &'a str,
    /// The tenant's default domain.
    pub domain: &'a str,
    /// The time of the import.
    pub now: Time,
    /// The seed of random values.
    pub seed: Seed,
    /// The policies in force.
    pub policy: &'a Policy,
}

/// The values of all mapping rows for one user, in the order of the table.
///
/// It is a snapshot: later requests write the imported values, even if the user changes between two
/// requests.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Desired {
    values: Vec<Flow>,
    trouble: Option<Box<MappingError>>,
    ignored: bool,
}

/// Why a row that should have a value has none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MappingError {
    /// The vendor's code.
    pub code: ErrorCode,
    /// What went wrong.
    pub detail: String,
}

impl Desired {
    /// Evaluates all rows for a user.
    pub fn of(mapping: &ObjectMapping, import: &Import<'_>) -> Desired {
        let mut desired =
            Desired { values: Vec::with_capacity(mapping.rows().len()), ..Desired::default() };
        for (nth, row) in mapping.rows().iter().enumerate() {
            let value = match evaluate(row, nth, import) {
                Ok(Some(value)) => value,
                Ok(None) => {
                    desired.ignored = true;
                    Flow::Ignored
                }
                Err(trouble) => {
                    desired.trouble.get_or_insert_with(|| Box::new(trouble));
                    Flow::Ignored
                }
            };
            desired.values.push(value);
        }
        desired
    }

    /// The value of a row.
    pub fn get(&self, row: usize) -> &Flow {
        self.values.get(row).unwrap_or(&Flow::Null)
    }

    /// The error of the first row that failed; it keeps the user from being written.
    pub fn trouble(&self) -> Option<&MappingError> {
        self.trouble.as_deref()
    }

    /// Whether a row skips the whole user.
    pub fn is_ignored(&self) -> bool {
        self.ignored
    }

    /// Fills rows without a value with their defaults, for a new account [customize: on creation
    /// only].
    pub fn fill(&mut self, mapping: &ObjectMapping) {
        for (row, value) in mapping.rows().iter().zip(&mut self.values) {
            if let (Flow::Null, Some(default)) = (&*value, &row.default) {
                // Defaults that do not fit their target were already refused on saving.
                *value = single(default.as_ref().into(), row).unwrap_or(Flow::Null);
            }
        }
    }

    /// Leaves out the rows that read app roles, unless objects are matched by them.
    pub fn leave_out_roles(&mut self, mapping: &ObjectMapping) {
        for (row, value) in mapping.rows().iter().zip(&mut self.values) {
            if row.reads_roles() && row.matching.is_none() {
                *value = Flow::Ignored;
            }
        }
    }

    /// The first row that waits for one of its candidates to be chosen, and the candidates.
    pub fn undecided(&self) -> Option<(usize, &[Box<str>])> {
        self.values.iter().enumerate().find_map(|(row, value)| match value {
            Flow::Candidates(candidates) => Some((row, &**candidates)),
            _ => None,
        })
    }

    /// Replaces a row's candidates by the chosen one.
    pub fn choose(&mut self, row: usize, nth: usize) {
        if let Some(value @ Flow::Candidates(_)) = self.values.get_mut(row)
            && let Flow::Candidates(mut candidates) = std::mem::replace(value, Flow::Null)
            && let Some(chosen) = candidates.get_mut(nth)
        {
            *value = Flow::Text(std::mem::take(chosen).into());
        }
    }

    /// The first required target attribute without a value.
    pub fn missing<'m>(&self, mapping: &'m ObjectMapping) -> Option<&'m Mapping> {
        let rows = mapping.rows().iter().zip(&self.values);
        rows.filter(|(row, value)| row.target.required && !value.flows()).map(|(row, _)| row).next()
    }

    /// The first matching row that has a value, and that value [customize: tried in order].
    pub fn matching(&self, mapping: &ObjectMapping, from: usize) -> Option<(usize, &str)> {
        mapping.matching().iter().enumerate().skip(from).find_map(|(nth, &row)| {
            match self.get(row) {
                Flow::Text(text) if !text.is_empty() => Some((nth, &**text)),
                // `roles[primary eq "True"].value` holds the one role (B102).
                Flow::Roles(flow) if flow.way == Roles::Single => {
                    Some((nth, flow.roles.first()?.value.as_str()))
                }
                _ => None,
            }
        })
    }

    /// The values, for the log of what was written.
    pub fn into_values(self) -> Vec<Flow> {
        self.values
    }
}

/// The value of one row for a user; `Flow::Null` when its evaluation fails.
pub fn value_of(row: &Mapping, nth: usize, import: &Import<'_>) -> Flow {
    evaluate(row, nth, import).ok().flatten().unwrap_or(Flow::Ignored)
}

/// The value of a row; `None` skips the whole user.
fn evaluate(row: &Mapping, nth: usize, import: &Import<'_>) -> Result<Option<Flow>, MappingError> {
    if row.target.kind == TargetKind::Reference {
        // References are set in updates of their own, after the accounts are there [how-works].
        return Ok(Some(Flow::Null));
    }
    let value = match &row.source {
        RowSource::Attribute { name, field } => import.object.named(name, *field),
        RowSource::Constant(text) => Value::text(text),
        RowSource::None => {
            return Ok(Some(
                row.default.as_deref().map_or(Flow::Null, |text| Flow::Text(text.into())),
            ));
        }
        RowSource::Expression(expression) if expression.calls_at_top(SELECT_UNIQUE_VALUE) => {
            return candidates(expression, nth, import);
        }
        RowSource::Expression(expression) => match outcome(expression, nth, import)? {
            EvalOutcome::Value(value) => {
                return flow(value, row, Some(expression), import).map(Some);
            }
            EvalOutcome::IgnoreAttribute => return Ok(Some(Flow::Ignored)),
            EvalOutcome::IgnoreObject => return Ok(None),
        },
    };
    flow(value, row, None, import).map(Some)
}

fn scope<'a>(nth: usize, import: &'a Import<'_>) -> Scope<'a> {
    Scope {
        source: &import.object,
        now: import.now,
        seed: import.seed,
        key: import.key,
        domain: import.domain,
        row: nth,
        taken: &nothing_taken,
        policy: import.policy,
    }
}

fn outcome<'a>(
    expression: &'a Expression,
    nth: usize,
    import: &'a Import<'_>,
) -> Result<EvalOutcome<'a>, MappingError> {
    expression.evaluate(scope(nth, import)).map_err(|failure| unmapped(expression, &failure))
}

/// The candidates of a SelectUniqueValue; one is chosen when an account is created.
fn candidates(
    expression: &Expression,
    nth: usize,
    import: &Import<'_>,
) -> Result<Option<Flow>, MappingError> {
    match expression.candidates(scope(nth, import)) {
        Some(Ok(found)) => Ok(Some(Flow::Candidates(found.into()))),
        Some(Err(EvalExit::Failed(failure))) => Err(unmapped(expression, &failure)),
        Some(Err(EvalExit::IgnoreAttribute)) | None => Ok(Some(Flow::Ignored)),
        Some(Err(EvalExit::IgnoreObject)) => Ok(None),
    }
}

fn unmapped(expression: &Expression, failure: &EvalError) -> MappingError {
    let part = expression.text().get(failure.span.start..failure.span.end).unwrap_or_default();
    MappingError {
        code: ErrorCode::EntrySynchronizationError,
        detail: format!("{} in `{}`", failure.message, part),
    }
}

/// Converts a value to the type of its target.
fn flow(
    value: Value<'_>,
    row: &Mapping,
    by: Option<&Expression>,
    import: &Import<'_>,
) -> Result<Flow, MappingError> {
    if let Some(way) = by.and_then(|expression| roles_way(expression, row)) {
        let roles = import.object.roles().to_vec();
        let none = value == Value::Null;
        return Ok(if none { Flow::Null } else { Flow::Roles(Box::new(RoleFlow { way, roles })) });
    }
    match value {
        Value::Null => Ok(Flow::Null),
        Value::List(values) if row.target.several => Ok(Flow::List(
            values.into_iter().map(|value| value.into_owned().into_boxed_str()).collect(),
        )),
        Value::List(ref values) if values.len() > 1 => Err(MappingError {
            code: ErrorCode::SchemaPropertyCanOnlyAcceptValue,
            detail: format!("{} takes one value, but there are {}", row.target.name, values.len()),
        }),
        value => match value.into_text() {
            Ok(None) => Ok(Flow::Null),
            Ok(Some(text)) => single(text, row),
            Err(_) => Err(MappingError {
                code: ErrorCode::SchemaPropertyCanOnlyAcceptValue,
                detail: format!("{} takes one value, not complex ones", row.target.name),
            }),
        },
    }
}

/// Converts one text to the type of its target.
fn single(text: std::borrow::Cow<'_, str>, row: &Mapping) -> Result<Flow, MappingError> {
    let wrong = |what: &str| MappingError {
        code: ErrorCode::EntrySynchronizationError,
        detail: format!("{} takes {what}, not \"{text}\"", row.target.name),
    };
    match row.target.kind {
        TargetKind::Truth if text.eq_ignore_ascii_case("true") => Ok(Flow::Bool(true)),
        TargetKind::Truth if text.eq_ignore_ascii_case("false") => Ok(Flow::Bool(false)),
        TargetKind::Truth => Err(wrong("True or False")),
        TargetKind::Integer => {
            text.trim().parse().map(Flow::Number).map_err(|_| wrong("a whole number"))
        }
        TargetKind::Text | TargetKind::Reference if row.target.several => {
            Ok(Flow::List([text.into_owned().into_boxed_str()].into()))
        }
        TargetKind::Text | TargetKind::Reference => Ok(Flow::Text(text.into())),
    }
}

/// How a row carries app roles: `Some` when a role function stands alone and the target is `roles`.
fn roles_way(expression: &Expression, row: &Mapping) -> Option<Roles> {
    if !row.target.path.attribute.eq_ignore_ascii_case("roles") {
        return None;
    }
    match expression.root().call()?.function.name {
        "SingleAppRoleAssignment" => Some(Roles::Single),
        "AppRoleAssignmentsComplex" => Some(Roles::Added),
        "AssertiveAppRoleAssignmentsComplex" => Some(Roles::Exactly),
        _ => None,
    }
}
