//! The lines of a shell that show a failure again: the objects it rests on are made first, their
//! ids are kept in variables, and at the end they are deleted.

use std::collections::BTreeSet;

use http::Method;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::curl::{self, Variable};
use super::exchange::Exchange;
use super::pick;

/// How an id is read from what `curl` prints.
const READ_ID: &str = r#" | sed -n 's/.*"id" *: *"\([^"]*\)".*/\1/p' | head -n 1)"#;

/// Shows what `curl` prints, and hands it on.
const SEEN: &str = " | tee -a /dev/stderr";

/// The lines that send an exchange of a check again, by its place among those of the check.
pub fn lines(origin: &str, exchanges: &[Exchange], shown: usize) -> Vec<String> {
    let mut steps = needed(exchanges, shown);
    steps.insert(shown);
    let mut variables: Vec<Variable> = Vec::new();
    let (mut lines, mut at_once, mut gone) = (Vec::new(), false, BTreeSet::new());
    for (nth, exchange) in steps.iter().filter_map(|nth| Some((*nth, exchanges.get(*nth)?))) {
        let mut line = curl::line_with(origin, &exchange.request, &variables);
        let is_shown = nth == shown || exchange.is_shown;
        if is_shown {
            // Status and headers are part of what is to be seen.
            line = line.replacen("curl -sS", "curl -sSi", 1);
        }
        match (exchange.at_once, made(exchange)) {
            (true, _) => {
                at_once = true;
                lines.push(format!("{} &", line.replacen("curl -sS ", "curl -sSi ", 1)));
            }
            (false, Some(id)) => {
                let path = exchange.request.uri().path().trim_end_matches('/').to_owned();
                let kind = if path.ends_with("/Groups") { 'g' } else { 'u' };
                let name = format!("{kind}{}", variables.len() + 1);
                let seen = if is_shown { SEEN } else { "" };
                lines.push(format!("{name}=$({line}{seen}{READ_ID}"));
                variables.push(Variable { id, name, path });
            }
            (false, None) => {
                lines.push(if is_shown { line } else { quiet(&line) });
                gone.extend(deleted(exchange));
            }
        }
    }
    if at_once {
        lines.push("wait".to_owned());
    }
    let mut lines = looped(lines);
    let head = exchanges.get(shown).map(|exchange| exchange.request.headers());
    for Variable { id, path, .. } in variables.iter().rev().filter(|it| !gone.contains(&it.id)) {
        let mut delete = http::Request::new(bytes::Bytes::new());
        *delete.method_mut() = Method::DELETE;
        *delete.uri_mut() = format!("{path}/{id}").parse().unwrap_or_default();
        if let Some(token) = head.and_then(|head| head.get(http::header::AUTHORIZATION)) {
            delete.headers_mut().insert(http::header::AUTHORIZATION, token.clone());
        }
        lines.push(quiet(&curl::line_with(origin, &delete, &variables)));
    }
    lines
}

/// Lines of which many in a row are equal become a loop that prints the statuses.
fn looped(lines: Vec<String>) -> Vec<String> {
    let mut out: Vec<(String, usize)> = Vec::new();
    for line in lines {
        match out.last_mut().filter(|(last, _)| *last == line) {
            Some((_, many)) => *many += 1,
            None => out.push((line, 1)),
        }
    }
    let written = |(line, many): (String, usize)| match many {
        1 => line,
        _ => {
            let status = r"curl -sS -o /dev/null -w '%{http_code}\n'";
            format!("for i in $(seq {many}); do {}; done", line.replacen("curl -sSi", status, 1))
        }
    };
    out.into_iter().map(written).collect()
}

/// A line whose answer is not what is to be seen.
fn quiet(line: &str) -> String {
    line.replacen("curl -sS", "curl -sS -o /dev/null", 1)
}

