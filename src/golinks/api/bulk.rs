//! Bulk requests: several operations in one (RFC 7644 3.7). An operation that refers to a resource
//! which another operation creates waits for that operation.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use compact_str::{CompactString, format_compact};
use http::header::{CONTENT_TYPE, IF_MATCH, LOCATION};
use http::{Method, Request, Response};

use super::answer::{HttpError, ok, tag};
use super::resources::{Resource, version_of};
use crate::base::Moment;
use crate::golinks::Event;
use crate::golinks::references::{Act, each_reference};
use crate::golinks::server::GoLinks;
use crate::scim::{Error, Object, ScimType, Value, urn};

/// An operation of a bulk request.
struct Operation {
    method: Option<Method>,
    path: String,
    bulk_id: Option<String>,
    version: Option<String>,
    data: Value,
    /// Why it cannot be carried out; the other operations are not affected (RFC 7644 3.7.3).
    fault: Option<Error>,
}

/// The result of an operation.
struct BulkResult {
    status: u16,
    location: Option<String>,
    version: Option<String>,
    body: Bytes,
}

/// Carries out one operation as a request of its own.
pub(super) type CarryOut =
    fn(&mut GoLinks, &Request<Bytes>, &str, &mut Moment<'_, Event>) -> Response<Bytes>;

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
    let operations: Vec<Operation> = operations.into_iter().map(Operation::read).collect();
    let results = carry_out(server, &operations, most_errors, with, moment);
    Ok(ok(answer(&operations, &results)))
}

/// Carries out the operations in order, but each after the operations it refers to; stops after
/// `most_errors` errors.
fn carry_out(
    server: &mut GoLinks,
    operations: &[Operation],
    most_errors: usize,
    with: CarryOut,
    moment: &mut Moment<'_, Event>,
) -> Vec<Option<BulkResult>> {
    let mut plan = Plan::of(server, operations);
    let mut results: Vec<Option<BulkResult>> = operations.iter().map(|_| None).collect();
    let mut errors = 0;
    while let Some(nth) = plan.next().filter(|_| errors < most_errors) {
        let operation = &operations[nth];
        let result = match resolved(server, operation, &plan.named, &results) {
            Ok((path, data)) => carry_out_one(server, operation, &path, &data, with, moment),
            Err(error) => refused(&error),
        };
        errors += usize::from(result.status >= 400);
        results[nth] = Some(result);
        plan.done(nth);
    }
    // The operations that are left refer to each other in a circle, which a server may refuse (RFC
    // 7644 3.7.1).
    for result in results.iter_mut().filter(|result| result.is_none()) {
        if errors >= most_errors {
            break;
        }
        *result = Some(refused(&Error::new(409, "the references go round in a circle")));
        errors += 1;
    }
    results
}

/// Chooses the next operation: the first that waits for no other.
struct Plan<'a> {
    /// The operations that create something, by their names.
    named: BTreeMap<&'a str, usize>,
    /// How many operations each one waits for.
    waits: Vec<usize>,
    /// The operations that wait for each one.
    waiting: Vec<Vec<usize>>,
    /// The operations that can run in this pass through the list, and those for the next pass.
    ready: BTreeSet<usize>,
    later: BTreeSet<usize>,
}

