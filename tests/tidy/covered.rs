//! Nothing is forgotten: every scenario has its golden log.

use crate::source::{files, nothing, root};

#[test]
fn every_scenario_has_its_log_and_every_log_its_scenario() {
    let mut found = Vec::new();
    for path in files("scenarios", &["toml"]) {
        let log = path.replace(".toml", ".log");
        if !root().join(&log).is_file() {
            found.push(format!("{path}: has no {log}: run `BLESS=1 cargo test` and read what it wrote"));
        }
    }
    for path in files("scenarios", &["log"]) {
        if !root().join(path.replace(".log", ".toml")).is_file() {
            found.push(format!("{path}: has no scenario: remove it"));
        }
    }
    nothing("scenarios and logs that do not belong together", found);
}
