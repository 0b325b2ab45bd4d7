//! Any text as an attribute path: it prints and reads back, finds, sets and removes without a
//! panic, and sorts a list of a server without losing a resource.

#![no_main]

mod server;

use std::cell::RefCell;

use libfuzzer_sys::fuzz_target;
use scimulator::scim::{Object, Path, Value};
use server::Server;

thread_local! {
    /// Queries change nothing, so one server will do.
    static SERVER: RefCell<Server> = RefCell::new(Server::of(1));
}

fuzz_target!(|text: &str| {
    let Ok(path) = Path::parse(text) else { return };
    let printed = path.to_string();
    assert_eq!(Path::parse(&printed).ok().as_ref(), Some(&path), "{printed:?}");
    let mut ann = Object::parse(br#"{"userName":"ann","emails":[{"type":"work","value":"a@b"}]}"#)
        .expect("a resource");
    let _ = path.find(&ann);
    path.set(&mut ann, Value::Bool(true));
    path.remove(&mut ann);
    let names = |name| Value::List(vec![Value::from(name)]);
    for (key, value) in [
        ("sortBy", Value::from(printed.as_str())),
        ("attributes", names(printed.as_str())),
        ("excludedAttributes", names(printed.as_str())),
    ] {
        let body = Object::from_iter([(key.into(), value)]).to_bytes();
        let asked = |server: &mut Server| server.say("POST", "/scim/v2/.search", &body);
        let (status, answer) = SERVER.with_borrow_mut(asked).expect("a path of the server's own");
        let answer = Object::parse(&answer).expect("an answer is JSON");
        let total = answer.get("totalResults").and_then(Value::as_i64);
        assert!(total == Some(3) || status == 400, "{key} {printed:?}: {status} {answer:?}");
    }
});
