//! The exchanges of a `verify` run as an HTTP archive (HAR 1.2). Secrets are masked.

use http::header::{AUTHORIZATION, COOKIE, HeaderMap, SET_COOKIE};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::verify::{Checked, Exchange, Report};

/// The archive of all exchanges, each with the check it belongs to in `_check`.
pub fn har(report: &Report, origin: &str) -> String {
    // The report has durations and no instants; they are laid end to end from now.
    let mut at = Timestamp::now();
    let mut entries = Vec::new();
    for one in &report.checked {
        for exchange in &one.exchanges {
            entries.push(entry(one, exchange, origin, at));
            at = at.checked_add(exchange.took).unwrap_or(at);
        }
    }
    let creator = json!({"name": "scimulator", "version": env!("CARGO_PKG_VERSION")});
    let log = json!({"log": {"version": "1.2", "creator": creator, "entries": entries}});
    format!("{log:#}\n")
}

fn entry(one: &Checked, exchange: &Exchange, origin: &str, at: Timestamp) -> Value {
    let millis = exchange.took.as_secs_f64() * 1_000.0;
    let request = &exchange.request;
    let body = String::from_utf8_lossy(request.body());
    let query: Vec<Value> = request
        .uri()
        .query()
        .into_iter()
        .flat_map(|query| query.split('&'))
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect();
    let mut sent = json!({
        "method": request.method().as_str(),
        "url": format!("{origin}{}", request.uri()),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers(request.headers()),
        "queryString": query,
        "headersSize": -1,
        "bodySize": request.body().len(),
    });
    if !body.is_empty() {
        sent["postData"] = json!({"mimeType": "application/scim+json", "text": body});
    }
    json!({
        "startedDateTime": at.to_string(),
        "time": millis,
        "request": sent,
        "response": response(exchange),
        "cache": {},
        "timings": {"send": 0, "wait": millis, "receive": 0},
        "_check": one.check.id,
    })
}

fn response(exchange: &Exchange) -> Value {
    let Ok(response) = &exchange.reply else {
        return json!({
            "status": 0, "statusText": "no response", "httpVersion": "", "cookies": [], "headers": [],
            "content": {"size": 0, "mimeType": ""}, "redirectURL": "", "headersSize": -1, "bodySize": -1,
        });
    };
    let media = response.headers().get(http::header::CONTENT_TYPE);
    let media = media.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    json!({
        "status": response.status().as_u16(),
        "statusText": response.status().canonical_reason().unwrap_or_default(),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers(response.headers()),
        "content": {
            "size": response.body().len(),
            "mimeType": media.unwrap_or_default(),
            "text": String::from_utf8_lossy(response.body()),
        },
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": response.body().len(),
    })
}

fn headers(headers: &HeaderMap) -> Vec<Value> {
    headers
        .iter()
        .map(|(name, value)| {
            let secret = [AUTHORIZATION, COOKIE, SET_COOKIE].contains(name);
            let value =
                if secret { "***".into() } else { String::from_utf8_lossy(value.as_bytes()) };
            json!({"name": name.as_str(), "value": value})
        })
        .collect()
}
