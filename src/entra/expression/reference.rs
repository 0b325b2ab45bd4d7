//! The reference of the language, generated from the table of functions.

use std::fmt::Write as _;

use super::functions::{Example, FUNCTIONS, Function, Shown};
use super::{DEPTH_MAX, LENGTH_MAX};

/// The whole reference as Markdown: `docs/expressions.md`.
pub fn reference() -> String {
    let mut out = INTRODUCTION.replace("{length}", &LENGTH_MAX.to_string()).replace("{depth}", &DEPTH_MAX.to_string());
    for function in FUNCTIONS {
        section(function, &mut out);
    }
    out
}

const INTRODUCTION: &str = r#"<!-- Generated from src/entra/expression/functions; BLESS=1 cargo test --test reference rewrites it. -->

# Mapping expressions

What stands under *Expression* in an attribute mapping. An expression is a call such as `ToLower([mail])`; a bare attribute
or text is taken too.

| written | is |
| --- | --- |
| `[mail]` | the value of an attribute; nothing when the user has none |
| `"text"` | a text; `\"` and `\\` stand for `"` and `\`, so a pattern's `\d` is written `\\d` |
| `15`, `-1`, `&HF` | a whole number, the same argument as the quoted `"15"` |
| `Name(a, , c)` | a call; an argument may be left empty, and names are case-sensitive |
| `a = b` | a comparison (`=` `<>` `>` `>=` `<` `<=`), in the condition of IIF and in CBool only |
| `IgnoreAttributeFlow` | leaves the attribute out of this change; `IgnoreObjectFlow` skips the user |

Results are texts or lists of texts: a truth is `True` or `False`, a date is in UTC and reads `7/2/2021 3:33:38 PM`. Only
what is needed is evaluated: one branch of IIF, one value of Switch. An expression has at most {length} characters, and calls
are nested at most {depth} deep. One evaluation is bounded too: no text may grow beyond 64 KiB, and what all its parts read
and write is counted and limited, so that no expression can take long.

Where the vendor's documents are silent or disagree, a policy decides (`[entra.policy]`, `scimulator explain policy`).
`scimulator explain expression 'Join(".", [givenName], [surname])' --user ann --scenario f.toml` shows every step.

`Now` is 2021-07-02T15:33:38Z in the examples.
"#;

fn section(function: &Function, out: &mut String) {
    let text = "a String takes everything";
    write!(out, "\n## {}\n\n`{}`\n\n{}\n\n", function.name, function.signature(), function.doc).expect(text);
    writeln!(out, "| expression | with | gives |\n| --- | --- | --- |").expect(text);
    for example in function.examples {
        let source = source(example);
        writeln!(out, "| {} | {source} | {} |", code(example.expression), shown(&example.result)).expect(text);
    }
}

fn source(example: &Example) -> String {
    let one = |(name, value): &(&str, Shown)| format!("{name} = {}", shown(value));
    example.source.iter().map(one).collect::<Vec<_>>().join("<br>")
}

fn shown(value: &Shown) -> String {
    let quoted = |texts: &[&str]| texts.iter().map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(", ");
    match value {
        Shown::Null => "nothing".to_owned(),
        Shown::Text(text) => code(&format!("\"{text}\"")),
        Shown::List(texts) => code(&quoted(texts)),
        Shown::Roles(values) => format!("the roles {}", code(&quoted(values))),
        Shown::Json(json) => code(json),
        Shown::Random(length) => format!("a random text of {length} characters"),
        Shown::Ignored => "the attribute is left out".to_owned(),
        Shown::Fails => "an error".to_owned(),
    }
}

/// Code in a table, where a bar would end the cell.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}
