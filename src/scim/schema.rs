//! Schemas as tables: what a resource may hold, which governs reading, changing and discovery alike
//! (RFC 7643 7).

use super::path::{Path, is_core};
use super::value::{Name, same_name};

/// The type of an attribute (RFC 7643 2.3).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Text.
    String,
    /// True or false.
    Boolean,
    /// A number with a fraction.
    Decimal,
    /// A whole number.
    Integer,
    /// An instant.
    DateTime,
    /// Bytes as base64.
    Binary,
    /// A URI.
    Reference,
    /// Parts with names of their own.
    Complex,
}

/// Whether a client may set it (RFC 7643 7).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mutability {
    /// Set by the server alone.
    ReadOnly,
    /// May be set at any time.
    ReadWrite,
    /// May be set once.
    Immutable,
    /// May be set, never read.
    WriteOnly,
}

/// When it is returned (RFC 7643 7).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Returned {
    /// Always.
    Always,
    /// Never.
    Never,
    /// Unless excluded.
    Default,
    /// When asked for.
    Request,
}

/// Where its value must be unique (RFC 7643 7).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Uniqueness {
    /// Nowhere.
    None,
    /// On this server.
    Server,
    /// In the world.
    Global,
}

/// One attribute.
#[derive(Clone, PartialEq, Debug)]
pub struct Attribute {
    /// Its name, in the case it is written.
    pub name: Name,
    /// Its type.
    pub kind: Kind,
    /// What it is for.
    pub description: Name,
    /// Whether it is a list.
    pub multi_valued: bool,
    /// Whether a resource must have it.
    pub required: bool,
    /// Whether case matters in comparisons.
    pub case_exact: bool,
    /// Whether it may be set.
    pub mutability: Mutability,
    /// When it is returned.
    pub returned: Returned,
    /// Where it is unique.
    pub uniqueness: Uniqueness,
    /// The values it usually has.
    pub canonical: Vec<Name>,
    /// What a reference may lead to; empty is anything outside.
    pub references: Vec<Name>,
    /// Whether of its elements one of each canonical `type` is kept, and none of another type.
    pub one_of_each: bool,
    /// The parts of a complex attribute.
    pub sub: Vec<Attribute>,
}

impl Attribute {
    /// A single, optional attribute that may be set and is returned.
    pub fn new(name: impl Into<Name>, kind: Kind, description: impl Into<Name>) -> Attribute {
        Attribute {
            name: name.into(),
            kind,
            description: description.into(),
            multi_valued: false,
            required: false,
            case_exact: false,
            mutability: Mutability::ReadWrite,
            returned: Returned::Default,
            uniqueness: Uniqueness::None,
            canonical: Vec::new(),
            references: Vec::new(),
            one_of_each: false,
            sub: Vec::new(),
        }
    }

    /// With parts.
    pub fn with(mut self, sub: Vec<Attribute>) -> Attribute {
        self.sub = sub;
        self
    }

    /// The part of this name, in any case.
    pub fn part(&self, name: &str) -> Option<&Attribute> {
        self.sub.iter().find(|part| same_name(&part.name, name))
    }

    /// The part of this name, where an element of a list without parts is its own `value` (RFC 7643
    /// 2.4).
    pub fn element_part(&self, name: &str) -> Option<&Attribute> {
        let itself = self.sub.is_empty() && self.multi_valued && name.eq_ignore_ascii_case("value");
        self.part(name).or_else(|| itself.then_some(self))
    }
}

/// A schema: a set of attributes with a URN.
#[derive(Clone, PartialEq, Debug)]
pub struct Schema {
    /// Its URN.
    pub id: Name,
    /// Its name.
    pub name: Name,
    /// What it is for.
    pub description: Name,
    /// Its attributes, in the order in which a resource is written.
    pub attributes: Vec<Attribute>,
}

impl Schema {
    /// The attribute of this name, in any case.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| same_name(&attribute.name, name))
    }
}

/// What becomes of attributes a server does not know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unknown {
    /// They are ignored and not stored.
    Ignore,
    /// They are refused.
    Refuse,
    /// They are ignored in a resource and refused in a change request.
    RefusePaths,
}

