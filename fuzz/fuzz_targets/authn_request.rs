//! Any text as a message of an application, from its binding on.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/it/soak/targets.rs"]
#[allow(dead_code, reason = "each target needs some of it")]
mod targets;

fuzz_target!(|text: &str| {
    targets::authn_request(text);
});
