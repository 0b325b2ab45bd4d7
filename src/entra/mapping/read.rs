//! Mappings as an author writes them below `[entra.mappings]`.
//!
//! The keys change the schema in force: `template` and `schema` replace it whole, `rows` replaces a
//! table, `change` and `remove` affect single rows of a table, found by their targets.

use super::check;
use super::row::{Apply, Mapping, RowSource, Send};
use super::target::{Target, TargetKind};
use super::{ObjectMapping, Schema, Template};
use crate::base::diagnostic::did_you_mean;
use crate::base::{Kind, Node, Problems, Span};
use crate::entra::expression::Expression;
use crate::entra::field::{Field, ObjectKind};
use crate::entra::key_doc::{KeyDoc, key, refuse_unknown};

/// The keys of `[entra.mappings]`.
#[rustfmt::skip]
pub const SCHEMA_KEYS: [KeyDoc; 4] = [
    key("template", "The mappings to begin with: `golinks`, as unless said, has the seven rows of GoLinks in the gallery and maps no groups; `scim` has the rows of an application that is not in the gallery, and provisions groups.", "\"scim\""),
    key("schema", "The vendor's own JSON, as the portal or Graph exports it; it replaces mappings and filters.", "'''{ … }'''"),
    key("users", "The table for users, and its switches.", "{ delete = false }"),
    key("groups", "The table for groups, and its switches.", "{ enabled = false }"),
];

/// The keys of `[entra.mappings.users]` and `[entra.mappings.groups]`.
#[rustfmt::skip]
pub const TABLE_KEYS: [KeyDoc; 7] = [
    key("enabled", "Whether objects of this kind are provisioned; users always are.", "true"),
    key("create", "Whether accounts are created.", "true"),
    key("update", "Whether accounts are updated.\nDisabling is an update.", "true"),
    key("delete", "Whether accounts are deleted.", "true"),
    key("rows", "All rows, in place of those that are there.", "[{ target = \"userName\", source = \"mail\", match = 1 }]"),
    key("change", "Rows that replace those with the same target, or are added.", "[{ target = \"title\", source = \"jobTitle\" }]"),
    key("remove", "Targets whose rows go.", "[\"externalId\"]"),
];

/// The keys of a row.
#[rustfmt::skip]
pub const ROW_KEYS: [KeyDoc; 13] = [
    key("target", "The attribute of the account, as a SCIM path.", "\"emails[type eq \\\"work\\\"].value\""),
    key("source", "The attribute of the user: a direct mapping.", "\"mail\""),
    key("constant", "Always this text.", "\"contoso\""),
    key("expression", "A mapping expression.", "'Join(\".\", [givenName], [surname])'"),
    key("none", "`true` when nothing flows but the default into what is empty.", "true"),
    key("default", "What a new account gets when there is no value.", "\"unknown\""),
    key("match", "Matching precedence: 1 is tried first; 0 takes a row out of matching.", "1"),
    key("apply", "When it flows: `always`, only on `create`, or `add_values` to those that are there.", "\"create\""),
    key("flow", "Whether an update carries it `when_changed` or `always`.", "\"always\""),
    key("type", "What the target holds: `String`, `Boolean`, `Integer` or `Reference`.", "\"Boolean\""),
    key("multi_valued", "Whether the target takes several values.", "true"),
    key("required", "Whether no account is created without a value.", "true"),
    key("case_exact", "Whether a change of letter case alone is a change.", "true"),
];

impl Schema {
    /// Applies the keys of `[entra.mappings]` and reports rows that the portal would not save.
    pub fn change(&mut self, node: &Node, problems: &mut Problems) {
        let before = problems.errors();
        let entries = node.as_table(problems).unwrap_or_default();
        refuse_unknown(entries, "[entra.mappings]", &SCHEMA_KEYS, problems);
        if let Some(template) =
            node.get("template").and_then(|node| node.as_word(&Template::WORDS, problems))
        {
            *self = Schema::gallery(template);
        }
        if let Some(json) = node.get("schema") {
            self.import(json, problems);
        }
        if let Some(users) = node.get("users") {
            change(&mut self.users, users, ObjectKind::User, problems);
        }
        if let Some(groups) = node.get("groups") {
            change(&mut self.groups, groups, ObjectKind::Group, problems);
        }
        if problems.errors() == before {
            check::check(self, node, problems);
        }
    }

