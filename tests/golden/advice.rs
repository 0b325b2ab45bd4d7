//! Advice is taken literally: what a message tells the author to write is written, and the problem
//! must be gone. And every piece of TOML in a text of the program, such as a setting or an action,
//! must be read by it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Failed, Trial};
use regex::Regex;
use scimulator::base::Diagnostic;
use scimulator::scenario::{Diagnostics, load, messages};

/// A trial for each bad scenario, and two for the texts in the source.
pub fn trials() -> Vec<Trial> {
    let mut trials: Vec<Trial> = files("tests/messages", "toml")
        .into_iter()
        .map(|file| {
            let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            Trial::test(format!("advice/{name}"), move || follow(&file))
        })
        .collect();
    trials.push(Trial::test("advice/settings-in-texts", settings_in_texts));
    trials.push(Trial::test("advice/actions-in-texts", actions_in_texts));
    trials
}

/// Takes each advice of a bad scenario that says what to write, on its own.
fn follow(file: &Path) -> Result<(), Failed> {
    let text = fs::read_to_string(file)?;
    if text.contains("# --set ") {
        // What the command line says cannot be mended in the file.
        return Ok(());
    }
    let problems = problems_of(&text);
    for problem in &problems {
        let Some((mended, written)) = mend(&text, problem) else { continue };
        let is_same = |other: &&Diagnostic| other.message == problem.message;
        let before = problems.iter().filter(is_same).count();
        let after = problems_of(&mended);
        if after.iter().filter(is_same).count() >= before {
            return Err(format!(
                "`{}`: the advice is `{}`; with {written} the problem is still there",
                problem.message, problem.help
            )
            .into());
        }
        // Nothing worse may follow: what is told instead stood behind the first problem.
        if let Some(worse) = after.iter().find(|it| it.message.starts_with("this is not TOML")) {
            return Err(format!("{written} is no TOML: {}", worse.message).into());
        }
    }
    Ok(())
}

/// The text with the advice taken, and what was written.
fn mend(text: &str, problem: &Diagnostic) -> Option<(String, String)> {
    let span = problem.span?;
    let found = text.get(span.start..span.end)?;
    let instead = instead(&problem.help)?;
    // A place may be a word within a longer text, such as a function of an expression.
    let quote = found.chars().next().filter(|c| ['"', '\''].contains(c) && found.len() > 1);
    let bare =
        instead.starts_with(['"', '{', '[']) || instead.starts_with(|c: char| c.is_ascii_digit());
    let written = match quote {
        Some(quote) if !bare => format!("{quote}{instead}{quote}"),
        _ => instead,
    };
    // An action is written anew as a whole, whichever of its keys is wrong.
    let is_key = text[span.end..].trim_start().starts_with('=');
    let (start, end) = match is_key && written.starts_with('{') {
        true => around(text, span.start)?,
        false => (span.start, span.end),
    };
    Some((format!("{}{written}{}", &text[..start], &text[end..]), written))
}

/// The inline table around a place.
fn around(text: &str, at: usize) -> Option<(usize, usize)> {
    let mut depth = 0;
    let opens = text[..at].char_indices().rev().find(|(_, c)| {
        depth += i32::from(*c == '}') - i32::from(*c == '{');
        depth < 0
    });
    let (start, _) = opens?;
    Some((start, start + braced(&text[start..])?.len()))
}

/// What a help tells to write in place of what is there.
fn instead(help: &str) -> Option<String> {
    let patterns = [
        r"^did you mean `([^`]+)`\?",
        r"^a date-time stands without quotes: (\S+)$",
        r"^a number stands without quotes: (\S+)$",
        r"^a share is a part of 1: (\S+)$",
        r"^with its unit, in quotes: ([^,]+),",
        r"^write (\{ .* \})$",
        r#"^write ("[^"]*")$"#,
    ];
    let found = patterns.iter().find_map(|pattern| {
        let captures = Regex::new(pattern).ok()?.captures(help)?;
        Some(captures[1].to_owned())
    });
    found.filter(|it| !it.contains(".."))
}

fn problems_of(text: &str) -> Vec<Diagnostic> {
    match load("advice.toml", text, &[]) {
        Ok(script) => script.warnings.list,
        Err(Diagnostics { list, .. }) => list,
    }
}

/// A story in which everything exists that the texts name.
const STORY: &str = r#"
title = "t"
ends  = "9d"
[people]
generate = 0
[golinks]
profile = "generic"
[entra]
app_roles = ["Editor"]
mappings.template = "scim"
[app.test]
assigned = ["ann"]
[user.ann]
name = "Ann Okafor"
[user.bob]
name = "Bob Brand"
[group.sales]
members = ["ann"]
[group.pilot]
members = ["ann"]
[group.design]
members = ["ann"]
[golinks.account.bob]
[[fault]]
name   = "outage"
refuse = true
[[at]]
time = "0d"
do   = "start"
"#;

