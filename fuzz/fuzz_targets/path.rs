//! Any text as an attribute path: it prints and reads back, and finds or sets nothing by a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scimulator::scim::{Object, Path, Value};

fuzz_target!(|text: &str| {
    let Ok(path) = Path::parse(text) else { return };
    let printed = path.to_string();
    assert_eq!(Path::parse(&printed).ok().as_ref(), Some(&path), "{printed:?}");
    let mut ann = Object::parse(br#"{"userName":"ann","emails":[{"type":"work","value":"a@b"}]}"#).expect("a resource");
    let _ = path.find(&ann);
    path.set(&mut ann, Value::Bool(true));
    path.remove(&mut ann);
});
