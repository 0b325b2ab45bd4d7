//! What the body of `PUT …/schema` may hold: nothing that the job would read as something else, or
//! would not keep.
//!
//! The body is read as the job reads it, and written again. Where the two differ, the property is
//! named and nothing changes (assumed: the vendor keeps more, and does not say what it refuses).

use serde_json::{Map, Value};

use crate::base::{Problems, Span};
use crate::entra::expression::Expression;
use crate::entra::field::Field;
use crate::entra::graph::error::GraphError;
use crate::entra::graph::shape::{PropertyShapes, Shape, check};
use crate::entra::mapping::{Schema, Template};

const SCHEMA: PropertyShapes = &[
    ("directories", Shape::Objects(DIRECTORY)),
    ("id", Shape::Text),
    ("synchronizationRules", Shape::Objects(RULE)),
    ("version", Shape::Text),
];

const RULE: PropertyShapes = &[
    ("containerFilter", Shape::Any),
    ("editable", Shape::Bool),
    ("groupFilter", Shape::Any),
    ("id", Shape::Text),
    ("metadata", Shape::Any),
    ("name", Shape::Text),
    ("objectMappings", Shape::Objects(OBJECT_MAPPING)),
    ("priority", Shape::Number),
    ("sourceDirectoryName", Shape::Text),
    ("targetDirectoryName", Shape::Text),
];

const OBJECT_MAPPING: PropertyShapes = &[
    ("attributeMappings", Shape::Objects(ATTRIBUTE_MAPPING)),
    ("enabled", Shape::Bool),
    ("flowTypes", Shape::Text),
    ("metadata", Shape::Any),
    ("name", Shape::Text),
    ("scope", Shape::Object(SCOPE)),
    ("sourceObjectName", Shape::Text),
    ("targetObjectName", Shape::Text),
];

const SCOPE: PropertyShapes = &[
    ("categoryFilterGroups", Shape::Objects(FILTER_GROUP)),
    ("groups", Shape::Objects(FILTER_GROUP)),
    ("inputFilterGroups", Shape::Objects(FILTER_GROUP)),
];

const FILTER_GROUP: PropertyShapes = &[("clauses", Shape::Objects(CLAUSE)), ("name", Shape::Text)];

const CLAUSE: PropertyShapes = &[
    ("operatorName", Shape::Text),
    ("sourceOperandName", Shape::Text),
    ("targetOperand", Shape::Object(&[("values", Shape::Texts)])),
];

const ATTRIBUTE_MAPPING: PropertyShapes = &[
    ("defaultValue", Shape::Text),
    ("exportMissingReferences", Shape::Bool),
    ("flowBehavior", Shape::Text),
    ("flowType", Shape::Text),
    ("matchingPriority", Shape::Number),
    ("source", Shape::Object(SOURCE)),
    ("targetAttributeName", Shape::Text),
];

const SOURCE: PropertyShapes = &[
    ("expression", Shape::Text),
    ("name", Shape::Text),
    ("parameters", Shape::Objects(&[("key", Shape::Text), ("value", Shape::Any)])),
    ("type", Shape::Word(&["Attribute", "Constant", "Function"])),
];

const DIRECTORY: PropertyShapes = &[
    ("discoverabilities", Shape::Text),
    ("discoveryDateTime", Shape::Text),
    ("id", Shape::Text),
    ("name", Shape::Text),
    ("objects", Shape::Objects(OBJECT)),
    ("readOnly", Shape::Bool),
    ("version", Shape::Text),
];

const OBJECT: PropertyShapes = &[
    ("attributes", Shape::Objects(ATTRIBUTE)),
    ("metadata", Shape::Any),
    ("name", Shape::Text),
    ("supportedApis", Shape::Any),
];

