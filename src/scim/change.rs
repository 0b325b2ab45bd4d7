//! Carries out one PATCH operation at one attribute: `add`, `replace` or `remove`, with or without
//! a filter (RFC 7644 3.5.2.1-3).

use std::collections::BTreeMap;

use super::error::{Error, ScimType};
use super::filter::Filter;
use super::parse::shorten;
use super::path::{Path, new_element};
use super::schema::{Attribute, Kind, Mutability, Unknown};
use super::shape::{Rules, absorb, fit, fit_one, identity, same_identity};
use super::value::{Object, Value};
use super::work::{COMPARISON, Work};

/// What an operation does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Op {
    /// Adds to a list, sets a single value.
    Add,
    /// Replaces.
    Replace,
    /// Removes.
    Remove,
}

impl Op {
    /// The operation's word in lower case.
    pub fn word(self) -> &'static str {
        match self {
            Op::Add => "add",
            Op::Replace => "replace",
            Op::Remove => "remove",
        }
    }

    /// Returns the operation that a word stands for.
    pub(super) fn read(word: &str, rules: Rules) -> Option<Op> {
        let same = |op: &Op| {
            op.word() == word || (!rules.strict_op_case && op.word().eq_ignore_ascii_case(word))
        };
        [Op::Replace, Op::Add, Op::Remove].into_iter().find(same)
    }
}

/// An operation on its way to an attribute.
#[derive(Clone, Copy)]
pub(super) struct Change<'a> {
    pub(super) op: Op,
    pub(super) path: &'a Path,
    pub(super) rules: Rules,
    /// Whether the request wrote it as a `path`, and not as a key of a value without a path.
    pub(super) explicit: bool,
}

