//! What the pure core must not touch: below `app` there is no async, clock, chance from the air,
//! file, socket or lock.

use super::lexer;
use super::source::{Source, nothing, sources};

/// Paths that nothing below `app` may name, and what to do instead.
const FORBIDDEN: [(&str, &str); 18] = [
    ("std::fs", "files are read by app; embedded ones by include_str! or include_dir!"),
    ("std::net", "sockets belong to app"),
    ("std::env", "app reads the environment and hands in what it says"),
    ("std::process", "app runs processes and ends this one"),
    ("std::thread", "nothing runs beside the world; make it due on the timeline"),
    ("std::io::stdin", "the terminal belongs to app"),
    ("std::io::stdout", "the terminal belongs to app"),
    ("std::io::stderr", "the terminal belongs to app"),
    ("std::time::Instant", "the time is an argument: Moment::now"),
    ("std::time::SystemTime", "the time is an argument: Moment::now"),
    ("jiff::Timestamp::now", "the time is an argument: Moment::now"),
    ("rand::rng", "chance has a name: Seed::unit, Seed::below, Moment::draw"),
    ("rand::random", "chance has a name: Seed::unit, Seed::below, Moment::draw"),
    ("tokio", "the core is not async; app drives it"),
    ("hyper", "the core knows the `http` crate only"),
    ("hyper_util", "the core knows the `http` crate only"),
    ("anyhow", "the core names its errors; anyhow is for app"),
    ("tracing", "the core says events to its journal; tracing is for app"),
];

/// Names that nothing below `app` may use, and what to do instead.
const FORBIDDEN_NAMES: [(&str, &str); 8] = [
    ("async", "the core is synchronous; app drives it"),
    ("await", "the core is synchronous; app drives it"),
    ("HashMap", "its order could reach a journal: base::index or a BTreeMap"),
    ("HashSet", "its order could reach a journal: base::index or a BTreeSet"),
    ("Mutex", "one owner, no locks: who locks first would decide the run"),
    ("RwLock", "one owner, no locks: who locks first would decide the run"),
    ("RandomState", "it draws from the air; use a fixed hash"),
    ("unsafe", "nothing here needs it"),
];

/// Where a forbidden name may stand after all: the map without an iterator is made of one.
const EXEMPT: [(&str, &str); 1] = [("src/base/index.rs", "HashMap")];

/// What the core's own tests may do after all: read vectors from files, and measure.
const TESTS_MAY: [&str; 2] = ["std::fs", "std::time::Instant"];

#[test]
fn the_core_is_pure() {
    let found =
        sources(&["src"]).iter().filter(|source| is_core(source)).flat_map(impure).collect();
    nothing("the core touches what only app may touch", found);
}

fn is_core(source: &Source) -> bool {
    !["app", "main", "lib"].contains(&source.layer())
}

fn impure(source: &Source) -> Vec<String> {
    let tokens = lexer::tokens(&source.code);
    let mut found = Vec::new();
    for (path, line) in lexer::paths(&tokens) {
        let path = path.join("::");
        for (wrong, instead) in FORBIDDEN {
            if source.is_test() && TESTS_MAY.contains(&wrong) {
                continue;
            }
            let rest = path.strip_prefix(wrong);
            if rest.is_some_and(|rest| {
                rest.starts_with("::") || (rest.is_empty() && wrong.contains("::"))
            }) {
                found.push(format!("{}:{line}: `{path}` below app: {instead}", source.path));
            }
        }
    }
    for token in tokens.iter().filter(|token| !EXEMPT.contains(&(source.path.as_str(), token.text)))
    {
        if let Some((name, instead)) = FORBIDDEN_NAMES.iter().find(|(name, _)| *name == token.text)
        {
            found.push(format!("{}:{}: `{name}` below app: {instead}", source.path, token.line));
        }
    }
    found
}

/// Invariant 7: the engine reads its numbers from `policy.rs`.
#[test]
fn no_span_of_time_is_written_into_the_engine() {
    let elsewhere =
        |source: &&Source| source.path.starts_with("src/entra/job/") && !source.is_test();
    let found = sources(&["src"]).iter().filter(elsewhere).flat_map(literal_spans).collect();
    nothing("a number of the engine stands outside src/entra/policy.rs", found);
}

fn literal_spans(source: &Source) -> Vec<String> {
    let code = source.code.split("#[cfg(test)]").next().unwrap_or_default();
    let tokens = lexer::tokens(code);
    // A 1 is a unit, not a choice.
    let spans = tokens.windows(4).filter(|words| {
        let number =
            words[2].text.starts_with(|c: char| c.is_ascii_digit()) && words[2].text != "1";
        words[0].text.starts_with("from_") && words[1].text == "(" && number && words[3].text == ")"
    });
    let what = |words: &[lexer::Token<'_>]| {
        let (made, number) = (words[0].text, words[2].text);
        format!(
            "{}:{}: `{made}({number}` is a choice; make it a row of the policies",
            source.path, words[0].line
        )
    };
    spans.map(what).collect()
}

#[test]
fn impurity_is_found() {
    let check = |text: &str, wrong: usize| {
        let source =
            Source { path: "src/world/x.rs".into(), text: text.into(), code: lexer::blank(text) };
        assert_eq!(impure(&source).len(), wrong, "{text}: {:?}", impure(&source));
    };
    check("use std::{fmt, fs, time::{Duration, Instant}};", 2);
    check("fn f() { std::fs::read(x) } // std::net", 1);
    check("async fn f() { tokio::spawn(x).await }", 3);
    check("use std::collections::{BTreeMap, HashMap};", 1);
    check("struct Tokio { hyper: u8 } fn f(anyhow: u8) {}", 0);
}
