//! The panel of the attribute mappings and the scoping filters, with an expression that can be
//! tried on a user: it is evaluated by the code that `explain expression` uses.

use schemars::JsonSchema;
use serde::Serialize;

use super::drawer::parts::{Piece, pieces};
use super::panels::Scene;
use crate::base::Problems;
use crate::entra::expression::Expression;
use crate::entra::field::ObjectKind;
use crate::entra::filter::FilterSet;
use crate::entra::mapping::{Apply, Mapping, ObjectMapping, RowSource, Schema, Send};
use crate::entra::tenant::UserKey;
use crate::scenario::{Diagnostics, Source, explain, messages};
use crate::world::AppView;

/// The mappings and the filters of the job.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Mappings {
    /// The heading: `Microsoft Entra ID → GoLinks`.
    pub says: String,
    /// A table for users, and one for groups where they are provisioned.
    pub tables: Vec<MappingTable>,
    /// What the filters do, in a sentence.
    pub filters_say: String,
    /// The filters; an object passes when it passes one of them.
    pub filters: Vec<FilterRow>,
    /// What the page asked to be tried: a user or `-` for none, a space, and an
    /// expression, which may be missing.
    pub narrow: String,
    /// What came of it; absent when nothing was asked for.
    pub tried: Option<Tried>,
}

/// The mappings of one kind of object.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct MappingTable {
    /// Of what, and which actions are on: `Users: create, update, delete`.
    pub title: String,
    /// The rows, in the order of the portal.
    pub rows: Vec<MappingRow>,
}

/// One row of a mapping table.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct MappingRow {
    /// Where the value comes from: an attribute, a text, or an expression.
    pub source: String,
    /// The attribute that is written.
    pub target: String,
    /// The vendor's word for the kind of the source: `Direct`, `Constant`, `Expression` or `None`.
    pub kind: &'static str,
    /// The matching precedence, counted from 1; absent for a row that is not used for matching.
    pub matching: Option<u32>,
    /// When it flows: `Always`, `Only during object creation`, `Adds values`.
    pub applies: &'static str,
    /// The value for a new account when the source has none.
    pub default: Option<String>,
    /// Whether the target must have a value.
    pub required: bool,
    /// The expression that has the same value as the source; absent when there is none to try.
    pub expression: Option<String>,
}

/// A scoping filter.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct FilterRow {
    /// Its title.
    pub title: String,
    /// Of what, where that is not users in scope: `groups`, `users (input)`.
    pub of: String,
    /// Its clauses, all of which must hold.
    pub clauses: Vec<String>,
}

/// What came of trying an expression on a user.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Tried {
    /// The name of the user; empty when nobody is called so.
    pub user: String,
    /// Why there is nothing to show, if so.
    pub refused: Option<String>,
    /// The expression, its steps and its value; empty without an expression.
    pub steps: Vec<Vec<Piece>>,
    /// Each fact and clause that decides whether the user is in scope.
    pub scope: Vec<Vec<Piece>>,
}

/// The panel's view of a play.
pub fn view(scene: &Scene<'_>) -> Mappings {
    let world = scene.app();
    let schema = &world.entra().job().settings().schema;
    let mut tables = vec![table("Users", &schema.users)];
    if !schema.groups.rows().is_empty() {
        tables.push(table("Groups", &schema.groups));
    }
    let narrow = scene.query.narrow.clone();
    let target = world.target().called().amid();
    Mappings {
        says: format!("Microsoft Entra ID → {target}"),
        tables,
        filters_say: filters_say(schema).to_owned(),
        filters: filters(schema),
        tried: (!narrow.is_empty()).then(|| tried(world, &narrow)),
        narrow,
    }
}