impl Change<'_> {
    /// Carries out the change; `parent` is the resource or the extension that holds the attribute.
    pub(super) fn at(
        self,
        parent: &mut Object,
        attribute: &Attribute,
        unknown: Unknown,
        value: Value,
        work: &mut Work,
    ) -> Result<(), Error> {
        let part = match self.part(attribute, unknown)? {
            Some(part) => part,
            None => return Ok(()),
        };
        match (&self.path.filter, part) {
            (Some(_), _) if !attribute.multi_valued => Err(Error::of(
                ScimType::InvalidPath,
                format!("`{}` is no list to filter", attribute.name),
            )),
            (Some(filter), part) => self.elements(parent, attribute, filter, part, value, work),
            (None, Some(part)) => self.sub_attribute(parent, attribute, part, value, work),
            (None, None) => self.whole(parent, attribute, value, work),
        }
    }

    /// Finds the part that the path names: `Some(None)` when it names none, `None` when the part is
    /// unknown and must be ignored.
    fn part(
        self,
        attribute: &Attribute,
        unknown: Unknown,
    ) -> Result<Option<Option<&Attribute>>, Error> {
        let Some(sub) = &self.path.sub_attribute else { return Ok(Some(None)) };
        // `tags[value eq "x"].value`
        if self.path.filter.is_some()
            && attribute.part(sub).is_none()
            && attribute.element_part(sub).is_some()
        {
            return Ok(Some(None));
        }
        match (attribute.part(sub), unknown) {
            (Some(part), _) if part.mutability == Mutability::ReadOnly && self.explicit => {
                read_only(&format!("{}.{}", attribute.name, part.name))
            }
            (Some(part), _) if part.mutability == Mutability::ReadOnly => Ok(None),
            (Some(part), _)
                if part.mutability == Mutability::Immutable
                    && attribute.multi_valued
                    && self.op != Op::Add =>
            {
                set_once(&format!("{}.{}", attribute.name, part.name))
            }
            // RFC 7644 3.5.2.2
            (Some(part), _) if part.required && self.op == Op::Remove => {
                let detail = format!("`{}.{}` is required", attribute.name, part.name);
                Err(Error::of(ScimType::Mutability, detail))
            }
            (Some(part), _) => Ok(Some(Some(part))),
            (None, Unknown::Ignore) if attribute.kind == Kind::Complex => Ok(None),
            (None, _) => {
                let detail = format!("`{}` has no part `{}`", attribute.name, shorten(sub));
                Err(Error::of(ScimType::InvalidPath, detail))
            }
        }
    }

    /// Changes the whole attribute.
    fn whole(
        self,
        parent: &mut Object,
        attribute: &Attribute,
        value: Value,
        work: &mut Work,
    ) -> Result<(), Error> {
        if self.op == Op::Remove {
            return self.remove_whole(parent, attribute, value, work);
        }
        match (fit(attribute, value, self.rules)?, parent.get_mut(&attribute.name)) {
            // Null and an empty list mean "no value" (RFC 7643 2.5). `replace` then removes the
            // attribute, and so does `add` to a single value; `add` to a list changes nothing.
            (Value::Null, Some(_)) if self.op == Op::Replace || !attribute.multi_valued => {
                remove_attribute(parent, attribute)
            }
            (Value::Null, _) => Ok(()),
            // A complex value names the parts to change; the others stay (RFC 7644 3.5.2.1,
            // 3.5.2.3).
            (Value::Object(parts), Some(Value::Object(stored))) => {
                forget_address(stored, parts.get("value"));
                merge(stored, parts);
                Ok(())
            }
            (Value::List(items), Some(Value::List(stored))) if self.op == Op::Add => {
                add_items(stored, items, work)
            }
            (value, _) => {
                parent.insert(attribute.name.clone(), value);
                Ok(())
            }
        }
    }

    /// Removes the attribute, or only the listed values of it, as the classic dialect asks.
    fn remove_whole(
        self,
        parent: &mut Object,
        attribute: &Attribute,
        value: Value,
        work: &mut Work,
    ) -> Result<(), Error> {
        if !attribute.multi_valued || value == Value::Null {
            return remove_attribute(parent, attribute);
        }
        let listed = match fit(attribute, value, self.rules)? {
            Value::List(listed) => listed,
            _ => return Ok(()),
        };
        if let Some(Value::List(stored)) = parent.get_mut(&attribute.name) {
            let long: usize = stored.iter().map(|item| COMPARISON + length(item)).sum();
            work.spend(long, listed.len())?;
            stored.retain(|item| !listed.iter().any(|other| same_element(item, other)));
        }
        Ok(())
    }

    /// Changes a part of the attribute; in a list, the part of every element.
    fn sub_attribute(
        self,
        parent: &mut Object,
        attribute: &Attribute,
        part: &Attribute,
        value: Value,
        work: &mut Work,
    ) -> Result<(), Error> {
        let value = self.fit_part(part, value)?;
        if let Some(Value::List(items)) = parent.get_mut(&attribute.name) {
            work.spend(items.len(), weight(&value))?;
            for parts in items.iter_mut().filter_map(Value::as_object_mut) {
                put(parts, part, value.clone());
            }
            return Ok(());
        }
        match parent.get_mut(&attribute.name) {
            Some(Value::Object(parts))
                if value == Value::Null
                    && part.mutability == Mutability::Immutable
                    && parts.get(&part.name).is_some() =>
            {
                return set_once(&format!("{}.{}", attribute.name, part.name));
            }
            Some(Value::Object(parts)) => {
                forget_address(parts, Some(&value).filter(|_| part.name == "value"));
                put(parts, part, value);
            }
            _ if value == Value::Null => {}
            _ => {
                let parts = Value::Object(Object::from_iter([(part.name.clone(), value)]));
                let whole = if attribute.multi_valued { Value::List(vec![parts]) } else { parts };
                parent.insert(attribute.name.clone(), whole);
            }
        }
        Ok(())
    }

    /// Changes the elements that meet a filter, or a part of these elements.
    fn elements(
        self,
        parent: &mut Object,
        attribute: &Attribute,
        filter: &Filter,
        part: Option<&Attribute>,
        value: Value,
        work: &mut Work,
    ) -> Result<(), Error> {
        let value = match part {
            Some(part) => self.fit_part(part, value)?,
            None if self.op == Op::Remove => Value::Null,
            None => {
                self.whole_element(attribute, filter, fit_one(attribute, value, self.rules)?)?
            }
        };
        if parent.get(&attribute.name).is_none() {
            parent.insert(attribute.name.clone(), Vec::new());
        }
        let Some(Value::List(items)) = parent.get_mut(&attribute.name) else { return Ok(()) };
        let long: usize = items.iter().map(|item| COMPARISON + length(item)).sum();
        work.spend(long, filter.size())?;
        work.spend(items.len(), filter.length() / 16)?;
        let meets = |item: &Value| filter.chooses(item);
        if self.op == Op::Remove && part.is_none() {
            items.retain(|item| !meets(item));
            return Ok(());
        }
        let met: Vec<usize> = (0..items.len()).filter(|&at| meets(&items[at])).collect();
        if met.is_empty() {
            return self.create_element(items, attribute, filter, part, value);
        }
        work.spend(met.len(), weight(&value))?;
        if let (None, Value::Object(new)) = (part, &value) {
            let stored = met.iter().filter_map(|&at| items[at].as_object());
            stored.clone().try_for_each(|stored| keeps_set_once(attribute, stored, new))?;
        }
        if is_primary(part, &value) {
            withdraw_primary(items);
        }
        for at in met {
            self.change_element(&mut items[at], part, value.clone());
        }
        Ok(())
    }

    fn change_element(self, element: &mut Value, part: Option<&Attribute>, value: Value) {
        match (element, part, value) {
            (Value::Object(parts), Some(part), value) => put(parts, part, value),
            (Value::Object(parts), None, Value::Object(new)) if self.op == Op::Add => {
                merge(parts, new)
            }
            (element, _, value) => *element = value,
        }
    }

    /// Returns the value that replaces an element. It keeps the filter's own values unless it sets
    /// others: otherwise the same request, sent again, would not find the element and would add
    /// another one.
    fn whole_element(
        self,
        attribute: &Attribute,
        filter: &Filter,
        value: Value,
    ) -> Result<Value, Error> {
        match (value, own_element(attribute, filter, self.rules)?) {
            (Value::Object(value), Some(mut element)) if self.op == Op::Replace => {
                merge(&mut element, value);
                fit_one(attribute, Value::Object(element), self.rules)
            }
            (value, _) => Ok(value),
        }
    }

    /// Creates the element when none met the filter: it gets the filter's own values (B15) and must
    /// then meet the filter.
    fn create_element(
        self,
        items: &mut Vec<Value>,
        attribute: &Attribute,
        filter: &Filter,
        part: Option<&Attribute>,
        value: Value,
    ) -> Result<(), Error> {
        if value == Value::Null {
            return Ok(());
        }
        let own = if self.rules.create_on_filter_miss {
            own_element(attribute, filter, self.rules)?
        } else {
            None
        };
        let mut element = own.map(Value::Object);
        if let Some(element) = &mut element {
            Change { op: Op::Add, ..self }.change_element(element, part, value);
        }
        match element.filter(|element| filter.chooses(element)) {
            Some(element) => {
                if is_primary(None, &element) {
                    withdraw_primary(items);
                }
                items.push(element);
                Ok(())
            }
            None => {
                let detail =
                    format!("nothing meets `{}[{}]`", attribute.name, shorten(&filter.to_string()));
                Err(Error::of(ScimType::NoTarget, detail))
            }
        }
    }

    fn fit_part(self, part: &Attribute, value: Value) -> Result<Value, Error> {
        match self.op {
            Op::Remove => Ok(Value::Null),
            Op::Add | Op::Replace => fit(part, value, self.rules),
        }
    }
}

