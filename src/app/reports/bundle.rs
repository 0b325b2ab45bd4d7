//! The page's modules in one script, so that a report in one file shows what the page shows, by the
//! same code.
//!
//! Each module becomes a function that returns what it exports. It knows what these modules use:
//! `import { a, b as c } from "./x.js"`, `import * as x`, and `export` before a declaration or as a
//! list.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::app::dashboard::asset;

/// Modules of the page that talk to a server, and what stands in their place.
const REPLACED: [(&str, &str); 4] = [
    ("/js/api.js", "/report/api.js"),
    ("/js/help.js", "/report/none.js"),
    ("/js/menu.js", "/report/none.js"),
    ("/js/toast.js", "/report/none.js"),
];

static IMPORT: LazyLock<Regex> = LazyLock::new(|| {
    let text =
        r#"(?ms)^import\s+(?:(?P<what>\{[^}]*\}|\*\s+as\s+\w+)\s+from\s+)?"(?P<from>[^"]+)";?"#;
    Regex::new(text).expect("the pattern is sound; a test uses it")
});

static EXPORT: LazyLock<Regex> = LazyLock::new(|| {
    let text =
        r"(?m)^export\s+(?P<kind>(?:async\s+)?function\*?|const|let|class)\s+(?P<name>[\w$]+)";
    Regex::new(text).expect("the pattern is sound; a test uses it")
});

static LIST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?ms)^export\s*\{(?P<names>[^}]*)\};?").expect("the pattern is sound")
});

/// The script of a module and of everything that it imports.
///
/// # Errors
/// The module that is missing, or that imports itself by a detour.
pub fn bundle(entry: &str) -> Result<String, String> {
    let mut bundle = Bundle::default();
    bundle.add(entry)?;
    Ok(format!("\"use strict\";\n{}", bundle.script))
}

#[derive(Default)]
struct Bundle {
    script: String,
    /// The number of each module; `None` while it is being read.
    numbers: BTreeMap<String, Option<usize>>,
}

impl Bundle {
    /// Adds a module after those that it imports; returns its number.
    fn add(&mut self, path: &str) -> Result<usize, String> {
        let path = REPLACED.iter().find(|(of, _)| *of == path).map_or(path, |(_, by)| *by);
        match self.numbers.get(path) {
            Some(Some(number)) => return Ok(*number),
            Some(None) => return Err(format!("{path} imports itself by a detour")),
            None => {}
        }
        self.numbers.insert(path.to_owned(), None);
        let (text, _) = asset(path).ok_or_else(|| format!("there is no module {path}"))?;
        let text = String::from_utf8_lossy(text);
        let mut imports = Vec::new();
        for found in IMPORT.captures_iter(&text) {
            let number = self.add(&beside(path, &found["from"]))?;
            imports.push(match found.name("what").map(|what| what.as_str()) {
                None => String::new(),
                Some(what) => match what.split_once(" as ").filter(|_| what.starts_with('*')) {
                    Some((_, name)) => format!("const {name} = $module{number};"),
                    None => format!("const {} = $module{number};", what.replace(" as ", ": ")),
                },
            });
        }
        let mut exports: Vec<String> =
            EXPORT.captures_iter(&text).map(|found| found["name"].to_owned()).collect();
        let listed = LIST.captures_iter(&text);
        exports.extend(listed.flat_map(|found| {
            let names = found["names"].split(',').map(|name| name.trim().to_owned());
            names.filter(|name| !name.is_empty()).collect::<Vec<_>>()
        }));
        let mut imports = imports.into_iter();
        let text = IMPORT.replace_all(&text, |_: &Captures<'_>| imports.next().unwrap_or_default());
        let text = EXPORT.replace_all(&text, "${kind} ${name}");
        let text = LIST.replace_all(&text, "");
        let number = self.numbers.values().flatten().count() + 1;
        self.script += &format!(
            "const $module{number} = (() => {{\n{text}\nreturn {{ {} }};\n}})();\n",
            exports.join(", ")
        );
        self.numbers.insert(path.to_owned(), Some(number));
        Ok(number)
    }
}

/// The path of a module as another one names it.
fn beside(path: &str, from: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in from.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_has_every_module_it_imports_and_nothing_is_left_of_modules() {
        let script = bundle("/report/main.js").expect("every module is there");
        for left in ["\nimport ", "\nexport ", "EventSource", "fetch("] {
            assert!(!script.contains(left), "{left}");
        }
        assert!(script.contains("The strip of the whole run"), "the page's own module is in it");
        let numbers = script.lines().filter(|line| line.starts_with("const $module")).count();
        assert!(script.contains(&format!("const $module{numbers} = (")), "each has its own number");
        assert_eq!(beside("/js/panels/strip.js", "../dom.js"), "/js/dom.js");
        assert_eq!(beside("/report/main.js", "./api.js"), "/report/api.js");
    }
}
