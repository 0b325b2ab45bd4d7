//! Writes an exchange as a `curl` line that sends it again. The secret is read from the
//! environment, so the line can be shown and sent around.

use bytes::Bytes;
use http::Request;
use http::header::{AUTHORIZATION, HOST, HeaderName};

/// The name of the variable that holds the token.
pub const TOKEN: &str = "SCIM_TOKEN";

/// The name of the variable that holds the client secret.
pub const SECRET: &str = "SCIM_CLIENT_SECRET";

/// A token that is no secret, because it is wrong on purpose.
pub const WRONG_TOKEN: &str = "Bearer this-is-not-the-token";

/// An id that a shell keeps in a variable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Variable {
    /// The id.
    pub id: String,
    /// The name of the variable.
    pub name: String,
    /// The path at which the object was made.
    pub path: String,
}

/// The `curl` line of a request to the server at `origin`, such as `http://localhost:8080`.
pub fn line(origin: &str, request: &Request<Bytes>) -> String {
    line_with(origin, request, &[])
}

/// The same, with variables in the places of ids.
pub fn line_with(origin: &str, request: &Request<Bytes>, variables: &[Variable]) -> String {
    let mut out = String::from("curl -sS");
    if request.method() != http::Method::GET {
        out += &format!(" -X {}", request.method());
    }
    for (name, value) in request.headers() {
        if *name == HOST {
            continue;
        }
        if *name == AUTHORIZATION && value != WRONG_TOKEN {
            out += &format!(" -H \"Authorization: Bearer ${TOKEN}\"");
        } else if value.is_sensitive() {
            out += &format!(" -H \"{name}: ${}\"", variable(name));
        } else {
            let value = String::from_utf8_lossy(value.as_bytes());
            out += &format!(" -H {}", quoted(&format!("{name}: {value}")));
        }
    }
    if !request.body().is_empty() {
        let body = String::from_utf8_lossy(request.body());
        // A form holds the name of the variable; nothing else of a form means something to a shell.
        let form = body.contains(&format!("=${SECRET}"));
        out += &match form {
            true => format!(" -d \"{body}\""),
            false => format!(" -d {}", with_variables(&body, variables)),
        };
    }
    match request.uri().authority() {
        Some(_) => out + " " + &quoted(&request.uri().to_string()),
        None => out + " " + &with_variables(&format!("{origin}{}", request.uri()), variables),
    }
}

/// The variable that holds the value of a header that may be a secret: `SCIM_X_API_KEY`.
fn variable(name: &HeaderName) -> String {
    format!("SCIM_{}", name.as_str().to_uppercase().replace(|of: char| !of.is_alphanumeric(), "_"))
}

/// Whether a text names an object by its id: as a segment of a path, or in quotes, which are
/// written `%22` in a query and `\"` in a text of JSON.
pub fn speaks_of(text: &str, id: &str) -> bool {
    !id.is_empty() && places(text, id).next().is_some()
}

/// Where a text has an id.
fn places<'a>(text: &'a str, id: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(id).map(|(at, _)| at).filter(move |at| {
        let (before, after) = (&text[..*at], &text[at + id.len()..]);
        let segment =
            before.ends_with('/') && (after.is_empty() || after.starts_with(['/', '?', '\n', '"']));
        let quoted = before.ends_with(['"', '\'']) && after.starts_with(['"', '\'']);
        let filtered = before.ends_with("%22") && after.starts_with("%22");
        // The filter of a path stands in a text of JSON.
        let escaped = before.ends_with("\\\"") && after.starts_with("\\\"");
        segment || quoted || filtered || escaped
    })
}

/// A text in single quotes, with variables in the places of ids.
pub fn with_variables(text: &str, variables: &[Variable]) -> String {
    let mut cuts: Vec<(usize, &Variable)> = Vec::new();
    for variable in variables {
        cuts.extend(places(text, &variable.id).map(|at| (at, variable)));
    }
    cuts.sort_by_key(|(at, _)| *at);
    let (mut out, mut from) = (String::new(), 0);
    for (at, variable) in cuts {
        if at < from {
            continue;
        }
        out += &format!("{}\"${}\"", quoted(&text[from..at]), variable.name);
        from = at + variable.id.len();
    }
    match &text[from..] {
        "" if from > 0 => out,
        rest => out + &quoted(rest),
    }
}

/// A text in single quotes, as a shell reads it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_that_may_be_a_secret_is_a_variable() {
        let mut key = http::HeaderValue::from_static("do-not-show");
        key.set_sensitive(true);
        let request = Request::builder().uri("/Users").header("x-api-key", key);
        let request = request.body(Bytes::new()).expect("a request");
        let line = line("http://localhost:1", &request);
        assert_eq!(line, "curl -sS -H \"x-api-key: $SCIM_X_API_KEY\" 'http://localhost:1/Users'");
    }

    #[test]
    fn ids_are_replaced_wherever_a_request_has_them() {
        let variables =
            [Variable { id: "7".into(), name: "u1".into(), path: "/scim/Users".into() }];
        let body = br#"{"Operations":[{"op":"remove","path":"members[value eq \"7\"]"}],"n":7}"#;
        let request = Request::builder()
            .method("PATCH")
            .uri("/scim/Users/7?filter=id%20eq%20%227%22")
            .body(Bytes::from_static(body))
            .expect("a request");
        assert_eq!(
            line_with("http://h", &request, &variables),
            "curl -sS -X PATCH -d '{\"Operations\":[{\"op\":\"remove\",\"path\":\"members[value eq \\\"'\"$u1\"'\\\"]\"}],\"n\":7}' \
             'http://h/scim/Users/'\"$u1\"'?filter=id%20eq%20%22'\"$u1\"'%22'"
        );
    }

    #[test]
    fn a_line_hides_the_token_and_quotes_for_a_shell() {
        let request = Request::builder()
            .method("POST")
            .uri("/scim/v2/Users")
            .header("authorization", "Bearer secret")
            .header("content-type", "application/scim+json")
            .body(Bytes::from_static(br#"{"userName":"O'Neil"}"#))
            .expect("a request");
        assert_eq!(
            line("http://localhost:1", &request),
            "curl -sS -X POST -H \"Authorization: Bearer $SCIM_TOKEN\" \
             -H 'content-type: application/scim+json' -d '{\"userName\":\"O'\\''Neil\"}' \
             'http://localhost:1/scim/v2/Users'"
        );
    }
}
