//! Sends the requests of a recording to another server, one after the other: what each of them is
//! there, with the ids that the server has given, and how its answer differs.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::bulk::{self, BULK};
use super::compare::{self, Compared, Ids, Point, ServerAnswer, id_text};
use super::exchange::{Exchange, Loss, Message, Recording};
use super::json_text::{self, JsonStep};
use super::others::{LeftOut, Ours};
use super::{mask, query};

/// The characters of an id that stay as they are in a path.
pub const SEGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@');

/// Headers that belong to a connection or to credentials, and are not sent again.
const NOT_SENT: [&str; 11] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "authorization",
    "proxy-authorization",
    "cookie",
    "accept-encoding",
    "expect",
    "te",
];

/// An answer that differs.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The number of the recorded exchange.
    pub seq: u64,
    /// The request as it was sent: method and target.
    pub request: String,
    /// Its body.
    pub sent: String,
    /// Where the answers differ.
    pub points: Vec<Point>,
}

/// An object that the recording found and did not make: it is made beforehand.
pub struct Found {
    /// `/Users` or `/Groups`.
    pub endpoint: String,
    /// Its recorded id.
    pub id: String,
    resource: Map<String, Value>,
}

/// A recording that is sent to another server.
pub struct Replay {
    recorded_base: String,
    base: String,
    exchanges: Vec<Exchange>,
    ids: Ids,
    /// Ids of the recording that belong to objects that could not be made.
    missing: BTreeSet<String>,
    /// Paths of what was made and not deleted, oldest first.
    made: Vec<String>,
    /// The ids that this server has given.
    given: BTreeSet<String>,
    /// Whether this server held anything beforehand.
    others: bool,
}

/// What came of holding an answer against the recorded one.
#[derive(Default)]
pub struct Answered {
    /// How it differs, when it does.
    pub difference: Option<Difference>,
    /// What of it was not compared.
    pub left_out: LeftOut,
}

impl Replay {
    /// Sends a recording to a server whose resources are below `base`.
    pub fn new(recording: &Recording, exchanges: Vec<Exchange>, base: &str) -> Replay {
        Replay {
            recorded_base: recording.base_path.clone(),
            base: base.to_owned(),
            exchanges,
            ids: Ids::new(),
            missing: BTreeSet::new(),
            made: Vec::new(),
            given: BTreeSet::new(),
            others: false,
        }
    }

    /// Notes that the server holds something before anything is made there.
    pub fn holds_others(&mut self) {
        self.others = true;
    }

    /// Whether the recording has requests below this endpoint.
    pub fn touches(&self, endpoint_name: &str) -> bool {
        self.exchanges.iter().any(|exchange| {
            let below = below(&exchange.request, &self.recorded_base);
            below.map(endpoint) == Some(endpoint_name)
        })
    }

    /// Whether an object of this id was made by this replay.
    pub fn has_made(&self, id: &str) -> bool {
        self.given.contains(id)
    }

    /// The recorded exchanges.
    pub fn exchanges(&self) -> &[Exchange] {
        &self.exchanges
    }

    /// What was made and not deleted, oldest first.
    pub fn made(&self) -> &[String] {
        &self.made
    }

    /// What the recording found and did not make, users first.
    pub fn found(&self) -> Vec<Found> {
        let mut made = BTreeSet::new();
        let mut found: BTreeMap<String, Found> = BTreeMap::new();
        for exchange in &self.exchanges {
            let Some(below) = below(&exchange.request, &self.recorded_base) else { continue };
            let Some(body) = exchange.response.as_ref().and_then(Message::json) else { continue };
            if !exchange.status().is_some_and(|status| (200..300).contains(&status)) {
                continue;
            }
            if below == BULK {
                let all = bulk::operations(&exchange.request.content.text);
                let posts = all.iter().enumerate().filter(|(_, one)| one.method == "POST");
                let ids = posts.filter_map(|(nth, _)| id_in(&bulk::outcome(Some(&body), nth)?));
                made.extend(ids);
                continue;
            }
            let endpoint = endpoint(below).to_owned();
            let list = body.get("Resources").and_then(Value::as_array).cloned();
            for resource in list.unwrap_or_else(|| vec![body]) {
                let (Some(id), Value::Object(resource)) =
                    (resource.get("id").and_then(id_text), resource)
                else {
                    continue;
                };
                if exchange.request.method() == "POST" {
                    made.insert(id);
                } else if !made.contains(&id) && ["/Users", "/Groups"].contains(&endpoint.as_str())
                {
                    let found_now = Found { endpoint: endpoint.clone(), id: id.clone(), resource };
                    found.entry(id).or_insert(found_now);
                }
            }
        }
        let mut found: Vec<Found> = found.into_values().collect();
        found.sort_by(|a, b| b.endpoint.cmp(&a.endpoint));
        found
    }

