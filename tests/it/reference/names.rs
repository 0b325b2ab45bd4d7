//! What a page speaks of in backticks exists: files, and the functions and types it names together
//! with them.

use std::collections::BTreeSet;

use super::{pages, read, root};

#[test]
fn the_files_that_pages_name_exist() {
    let mut found = Vec::new();
    for (path, page) in pages() {
        for (line, span) in spans(&page) {
            let looks = ["src/", "tests/", "benches/", "web/", "scenarios/", "docs/", ".ci/"];
            let is_path = looks.iter().any(|start| span.starts_with(start))
                && !span.contains(['*', '<', ' ']);
            if is_path && !root().join(span.split(':').next().unwrap_or_default()).exists() {
                found.push(format!("{path}:{line}: there is no `{span}`"));
            }
        }
        for (line, target) in links(&page) {
            let folder = std::path::Path::new(&path)
                .parent()
                .map(std::path::Path::to_owned)
                .unwrap_or_default();
            let file = target.split('#').next().unwrap_or_default();
            if !file.is_empty() && !root().join(folder).join(file).exists() {
                found.push(format!("{path}:{line}: the link leads nowhere: {target}"));
            }
        }
    }
    assert!(found.is_empty(), "pages name files that do not exist:\n{}\n", found.join("\n"));
}

#[test]
fn every_dependency_has_its_reason() {
    let manifest: toml::Table = read("Cargo.toml").parse().expect("cargo has read it");
    let reasons = read("docs/decisions.md");
    let named: BTreeSet<&str> = reasons
        .lines()
        .filter(|line| line.starts_with('|'))
        .flat_map(|row| row.split('|').nth(1).unwrap_or_default().split([' ', ',', ':', '*']))
        .collect();
    let tables = ["dependencies", "dev-dependencies"]
        .into_iter()
        .filter_map(|key| manifest.get(key)?.as_table());
    let silent: Vec<&String> = tables
        .flat_map(|table| table.keys())
        .filter(|name| !named.contains(name.as_str()))
        .collect();
    assert!(
        silent.is_empty(),
        "docs/decisions.md says nothing of {silent:?}: what it is for, and what else there was"
    );
}

/// In ARCHITECTURE.md, `Type::function` and `function()` are words of the code.
#[test]
fn the_functions_that_the_architecture_names_exist() {
    if !root().join("ARCHITECTURE.md").exists() {
        return;
    }
    let words = words_of_the_code();
    let mut found = Vec::new();
    for (line, span) in spans(&read("ARCHITECTURE.md")) {
        let named = span.strip_suffix("()").unwrap_or(span);
        let is_name = named.chars().all(|c| c.is_alphanumeric() || c == '_' || c == ':');
        if !is_name || !(span.ends_with("()") || span.contains("::")) {
            continue;
        }
        for part in named.split("::").filter(|part| !words.contains(*part)) {
            found.push(format!(
                "ARCHITECTURE.md:{line}: `{span}`: nothing in src is called `{part}`"
            ));
        }
    }
    assert!(found.is_empty(), "ARCHITECTURE.md names what does not exist:\n{}\n", found.join("\n"));
}

/// What stands between backticks on each line outside of code blocks.
fn spans(page: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (number, line) in prose(page) {
        found.extend(line.split('`').skip(1).step_by(2).map(|span| (number, span)));
    }
    found
}

/// The targets of links to files of the project.
fn links(page: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (number, line) in prose(page) {
        let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        found.extend(
            targets.filter(|target| !target.contains("://")).map(|target| (number, target)),
        );
    }
    found
}

fn prose(page: &str) -> Vec<(usize, &str)> {
    let (mut inside, mut found) = (false, Vec::new());
    for (at, line) in page.lines().enumerate() {
        if line.starts_with("```") {
            inside = !inside;
        } else if !inside {
            found.push((at + 1, line));
        }
    }
    found
}

fn words_of_the_code() -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                words.extend(entry.file_name().to_str().map(str::to_owned));
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                words.extend(path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned));
                let text = std::fs::read_to_string(&path).unwrap_or_default();
                words.extend(
                    text.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned),
                );
            }
        }
    }
    words
}