const ATTRIBUTE: PropertyShapes = &[
    ("anchor", Shape::Bool),
    ("apiExpressions", Shape::Any),
    ("caseExact", Shape::Bool),
    ("defaultValue", Shape::Text),
    ("flowNullValues", Shape::Bool),
    ("metadata", Shape::Any),
    ("multivalued", Shape::Bool),
    ("mutability", Shape::Text),
    ("name", Shape::Text),
    ("referencedObjects", Shape::Any),
    ("required", Shape::Bool),
    ("type", Shape::Text),
];

/// Refuses a body whose properties have other names or types than those of a schema.
///
/// # Errors
/// The refusal, which names the property.
pub fn check_shapes(body: &Map<String, Value>) -> Result<(), GraphError> {
    check(body, SCHEMA)?;
    let rules = body.get("synchronizationRules");
    match rules {
        None => return Err(GraphError::required("synchronizationRules", "synchronizationSchema")),
        Some(Value::Array(rules)) if !rules.is_empty() => {}
        Some(_) => return Err(GraphError::invalid_value("synchronizationRules")),
    }
    Ok(())
}

/// Refuses a body of which the job would keep something else than it says. `own` is the schema in
/// force.
///
/// # Errors
/// The refusal, which names the property.
pub fn check_kept(
    body: &Map<String, Value>,
    own: &Value,
    template: Template,
) -> Result<(), GraphError> {
    let text = Value::Object(body.clone()).to_string();
    let read = Schema::parse(&text, template, Span::default(), &mut Problems::default());
    // What cannot be read is refused where it is set, with the reason.
    let Some(read) = read else { return Ok(()) };
    let written: Value = serde_json::from_str(&read.to_json().to_string()).unwrap_or_default();
    let rules = items(body.get("synchronizationRules"));
    let kept = items(written.get("synchronizationRules"));
    if rules.len() > kept.len() {
        return Err(GraphError::invalid_value("synchronizationRules"));
    }
    for (rule, kept) in rules.iter().zip(kept) {
        same("synchronizationRules", rule, kept)?;
    }
    for directory in items(body.get("directories")) {
        let name = &directory["name"];
        let of = |schema: &Value| named(&schema["directories"], name).cloned();
        let (now, then) = (of(own), of(&written));
        if now.is_none() && then.is_none() {
            return Err(GraphError::invalid_value("directories"));
        }
        same_directory(directory, &now.unwrap_or_default(), &then.unwrap_or_default())?;
    }
    sources(body, own)
}

fn items(of: Option<&Value>) -> &[Value] {
    of.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn named<'v>(all: &'v Value, name: &Value) -> Option<&'v Value> {
    items(Some(all)).iter().find(|one| one["name"] == *name)
}

/// Whether a value says nothing: what is left out may also be written so.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(members) => members.values().all(is_empty),
        _ => false,
    }
}

/// Refuses what is given under a name when something else would be kept.
fn same(name: &str, given: &Value, written: &Value) -> Result<(), GraphError> {
    let differs = || Err(GraphError::invalid_value(name));
    match (given, written) {
        (Value::Object(_), Value::Object(_)) if name == "source" => same_source(given, written),
        (Value::Object(_), Value::Object(_))
            if name == "clauses" && lacks_operand(given, written) =>
        {
            Err(GraphError::invalid_value("targetOperand"))
        }
        (Value::Object(given), Value::Object(written)) => {
            let mut own = given.iter().filter(|(name, _)| !name.contains('@'));
            own.try_for_each(|(name, value)| {
                same(name, value, written.get(name).unwrap_or(&Value::Null))
            })
        }
        (Value::Array(given), Value::Array(written)) if name == "objectMappings" => {
            same_mappings(given, written)
        }
        (Value::Array(given), Value::Array(written)) => match given.len() == written.len() {
            true => given.iter().zip(written).try_for_each(|(one, other)| same(name, one, other)),
            false => differs(),
        },
        // Their words have several spellings, and reading them refuses what is no word.
        (Value::String(_), Value::String(_)) if matches!(name, "flowType" | "flowTypes") => Ok(()),
        (Value::String(one), Value::String(other)) if name == "operatorName" => {
            if one.eq_ignore_ascii_case(other) { Ok(()) } else { differs() }
        }
        (given, Value::Null) if is_empty(given) => Ok(()),
        _ if given == written => Ok(()),
        _ => differs(),
    }
}