fn table(title: &str, mapping: &ObjectMapping) -> MappingTable {
    let actions = mapping.actions;
    let on = [(actions.create, "create"), (actions.update, "update"), (actions.delete, "delete")];
    let on: Vec<&str> = on.iter().filter(|(on, _)| *on).map(|(_, word)| *word).collect();
    let on = if on.is_empty() { "no action".to_owned() } else { on.join(", ") };
    let off = if mapping.enabled { "" } else { "; switched off" };
    MappingTable {
        title: format!("{title}: {on}{off}"),
        rows: mapping.rows().iter().map(row).collect(),
    }
}

fn row(row: &Mapping) -> MappingRow {
    let source = row.source_text().split_whitespace().collect::<Vec<_>>().join(" ");
    let (kind, expression) = match &row.source {
        RowSource::Attribute { name, .. } => ("Direct", Some(format!("[{name}]"))),
        RowSource::Constant(_) => ("Constant", None),
        RowSource::Expression(_) => ("Expression", Some(source.clone())),
        RowSource::None => ("None", None),
    };
    MappingRow {
        source,
        target: row.target.name.to_string(),
        kind,
        matching: row.matching,
        applies: match (row.apply, row.send) {
            (Apply::OnlyOnCreate, _) => "Only during object creation",
            (Apply::AddValues, _) => "Always; values are only added",
            (Apply::Always, Send::Always) => "Always, also when unchanged",
            (Apply::Always, Send::WhenChanged) => "Always",
        },
        default: row.default.as_ref().map(ToString::to_string),
        required: row.target.required,
        expression,
    }
}

fn filters_say(schema: &Schema) -> &'static str {
    match schema.filters.list().len() {
        0 => "No scoping filter is set, so everybody passes.",
        1 => "A user passes when every clause of the filter holds.",
        _ => "A user passes one filter when all its clauses hold, and one filter is enough.",
    }
}

fn filters(schema: &Schema) -> Vec<FilterRow> {
    let of = |kind: ObjectKind, set: FilterSet| match (kind, set) {
        (ObjectKind::User, FilterSet::Scope) => String::new(),
        (ObjectKind::Group, FilterSet::Scope) => "groups".to_owned(),
        (kind, set) => format!("{}s ({})", kind.word(), set.key()),
    };
    let row = |filter: &crate::entra::filter::Filter| FilterRow {
        title: filter.title.clone(),
        of: of(filter.of, filter.set),
        clauses: filter.clauses.iter().map(ToString::to_string).collect(),
    };
    schema.filters.list().iter().map(row).collect()
}

/// Stands for the user as long as none is chosen, so that the expression keeps its place.
const NOBODY: &str = "-";

/// Tries an expression on a user; both stand in one text, with a space between.
fn tried(world: AppView<'_>, asked: &str) -> Tried {
    let (name, text) = asked.split_once(' ').unwrap_or((asked, ""));
    if name == NOBODY {
        let refused = Some("Choose a user, on whom the expression is tried.".to_owned());
        return Tried { refused, ..Tried::default() };
    }
    let user = match explain::find_user(world, name) {
        Ok(user) => user,
        Err(why) => return Tried { refused: Some(why), ..Tried::default() },
    };
    let scope = pieces(explain::scope(world, user).get(1..).unwrap_or_default());
    let handle = world.entra().tenant().user(user).handle().to_string();
    let tried = Tried { user: handle, scope, ..Tried::default() };
    match evaluated(world, user, text.trim()) {
        Ok(steps) => Tried { steps, ..tried },
        Err(why) => Tried { refused: Some(why), ..tried },
    }
}

fn evaluated(world: AppView<'_>, user: UserKey, text: &str) -> Result<Vec<Vec<Piece>>, String> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let expression = Expression::parse(text).map_err(|list| {
        let mut problems = Problems::default();
        list.into_iter().for_each(|problem| problems.push(problem));
        messages::render(&Diagnostics::new(&Source::new("expression", text, &[]), problems))
    })?;
    let (lines, _) = explain::expression(world, Some(user), &[], &expression);
    // The first line repeats the expression.
    Ok(pieces(lines.get(1..).unwrap_or_default()))
}
