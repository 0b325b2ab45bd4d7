//! Schemas as tables: which attributes a resource may hold. Reading, changing and discovery all
//! follow them (RFC 7643 7).

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
    /// Its name, in the case in which it is written.
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
    /// The kinds of resources a reference may name; empty means any address outside the server.
    pub references: Vec<Name>,
    /// Whether a list keeps one element of each canonical `type`, and none of any other type.
    pub one_of_each: bool,
    /// The parts of a complex attribute.
    pub sub: Vec<Attribute>,
}

impl Attribute {
    /// Makes a single, optional attribute that clients may set and that is returned by default.
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

    /// Sets the parts of the attribute.
    pub fn with(mut self, sub: Vec<Attribute>) -> Attribute {
        self.sub = sub;
        self
    }

    /// Returns the part of this name, in any case.
    pub fn part(&self, name: &str) -> Option<&Attribute> {
        self.sub.iter().find(|part| same_name(&part.name, name))
    }

    /// Returns the part of this name; in a list without parts `value` names the element itself (RFC
    /// 7643 2.4).
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
    /// Returns the attribute of this name, in any case.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| same_name(&attribute.name, name))
    }
}

/// How a server treats attributes it does not know.
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
    /// The core schema, whose attributes are at the top of the resource.
    pub schema: Schema,
    /// The extensions, whose attributes are under their URN.
    pub extensions: Vec<Schema>,
    /// How other attributes are treated.
    pub unknown: Unknown,
}

/// What a path names within a kind of resource.
#[derive(Clone, Copy, Debug)]
pub enum SchemaPath<'a> {
    /// An attribute at the top.
    Core(&'a Attribute),
    /// An attribute of an extension.
    Extension(&'a Schema, &'a Attribute),
    /// A whole extension.
    WholeExtension(&'a Schema),
    /// An attribute of the protocol itself: `schemas`, `id`, `meta`.
    Protocol,
    /// Nothing that the schemas know.
    Unknown,
}

impl ResourceType {
    /// Returns what a path names.
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
        // The last colon may belong to the extension's URN.
        match path
            .is_plain()
            .then(|| self.extension(&format!("{schema}:{}", path.attribute)))
            .flatten()
        {
            Some(extension) => SchemaPath::WholeExtension(extension),
            None => SchemaPath::Unknown,
        }
    }

    /// Returns what a path names as the vendor's client means it: an attribute of an extension may
    /// be written without its URN, as in `manager` [scim-dev].
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

    /// Whether some attribute, or a part of one, is stored but not returned by default.
    pub fn has_requested(&self) -> bool {
        fn requested(attribute: &Attribute) -> bool {
            let hidden = |part: &Attribute| part.returned == Returned::Never || requested(part);
            attribute.returned == Returned::Request || attribute.sub.iter().any(hidden)
        }
        std::iter::once(&self.schema)
            .chain(&self.extensions)
            .any(|schema| schema.attributes.iter().any(requested))
    }

    /// Returns the names of the members a shaped resource may have, in order; a member's position
    /// in it is its rank.
    pub fn members(&self) -> impl Iterator<Item = &Name> {
        let core = self.schema.attributes.iter().map(|attribute| &attribute.name);
        core.chain(self.extensions.iter().map(|extension| &extension.id))
    }

    /// Returns the extension with this URN, in any case.
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

/// Whether this is the name of one of the protocol's own attributes.
pub fn is_protocol(name: &str) -> bool {
    ["schemas", "id", "meta"].iter().any(|known| known.eq_ignore_ascii_case(name))
}
