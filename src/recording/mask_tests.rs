//! What is masked in an exchange, and what stays.

use super::exchange::{Content, Exchange, Message};
use super::mask::Masks;
use super::query;

fn masks() -> Masks {
    Masks::new(b"a key", &[])
}

fn name(text: &str) -> String {
    masks().pseudonyms().text(text)
}

fn message(line: &str, headers: &[(&str, &str)], body: &str) -> Message {
    let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let content = Content { text: body.into(), size: body.len() as u64, ..Content::default() };
    Message { line: line.into(), headers, content }
}

/// An exchange as it is kept.
fn masked(request: Message, response: Option<Message>) -> Exchange {
    let mut exchange = Exchange {
        seq: 1,
        connection: 1,
        started_us: 0,
        took_us: [0; 3],
        request,
        response,
        lost: None,
    };
    masks().mask(&mut exchange);
    exchange
}

/// Masks the texts of an exchange.
fn mask(line: &str, sent: &str, came: &str) -> (String, String, String) {
    let exchange = masked(message(line, &[], sent), Some(message("HTTP/1.1 200 OK", &[], came)));
    let response = exchange.response.expect("it stays");
    (exchange.request.line, exchange.request.content.text, response.content.text)
}

#[test]
fn one_person_is_the_same_on_both_sides_and_in_the_query() {
    let (line, sent, came) = mask(
        "POST /scim/v2/Users?x=1 HTTP/1.1",
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"], "userName":"rené.o'brien@contoso.com","active":true,
 "name":{"givenName":"René","familyName":"O'Brien"},"emails":[{"primary":true,"type":"work","value":"rené.o'brien@contoso.com"}],"title":"Lead"}"#,
        r#"{"id":"7","displayName":"O'Brien, René","externalId":"robrien","meta":{"created":"2026-03-02T08:00:00Z"}}"#,
    );
    let (first, last) = (name("René"), name("O'Brien"));
    assert_eq!(line, "POST /scim/v2/Users?x=1 HTTP/1.1");
    let address = name("rené.o'brien@contoso.com");
    assert_eq!(
        sent,
        format!(
            r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"], "userName":"{address}","active":true,
 "name":{{"givenName":"{first}","familyName":"{last}"}},"emails":[{{"primary":true,"type":"work","value":"{address}"}}],"title":"Lead"}}"#
        )
    );
    assert!(address.starts_with(&format!("{}.{}@", first.to_lowercase(), last.to_lowercase())));
    let nick = name("robrien");
    assert_eq!(
        came,
        format!(
            r#"{{"id":"7","displayName":"{last}, {first}","externalId":"{nick}","meta":{{"created":"2026-03-02T08:00:00Z"}}}}"#
        )
    );
    let (line, ..) = mask(
        "GET /Users?filter=userName+eq+%22ren%C3%A9.o%27brien@contoso.com%22 HTTP/1.1",
        "",
        "",
    );
    let spelled = query::encode_like(&address, "%27%C3@");
    assert_eq!(line, format!("GET /Users?filter=userName+eq+%22{spelled}%22 HTTP/1.1"));
}

#[test]
fn what_the_fault_is_made_of_stays() {
    for body in [
        r#"{"Operations":[{"op":"Replace","path":"active","value":"False"}],"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}"#,
        r#"{"Operations":[{"value":[{"value":"4711"}],"op":"Remove","path":"members"}]}"#,
        r#"{"Operations":[{"op":"Remove","path":"members[value eq \"4711\"]"}]}"#,
        r#"{"Operations":[{"op":"replace","value":{"active":false,"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department":"Sales"}}]}"#,
        r#"{"Operations":[{"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":"9"}]}"#,
        r#"{"Operations":[{"op":"Add","path":"roles","value":"{\"value\":\"Editor\",\"primary\":\"True\"}"}]}"#,
        r#"{"id":"x","totalResults":1,"startIndex":1.0,"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"]}"#,
        r#"not {json"#,
    ] {
        assert_eq!(mask("PATCH /Users/7 HTTP/1.1", body, body).1, body);
    }
    for line in [
        "GET /Users?filter=userName%20eq%20%224d2b7c1e-90aa-4f0b-8a57-6f0f6b1f2c33%22 HTTP/1.1",
        "GET /Groups?excludedAttributes=members&filter=displayName+eq+%22Field+Sales%22 HTTP/1.1",
        "GET /Users?filter=id+eq+%227%22+and+manager+eq+%229%22&attributes=id HTTP/1.0",
        "DELETE /Users/4711 HTTP/1.1",
    ] {
        assert_eq!(mask(line, "", "").0, line);
    }
}

