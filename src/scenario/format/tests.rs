//! Tables of texts and what is read from them.

use super::*;
use crate::base::Kind;
use crate::scenario::Override;

fn source(text: &str, overrides: &[(&str, &str)]) -> Source {
    let overrides: Vec<Override> = overrides
        .iter()
        .map(|(path, value)| Override::new(path.to_string(), value.to_string()))
        .collect();
    Source::new("a.toml", text, &overrides)
}

fn show(node: &Node) -> String {
    match &node.kind {
        Kind::Text(text) => format!("{text:?}"),
        Kind::Integer(value) => value.to_string(),
        Kind::Float(value) => value.to_string(),
        Kind::Bool(value) => value.to_string(),
        Kind::Time(value) => value.rfc3339(),
        Kind::List(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", ")),
        Kind::Table(entries) => {
            let parts: Vec<String> =
                entries.iter().map(|e| format!("{}={}", e.key, show(&e.value))).collect();
            format!("{{{}}}", parts.join(" "))
        }
    }
}

fn check(text: &str, overrides: &[(&str, &str)], expected: &str) {
    let mut problems = Problems::default();
    let read = read(&source(text, overrides), &mut problems);
    let shown = match (&read, problems.list().first()) {
        (_, Some(first)) => first.message.clone(),
        (Some(root), None) => show(root),
        (None, None) => "nothing, and no reason".to_owned(),
    };
    assert_eq!(shown, expected, "{text}");
}

#[test]
fn tables_keep_their_order_and_their_kinds() {
    check("z = 1\na.b = true\n[k]\nx = [1.5, \"t\"]", &[], "{z=1 a={b=true} k={x=[1.5, \"t\"]}}");
    check("s = 2026-03-02T08:00:00Z", &[], "{s=2026-03-02T08:00:00Z}");
    check(
        "[[at]]\ntime = \"0d\"\n[[at]]\ndo = \"start\"",
        &[],
        "{at=[{time=\"0d\"}, {do=\"start\"}]}",
    );
    check("s = 2026-03-02", &[], "this date-time does not name an instant");
    check("n = 99999999999999999999", &[], "this whole number is too large");
    check("n = nan", &[], "this is not a number one can count with");
}

#[test]
fn the_command_line_wins_over_the_file() {
    check("seed = 1", &[("seed", "2")], "{seed=2}");
    check("seed = 1", &[("entra.scope", "assigned")], "{seed=1 entra={scope=\"assigned\"}}");
    check("[a]\nb.c = 1", &[("a.b.c", "\"x\"")], "{a={b={c=\"x\"}}}");
    check("", &[("a.\"b.c\"", "[1]")], "{a={b.c=[1]}}");
    check("[[fault]]\nname = \"x\"\nn = 1", &[("fault.x.n", "2")], "{fault=[{name=\"x\" n=2}]}");
    check("", &[("fault.y", "{ refuse = true }")], "{fault=[{name=\"y\" refuse=true}]}");
    check(
        "golinks.token = \"t\"",
        &[("golinks.token.expires", "30d")],
        "{golinks={token={value=\"t\" expires=\"30d\"}}}",
    );
    check("a = 1", &[("a.b", "2")], "`b` cannot be set: what stands before it is a whole number");
    check("", &[("a..b", "2")], "a dotted path of keys was expected left of the equals sign");
}

#[test]
fn traps_have_words_of_their_own() {
    let explained = |text: &str| {
        let mut problems = Problems::default();
        assert!(read(&source(text, &[]), &mut problems).is_none(), "{text}");
        let first = problems.list()[0].clone();
        format!("{} | {} | {}", first.message, first.label, first.help)
    };
    assert_eq!(
        explained("a = 1\na = 2"),
        "`a` is defined twice | first defined on line 1 | keep one of the two"
    );
    assert!(
        explained("[at]\ntime = \"0d\"\n[at]\ntime = \"1d\"").ends_with("two brackets: [[at]]")
    );
    assert!(explained("[[at]]\ntime = 30d").ends_with("a duration stands in quotes: \"30d\""));
    assert!(
        explained("[[at]]\ntime = \"0d\"\ndo = \"start\"\ndo = \"stop\"")
            .contains("first defined on line 3")
    );
}