/// A kind of resource: a core schema with its extensions (RFC 7643 6).
#[derive(Clone, Debug)]
pub struct ResourceType {
    /// Its name, such as `User`.
    pub name: Name,
    /// Where it is found, such as `/Users`.
    pub endpoint: Name,
    /// What it is.
    pub description: Name,
    /// The schema whose attributes stand at the top.
    pub schema: Schema,
    /// The schemas whose attributes stand under their URN.
    pub extensions: Vec<Schema>,
    /// What becomes of other attributes.
    pub unknown: Unknown,
}

/// Where a path leads within a kind of resource.
#[derive(Clone, Copy, Debug)]
pub enum SchemaPath<'a> {
    /// An attribute at the top.
    Core(&'a Attribute),
    /// An attribute of an extension.
    Extension(&'a Schema, &'a Attribute),
    /// A whole extension.
    WholeExtension(&'a Schema),
    /// What the protocol itself keeps: `schemas`, `id`, `meta`.
    Protocol,
    /// Nothing that is known.
    Unknown,
}

impl ResourceType {
    /// Where a path leads.
    pub fn place(&self, path: &Path) -> SchemaPath<'_> {
        let Some(schema) = &path.schema else { return self.core(&path.attribute) };
        if let Some(extension) = self.extension(schema) {
            return match extension.attribute(&path.attribute) {
                Some(attribute) => SchemaPath::Extension(extension, attribute),
                None if path.attribute.is_empty() => SchemaPath::WholeExtension(extension),
                None => SchemaPath::Unknown,
            };
        }
        if self.schema.id.eq_ignore_ascii_case(schema) || is_core(schema) {
            return self.core(&path.attribute);
        }
        // The last colon may be the extension's own.
        match path
            .is_plain()
            .then(|| self.extension(&format!("{schema}:{}", path.attribute)))
            .flatten()
        {
            Some(extension) => SchemaPath::WholeExtension(extension),
            None => SchemaPath::Unknown,
        }
    }

    /// Where a path leads as the vendor's client means it: an attribute of an extension may go
    /// without its URN, as in `manager` [scim-dev].
    pub fn meant(&self, path: &Path) -> SchemaPath<'_> {
        let place = self.place(path);
        if path.schema.is_some() || !matches!(place, SchemaPath::Unknown) {
            return place;
        }
        let within = |schema| {
            Schema::attribute(schema, &path.attribute).map(|it| SchemaPath::Extension(schema, it))
        };
        self.extensions.iter().find_map(within).unwrap_or(place)
    }

    /// Whether some attribute that is kept, or a part of one, is not returned by default.
    pub fn has_requested(&self) -> bool {
        fn requested(attribute: &Attribute) -> bool {
            let hidden = |part: &Attribute| part.returned == Returned::Never || requested(part);
            attribute.returned == Returned::Request || attribute.sub.iter().any(hidden)
        }
        std::iter::once(&self.schema)
            .chain(&self.extensions)
            .any(|schema| schema.attributes.iter().any(requested))
    }

    /// The names of the members a shaped resource may have, in their order; the place of one among
    /// them is its rank.
    pub fn members(&self) -> impl Iterator<Item = &Name> {
        let core = self.schema.attributes.iter().map(|attribute| &attribute.name);
        core.chain(self.extensions.iter().map(|extension| &extension.id))
    }

    /// The extension with this URN, in any case.
    pub fn extension(&self, urn: &str) -> Option<&Schema> {
        self.extensions.iter().find(|extension| extension.id.eq_ignore_ascii_case(urn))
    }

    fn core(&self, name: &str) -> SchemaPath<'_> {
        match self.schema.attribute(name) {
            Some(attribute) => SchemaPath::Core(attribute),
            None if is_protocol(name) => SchemaPath::Protocol,
            None => SchemaPath::Unknown,
        }
    }
}

/// Whether the protocol itself keeps an attribute of this name.
pub fn is_protocol(name: &str) -> bool {
    ["schemas", "id", "meta"].iter().any(|known| known.eq_ignore_ascii_case(name))
}