    fn import(&mut self, node: &Node, problems: &mut Problems) {
        let Some(text) = node.as_text(problems) else { return };
        if let Some(schema) = Schema::parse(text, self.template, node.span, problems) {
            *self = schema;
        }
    }
}

fn change(table: &mut ObjectMapping, node: &Node, of: ObjectKind, problems: &mut Problems) {
    let Some(entries) = node.as_table(problems) else { return };
    let whole =
        if of == ObjectKind::User { "[entra.mappings.users]" } else { "[entra.mappings.groups]" };
    refuse_unknown(entries, whole, &TABLE_KEYS, problems);
    let mut switch = |key: &str, place: &mut bool| {
        if let Some(value) = node.get(key).and_then(|node| node.as_bool(problems)) {
            *place = value;
        }
    };
    switch("enabled", &mut table.enabled);
    switch("create", &mut table.actions.create);
    switch("update", &mut table.actions.update);
    switch("delete", &mut table.actions.delete);
    if let (Some(enabled), ObjectKind::User, false) = (node.get("enabled"), of, table.enabled) {
        problems
            .error(enabled.span, "the mapping of users cannot be disabled")
            .label("the portal refuses it")
            .help("`create`, `update` and `delete` switch single actions off");
    }
    let mut rows = table.rows().to_vec();
    if let Some(node) = node.get("rows") {
        rows = read_rows(node, of, problems);
        warn_of_zeros(&[], node, problems);
    }
    // Removals come first, so that a removed row may be added again under another spelling.
    if let Some(node) = node.get("remove") {
        remove(&mut rows, node, problems);
    }
    if let Some(node) = node.get("change") {
        warn_of_zeros(&rows, node, problems);
        replace(&mut rows, read_rows(node, of, problems));
    }
    if rows != table.rows() {
        *table = table.with_rows(rows);
    }
}

/// Replaces the rows with the same targets, or adds the new rows. Two changes of one target both
/// stay, and are reported as duplicates.
fn replace(rows: &mut Vec<Mapping>, changes: Vec<Mapping>) {
    let mut changed = Vec::new();
    for row in changes {
        match rows.iter().position(|other| other.target.same_as(&row.target)) {
            Some(at) if !changed.contains(&at) => {
                rows[at] = row;
                changed.push(at);
            }
            _ => {
                rows.push(row);
                changed.push(rows.len() - 1);
            }
        }
    }
}

fn remove(rows: &mut Vec<Mapping>, node: &Node, problems: &mut Problems) {
    for item in node.items() {
        let Some(target) = item.as_text(problems) else { continue };
        let meant = Target::parse(target).ok();
        let found = rows.iter().position(|row| {
            row.target.name.eq_ignore_ascii_case(target)
                || meant.as_ref().is_some_and(|meant| row.target.same_as(meant))
        });
        match found {
            Some(at) => {
                rows.remove(at);
            }
            None => {
                let help = did_you_mean(
                    target,
                    rows.iter().map(|row| &*row.target.name).collect::<Vec<_>>(),
                );
                problems.error(item.span, format!("no row has the target `{target}`")).help(help);
            }
        }
    }
}

/// Warns of a precedence that takes a row out of matching which was not in it.
fn warn_of_zeros(rows: &[Mapping], written: &Node, problems: &mut Problems) {
    let before = |item: &Node| {
        let target = item.get("target")?.as_text(&mut Problems::default())?;
        let target = Target::parse(target).ok()?;
        rows.iter().find(|row| row.target.same_as(&target))?.matching
    };
    for item in written.items() {
        let zero = item.get("match").filter(|it| it.kind == Kind::Integer(0));
        if let (Some(zero), None) = (zero, before(item)) {
            problems
                .warning(zero.span, "`match = 0` takes a row out of matching")
                .label("this one was not in it")
                .help("leave it out; 1 is the precedence that is tried first");
        }
    }
}

fn read_rows(node: &Node, of: ObjectKind, problems: &mut Problems) -> Vec<Mapping> {
    match &node.kind {
        Kind::List(items) => items.iter().filter_map(|item| read_row(item, of, problems)).collect(),
        Kind::Table(_) => read_row(node, of, problems).into_iter().collect(),
        _ => node.expected("a list of rows", problems).unwrap_or_default(),
    }
}