/// Whether a clause leaves out what its operator compares with, which would be read as nothing.
fn lacks_operand(given: &Value, written: &Value) -> bool {
    let values = |clause: &Value| items(clause.pointer("/targetOperand/values")).len();
    values(given) < values(written)
}

/// Compares the mappings of objects, of which there is one for a kind of object.
fn same_mappings(given: &[Value], written: &[Value]) -> Result<(), GraphError> {
    let kind = |one: &Value| one["sourceObjectName"].clone();
    for (at, one) in given.iter().enumerate() {
        let again = given.iter().take(at).any(|other| kind(other) == kind(one));
        let kept = written.iter().find(|other| kind(other) == kind(one)).filter(|_| !again);
        let kept = kept.ok_or_else(|| GraphError::invalid_value("objectMappings"))?;
        same("objectMappings", one, kept)?;
    }
    Ok(())
}

/// Compares what a row is made of: an expression and its name say the same, or one is left out. The
/// tree of parameters follows from the expression.
fn same_source(given: &Value, written: &Value) -> Result<(), GraphError> {
    for name in ["expression", "name"] {
        let text = |of: &Value| of[name].as_str().unwrap_or_default().to_owned();
        let (one, other) = (text(given), text(written));
        let unquoted = one.trim().trim_matches('"') == other.trim_matches('"');
        if !one.is_empty() && one != other && !unquoted {
            return Err(GraphError::invalid_value(name));
        }
    }
    Ok(())
}

/// Compares a directory with the definitions now in force and those that the body brings: only an
/// attribute that is mapped is kept.
fn same_directory(given: &Value, now: &Value, then: &Value) -> Result<(), GraphError> {
    for (name, value) in given.as_object().into_iter().flatten() {
        if name != "objects" && !matches!(&**name, "discoverabilities" | "discoveryDateTime") {
            let kept = if then.is_null() { now } else { then };
            same(name, value, kept.get(name).unwrap_or(&Value::Null))?;
        }
    }
    for object in items(given.get("objects")) {
        let of = |directory: &Value| named(&directory["objects"], &object["name"]).cloned();
        let (now, then) = (of(now).unwrap_or_default(), of(then).unwrap_or_default());
        if now.is_null() && then.is_null() {
            return Err(GraphError::invalid_value("objects"));
        }
        for attribute in items(object.get("attributes")) {
            let of = |object: &Value| named(&object["attributes"], &attribute["name"]).cloned();
            let kept = of(&then).or_else(|| of(&now));
            let kept = kept.ok_or_else(|| GraphError::invalid_value("attributes"))?;
            same("attributes", attribute, &kept)?;
        }
        let rest = object.as_object().into_iter().flatten();
        for (name, value) in rest.filter(|(name, _)| !matches!(&***name, "attributes" | "name")) {
            same(name, value, &Value::Null)?;
        }
    }
    Ok(())
}

/// Refuses a source attribute that no directory has, unless the schema in force names it too.
fn sources(body: &Map<String, Value>, own: &Value) -> Result<(), GraphError> {
    let own = own.to_string();
    let known = |name: &str| Field::find(name).is_some() || own.contains(&format!("[{name}]"));
    let mappings = items(body.get("synchronizationRules"))
        .iter()
        .flat_map(|rule| items(rule.get("objectMappings")))
        .flat_map(|mapping| items(mapping.get("attributeMappings")));
    for source in mappings.map(|row| &row["source"]) {
        let text = |name: &str| source[name].as_str().unwrap_or_default();
        let read = Expression::parse(text("expression")).ok();
        let all = read.iter().flat_map(|read| read.attributes()).map(|(name, _)| name);
        let one = Some(text("name")).filter(|_| source["type"] == "Attribute");
        if !all.chain(one).all(known) {
            return Err(GraphError::invalid_value("source"));
        }
    }
    Ok(())
}
