//! Which resources a request is about.

/// Which resources a request is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Collection {
    Users,
    Groups,
    Other,
}

/// Where a request leads: a collection, and one of its resources.
pub(super) fn aim(below: &str) -> (Collection, Option<&str>) {
    let mut parts = below.split('/').filter(|part| !part.is_empty());
    let collection = match parts.next() {
        Some("Users") => Collection::Users,
        Some("Groups") => Collection::Groups,
        _ => Collection::Other,
    };
    (collection, parts.next())
}

/// The value of a parameter of a query, as it is written.
pub(super) fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}