    /// The request that makes a found object.
    pub fn make(&self, found: &Found) -> Option<Request<Bytes>> {
        let mut resource = found.resource.clone();
        for name in ["id", "meta", "groups"] {
            resource.remove(name);
        }
        let text = Value::Object(resource).to_string();
        let body = self.with_new_ids(&text);
        let mut request = Request::new(Bytes::from(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = Uri::try_from(format!("{}{}", self.base, found.endpoint)).ok()?;
        let json = HeaderValue::from_static(crate::scim::CONTENT_TYPE);
        request.headers_mut().insert(http::header::CONTENT_TYPE, json.clone());
        request.headers_mut().insert(http::header::ACCEPT, json);
        Some(request)
    }

    /// A found object was made, or could not be.
    pub fn made_found(&mut self, found: &Found, answer: Option<&ServerAnswer>) -> bool {
        let id = answer.filter(|answer| (200..300).contains(&answer.status)).and_then(new_id);
        self.note(&found.endpoint, &found.id, id)
    }

    fn note(&mut self, endpoint: &str, recorded: &str, now: Option<String>) -> bool {
        match now {
            Some(now) => {
                let segment = utf8_percent_encode(&now, SEGMENT);
                self.made.push(format!("{endpoint}/{segment}"));
                self.given.insert(now.clone());
                self.ids.insert(recorded.to_owned(), now);
                true
            }
            None => {
                self.missing.insert(recorded.to_owned());
                false
            }
        }
    }

    /// A recorded request as it is sent to this server.
    ///
    /// # Errors
    /// Why it is left out.
    pub fn next(&self, exchange: &Exchange) -> Result<Request<Bytes>, &'static str> {
        let request = &exchange.request;
        if exchange.lost == Some(Loss::Refused) || exchange.lost == Some(Loss::Unreadable) {
            return Err("it never reached the server as a request");
        }
        if exchange.status().is_some_and(|status| matches!(status, 429 | 502..=504)) {
            return Err("the server was throttling or down, and did not carry it out");
        }
        if exchange.status() == Some(401) && request.get("authorization").is_some() {
            return Err("its credentials were refused, and were not kept");
        }
        let Some(below) = below(request, &self.recorded_base) else {
            return Err("it is not below the tenant URL");
        };
        let content = &request.content;
        if !content.left_out.is_empty() || content.base64 {
            return Err("not all of it was kept");
        }
        if content.text.contains(mask::SECRET) {
            return Err("it holds a secret, which was not kept");
        }
        if let Some(id) = id_in(below) {
            if self.missing.contains(&id) {
                return Err("its object could not be made");
            }
            let writes = !["GET", "HEAD"].contains(&request.method());
            if writes && !self.ids.contains_key(&id) {
                // It may be the id of something that was there before.
                return Err("it changes an object that this replay has not made");
            }
        }
        let bulk = below == BULK && request.method() == "POST";
        if bulk {
            let ours = |id: &str| self.ids.contains_key(id);
            let all = bulk::operations(&content.text);
            if let Some(why) = all.iter().find_map(|one| one.refusal(ours)) {
                return Err(why);
            }
        }
        let ours =
            bulk || ["/Users", "/Groups"].contains(&endpoint(below)) || below.ends_with("/.search");
        if !ours && !["GET", "HEAD"].contains(&request.method()) {
            return Err("what it makes could not be deleted again");
        }
        self.request(request, below).ok_or("it cannot be sent as an HTTP request")
    }

    fn request(&self, recorded: &Message, below: &str) -> Option<Request<Bytes>> {
        let path: Vec<String> = below.split('/').map(|part| self.new_segment(part)).collect();
        let mut target = format!("{}{}", self.base, path.join("/"));
        if target.is_empty() {
            target.push('/');
        }
        if let Some(query) = recorded.query() {
            target += &format!("?{}", self.new_query(query));
        }
        let mut request = Request::new(Bytes::from(self.with_new_ids(&recorded.content.text)));
        *request.method_mut() = recorded.method().parse().ok()?;
        *request.uri_mut() = Uri::try_from(target).ok()?;
        for (name, value) in &recorded.headers {
            if NOT_SENT.contains(&name.to_ascii_lowercase().as_str()) || value == mask::SECRET {
                continue;
            }
            let name = HeaderName::try_from(name.as_str());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value.as_str())) {
                request.headers_mut().append(name, value);
            }
        }
        Some(request)
    }

    /// A segment of a path: an id is replaced.
    fn new_segment(&self, segment: &str) -> String {
        let id = query::decode(&segment.replace('+', "%2B"));
        match self.ids.get(&id) {
            Some(now) => query::encode_like(now, segment),
            None => segment.to_owned(),
        }
    }

    fn new_query(&self, query: &str) -> String {
        let part = |part: &str| {
            let Some((name, raw)) = part.split_once('=') else { return part.to_owned() };
            if !name.eq_ignore_ascii_case("filter") {
                return part.to_owned();
            }
            let before = query::decode(raw);
            let after = self.new_filter(&before);
            match before == after {
                true => part.to_owned(),
                false => format!("{name}={}", query::encode_like(&after, raw)),
            }
        };
        query.split('&').map(part).collect::<Vec<_>>().join("&")
    }

    fn new_filter(&self, filter: &str) -> String {
        query::filter(filter, &mut |name, value| {
            let names_id = compare::holds_id(name) || compare::holds_id(&format!("{name}.value"));
            self.ids.get(value).filter(|_| names_id).cloned()
        })
    }

    /// A body with the ids that the server has given.
    fn with_new_ids(&self, text: &str) -> String {
        let paths = mask::patch_paths(text);
        let rewritten = json_text::rewrite(text, &mut |way, says| {
            let last = way.iter().rev().find_map(|step| match step {
                JsonStep::Name(name) => Some(name.as_str()),
                JsonStep::Nth(_) => None,
            });
            if last == Some("path") && says.starts_with('/') {
                // Of an operation of a bulk request.
                let path: Vec<String> =
                    says.split('/').map(|part| self.new_segment(part)).collect();
                return Some(path.join("/")).filter(|new| new != says);
            }
            if last == Some("path") {
                return Some(self.new_filter(says)).filter(|new| new != says);
            }
            let path = mask::attribute_path(way, &paths);
            let link = says.rsplit_once('/').filter(|_| last == Some("$ref"));
            if let Some((before, id)) = link {
                return self.ids.get(id).map(|now| format!("{before}/{now}"));
            }
            let names_id = compare::holds_id(&path) || compare::holds_id(&format!("{path}.value"));
            self.ids.get(says).filter(|_| names_id).cloned()
        });
        rewritten.unwrap_or_else(|| text.to_owned())
    }

    /// The endpoint and the name that a create was refused for, when it worked as it was recorded.
    pub fn refused_name(&self, exchange: &Exchange, answer: &ServerAnswer) -> Option<Found> {
        let below = below(&exchange.request, &self.recorded_base)?;
        let creates = exchange.request.method() == "POST" && below == endpoint(below);
        let worked = exchange.status().is_some_and(|status| (200..300).contains(&status));
        if !creates || !worked || answer.status != 409 {
            return None;
        }
        let Value::Object(resource) = exchange.request.json()? else { return None };
        Some(Found { endpoint: below.to_owned(), id: String::new(), resource })
    }

    /// An answer has come; returns how it differs.
    pub fn answered(
        &mut self,
        exchange: &Exchange,
        sent: &Request<Bytes>,
        answer: &ServerAnswer,
    ) -> Answered {
        let below = below(&exchange.request, &self.recorded_base).unwrap_or_default().to_owned();
        let worked = (200..300).contains(&answer.status);
        match exchange.request.method() {
            "POST"
                if ["/Users", "/Groups"].contains(&endpoint(&below)) && id_in(&below).is_none() =>
            {
                let before = exchange.response.as_ref().and_then(Message::json);
                let before = before.and_then(|body| id_text(body.get("id")?));
                let now = new_id(answer).filter(|_| worked);
                match before {
                    Some(before) => drop(self.note(endpoint(&below), &before, now)),
                    None => {
                        self.given.extend(now.clone());
                        self.made.extend(now.map(|now| format!("{}/{now}", endpoint(&below))));
                    }
                }
            }
            "POST" if below == BULK => self.bulk_answered(exchange, answer),
            "DELETE" if worked => {
                let path = sent.uri().path();
                let path = path.strip_prefix(self.base.as_str()).unwrap_or(path).to_owned();
                self.made.retain(|made| *made != path);
            }
            _ => {}
        }
        let whole = exchange.response.as_ref().filter(|_| exchange.lost != Some(Loss::Reset));
        let Some(expected) = whole else { return Answered::default() };
        let page = is_page(&exchange.request);
        let with = Compared { ids: &self.ids, page, ours: self.ours(endpoint(&below)) };
        let (points, left_out) = compare::compare(expected, answer, &with);
        let difference = (!points.is_empty()).then(|| Difference {
            seq: exchange.seq,
            request: format!("{} {}", sent.method(), sent.uri()),
            sent: String::from_utf8_lossy(sent.body()).into_owned(),
            points,
        });
        Answered { difference, left_out }
    }

    /// What the recording is about, as a list of this endpoint can show it.
    fn ours(&self, endpoint_name: &str) -> Ours<'_> {
        let all = !["/Users", "/Groups"].contains(&endpoint_name);
        let there = self.made.iter().filter(|path| all || endpoint(path) == endpoint_name).count();
        Ours {
            now: &self.given,
            missing: &self.missing,
            most: there + self.missing.len(),
            others: self.others,
        }
    }
}

