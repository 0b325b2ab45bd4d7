//! Turns nodes into a script: each table has its own reader, and a reader reports all problems it
//! finds.

pub mod accounts;
mod advice;
pub mod applications;
mod credentials;
mod forms;
pub mod header;
mod repeat;
mod steps;
mod tables;

use crate::base::node::unknown_key;
use crate::base::{Kind, Node, Problems};

use super::expect::{self, ReadContext};
use super::names::Names;
use super::script::Script;
use super::{Diagnostics, Source};

pub use advice::{improve, improve_action, path_of};
pub use applications::KEYS as APP_KEYS;
pub use steps::KEYS as STEP_KEYS;

/// The keys and tables of a scenario file.
pub const TOP: &[&str] = &[
    "title",
    "covers",
    "seed",
    "start",
    "ends",
    "extends",
    "golinks",
    "entra",
    "people",
    "user",
    "group",
    "app",
    "workspace",
    "matrix",
    "fault",
    "at",
    "always",
    "finally",
];

/// The keys of [`TOP`] that are plain values and belong above the first header.
pub const HEAD: &[&str] = &["title", "covers", "seed", "start", "ends", "extends"];

/// Has everything judged at an end of the command line that is not before the file's own end.
pub fn end_as_usual(script: &mut Script, own_end: &Node) {
    let own_end = header::instant(own_end, script.start, &mut Problems::default());
    script.cut &= own_end.is_none_or(|own_end| script.ends < own_end);
}

/// Reads a whole scenario; `None` when it has errors.
pub fn script(source: &Source, root: &Node, problems: &mut Problems) -> Option<Script> {
    let Kind::Table(entries) = &root.kind else { return None };
    for entry in entries.iter().filter(|entry| !TOP.contains(&entry.key.as_str())) {
        unknown_key(entry, "a scenario", TOP, problems);
    }
    let header = header::read(source, root, problems);
    let mut names = Names::default();
    let setup = tables::setup(root, &header, &mut names, problems);
    let steps = steps::read(source, root, &header, &mut names, problems);
    let mut closing = |key: &str, always: bool| match root.get(key) {
        Some(node) => expect::read(node, &ReadContext { source, always }, &mut names, problems),
        None => Vec::new(),
    };
    let (always, finally) = (closing("always", true), closing("finally", false));
    if let Some(refusal) = finally.iter().find(|expectation| expectation.is_refusal()) {
        steps::refuses_nothing(source, refusal, problems);
    }
    names.roles.check(problems);
    names.check(&setup.population, header.seed, problems);
    names.check_paths(setup.all_workspaces().map(|(_, it)| it), header.start, problems);
    if problems.has_errors() {
        return None;
    }
    let name = source.name.rsplit(['/', '\\']).next().unwrap_or_default();
    Some(Script {
        name: name.strip_suffix(".toml").unwrap_or(name).to_owned(),
        cell: None,
        cut: header.is_cut,
        title: header.title,
        covers: header.covers,
        seed: header.seed,
        start: header.start,
        ends: header.ends,
        setup,
        steps,
        always,
        finally,
        needs: Vec::new(),
        target: None,
        source: source.clone(),
        warnings: Diagnostics::default(),
    })
}
