//! Any requests, one after the other, to a GoLinks of any profile with any quirks: it answers each,
//! in JSON where it says so, and stays usable.
//!
//! The first byte chooses the profile, the next how many quirks are switched on, two bytes each.
//! What follows are requests, parted by an empty line: method and path in a line, headers in lines
//! that begin with `!`, and the rest is the body. `{u}`, `{b}`, `{g}` and `{v}` stand for the ids
//! of two users and a group, and for the version of the first user.

#![no_main]

mod server;

use libfuzzer_sys::fuzz_target;
use scimulator::scim::Object;
use server::Server;

/// A request as it is written in an input.
fn ask(server: &mut Server, text: &str) {
    let version = {
        let place = &server.places()[0];
        let read = server.send("GET", place, b"", &[]).expect("a path of the server's own");
        read.headers().get("etag").and_then(|it| it.to_str().ok()).unwrap_or_default().to_owned()
    };
    let mut text = text.replace("{v}", &version);
    for (name, id) in ["{u}", "{b}", "{g}"].into_iter().zip(server.ids.clone()) {
        text = text.replace(name, &id);
    }
    let (line, mut body) = text.split_once('\n').unwrap_or((&text, ""));
    let (method, path) = line.split_once(' ').unwrap_or(("GET", line));
    let path = match path.starts_with("http") || path.starts_with("/scim/v2") {
        true => path.to_owned(),
        false => format!("/scim/v2{path}"),
    };
    let mut headers = Vec::new();
    while let Some(header) = body.strip_prefix('!') {
        let (header, rest) = header.split_once('\n').unwrap_or((header, ""));
        headers.extend(header.split_once(':').map(|(name, value)| (name.trim(), value.trim())));
        body = rest;
    }
    let Some(response) = server.send(method, &path, body.as_bytes(), &headers) else { return };
    let kind = response.headers().get("content-type").map(|kind| kind.as_bytes());
    assert!((200..600).contains(&response.status().as_u16()));
    if kind == Some(b"application/scim+json") && !response.body().is_empty() {
        assert!(
            Object::parse(response.body()).is_ok(),
            "{text:?} was answered {:?}",
            response.body()
        );
    }
}

fuzz_target!(|input: &[u8]| {
    let [profile, quirks, rest @ ..] = input else { return };
    let quirks = usize::from(quirks % 4);
    if rest.len() < quirks * 2 {
        return;
    }
    let (chosen, text) = rest.split_at(quirks * 2);
    let mut server = Server::of(*profile);
    for pair in chosen.chunks_exact(2) {
        server.break_it(pair[0], pair[1]);
    }
    let text = String::from_utf8_lossy(text);
    for request in text.split("\n\n").take(8) {
        ask(&mut server, request);
    }
    if quirks == 0 {
        for list in ["/scim/v2/Users", "/scim/v2/Users?count=0", "/scim/v2/Schemas"] {
            let (status, body) = server.say("GET", list, b"").expect("a path of the server's own");
            assert!(
                status == 200 && Object::parse(&body).is_ok(),
                "{list} is broken: {status} {body:?}"
            );
        }
    }
});
