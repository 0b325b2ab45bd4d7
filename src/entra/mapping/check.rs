//! Checks for mappings that the portal refuses to save, each with its reason [customize,
//! known-issues, functions].

use super::row::{Mapping, RowSource};
use super::target::TargetKind;
use super::{ObjectMapping, Schema, Template};
use crate::base::{Kind, Node, Problems, Span};
use crate::entra::expression::{Expression, Form};
use crate::entra::field::{Field, FieldKind, ObjectKind};

/// Checks one row as an author wrote it.
pub(super) fn row(row: &Mapping, node: &Node, problems: &mut Problems) {
    let place = |key: &str| node.get(key).map_or(node.span, |node| node.span);
    for (key, message, label) in refusals(row) {
        problems.error(place(key), message).label(label);
    }
}

/// Returns the problems of a single row: the key at fault, the message, the reason.
pub(super) fn refusals(row: &Mapping) -> Vec<(&'static str, String, &'static str)> {
    let mut found = Vec::new();
    let target = &row.target;
    let attribute = &target.path.attribute;
    if attribute.eq_ignore_ascii_case("id") && target.path.schema.is_none() {
        found.push((
            "target",
            "`id` cannot be mapped".to_owned(),
            "it is the application's own key",
        ));
    }
    if attribute.eq_ignore_ascii_case("password") {
        found.push((
            "target",
            "`password` cannot be mapped".to_owned(),
            "passwords are not provisioned",
        ));
    }
    if matches!(&row.source, RowSource::Attribute { field: Field::AppRoleAssignments, .. }) {
        let reason = "app roles are read by the role functions alone";
        found.push((
            "source",
            format!("`{}` cannot be mapped directly", row.source_text()),
            reason,
        ));
    }
    if row.matching.is_some() {
        found.extend(matching_refusals(row));
    }
    if target.kind == TargetKind::Reference {
        found.extend(reference_refusals(row));
    } else if matches!(&row.source, RowSource::Attribute { field, .. } if REFERENCES.contains(field))
    {
        let message =
            format!("`{}` refers to accounts, and `{}` does not", row.source_text(), target.name);
        found.push(("target", message, "references go to an attribute of the type Reference"));
    }
    found.extend(default_refusals(row));
    found
}

/// The problems of a row that carries a reference.
const REFERENCES: [Field; 2] = [Field::Manager, Field::Members];

fn matching_refusals(row: &Mapping) -> Vec<(&'static str, String, &'static str)> {
    let mut found = Vec::new();
    let name = &row.target.name;
    if row.expression().is_some_and(|expression| expression.calls("SelectUniqueValue")) {
        let message = format!("`{name}` matches, so SelectUniqueValue cannot be its source");
        found.push((
            "expression",
            message,
            "the value that is looked for must be the value that is written",
        ));
    }
    if row.target.several || row.target.kind != TargetKind::Text {
        found.push((
            "match",
            format!("`{name}` cannot match"),
            "accounts are looked up by a single text",
        ));
    }
    if matches!(row.source, RowSource::None | RowSource::Constant(_)) {
        found.push((
            "match",
            format!("`{name}` cannot match"),
            "everybody would have the same value, or none",
        ));
    }
    found
}

fn reference_refusals(row: &Mapping) -> Vec<(&'static str, String, &'static str)> {
    let name = &row.target.name;
    let mut found = Vec::new();
    match &row.source {
        RowSource::Attribute { field, .. }
            if matches!(field.holds(), FieldKind::Reference | FieldKind::Several) => {}
        RowSource::None => {}
        RowSource::Expression(expression) if expression.calls("Switch") => {
            let message = format!("Switch cannot be the source of the reference `{name}`");
            found.push(("expression", message, "references do not go through Switch"));
        }
        _ => {
            let message = format!("`{name}` is a reference, and its source is not");
            found.push(("target", message, "map `manager`, or for groups `members`, directly"));
        }
    }
    found
}

fn default_refusals(row: &Mapping) -> Option<(&'static str, String, &'static str)> {
    let default = row.default.as_deref()?;
    let fits = match row.target.kind {
        TargetKind::Truth => {
            default.eq_ignore_ascii_case("true") || default.eq_ignore_ascii_case("false")
        }
        TargetKind::Integer => default.trim().parse::<i64>().is_ok(),
        TargetKind::Text => true,
        TargetKind::Reference => false,
    };
    let name = &row.target.name;
    (!fits).then(|| {
        (
            "default",
            format!("`{name}` cannot have the default \"{default}\""),
            "it does not fit the type",
        )
    })
}

/// Checks that every attribute an expression reads exists; `None` when one does not.
pub(super) fn fields(
    expression: &Expression,
    of: ObjectKind,
    place: impl Fn(Span) -> Span,
    problems: &mut Problems,
) -> Option<()> {
    let before = problems.errors();
    for (name, span) in expression.attributes() {
        Field::for_mapping(name, of, place(span), problems);
    }
    for (name, span) in expression.attributes() {
        if Field::find(name).is_some_and(|field| REFERENCES.contains(&field)) {
            let warning =
                problems.warning(place(span), format!("`{name}` has no value in an expression"));
            warning.label("it refers to accounts, and is mapped directly");
        }
    }
    let raw =
        matches!(&expression.root().form, Form::Attribute(name) if &**name == "appRoleAssignments");
    if raw {
        let span = place(expression.root().span);
        problems
            .error(span, "`appRoleAssignments` cannot be mapped directly")
            .label("the role functions read it");
    }
    (problems.errors() == before).then_some(())
}

