//! What is meant by verbs and flags that people know from other programs, and by numbers that are
//! none: the parts of a complaint about the command line that no near name would lead to.

use std::error::Error as _;
use std::num::ParseIntError;

use clap::error::{ContextKind, ContextValue};

use crate::scenario::Override;

/// Words that people type for a verb.
const OTHER_VERBS: [(&str, &[&str]); 9] = [
    ("run", &["test", "play", "exec", "execute", "simulate", "tests"]),
    ("check", &["validate", "lint", "parse"]),
    ("new", &["init", "create", "generate", "scaffold"]),
    ("show", &["cat", "view", "print"]),
    ("list", &["ls", "scenarios", "bugs"]),
    ("serve", &["web", "ui", "up", "server", "dashboard"]),
    ("explain", &["describe", "doc", "docs", "why"]),
    ("requests", &["http", "har", "trace", "exchanges"]),
    ("diff", &["compare"]),
];

/// The verb that is meant by a word that is none.
pub fn verb(word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    let found = OTHER_VERBS.iter().find(|(_, words)| words.contains(&word.as_str()));
    found.map(|(verb, _)| *verb)
}

/// The forms of a report.
const REPORTS: [&str; 6] = ["html", "junit", "har", "csv", "md", "json"];

/// Verbs that take a scenario as a word.
const WITH_SCENARIO: [&str; 6] = ["run", "serve", "check", "show", "log", "requests"];

/// What to write in place of a flag that a verb has not.
pub fn flag(verb: Option<&str>, flag: &str) -> Option<String> {
    let (verb, name) = (verb?, flag.strip_prefix("--")?);
    let scenario = ["scenario", "scenarios", "file", "config", "story"].contains(&name);
    Some(match (verb, name) {
        _ if scenario && WITH_SCENARIO.contains(&verb) => {
            format!("the scenario is a word of its own: `scimulator {verb} FILE`")
        }
        ("run", "user" | "person" | "who") => {
            "of one user tell `scimulator log FILE --user ann` and `scimulator explain user ann \
             --scenario FILE`"
                .to_owned()
        }
        ("run", "days" | "for" | "duration" | "end" | "ends") => {
            "the end is --until 30d, counted from the start".to_owned()
        }
        ("log" | "requests" | "explain", "until" | "before" | "to" | "time" | "when" | "day") => {
            "--at 1d2h looks at that moment of the run, counted from its start".to_owned()
        }
        ("log" | "requests", "since" | "from" | "after" | "start" | "last" | "tail" | "head" | "n") => {
            "what is seen ends at --at 1d2h, counted from the start, and --limit 20 keeps the newest of it".to_owned()
        }
        ("log" | "requests", "person" | "who" | "name" | "group" | "id") => {
            "what is about one user or group is --user ann".to_owned()
        }
        ("log", "error" | "code" | "errors" | "failed" | "failures") => {
            "--status failure has the rows that failed, each with its code".to_owned()
        }
        ("requests", "url" | "target" | "endpoint" | "filter" | "grep" | "search") => {
            "--path TEXT has the requests with this text in path and query".to_owned()
        }
        ("requests", "body" | "bodies" | "full") => {
            "each request is printed with its body and its answer".to_owned()
        }
        ("requests", "failed" | "errors" | "error") => {
            "--status failed has the requests that met an error or no answer".to_owned()
        }
        ("run", "dry-run" | "check") => "`scimulator check FILE` reads without playing".to_owned(),
        ("run", "port" | "host" | "paused") => {
            format!("a server is started by `scimulator serve FILE {flag} …`")
        }
        ("run" | "log" | "requests", "debug" | "trace") => {
            "-v says more, and -vv has the bodies of requests".to_owned()
        }
        ("run", "output" | "output-dir" | "report-dir") => {
            "a run is recorded in a folder: --out DIR --report html".to_owned()
        }
        ("log" | "requests" | "explain" | "show" | "check", form) if REPORTS.contains(&form) => {
            format!("a report is made of a run: `scimulator run FILE --out DIR --report {form}`")
        }
        ("run", form) if REPORTS.contains(&form) => {
            format!("a run is recorded in a folder: --out DIR --report {form}")
        }
        _ => return None,
    })
}

/// The complaint about a value that is to be a whole number and is none.
pub fn number(error: &clap::Error) -> Option<String> {
    error.source()?.downcast_ref::<ParseIntError>()?;
    let told = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let (value, flag) = (told(ContextKind::InvalidValue)?, told(ContextKind::InvalidArg)?);
    Some(format!("{flag} takes a whole number, such as {}, and `{value}` is none", example(flag)))
}

/// The complaint about an override that is none and may hold a secret, which is not repeated.
pub fn secret(error: &clap::Error) -> Option<String> {
    let Some(ContextValue::String(value)) = error.get(ContextKind::InvalidValue) else {
        return None;
    };
    let said = error.source()?.to_string();
    (said == Override::parse(value).err()? && !said.contains(value.as_str())).then_some(said)
}

fn example(flag: &str) -> &'static str {
    if flag.starts_with("--port") { "4040" } else { "10" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_by_another_name_leads_to_what_there_is() {
        for (verb, typed, meant) in [
            ("requests", "--since", "--at 1d2h"),
            ("requests", "--since", "--limit"),
            ("requests", "--from", "--limit"),
            ("requests", "--before", "--at"),
            ("requests", "--person", "--user"),
            ("requests", "--grep", "--path"),
            ("requests", "--body", "body"),
            ("log", "--since", "--limit"),
            ("explain", "--time", "--at"),
        ] {
            let help = flag(Some(verb), typed).unwrap_or_else(|| panic!("{verb} {typed}"));
            assert!(help.contains(meant), "{verb} {typed}: {help}");
        }
    }
}
