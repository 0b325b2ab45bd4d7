//! Reading a synchronization schema.

use crate::base::{Problems, Severity, Span};
use crate::entra::expression::Expression;
use crate::entra::field::{Field, ObjectKind};
use crate::entra::filter::{self, ClauseOperator, Filter, FilterSet, Filters};
use crate::entra::mapping::row::{Apply, Mapping, RowSource, Send};
use crate::entra::mapping::target::{Target, TargetKind};
use crate::entra::mapping::{Actions, ObjectMapping, Schema, Template, check};
use crate::scim::{Object, Value};

impl Schema {
    /// Reads the vendor's JSON. Problems are reported at `span`, each with the row it is about.
    /// Parts that the JSON leaves out are taken from the template.
    pub fn parse(
        text: &str,
        template: Template,
        span: Span,
        problems: &mut Problems,
    ) -> Option<Schema> {
        let object = match Object::parse(text.trim_start_matches('\u{feff}').as_bytes()) {
            Ok(object) => object,
            Err(error) => {
                problems
                    .error(span, "this is not the JSON of a synchronization schema")
                    .label(error.detail);
                return None;
            }
        };
        let mut reader = Reader { problems, span, attributes: Vec::new() };
        reader.schema(&object, template)
    }
}

/// The words for a table's actions [g:objmap].
const FLOWS: [&str; 5] = ["Add", "Update", "Delete", "None", ""];

struct Reader<'p> {
    problems: &'p mut Problems,
    span: Span,
    /// The definitions of the target's attributes, lower-case names first.
    attributes: Vec<(String, Object)>,
}

