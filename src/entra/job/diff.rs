//! The differences of an account: the mapping rows whose value it does not show.

use super::modified::Modified;
use crate::entra::mapping::{
    Apply, Desired, Flow, Mapping, ObjectMapping, RoleFlow, Roles, RowSource, Send,
};
use crate::scim::{Object, Value};

/// One attribute that differs.
#[derive(Clone, PartialEq, Debug)]
pub struct AttributeChange {
    /// The mapping row.
    pub row: usize,
    /// What the account shows now, when it shows anything.
    pub old: Option<Box<str>>,
    /// What is sent.
    pub new: Flow,
}

/// The rows whose non-null value the account does not show [scim-dev, logs-howto: only differences
/// are exported].
pub fn diff(mapping: &ObjectMapping, desired: &Desired, account: &Object) -> Vec<AttributeChange> {
    let rows =
        mapping.rows().iter().enumerate().filter(|(_, row)| row.apply != Apply::OnlyOnCreate);
    let changes = rows.filter_map(|(nth, row)| {
        let found = row.target.path.find(account);
        let want = desired.get(nth);
        let differs = differing(row, want, found, account);
        let new = match differs {
            Some(new) => new,
            None if row.send == Send::Always
                && want.flows()
                && !matches!(want, Flow::Candidates(_)) =>
            {
                want.clone()
            }
            None => return None,
        };
        Some(AttributeChange { row: nth, old: found.and_then(shown), new })
    });
    changes.collect()
}

/// Returns what must be sent to give an account the wanted value; `None` if it has it.
fn differing(row: &Mapping, want: &Flow, found: Option<&Value>, account: &Object) -> Option<Flow> {
    let found = found.filter(|found| !found.is_absent());
    let same = match want {
        Flow::Null | Flow::Ignored | Flow::Candidates(_) => true,
        // A row without a source fills an empty attribute and never changes a filled one
        // [customize].
        _ if row.source == RowSource::None => found.is_some(),
        Flow::Text(want) if want.is_empty() => found.is_none_or(|have| have.as_text() == Some("")),
        Flow::Text(want) => {
            found.and_then(Value::as_text).is_some_and(|have| equal(row, want, have))
        }
        Flow::Bool(want) => found.and_then(Value::as_bool) == Some(*want),
        Flow::Number(want) => found.and_then(Value::as_i64) == Some(*want),
        Flow::List(want) => return differing_list(row, want, account),
        Flow::Roles(want) => return differing_roles(row, want, account),
    };
    (!same).then(|| want.clone())
}

/// Compares a list without regard to order. If values are only added, only the missing ones are
/// sent.
fn differing_list(row: &Mapping, want: &[Box<str>], account: &Object) -> Option<Flow> {
    let mut have: Vec<&str> = Vec::new();
    row.target.path.any(account, &mut |value| {
        have.extend(value.as_text().or_else(|| value.as_object()?.get("value")?.as_text()));
        false
    });
    let missing: Vec<Box<str>> = want
        .iter()
        .filter(|want| !have.iter().any(|have| equal(row, want, have)))
        .cloned()
        .collect();
    let extra = have.iter().any(|have| !want.iter().any(|want| equal(row, want, have)));
    match row.apply {
        Apply::AddValues => (!missing.is_empty()).then(|| Flow::List(missing.into())),
        _ => (!missing.is_empty() || extra).then(|| Flow::List(want.into())),
    }
}

fn differing_roles(row: &Mapping, want: &RoleFlow, account: &Object) -> Option<Flow> {
    let roles = row.target.attribute();
    let mut elements = Vec::new();
    roles.any(account, &mut |element| {
        elements.push(element);
        false
    });
    let value = |element: &Value| element.as_object()?.get("value")?.as_text().map(str::to_owned);
    let have: Vec<String> = elements.into_iter().filter_map(value).collect();
    let missing = |value: &str| !have.iter().any(|have| have == value);
    let roles = match want.way {
        Roles::Single => {
            want.roles.iter().take(1).filter(|role| missing(&role.value)).cloned().collect()
        }
        Roles::Added => want.roles.iter().filter(|role| missing(&role.value)).cloned().collect(),
        Roles::Exactly => {
            let extra = have.iter().any(|have| !want.roles.iter().any(|role| role.value == *have));
            let differs = extra || want.roles.iter().any(|role| missing(&role.value));
            if differs { want.roles.clone() } else { Vec::new() }
        }
    };
    (!roles.is_empty()).then(|| Flow::Roles(Box::new(RoleFlow { way: want.way, roles })))
}

/// A known fault of the service: when another attribute changes, a Switch over one that has not
/// gives null, which clears its target [functions]. Computed sources such as IsSoftDeleted are not
/// affected.
pub fn forget_switches(
    mapping: &ObjectMapping,
    changes: &mut Vec<AttributeChange>,
    account: &Object,
) {
    if changes.is_empty() {
        return;
    }
    for (nth, row) in mapping.rows().iter().enumerate() {
        let told = changes.iter().any(|change| change.row == nth);
        if told || row.apply == Apply::OnlyOnCreate || !switches(row) {
            continue;
        }
        if let Some(old) =
            row.target.path.find(account).filter(|found| !found.is_absent()).and_then(shown)
        {
            changes.push(AttributeChange { row: nth, old: Some(old), new: Flow::Null });
        }
    }
}

/// Whether a row is a Switch over an attribute of the user.
fn switches(row: &Mapping) -> bool {
    let Some(expression) = row.expression().filter(|expression| expression.calls("Switch")) else {
        return false;
    };
    expression.attributes().all(|(name, _)| name != "IsSoftDeleted")
}

/// What the provisioning log shows for these changes.
pub fn modified(mapping: &ObjectMapping, changes: &[AttributeChange]) -> Vec<Modified> {
    let entry = |change: &AttributeChange| {
        Modified::new(&mapping.rows()[change.row], change.old.clone(), change.new.clone())
    };
    changes.iter().map(entry).collect()
}

/// Compares two texts; letter case counts only for case-exact attributes [functions: ToLower,
/// ToUpper].
fn equal(row: &Mapping, want: &str, have: &str) -> bool {
    want == have || (!row.target.case_exact && want.to_lowercase() == have.to_lowercase())
}

/// Returns a value as the provisioning log prints it; `None` for null.
fn shown(value: &Value) -> Option<Box<str>> {
    match value {
        Value::Null => None,
        Value::Bool(value) => Some(if *value { "True" } else { "False" }.into()),
        Value::Number(number) => Some(number.to_string().into()),
        Value::Text(text) => Some(text.as_str().into()),
        Value::List(_) | Value::Object(_) => {
            Some(serde_json::to_string(value).unwrap_or_default().into())
        }
    }
}