impl<'a> Plan<'a> {
    fn of(server: &GoLinks, operations: &'a [Operation]) -> Plan<'a> {
        let mut named = BTreeMap::new();
        for (nth, operation) in operations.iter().enumerate() {
            if let (Some(Method::POST), Some(name)) = (&operation.method, &operation.bulk_id) {
                named.entry(name.as_str()).or_insert(nth);
            }
        }
        let mut waits = Vec::with_capacity(operations.len());
        let mut waiting = vec![Vec::new(); operations.len()];
        for (nth, operation) in operations.iter().enumerate() {
            let mut others = BTreeSet::new();
            // An operation that cannot be read has no references, and fails when its turn comes.
            let _ = each_text(server, operation, &mut |text| {
                let other = reference_in(text).and_then(|(_, name)| named.get(name));
                others.extend(other.copied());
                Ok(())
            });
            waits.push(others.len());
            others.into_iter().for_each(|other| waiting[other].push(nth));
        }
        let ready = (0..operations.len()).filter(|nth| waits[*nth] == 0).collect();
        Plan { named, waits, waiting, ready, later: BTreeSet::new() }
    }

    fn next(&mut self) -> Option<usize> {
        if self.ready.is_empty() {
            std::mem::swap(&mut self.ready, &mut self.later);
        }
        self.ready.pop_first()
    }

    fn done(&mut self, nth: usize) {
        for other in std::mem::take(&mut self.waiting[nth]) {
            self.waits[other] -= 1;
            match (self.waits[other], other > nth) {
                (0, true) => self.ready.insert(other),
                (0, false) => self.later.insert(other),
                _ => false,
            };
        }
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
    let method = operation.method.as_ref().unwrap_or(&Method::POST);
    let mut request =
        Request::builder().method(method).uri(path).header(CONTENT_TYPE, crate::scim::CONTENT_TYPE);
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
    let gone = *method == Method::DELETE;
    BulkResult {
        status: response.status().as_u16(),
        location: text(&LOCATION).or_else(|| (*method != Method::POST).then(own)),
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

impl Operation {
    /// Reads an operation; a fault is stored and reported when its turn comes.
    fn read(value: Value) -> Operation {
        let mut operation = Operation {
            method: None,
            path: String::new(),
            bulk_id: None,
            version: None,
            data: Value::Null,
            fault: None,
        };
        operation.fault = operation.take(value).err();
        operation
    }

    fn take(&mut self, value: Value) -> Result<(), Error> {
        let Value::Object(mut parts) = value else {
            return Err(syntax("an operation is an object"));
        };
        self.data = parts.take("data").unwrap_or_default();
        let mut text = |name: &str| match parts.take(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text.into_string())),
            Some(_) => Err(syntax(&format!("`{name}` is text"))),
        };
        self.bulk_id = text("bulkId")?;
        self.version = text("version")?;
        self.method = match text("method")?.unwrap_or_default().to_ascii_uppercase().as_str() {
            "POST" => Some(Method::POST),
            "PUT" => Some(Method::PUT),
            "PATCH" => Some(Method::PATCH),
            "DELETE" => Some(Method::DELETE),
            _ => return Err(syntax("`method` is one of POST, PUT, PATCH, DELETE")),
        };
        if self.method == Some(Method::POST) && self.bulk_id.is_none() {
            return Err(syntax("a POST needs a `bulkId`"));
        }
        self.path = format!("/{}", text("path")?.unwrap_or_default().trim_start_matches('/'));
        // Bulk requests may not be nested, and the response has no place for the results of a
        // search.
        if self.path.len() < 2
            || self.path.trim_matches('/').eq_ignore_ascii_case("bulk")
            || self.path.ends_with("/.search")
        {
            return Err(syntax("`path` is that of a resource or of a collection"));
        }
        Ok(())
    }
}

/// Passes each text of an operation that may be a reference to `act`: the segments of its path, and
/// the references in its data. Returns path and data as `act` left them.
fn each_text(
    server: &GoLinks,
    operation: &Operation,
    act: Act<'_>,
) -> Result<(String, Value), Error> {
    let mut segments: Vec<CompactString> = operation.path.split('/').map(Into::into).collect();
    segments.iter_mut().try_for_each(&mut *act)?;
    let mut data = operation.data.clone();
    let kind = match segments.iter().find(|segment| !segment.is_empty()).map(CompactString::as_str)
    {
        Some("Users") => Some(server.user_type()),
        Some("Groups") => Some(server.group_type()),
        _ => None,
    };
    if let (Some(kind), Some(method)) = (kind, &operation.method) {
        each_reference(kind, method, &mut data, act)?;
    }
    Ok((segments.join("/"), data))
}

/// Returns path and data, with references replaced by the ids of the resources that other
/// operations created.
fn resolved(
    server: &GoLinks,
    operation: &Operation,
    named: &BTreeMap<&str, usize>,
    results: &[Option<BulkResult>],
) -> Result<(String, Value), Error> {
    if let Some(fault) = &operation.fault {
        return Err(fault.clone());
    }
    let own = operation.bulk_id.as_deref().filter(|_| operation.method == Some(Method::POST));
    let nth = own.and_then(|name| named.get(name));
    if nth.is_some_and(|nth| results[*nth].is_some()) {
        return Err(syntax("another operation has the same `bulkId`"));
    }
    each_text(server, operation, &mut |text| {
        let Some((before, bulk_id)) = reference_in(text) else { return Ok(()) };
        let Some(other) = named.get(bulk_id) else {
            let detail = format!("there is no operation {bulk_id}");
            return Err(Error::of(ScimType::InvalidValue, detail));
        };
        let location = results[*other].as_ref().and_then(|result| result.location.as_deref());
        match location.and_then(|location| location.rsplit_once('/')) {
            Some((_, id)) => *text = format_compact!("{before}{id}"),
            None => return Err(Error::new(409, format!("the operation {bulk_id} failed"))),
        }
        Ok(())
    })
}

/// Splits a reference into the text before it and the `bulkId` it names. A reference is a whole
/// value or the end of an address.
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
        put("method", operation.method.as_ref().map(Method::as_str));
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
