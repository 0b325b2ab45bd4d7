//! What is generated from tables lies beside the code and is fresh; `BLESS=1 cargo test --test reference` rewrites it.
#![allow(clippy::disallowed_methods, reason = "a test may read and write files")]

use std::path::Path;

fn check(path: &str, generated: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(file.parent().expect("it lies in a folder")).expect("the folder can be made");
        std::fs::write(&file, generated).expect("the file can be written");
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(found == generated, "{path} is not what the tables say; BLESS=1 rewrites it");
}

#[test]
fn the_reference_of_mapping_expressions_is_fresh() {
    check("docs/expressions.md", &scimulator::entra::expression::reference());
}