/// The exchanges before this one without which it would go otherwise.
fn needed(exchanges: &[Exchange], shown: usize) -> BTreeSet<usize> {
    let before = || exchanges.iter().enumerate().take(shown);
    let Some(last) = exchanges.get(shown) else { return BTreeSet::new() };
    let mut texts = vec![text(last)];
    let mut found = BTreeSet::new();
    if last.at_once {
        found.extend(before().filter(|(_, one)| one.at_once).map(|(nth, _)| nth));
    }
    loop {
        let count = found.len();
        for (nth, exchange) in before() {
            if *exchange.request.method() != Method::GET
                && !found.contains(&nth)
                && texts.iter().any(|text| rests_on(text, exchange))
            {
                found.insert(nth);
                texts.push(text(exchange));
            }
        }
        if found.len() == count {
            break;
        }
    }
    found.extend(before().filter(|(_, one)| one.is_shown).map(|(nth, _)| nth));
    // A list that names no object shows those that there are.
    let is_bare = !found.iter().any(|nth| *exchanges[*nth].request.method() != Method::GET);
    if is_bare && !last.request.uri().path().contains("/Users/") {
        found.extend(before().filter(|(_, one)| made(one).is_some()).map(|(nth, _)| nth));
    }
    found
}

/// Whether a request, given as text, speaks of the object that another one made or changed.
fn rests_on(text: &str, other: &Exchange) -> bool {
    if let Some(id) = made(other) {
        let body: Option<Value> = serde_json::from_slice(other.request.body()).ok();
        let name = |name: &str| {
            let value = body.as_ref().and_then(|body| pick::text(body, &[name]));
            value.is_some_and(|value| text.contains(&value.to_lowercase()))
        };
        return curl::speaks_of(text, &id.to_lowercase())
            || ["userName", "displayName", "externalId"].into_iter().any(name);
    }
    let path = other.request.uri().path();
    let id = path.rsplit('/').next().unwrap_or_default();
    let is_one = path.contains("/Users/") || path.contains("/Groups/");
    is_one && curl::speaks_of(text, &id.to_lowercase())
}

/// The id of what a request made.
fn made(exchange: &Exchange) -> Option<String> {
    let answer = exchange.reply.as_ref().ok()?;
    if *exchange.request.method() != Method::POST || !answer.status().is_success() {
        return None;
    }
    let json: Value = serde_json::from_slice(answer.body()).ok()?;
    pick::text(&json, &["id"]).map(str::to_owned)
}

/// The id of what a request deleted.
fn deleted(exchange: &Exchange) -> Option<String> {
    let succeeded = exchange.status().is_some_and(|status| (200..300).contains(&status));
    let is_delete = *exchange.request.method() == Method::DELETE && succeeded;
    let id = exchange.request.uri().path().rsplit('/').next().filter(|_| is_delete)?;
    Some(percent_decode_str(id).decode_utf8_lossy().into_owned())
}

