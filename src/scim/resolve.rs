//! What a schema says of a filter: that its attributes exist, can be compared so, and whether case
//! matters (RFC 7644 3.4.2.2, RFC 7643 7).

use super::error::{Error, ScimType};
use super::filter::{Filter, Operator};
use super::parse::shorten;
use super::path::Path;
use super::schema::{Attribute, Kind, ResourceType, Returned, SchemaPath};

/// Notes in every path of a filter whether case matters; `exact_names` makes it matter for
/// `userName` too.
///
/// # Errors
/// 400 `invalidFilter` for an unknown attribute, and for a comparison its type does not allow. The
/// filter is then usable all the same.
pub fn resolve_types(
    filter: &mut Filter,
    kind: &ResourceType,
    exact_names: bool,
) -> Result<(), Error> {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => {
            // All are settled, even when one is at fault.
            parts
                .iter_mut()
                .map(|part| resolve_types(part, kind, exact_names))
                .fold(Ok(()), Result::and)
        }
        Filter::Not(inner) => resolve_types(inner, kind, exact_names),
        Filter::Present(path) => leaf(path, kind).map(|_| ()),
        Filter::Compare(path, operator, _) => {
            if exact_names && path.is_plain() && path.attribute.eq_ignore_ascii_case("userName") {
                path.case_exact = true;
                return Ok(());
            }
            let Some(attribute) = leaf(path, kind)? else { return Ok(()) };
            path.case_exact = attribute.case_exact;
            allowed(attribute, *operator, path)
        }
    }
}

/// Whether case matters at a path by which one sorts.
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

/// The attribute whose values a path leads to; none for what the protocol keeps and for whole
/// extensions.
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
        Filter::Compare(path, operator, _) => {
            let part = part(path)?;
            path.case_exact = part.case_exact;
            allowed(part, *operator, path)
        }
    }
}

fn allowed(attribute: &Attribute, operator: Operator, path: &Path) -> Result<(), Error> {
    use Operator::{Co, Eq, Ew, Ge, Gt, Le, Lt, Ne, Sw};
    let fits = match (attribute.kind, operator) {
        (_, Eq | Ne) => true,
        // RFC 7644 3.4.2.2, table 3
        (Kind::Boolean | Kind::Binary, Gt | Ge | Lt | Le) => false,
        (Kind::Boolean | Kind::Decimal | Kind::Integer, Co | Sw | Ew) => false,
        _ => true,
    };
    match fits {
        true => Ok(()),
        false => refused(format!(
            "`{}` cannot be compared by {}",
            shorten(&path.to_string()),
            operator.word()
        )),
    }
}

fn refused<T>(detail: String) -> Result<T, Error> {
    Err(Error::of(ScimType::InvalidFilter, detail))
}