#[test]
fn people_in_a_patch_are_masked_by_its_paths() {
    let sent = r#"{"Operations":[{"value":"Okafor","op":"Replace","path":"name.familyName"},{"op":"replace","value":{"name.givenName":"Ann","emails":[{"type":"work","value":"ann@c.com"}]}},{"op":"Add","path":"emails[value eq \"ann@c.com\"].display","value":"Ann"}]}"#;
    let expected = sent
        .replace("Okafor", &name("Okafor"))
        .replace("ann@c.com", &name("ann@c.com"))
        .replace("\"Ann\"", &format!("\"{}\"", name("Ann")));
    assert_eq!(mask("PATCH /Users/7 HTTP/1.1", sent, "").1, expected);
}

#[test]
fn a_sentence_is_masked_where_it_quotes_what_was_sent() {
    let (_, _, came) = mask(
        "POST /Users HTTP/1.1",
        r#"{"userName":"rokafor"}"#,
        r#"{"detail":"User rokafor (ann@contoso.com) exists; attribute userName is unique","status":"409"}"#,
    );
    let expected = format!(
        r#"{{"detail":"User {} ({}) exists; attribute userName is unique","status":"409"}}"#,
        name("rokafor"),
        name("ann@contoso.com")
    );
    assert_eq!(came, expected);
}

#[test]
fn secrets_never_stay() {
    let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln";
    let exchange = masked(
        message(
            "POST /token?access_token=s3cret HTTP/1.1",
            &[
                ("AUTHORIZATION", "Bearer s3cret"),
                ("Cookie", "sid=s3cret; b=s3cret"),
                ("X-Api-Key", "s3cret"),
                ("Content-Type", "application/x-www-form-urlencoded"),
            ],
            &format!(
                "grant_type=client_credentials&client_id=entra&client_secret=s3cret&client_assertion={token}"
            ),
        ),
        Some(message(
            "HTTP/1.1 200 OK",
            &[("Set-Cookie", "sid=s3cret; Path=/; HttpOnly"), ("X-Note", token)],
            r#"{"access_token":"s3cret","token_type":"Bearer","expires_in":3600,"password":"s3cret"}"#,
        )),
    );
    let line = exchange.to_line();
    assert!(!line.contains("s3cret") && !line.contains("eyJ"), "{line}");
    for kept in [
        "grant_type=client_credentials",
        "client_id=entra",
        "Bearer ***",
        "sid=***; Path=/; HttpOnly",
        "\\\"expires_in\\\":3600",
    ] {
        assert!(line.contains(kept), "{kept}: {line}");
    }
}

#[test]
fn what_cannot_be_read_is_not_kept() {
    let exchange =
        masked(message("POST /Users HTTP/1.1", &[("Content-Encoding", "gzip")], "zzz"), None);
    assert!(
        exchange.request.content.text.is_empty() && !exchange.request.content.left_out.is_empty()
    );
}

proptest::proptest! {
    #[test]
    fn hostile_texts_never_panic(line in "\\PC{0,60}", body in "\\PC{0,80}", inner in "[\\[\\]{}\":,a-z@.\\\\]{0,40}") {
        mask(&line, &body, &inner);
        mask(&format!("GET /Users?filter={line} HTTP/1.1"), &format!("{{\"a\":\"{inner}\"}}"), &body);
    }
}

#[test]
fn a_token_that_the_answer_repeats_does_not_stay() {
    let line = "POST /scim/v2/Users HTTP/1.1";
    let words = "no such token: token-of-a-tenant";
    let exchange = masked(
        message(line, &[("Authorization", "Bearer token-of-a-tenant")], "{}"),
        Some(message(
            "HTTP/1.1 401 Unauthorized",
            &[("X-Saw", words)],
            &format!(r#"{{"detail":"{words}"}}"#),
        )),
    );
    let response = exchange.response.expect("it stays");
    assert_eq!(response.content.text, r#"{"detail":"no such token: ***"}"#);
    assert_eq!(response.headers, [("X-Saw".to_owned(), "no such token: ***".to_owned())]);
}
