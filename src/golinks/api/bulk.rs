//! Several requests in one (RFC 7644 3.7). An operation that refers to what another one creates
//! waits for it.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, IF_MATCH, LOCATION};
use http::{Method, Request, Response};

use super::answer::{HttpError, ok, tag};
use super::resources::{Resource, version_of};
use crate::base::Moment;
use crate::golinks::Event;
use crate::golinks::references::each_reference;
use crate::golinks::server::GoLinks;
use crate::scim::{Error, Object, ScimType, Value, urn};

/// An operation on its way.
struct Operation {
    method: Method,
    path: String,
    bulk_id: Option<String>,
    version: Option<String>,
    data: Value,
}

/// What became of an operation.
struct BulkResult {
    status: u16,
    location: Option<String>,
    version: Option<String>,
    body: Bytes,
}

impl BulkResult {
    /// The id of the resource; `None` when the operation failed.
    fn id(&self) -> Option<&str> {
        self.location.as_deref()?.rsplit_once('/').map(|(_, id)| id)
    }
}

/// Carries out one operation as a request of its own.
pub(super) type CarryOut =
    fn(&mut GoLinks, &Request<Bytes>, &str, &mut Moment<'_, Event>) -> Response<Bytes>;

/// The operations that create something, by their `bulkId`.
type Names<'a> = BTreeMap<&'a str, usize>;

pub(crate) fn bulk(
    server: &mut GoLinks,
    mut body: Object,
    with: CarryOut,
    moment: &mut Moment<'_, Event>,
) -> Result<Response<Bytes>, HttpError> {
    let most_errors = match body.get("failOnErrors") {
        None | Some(Value::Null) => usize::MAX,
        Some(value) => match value.as_i64().and_then(|most| usize::try_from(most).ok()) {
            Some(most) if most > 0 => most,
            _ => return Err(syntax("`failOnErrors` is a whole number from 1").into()),
        },
    };
    let Some(Value::List(operations)) = body.take("Operations") else {
        return Err(syntax("`Operations` is a list of operations").into());
    };
    if operations.len() > server.settings().bulk_operations {
        let detail = format!("more than {} operations", server.settings().bulk_operations);
        return Err(Error::new(413, detail).into());
    }
    let operations: Vec<Operation> = operations.into_iter().map(read).collect::<Result<_, _>>()?;
    each_named_once(&operations)?;
    let results = carry_out(server, &operations, most_errors, with, moment);
    Ok(ok(answer(&operations, &results)))
}

/// Carries operations out in their order, but each after those it refers to; stops at so many
/// errors.
fn carry_out(
    server: &mut GoLinks,
    operations: &[Operation],
    most_errors: usize,
    with: CarryOut,
    moment: &mut Moment<'_, Event>,
) -> Vec<Option<BulkResult>> {
    let mut results: Vec<Option<BulkResult>> = operations.iter().map(|_| None).collect();
    let mut errors = 0;
    let mut waiting: Vec<usize> = (0..operations.len()).collect();
    let names = names(operations);
    let references: Vec<_> = operations.iter().map(|it| references(server, it, &names)).collect();
    loop {
        let mut still = Vec::new();
        let before = waiting.len();
        for nth in waiting {
            if errors >= most_errors {
                return results;
            }
            // A chain of a thousand is looked through a thousand times: what only waits must cost
            // next to nothing.
            if only_waits(&references[nth], &results) {
                still.push(nth);
                continue;
            }
            let result = match resolved(server, &operations[nth], &names, &results) {
                Ok((path, data)) => {
                    carry_out_one(server, &operations[nth], &path, &data, with, moment)
                }
                Err(error) => refused(&error),
            };
            errors += usize::from(result.status >= 400);
            results[nth] = Some(result);
        }
        if still.is_empty() {
            return results;
        }
        // Those left refer to each other in a circle, which may be refused (RFC 7644 3.7.1).
        if still.len() == before {
            for nth in still {
                if errors >= most_errors {
                    return results;
                }
                results[nth] =
                    Some(refused(&Error::new(409, "the references go round in a circle")));
                errors += 1;
            }
            return results;
        }
        waiting = still;
    }
}

fn carry_out_one(
    server: &mut GoLinks,
    operation: &Operation,
    path: &str,
    data: &Value,
    with: CarryOut,
    moment: &mut Moment<'_, Event>,
) -> BulkResult {
    let mut body = Vec::new();
    if !data.is_absent() {
        data.write(&mut body);
    }
    let mut request = Request::builder()
        .method(&operation.method)
        .uri(path)
        .header(CONTENT_TYPE, crate::scim::CONTENT_TYPE);
    if let Some(version) = &operation.version {
        request = request.header(IF_MATCH, version);
    }
    let Ok(request) = request.body(Bytes::from(body)) else {
        return refused(&Error::of(
            ScimType::InvalidSyntax,
            "the path or the version of the operation cannot be read",
        ));
    };
    let response = with(server, &request, request.uri().path(), moment);
    let text = |name: &http::HeaderName| {
        response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    let own = || format!("{}{path}", server.base_url());
    let gone = operation.method == Method::DELETE;
    BulkResult {
        status: response.status().as_u16(),
        location: text(&LOCATION).or_else(|| (operation.method != Method::POST).then(own)),
        version: text(&http::header::ETAG)
            .or_else(|| if gone { None } else { version_at(server, path) }),
        body: response.into_body(),
    }
}

/// The version of the resource at a path.
fn version_at(server: &GoLinks, path: &str) -> Option<String> {
    let mut parts = path.split(['/', '?']).filter(|part| !part.is_empty());
    let item = match (parts.next()?, parts.next()?) {
        ("Users", id) => {
            Resource::User(server.accounts().get(crate::golinks::AccountId::parse(id)?)?)
        }
        ("Groups", id) => Resource::Group(server.find_group(id).ok()?),
        _ => return None,
    };
    version_of(server, item).map(|version| String::from_utf8_lossy(&tag(version)).into_owned())
}

fn read(operation: Value) -> Result<Operation, Error> {
    let Value::Object(mut operation) = operation else {
        return Err(syntax("an operation is an object"));
    };
    let mut text = |name: &str| match operation.take(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Text(text)) => Ok(Some(text)),
        Some(_) => Err(syntax(&format!("`{name}` is text"))),
    };
    let (method, path) = (text("method")?.unwrap_or_default(), text("path")?.unwrap_or_default());
    let (bulk_id, version) = (text("bulkId")?, text("version")?);
    let method = match method.to_ascii_uppercase().as_str() {
        "POST" => Method::POST,
        "PUT" => Method::PUT,
        "PATCH" => Method::PATCH,
        "DELETE" => Method::DELETE,
        _ => return Err(syntax("`method` is one of POST, PUT, PATCH, DELETE")),
    };
    if method == Method::POST && bulk_id.is_none() {
        return Err(syntax("a POST needs a `bulkId`"));
    }
    let path = format!("/{}", path.trim_start_matches('/'));
    // A bulk request within another would have no end, and what a search finds has no place in the
    // answer.
    if path.len() < 2
        || path.trim_matches('/').eq_ignore_ascii_case("bulk")
        || path.ends_with("/.search")
    {
        return Err(syntax("`path` is that of a resource or of a collection"));
    }
    Ok(Operation {
        method,
        path,
        bulk_id,
        version,
        data: operation.take("data").unwrap_or_default(),
    })
}

/// A reference to a name that two operations have would mean either.
fn each_named_once(operations: &[Operation]) -> Result<(), Error> {
    let mut names: Vec<&str> = operations
        .iter()
        .filter(|it| it.method == Method::POST)
        .filter_map(|operation| operation.bulk_id.as_deref())
        .collect();
    names.sort_unstable();
    match names.windows(2).find(|two| two[0] == two[1]) {
        Some(_) => Err(syntax("two operations have the same `bulkId`")),
        None => Ok(()),
    }
}

fn names(operations: &[Operation]) -> Names<'_> {
    let creates = operations.iter().enumerate().filter(|(_, it)| it.method == Method::POST);
    creates.filter_map(|(nth, it)| Some((it.bulk_id.as_deref()?, nth))).collect()
}