/// Returns the parts an element must have to meet a filter made of a few `eq`; `None` for any other
/// filter.
fn own_element(
    attribute: &Attribute,
    filter: &Filter,
    rules: Rules,
) -> Result<Option<Object>, Error> {
    let Some(own) = new_element(filter) else { return Ok(None) };
    Ok(match fit_one(attribute, own, rules)? {
        Value::Object(parts) => Some(parts),
        _ => Some(Object::new()),
    })
}

pub(super) fn read_only<T>(name: &str) -> Result<T, Error> {
    Err(Error::of(ScimType::Mutability, format!("`{}` is set by the server alone", shorten(name))))
}

fn set_once<T>(name: &str) -> Result<T, Error> {
    Err(Error::of(ScimType::Mutability, format!("`{name}` was set and cannot be changed")))
}

/// Refuses a value that would change a part which can be set only once, just as a path to that part
/// is refused.
fn keeps_set_once(attribute: &Attribute, stored: &Object, new: &Object) -> Result<(), Error> {
    let changed = |part: &&Attribute| {
        part.mutability == Mutability::Immutable
            && stored
                .get(&part.name)
                .is_some_and(|old| new.get(&part.name).is_some_and(|value| value != old))
    };
    match attribute.sub.iter().find(changed) {
        Some(part) => set_once(&format!("{}.{}", attribute.name, part.name)),
        None => Ok(()),
    }
}

pub(super) fn remove_attribute(parent: &mut Object, attribute: &Attribute) -> Result<(), Error> {
    if attribute.mutability == Mutability::Immutable && parent.get(&attribute.name).is_some() {
        return set_once(&attribute.name);
    }
    if let Some(Value::Object(parts)) = parent.get(&attribute.name)
        && let Some(part) = attribute
            .sub
            .iter()
            .find(|it| it.mutability == Mutability::Immutable && parts.get(&it.name).is_some())
    {
        return set_once(&format!("{}.{}", attribute.name, part.name));
    }
    if attribute.required {
        // RFC 7644 3.5.2.2
        return Err(Error::of(ScimType::Mutability, format!("`{}` is required", attribute.name)));
    }
    parent.remove(&attribute.name);
    Ok(())
}

