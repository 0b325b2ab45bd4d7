//! Change requests (RFC 7644 3.5.2), in both dialects of the vendor's client [scim-dev].
//!
//! Lenient in: op words in any case, text for booleans, a value without path whose keys are dotted
//! or carry a URN, and a filtered path that creates its element. `change.rs` carries out an
//! operation at one attribute.

pub use super::change::Op;
use super::change::{Change, read_only, remove_attribute};
use super::error::{Error, ScimType};
use super::parse::shorten;
use super::path::{Path, is_core};
use super::resolve::resolve_types_within;
use super::schema::{Attribute, Mutability, ResourceType, Schema, SchemaPath, Unknown};
use super::shape::{DottedKeys, Rules};
use super::urn;
use super::value::{Object, Value};
pub use super::work::Work;

/// One operation.
#[derive(Clone, PartialEq, Debug)]
pub struct Operation {
    /// What it does.
    pub op: Op,
    /// The path; `None` when the keys of the value name the attributes.
    pub path: Option<Path>,
    /// The value; `null` when the request has none.
    pub value: Value,
}

impl Operation {
    /// Makes an operation of these parts.
    ///
    /// # Errors
    /// 400 `noTarget` or `invalidValue` when one is missing.
    pub(super) fn of(op: Op, path: Option<Path>, value: Option<Value>) -> Result<Operation, Error> {
        // A path that is the core schema's URN alone means the whole resource, as an extension's
        // URN means the whole extension.
        let path = path.filter(|path| {
            !(path.attribute.is_empty() && path.schema.as_deref().is_some_and(is_core))
        });
        match (op, &path, &value) {
            (Op::Remove, None, _) => Err(Error::of(ScimType::NoTarget, "a removal needs a path")),
            (Op::Remove, Some(_), _)
            | (_, Some(_), Some(_))
            | (_, None, Some(Value::Object(_))) => {
                Ok(Operation { op, path, value: value.unwrap_or_default() })
            }
            (_, _, None) => {
                Err(Error::of(ScimType::InvalidValue, format!("`{}` needs a value", op.word())))
            }
            (_, None, Some(_)) => {
                Err(Error::of(ScimType::InvalidValue, "a value without path is an object"))
            }
        }
    }
}

/// A change request.
#[derive(Clone, PartialEq, Debug)]
pub struct PatchRequest {
    /// Its operations, carried out in order, all or none.
    pub operations: Vec<Operation>,
}

/// The change request that a JSON object holds, or why it holds none.
pub type Read = Result<PatchRequest, Error>;

impl PatchRequest {
    /// Reads a body. A fault of the request in it is returned as a value, because the server
    /// reports some other errors first.
    ///
    /// # Errors
    /// 400 `invalidSyntax` when the body is not a JSON object.
    pub fn read(bytes: &[u8], rules: Rules) -> Result<Read, Error> {
        Object::parse(bytes).map(|body| PatchRequest::parse(body, rules))
    }

    /// Reads a change request. An empty list of operations is allowed and changes nothing: the
    /// vendor's validator sends it.
    ///
    /// # Errors
    /// 400 with `invalidSyntax`, `invalidPath`, `invalidValue` or `noTarget`.
    pub fn parse(mut body: Object, rules: Rules) -> Result<PatchRequest, Error> {
        if let Some(Value::List(schemas)) = body.get("schemas") {
            let named = |urn: &Value| {
                urn.as_text().is_some_and(|urn| urn.eq_ignore_ascii_case(urn::PATCH_OP))
            };
            if !schemas.iter().any(named) {
                return syntax(format!("`schemas` does not name {}", urn::PATCH_OP));
            }
        }
        match body.take("Operations") {
            Some(Value::List(operations)) => {
                let operations =
                    operations.into_iter().map(|operation| read_operation(operation, rules));
                Ok(PatchRequest { operations: operations.collect::<Result<_, _>>()? })
            }
            _ => syntax("`Operations` is a list of operations".to_owned()),
        }
    }

    /// Carries the operations out, in order. After an error the resource is half changed and must
    /// be dropped.
    ///
    /// # Errors
    /// 400 with the reason of RFC 7644 3.5.2; 413 when the operations touch too many values.
    pub fn apply(
        self,
        resource: &mut Object,
        kind: &ResourceType,
        rules: Rules,
    ) -> Result<(), Error> {
        self.apply_within(resource, kind, rules, &mut Work::default())
    }

    /// As [`PatchRequest::apply`], for one of several requests that share the budget `work`.
    ///
    /// # Errors
    /// As [`PatchRequest::apply`].
    pub fn apply_within(
        self,
        resource: &mut Object,
        kind: &ResourceType,
        rules: Rules,
        work: &mut Work,
    ) -> Result<(), Error> {
        for operation in self.operations {
            let op = operation.op;
            match operation.path {
                Some(mut path) => {
                    apply_path(resource, kind, (op, &mut path, true), operation.value, rules, work)?
                }
                None => apply_whole(resource, kind, op, operation.value, rules, work)?,
            }
        }
        Ok(())
    }
}

fn read_operation(operation: Value, rules: Rules) -> Result<Operation, Error> {
    let Value::Object(mut operation) = operation else {
        return syntax("an operation is an object".to_owned());
    };
    let op = read_op(operation.get("op"), rules)?;
    let path = match operation.get("path") {
        None | Some(Value::Null) => None,
        Some(Value::Text(text)) if text.is_empty() => None,
        Some(Value::Text(text)) => Some(Path::parse(text).map_err(|why| {
            Error::of(
                ScimType::InvalidPath,
                format!("cannot read the path `{}`: {why}", shorten(text)),
            )
        })?),
        Some(_) => return Err(Error::of(ScimType::InvalidPath, "`path` is a string")),
    };
    Operation::of(op, path, operation.take("value"))
}

