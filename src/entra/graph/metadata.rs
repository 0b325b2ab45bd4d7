//! `/$metadata`: the entities of this API with their plain properties, written from the tables by
//! which requests are read (OData CSDL 4.01).

use super::endpoint::{Area, Call, GraphEndpoint, GraphOutcome};
use super::property_type::{PropertyType, type_of};
use super::registered::shapes;
use super::reply::GraphReply;
use super::shape::{PropertyShapes, Shape};
use super::{groups, users};

/// The path; it is read without a token, as the vendor's.
pub const PATH: &str = "/$metadata";

/// The endpoint.
pub const ENDPOINTS: &[GraphEndpoint] = &[GraphEndpoint {
    method: "GET",
    path: PATH,
    area: Area::Open,
    lacks: "the directory's objects alone, with the properties that are no objects themselves",
    handle: metadata,
}];

/// What an object leads to: the name, and the type of one or of several others.
type Links = &'static [(&'static str, &'static str)];

const USER_LINKS: Links = &[
    ("manager", "directoryObject"),
    ("directReports", "Collection(directoryObject)"),
    ("memberOf", "Collection(directoryObject)"),
];
const GROUP_LINKS: Links =
    &[("members", "Collection(directoryObject)"), ("owners", "Collection(directoryObject)")];
const APP_LINKS: Links = &[("owners", "Collection(directoryObject)")];

const SETS: [(&str, &str); 4] = [
    ("users", "user"),
    ("groups", "group"),
    ("applications", "application"),
    ("servicePrincipals", "servicePrincipal"),
];

fn metadata(_: &mut Call<'_>) -> GraphOutcome {
    Ok(GraphReply::xml(document()))
}

fn document() -> String {
    let own = |known: &'static [&'static str]| {
        known.iter().filter_map(|name| Some((*name, edm(type_of(name))?)))
    };
    let kinds = [
        entity("user", own(&users::KNOWN), USER_LINKS),
        entity("group", own(&groups::KNOWN), GROUP_LINKS),
        entity("application", written(shapes::APPLICATION), APP_LINKS),
        entity("servicePrincipal", written(shapes::PRINCIPAL), APP_LINKS),
    ];
    let sets: String = SETS
        .iter()
        .map(|(set, kind)| {
            format!("<EntitySet Name=\"{set}\" EntityType=\"microsoft.graph.{kind}\"/>")
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
         <edmx:Edmx Version=\"4.0\" xmlns:edmx=\"http://docs.oasis-open.org/odata/ns/edmx\">\
         <edmx:DataServices><Schema Namespace=\"microsoft.graph\" \
         xmlns=\"http://docs.oasis-open.org/odata/ns/edm\">\
         <EntityType Name=\"directoryObject\" OpenType=\"true\"><Key><PropertyRef Name=\"id\"/></Key>\
         <Property Name=\"id\" Type=\"Edm.String\" Nullable=\"false\"/>\
         <Property Name=\"deletedDateTime\" Type=\"Edm.DateTimeOffset\"/></EntityType>{}\
         <EntityContainer Name=\"GraphService\">{sets}</EntityContainer>\
         </Schema></edmx:DataServices></edmx:Edmx>",
        kinds.concat()
    )
}

/// An entity; what it has beside the properties that are listed is not described, so it is open.
fn entity<'p>(
    name: &str,
    properties: impl Iterator<Item = (&'p str, &'static str)>,
    links: Links,
) -> String {
    let inherited = ["id", "deletedDateTime"];
    let properties = properties
        .filter(|(name, _)| !inherited.contains(name))
        .map(|(name, kind)| format!("<Property Name=\"{name}\" Type=\"{kind}\"/>"));
    let links = links.iter().map(|(name, kind)| {
        let kind = kind.replace("directoryObject", "microsoft.graph.directoryObject");
        format!("<NavigationProperty Name=\"{name}\" Type=\"{kind}\"/>")
    });
    let inner: String = properties.chain(links).collect();
    format!(
        "<EntityType Name=\"{name}\" BaseType=\"microsoft.graph.directoryObject\" \
         OpenType=\"true\">{inner}</EntityType>"
    )
}

/// The type of a property in the schema; `None` for objects.
fn edm(kind: PropertyType) -> Option<&'static str> {
    match kind {
        PropertyType::Text => Some("Edm.String"),
        PropertyType::Bool => Some("Edm.Boolean"),
        PropertyType::Instant => Some("Edm.DateTimeOffset"),
        PropertyType::Number => Some("Edm.Int32"),
        PropertyType::Texts => Some("Collection(Edm.String)"),
        PropertyType::Objects | PropertyType::Object => None,
    }
}

/// The properties that a body may have, where they are no objects. What is the service's own is
/// left out, but for its instants.
fn written(shapes: PropertyShapes) -> impl Iterator<Item = (&'static str, &'static str)> {
    shapes.iter().filter_map(|(name, shape)| {
        let kind = match shape {
            Shape::Text | Shape::Word(_) => "Edm.String",
            Shape::Bool => "Edm.Boolean",
            Shape::Number => "Edm.Int32",
            Shape::Guid => "Edm.Guid",
            Shape::Instant => "Edm.DateTimeOffset",
            Shape::Bytes => "Edm.Binary",
            Shape::Texts | Shape::Words(_) => "Collection(Edm.String)",
            Shape::Guids => "Collection(Edm.Guid)",
            Shape::ReadOnly if name.ends_with("DateTime") => "Edm.DateTimeOffset",
            Shape::Object(_) | Shape::Objects(_) | Shape::Any | Shape::ReadOnly => return None,
        };
        Some((*name, kind))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_xml_and_has_each_entity_with_its_key() {
        let text = document();
        let read = roxmltree::Document::parse(&text).expect("well-formed");
        let named = |tag: &str| {
            let all = read
                .descendants()
                .filter(|node| node.has_tag_name(("http://docs.oasis-open.org/odata/ns/edm", tag)));
            all.filter_map(|node| node.attribute("Name").map(str::to_owned)).collect::<Vec<_>>()
        };
        let kinds = ["directoryObject", "user", "group", "application", "servicePrincipal"];
        assert_eq!(named("EntityType"), kinds);
        assert_eq!(named("EntitySet").len(), 4);
        let properties = named("Property");
        for name in ["accountEnabled", "securityEnabled", "identifierUris", "loginUrl"] {
            assert!(properties.iter().any(|known| known == name), "{name}");
        }
    }
}
