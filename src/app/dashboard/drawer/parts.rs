//! What the drawer is made of: sections with lines of text, a table, or a text as it was sent.

use schemars::JsonSchema;
use serde::Serialize;

use crate::scenario::report::{Line, Tone};

/// A part of the drawer.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// Its heading; empty for the first one.
    pub title: &'static str,
    /// Lines of text.
    pub lines: Vec<Vec<Piece>>,
    /// A table.
    pub table: Option<Table>,
    /// A text in a fixed width, such as a body.
    pub code: Option<String>,
    /// What is copied with its words: a command for a shell, for example.
    pub copy: Option<Copy>,
}

/// A piece of text.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// `strong`, `faint`, `good`, `bad` or `warn`; empty for ordinary text.
    pub tone: &'static str,
    /// The text.
    pub text: String,
    /// What a click on it opens in the drawer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

/// A table.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The headings of its columns.
    pub columns: Vec<&'static str>,
    /// Its rows, with as many cells.
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The tone of the whole row: `good`, `bad`, `warn`, or empty.
    pub tone: &'static str,
    /// Its cells.
    pub cells: Vec<Piece>,
}

/// A text to copy.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Copy {
    /// What the button says.
    pub label: &'static str,
    /// The text.
    pub text: String,
    /// What has to be done before the text is of use; empty when nothing has.
    pub first: &'static str,
}

/// The lines of a report as pieces of text, without empty ones.
pub fn pieces(lines: &[Line]) -> Vec<Vec<Piece>> {
    let lines = lines.iter().filter(|line| line.0.iter().any(|(_, text)| !text.is_empty()));
    lines.map(|line| line.0.iter().map(Piece::from).collect()).collect()
}

impl Section {
    /// A section of one sentence.
    pub fn of(title: &'static str, text: impl Into<String>) -> Section {
        Section { title, lines: vec![vec![Piece::from(text.into())]], ..Section::default() }
    }

    /// A section of the lines of a report. Indentation becomes a no-break space each, because the
    /// page folds others.
    pub fn lines(title: &'static str, lines: &[Line]) -> Section {
        Section { title, lines: pieces(lines), ..Section::default() }
    }

    /// A section with a table; with a sentence instead when there are no rows.
    pub fn table(
        title: &'static str,
        columns: &[&'static str],
        rows: Vec<Row>,
        none: &str,
    ) -> Section {
        if rows.is_empty() {
            return Section::of(title, none);
        }
        let table = Table { columns: columns.to_vec(), rows };
        Section { title, table: Some(table), ..Section::default() }
    }
}

impl Piece {
    /// A piece that opens something else in the drawer.
    pub fn link(text: impl Into<String>, about: impl Into<String>) -> Piece {
        Piece { tone: "", text: text.into(), about: Some(about.into()) }
    }

    /// The same piece in a tone.
    pub fn in_tone(self, tone: &'static str) -> Piece {
        Piece { tone, ..self }
    }
}

impl From<&str> for Piece {
    fn from(text: &str) -> Piece {
        Piece { text: text.to_owned(), ..Piece::default() }
    }
}

impl From<String> for Piece {
    fn from(text: String) -> Piece {
        Piece { text, ..Piece::default() }
    }
}

impl From<&(Tone, String)> for Piece {
    fn from((tone, text): &(Tone, String)) -> Piece {
        let tone = match tone {
            Tone::Plain => "",
            Tone::Strong => "strong",
            Tone::Faint => "faint",
            Tone::Good => "good",
            Tone::Bad => "bad",
            Tone::Warn => "warn",
        };
        let indent = text.len() - text.trim_start_matches(' ').len();
        Piece { tone, text: "\u{a0}".repeat(indent) + &text[indent..], about: None }
    }
}