fn read_op(word: Option<&Value>, rules: Rules) -> Result<Op, Error> {
    let Some(Value::Text(word)) = word else {
        return syntax("an operation needs an `op`".to_owned());
    };
    match Op::read(word, rules) {
        Some(op) => Ok(op),
        None => {
            syntax(format!("unknown op `{}`; it is one of add, replace, remove", shorten(word)))
        }
    }
}

/// Carries out an operation without a path: every key of its value is a path.
fn apply_whole(
    resource: &mut Object,
    kind: &ResourceType,
    op: Op,
    value: Value,
    rules: Rules,
    work: &mut Work,
) -> Result<(), Error> {
    let Value::Object(values) = value else { return Ok(()) };
    for (key, value) in values {
        let mut path = match Path::parse(&key) {
            Ok(path) => path,
            Err(_) if kind.unknown == Unknown::Ignore => continue,
            Err(why) => {
                let detail = format!("cannot read the key `{}`: {why}", shorten(&key));
                return Err(Error::of(ScimType::InvalidPath, detail));
            }
        };
        let dotted = path.sub_attribute.is_some()
            || !matches!(kind.place(&path), SchemaPath::Core(_) | SchemaPath::WholeExtension(_));
        match rules.dotted_keys {
            DottedKeys::Ignore if dotted => {}
            DottedKeys::Literal
                if dotted
                    && !matches!(kind.place(&path), SchemaPath::Unknown | SchemaPath::Protocol) =>
            {
                resource.insert(key, value);
            }
            _ => apply_path(resource, kind, (op, &mut path, false), value, rules, work)?,
        }
    }
    Ok(())
}

/// Carries out an operation at a path, once its filter is known to fit the schema.
fn apply_path(
    resource: &mut Object,
    kind: &ResourceType,
    (op, path, explicit): (Op, &mut Path, bool),
    value: Value,
    rules: Rules,
    work: &mut Work,
) -> Result<(), Error> {
    if path.filter.is_some()
        && let SchemaPath::Core(attribute) | SchemaPath::Extension(_, attribute) = kind.meant(path)
        && let Some(filter) = &mut path.filter
    {
        match resolve_types_within(filter, attribute) {
            // A filter on a part that is not stored meets no element.
            Err(_) if kind.unknown == Unknown::Ignore => return Ok(()),
            settled => settled?,
        }
    }
    apply_at(resource, kind, Change { op, path, rules, explicit }, value, work)
}

/// Carries out an operation at a path.
fn apply_at(
    resource: &mut Object,
    kind: &ResourceType,
    change: Change<'_>,
    value: Value,
    work: &mut Work,
) -> Result<(), Error> {
    let path = change.path;
    let (attribute, extension) = match kind.meant(path) {
        SchemaPath::Core(attribute) => (attribute, None),
        SchemaPath::Extension(extension, attribute) => (attribute, Some(extension)),
        SchemaPath::WholeExtension(extension) => {
            return apply_extension(resource, extension, kind, change, value, work);
        }
        SchemaPath::Protocol if !change.explicit => return Ok(()),
        SchemaPath::Protocol => return read_only(&path.to_string()),
        SchemaPath::Unknown if kind.unknown == Unknown::Ignore => return Ok(()),
        SchemaPath::Unknown => {
            let detail =
                format!("`{}` is not an attribute of {}", shorten(&path.to_string()), kind.name);
            return Err(Error::of(ScimType::InvalidPath, detail));
        }
    };
    if attribute.mutability == Mutability::ReadOnly {
        return read_only(&path.to_string());
    }
    let parent = match extension {
        None => resource,
        Some(extension) => part_of(resource, extension),
    };
    change.at(parent, attribute, kind.unknown, value, work)
}

/// Carries out an operation on a whole extension: its value's keys are the extension's attributes.
fn apply_extension(
    resource: &mut Object,
    extension: &Schema,
    kind: &ResourceType,
    change: Change<'_>,
    value: Value,
    work: &mut Work,
) -> Result<(), Error> {
    let values = match value {
        // Null means that the extension has no value (RFC 7643 2.5).
        value if change.op == Op::Remove || value == Value::Null => {
            if let Some(Value::Object(parts)) = resource.get_mut(&extension.id) {
                let held = |it: &&Attribute| parts.get(&it.name).is_some();
                let held: Vec<&Attribute> = extension.attributes.iter().filter(held).collect();
                held.into_iter().try_for_each(|attribute| remove_attribute(parts, attribute))?;
            }
            resource.remove(&extension.id);
            return Ok(());
        }
        Value::Object(values) => values,
        _ => {
            return Err(Error::of(
                ScimType::InvalidValue,
                format!("`{}` is an object", extension.id),
            ));
        }
    };
    for (key, value) in values {
        let Some(attribute) = extension.attribute(&key) else { continue };
        if attribute.mutability == Mutability::ReadOnly {
            continue;
        }
        let path = Path {
            schema: Some(extension.id.to_string()),
            attribute: key.into_owned(),
            ..Path::default()
        };
        let change = Change { path: &path, ..change };
        change.at(part_of(resource, extension), attribute, kind.unknown, value, work)?;
    }
    Ok(())
}

fn part_of<'a>(resource: &'a mut Object, extension: &Schema) -> &'a mut Object {
    if !matches!(resource.get(&extension.id), Some(Value::Object(_))) {
        resource.insert(extension.id.clone(), Object::new());
    }
    resource
        .get_mut(&extension.id)
        .and_then(Value::as_object_mut)
        .expect("an object was just put there")
}

fn syntax<T>(detail: String) -> Result<T, Error> {
    Err(Error::of(ScimType::InvalidSyntax, detail))
}
