//! Writing a synchronization schema.

use super::{RULE_ID, RULE_NAME, SOURCE};
use crate::entra::expression::{ComparisonOperator, Expression, Form, Term};
use crate::entra::field::ObjectKind;
use crate::entra::filter::{Filter, FilterSet, Filters, OperandKind};
use crate::entra::mapping::row::{Apply, Mapping, RowSource, Send};
use crate::entra::mapping::target::TargetKind;
use crate::entra::mapping::{ObjectMapping, Schema};
use crate::entra::tenant::Attribute;
use crate::scim::{Value, urn};

impl Schema {
    /// The vendor's JSON, as Graph returns it.
    pub fn to_json(&self) -> Value {
        let target = self.template.id();
        let users = scope(&self.filters, ObjectKind::User);
        let mut mappings = vec![object_mapping(&self.users, "User", urn::ENTERPRISE_USER, users)];
        if !self.groups.rows().is_empty() {
            let groups = scope(&self.filters, ObjectKind::Group);
            mappings.push(object_mapping(&self.groups, "Group", urn::GROUP, groups));
        }
        let rule = object([
            ("id", RULE_ID.into()),
            ("name", RULE_NAME.into()),
            ("priority", 1i64.into()),
            ("editable", true.into()),
            ("sourceDirectoryName", SOURCE.into()),
            ("targetDirectoryName", target.into()),
            ("metadata", pairs(&[("supportsProvisionOnDemand", "true")])),
            ("objectMappings", Value::List(mappings)),
            ("containerFilter", Value::Null),
            ("groupFilter", Value::Null),
        ]);
        object([
            ("id", format!("{target}.00000000000000000000000000000000").into()),
            ("version", "1".into()),
            ("synchronizationRules", Value::List(vec![rule])),
            ("directories", Value::List(vec![source_directory(), self.target_directory(target)])),
        ])
    }

    fn target_directory(&self, name: &str) -> Value {
        let mut objects = vec![definition(urn::ENTERPRISE_USER, self.users.rows())];
        if !self.groups.rows().is_empty() {
            objects.push(definition(urn::GROUP, self.groups.rows()));
        }
        directory(name, objects)
    }
}

fn object_mapping(table: &ObjectMapping, source: &str, target: &str, scope: Value) -> Value {
    let actions = table.actions;
    let flows = [(actions.create, "Add"), (actions.update, "Update"), (actions.delete, "Delete")];
    let on: Vec<&str> = flows.iter().filter(|(on, _)| *on).map(|(_, word)| *word).collect();
    object([
        ("name", format!("Provision {SOURCE} {source}s").into()),
        ("enabled", table.enabled.into()),
        ("flowTypes", if on.is_empty() { "None".into() } else { on.join(", ").into() }),
        ("sourceObjectName", source.into()),
        ("targetObjectName", target.into()),
        ("scope", scope),
        ("attributeMappings", Value::List(table.rows().iter().map(attribute_mapping).collect())),
        ("metadata", Value::List(Vec::new())),
    ])
}

fn attribute_mapping(row: &Mapping) -> Value {
    let flow = match row.apply {
        Apply::Always => "Always",
        Apply::OnlyOnCreate => "ObjectAddOnly",
        Apply::AddValues => "MultiValueAddOnly",
    };
    object([
        ("defaultValue", row.default.as_deref().map_or(Value::Null, Value::from)),
        ("exportMissingReferences", false.into()),
        (
            "flowBehavior",
            if row.send == Send::Always { "FlowAlways" } else { "FlowWhenChanged" }.into(),
        ),
        ("flowType", flow.into()),
        ("matchingPriority", i64::from(row.matching.unwrap_or(0)).into()),
        ("targetAttributeName", (*row.target.name).into()),
        ("source", source(row)),
    ])
}

fn source(row: &Mapping) -> Value {
    match &row.source {
        RowSource::None => Value::Null,
        RowSource::Attribute { name, .. } => {
            node(&format!("[{name}]"), name, "Attribute", Vec::new())
        }
        RowSource::Constant(text) => node(&quoted(text), text, "Constant", Vec::new()),
        RowSource::Expression(expression) => parsed(expression.root(), Some(expression.text())),
    }
}

/// An expression, as the service's parser returns it.
pub fn parsed_expression(expression: &Expression) -> Value {
    parsed(expression.root(), Some(expression.text()))
}

