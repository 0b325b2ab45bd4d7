//! Dotted names as nested tables of a schema.

use serde_json::{Map, Value, json};

/// A name and the names below it.
#[derive(Default)]
pub struct Tree {
    /// What the name itself takes.
    own: Option<Value>,
    below: Vec<(String, Tree)>,
}

impl Tree {
    /// Adds a dotted name; a key that is a `<placeholder>` stands for any.
    pub fn add(&mut self, name: &str, schema: Value) {
        let (key, rest) = match name.split_once('.') {
            Some((key, rest)) => (key, Some(rest)),
            None => (name, None),
        };
        let at = match self.below.iter().position(|(known, _)| known == key) {
            Some(at) => at,
            None => {
                self.below.push((key.to_owned(), Tree::default()));
                self.below.len() - 1
            }
        };
        let tree = &mut self.below[at].1;
        match rest {
            Some(rest) => tree.add(rest, schema),
            None => tree.own = Some(schema),
        }
    }

    /// As a schema. With `axes` each value is a list of values, as in a matrix.
    pub fn schema(&self, axes: bool) -> Value {
        let own = self.own.clone().map(|own| match axes {
            true => axis(own),
            false => own,
        });
        if self.below.is_empty() {
            return own.unwrap_or_else(|| json!({}));
        }
        let mut properties = Vec::new();
        let mut others = None;
        for (key, tree) in &self.below {
            match key.starts_with('<') {
                true => others = Some(tree.schema(axes)),
                false => properties.push((key.clone(), tree.schema(axes))),
            }
        }
        let mut table = object(properties);
        if let Some(others) = others {
            table["additionalProperties"] = others;
        }
        let Some(mut own) = own else { return table };
        let description = own.as_object_mut().and_then(|own| own.remove("description"));
        let mut both: Vec<Value> = match own.get("anyOf").and_then(Value::as_array) {
            Some(several) => several.clone(),
            None => vec![own],
        };
        // The table as such is the one whose keys are known.
        let is_any_table = |one: &Value| one["type"] == "object" && one.get("properties").is_none();
        both.retain(|one| *one != json!({}) && !is_any_table(one));
        both.push(table);
        let schema = match <[Value; 1]>::try_from(both) {
            Ok([one]) => one,
            Err(several) => json!({ "anyOf": several }),
        };
        match description {
            Some(Value::String(doc)) => described(&doc, schema),
            _ => schema,
        }
    }
}

/// A list of the values that a schema takes.
pub fn axis(own: Value) -> Value {
    let doc = own["description"].as_str().unwrap_or_default().to_owned();
    described(&doc, json!({ "type": "array", "minItems": 1, "items": own }))
}

/// A table with these keys and no others.
pub fn object(properties: impl IntoIterator<Item = (String, Value)>) -> Value {
    let properties: Map<String, Value> = properties.into_iter().collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// A schema with its meaning, which an editor shows beside the key. Beside a reference draft 7
/// ignores everything, so the reference moves inward.
pub fn described(doc: &str, schema: Value) -> Value {
    let mut schema = match schema.get("$ref") {
        Some(_) => json!({ "allOf": [schema] }),
        None => schema,
    };
    if !doc.is_empty() {
        schema["description"] = json!(doc);
    }
    schema
}
