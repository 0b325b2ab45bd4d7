//! Annotations of GitHub's workflows: lines such as `::error file=a.toml,line=3::message` on
//! standard output, which GitHub shows at that line of a pull request.

use crate::scenario::Play;
use crate::scenario::play::{Checked, Outcome};
use crate::scenario::report;

/// One annotation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Annotation {
    /// Whether it is an error; otherwise it is a warning.
    pub error: bool,
    /// The file, if it is about one.
    pub file: Option<String>,
    /// The line, and the column where it is known, both counted from 1.
    pub place: Option<(usize, Option<usize>)>,
    /// A heading; empty for none.
    pub title: String,
    /// What is wrong, in lines.
    pub message: String,
}

impl Annotation {
    /// The line for standard output, with what GitHub would misread escaped.
    pub fn to_line(&self) -> String {
        let mut properties = Vec::new();
        if let Some(file) = &self.file {
            properties.push(format!("file={}", property(file)));
        }
        if let Some((line, column)) = self.place {
            properties.push(format!("line={line}"));
            properties.extend(column.map(|column| format!("col={column}")));
        }
        if !self.title.is_empty() {
            properties.push(format!("title={}", property(&self.title)));
        }
        let word = if self.error { "error" } else { "warning" };
        let space = if properties.is_empty() { "" } else { " " };
        format!("::{word}{space}{}::{}\n", properties.join(","), escape(&self.message))
    }
}

/// The annotations of a play: one for each expectation that failed, unless its failing is known;
/// and one when all are met in a cell of a matrix that is known to fail.
pub fn of_play(play: &Play) -> Vec<Annotation> {
    let (verdict, script) = (play.verdict(), play.script());
    let name = match &script.cell {
        Some(cell) => format!("{} with {}", script.name, cell.name()),
        None => script.name.clone(),
    };
    let at = |line: usize, title: String, message: String| Annotation {
        error: true,
        file: Some(script.source.name.clone()),
        place: (line > 0).then_some((line, None)),
        title,
        message,
    };
    match verdict.outcome() {
        Outcome::Green | Outcome::KnownBad | Outcome::Unfinished => Vec::new(),
        Outcome::CannotTell => {
            let message = report::verdict(play).text();
            vec![Annotation { error: false, ..at(0, name, message) }]
        }
        Outcome::Cut => {
            let what = report::plural(verdict.left_out as u64, "expectation");
            let message = format!("not judged: {what}, left out by an end before the file's");
            vec![Annotation { error: false, ..at(0, name, message) }]
        }
        Outcome::Surprise => {
            let known = verdict.known_bad.as_deref().unwrap_or_default();
            vec![at(0, name, format!("all is met, although it is known to fail: {known}"))]
        }
        Outcome::Failed => {
            let failed = verdict.checks.iter().filter(|check| !check.met);
            let told = |check: &Checked| {
                let mut message = format!("expected {}\n{}", check.expected, check.actual);
                let why = check.why.iter().map(|why| why.words(script.start));
                let more = report::more(script, check, None).map(|more| format!("more: {more}"));
                why.chain(more).for_each(|line| message += &format!("\n{line}"));
                at(check.line, format!("{name}: {}", check.step), message)
            };
            failed.map(told).collect()
        }
    }
}

fn escape(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    escape(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_github_would_misread_is_escaped() {
        let annotation = Annotation {
            error: true,
            file: Some("a,b.toml".to_owned()),
            place: Some((3, Some(5))),
            title: "100 %: x".to_owned(),
            message: "one\ntwo: 50 %".to_owned(),
        };
        let line = "::error file=a%2Cb.toml,line=3,col=5,title=100 %25%3A x::one%0Atwo: 50 %25\n";
        assert_eq!(annotation.to_line(), line);
        let bare = Annotation {
            error: false,
            file: None,
            place: None,
            title: String::new(),
            ..annotation
        };
        assert_eq!(bare.to_line(), "::warning::one%0Atwo: 50 %25\n");
    }
}