/// How many elements are looked for one by one; of more an index is made first.
const FEW: usize = 8;

/// Adds the items that are not in the list yet; a new primary item takes the mark from the others
/// (RFC 7644 3.5.2.1).
fn add_items(stored: &mut Vec<Value>, items: Vec<Value>, work: &mut Work) -> Result<(), Error> {
    if items.iter().filter(|item| is_primary(None, item)).count() > 1 {
        return Err(Error::of(ScimType::InvalidValue, "only one of the values can be primary"));
    }
    let mut places = Places::of(stored, items.len(), work)?;
    for item in items {
        let there = places.find(stored, &item, work)?;
        let is_new = there.is_none_or(|at| !is_primary(None, &stored[at]));
        if is_primary(None, &item) && is_new {
            withdraw_primary(stored);
        }
        match there {
            // An element that is there already is not added again (RFC 7644 3.5.2.1).
            Some(at) => absorb(&mut stored[at], item),
            None => {
                places.note(&item, stored.len());
                stored.push(item);
            }
        }
    }
    Ok(())
}

/// Where the elements of a list are, by what makes them the same; `None` when few are looked for,
/// so that the list is walked instead.
struct Places(Option<BTreeMap<(String, String), usize>>);

impl Places {
    fn of(stored: &[Value], looked_for: usize, work: &mut Work) -> Result<Places, Error> {
        if looked_for <= FEW {
            return Ok(Places(None));
        }
        work.spend(stored.len() + looked_for, 4 * COMPARISON)?;
        let mut places = Places(Some(BTreeMap::new()));
        stored.iter().enumerate().for_each(|(at, item)| places.note(item, at));
        Ok(places)
    }

    fn find(
        &self,
        stored: &[Value],
        item: &Value,
        work: &mut Work,
    ) -> Result<Option<usize>, Error> {
        if let (Places(Some(places)), Some(key)) = (self, identity(item)) {
            return Ok(places.get(&key).copied());
        }
        work.spend(stored.len(), COMPARISON / 2)?;
        Ok(stored.iter().position(|other| same_identity(other, item)))
    }

    fn note(&mut self, item: &Value, at: usize) {
        if let (Some(places), Some(key)) = (&mut self.0, identity(item)) {
            places.entry(key).or_insert(at);
        }
    }
}

fn is_primary(part: Option<&Attribute>, value: &Value) -> bool {
    match part {
        Some(part) => part.name == "primary" && *value == Value::Bool(true),
        None => {
            value.as_object().is_some_and(|parts| parts.get("primary") == Some(&Value::Bool(true)))
        }
    }
}

fn withdraw_primary(items: &mut [Value]) {
    for primary in items.iter_mut().filter_map(|item| item.as_object_mut()?.get_mut("primary")) {
        *primary = Value::Bool(false);
    }
}

/// Whether two elements are the same: by their `value` when both have one.
fn same_element(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => match (a.get("value"), b.get("value")) {
            (Some(a), Some(b)) => a == b,
            _ => a == b,
        },
        _ => a == b,
    }
}

fn put(parts: &mut Object, part: &Attribute, value: Value) {
    match value {
        Value::Null => {
            parts.remove(&part.name);
        }
        value => {
            parts.insert(part.name.clone(), value);
        }
    }
}

/// Removes the `$ref` when `value` changes: the old address belongs to another resource.
fn forget_address(stored: &mut Object, value: Option<&Value>) {
    if value.is_some() && value != stored.get("value") {
        stored.remove("$ref");
    }
}

fn merge(stored: &mut Object, parts: Object) {
    for (name, value) in parts {
        stored.insert(name, value);
    }
}

/// What the texts of an element add to the cost of comparing it, in values touched. Letters beyond
/// ASCII are folded one by one.
fn length(element: &Value) -> usize {
    match element {
        Value::Text(text) if text.is_ascii() => text.len() / 16,
        Value::Text(text) => text.len(),
        Value::List(items) => items.iter().map(length).sum(),
        Value::Object(parts) => parts.iter().map(|(_, value)| length(value)).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

/// Counts the values in a value at every depth; text counts by its length.
fn weight(value: &Value) -> usize {
    match value {
        Value::Text(text) => 1 + text.len() / 16,
        Value::List(items) => 1 + items.iter().map(weight).sum::<usize>(),
        Value::Object(parts) => 1 + parts.iter().map(|(_, value)| weight(value)).sum::<usize>(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 1,
    }
}
