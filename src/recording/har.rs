//! An exchange as an entry of an HTTP archive (HAR 1.2).

use serde_json::{Value, json};

use super::exchange::{Content, Exchange, Message};
use crate::scim::urn::PURPOSE;

/// What stands before the first entry of an archive.
pub fn opening() -> String {
    opening_with(None)
}

/// The same, with a word on the whole archive.
pub fn opening_with(comment: Option<&str>) -> String {
    let creator = json!({"name": "scimulator", "version": env!("CARGO_PKG_VERSION")});
    let comment = comment.map(|text| format!(",\"comment\":{}", json!(text))).unwrap_or_default();
    format!("{{\"log\":{{\"version\":\"1.2\",\"creator\":{creator}{comment},\"entries\":[")
}

/// What stands after the last one.
pub const CLOSING: &str = "\n]}}\n";

/// The whole of an archive, with a word on it.
pub fn archive(entries: &[Value], comment: Option<&str>) -> String {
    let entries: Vec<String> = entries.iter().map(|entry| format!("\n{entry}")).collect();
    format!("{}{}{CLOSING}", opening_with(comment), entries.join(","))
}

/// One request and its response. `started` is its date-time, `base` the server's scheme, host and
/// port.
pub fn entry(exchange: &Exchange, started: &str, base: &str) -> Value {
    let millis = exchange.took_us.map(|took| took as f64 / 1_000.0);
    let request = &exchange.request;
    let mut sent = json!({
        "method": request.method(),
        "url": url(request, base),
        "httpVersion": version(request),
        "cookies": [],
        "headers": headers(request),
        "queryString": query(request),
        "headersSize": -1,
        "bodySize": request.content.size,
    });
    if !request.content.is_empty() {
        let mut data = json!({
            "mimeType": request.get("content-type").unwrap_or_default(),
            "text": request.content.text,
        });
        if request.content.base64 {
            data["_encoding"] = json!("base64");
        }
        sent["postData"] = data;
    }
    let mut entry = json!({
        "startedDateTime": started,
        "time": millis.iter().sum::<f64>(),
        "request": sent,
        "response": response(exchange.response.as_ref()),
        "cache": {},
        "timings": {"send": millis[0], "wait": millis[1], "receive": millis[2]},
        "_seq": exchange.seq,
        "_connection": exchange.connection,
    });
    if let Some(lost) = exchange.lost {
        entry["_lost"] = json!(lost);
    }
    if let Some(purpose) = request.get(PURPOSE) {
        entry["_purpose"] = json!(purpose);
    }
    entry
}

fn url(request: &Message, base: &str) -> String {
    let target = request.target();
    if target.contains("://") { target.to_owned() } else { format!("{base}{target}") }
}

fn version(message: &Message) -> &str {
    message.line.split(' ').find(|word| word.starts_with("HTTP/")).unwrap_or_default()
}

fn query(request: &Message) -> Vec<Value> {
    let pairs = request.query().into_iter().flat_map(|query| query.split('&'));
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.map(|(name, value)| json!({"name": read(name), "value": read(value)})).collect()
}

/// A part of a query as it is meant: `+` and `%20` are blanks.
fn read(part: &str) -> String {
    let part = part.replace('+', " ");
    percent_encoding::percent_decode_str(&part).decode_utf8_lossy().into_owned()
}

fn headers(message: &Message) -> Vec<Value> {
    let header = |(name, value): &(String, String)| json!({"name": name, "value": value});
    message.headers.iter().map(header).collect()
}

fn response(response: Option<&Message>) -> Value {
    let Some(response) = response else {
        return json!({
            "status": 0, "statusText": "no response", "httpVersion": "", "cookies": [], "headers": [],
            "content": {"size": 0, "mimeType": ""}, "redirectURL": "", "headersSize": -1, "bodySize": -1,
        });
    };
    let reason = response.line.splitn(3, ' ').nth(2).unwrap_or_default();
    json!({
        "status": response.status(),
        "statusText": reason,
        "httpVersion": version(response),
        "cookies": [],
        "headers": headers(response),
        "content": content(&response.content, response.get("content-type").unwrap_or_default()),
        "redirectURL": response.get("location").unwrap_or_default(),
        "headersSize": -1,
        "bodySize": response.content.size,
    })
}

fn content(content: &Content, media: &str) -> Value {
    let mut value = json!({"size": content.size, "mimeType": media, "text": content.text});
    if content.base64 {
        value["encoding"] = json!("base64");
    }
    if !content.left_out.is_empty() {
        value["comment"] = json!(content.left_out);
    }
    value
}