impl Reader<'_> {
    fn schema(&mut self, object: &Object, template: Template) -> Option<Schema> {
        // Templates and some exports wrap the schema.
        let object = object.get("schema").and_then(Value::as_object).unwrap_or(object);
        let rules = list(object, "synchronizationRules");
        if rules.is_empty() {
            let error = self.problems.error(self.span, "this JSON has no synchronizationRules");
            error.help("export it from Graph: GET …/synchronization/jobs/{id}/schema");
            return None;
        }
        for definition in rules_attributes(object) {
            let name = text(definition, "name").unwrap_or_default().to_lowercase();
            self.attributes.push((name, definition.clone()));
        }
        let before = self.problems.errors();
        let mut schema = Schema::gallery(template);
        let (mut users, mut groups, mut filters) = (None, None, Vec::new());
        for mapping in
            rules.iter().filter_map(Value::as_object).flat_map(|rule| list(rule, "objectMappings"))
        {
            let Some(mapping) = mapping.as_object() else { continue };
            match text(mapping, "sourceObjectName").unwrap_or_default() {
                "User" if users.is_none() => {
                    users = Some(self.table(mapping, ObjectKind::User));
                    self.filters(mapping, ObjectKind::User, &mut filters);
                }
                "Group" if groups.is_none() => {
                    groups = Some(self.table(mapping, ObjectKind::Group));
                    self.filters(mapping, ObjectKind::Group, &mut filters);
                }
                other => self.warn(
                    format!("the mapping of `{other}` is left out"),
                    "users and groups are provisioned",
                ),
            }
        }
        match users {
            Some(users) => schema.users = users,
            None => self.wrong(
                "this schema maps no users",
                "no objectMapping has the sourceObjectName User",
            ),
        }
        schema.groups = groups.unwrap_or_else(|| ObjectMapping {
            enabled: false,
            ..ObjectMapping::new(ObjectKind::Group, Vec::new())
        });
        schema.filters = Filters::new(filters);
        (self.problems.errors() == before).then_some(schema)
    }

    fn table(&mut self, mapping: &Object, of: ObjectKind) -> ObjectMapping {
        let rows = list(mapping, "attributeMappings").iter().filter_map(Value::as_object);
        let rows: Vec<Mapping> = rows.filter_map(|row| self.row(row, of)).collect();
        let actions = match text(mapping, "flowTypes") {
            None => Actions::ALL,
            Some(flows) => {
                let known = |flow: &str| FLOWS.iter().any(|known| known.eq_ignore_ascii_case(flow));
                for flow in flows.split(',').map(str::trim).filter(|flow| !known(flow)) {
                    self.wrong(
                        &format!("unknown flow type `{flow}` of an object"),
                        "it is Add, Update or Delete",
                    );
                }
                let has = |word: &str| {
                    flows.split(',').any(|flow| flow.trim().eq_ignore_ascii_case(word))
                };
                Actions { create: has("Add"), update: has("Update"), delete: has("Delete") }
            }
        };
        let enabled = mapping.get("enabled").and_then(Value::as_bool).unwrap_or(true);
        if !enabled && of == ObjectKind::User {
            self.wrong("the mapping of users cannot be disabled", "the portal refuses it");
        }
        ObjectMapping { enabled, actions, ..ObjectMapping::new(of, rows) }
    }

    fn row(&mut self, row: &Object, of: ObjectKind) -> Option<Mapping> {
        let name = text(row, "targetAttributeName").unwrap_or_default();
        let mut target = match Target::parse(name) {
            Ok(target) => target,
            Err((why, _)) => {
                self.wrong(&format!("`{name}` is not a SCIM path"), &why);
                return None;
            }
        };
        self.define(&mut target);
        let source = self.source(row, name, of)?;
        let mut mapping = Mapping::new(source, target);
        mapping.default = text(row, "defaultValue").filter(|text| !text.is_empty()).map(Into::into);
        let priority = row.get("matchingPriority").and_then(Value::as_i64).unwrap_or(0);
        mapping.matching = u32::try_from(priority).ok().filter(|priority| *priority > 0);
        mapping.apply = match text(row, "flowType").unwrap_or("Always") {
            "ObjectAddOnly" | "AttributeAddOnly" => Apply::OnlyOnCreate,
            "MultiValueAddOnly" | "ValueAddOnly" => Apply::AddValues,
            "Always" => Apply::Always,
            other => {
                self.wrong(&format!("unknown flowType `{other}`"), &format!("in `{name}`"));
                Apply::Always
            }
        };
        mapping.send = match text(row, "flowBehavior").unwrap_or("FlowWhenChanged") {
            "FlowAlways" => Send::Always,
            "FlowWhenChanged" => Send::WhenChanged,
            other => {
                self.wrong(&format!("unknown flowBehavior `{other}`"), &format!("in `{name}`"));
                Send::WhenChanged
            }
        };
        for (_, message, label) in check::refusals(&mapping) {
            self.wrong(&message, label);
        }
        Some(mapping)
    }

    /// Applies the definition of the target attribute, if the export has one
    /// [graph-attributeDefinition].
    fn define(&self, target: &mut Target) {
        let wanted = target.name.to_lowercase();
        let Some((_, definition)) = self.attributes.iter().find(|(name, _)| *name == wanted) else {
            return;
        };
        let flag = |key: &str| definition.get(key).and_then(Value::as_bool);
        target.kind = match text(definition, "type") {
            Some("Boolean") => TargetKind::Truth,
            Some("Integer") => TargetKind::Integer,
            Some("Reference") => TargetKind::Reference,
            _ => target.kind,
        };
        target.several = flag("multivalued").unwrap_or(target.several);
        target.required = flag("required").unwrap_or(target.required);
        target.case_exact = flag("caseExact").unwrap_or(target.case_exact);
    }

    fn source(&mut self, row: &Object, target: &str, of: ObjectKind) -> Option<RowSource> {
        let Some(source) = row.get("source").and_then(Value::as_object) else {
            return Some(RowSource::None);
        };
        let name = text(source, "name").unwrap_or_default();
        let expression = text(source, "expression").unwrap_or_default();
        match text(source, "type") {
            Some("Attribute") => self
                .field(name, target, of)
                .map(|field| RowSource::Attribute { name: name.into(), field }),
            Some("Constant") => Some(RowSource::Constant(constant(name, expression).into())),
            Some("Function") | None => self.expression(expression, target, of),
            Some(other) => {
                self.wrong(
                    &format!("unknown type `{other}` of a source"),
                    &format!("in `{target}`"),
                );
                None
            }
        }
    }

    fn field(&mut self, name: &str, target: &str, of: ObjectKind) -> Option<Field> {
        let mut found = Problems::default();
        let field = Field::for_mapping(name, of, self.span, &mut found);
        self.adopt(found, target);
        field
    }

    fn expression(&mut self, text: &str, target: &str, of: ObjectKind) -> Option<RowSource> {
        match Expression::parse(text) {
            Ok(expression) => {
                let names: Vec<String> =
                    expression.attributes().map(|(name, _)| name.to_owned()).collect();
                for name in names {
                    self.field(&name, target, of)?;
                }
                Some(RowSource::Expression(Box::new(expression)))
            }
            Err(found) => {
                let mut problems = Problems::default();
                found.into_iter().for_each(|problem| problems.push(problem));
                self.adopt(problems, target);
                None
            }
        }
    }

    /// Reads the three lists of filters of a mapping.
    fn filters(&mut self, mapping: &Object, of: ObjectKind, filters: &mut Vec<Filter>) {
        let Some(scope) = mapping.get("scope").and_then(Value::as_object) else { return };
        for (_, set) in FilterSet::WORDS {
            let groups = list(scope, set.key()).iter().filter_map(Value::as_object);
            let read = groups.enumerate();
            filters.extend(read.filter_map(|(nth, group)| self.filter(nth, group, (of, set))));
        }
    }

    fn filter(
        &mut self,
        nth: usize,
        group: &Object,
        (of, set): (ObjectKind, FilterSet),
    ) -> Option<Filter> {
        let title =
            text(group, "name").map_or_else(|| format!("Filter {}", nth + 1), str::to_owned);
        let clauses: Vec<&Object> =
            list(group, "clauses").iter().filter_map(Value::as_object).collect();
        let read: Vec<_> =
            clauses.iter().filter_map(|clause| self.clause(clause, of, &title)).collect();
        let whole = read.len() == clauses.len() && !read.is_empty();
        whole.then_some(Filter { title, of, set, clauses: read })
    }

    fn clause(&mut self, clause: &Object, of: ObjectKind, title: &str) -> Option<filter::Clause> {
        let name = text(clause, "sourceOperandName").unwrap_or_default();
        let operator = text(clause, "operatorName").unwrap_or_default();
        let values = clause
            .get("targetOperand")
            .and_then(Value::as_object)
            .map(|operand| list(operand, "values"));
        let value = values.unwrap_or_default().first().and_then(Value::as_text).unwrap_or_default();
        let mut found = Problems::default();
        let field = Field::for_filter(name, of, self.span, &mut found);
        let Some(operator) = ClauseOperator::parse(operator) else {
            self.wrong(
                &format!("unknown operator `{operator}`"),
                &format!("in the filter \"{title}\""),
            );
            return None;
        };
        let read = field.and_then(|field| {
            filter::assemble(
                name.to_owned(),
                field,
                operator,
                value.to_owned(),
                self.span,
                &mut found,
            )
        });
        self.adopt(found, title);
        read
    }

    /// Reports problems at the place of the whole JSON, each with the row it is about.
    fn adopt(&mut self, found: Problems, about: &str) {
        for mut problem in found.into_sorted() {
            problem.span = (self.span != Span::default()).then_some(self.span);
            let more = std::mem::take(&mut problem.label);
            problem.label = if more.is_empty() {
                format!("in `{about}`")
            } else {
                format!("in `{about}`: {more}")
            };
            let known = self.problems.list();
            let again =
                known.iter().any(|p| p.message == problem.message && p.label == problem.label);
            if problem.severity == Severity::Error || !again {
                self.problems.push(problem);
            }
        }
    }

    fn wrong(&mut self, message: &str, label: &str) {
        self.problems.error(self.span, message).label(label);
    }

    fn warn(&mut self, message: String, label: &str) {
        let told = self
            .problems
            .list()
            .iter()
            .any(|problem| problem.message == message && problem.label == label);
        if !told {
            self.problems.warning(self.span, message).label(label);
        }
    }
}

/// The attribute definitions of all directories but the source.
fn rules_attributes(object: &Object) -> Vec<&Object> {
    let directories = list(object, "directories").iter().filter_map(Value::as_object);
    let targets = directories.filter(|directory| text(directory, "name") != Some(super::SOURCE));
    let objects =
        targets.flat_map(|directory| list(directory, "objects")).filter_map(Value::as_object);
    objects.flat_map(|object| list(object, "attributes")).filter_map(Value::as_object).collect()
}

/// Returns the text of a constant, which an export quotes in `expression` but not in `name`.
fn constant<'a>(name: &'a str, expression: &'a str) -> &'a str {
    let unquoted = expression.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    if name.is_empty() { unquoted.unwrap_or(expression) } else { name }
}

fn text<'a>(object: &'a Object, key: &str) -> Option<&'a str> {
    object.get(key)?.as_text()
}

fn list<'a>(object: &'a Object, key: &str) -> &'a [Value] {
    object.get(key).and_then(Value::as_list).unwrap_or_default()
}
