//! The Graph API: a page of users, and a delta of ten changes.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response};
use scimulator::scenario::Play;
use scimulator::world::{Door, WireReply};

use super::clock::Clock;

/// How many users change before a delta is read.
const CHANGES: usize = 10;

/// Sends a request with the plain token, and says how long it took and what came back.
fn ask(play: &mut Play, method: Method, path: &str, body: String) -> (Duration, Response<Bytes>) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "127.0.0.1:4040")
        .header("authorization", "Bearer graph-demo-token")
        .body(Bytes::from(body))
        .expect("a request");
    let began = Clock::start();
    let answer = play.handle_external(Door::Graph, &request);
    let sent = play.send(answer);
    let took = began.elapsed();
    let WireReply::Response(response) = sent.reply else { panic!("no response to {path}") };
    assert!(response.status().is_success(), "{path}: {response:?}");
    (took, response)
}

fn read(play: &mut Play, path: &str) -> (Duration, serde_json::Value) {
    let (took, response) = ask(play, Method::GET, path, String::new());
    (took, serde_json::from_slice(response.body()).expect("JSON"))
}

/// A page of 999 users.
pub fn page(play: &mut Play) -> Duration {
    let (took, page) = read(play, "/v1.0/users?$top=999");
    assert_eq!(page["value"].as_array().map(Vec::len), Some(999));
    took
}

/// A delta after ten users have changed.
pub fn delta(play: &mut Play) -> Duration {
    let (_, latest) = read(play, "/v1.0/users/delta?$deltatoken=latest");
    let link = latest["@odata.deltaLink"].as_str().expect("a link");
    let path = link.split_once(":4040").expect("a host").1.to_owned();
    let users = play.world().entra().tenant().users().take(CHANGES);
    let ids: Vec<String> = users.map(|(_, user)| user.object_id().to_string()).collect();
    for id in ids {
        let at = play.world().journal().last_seq();
        let change = format!("{{\"jobTitle\":\"Lead {at}\"}}");
        ask(play, Method::PATCH, &format!("/v1.0/users/{id}"), change);
    }
    let (took, changed) = read(play, &path);
    assert_eq!(changed["value"].as_array().map(Vec::len), Some(CHANGES));
    took
}
