//! The files under test: those of the project, as written and with all but the code blanked.

use std::fs;
use std::path::{Path, PathBuf};

use super::lexer;

/// One Rust file.
pub struct Source {
    /// Its path from the root of the project, with `/`.
    pub path: String,
    /// As it is written.
    pub text: String,
    /// The same with comments, strings and characters blanked.
    pub code: String,
}

impl Source {
    fn read(path: String) -> Source {
        let text =
            fs::read_to_string(root().join(&path)).unwrap_or_else(|why| panic!("{path}: {why}"));
        Source { code: lexer::blank(&text), text, path }
    }

    /// The folder under `src` it stands in, or its own name: `src/scim/path.rs` and `src/scim.rs`
    /// are of layer `scim`.
    pub fn layer(&self) -> &str {
        let within = self.path.strip_prefix("src/").unwrap_or_default();
        within.split(['/', '.']).next().unwrap_or_default()
    }

    /// Whether it holds nothing but tests.
    pub fn is_test(&self) -> bool {
        !self.path.starts_with("src/")
            || self.path.contains("/tests/")
            || self.path.ends_with("/tests.rs")
    }

    /// Its path as a module: `src/world/faults/mod.rs` is `["world", "faults"]`.
    pub fn module(&self) -> Vec<&str> {
        let within = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let within =
            within.strip_suffix("/mod.rs").or_else(|| within.strip_suffix(".rs")).unwrap_or(within);
        within.split('/').filter(|name| !["lib", "main"].contains(name)).collect()
    }
}

/// The root of the project.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below these folders, in the order of their names.
pub fn sources(folders: &[&str]) -> Vec<Source> {
    let all: Vec<Source> =
        folders.iter().flat_map(|folder| files(folder, &["rs"])).map(Source::read).collect();
    assert!(!all.is_empty(), "there is no Rust file in {folders:?}");
    all
}

/// The paths of the files with one of these extensions below a folder; none when there is no such
/// folder.
pub fn files(folder: &str, extensions: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    found.retain(|path| {
        path.extension().is_some_and(|it| extensions.iter().any(|wanted| it == *wanted))
    });
    let mut names: Vec<String> = found.iter().map(|path| name(path)).collect();
    names.sort();
    names
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            // What a build leaves behind is not ours: the fuzz targets have a target folder of
            // their own.
            Ok(kind) if kind.is_dir() && entry.file_name() == "target" => {}
            Ok(kind) if kind.is_dir() => walk(&entry.path(), found),
            Ok(_) => found.push(entry.path()),
            Err(why) => panic!("{}: {why}", entry.path().display()),
        }
    }
}

fn name(path: &Path) -> String {
    let within = path.strip_prefix(root()).expect("found below the root");
    within.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Fails with everything that was found, one a line.
#[track_caller]
pub fn nothing(what: &str, found: Vec<String>) {
    assert!(found.is_empty(), "{what} ({}):\n{}\n", found.len(), found.join("\n"));
}