/// The operations that an operation refers to; `None` where one of them does not exist.
fn references(server: &GoLinks, operation: &Operation, names: &Names<'_>) -> Option<Vec<usize>> {
    let mut all = Some(Vec::new());
    let found = each_text(server, operation, &mut |text| {
        if let Some((_, bulk_id)) = reference_in(text) {
            match (names.get(bulk_id), &mut all) {
                (Some(nth), Some(all)) => all.push(*nth),
                _ => all = None,
            }
        }
        Ok(())
    });
    found.ok().and(all)
}

/// Whether an operation can be neither carried out nor refused yet.
fn only_waits(references: &Option<Vec<usize>>, results: &[Option<BulkResult>]) -> bool {
    let Some(references) = references else { return false };
    let mut waits = false;
    for nth in references {
        match &results[*nth] {
            None => waits = true,
            Some(result) if result.id().is_none() => return false,
            Some(_) => {}
        }
    }
    waits
}

/// Path and data with references replaced by the ids of what they refer to.
fn resolved(
    server: &GoLinks,
    operation: &Operation,
    names: &Names<'_>,
    results: &[Option<BulkResult>],
) -> Result<(String, Value), Error> {
    each_text(server, operation, &mut |text| {
        let Some((before, bulk_id)) = reference_in(text) else { return Ok(()) };
        let Some(nth) = names.get(bulk_id) else {
            let detail = format!("there is no operation {bulk_id}");
            return Err(Error::of(ScimType::InvalidValue, detail));
        };
        match results[*nth].as_ref().map(BulkResult::id) {
            Some(Some(id)) => *text = format!("{before}{id}"),
            Some(None) => return Err(Error::new(409, format!("the operation {bulk_id} failed"))),
            // Another reference of the same operation failed, and is found after this one.
            None => {}
        }
        Ok(())
    })
}

