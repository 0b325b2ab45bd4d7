//! Which layer may know which: a folder of `src` is a layer, and arrows run only downward.

use super::lexer::{self, Token};
use super::source::{Source, nothing, sources};

/// Each layer and those it may know; `entra` and `golinks` do not know each other.
const MAY_KNOW: [(&str, &[&str]); 13] = [
    ("base", &[]),
    ("scim", &["base"]),
    ("saml", &["base"]),
    ("golinks", &["scim", "saml", "base"]),
    ("entra", &["scim", "saml", "base"]),
    ("world", &["entra", "golinks", "scim", "saml", "base"]),
    ("scenario", &["world", "entra", "golinks", "scim", "base"]),
    ("recording", &["scim", "base"]),
    ("foreign", &["scenario", "world", "entra", "golinks", "scim", "base"]),
    ("verify", &["foreign", "scenario", "world", "entra", "golinks", "scim", "base"]),
    ("swarm", &["scenario", "world", "entra", "golinks", "scim", "base"]),
    ("evidence", &["recording", "scenario", "world", "entra", "golinks", "scim", "base"]),
    (
        "app",
        &[
            "evidence",
            "recording",
            "swarm",
            "verify",
            "foreign",
            "scenario",
            "world",
            "entra",
            "golinks",
            "scim",
            "saml",
            "base",
        ],
    ),
];

#[test]
fn arrows_run_only_downward() {
    let found = sources(&["src"]).iter().flat_map(upward).collect();
    nothing("a layer knows one that it must not know", found);
}

#[test]
fn every_folder_is_a_layer() {
    let known = |layer: &str| {
        ["lib", "main"].contains(&layer) || MAY_KNOW.iter().any(|(name, _)| *name == layer)
    };
    let found = sources(&["src"]).into_iter().filter(|source| !known(source.layer()));
    let what = |source: Source| {
        format!("{}: `{}` is no layer; put it into one of them", source.path, source.layer())
    };
    nothing("files outside the layers", found.map(what).collect());
}

fn upward(source: &Source) -> Vec<String> {
    let Some((layer, allowed)) = MAY_KNOW.iter().find(|(name, _)| *name == source.layer()) else {
        return Vec::new();
    };
    let tokens = lexer::tokens(&source.code);
    let inline = inline_modules(&tokens);
    let mut found = Vec::new();
    for (path, line) in lexer::paths(&tokens) {
        let depth = inline.iter().filter(|(from, to)| (*from..=*to).contains(&line)).count();
        let Some(other) = target(source, depth, &path) else { continue };
        if other != *layer
            && MAY_KNOW.iter().any(|(name, _)| *name == other)
            && !allowed.contains(&other)
        {
            let path = path.join("::");
            let allowed = if allowed.is_empty() {
                "nothing".to_owned()
            } else {
                format!("only {}", allowed.join(", "))
            };
            found.push(format!(
                "{}:{line}: `{path}` reaches from {layer} into {other}; {layer} may know {allowed}. \
                 Move what is shared down, or hand it in from above",
                source.path
            ));
        }
    }
    found
}

/// The first segment below the crate's root that a path leads to, if it starts from there or climbs
/// there.
fn target<'a>(source: &Source, inline: usize, path: &[&'a str]) -> Option<&'a str> {
    match path {
        ["crate", first, ..] => Some(first),
        ["super" | "self", ..] => {
            let climbed = path.iter().filter(|name| **name == "super").count();
            let first = path.iter().find(|name| !["super", "self"].contains(name))?;
            (climbed == source.module().len() + inline).then_some(first)
        }
        _ => None,
    }
}

/// The first and last lines of modules written inside the file.
fn inline_modules(tokens: &[Token<'_>]) -> Vec<(usize, usize)> {
    let starts = tokens
        .windows(3)
        .enumerate()
        .filter(|(_, words)| words[0].text == "mod" && words[2].text == "{");
    starts.map(|(at, words)| (words[0].line, tokens[lexer::closing(tokens, at + 2)].line)).collect()
}

#[test]
fn a_wrong_arrow_is_found_however_it_is_written() {
    let check = |path: &str, text: &str, wrong: usize| {
        let source =
            Source { path: path.to_owned(), text: text.to_owned(), code: lexer::blank(text) };
        assert_eq!(upward(&source).len(), wrong, "{text}: {:?}", upward(&source));
    };
    check("src/golinks/server.rs", "use crate::entra::Call;", 1);
    check("src/golinks/server.rs", "use crate::{base::Time, entra::{Call, Reply}};", 2);
    check("src/golinks/server.rs", "fn f() { let x: super::super::entra::Call; }", 1);
    check(
        "src/golinks/server.rs",
        "mod tests { fn f() { super::super::super::world::World::new() } }",
        1,
    );
    check("src/golinks/mod.rs", "use super::entra::Call;", 1);
    check(
        "src/golinks/server.rs",
        "// crate::entra\nuse crate::scim::Object; use super::entra;",
        0,
    );
    check("src/base/time.rs", "use crate::scim::Object;", 1);
    check("src/app/mod.rs", "use crate::{base, entra, golinks, scenario, scim, world};", 0);
}