/// Reads one row.
fn read_row(node: &Node, of: ObjectKind, problems: &mut Problems) -> Option<Mapping> {
    let entries = node.as_table(problems)?;
    refuse_unknown(entries, "a mapping row", &ROW_KEYS, problems);
    let Some(target) = node.get("target") else {
        problems.error(node.span, "this row has no `target`").help("target = \"name.familyName\"");
        return None;
    };
    let target = read_target(target, node, problems);
    let source = read_source(node, of, problems);
    let mut row = Mapping::new(source?, target?);
    if let Some(node) = node.get("default") {
        row.default = literal(node, problems);
    }
    if let Some(precedence) = node.get("match") {
        row.matching = match precedence.as_count(problems)? {
            0 => None,
            precedence => u32::try_from(precedence).ok(),
        };
    }
    let apply = [
        ("always", Apply::Always),
        ("create", Apply::OnlyOnCreate),
        ("add_values", Apply::AddValues),
    ];
    if let Some(apply) = node.get("apply").and_then(|node| node.as_word(&apply, problems)) {
        row.apply = apply;
    }
    let send = [("when_changed", Send::WhenChanged), ("always", Send::Always)];
    if let Some(send) = node.get("flow").and_then(|node| node.as_word(&send, problems)) {
        row.send = send;
    }
    check::row(&row, node, problems);
    Some(row)
}

fn read_target(node: &Node, row: &Node, problems: &mut Problems) -> Option<Target> {
    let name = node.as_text(problems)?;
    let mut target = match Target::parse(name) {
        Ok(target) => target,
        Err((why, at)) => {
            let place = at_place(node, name, at);
            problems.error(place, format!("`{name}` is not a SCIM path")).label(why);
            return None;
        }
    };
    let kinds = [
        ("String", TargetKind::Text),
        ("Boolean", TargetKind::Truth),
        ("Integer", TargetKind::Integer),
        ("Reference", TargetKind::Reference),
    ];
    if let Some(kind) = row.get("type").and_then(|node| node.as_word(&kinds, problems)) {
        target.kind = kind;
    }
    for (key, place) in [
        ("multi_valued", &mut target.several),
        ("required", &mut target.required),
        ("case_exact", &mut target.case_exact),
    ] {
        if let Some(value) = row.get(key).and_then(|node| node.as_bool(problems)) {
            *place = value;
        }
    }
    Some(target)
}

/// The place of byte `at` of a quoted text; the place of the whole text if the file has escapes in
/// it.
fn at_place(node: &Node, text: &str, at: usize) -> Span {
    let exact = node.span.end - node.span.start == text.len() + 2 && at < text.len();
    if exact { Span::new(node.span.start + 1 + at, node.span.end - 1) } else { node.span }
}

/// Reads the source from exactly one of `source`, `constant`, `expression` and `none`.
fn read_source(node: &Node, of: ObjectKind, problems: &mut Problems) -> Option<RowSource> {
    const KINDS: [&str; 4] = ["source", "constant", "expression", "none"];
    let there: Vec<(&str, &Node)> =
        KINDS.iter().filter_map(|key| Some((*key, node.get(key)?))).collect();
    match there.as_slice() {
        [("source", value)] => {
            let name = value.as_text(problems)?;
            let field = Field::for_mapping(name, of, value.span, problems)?;
            Some(RowSource::Attribute { name: name.into(), field })
        }
        [("constant", value)] => literal(value, problems).map(RowSource::Constant),
        [("expression", value)] => {
            let expression = Expression::read(value, problems)?;
            let place = |span| Expression::place(value.span, expression.text(), span);
            check::fields(&expression, of, place, problems)?;
            Some(RowSource::Expression(Box::new(expression)))
        }
        [(_, value)] => match value.as_bool(problems)? {
            true => Some(RowSource::None),
            false => value.expected("true, or another kind of source", problems),
        },
        [] => {
            problems
                .error(node.span, "this row says nothing about where its value comes from")
                .help("source = \"mail\", constant = \"x\", expression = 'ToLower([mail])', or none = true");
            None
        }
        [_, (second, value), ..] => {
            problems
                .error(value.span, format!("a row has one source, and `{second}` is a second one"));
            None
        }
    }
}

/// Reads a fixed value as text, as the service stores it.
fn literal(node: &Node, problems: &mut Problems) -> Option<Box<str>> {
    match &node.kind {
        Kind::Text(text) => Some(text.as_str().into()),
        Kind::Integer(number) => Some(number.to_string().into()),
        Kind::Bool(truth) => Some(if *truth { "True" } else { "False" }.into()),
        _ => node.expected("a string, a whole number, true or false", problems),
    }
}
