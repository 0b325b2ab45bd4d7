//! Any bytes as the body of a PATCH, against a user and a group of the generic profile: an answer, and a resource that
//! can still be read.

#![no_main]

mod server;

use libfuzzer_sys::fuzz_target;
use server::Server;

fuzz_target!(|body: &[u8]| {
    let mut server = Server::with_one_of_each();
    for place in server.places() {
        server.say("PATCH", &place, body);
        assert_eq!(server.say("GET", &place, b""), 200, "{place} is gone");
    }
});
