//! Any bytes as the body of a PATCH, against users and a group of a server whose profile the first
//! byte chooses: an answer, and a resource that can still be read and that its own schema takes
//! back as it is.

#![no_main]

mod server;

use libfuzzer_sys::fuzz_target;
use server::Server;

fuzz_target!(|input: &[u8]| {
    let Some((profile, body)) = input.split_first() else { return };
    // Limits would refuse what is to be tried.
    let mut server = Server::of(profile & 3);
    for place in server.places() {
        let Some((status, _)) = server.say("PATCH", &place, body) else { continue };
        let (read, resource) = server.say("GET", &place, b"").expect("a path of the server's own");
        assert_eq!(read, 200, "{place} is gone");
        if !(200..300).contains(&status) {
            continue;
        }
        let (taken, again) =
            server.say("PUT", &place, &resource).expect("a path of the server's own");
        assert_eq!(taken, 200, "its schema refuses {resource:?}: {again:?}");
        let (_, after) = server.say("GET", &place, b"").expect("a path of the server's own");
        assert_eq!(after, resource, "writing back what was read changed it");
    }
});
