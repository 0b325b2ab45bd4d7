//! The lines of a shell that show a failure again: the objects it rests on are made first, their
//! ids are kept in variables, and at the end they are deleted.

use std::collections::BTreeSet;

use http::Method;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::curl::{self, Variable};
use super::exchange::Exchange;
use super::pick;
use crate::foreign::Carried;

/// How an id is read from what `curl` prints.
const READ_ID: &str = r#" | sed -n 's/.*"id" *: *"\([^"]*\)".*/\1/p' | head -n 1)"#;

/// How often a request is sent again that fails by chance, and how many of them at a time.
const TRIES: (usize, usize) = (40, 8);

/// How an exchange is shown again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Resend {
    /// It is sent once.
    Once,
    /// It fails by chance: it is sent many times, several at a time, and what came is counted.
    ByChance,
    /// No answer came to anything any more: the server is asked first whether it is there, and the
    /// first request without an answer is the last that is sent.
    UntilGone,
}

/// The lines of a shell, and what they make.
#[derive(Default)]
struct Script {
    lines: Vec<String>,
    variables: Vec<Variable>,
    /// Files that hold what came of creates that were sent at the same time, by their variables.
    files: Vec<String>,
    at_once: bool,
    gone: BTreeSet<String>,
}

/// The lines that send an exchange of a check again, by its place among those of the check.
pub fn lines(origin: &str, exchanges: &[Exchange], shown: (usize, Resend)) -> Vec<String> {
    let (shown, how) = shown;
    let mut steps = needed(exchanges, shown);
    steps.insert(shown);
    let mut script = Script::default();
    if how == Resend::UntilGone {
        script.ask(origin, exchanges.get(shown));
    }
    for (nth, exchange) in steps.iter().filter_map(|nth| Some((*nth, exchanges.get(*nth)?))) {
        match how {
            Resend::ByChance if nth == shown => script.by_chance(origin, exchange),
            _ => script.once(origin, exchange, nth == shown || exchange.is_shown),
        }
    }
    let lines = script.end(origin, exchanges.get(shown));
    if how == Resend::UntilGone { until_gone(lines) } else { lines }
}

/// Lines in a shell of their own, which ends where no answer comes.
fn until_gone(lines: Vec<String>) -> Vec<String> {
    let made = |line: &str| line.split_once("=$(curl ").map(|(name, _)| name.to_owned());
    let last = lines.len().saturating_sub(1);
    let stops = |(nth, line): (usize, String)| {
        let end = if nth == last { " )" } else { "" };
        let begin = if nth == 0 { "( " } else { "" };
        let line = match made(&line) {
            Some(name) => format!("{line}; [ -n \"${name}\" ] || exit 1"),
            None if line.ends_with('&') || !line.starts_with("curl ") => line,
            None => format!("{line} || exit 1"),
        };
        format!("{begin}{line}{end}")
    };
    lines.into_iter().enumerate().map(stops).collect()
}

impl Script {
    /// Asks whether the server is there.
    fn ask(&mut self, origin: &str, like: Option<&Exchange>) {
        let Some(like) = like else { return };
        let mut request = http::Request::new(bytes::Bytes::new());
        let path = like.request.uri().path();
        let base = ["/Users", "/Groups"].iter().find_map(|end| path.find(end));
        let base = base.map_or("", |at| &path[..at]);
        *request.uri_mut() = format!("{base}/Users?count=1").parse().unwrap_or_default();
        with_token(&mut request, Some(like));
        if let Some(carried) = carried_by(Some(like)) {
            *request.uri_mut() = carried.added_to(request.uri());
        }
        self.lines.push(curl::line_with(origin, &request, &[]).replacen("-sS", "-sSi", 1));
    }

    /// A request, once.
    fn once(&mut self, origin: &str, exchange: &Exchange, is_shown: bool) {
        let mut line = curl::line_with(origin, &exchange.request, &self.variables);
        if is_shown || exchange.at_once {
            // Status and headers are part of what is to be seen.
            line = line.replacen("curl -sS ", "curl -sSi ", 1);
        }
        let is_create = *exchange.request.method() == Method::POST;
        match (exchange.at_once, made(exchange)) {
            (true, id) if is_create => {
                self.at_once = true;
                let name = self.name(exchange);
                self.lines.push(format!("{line} >\"$room/{name}\" &"));
                self.files.push(name.clone());
                self.remember(exchange, name, id.unwrap_or_default());
            }
            (true, _) => {
                self.at_once = true;
                self.lines.push(format!("{line} &"));
            }
            (false, Some(id)) => {
                let name = self.name(exchange);
                self.lines.push(match is_shown {
                    // What is to be seen is printed by the shell itself: a file that a log goes to
                    // may not be opened twice.
                    true => format!(
                        "came=$({line}); printf '%s\\n' \"$came\"; \
                         {name}=$(printf '%s\\n' \"$came\"{READ_ID}"
                    ),
                    false => format!("{name}=$({line}{READ_ID}"),
                });
                self.remember(exchange, name, id);
            }
            (false, None) => {
                if !is_shown {
                    self.say(exchange);
                }
                self.lines.push(if is_shown { line } else { quiet(&line) });
                self.gone.extend(deleted(exchange));
            }
        }
    }

