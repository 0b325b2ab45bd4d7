//! Any text as a filter: what is read prints to something that reads back the same, matches without
//! a panic, and meets the same resources of a server with an index as without.

#![no_main]

mod server;

use std::cell::RefCell;

use libfuzzer_sys::fuzz_target;
use scimulator::scim::{Filter, Object, Value};
use server::Server;

thread_local! {
    /// Queries change nothing, so one server will do.
    static SERVER: RefCell<Server> = RefCell::new(Server::of(1));
}

/// The status of a search, and the ids that were found, in order.
fn search(server: &mut Server, at: &str, filter: &str) -> (u16, Vec<String>) {
    let body = Object::from_iter([("filter".into(), Value::from(filter))]).to_bytes();
    let (status, answer) = server.say("POST", at, &body).expect("a path of the server's own");
    let answer = Object::parse(&answer).expect("an answer is JSON");
    let found = answer.get("Resources").and_then(Value::as_list).unwrap_or_default();
    let id = |it: &Value| {
        it.as_object().and_then(|it| it.get("id")).map(Value::to_string).unwrap_or_default()
    };
    (status, found.iter().map(id).collect())
}

fuzz_target!(|text: &str| {
    let Ok(filter) = Filter::parse(text) else { return };
    let printed = filter.to_string();
    let again = Filter::parse(&printed)
        .unwrap_or_else(|why| panic!("{printed:?} does not read back: {why}"));
    assert_eq!(filter, again, "{printed:?}");
    let ann =
        br#"{"userName":"ann","active":true,"name":{"familyName":"Lind"},"emails":[{"type":"work","value":"a@b"}]}"#;
    let ann = Object::parse(ann).expect("a resource");
    assert_eq!(filter.matches(&ann), again.matches(&ann));
    SERVER.with_borrow_mut(|server| {
        for at in ["/scim/v2/Users/.search", "/scim/v2/Groups/.search", "/scim/v2/.search"] {
            let found = search(server, at, &printed);
            // No index is asked about what is denied.
            let doubly = search(server, at, &format!("not (not ({printed}))"));
            // What is nested as deeply as may be cannot be nested deeper.
            assert!(found == doubly || doubly.0 == 400, "{at} {printed:?}: {found:?}, {doubly:?}");
        }
    });
});
