//! Writes an exchange as a `curl` line that sends it again. The secret is read from the
//! environment, so the line can be shown and sent around.

use bytes::Bytes;
use http::Request;
use http::header::{AUTHORIZATION, HOST};

/// The name of the variable that holds the token.
pub const TOKEN: &str = "SCIM_TOKEN";

/// The name of the variable that holds the client secret.
pub const SECRET: &str = "SCIM_CLIENT_SECRET";

/// The `curl` line of a request to the server at `origin`, such as `http://localhost:8080`.
pub fn line(origin: &str, request: &Request<Bytes>) -> String {
    let mut out = String::from("curl -sS");
    if request.method() != http::Method::GET {
        out += &format!(" -X {}", request.method());
    }
    for (name, value) in request.headers() {
        if *name == HOST {
            continue;
        }
        if *name == AUTHORIZATION {
            out += &format!(" -H \"Authorization: Bearer ${TOKEN}\"");
        } else {
            let value = String::from_utf8_lossy(value.as_bytes());
            out += &format!(" -H {}", quoted(&format!("{name}: {value}")));
        }
    }
    if !request.body().is_empty() {
        let body = String::from_utf8_lossy(request.body());
        // A form holds the name of the variable; nothing else of a form means something to a shell.
        let form = body.contains(&format!("=${SECRET}"));
        out += &if form { format!(" -d \"{body}\"") } else { format!(" -d {}", quoted(&body)) };
    }
    match request.uri().authority() {
        Some(_) => out + " " + &quoted(&request.uri().to_string()),
        None => out + " " + &quoted(&format!("{origin}{}", request.uri())),
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
