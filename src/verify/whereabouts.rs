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

/// Whether an answer says that nothing is at this URL, and a SCIM server has not said it. A page's
/// server may answer a search with 404 and a create with 405.
pub fn is_nowhere(status: u16, json: Option<&Value>) -> bool {
    let is_scim = json.is_some_and(|json| pick::pick(json, &["schemas"]).is_some());
    matches!(status, 404 | 405) && !is_scim
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
