//! Dialogues with the tenant's Graph API: a request and its answer, without a socket.

mod actions;
mod batch;
mod bodies;
mod delta;
mod details;
mod front;
mod gallery;
mod groups;
mod logs;
mod permissions;
mod queries;
mod registered;
mod roles;
mod schema;
mod secrets;
mod sign_on;
mod synchronization;
mod terraform;
mod users;

use http::header::HOST;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use super::*;
use crate::entra::graph::{Authorized, Caller, Permissions};
use crate::world::Door;

/// The id of an app role.
const ROLE: &str = "3d1f2a90-64d7-4c2a-9a5f-0d3c8f1b2e77";

/// What came back: the status, the headers and the body.
struct Answered {
    status: u16,
    response: Response<Bytes>,
    body: Value,
}

/// Sends a request with the plain token: `"GET /users?$top=2"`, or with a body after a line end.
fn ask(world: &mut World, text: &str) -> Answered {
    ask_with(world, text, &[("authorization", "Bearer graph-demo-token")])
}

fn ask_with(world: &mut World, text: &str, headers: &[(&str, &str)]) -> Answered {
    send(world, request_of(text, headers))
}

/// Sends a request of a client whose token the driver has checked.
fn ask_as(world: &mut World, text: &str, caller: Caller) -> Answered {
    let mut request = request_of(text, &[]);
    request.extensions_mut().insert(Authorized(Ok(caller)));
    send(world, request)
}

fn request_of(text: &str, headers: &[(&str, &str)]) -> Request<Bytes> {
    let (head, body) = text.split_once('\n').unwrap_or((text, ""));
    let (method, path) = head.split_once(' ').expect("a method and a path");
    let version = if path.starts_with("/beta") { "" } else { "/v1.0" };
    let path = format!("{version}{path}").replace(' ', "%20").replace('\'', "%27");
    let mut request = Request::builder().method(method).uri(path).header(HOST, "127.0.0.1:4040");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Bytes::copy_from_slice(body.as_bytes())).expect("a request")
}

fn send(world: &mut World, request: Request<Bytes>) -> Answered {
    let mut answer = world.handle_external(Door::Graph, &request);
    while !world.settle(&mut answer) {
        // The application is asked at once, and its answer may take time.
        if !carry(world) {
            driver::step(world).expect("something is due");
        }
    }
    let WireReply::Response(response) = world.send(answer).reply else {
        panic!("no response to {}", request.uri())
    };
    let body = match response.body().is_empty() {
        true => Value::Null,
        false => serde_json::from_slice(response.body())
            .unwrap_or_else(|_| String::from_utf8_lossy(response.body()).into()),
    };
    Answered { status: response.status().as_u16(), response, body }
}

/// The body of an answer with this status.
fn body(world: &mut World, status: u16, text: &str) -> Value {
    let answered = ask(world, text);
    assert_eq!(answered.status, status, "{text}: {}", answered.body);
    assert_eq!(answered.body.is_null(), status == StatusCode::NO_CONTENT, "{text}");
    answered.body
}

/// The code and the message of a refusal with this status.
fn refusal(world: &mut World, status: u16, text: &str) -> String {
    let body = body(world, status, text);
    let error = &body["error"];
    assert!(error["innerError"]["request-id"].is_string(), "{text}: {body}");
    format!(
        "{}: {}",
        error["code"].as_str().unwrap_or("-"),
        error["message"].as_str().unwrap_or("-")
    )
}

/// One property of each object of a collection.
fn each(body: &Value, name: &str) -> Vec<String> {
    let rows = body["value"].as_array().unwrap_or_else(|| panic!("a collection: {body}"));
    rows.iter().map(|row| row[name].as_str().unwrap_or("-").to_owned()).collect()
}

/// The object id of a user.
fn id_of(world: &World, handle: &str) -> String {
    let tenant = world.entra().tenant();
    let user = tenant.user_named(handle).expect("a user");
    tenant.user(user).object_id().to_string()
}

/// A link of an answer, as a request can follow it.
fn follow(body: &Value, link: &str) -> String {
    let link = body[link].as_str().unwrap_or_else(|| panic!("no {link}: {body}"));
    let path = link
        .strip_prefix("http://127.0.0.1:4040/v1.0")
        .expect("absolute, at the client's own host");
    format!("GET {path}")
}

/// The object id of a group.
fn group_id(world: &World, handle: &str) -> String {
    let tenant = world.entra().tenant();
    let group = tenant.group_named(handle).expect("a group");
    tenant.group(group).object_id().to_string()
}

/// The path of the application's service principal.
fn principal(world: &mut World) -> String {
    let found = body(world, 200, "GET /servicePrincipals?$filter=displayName eq 'GoLinks'");
    format!("/servicePrincipals/{}", each(&found, "id")[0])
}

/// The path of the application's synchronization job.
fn job(world: &mut World) -> String {
    let sp = principal(world);
    let jobs = body(world, 200, &format!("GET {sp}/synchronization/jobs"));
    format!("{sp}/synchronization/jobs/{}", each(&jobs, "id")[0])
}
