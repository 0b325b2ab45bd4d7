//! Whether a URL leads to a SCIM server at all, or beside one: what `verify` and every command that
//! provisions a server know of wrong paths.

use serde_json::Value;

use super::pick;

/// The paths below which SCIM servers usually are.
pub const USUAL_BASES: [&str; 6] = ["/scim/v2", "/scim", "/v2", "/api/scim/v2", "/api/scim", ""];

/// The endpoint at the end of a base path, which belongs behind it: `/Users` of `/scim/v2/Users`.
pub fn endpoint_at_end(base_path: &str) -> Option<&str> {
    let start = base_path.rfind('/')?;
    let end = &base_path[start..];
    ["/Users", "/Groups"].iter().any(|known| end.eq_ignore_ascii_case(known)).then_some(end)
}

/// What tells of a SCIM server where its users are not found: what it says of itself.
pub const SIGNS: [&str; 2] = ["/ServiceProviderConfig", "/Schemas"];

/// Whether an answer says that nothing is at this URL, in the shape of SCIM or in another. A server
/// may answer a search with 404 and a create with 405. It may also say so of a search that finds
/// nobody (B48), so it is asked for [`SIGNS`] too.
pub fn is_nothing(status: u16) -> bool {
    matches!(status, 404 | 405)
}

/// Whether a create is answered so where nothing is: by a server of pages that knows no POST (501),
/// or takes none without a form of its own (403).
pub fn creates_nothing(status: u16) -> bool {
    is_nothing(status) || matches!(status, 403 | 501)
}

/// Whether an answer to one of [`SIGNS`] is one.
pub fn is_sign(status: u16, json: Option<&Value>) -> bool {
    status == 200 && json.is_some_and(Value::is_object)
}

/// Whether an answer to a search tells that a SCIM server is there.
pub fn is_there(status: u16, json: Option<&Value>) -> bool {
    let lists =
        |json| ["Resources", "totalResults"].iter().any(|name| pick::pick(json, &[name]).is_some());
    status == 401 || ((200..300).contains(&status) && json.is_some_and(lists))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_at_the_end_of_a_tenant_url_is_known() {
        for (base, end) in [
            ("/scim/v2/Users", Some("/Users")),
            ("/scim/groups", Some("/groups")),
            ("/scim/v2", None),
            ("/Users/scim", None),
            ("", None),
        ] {
            assert_eq!(endpoint_at_end(base), end, "{base}");
        }
    }
}