/// The tree of an expression, as the service's parser returns it [graph-parseExpression].
fn parsed(term: &Term, text: Option<&str>) -> Value {
    let text = text.map_or_else(|| term.to_string(), str::to_owned);
    match &term.form {
        Form::Attribute(name) => node(&text, name, "Attribute", Vec::new()),
        Form::Text(value) | Form::Number(value) => {
            node(&quoted(value), value, "Constant", Vec::new())
        }
        Form::Keyword(keyword) => node(&text, keyword.word(), "Constant", Vec::new()),
        Form::Compare(parts) => {
            let sides = [("left", &parts.left), ("right", &parts.right)];
            node(
                &text,
                sign_name(parts.operator),
                "Function",
                sides.iter().map(|(key, term)| parameter(key, term)).collect(),
            )
        }
        Form::Call(call) => {
            let given = call
                .arguments
                .iter()
                .enumerate()
                .filter_map(|(at, argument)| Some((at, argument.as_ref()?)));
            let key =
                |at: usize| call.function.parameter(at).map_or("", |parameter| parameter.name);
            let parameters = given.map(|(at, argument)| parameter(key(at), argument)).collect();
            node(&text, call.function.name, "Function", parameters)
        }
    }
}

fn sign_name(operator: ComparisonOperator) -> &'static str {
    match operator {
        ComparisonOperator::Equal => "Equal",
        ComparisonOperator::NotEqual => "NotEqual",
        ComparisonOperator::AtLeast => "GreaterThanOrEqual",
        ComparisonOperator::AtMost => "LessThanOrEqual",
        ComparisonOperator::Greater => "GreaterThan",
        ComparisonOperator::Less => "LessThan",
    }
}

fn parameter(key: &str, term: &Term) -> Value {
    object([("key", key.into()), ("value", parsed(term, None))])
}

fn node(expression: &str, name: &str, kind: &str, parameters: Vec<Value>) -> Value {
    object([
        ("expression", expression.into()),
        ("name", name.into()),
        ("type", kind.into()),
        ("parameters", Value::List(parameters)),
    ])
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The three lists of filters of a kind of object; null when there are none.
fn scope(filters: &Filters, of: ObjectKind) -> Value {
    if !filters.list().iter().any(|filter| filter.of == of) {
        return Value::Null;
    }
    let lists = [FilterSet::Scope, FilterSet::Category, FilterSet::Input];
    object(lists.map(|set| (set.key(), Value::List(filters.of(of, set).map(filter).collect()))))
}

fn filter(filter: &Filter) -> Value {
    let clauses = filter.clauses.iter().map(|clause| {
        let values = match clause.operator.needs() {
            OperandKind::Nothing => Vec::new(),
            _ => vec![Value::from(clause.value.as_str())],
        };
        object([
            ("operatorName", clause.operator.name().into()),
            ("sourceOperandName", clause.attribute.as_str().into()),
            ("targetOperand", object([("values", Value::List(values))])),
        ])
    });
    object([("name", filter.title.as_str().into()), ("clauses", Value::List(clauses.collect()))])
}

fn source_directory() -> Value {
    let attributes =
        Attribute::NAMES.iter().map(|name| attribute(name, "String", false, false, true));
    let user = object([("name", "User".into()), ("attributes", Value::List(attributes.collect()))]);
    directory(SOURCE, vec![user])
}

fn definition(name: &str, rows: &[Mapping]) -> Value {
    let attributes = rows.iter().map(|row| {
        let target = &row.target;
        let kind = match target.kind {
            TargetKind::Text => "String",
            TargetKind::Truth => "Boolean",
            TargetKind::Integer => "Integer",
            TargetKind::Reference => "Reference",
        };
        attribute(&target.name, kind, target.several, target.required, target.case_exact)
    });
    object([("name", name.into()), ("attributes", Value::List(attributes.collect()))])
}

fn attribute(name: &str, kind: &str, multivalued: bool, required: bool, case_exact: bool) -> Value {
    object([
        ("name", name.into()),
        ("type", kind.into()),
        ("anchor", false.into()),
        ("caseExact", case_exact.into()),
        ("multivalued", multivalued.into()),
        ("required", required.into()),
        ("flowNullValues", false.into()),
        ("mutability", "ReadWrite".into()),
    ])
}

fn directory(name: &str, objects: Vec<Value>) -> Value {
    object([
        ("id", name.into()),
        ("name", name.into()),
        ("objects", Value::List(objects)),
        ("readOnly", false.into()),
    ])
}

fn pairs(pairs: &[(&str, &str)]) -> Value {
    let pair =
        |(key, value): &(&str, &str)| object([("key", (*key).into()), ("value", (*value).into())]);
    Value::List(pairs.iter().map(pair).collect())
}

fn object<const N: usize>(members: [(&'static str, Value); N]) -> Value {
    Value::Object(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
}
