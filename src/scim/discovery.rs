//! What a server says about itself: `/Schemas`, `/ResourceTypes`, `/ServiceProviderConfig` (RFC
//! 7643 5 to 7).

use super::schema::{Attribute, Kind, Mutability, ResourceType, Returned, Schema, Uniqueness};
use super::urn;
use super::value::{Object, Value};

/// What a server can do (RFC 7643 5).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Capabilities {
    /// PATCH.
    pub patch: bool,
    /// Bulk requests, with the greatest number of operations.
    pub bulk: Option<u64>,
    /// Filters, with the greatest number of results.
    pub filter: Option<u64>,
    /// Changing a password.
    pub change_password: bool,
    /// Sorting.
    pub sort: bool,
    /// Versions of resources.
    pub etag: bool,
}

/// Writes a schema as `/Schemas` shows it; `base_url` is the server's address.
pub fn schema(schema: &Schema, base_url: &str) -> Object {
    object([
        ("schemas", Value::List(vec![Value::from(urn::SCHEMA)])),
        ("id", Value::from(schema.id.as_ref())),
        ("name", Value::from(schema.name.as_ref())),
        ("description", Value::from(schema.description.as_ref())),
        ("attributes", schema.attributes.iter().map(attribute).collect::<Vec<_>>().into()),
        ("meta", meta("Schema", format!("{base_url}/Schemas/{}", schema.id))),
    ])
}

/// Writes a kind of resource as `/ResourceTypes` shows it.
pub fn resource_type(kind: &ResourceType, base_url: &str) -> Object {
    let extension = |extension: &Schema| {
        let required = extension.attributes.iter().any(|attribute| attribute.required);
        Value::Object(object([
            ("schema", Value::from(extension.id.as_ref())),
            ("required", Value::Bool(required)),
        ]))
    };
    object([
        ("schemas", Value::List(vec![Value::from(urn::RESOURCE_TYPE)])),
        ("id", Value::from(kind.name.as_ref())),
        ("name", Value::from(kind.name.as_ref())),
        ("endpoint", Value::from(kind.endpoint.as_ref())),
        ("description", Value::from(kind.description.as_ref())),
        ("schema", Value::from(kind.schema.id.as_ref())),
        ("schemaExtensions", kind.extensions.iter().map(extension).collect::<Vec<_>>().into()),
        ("meta", meta("ResourceType", format!("{base_url}/ResourceTypes/{}", kind.name))),
    ])
}

/// How a client may authenticate (RFC 7643 5).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scheme {
    /// A bearer token of the administration page.
    Bearer,
    /// A bearer token of the token endpoint.
    OAuth,
    /// A name and a password.
    Basic,
}

impl Scheme {
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Scheme::Bearer => (
                "oauthbearertoken",
                "Bearer token",
                "A long-lived token from the administration page, sent as `Authorization: Bearer`.",
            ),
            Scheme::OAuth => (
                "oauth2",
                "Client credentials",
                "A token from the token endpoint by the client-credentials grant, sent as `Authorization: Bearer`.",
            ),
            Scheme::Basic => {
                ("httpbasic", "Basic", "A name and a password, sent as `Authorization: Basic`.")
            }
        }
    }
}

/// Writes what the server can do, as `/ServiceProviderConfig` shows it.
pub fn service_provider_config(
    can: Capabilities,
    schemes: &[Scheme],
    body_limit: u64,
    base_url: &str,
) -> Object {
    let supported = |yes: bool| Value::Object(object([("supported", Value::Bool(yes))]));
    let bulk = object([
        ("supported", Value::Bool(can.bulk.is_some())),
        ("maxOperations", Value::from(whole(can.bulk.unwrap_or(0)))),
        ("maxPayloadSize", Value::from(whole(can.bulk.map_or(0, |_| body_limit)))),
    ]);
    let most = whole(can.filter.unwrap_or(0));
    let filter = object([
        ("supported", Value::Bool(can.filter.is_some())),
        ("maxResults", Value::from(most)),
    ]);
    let scheme = |(nth, scheme): (usize, &Scheme)| {
        let (kind, name, description) = scheme.words();
        Value::Object(object([
            ("type", Value::from(kind)),
            ("name", Value::from(name)),
            ("description", Value::from(description)),
            ("primary", Value::Bool(nth == 0)),
        ]))
    };
    object([
        ("schemas", Value::List(vec![Value::from(urn::SERVICE_PROVIDER_CONFIG)])),
        ("patch", supported(can.patch)),
        ("bulk", bulk.into()),
        ("filter", filter.into()),
        ("changePassword", supported(can.change_password)),
        ("sort", supported(can.sort)),
        ("etag", supported(can.etag)),
        ("authenticationSchemes", Value::List(schemes.iter().enumerate().map(scheme).collect())),
        ("meta", meta("ServiceProviderConfig", format!("{base_url}/ServiceProviderConfig"))),
    ])
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn attribute(it: &Attribute) -> Value {
    let mut described = object([
        ("name", Value::from(it.name.as_ref())),
        ("type", Value::from(kind(it.kind))),
        ("multiValued", Value::Bool(it.multi_valued)),
        ("description", Value::from(it.description.as_ref())),
        ("required", Value::Bool(it.required)),
        ("caseExact", Value::Bool(it.case_exact)),
        ("mutability", Value::from(mutability(it.mutability))),
        ("returned", Value::from(returned(it.returned))),
        ("uniqueness", Value::from(uniqueness(it.uniqueness))),
    ]);
    if !it.canonical.is_empty() {
        let words: Vec<Value> =
            it.canonical.iter().map(|word| Value::from(word.as_ref())).collect();
        described.push("canonicalValues", words);
    }
    if it.kind == Kind::Reference {
        let kinds: Vec<Value> =
            it.references.iter().map(|kind| Value::from(kind.as_ref())).collect();
        described.push(
            "referenceTypes",
            if kinds.is_empty() { vec![Value::from("external")] } else { kinds },
        );
    }
    if !it.sub.is_empty() {
        described.push("subAttributes", it.sub.iter().map(attribute).collect::<Vec<_>>());
    }
    described.into()
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::String => "string",
        Kind::Boolean => "boolean",
        Kind::Decimal => "decimal",
        Kind::Integer => "integer",
        Kind::DateTime => "dateTime",
        Kind::Binary => "binary",
        Kind::Reference => "reference",
        Kind::Complex => "complex",
    }
}

fn mutability(mutability: Mutability) -> &'static str {
    match mutability {
        Mutability::ReadOnly => "readOnly",
        Mutability::ReadWrite => "readWrite",
        Mutability::Immutable => "immutable",
        Mutability::WriteOnly => "writeOnly",
    }
}

fn returned(returned: Returned) -> &'static str {
    match returned {
        Returned::Always => "always",
        Returned::Never => "never",
        Returned::Default => "default",
        Returned::Request => "request",
    }
}

fn uniqueness(uniqueness: Uniqueness) -> &'static str {
    match uniqueness {
        Uniqueness::None => "none",
        Uniqueness::Server => "server",
        Uniqueness::Global => "global",
    }
}

fn meta(kind: &'static str, location: String) -> Value {
    object([("resourceType", Value::from(kind)), ("location", Value::from(location))]).into()
}

fn object<const N: usize>(members: [(&'static str, Value); N]) -> Object {
    members.into_iter().map(|(name, value)| (name.into(), value)).collect()
}