/// A request as text in lower case: its path and query decoded, and its body.
fn text(exchange: &Exchange) -> String {
    let uri = exchange.request.uri().to_string().replace('+', " ");
    let uri = percent_decode_str(&uri).decode_utf8_lossy().into_owned();
    let body = String::from_utf8_lossy(exchange.request.body()).into_owned();
    format!("{uri}\n{body}").to_lowercase()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use http::{Request, Response};

    use super::*;

    fn exchange(method: &str, path: &str, body: &'static str, answer: &'static str) -> Exchange {
        let request =
            Request::builder().method(method).uri(path).body(Bytes::from_static(body.as_bytes()));
        let status = if method == "POST" { 201 } else { 200 };
        let reply = Response::builder().status(status).body(Bytes::from_static(answer.as_bytes()));
        Exchange {
            request: request.expect("a request"),
            reply: Ok(reply.expect("a response")),
            took: Duration::ZERO,
            at_once: false,
            is_shown: false,
        }
    }

    #[test]
    fn what_a_failure_rests_on_is_made_first_and_deleted_at_the_end() {
        let exchanges = [
            exchange("POST", "/Users", r#"{"userName":"other"}"#, r#"{"id":"6"}"#),
            exchange("POST", "/Users", r#"{"userName":"Ann"}"#, r#"{"id":"7"}"#),
            exchange("PATCH", "/Users/7", r#"{"value":"x7"}"#, ""),
            exchange("GET", "/Users/7", "", r#"{"id":"7"}"#),
        ];
        assert_eq!(
            lines("http://h", &exchanges, 3),
            [
                format!(
                    "u1=$(curl -sS -X POST -d '{{\"userName\":\"Ann\"}}' 'http://h/Users'{READ_ID}"
                ),
                r#"curl -sS -o /dev/null -X PATCH -d '{"value":"x7"}' 'http://h/Users/'"$u1""#
                    .to_owned(),
                r#"curl -sSi 'http://h/Users/'"$u1""#.to_owned(),
                r#"curl -sS -o /dev/null -X DELETE 'http://h/Users/'"$u1""#.to_owned(),
            ]
        );
    }

    #[test]
    fn a_create_that_should_have_been_refused_is_shown_and_deleted_too_and_nothing_twice() {
        let ann = |id| exchange("POST", "/Users", r#"{"userName":"ann"}"#, id);
        let two = [ann(r#"{"id":"6"}"#), ann(r#"{"id":"7"}"#)];
        let lines = lines("http://h", &two, 1);
        assert!(lines[1].starts_with("u2=$(curl -sSi -X POST"), "{lines:?}");
        assert!(lines[1].contains(" | tee -a /dev/stderr | sed "), "{lines:?}");
        assert!(lines[2].ends_with(r#"/Users/'"$u2""#), "{lines:?}");
        assert!(lines[3].ends_with(r#"/Users/'"$u1""#) && lines.len() == 4, "{lines:?}");
        let gone = [
            ann(r#"{"id":"6"}"#),
            exchange("DELETE", "/Users/6", "", ""),
            exchange("GET", "/Users/6", "", ""),
        ];
        let lines = super::lines("http://h", &gone, 2);
        assert_eq!(lines.iter().filter(|line| line.contains("DELETE")).count(), 1, "{lines:?}");
    }

    #[test]
    fn what_is_compared_is_shown_and_what_is_repeated_is_a_loop() {
        let shown = |path| Exchange { is_shown: true, ..exchange("GET", path, "", "{}") };
        let user = || exchange("POST", "/Users", r#"{"userName":"ann"}"#, r#"{"id":"7"}"#);
        let two = [user(), shown("/Users?startIndex=0"), shown("/Users?startIndex=1")];
        let lines = lines("http://h", &two, 2);
        assert!(lines.len() == 4 && lines[0].starts_with("u1="), "{lines:?}");
        assert_eq!(
            lines[1..3],
            ["curl -sSi 'http://h/Users?startIndex=0'", "curl -sSi 'http://h/Users?startIndex=1'",]
        );
        let many = vec![shown("/Users/7"); 3];
        assert_eq!(
            super::lines("http://h", &many, 2),
            [
                r"for i in $(seq 3); do curl -sS -o /dev/null -w '%{http_code}\n' 'http://h/Users/7'; done"
            ]
        );
    }

    #[test]
    fn a_search_rests_on_what_has_the_name_it_looks_for() {
        let exchanges = [
            exchange("POST", "/Users", r#"{"userName":"other"}"#, r#"{"id":"6"}"#),
            exchange("POST", "/Users", r#"{"userName":"ann"}"#, r#"{"id":"7"}"#),
            exchange("GET", "/Users?filter=userName%20eq%20%22ANN%22", "", "{}"),
        ];
        let lines = lines("http://h", &exchanges, 2);
        assert!(lines.len() == 3 && lines[0].contains("\"ann\""), "{lines:?}");
        assert!(!lines[1].contains("$u1"), "{lines:?}");
    }
}
