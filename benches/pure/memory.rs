//! Peak memory, as the kernel counts it, of a process of its own for each population.

use std::process::Command;

use super::tenant;

const CHILD: &str = "SCIMULATOR_BENCH_MEMORY_OF";

/// Whether this process was started to be measured.
pub fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

/// Provisions the people asked for and prints the peak in bytes.
pub fn child() {
    let people = std::env::var(CHILD)
        .ok()
        .and_then(|people| people.parse().ok())
        .expect("set by the parent");
    let mut play = tenant::play(people);
    tenant::initial_cycle(&mut play, people);
    println!("{}", peak());
}

/// Bytes a person at the peak of an initial cycle: directory, job, links, accounts and journal,
/// less an empty run.
pub fn per_person(people: u64) -> f64 {
    let of = |people: u64| -> f64 {
        let program = std::env::current_exe().expect("this program has a path");
        let output = Command::new(program)
            .env(CHILD, people.to_string())
            .output()
            .expect("it runs once more");
        let text = String::from_utf8_lossy(&output.stdout);
        text.trim()
            .parse()
            .unwrap_or_else(|_| panic!("{text}{}", String::from_utf8_lossy(&output.stderr)))
    };
    (of(people) - of(0)) / people as f64
}

/// The largest resident size so far, in bytes; Linux only, elsewhere 0.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches("kB").trim().parse::<u64>().unwrap_or(0) * 1024
}