impl Found {
    /// What it is called: the name that no two may have.
    pub fn name(&self) -> Option<&str> {
        let attribute = if self.endpoint == "/Groups" { "displayName" } else { "userName" };
        let named = self.resource.iter().find(|(name, _)| name.eq_ignore_ascii_case(attribute));
        named?.1.as_str()
    }
}

impl Replay {
    /// Notes what the operations of a bulk request have made and deleted.
    fn bulk_answered(&mut self, exchange: &Exchange, answer: &ServerAnswer) {
        let recorded = exchange.response.as_ref().and_then(Message::json);
        let now: Option<Value> = serde_json::from_slice(&answer.body).ok();
        let all = bulk::operations(&exchange.request.content.text);
        for (nth, operation) in all.into_iter().enumerate() {
            let path = bulk::outcome(now.as_ref(), nth);
            let before = bulk::outcome(recorded.as_ref(), nth).and_then(|path| id_in(&path));
            match (operation.method.as_str(), path) {
                ("POST", path) => {
                    let id = path.as_deref().and_then(id_in);
                    match before {
                        Some(before) => drop(self.note(endpoint(&operation.path), &before, id)),
                        None => {
                            self.given.extend(id);
                            self.made.extend(path);
                        }
                    }
                }
                ("DELETE", Some(path)) => self.made.retain(|made| *made != path),
                _ => {}
            }
        }
    }
}

