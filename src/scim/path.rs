//! Follows an attribute path in a resource: `emails[type eq "work"].value`, `name.givenName`,
//! `urn:…:User:department` (RFC 7644 3.5.2, 3.10).

use super::syntax::Filter;
use super::urn;
use super::value::{Object, Value};

pub use super::syntax::Path;

impl Path {
    /// Returns the first value at the path; extension attributes are looked up under their schema.
    pub fn find<'a>(&self, object: &'a Object) -> Option<&'a Value> {
        let mut found = None;
        self.any(object, &mut |value| {
            found = Some(value);
            true
        });
        found
    }

    /// Returns the value to sort by: the primary element of a list or else the first, and the
    /// `value` of a complex element.
    pub fn first_value<'a>(&self, object: &'a Object) -> Option<&'a Value> {
        let is_primary = |item: &&Value| {
            item.as_object().and_then(|parts| parts.get("primary")).and_then(Value::as_bool)
                == Some(true)
        };
        let element = match (self.attribute_of(object)?, &self.filter) {
            (Value::List(items), None) => {
                items.iter().find(is_primary).or_else(|| items.first())?
            }
            (value, None) => value,
            (_, Some(_)) => return self.find(object),
        };
        match element {
            Value::Object(parts) => parts.get(self.sub_attribute.as_deref().unwrap_or("value")),
            value => Some(value),
        }
    }

    /// Whether `holds` is true of any value at the path; the elements of a list are tried one by
    /// one.
    pub fn any<'a>(&self, object: &'a Object, holds: &mut dyn FnMut(&'a Value) -> bool) -> bool {
        let Some(value) = self.attribute_of(object) else { return false };
        let mut meets = |element: &'a Value, listed: bool| {
            let chosen = self.filter.as_ref().is_none_or(|filter| {
                let apt = listed || matches!(element, Value::Object(_));
                apt && filter.chooses(element)
            });
            chosen
                && match (&self.sub_attribute, element) {
                    (None, _) => holds(element),
                    (Some(sub), Value::Object(parts)) => parts.get(sub).is_some_and(&mut *holds),
                    // In a list without parts `value` is the element itself.
                    (Some(sub), _) => listed && sub.eq_ignore_ascii_case("value") && holds(element),
                }
        };
        match value {
            Value::List(items) => items.iter().any(|item| meets(item, true)),
            value => meets(value, false),
        }
    }

    /// Puts a value at the path and creates what is missing: parents, and the filtered element with
    /// the filter's own values. `false` when the filter does not define an element.
    pub fn set(&self, object: &mut Object, value: Value) -> bool {
        let parent = match &self.schema {
            Some(schema) if !is_core(schema) => object_under(object, schema),
            _ => object,
        };
        if self.attribute.is_empty() {
            if let Value::Object(parts) = value {
                *parent = parts;
            }
            return true;
        }
        match (&self.filter, &self.sub_attribute) {
            (None, None) => {
                parent.insert(self.attribute.clone(), value);
                true
            }
            (None, Some(sub)) => set_sub(parent, &self.attribute, sub, value),
            (Some(filter), sub) => {
                set_elements(parent, &self.attribute, filter, sub.as_deref(), value)
            }
        }
    }

    /// Removes every value at the path and returns the first.
    pub fn remove(&self, object: &mut Object) -> Option<Value> {
        let parent = match &self.schema {
            Some(schema) if self.attribute.is_empty() => return object.remove(schema),
            Some(schema) if !is_core(schema) => object.get_mut(schema)?.as_object_mut()?,
            _ => object,
        };
        if self.is_plain() {
            return parent.remove(&self.attribute);
        }
        let mut removed = None;
        let mut strip = |element: &mut Value| {
            if self.filter.as_ref().is_some_and(|filter| !filter.chooses(element)) {
                return true;
            }
            let Value::Object(parts) = element else {
                removed = removed
                    .take()
                    .or_else(|| self.filter.as_ref().map(|_| std::mem::take(element)));
                return self.filter.is_none();
            };
            let gone = match &self.sub_attribute {
                Some(sub) => parts.remove(sub),
                None => Some(Value::Object(std::mem::take(parts))),
            };
            removed = removed.take().or(gone);
            self.sub_attribute.is_some()
        };
        match parent.get_mut(&self.attribute)? {
            Value::List(items) => items.retain_mut(strip),
            value @ Value::Object(_) => {
                strip(value);
            }
            _ => {}
        }
        removed
    }

    /// Appends the names under which [`Path::find`] looks at the top of a resource.
    pub fn names(&self, names: &mut Vec<String>) {
        names.push(self.attribute.clone());
        if let Some(schema) = &self.schema {
            names.push(schema.clone());
            names.push(format!("{schema}:{}", self.attribute));
        }
    }

    /// Whether the path has neither a filter nor a sub-attribute.
    pub fn is_plain(&self) -> bool {
        self.filter.is_none() && self.sub_attribute.is_none()
    }

    /// Whether the path's values are compared exactly: the `caseExact` attributes of RFC 7643 3.1
    /// and 2.4.
    pub fn is_case_exact(&self) -> bool {
        let name = self.sub_attribute.as_deref().unwrap_or(&self.attribute);
        self.case_exact
            || ["id", "externalId", "$ref", "location", "version", "resourceType"]
                .iter()
                .any(|exact| exact.eq_ignore_ascii_case(name))
    }

    /// Returns the value of the attribute itself, before filter and sub-attribute.
    fn attribute_of<'a>(&self, object: &'a Object) -> Option<&'a Value> {
        let Some(schema) = &self.schema else { return object.get(&self.attribute) };
        if self.attribute.is_empty() {
            return object.get(schema);
        }
        match object.get(schema) {
            Some(Value::Object(extension)) => extension.get(&self.attribute),
            _ if is_core(schema) => object.get(&self.attribute),
            // The whole path may be the URN of an unknown extension: the last colon then belongs to
            // the URN.
            _ if self.is_plain() => object.get(&format!("{schema}:{}", self.attribute)),
            _ => None,
        }
    }
}

