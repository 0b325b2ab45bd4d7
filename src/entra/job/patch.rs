//! The bodies of the client's PATCH requests, in either dialect [scim-compat].

use bytes::Bytes;

use super::diff::AttributeChange;
use super::memberships::{MemberBatch, MemberOp};
use crate::entra::mapping::{Apply, Flow, Mapping, ObjectMapping, RoleFlow, Roles, write_flow};
use crate::entra::policy::{MemberUpdate, Policy};
use crate::entra::settings::Dialect;
use crate::scim::{Value, urn, write_text};

/// The body of the PATCH that carries these changes.
pub fn attributes(
    mapping: &ObjectMapping,
    changes: &[AttributeChange],
    (dialect, policy): (Dialect, &Policy),
) -> Bytes {
    let mut operations = Operations { body: Vec::with_capacity(256), first: true };
    operations.open();
    match dialect {
        Dialect::Classic => classic(&mut operations, mapping, changes, policy.bool_as_string),
        Dialect::Compliant => compliant(&mut operations, mapping, changes),
    }
    operations.close()
}

/// The body of the PATCH that sets a manager: a bare string with its path, unless the policy says
/// otherwise [scim-dev, B10].
pub fn manager(
    row: &Mapping,
    replaces: bool,
    target: &str,
    (dialect, policy): (Dialect, &Policy),
) -> Bytes {
    let op = match (dialect, replaces) {
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
        if policy.reference_as_object { ("{\"value\":", "}}") } else { ("", "}") };
    operations.raw(before);
    write_text(target, &mut operations.body);
    operations.raw(after);
    operations.close()
}

/// The body of the PATCH that adds members to a group or removes them [scim-dev, scim-compat].
///
/// The classic dialect removes by `members` and a list of values, the compliant one by a path with
/// a filter for each member; a server that knows one form alone empties the group or leaves it as
/// it is (B27 to B29).
pub fn members(row: &Mapping, batch: &MemberBatch, (dialect, policy): (Dialect, &Policy)) -> Bytes {
    let classic = dialect == Dialect::Classic;
    let path = &row.target.wire;
    let mut operations = Operations { body: Vec::with_capacity(256), first: true };
    operations.open();
    match batch.op {
        MemberOp::Add if policy.member_update == MemberUpdate::ReplaceSingle => {
            operations.with_members("replace", path, batch);
        }
        MemberOp::Add => operations.with_members(if classic { "Add" } else { "add" }, path, batch),
        MemberOp::Remove if classic => operations.with_members("Remove", path, batch),
        MemberOp::Remove => {
            for (_, id) in &batch.members {
                let id = Value::from(&**id);
                operations.begin("remove");
                operations.raw(",\"path\":");
                write_text(&format!("{path}[value eq {id}]"), &mut operations.body);
                operations.raw("}");
            }
        }
    }
    operations.close()
}

/// Writes one operation per attribute, with a capitalised `op` and a path [scim-compat].
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
            // Every sample replaces `active`, whether or not the account shows it.
            Flow::Bool(value) if bool_as_string => {
                let word = if *value { "True" } else { "False" };
                out.with_path("Replace", path, &Flow::Text(word.into()));
            }
            Flow::Bool(_) => out.with_path("Replace", path, &change.new),
            new => out.with_path(op, path, new),
        }
    }
}

/// Whether a change replaces the old value instead of adding one.
fn replaces(row: &Mapping, change: &AttributeChange) -> bool {
    change.old.is_some() && row.apply != Apply::AddValues
}

/// Writes filtered paths and `active` as operations of their own. The others share one operation
/// without a path, with dotted keys, unless a single attribute is added [scim-compat]; for several
/// added ones [field: thomaspoignant/scim-patch#133].
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

/// Writes the operations of a PATCH body (RFC 7644, section 3.5.2), one after the other.
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

    fn with_members(&mut self, op: &str, path: &str, batch: &MemberBatch) {
        self.begin(op);
        self.raw(",\"path\":");
        write_text(path, &mut self.body);
        self.raw(",\"value\":[");
        for (nth, (_, id)) in batch.members.iter().enumerate() {
            self.raw(if nth == 0 { "" } else { "," });
            self.raw("{\"$ref\":null,\"value\":");
            write_text(id, &mut self.body);
            self.raw("}");
        }
        self.raw("]}");
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

    /// Writes roles in the classic dialect: each as a JSON text in `value`, or as plain objects for
    /// the assertive function [customize].
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
