//! One word, one meaning: a public type's name is used in two modules at most.

use std::collections::{BTreeMap, BTreeSet};

use super::lexer;
use super::source::{nothing, sources};

/// In how many modules a name may stand: two parties may each have their `Event`.
const MODULES_MAX: usize = 2;

#[test]
fn no_name_of_a_public_type_has_three_meanings() {
    let mut modules: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sources(&["src"]).iter().filter(|source| !source.is_test()) {
        for name in public_types(&source.code) {
            modules.entry(name).or_default().insert(source.path.clone());
        }
    }
    let found = modules.into_iter().filter(|(_, paths)| paths.len() > MODULES_MAX);
    let what = |(name, paths): (String, BTreeSet<String>)| {
        let paths: Vec<String> = paths.into_iter().collect();
        format!("`{name}` is {} types: say whose each is: {}", paths.len(), paths.join(", "))
    };
    nothing("names with too many meanings", found.map(what).collect());
}

/// The types that are `pub` in some way, in code whose tests are left out.
fn public_types(code: &str) -> Vec<String> {
    let code = code.split("#[cfg(test)]").next().unwrap_or_default();
    let tokens = lexer::tokens(code);
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        if tokens[at].text != "pub" {
            continue;
        }
        let restricted = tokens.get(at + 1).is_some_and(|token| token.text == "(");
        let kind = if restricted { lexer::closing(&tokens, at + 1) + 1 } else { at + 1 };
        let is_type = |text: &str| ["struct", "enum", "trait", "type", "union"].contains(&text);
        if let (Some(kind), Some(name)) = (tokens.get(kind), tokens.get(kind + 1))
            && is_type(kind.text)
        {
            found.push(name.text.to_owned());
        }
    }
    found
}

#[test]
fn public_types_are_found() {
    let code = "pub struct A; pub(in crate::x) enum B {} struct C; pub fn f() {} pub type D = A;\n\
                #[cfg(test)] mod tests { pub struct E; }";
    assert_eq!(public_types(code), ["A", "B", "D"]);
}