/// Checks the tables as a whole, after all changes.
pub(super) fn check(schema: &Schema, written: &Node, problems: &mut Problems) {
    table(&schema.users, schema.template, written, problems);
    if schema.groups.enabled {
        table(&schema.groups, schema.template, written, problems);
    }
}

/// Where a row was written: the place of its last `target`; `None` when it comes from the template
/// or an export.
fn place(written: &Node, row: &Mapping) -> Option<Span> {
    let tables = ["users", "groups"].into_iter().filter_map(|key| written.get(key));
    let lists =
        tables.flat_map(|table| ["rows", "change"].into_iter().filter_map(|key| table.get(key)));
    let rows = lists
        .flat_map(|list| if let Kind::List(rows) = &list.kind { rows.as_slice() } else { &[] });
    let mut targets = rows.filter_map(|row| row.get("target"));
    let is_it = |target: &&Node| matches!(&target.kind, Kind::Text(text) if text.eq_ignore_ascii_case(&row.target.name));
    targets.rfind(is_it).map(|target| target.span)
}

fn table(table: &ObjectMapping, template: Template, written: &Node, problems: &mut Problems) {
    if table.matching().is_empty() {
        let (message, label) = match table.kind {
            ObjectKind::User => ("no row matches", "accounts could never be found again"),
            ObjectKind::Group => {
                ("no row of `groups` matches", "groups could never be found again")
            }
        };
        let help = match (table.kind, table.rows().is_empty()) {
            (ObjectKind::Group, true) => {
                "the gallery's GoLinks maps no groups and has none; entra.mappings.template = \"scim\" \
                 has rows, and golinks.capabilities.groups = true gives the server groups"
            }
            _ => "give one row `match = 1`",
        };
        problems.error(written.span, message).label(label).help(help);
    }
    for (nth, row) in table.rows().iter().enumerate() {
        let earlier = &table.rows()[..nth];
        let same = |other: &Mapping| other.target.same_as(&row.target);
        let span = place(written, row);
        if earlier.iter().any(same) {
            problems.error(
                span.unwrap_or(written.span),
                format!("two rows have the target `{}`", row.target.name),
            );
        }
        let rival = earlier.iter().find(|other| other.matching == row.matching);
        if let (Some(precedence), Some(rival)) = (row.matching, rival) {
            let span = span.or_else(|| place(written, rival)).unwrap_or(written.span);
            problems
                .error(span, format!("two rows have the matching precedence {precedence}"))
                .label(format!("the rows of `{}` and `{}`", rival.target.name, row.target.name))
                .help("attributes are tried one after the other, never together");
        }
        let span = span.unwrap_or(written.span);
        custom(row, template, span, problems);
        unwritable(row, earlier, span, problems);
    }
}

/// Warns of rows that the portal saves but a create cannot write.
fn unwritable(row: &Mapping, earlier: &[Mapping], span: Span, problems: &mut Problems) {
    let name = &row.target.name;
    if row.target.element().is_none() {
        problems
            .warning(span, format!("no create writes `{name}`"))
            .label("its filter does not say how a new element should be");
    }
    let whole = |other: &Mapping| other.target.path.is_plain() != row.target.path.is_plain();
    let clash = earlier.iter().find(|other| {
        let same = other.target.attribute() == row.target.attribute();
        same && whole(other) && !other.carries_roles() && !row.carries_roles()
    });
    if let Some(other) = clash {
        problems
            .warning(span, format!("`{name}` and `{}` write the same attribute", other.target.name))
            .label("one as a whole, the other a part of it: a create carries the first alone");
    }
}

/// Checks that a custom attribute of an application outside of the gallery holds a single text
/// [customize].
fn custom(row: &Mapping, template: Template, span: Span, problems: &mut Problems) {
    if template != Template::Scim || !row.target.is_custom() {
        return;
    }
    let path = &row.target.path;
    if path.attribute.eq_ignore_ascii_case("User") && path.filter.is_none() {
        // The portal saves such a target, but no server has an attribute of that name (B101).
        problems
            .warning(span, format!("nothing arrives at `{}`", row.target.name))
            .label("a colon and not a dot stands before the attribute of an extension");
        return;
    }
    let why = match () {
        () if row.target.kind == TargetKind::Reference => "a reference",
        () if row.target.several => "multi-valued",
        () if row.target.path.sub_attribute.is_some() || row.target.path.filter.is_some() => {
            "complex"
        }
        () => return,
    };
    problems
        .error(span, format!("the custom attribute `{}` cannot be {why}", row.target.name))
        .label("custom attributes of an application outside of the gallery are single texts");
}
