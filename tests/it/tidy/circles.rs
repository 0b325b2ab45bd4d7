//! No two files of a layer import each other, not even by way of others: each can be read after
//! those it needs.

use std::collections::{BTreeMap, BTreeSet};

use super::lexer;
use super::source::{Source, nothing, sources};

/// The layers that are kept free of circles.
const FREE: [&str; 2] = ["scim", "golinks"];

#[test]
fn files_of_a_layer_do_not_import_each_other_in_circles() {
    let all = sources(&["src"]);
    let found = FREE.iter().flat_map(|layer| circles(&imports(&all, layer)));
    nothing("files that need each other: move what both need into one below them", found.collect());
}

type Module = Vec<String>;
type Imports = BTreeMap<Module, BTreeSet<Module>>;

/// The files of a layer, each with those of them that it imports.
fn imports(all: &[Source], layer: &str) -> Imports {
    let files: Vec<(Module, &Source)> =
        all.iter().filter(|it| it.layer() == layer && !is_test(it)).map(by_module).collect();
    let modules: BTreeSet<Module> = files.iter().map(|(module, _)| module.clone()).collect();
    // What a file hands on under its own name, and where that comes from.
    let mut handed_on = BTreeMap::new();
    let mut uses: Vec<(&Module, Vec<Module>)> = Vec::new();
    for (module, source) in &files {
        let code = &source.code[..source.code.find("mod tests {").unwrap_or(source.code.len())];
        let tokens = lexer::tokens(code);
        let public: BTreeSet<usize> = tokens
            .windows(2)
            .filter(|two| two[1].text == "use" && ["pub", ")"].contains(&two[0].text))
            .flat_map(|two| lines_of(code, two[1].line))
            .collect();
        let mut own = Vec::new();
        for (path, line) in lexer::paths(&tokens) {
            let Some(target) = absolute(module, &path, &modules) else { continue };
            match (public.contains(&line), target.last()) {
                (true, Some(name)) => {
                    handed_on.insert((module.clone(), name.clone()), target);
                }
                _ => own.push(target),
            }
        }
        uses.push((module, own));
    }
    let owner = |target: &Module| owner(target, &modules, &handed_on, 8);
    let of = |(module, own): (&Module, Vec<Module>)| {
        let needed = own.iter().filter_map(owner).filter(|other| other != module);
        (module.clone(), needed.collect())
    };
    uses.into_iter().map(of).collect()
}

fn is_test(source: &Source) -> bool {
    source.path.contains("/tests/") || source.path.ends_with("/tests.rs")
}

fn by_module(source: &Source) -> (Module, &Source) {
    (source.module().into_iter().map(str::to_owned).collect(), source)
}

/// The lines of the statement that begins on this line.
fn lines_of(code: &str, first: usize) -> std::ops::Range<usize> {
    let rest = code.lines().skip(first - 1);
    let more = rest.take_while(|line| !line.contains(';')).count();
    first..first + more + 1
}

/// A path from the root of the crate; `None` for what another crate or the prelude has.
fn absolute(module: &Module, path: &[&str], modules: &BTreeSet<Module>) -> Option<Module> {
    let (mut base, rest): (Module, &[&str]) = match path {
        ["crate", rest @ ..] => (Vec::new(), rest),
        ["self", rest @ ..] => (module.clone(), rest),
        ["super", ..] => {
            let climbed = path.iter().take_while(|part| **part == "super").count();
            (module[..module.len().checked_sub(climbed)?].to_vec(), &path[climbed..])
        }
        // A single name is that of an item, or of a module that is declared.
        [_] | [] => return None,
        [first, ..] => {
            let below = module.iter().map(String::as_str).chain([*first]);
            let below: Module = below.map(str::to_owned).collect();
            modules.contains(&below).then_some((module.clone(), path))?
        }
    };
    base.extend(rest.iter().map(|part| (*part).to_owned()));
    // `pub(super)` and the like name a module and import nothing.
    Some(base).filter(|target| !module.starts_with(target))
}

/// The file that an item stands in, by way of those that hand it on.
fn owner(
    target: &Module,
    modules: &BTreeSet<Module>,
    handed_on: &BTreeMap<(Module, String), Module>,
    depth: usize,
) -> Option<Module> {
    let length = (1..=target.len()).rev().find(|&end| modules.contains(&target[..end]))?;
    let (file, rest) = (target[..length].to_vec(), &target[length..]);
    if let (Some(name), true) = (rest.first(), depth > 0)
        && let Some(from) = handed_on.get(&(file.clone(), name.clone()))
        && from != target
    {
        let whole = [from.as_slice(), &rest[1..]].concat();
        return owner(&whole, modules, handed_on, depth - 1);
    }
    Some(file)
}

/// Each file that reaches itself, with the way back.
fn circles(imports: &Imports) -> Vec<String> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for start in imports.keys() {
        if let Some(way) = way_back(start, imports)
            && way.iter().all(|module| seen.insert(module.clone()))
        {
            let names = way.iter().chain([start]).map(|module| module.join("::"));
            found.push(names.collect::<Vec<_>>().join(" → "));
        }
    }
    found
}

/// The shortest way from a file back to it.
fn way_back(start: &Module, imports: &Imports) -> Option<Vec<Module>> {
    let mut ways = vec![vec![start.clone()]];
    let mut seen = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            for next in way.last().and_then(|last| imports.get(last)).into_iter().flatten() {
                if next == start {
                    return Some(way);
                }
                if seen.insert(next.clone()) {
                    longer.push([way.as_slice(), std::slice::from_ref(next)].concat());
                }
            }
        }
        ways = longer;
    }
    None
}

#[test]
fn a_circle_is_found_by_way_of_what_is_handed_on() {
    let source = |path: &str, text: &str| Source {
        path: path.to_owned(),
        text: text.to_owned(),
        code: lexer::blank(text),
    };
    let files = || {
        [
            source("src/scim/mod.rs", "mod a; mod b; mod c; pub use a::{A, Other};"),
            source("src/scim/a.rs", "use super::b::B; pub struct A;"),
            source("src/scim/b.rs", "use crate::scim::A; pub struct B;"),
            source("src/scim/c.rs", "use super::{a::A, b::B};"),
        ]
    };
    assert_eq!(circles(&imports(&files(), "scim")), ["scim::a → scim::b → scim::a"]);
    let without_a: Vec<Source> =
        files().into_iter().filter(|source| !source.path.ends_with("/a.rs")).collect();
    assert!(circles(&imports(&without_a, "scim")).is_empty());
}
