//! What an account lacks, and the PATCH that mends it, in either dialect.

use bytes::Bytes;

use super::log::Modified;
use crate::entra::mapping::{Apply, Desired, Flow, Mapping, Mappings, write_text};
use crate::entra::settings::{Dialect, Settings};
use crate::scim::{Object, Value, urn};

/// One attribute that differs.
#[derive(Clone, PartialEq, Debug)]
pub struct Change {
    /// The mapping row.
    pub row: usize,
    /// What the account shows now, when it shows anything.
    pub old: Option<Box<str>>,
}

/// The rows whose non-null value the account does not show [scim-dev, logs-howto: only differences are exported].
pub fn diff(mappings: &Mappings, desired: &Desired, account: &Object) -> Vec<Change> {
    let rows = mappings.rows().iter().enumerate().filter(|(_, mapping)| mapping.apply == Apply::Always);
    let changes = rows.filter_map(|(row, mapping)| {
        let found = mapping.path.find(account);
        let same = match desired.get(row) {
            Flow::Null => true,
            Flow::Text(want) => found.and_then(Value::as_text).is_some_and(|have| equal(mapping, want, have)),
            Flow::Bool(want) => found.and_then(as_bool) == Some(*want),
        };
        (!same).then(|| Change { row, old: found.and_then(shown) })
    });
    changes.collect()
}

/// What the provisioning log shows for these changes.
pub fn modified(mappings: &Mappings, desired: &Desired, changes: &[Change]) -> Vec<Modified> {
    let entry = |change: &Change| Modified {
        attribute: mappings.rows()[change.row].target,
        old: change.old.clone(),
        new: desired.get(change.row).clone(),
    };
    changes.iter().map(entry).collect()
}

/// The body of the PATCH that carries these changes.
pub fn patch(mappings: &Mappings, desired: &Desired, changes: &[Change], settings: &Settings) -> Bytes {
    let mut operations = Operations { body: Vec::with_capacity(256), first: true };
    operations.open();
    match settings.dialect {
        Dialect::Classic => classic(&mut operations, mappings, desired, changes, settings.policy.bool_as_string),
        Dialect::Compliant => compliant(&mut operations, mappings, desired, changes),
    }
    operations.close()
}

/// One capitalised operation an attribute, each with its path [scim-compat].
fn classic(out: &mut Operations, mappings: &Mappings, desired: &Desired, changes: &[Change], bool_as_string: bool) {
    for change in changes {
        let op = if change.old.is_some() { "Replace" } else { "Add" };
        let value = match desired.get(change.row) {
            Flow::Bool(value) if bool_as_string => Flow::Text(if *value { "True" } else { "False" }.into()),
            value => value.clone(),
        };
        // `active` is replaced in every sample, whether or not the account shows it.
        let op = if matches!(desired.get(change.row), Flow::Bool(_)) { "Replace" } else { op };
        out.with_path(op, mappings.rows()[change.row].target, &value);
    }
}

/// Filtered paths and `active` stand alone; the others are gathered in a path-less operation with dotted keys, unless a
/// single attribute is added [scim-compat; several added ones: field, scim-patch#133].
fn compliant(out: &mut Operations, mappings: &Mappings, desired: &Desired, changes: &[Change]) {
    let rows = mappings.rows();
    let alone =
        |change: &&Change| rows[change.row].path.filter.is_some() || matches!(desired.get(change.row), Flow::Bool(_));
    let op = |change: &Change| if change.old.is_some() { "replace" } else { "add" };
    for change in changes.iter().filter(alone) {
        let op = if matches!(desired.get(change.row), Flow::Bool(_)) { "replace" } else { op(change) };
        out.with_path(op, rows[change.row].target, desired.get(change.row));
    }
    for word in ["replace", "add"] {
        let gathered: Vec<&Change> = changes.iter().filter(|c| !alone(c) && op(c) == word).collect();
        match gathered.as_slice() {
            [] => {}
            [one] if word == "add" => out.with_path(word, rows[one.row].target, desired.get(one.row)),
            many => out.without_path(word, many.iter().map(|c| (rows[c.row].target, desired.get(c.row)))),
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

    fn flow(&mut self, value: &Flow) {
        match value {
            Flow::Null => self.raw("null"),
            Flow::Bool(true) => self.raw("true"),
            Flow::Bool(false) => self.raw("false"),
            Flow::Text(text) => write_text(text, &mut self.body),
        }
    }

    fn raw(&mut self, text: &str) {
        self.body.extend_from_slice(text.as_bytes());
    }
}

/// Attributes that are not case-exact do not differ by letter case alone [functions: ToLower, ToUpper].
fn equal(mapping: &Mapping, want: &str, have: &str) -> bool {
    want == have || (!mapping.case_exact && want.to_lowercase() == have.to_lowercase())
}

/// A Boolean, also where a server shows it as text.
fn as_bool(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// A value as the provisioning log prints it; null is nothing.
fn shown(value: &Value) -> Option<Box<str>> {
    match value {
        Value::Null => None,
        Value::Bool(value) => Some(if *value { "True" } else { "False" }.into()),
        Value::Number(number) => Some(number.to_string().into()),
        Value::Text(text) => Some(text.as_str().into()),
        Value::List(_) | Value::Object(_) => Some(serde_json::to_string(value).unwrap_or_default().into()),
    }
}