/// Every `entra.policy.max_rps = 5` in a text can be set.
fn settings_in_texts() -> Result<(), Failed> {
    let setting = Regex::new(
        r#"\b((?:entra|golinks|people)(?:\.[a-z_]+)+) = ("[^"]*"|true|false|[0-9.]+\b|\{[^{}]*\})"#,
    )?;
    let mut wrong = Vec::new();
    let mut tried = 0;
    for text in texts() {
        for found in setting.captures_iter(&text) {
            let (path, value) = (&found[1], &found[2]);
            // What is observed of accounts and groups has such names too.
            let names = [
                "golinks.group.",
                "golinks.groups.",
                "golinks.account.",
                "golinks.accounts.",
                "golinks.session.",
                "golinks.api_token.",
                "golinks.api_call.",
                "golinks.role.",
                "golinks.link.",
            ];
            let observed = names.iter().any(|name| path.starts_with(name));
            if observed || value.contains("..") || value.contains('…') {
                continue;
            }
            tried += 1;
            // Some are for an application that signs in by OAuth, say, but all are read.
            let story = format!(
                "{STORY}\n[[at]]\ntime = \"1h\"\ndo = {{ set = {{ {path} = {value} }} }}\n"
            );
            let in_file = [path, "=", value].concat();
            let over = scimulator::scenario::Override::parse(&in_file)?;
            let by_file = load("advice.toml", STORY, std::slice::from_ref(&over));
            if let (Err(problems), true) = (by_file, load("advice.toml", &story, &[]).is_err()) {
                wrong.push(format!("{path} = {value}\n{}", messages::render(&problems)));
            }
        }
    }
    conclude(tried, 5, &wrong)
}

/// Every `{ disable = "ann" }` in a text can be done.
fn actions_in_texts() -> Result<(), Failed> {
    let verbs: Vec<&str> = scimulator::world::actions::VERBS.iter().map(|verb| verb.name).collect();
    let begins = Regex::new(&format!(r"\{{ (?:{}) = ", verbs.join("|")))?;
    let placeholder = Regex::new(r"\{[a-z_]*\}")?;
    let mut wrong = Vec::new();
    let mut tried = 0;
    for text in texts() {
        for found in begins.find_iter(&text) {
            let Some(action) = braced(&text[found.start()..]) else { continue };
            // Gaps, and `{ delete = false }`, which is a switch of mappings.
            let gap = ["..", "…", "<", "= false"].iter().any(|gap| action.contains(gap));
            if gap || placeholder.is_match(action) {
                continue;
            }
            tried += 1;
            let with = format!("{STORY}\n[[at]]\ntime = \"1h\"\ndo = {action}\n");
            let without = with.replace("[group.sales]", "[group.other]");
            let read = load("advice.toml", &with, &[]);
            if let (Err(problems), Err(_)) = (read, load("advice.toml", &without, &[])) {
                wrong.push(format!("{action}\n{}", messages::render(&problems)));
            }
        }
    }
    conclude(tried, 30, &wrong)
}

fn conclude(tried: usize, least: usize, wrong: &[String]) -> Result<(), Failed> {
    if tried < least {
        return Err(format!("only {tried} found: the texts are written differently now").into());
    }
    match wrong.is_empty() {
        true => Ok(()),
        false => {
            Err(format!("{} of {tried} are refused:\n{}", wrong.len(), wrong.join("\n")).into())
        }
    }
}

/// The text up to the brace that closes the first one.
fn braced(text: &str) -> Option<&str> {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            '\n' => return None,
            _ => {}
        }
        if depth == 0 {
            return Some(&text[..=at]);
        }
    }
    None
}

/// The texts in the code that is not of tests, each once.
fn texts() -> BTreeSet<String> {
    let literal = Regex::new(r#""((?:[^"\\]|\\.|\\\n)*)""#).expect("a pattern");
    let joined = Regex::new(r"\\\n\s*").expect("a pattern");
    let mut all = BTreeSet::new();
    for file in files("src", "rs") {
        let path = file.to_string_lossy();
        if path.contains("/tests") || path.ends_with("tests.rs") {
            continue;
        }
        let Ok(source) = fs::read_to_string(&file) else { continue };
        let source = source.split("#[cfg(test)]").next().unwrap_or_default();
        for found in literal.captures_iter(source) {
            let text = joined.replace_all(&found[1], "");
            // Doubled braces are those of a format.
            all.insert(
                text.replace("\\\"", "\"")
                    .replace("\\n", "\n")
                    .replace("{{", "{")
                    .replace("}}", "}"),
            );
        }
    }
    all
}

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
