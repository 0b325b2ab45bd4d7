//! The reference pages are true: their tables are generated from the tables of the program, their
//! scenarios load, and the files and names that a page speaks of exist. `BLESS=1 cargo test --test
//! it reference` writes the tables anew.

mod names;
mod shown;
mod tables;

use std::fmt::Write;
use std::fs;
use std::path::Path;

use scimulator::scenario::messages::render;

const PAGES: [&str; 4] =
    ["docs/control-api.md", "docs/expressions.md", "docs/fidelity.md", "docs/scenario-format.md"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the project.
fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|why| panic!("{path}: {why}"))
}

/// The hand-written pages: those at the root and below `docs`.
fn pages() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in ["", "docs", "docs/tutorials"] {
        for entry in fs::read_dir(root().join(folder)).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.ends_with(".md") {
                let path = Path::new(folder).join(name).to_string_lossy().replace('\\', "/");
                found.push((path.clone(), read(&path)));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn the_generated_tables_are_fresh() {
    for path in PAGES.into_iter().chain(["README.md"]).filter(|path| root().join(path).exists()) {
        let old = read(path);
        let new = fill(path, &old);
        if std::env::var_os("BLESS").is_some() {
            fs::write(root().join(path), &new).unwrap_or_else(|why| panic!("{path}: {why}"));
        } else if let Some(line) = old.lines().zip(new.lines()).position(|(old, new)| old != new) {
            let (old, new) = (old.lines().nth(line), new.lines().nth(line));
            panic!(
                "{path}:{}: not what the program's tables say; run BLESS=1 cargo test --test it reference\n- {}\n+ {}",
                line + 1,
                old.unwrap_or_default(),
                new.unwrap_or_default()
            );
        } else {
            assert_eq!(old.len(), new.len(), "{path}: run BLESS=1 cargo test --test it reference");
        }
    }
}

/// The page with what stands between `<!-- generated: x -->` and `<!-- end -->` written anew.
fn fill(path: &str, page: &str) -> String {
    const BEGIN: &str = "<!-- generated: ";
    const END: &str = "<!-- end -->";
    let (mut out, mut rest) = (String::new(), page);
    while let Some((before, after)) = rest.split_once(BEGIN) {
        let (name, after) =
            after.split_once(" -->").unwrap_or_else(|| panic!("{path}: an open comment"));
        let (_, after) =
            after.split_once(END).unwrap_or_else(|| panic!("{path}: no {END} after {name}"));
        let table = tables::table(name)
            .unwrap_or_else(|| panic!("{path}: there is no table called {name}"));
        write!(out, "{before}{BEGIN}{name} -->\n{table}{END}").expect("a text takes everything");
        rest = after;
    }
    out + rest
}

/// The site has every page, once.
#[test]
fn the_summary_of_the_site_has_every_page() {
    let summary = read("docs/SUMMARY.md");
    for (path, _) in pages().iter().filter(|(path, _)| path != "docs/SUMMARY.md") {
        let link = match path.strip_prefix("docs/") {
            Some(below) => format!("]({below})"),
            None => format!("](../{path})"),
        };
        let found = summary.matches(&link).count();
        assert_eq!(found, 1, "docs/SUMMARY.md has {path} {found} times");
    }
}

/// Every block of TOML that is a whole scenario loads, and without a warning.
#[test]
fn the_scenarios_in_the_pages_load() {
    let mut found = 0;
    for (path, page) in pages() {
        let blocks = page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
        for block in blocks.filter(|block| block.starts_with("title")) {
            found += 1;
            match scimulator::scenario::load(&path, block, &[]) {
                Ok(script) => assert!(
                    script.warnings.list.is_empty(),
                    "{path}:\n{}",
                    render(&script.warnings)
                ),
                Err(wrong) => panic!("{path}:\n{}", render(&wrong)),
            }
        }
    }
    assert!(found > 0, "no page shows a scenario");
}
