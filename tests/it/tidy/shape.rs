//! The shape of the code: how long a function and a file may be, what each file opens with, and
//! what must not stay in it.

use super::lexer;
use super::source::{Source, files, nothing, sources};

const FOLDERS: [&str; 4] = ["src", "tests", "benches", "fuzz"];
const LONGEST_FUNCTION: usize = 70;
const LONGEST_FILE: usize = 700;
const LONGEST_MAIN: usize = 29;

#[test]
fn every_file_says_what_it_is_for() {
    let silent = |source: &Source| !source.text.starts_with("//! ");
    let what = |source: Source| {
        format!("{}:1: does not open with `//!`: say in a sentence what it is for", source.path)
    };
    nothing(
        "files that do not say what they are for",
        sources(&FOLDERS).into_iter().filter(silent).map(what).collect(),
    );
}

#[test]
fn no_file_is_too_long() {
    let mut found = Vec::new();
    for source in sources(&FOLDERS) {
        let lines = source.text.lines().count();
        if lines > LONGEST_FILE {
            found.push(format!(
                "{}: {lines} lines, at most {LONGEST_FILE}: give the second idea in it its own file",
                source.path
            ));
        }
    }
    nothing("files that are too long", found);
}

#[test]
fn no_function_is_too_long() {
    let all = sources(&FOLDERS);
    let found = all.iter().flat_map(|source| {
        let long = functions(&source.code).into_iter().filter(|(.., lines)| *lines > LONGEST_FUNCTION);
        long.map(|(name, line, lines)| {
            format!(
                "{}:{line}: `{name}` has {lines} lines, at most {LONGEST_FUNCTION}: take a part out of it",
                source.path
            )
        })
    });
    nothing("functions that are too long", found.collect());
}

/// Each function with a body: name, line and number of lines from `fn` to the closing brace.
fn functions(code: &str) -> Vec<(&str, usize, usize)> {
    let tokens = lexer::tokens(code);
    let mut found = Vec::new();
    for at in 0..tokens.len().saturating_sub(1) {
        if tokens[at].text != "fn" || !tokens[at + 1].is_name() {
            continue;
        }
        let mut body = at + 2;
        while body < tokens.len() && !["{", ";"].contains(&tokens[body].text) {
            body = if ["(", "["].contains(&tokens[body].text) {
                lexer::closing(&tokens, body) + 1
            } else {
                body + 1
            };
        }
        if tokens.get(body).is_some_and(|token| token.text == "{") {
            let last = tokens[lexer::closing(&tokens, body)].line;
            found.push((tokens[at + 1].text, tokens[at].line, last - tokens[at].line + 1));
        }
    }
    found
}

#[test]
fn main_only_connects() {
    let main = sources(&["src"])
        .into_iter()
        .find(|source| source.path == "src/main.rs")
        .expect("there is a main.rs");
    let lines = main.text.lines().count();
    assert!(
        lines <= LONGEST_MAIN,
        "src/main.rs: {lines} lines, at most {LONGEST_MAIN}: move the rest to src/app"
    );
}

#[test]
fn nothing_is_put_off() {
    let marks =
        [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X"), concat!("HA", "CK")];
    let mut texts: Vec<String> = FOLDERS.iter().flat_map(|folder| files(folder, &["rs"])).collect();
    texts.extend(
        ["web", "scenarios", "docs"]
            .iter()
            .flat_map(|it| files(it, &["html", "css", "js", "toml", "md"])),
    );
    let mut found = Vec::new();
    for path in texts {
        let text =
            std::fs::read_to_string(super::source::root().join(&path)).expect("listed just now");
        for (line, words) in text.lines().enumerate() {
            let mut words = words.split(|c: char| !c.is_alphanumeric());
            if let Some(mark) = words.find(|word| marks.contains(word)) {
                found.push(format!("{path}:{}: {mark}: do it now, or open an issue", line + 1));
            }
        }
    }
    nothing("marks of work put off", found);
}

/// A file that no module names is not compiled, without a word.
#[test]
fn every_file_belongs_to_a_module() {
    let all = sources(&["src"]);
    let mut found = Vec::new();
    for source in
        all.iter().filter(|source| !["src/lib.rs", "src/main.rs"].contains(&source.path.as_str()))
    {
        let file = source.path.rsplit('/').next().unwrap_or_default();
        let module = source.module();
        let (Some(name), above) = (module.last(), &module[..module.len() - 1]) else { continue };
        let declares = |other: &Source| {
            let named = other.code.contains(&format!("mod {name};"));
            named
                || (other.text.contains(&format!("#[path = \"{file}\"]"))
                    && !other.path.ends_with(file))
        };
        let parents = all.iter().filter(|other| other.module() == above);
        if !parents.into_iter().any(declares) {
            found.push(format!(
                "{}: no `mod {name};` in the module above: declare it or remove it",
                source.path
            ));
        }
    }
    nothing("files that are not compiled", found);
}

#[test]
fn functions_are_measured() {
    let code = "fn a() {}\nfn b(x: [u8; 3]) -> impl Fn() {\n  {\n  }\n}\ntrait T {\n fn c();\n}\nlet x: fn(u8) = y;";
    assert_eq!(functions(code), [("a", 1, 1), ("b", 2, 4)]);
}