    /// Prints a change that is not shown itself, with the ids of now: only so can be seen what came
    /// of which object.
    fn say(&mut self, exchange: &Exchange) {
        let request = &exchange.request;
        if !self.variables.is_empty() && !request.body().is_empty() {
            let body = String::from_utf8_lossy(request.body());
            let what = format!("sent: {} {}", request.method(), request.uri());
            let [what, body] =
                [&*what, &*body].map(|text| curl::with_variables(text, &self.variables));
            let line = format!("printf '%s\\n' {what} {body}");
            if !self.lines.contains(&line) {
                self.lines.push(line);
            }
        }
    }

    /// A request many times, several at a time: how often which status came. What a create makes is
    /// deleted at once, and its name is another one each time.
    fn by_chance(&mut self, origin: &str, exchange: &Exchange) {
        let line = curl::line_with(origin, &exchange.request, &self.variables);
        let one = match created_name(exchange) {
            None => line.replacen("curl -sS", "curl -sS -o /dev/null -w '%{http_code}\\n'", 1),
            Some(name) => {
                let line = line.replacen("curl -sS", "curl -sS -w '\\n%{http_code}'", 1);
                let line = line.replace(&name, &format!("{name}-'\"$i\"'"));
                let delete = delete(origin, exchange.request.uri().path(), "id", Some(exchange));
                format!(
                    "(came=$({line}); echo \"$came\" | tail -n 1; id=$(echo \"$came\"{READ_ID}; \
                     [ -z \"$id\" ] || {delete})"
                )
            }
        };
        let (many, at_once) = TRIES;
        self.lines.push(format!(
            "for i in $(seq {many}); do {one} & [ $((i % {at_once})) -ne 0 ] || wait; done | sort | uniq -c"
        ));
    }

    /// A new name of a variable, for the id of what a request makes.
    fn name(&self, exchange: &Exchange) -> String {
        let path = exchange.request.uri().path().trim_end_matches('/');
        let kind = if path.ends_with("/Groups") { 'g' } else { 'u' };
        format!("{kind}{}", self.variables.len() + 1)
    }

    fn remember(&mut self, exchange: &Exchange, name: String, id: String) {
        let path = exchange.request.uri().path().trim_end_matches('/').to_owned();
        self.variables.push(Variable { id, name, path });
    }

    /// All lines: at the end what is still there is deleted.
    fn end(self, origin: &str, shown: Option<&Exchange>) -> Vec<String> {
        let Script { mut lines, variables, files, at_once, gone } = self;
        if at_once {
            lines.push("wait".to_owned());
        }
        let mut lines = looped(lines);
        if !files.is_empty() {
            lines.insert(0, "room=$(mktemp -d)".to_owned());
            lines.push("cat \"$room\"/*".to_owned());
            lines
                .extend(files.iter().map(|name| format!("{name}=$(cat \"$room/{name}\"{READ_ID}")));
            lines.push("rm -r \"$room\"".to_owned());
        }
        for Variable { name, path, .. } in
            variables.iter().rev().filter(|it| !gone.contains(&it.id))
        {
            // What was not made this time has no id, and the path of all is nothing to delete.
            let line = delete(origin, path, name, shown);
            lines.push(format!("[ -z \"${name}\" ] || {line}"));
        }
        lines
    }
}

/// The name that a create gives, up to its domain.
fn created_name(exchange: &Exchange) -> Option<String> {
    let body: Value = serde_json::from_slice(exchange.request.body()).ok()?;
    let name = pick::text(&body, &["userName"]).or_else(|| pick::text(&body, &["displayName"]))?;
    let is_create = *exchange.request.method() == Method::POST;
    is_create.then(|| name.split('@').next().unwrap_or(name).to_owned())
}

