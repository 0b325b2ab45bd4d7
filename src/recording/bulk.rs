//! The operations of a bulk request and of its answer (RFC 7644 3.7), as a replay needs them: which
//! objects they make and change.

use serde_json::Value;

use super::compare::id_text;
use super::replay::{endpoint, id_in};

/// Where bulk requests go, below the base.
pub const BULK: &str = "/Bulk";

/// One operation of a bulk request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BulkOperation {
    /// Its method, in capitals.
    pub method: String,
    /// Its path below the base: `/Users/7`.
    pub path: String,
}

/// The operations of a request; none when it is no bulk request.
pub fn operations(body: &str) -> Vec<BulkOperation> {
    let body: Option<Value> = serde_json::from_str(body).ok();
    let text = |one: &Value, name: &str| one.get(name).and_then(Value::as_str).map(str::to_owned);
    let one = |one: &Value| {
        let method = text(one, "method")?.to_ascii_uppercase();
        Some(BulkOperation { method, path: text(one, "path")? })
    };
    list(body.as_ref()).iter().filter_map(one).collect()
}

impl BulkOperation {
    /// Why a replay may not send it; `is_ours` tells whether it has made an object of this id.
    pub fn refusal(&self, is_ours: impl Fn(&str) -> bool) -> Option<&'static str> {
        if !["/Users", "/Groups"].contains(&endpoint(&self.path)) {
            return Some("what it makes could not be deleted again");
        }
        // What `bulkId:` names is made by the same request.
        let id = id_in(&self.path).filter(|id| !id.starts_with("bulkId:"));
        let changes = !["GET", "POST"].contains(&self.method.as_str());
        match id {
            Some(id) if changes && !is_ours(&id) => {
                Some("it changes an object that this replay has not made")
            }
            _ => None,
        }
    }
}

/// What came of the operation of this place: the path of the object, when it succeeded.
pub fn outcome(answer: Option<&Value>, nth: usize) -> Option<String> {
    let one = list(answer).get(nth)?;
    let status = one.get("status")?;
    // Some write `{"code": "201"}`, as a draft of the RFC had it.
    let status = id_text(status.get("code").unwrap_or(status))?;
    if !status.starts_with('2') {
        return None;
    }
    let location = one.get("location")?.as_str()?;
    let at = location.rfind("/Users/").or_else(|| location.rfind("/Groups/"))?;
    Some(location[at..].to_owned())
}

fn list(body: Option<&Value>) -> &[Value] {
    let list = body.and_then(|body| body.get("Operations")).and_then(Value::as_array);
    list.map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn operations_that_touch_what_is_not_ours_are_refused() {
        let of = |method: &str, path: &str| {
            let body = json!({"Operations": [{"method": method, "path": path}]}).to_string();
            operations(&body)[0].refusal(|id| id == "7")
        };
        assert_eq!(of("POST", "/Users"), None);
        assert_eq!(of("patch", "/Users/7"), None);
        assert_eq!(of("PATCH", "/Groups/bulkId:g"), None);
        assert!(of("DELETE", "/Users/8").is_some_and(|why| why.contains("has not made")));
        assert!(of("POST", "/Roles").is_some_and(|why| why.contains("could not be deleted")));
        assert_eq!(operations("{}"), []);
    }

    #[test]
    fn what_was_made_is_where_its_location_leads() {
        let answer = json!({"Operations": [
            {"location": "https://h/scim/v2/Users/7", "status": "201"},
            {"location": "https://h/scim/v2/Groups/9", "status": {"code": 201}},
            {"location": "https://h/scim/v2/Users/8", "status": "409"},
        ]});
        let came = |nth| outcome(Some(&answer), nth);
        assert_eq!(came(0).as_deref(), Some("/Users/7"));
        assert_eq!(came(1).as_deref(), Some("/Groups/9"));
        assert_eq!((came(2), came(3)), (None, None));
    }
}
