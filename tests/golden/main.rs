//! Tests whose cases are files: every scenario with its golden log, every bad scenario with its
//! pinned messages, every vector of the mapping language. One trial a case, so a part of its name
//! runs it alone: `cargo test --test golden welcome`, `... messages/`, `... ev-101`.
#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

mod advice;
mod expressions;
mod messages;
mod scenarios;

fn main() {
    let mut trials = scenarios::trials();
    trials.extend(messages::trials());
    trials.extend(advice::trials());
    trials.extend(expressions::trials());
    libtest_mimic::run(&libtest_mimic::Arguments::from_args(), trials).exit();
}
