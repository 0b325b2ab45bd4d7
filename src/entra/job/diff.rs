//! What an account lacks, and the PATCH that mends it, in either dialect.

use bytes::Bytes;

use super::log::Modified;
use crate::entra::mapping::{
    Apply, Desired, Flow, Mapping, ObjectMapping, RoleFlow, Roles, RowSource, Send, write_flow,
    write_text,
};
use crate::entra::settings::{Dialect, Settings};
use crate::scim::{Object, Value, urn};

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

/// What must be sent so that an account shows what is wanted; `None` when it does.
fn differing(row: &Mapping, want: &Flow, found: Option<&Value>, account: &Object) -> Option<Flow> {
    let found = found.filter(|found| !found.is_absent());
    let same = match want {
        Flow::Null | Flow::Ignored | Flow::Candidates(_) => true,
        // A row without a source fills what is empty, and leaves alone what is not [customize].
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

/// Of a list the order does not count; when values are only added, the missing ones are sent.
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
/// gives null, which clears its target [functions]. What is computed anew each time, such as
/// IsSoftDeleted, is not touched by it.
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
    expression.attributes().iter().all(|(name, _)| *name != "IsSoftDeleted")
}

/// What the provisioning log shows for these changes.
pub fn modified(mapping: &ObjectMapping, changes: &[AttributeChange]) -> Vec<Modified> {
    let entry = |change: &AttributeChange| {
        Modified::new(&mapping.rows()[change.row], change.old.clone(), change.new.clone())
    };
    changes.iter().map(entry).collect()
}

/// The body of the PATCH that carries these changes.
pub fn patch(mapping: &ObjectMapping, changes: &[AttributeChange], settings: &Settings) -> Bytes {
    let mut operations = Operations { body: Vec::with_capacity(256), first: true };
    operations.open();
    match settings.dialect {
        Dialect::Classic => {
            classic(&mut operations, mapping, changes, settings.policy.bool_as_string)
        }
        Dialect::Compliant => compliant(&mut operations, mapping, changes),
    }
    operations.close()
}

/// The body of the PATCH that sets a manager, a bare string with its path unless the policy says
/// otherwise (section 10).
pub fn reference_patch(row: &Mapping, replaces: bool, target: &str, settings: &Settings) -> Bytes {
    let op = match (settings.dialect, replaces) {
        (Dialect::Classic, true) => "Replace",
        (Dialect::Classic, false) => "Add",
        (Dialect::Compliant, true) => "replace",
        (Dialect::Compliant, false) => "add",
    };
    let mut operations = Operations { body: Vec::with_capacity(256), first: true };
    operations.open();
    operations.begin(op);
    operations.raw(",\"path\":");
    write_text(&row.target.wire, &mut operations.body);
    operations.raw(",\"value\":");
    let (before, after) =
        if settings.policy.reference_as_object { ("{\"value\":", "}}") } else { ("", "}") };
    operations.raw(before);
    write_text(target, &mut operations.body);
    operations.raw(after);
    operations.close()
}

/// One capitalised operation an attribute, each with its path [scim-compat].
fn classic(
    out: &mut Operations,
    mapping: &ObjectMapping,
    changes: &[AttributeChange],
    bool_as_string: bool,
) {
    for change in changes {
        let row = &mapping.rows()[change.row];
        let path = &row.target.wire;
        let op = if replaces(row, change) { "Replace" } else { "Add" };
        match &change.new {
            Flow::Roles(flow) => out.classic_roles(&row.target.attribute().to_string(), flow),
            // `active` is replaced in every sample, whether or not the account shows it.
            Flow::Bool(value) if bool_as_string => {
                let word = if *value { "True" } else { "False" };
                out.with_path("Replace", path, &Flow::Text(word.into()));
            }
            Flow::Bool(_) => out.with_path("Replace", path, &change.new),
            new => out.with_path(op, path, new),
        }
    }
}

/// Whether a change puts its value in the place of another one, and not beside it.
fn replaces(row: &Mapping, change: &AttributeChange) -> bool {
    change.old.is_some() && row.apply != Apply::AddValues
}

/// Filtered paths and `active` stand alone; the others are gathered in a path-less operation with
/// dotted keys, unless a single attribute is added [scim-compat; several added ones: field,
/// scim-patch#133].
fn compliant(out: &mut Operations, mapping: &ObjectMapping, changes: &[AttributeChange]) {
    let target = |change: &AttributeChange| &*mapping.rows()[change.row].target.wire;
    let several = |change: &AttributeChange| {
        matches!(change.new, Flow::Bool(_) | Flow::List(_) | Flow::Roles(_))
    };
    let alone = |change: &&AttributeChange| {
        mapping.rows()[change.row].target.path.filter.is_some() || several(change)
    };
    let op = |change: &AttributeChange| {
        if replaces(&mapping.rows()[change.row], change) { "replace" } else { "add" }
    };
    for change in changes.iter().filter(alone) {
        match &change.new {
            Flow::Roles(flow) => {
                let op = if flow.way == Roles::Exactly { "replace" } else { "add" };
                let path = mapping.rows()[change.row].target.attribute().to_string();
                out.with_path(op, &path, &change.new);
            }
            Flow::Bool(_) => out.with_path("replace", target(change), &change.new),
            new => out.with_path(op(change), target(change), new),
        }
    }
    for word in ["replace", "add"] {
        let gathered: Vec<&AttributeChange> =
            changes.iter().filter(|c| !alone(c) && op(c) == word).collect();
        match gathered.as_slice() {
            [] => {}
            [one] if word == "add" => out.with_path(word, target(one), &one.new),
            many => out.without_path(word, many.iter().map(|c| (target(c), &c.new))),
        }
    }
}

/// Writes the operations of a PATCH body, one after the other.
struct Operations {
    body: Vec<u8>,
    first: bool,
}

impl Operations {
    fn open(&mut self) {
        self.raw("{\"schemas\":[\"");
        self.raw(urn::PATCH_OP);
        self.raw("\"],\"Operations\":[");
    }

    fn close(mut self) -> Bytes {
        self.raw("]}");
        Bytes::from(self.body)
    }

    fn with_path(&mut self, op: &str, path: &str, value: &Flow) {
        self.begin(op);
        self.raw(",\"path\":");
        write_text(path, &mut self.body);
        self.raw(",\"value\":");
        self.flow(value);
        self.raw("}");
    }

    fn without_path<'a>(&mut self, op: &str, values: impl Iterator<Item = (&'a str, &'a Flow)>) {
        self.begin(op);
        self.raw(",\"value\":{");
        for (nth, (key, value)) in values.enumerate() {
            if nth > 0 {
                self.raw(",");
            }
            write_text(key, &mut self.body);
            self.raw(":");
            self.flow(value);
        }
        self.raw("}}");
    }

    fn begin(&mut self, op: &str) {
        if !self.first {
            self.raw(",");
        }
        self.first = false;
        self.raw("{\"op\":\"");
        self.raw(op);
        self.raw("\"");
    }

    /// Roles as the classic dialect sends them: each a JSON text in `value`, but the assertive ones
    /// as plain objects [customize].
    fn classic_roles(&mut self, path: &str, flow: &RoleFlow) {
        if flow.way == Roles::Exactly {
            return self.with_path("replace", path, &Flow::Roles(Box::new(flow.clone())));
        }
        self.begin("Add");
        self.raw(",\"path\":");
        write_text(path, &mut self.body);
        self.raw(",\"value\":[");
        for (nth, role) in flow.roles.iter().enumerate() {
            self.raw(if nth == 0 { "{\"value\":" } else { ",{\"value\":" });
            write_text(&Value::Object(role.to_object()).to_string(), &mut self.body);
            self.raw("}");
        }
        self.raw("]}");
    }

    fn flow(&mut self, value: &Flow) {
        write_flow(value, &mut self.body);
    }

    fn raw(&mut self, text: &str) {
        self.body.extend_from_slice(text.as_bytes());
    }
}

/// Attributes that are not case-exact do not differ by letter case alone [functions: ToLower,
/// ToUpper].
fn equal(row: &Mapping, want: &str, have: &str) -> bool {
    want == have || (!row.target.case_exact && want.to_lowercase() == have.to_lowercase())
}

/// A value as the provisioning log prints it; null is nothing.
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
