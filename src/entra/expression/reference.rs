//! The reference of the language, generated from the table of functions.

use std::fmt::Write as _;

use super::function::{Example, Function, Sample};
use super::functions::FUNCTIONS;
use crate::base::doc::paragraph;

/// Returns a section of Markdown for each function: the generated part of `docs/expressions.md`.
pub fn reference() -> String {
    let mut out = String::new();
    for function in FUNCTIONS {
        section(function, &mut out);
    }
    out
}

fn section(function: &Function, out: &mut String) {
    let text = "a String takes everything";
    write!(
        out,
        "\n## {}\n\n`{}`\n\n{}\n\n",
        function.name,
        function.signature(),
        paragraph(function.doc)
    )
    .expect(text);
    writeln!(out, "| expression | with | gives |\n| --- | --- | --- |").expect(text);
    for example in function.examples {
        let source = source(example);
        writeln!(out, "| {} | {source} | {} |", code(example.expression), shown(&example.result))
            .expect(text);
    }
}

fn source(example: &Example) -> String {
    let one = |(name, value): &(&str, Sample)| format!("{name} = {}", shown(value));
    example.source.iter().map(one).collect::<Vec<_>>().join("<br>")
}

fn shown(value: &Sample) -> String {
    let quoted = |texts: &[&str]| {
        texts.iter().map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(", ")
    };
    match value {
        Sample::Null => "nothing".to_owned(),
        Sample::Text(text) => code(&format!("\"{text}\"")),
        Sample::List(texts) => code(&quoted(texts)),
        Sample::Roles(values) => format!("the roles {}", code(&quoted(values))),
        Sample::Json(json) => code(json),
        Sample::Random(length) => format!("a random text of {length} characters"),
        Sample::Ignored => "the attribute is left out".to_owned(),
        Sample::Fails => "an error".to_owned(),
    }
}

/// Formats code for a table, in which a bar would end the cell.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}