/// Whether a schema is a core schema, whose attributes are at the top of a resource.
pub(super) fn is_core(schema: &str) -> bool {
    schema.eq_ignore_ascii_case(urn::USER) || schema.eq_ignore_ascii_case(urn::GROUP)
}

fn object_under<'a>(object: &'a mut Object, name: &str) -> &'a mut Object {
    if !matches!(object.get(name), Some(Value::Object(_))) {
        object.insert(name.to_owned(), Object::new());
    }
    object.get_mut(name).and_then(Value::as_object_mut).expect("an object was just put there")
}

fn set_sub(parent: &mut Object, attribute: &str, sub: &str, value: Value) -> bool {
    if let Some(Value::List(items)) = parent.get_mut(attribute) {
        for element in items.iter_mut().filter_map(Value::as_object_mut) {
            element.insert(sub.to_owned(), value.clone());
        }
        return true;
    }
    object_under(parent, attribute).insert(sub.to_owned(), value);
    true
}

fn set_elements(
    parent: &mut Object,
    attribute: &str,
    filter: &Filter,
    sub: Option<&str>,
    value: Value,
) -> bool {
    if !matches!(parent.get(attribute), Some(Value::List(_))) {
        parent.insert(attribute.to_owned(), Vec::new());
    }
    let items =
        parent.get_mut(attribute).and_then(Value::as_list_mut).expect("a list was just put there");
    let mut met = false;
    for element in items.iter_mut() {
        if !filter.chooses(element) {
            continue;
        }
        met = true;
        set_element(element, sub, value.clone());
    }
    if met {
        return true;
    }
    let Some(mut element) = new_element(filter) else { return false };
    set_element(&mut element, sub, value);
    items.push(element);
    true
}

fn set_element(element: &mut Value, sub: Option<&str>, value: Value) {
    match (element, sub, value) {
        (Value::Object(parts), Some(sub), value) => {
            parts.insert(sub.to_owned(), value);
        }
        (Value::Object(parts), None, Value::Object(new)) => {
            for (name, value) in new {
                parts.insert(name, value);
            }
        }
        (element, _, value) => *element = value,
    }
}

/// Makes an element that meets a filter made of `eq` alone, from the filter's own values (B15).
pub(super) fn new_element(filter: &Filter) -> Option<Value> {
    let mut element = Object::new();
    for (name, value) in filter.own_values()? {
        // Two values for one name cannot both hold.
        if element.insert(name.to_owned(), value.clone()).is_some() {
            return None;
        }
    }
    Some(Value::Object(element))
}
