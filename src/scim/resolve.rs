//! Checks a filter against a schema: whether its attributes exist, whether their types allow the
//! comparisons, and whether case matters (RFC 7644 3.4.2.2, RFC 7643 7).

use super::error::{Error, ScimType};
use super::filter::{Filter, Operator};
use super::parse::shorten;
use super::path::Path;
use super::schema::{Attribute, Kind, ResourceType, Returned, SchemaPath};
use super::value::Value;
use crate::base::Time;

/// Notes in every path of a filter whether case matters; `exact_names` makes it matter for
/// `userName` too.
///
/// # Errors
/// 400 `invalidFilter` for an unknown attribute, and for a comparison its type does not allow. The
/// filter can still be used after an error.
pub fn resolve_types(
    filter: &mut Filter,
    kind: &ResourceType,
    exact_names: bool,
) -> Result<(), Error> {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => {
            // All parts are resolved, even when one has an error.
            parts
                .iter_mut()
                .map(|part| resolve_types(part, kind, exact_names))
                .fold(Ok(()), Result::and)
        }
        Filter::Not(inner) => resolve_types(inner, kind, exact_names),
        Filter::Present(path) => leaf(path, kind).map(|_| ()),
        Filter::Compare(path, operator, wanted) => {
            if exact_names && path.is_plain() && path.attribute.eq_ignore_ascii_case("userName") {
                path.case_exact = true;
                return Ok(());
            }
            match leaf(path, kind)? {
                Some(attribute) => {
                    path.case_exact = attribute.case_exact;
                    allowed(attribute, *operator, path, wanted)
                }
                None => allowed_without_attribute(path, *operator, wanted),
            }
        }
    }
}

/// Whether case matters when sorting by this path.
///
/// # Errors
/// 400 `invalidPath` for an unknown attribute.
pub fn resolve_path(path: &Path, kind: &ResourceType) -> Result<bool, Error> {
    let mut path = path.clone();
    match leaf(&mut path, kind) {
        Ok(attribute) => {
            Ok(attribute.map_or(path.is_case_exact(), |attribute| attribute.case_exact))
        }
        Err(error) => Err(Error::of(ScimType::InvalidPath, error.detail)),
    }
}

/// Returns the attribute that a path names; `None` for the protocol's own attributes (`schemas`,
/// `id`, `meta`), for whole extensions, and for a complex attribute without a `value`.
fn leaf<'a>(path: &mut Path, kind: &'a ResourceType) -> Result<Option<&'a Attribute>, Error> {
    let attribute = match kind.meant(path) {
        SchemaPath::Core(attribute) => attribute,
        SchemaPath::Extension(extension, attribute) => {
            path.schema.get_or_insert_with(|| extension.id.to_string());
            attribute
        }
        SchemaPath::WholeExtension(_) | SchemaPath::Protocol => return Ok(None),
        SchemaPath::Unknown => {
            return refused(format!(
                "`{}` is not an attribute of {}",
                shorten(&path.to_string()),
                kind.name
            ));
        }
    };
    if attribute.returned == Returned::Never {
        return refused(format!("`{}` cannot be searched", attribute.name));
    }
    if let Some(inner) = &mut path.filter {
        resolve_types_within(inner, attribute)?;
    }
    match &path.sub_attribute {
        None if attribute.sub.is_empty() => Ok(Some(attribute)),
        // A complex attribute is compared by its `value`.
        None => Ok(attribute.part("value")),
        Some(name) => match attribute.element_part(name) {
            Some(part) => Ok(Some(part)),
            None => refused(format!("`{}` has no part `{}`", attribute.name, shorten(name))),
        },
    }
}

/// As [`resolve_types`], for the filter in brackets after an attribute.
///
/// # Errors
/// 400 `invalidFilter`, as [`resolve_types`].
pub fn resolve_types_within(filter: &mut Filter, attribute: &Attribute) -> Result<(), Error> {
    let plain = |path: &Path| path.is_plain() && path.schema.is_none();
    let part = |path: &Path| match attribute.element_part(&path.attribute).filter(|_| plain(path)) {
        Some(part) => Ok(part),
        None => {
            refused(format!("`{}` has no part `{}`", attribute.name, shorten(&path.to_string())))
        }
    };
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts
            .iter_mut()
            .map(|inner| resolve_types_within(inner, attribute))
            .fold(Ok(()), Result::and),
        Filter::Not(inner) => resolve_types_within(inner, attribute),
        Filter::Present(path) => part(path).map(|_| ()),
        Filter::Compare(path, operator, wanted) => {
            let part = part(path)?;
            path.case_exact = part.case_exact;
            allowed(part, *operator, path, wanted)
        }
    }
}

/// Refuses a comparison that is not possible with the protocol's own attributes, with a whole
/// extension, or with a complex attribute that has no `value`.
fn allowed_without_attribute(path: &Path, operator: Operator, wanted: &Value) -> Result<(), Error> {
    let is = |name: &str| path.attribute.eq_ignore_ascii_case(name);
    let part = path.sub_attribute.as_deref().unwrap_or_default();
    let instant = ["created", "lastModified"].iter().any(|it| it.eq_ignore_ascii_case(part));
    match () {
        // `eq null` asks whether there is a value (RFC 7643 2.5).
        () if *wanted == Value::Null => Ok(()),
        () if is("id") || is("schemas") => Ok(()),
        () if is("meta") && instant && !by_letters(operator) => fits_instant(path, wanted),
        () if is("meta") && !part.is_empty() => Ok(()),
        () => refused(format!("`{}` has no value to compare", shorten(&path.to_string()))),
    }
}

/// Whether an operator searches within a text.
fn by_letters(operator: Operator) -> bool {
    matches!(operator, Operator::Co | Operator::Sw | Operator::Ew)
}

fn fits_instant(path: &Path, wanted: &Value) -> Result<(), Error> {
    match wanted.as_text().is_some_and(|text| Time::parse(text).is_some()) {
        true => Ok(()),
        false => refused(format!("`{}` is compared with a date-time", shorten(&path.to_string()))),
    }
}

fn allowed(
    attribute: &Attribute,
    operator: Operator,
    path: &Path,
    wanted: &Value,
) -> Result<(), Error> {
    use Operator::{Co, Eq, Ew, Ge, Gt, Le, Lt, Ne, Sw};
    let fits = match (attribute.kind, operator) {
        (_, Eq | Ne) => true,
        // RFC 7644 3.4.2.2, table 3
        (Kind::Boolean | Kind::Binary, Gt | Ge | Lt | Le) => false,
        (Kind::Boolean | Kind::Decimal | Kind::Integer, Co | Sw | Ew) => false,
        _ => true,
    };
    if !fits {
        let word = operator.word();
        return refused(format!("`{}` cannot be compared by {word}", shorten(&path.to_string())));
    }
    // RFC 7644 3.12, table 9: a comparison that cannot be made is refused.
    match (attribute.kind, wanted) {
        (_, Value::Null) => Ok(()),
        (Kind::DateTime, _) if !by_letters(operator) => fits_instant(path, wanted),
        (Kind::Boolean, _) if wanted.as_bool().is_none() => {
            refused(format!("`{}` is true or false", shorten(&path.to_string())))
        }
        (Kind::Integer | Kind::Decimal, Value::Text(_) | Value::Bool(_))
            if matches!(operator, Eq | Ne) =>
        {
            refused(format!("`{}` is a number", shorten(&path.to_string())))
        }
        _ => Ok(()),
    }
}

fn refused<T>(detail: String) -> Result<T, Error> {
    Err(Error::of(ScimType::InvalidFilter, detail))
}