/// Gives a request the token of another one.
/// The line that deletes below a path what a variable of the shell names.
fn delete(origin: &str, path: &str, variable: &str, like: Option<&Exchange>) -> String {
    let mut delete = http::Request::new(bytes::Bytes::new());
    *delete.method_mut() = Method::DELETE;
    *delete.uri_mut() = path.parse().unwrap_or_default();
    with_token(&mut delete, like);
    let line = quiet(&curl::line_with(origin, &delete, &[]));
    let query = carried_by(like).map(|carried| format!("'?{}'", carried.query()));
    format!("{}/\"${variable}\"{}", line.trim_end(), query.unwrap_or_default())
}

/// What of the tenant URL's query went along.
fn carried_by(like: Option<&Exchange>) -> Option<&Carried> {
    like.and_then(|like| like.request.extensions().get())
}

fn with_token(request: &mut http::Request<bytes::Bytes>, like: Option<&Exchange>) {
    let token = like.and_then(|like| like.request.headers().get(http::header::AUTHORIZATION));
    if let Some(token) = token {
        request.headers_mut().insert(http::header::AUTHORIZATION, token.clone());
    }
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
            let line = line.replacen("curl -sSi", status, 1);
            let end = if line.ends_with('&') { "" } else { ";" };
            format!("for i in $(seq {many}); do {line}{end} done")
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
                // What was done to an object by its id counts where it is spoken of by its name.
                texts.extend(made(exchange).map(|id| format!("/{}", id.to_lowercase())));
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
            lines("http://h", &exchanges, (3, Resend::Once)),
            [
                format!(
                    "u1=$(curl -sS -X POST -d '{{\"userName\":\"Ann\"}}' 'http://h/Users'{READ_ID}"
                ),
                r#"printf '%s\n' 'sent: PATCH /Users/'"$u1" '{"value":"x7"}'"#.to_owned(),
                r#"curl -sS -o /dev/null -X PATCH -d '{"value":"x7"}' 'http://h/Users/'"$u1""#
                    .to_owned(),
                r#"curl -sSi 'http://h/Users/'"$u1""#.to_owned(),
                r#"[ -z "$u1" ] || curl -sS -o /dev/null -X DELETE 'http://h/Users'/"$u1""#
                    .to_owned(),
            ]
        );
    }

    #[test]
    fn a_create_that_should_have_been_refused_is_shown_and_deleted_too_and_nothing_twice() {
        let ann = |id| exchange("POST", "/Users", r#"{"userName":"ann"}"#, id);
        let two = [ann(r#"{"id":"6"}"#), ann(r#"{"id":"7"}"#)];
        let lines = lines("http://h", &two, (1, Resend::Once));
        assert!(lines[1].starts_with("came=$(curl -sSi -X POST"), "{lines:?}");
        assert!(lines[1].contains("; printf '%s\\n' \"$came\"; u2=$(printf "), "{lines:?}");
        assert!(lines[2].ends_with(r#"/Users'/"$u2""#), "{lines:?}");
        assert!(lines[3].ends_with(r#"/Users'/"$u1""#) && lines.len() == 4, "{lines:?}");
        let gone = [
            ann(r#"{"id":"6"}"#),
            exchange("DELETE", "/Users/6", "", ""),
            exchange("GET", "/Users/6", "", ""),
        ];
        let lines = super::lines("http://h", &gone, (2, Resend::Once));
        assert_eq!(lines.iter().filter(|line| line.contains("DELETE")).count(), 1, "{lines:?}");
    }

    #[test]
    fn a_server_that_is_gone_is_asked_once_and_the_rest_is_not_sent() {
        let mut exchanges: Vec<Exchange> = (0..24)
            .map(|_| exchange("POST", "/scim/Users", r#"{"userName":"ann"}"#, r#"{"id":"7"}"#))
            .collect();
        exchanges.push(exchange("GET", "/scim/Users?filter=userName%20eq%20%22ann%22", "", "{}"));
        let lines = lines("http://h", &exchanges, (24, Resend::UntilGone));
        assert_eq!(lines[0], "( curl -sSi 'http://h/scim/Users?count=1' || exit 1");
        assert!(lines[1].ends_with("; [ -n \"$u1\" ] || exit 1"), "{}", lines[1]);
        assert!(lines[lines.len() - 1].ends_with(" )"), "{lines:?}");
    }

    #[test]
    fn what_was_done_to_an_object_comes_before_a_search_for_its_name() {
        let exchanges = [
            exchange("POST", "/Users", r#"{"userName":"ann"}"#, r#"{"id":"7"}"#),
            exchange("DELETE", "/Users/7", "", ""),
            exchange("GET", "/Users?filter=userName%20eq%20%22ann%22", "", "{}"),
        ];
        let lines = lines("http://h", &exchanges, (2, Resend::Once));
        assert_eq!(lines[1], r#"curl -sS -o /dev/null -X DELETE 'http://h/Users/'"$u1""#);
        assert!(lines.len() == 3 && lines[2].starts_with("curl -sSi "), "{lines:?}");
    }

    #[test]
    fn what_is_compared_is_shown_and_what_is_repeated_is_a_loop() {
        let shown = |path| Exchange { is_shown: true, ..exchange("GET", path, "", "{}") };
        let user = || exchange("POST", "/Users", r#"{"userName":"ann"}"#, r#"{"id":"7"}"#);
        let two = [user(), shown("/Users?startIndex=0"), shown("/Users?startIndex=1")];
        let lines = lines("http://h", &two, (2, Resend::Once));
        assert!(lines.len() == 4 && lines[0].starts_with("u1="), "{lines:?}");
        assert_eq!(
            lines[1..3],
            ["curl -sSi 'http://h/Users?startIndex=0'", "curl -sSi 'http://h/Users?startIndex=1'",]
        );
        let many = vec![shown("/Users/7"); 3];
        assert_eq!(
            super::lines("http://h", &many, (2, Resend::Once)),
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
        let lines = lines("http://h", &exchanges, (2, Resend::Once));
        assert!(lines.len() == 3 && lines[0].contains("\"ann\""), "{lines:?}");
        assert!(!lines[1].contains("$u1"), "{lines:?}");
    }

    #[test]
    fn an_id_in_a_filter_is_that_of_what_was_made_now() {
        let exchanges = [
            exchange("POST", "/Users", r#"{"userName":"ann"}"#, r#"{"id":"7"}"#),
            exchange("GET", "/Users?filter=id%20eq%20%227%22%20and%20x", "", "{}"),
        ];
        let lines = lines("http://h", &exchanges, (1, Resend::Once));
        assert_eq!(
            lines[1],
            r#"curl -sSi 'http://h/Users?filter=id%20eq%20%22'"$u1"'%22%20and%20x'"#
        );
    }

    #[test]
    fn creates_at_the_same_time_are_shown_and_all_of_them_are_deleted() {
        let ann = |id| Exchange {
            at_once: true,
            ..exchange("POST", "/Users", r#"{"userName":"ann"}"#, id)
        };
        let two = [ann(r#"{"id":"6"}"#), ann(r#"{"id":"7"}"#)];
        let lines = lines("http://h", &two, (1, Resend::Once));
        let create = r#"curl -sSi -X POST -d '{"userName":"ann"}' 'http://h/Users' >"$room/"#;
        assert_eq!(lines[0], "room=$(mktemp -d)");
        assert_eq!(
            lines[1..4],
            [format!("{create}u1\" &"), format!("{create}u2\" &"), "wait".into()]
        );
        assert_eq!(lines[4], r#"cat "$room"/*"#);
        assert!(lines[5].starts_with(r#"u1=$(cat "$room/u1" | sed "#), "{lines:?}");
        assert_eq!(lines.iter().filter(|line| line.contains("-X DELETE")).count(), 2);
    }

    #[test]
    fn what_fails_by_chance_is_sent_many_times_and_counted() {
        let by_chance =
            |all: &[Exchange]| lines("http://h", all, (all.len() - 1, Resend::ByChance));
        let exchanges = [
            exchange("POST", "/Users", r#"{"userName":"ann@x"}"#, r#"{"id":"7"}"#),
            exchange("PATCH", "/Users/7", "{}", ""),
        ];
        assert_eq!(
            by_chance(&exchanges)[1],
            r#"for i in $(seq 40); do curl -sS -o /dev/null -w '%{http_code}\n' -X PATCH -d '{}' 'http://h/Users/'"$u1" & [ $((i % 8)) -ne 0 ] || wait; done | sort | uniq -c"#
        );
        let created = by_chance(&exchanges[..1]);
        assert!(
            created.len() == 1 && created[0].contains(r#"{"userName":"ann-'"$i"'@x"}"#),
            "{created:?}"
        );
        assert!(created[0].contains(r#"-X DELETE 'http://h/Users'/"$id")"#), "{created:?}");
    }
}
