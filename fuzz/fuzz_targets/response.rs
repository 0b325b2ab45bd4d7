//! Any text as a Response: none is taken that says something else than what was signed.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/it/soak/targets.rs"]
#[allow(dead_code, reason = "each target needs some of it")]
mod targets;

fuzz_target!(|text: &str| {
    targets::response(text);
});
