//! Which resources a request is about.

/// The collection that a request is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Collection {
    Users,
    Groups,
    Other,
}

/// Returns the collection that a path names, and the resource in it.
pub(super) fn aim(below: &str) -> (Collection, Option<&str>) {
    let mut parts = below.split('/').filter(|part| !part.is_empty());
    let collection = match parts.next() {
        Some("Users") => Collection::Users,
        Some("Groups") => Collection::Groups,
        _ => Collection::Other,
    };
    (collection, parts.next())
}

/// Returns the value of a query parameter, not decoded.
pub(super) fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}
