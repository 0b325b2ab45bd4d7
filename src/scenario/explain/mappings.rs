//! The mapping table, as the portal lists it.

use super::drafted::drafted;
use super::{faint, plain, strong};
use crate::entra::field::ObjectKind;
use crate::entra::filter::FilterSet;
use crate::entra::mapping::{Apply, Mapping, ObjectMapping, RowSource, Schema};
use crate::scenario::layout::{Line, Tone};
use crate::world::AppView;

/// The two mapping tables and the scoping filters of a job: those that are saved, with those in
/// force where they are others, and what is drafted.
pub fn mappings(world: AppView<'_>) -> Vec<Line> {
    let job = world.entra().job();
    let (saved, in_force) = (&*job.settings().schema, job.schema());
    let mut lines = Vec::new();
    if saved != in_force {
        lines.extend([strong("Saved, and not in force before the next cycle begins"), plain("")]);
    }
    lines.extend(of_schema(saved));
    if saved != in_force {
        lines.extend([plain(""), strong("In force"), plain("")]);
        lines.extend(of_schema(in_force));
    }
    let drafted = drafted(world, None);
    if !drafted.is_empty() {
        lines.push(plain(""));
        lines.extend(drafted);
    }
    lines
}

fn of_schema(schema: &Schema) -> Vec<Line> {
    let mut lines = table("Users", &schema.users);
    lines.push(plain(""));
    if schema.groups.rows().is_empty() {
        lines.push(faint("Groups are not provisioned"));
    } else {
        lines.extend(table("Groups", &schema.groups));
    }
    lines.push(plain(""));
    if schema.filters.is_empty() {
        lines.push(faint("No scoping filter is set"));
    }
    for filter in schema.filters.list() {
        let clauses: Vec<String> = filter.clauses.iter().map(ToString::to_string).collect();
        let what = match (filter.of, filter.set) {
            (ObjectKind::User, FilterSet::Scope) => String::new(),
            (ObjectKind::Group, FilterSet::Scope) => " of groups".to_owned(),
            (kind, set) => format!(" of {}s ({})", kind.word(), set.key()),
        };
        let all = clauses.join(" and ");
        lines.push(plain(format!("Filter{what} \"{}\": {all}", filter.title)));
    }
    lines
}

fn table(title: &str, table: &ObjectMapping) -> Vec<Line> {
    let actions = table.actions;
    let on = [(actions.create, "create"), (actions.update, "update"), (actions.delete, "delete")];
    let on: Vec<&str> = on.iter().filter(|(on, _)| *on).map(|(_, word)| *word).collect();
    let off = if table.enabled { String::new() } else { ", disabled".to_owned() };
    let on = if on.is_empty() { "no action".to_owned() } else { on.join(", ") };
    let mut lines = vec![strong(format!("{title}: {on}{off}"))];
    let width = table.rows().iter().map(|row| row.target.name.chars().count()).max().unwrap_or(0);
    lines.extend(table.rows().iter().map(|row| {
        let gap = " ".repeat(width - row.target.name.chars().count());
        let more = more(row);
        Line(vec![
            (Tone::Plain, format!("  {}{gap}  {}", row.target.name, source(row))),
            (Tone::Faint, more),
        ])
    }));
    lines
}

fn source(row: &Mapping) -> String {
    match &row.source {
        RowSource::Constant(text) => format!("\"{text}\""),
        RowSource::None => "-".to_owned(),
        _ => row.source_text().split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

fn more(row: &Mapping) -> String {
    let mut more = Vec::new();
    more.extend(row.matching.map(|precedence| format!("matches, {precedence}")));
    more.extend(row.default.as_ref().map(|default| format!("default \"{default}\"")));
    more.extend((row.apply == Apply::OnlyOnCreate).then(|| "on create only".to_owned()));
    more.extend(row.target.required.then(|| "required".to_owned()));
    if more.is_empty() { String::new() } else { format!("  ({})", more.join("; ")) }
}