/// Path and data, after `change` has seen each text in them that may be a reference.
fn each_text(
    server: &GoLinks,
    operation: &Operation,
    change: &mut dyn FnMut(&mut String) -> Result<(), Error>,
) -> Result<(String, Value), Error> {
    let mut segments: Vec<String> = operation.path.split('/').map(str::to_owned).collect();
    segments.iter_mut().try_for_each(&mut *change)?;
    let mut data = operation.data.clone();
    let kind = match segments.iter().find(|segment| !segment.is_empty()).map(String::as_str) {
        Some("Users") => Some(server.user_type()),
        Some("Groups") => Some(server.group_type()),
        _ => None,
    };
    if let Some(kind) = kind {
        each_reference(kind, &operation.method, &mut data, change)?;
    }
    Ok((segments.join("/"), data))
}

/// The name of an operation, when a text refers to one, and what stands before: a reference is the
/// whole of a value, or the end of an address.
fn reference_in(text: &str) -> Option<(&str, &str)> {
    let (before, bulk_id) = text.rsplit_once("bulkId:")?;
    (before.is_empty() || before.ends_with('/')).then_some((before, bulk_id))
}

fn answer(operations: &[Operation], results: &[Option<BulkResult>]) -> Bytes {
    let done = operations
        .iter()
        .zip(results)
        .filter_map(|(operation, result)| Some((operation, result.as_ref()?)));
    let entries = done.map(|(operation, result)| {
        let mut entry = Object::new();
        let mut put = |name: &'static str, value: Option<&str>| {
            if let Some(value) = value {
                entry.push(name, value);
            }
        };
        put("location", result.location.as_deref());
        put("method", Some(operation.method.as_str()));
        put("bulkId", operation.bulk_id.as_deref());
        put("version", result.version.as_deref());
        entry.push("status", result.status.to_string());
        if result.status >= 400
            && let Ok(error) = Object::parse(&result.body)
        {
            entry.push("response", error);
        }
        Value::Object(entry)
    });
    let entries: Vec<Value> = entries.collect();
    let mut body = Object::new();
    body.push("schemas", vec![Value::from(urn::BULK_RESPONSE)]);
    body.push("Operations", entries);
    body.to_bytes()
}

fn refused(error: &Error) -> BulkResult {
    BulkResult { status: error.status, location: None, version: None, body: error.body() }
}

fn syntax(detail: &str) -> Error {
    Error::of(ScimType::InvalidSyntax, detail)
}
