//! Which attributes of a resource are returned: `attributes`, `excludedAttributes`, and `returned`
//! of the schema (RFC 7644 3.9, RFC 7643 7).

use super::error::{Error, ScimType};
use super::parse::shorten;
use super::path::Path;
use super::schema::{Attribute, ResourceType, Returned, Schema};
use super::value::{Object, Value};

/// The attributes that a request asks for.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Projection {
    /// Every attribute that is returned by default.
    #[default]
    Default,
    /// These attributes, and those that are always returned.
    Only(Vec<Path>),
    /// Every attribute that is returned by default, except these.
    Without(Vec<Path>),
}

impl Projection {
    /// Reads the two parameters, each a list of paths separated by commas; `attributes` wins over
    /// `excludedAttributes`.
    ///
    /// # Errors
    /// 400 `invalidPath` for a text that is not a path. A path to an unknown attribute is no error.
    pub fn parse(attributes: Option<&str>, excluded: Option<&str>) -> Result<Projection, Error> {
        let read = |list: &str| -> Result<Vec<Path>, Error> {
            let words = list.split(',').map(str::trim).filter(|word| !word.is_empty());
            words
                .map(|word| {
                    Path::parse(word).map_err(|why| {
                        Error::of(
                            ScimType::InvalidPath,
                            format!("cannot read `{}`: {why}", shorten(word)),
                        )
                    })
                })
                .collect()
        };
        let attributes = attributes.map(read).transpose()?.filter(|paths| !paths.is_empty());
        let excluded = excluded.map(read).transpose()?.filter(|paths| !paths.is_empty());
        Ok(match (attributes, excluded) {
            (Some(paths), _) => Projection::Only(paths),
            (None, Some(paths)) => Projection::Without(paths),
            (None, None) => Projection::Default,
        })
    }

    /// Whether any part of a core attribute is returned; an attribute that is not need not be
    /// loaded.
    pub fn wants(&self, kind: &ResourceType, name: &str) -> bool {
        let Some(attribute) = kind.schema.attribute(name) else { return false };
        self.choice(&kind.schema, true, attribute) != Choice::Nothing
    }

    /// Removes from a resource what is not returned.
    pub fn apply(&self, resource: &mut Object, kind: &ResourceType) {
        for extension in &kind.extensions {
            if let Some(Value::Object(parts)) = resource.get_mut(&extension.id) {
                self.prune(parts, extension, false);
            }
        }
        self.prune(resource, &kind.schema, true);
        if let Some(Value::Object(parts)) = resource.get_mut("meta") {
            self.prune_meta(parts);
        }
        resource.retain(|name, value| match kind.extension(name) {
            Some(_) => value.as_object().is_some_and(|parts| !parts.is_empty()),
            None if name.eq_ignore_ascii_case("meta") => {
                value.as_object().is_some_and(|parts| !parts.is_empty())
            }
            None => true,
        });
    }

    fn prune(&self, object: &mut Object, schema: &Schema, core: bool) {
        object.retain(|name, _| {
            schema
                .attribute(name)
                .is_none_or(|attribute| self.choice(schema, core, attribute) != Choice::Nothing)
        });
        for (name, value) in object.iter_mut() {
            let Some(attribute) =
                schema.attribute(name).filter(|attribute| !attribute.sub.is_empty())
            else {
                continue;
            };
            let choice = self.choice(schema, core, attribute);
            each_object(value, &mut |parts| prune_parts(parts, attribute, &choice));
        }
        // A complex attribute without parts has no value (RFC 7643 2.5).
        object.retain(|_, value| value.as_object().is_none_or(|parts| !parts.is_empty()));
    }

    /// Decides how much of an attribute is returned.
    fn choice<'a>(&'a self, schema: &Schema, core: bool, attribute: &Attribute) -> Choice<'a> {
        let whole = |path: &Path| {
            names_whole(path, &schema.id)
                || (names(path, schema, core, attribute) && path.sub_attribute.is_none())
        };
        let parts = |paths: &'a [Path]| -> Vec<&'a str> {
            let named = paths.iter().filter(|path| names(path, schema, core, attribute));
            named.filter_map(|path| path.sub_attribute.as_deref()).collect()
        };
        match (self, attribute.returned) {
            (_, Returned::Never) => Choice::Nothing,
            (Projection::Only(paths), _) if paths.iter().any(whole) => Choice::Whole,
            (Projection::Only(_), Returned::Always) => Choice::Whole,
            (Projection::Only(paths), _) => match parts(paths) {
                named if named.is_empty() => Choice::Nothing,
                named => Choice::Parts(named),
            },
            (_, Returned::Request) => Choice::Nothing,
            (Projection::Without(paths), returned) => match returned {
                Returned::Always => Choice::Whole,
                _ if paths.iter().any(whole) => Choice::Nothing,
                _ => Choice::AllBut(parts(paths)),
            },
            (Projection::Default, _) => Choice::Whole,
        }
    }

    /// Removes the parts of `meta` that are not returned; no schema lists `meta`.
    fn prune_meta(&self, parts: &mut Object) {
        let (Projection::Only(paths) | Projection::Without(paths)) = self else { return };
        let named = |part: &str| {
            let of_meta =
                |path: &&Path| path.schema.is_none() && path.attribute.eq_ignore_ascii_case("meta");
            let whole_or_part = |path: &Path| {
                path.sub_attribute.as_deref().is_none_or(|it| it.eq_ignore_ascii_case(part))
            };
            paths.iter().filter(of_meta).any(whole_or_part)
        };
        let wanted = matches!(self, Projection::Only(_));
        parts.retain(|part, _| named(part) == wanted);
    }
}

#[derive(PartialEq)]
enum Choice<'a> {
    Nothing,
    Whole,
    Parts(Vec<&'a str>),
    AllBut(Vec<&'a str>),
}

fn prune_parts(parts: &mut Object, attribute: &Attribute, choice: &Choice<'_>) {
    let within =
        |list: &[&str], name: &str| list.iter().any(|named| named.eq_ignore_ascii_case(name));
    parts.retain(|name, _| match (attribute.part(name).map(|part| part.returned), choice) {
        (Some(Returned::Never), _) => false,
        (Some(Returned::Always), _) => true,
        (_, Choice::Parts(named)) => within(named, name),
        (Some(Returned::Request), _) => false,
        (_, Choice::AllBut(named)) => !within(named, name),
        (_, Choice::Whole | Choice::Nothing) => true,
    });
}

fn each_object(value: &mut Value, act: &mut dyn FnMut(&mut Object)) {
    match value {
        Value::Object(parts) => act(parts),
        Value::List(items) => items.iter_mut().filter_map(Value::as_object_mut).for_each(act),
        _ => {}
    }
}

fn names(path: &Path, schema: &Schema, core: bool, attribute: &Attribute) -> bool {
    let here = match &path.schema {
        None => core,
        Some(urn) => urn.eq_ignore_ascii_case(&schema.id),
    };
    here && path.attribute.eq_ignore_ascii_case(&attribute.name)
}

/// Whether a path is a schema's URN alone. The parser takes what follows the URN's last colon for
/// an attribute.
fn names_whole(path: &Path, urn: &str) -> bool {
    let Some(schema) = path.schema.as_deref().filter(|_| path.is_plain()) else { return false };
    match path.attribute.as_str() {
        "" => schema.eq_ignore_ascii_case(urn),
        last => urn.rsplit_once(':').is_some_and(|(head, tail)| {
            head.eq_ignore_ascii_case(schema) && tail.eq_ignore_ascii_case(last)
        }),
    }
}