/// The path of a request below the base; `None` when it is elsewhere.
pub fn below<'a>(request: &'a Message, base: &str) -> Option<&'a str> {
    let rest = request.path().strip_prefix(base)?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

/// The first segment of a path below the base.
pub fn endpoint(below: &str) -> &str {
    let end = below.get(1..).and_then(|rest| rest.find('/')).map_or(below.len(), |at| at + 1);
    &below[..end]
}

/// The id in `/Users/7`.
pub fn id_in(below: &str) -> Option<String> {
    let rest = below.strip_prefix("/Users/").or_else(|| below.strip_prefix("/Groups/"))?;
    let id = rest.split('/').next().filter(|id| !id.is_empty() && *id != ".search")?;
    Some(query::decode(&id.replace('+', "%2B")))
}

fn new_id(answer: &ServerAnswer) -> Option<String> {
    let body: Value = serde_json::from_slice(&answer.body).ok()?;
    id_text(body.get("id")?)
}

/// Whether a request asks for a page of everything there is.
fn is_page(request: &Message) -> bool {
    let names: Vec<String> = request
        .query()
        .into_iter()
        .flat_map(|query| query.split('&'))
        .map(|part| part.split('=').next().unwrap_or_default().to_ascii_lowercase())
        .collect();
    let has = |name: &str| names.iter().any(|have| have == name);
    (has("startindex") || has("count")) && !has("filter") && !has("sortby")
}

/// Whether a request was refused because it had no credentials: it is sent without any again.
pub fn is_bare(exchange: &Exchange) -> bool {
    exchange.status() == Some(401) && exchange.request.get("authorization").is_none()
}
