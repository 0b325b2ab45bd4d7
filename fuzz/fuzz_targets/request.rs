//! Any method, path and body: GoLinks answers, whatever the profile. The input is three lines: method, path, body.

#![no_main]

mod server;

use libfuzzer_sys::fuzz_target;
use server::Server;

fuzz_target!(|input: &[u8]| {
    let mut parts = input.splitn(3, |byte| *byte == b'\n');
    let (method, path, body) = (parts.next(), parts.next(), parts.next().unwrap_or_default());
    let (Some(Ok(method)), Some(Ok(path))) = (method.map(std::str::from_utf8), path.map(std::str::from_utf8)) else {
        return;
    };
    let mut server = Server::with_one_of_each();
    let status = server.say(method, path, body);
    assert!(status == 0 || (200..600).contains(&status), "{status}");
    assert_eq!(server.say("GET", "/scim/v2/Users", b""), 200, "the list of users is broken");
});
