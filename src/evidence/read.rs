//! Reads the record of a run, a line at a time.

use std::io::BufRead;

use super::line::{RunEnd, RunHead, RunLine, RunWorlds, VERSION};

/// One line after the first.
pub enum RunItem<'a> {
    /// A record of the journal.
    Record(Box<RunLine<'a>>),
    /// How the worlds compare.
    Worlds(RunWorlds),
    /// The last line.
    End,
}

/// Why a record cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReadError {
    /// The number of the line, from 1.
    pub line: usize,
    /// Why.
    pub why: String,
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.why)
    }
}

/// A record of a run that is being read.
pub struct RunReader<R> {
    input: R,
    text: Vec<u8>,
    line: usize,
    head: RunHead,
}

impl<R: BufRead> RunReader<R> {
    /// Reads the head.
    ///
    /// # Errors
    /// When it is no record, or one of another version.
    pub fn new(mut input: R) -> Result<RunReader<R>, ReadError> {
        let mut text = Vec::new();
        let error = |why: String| ReadError { line: 1, why };
        input.read_until(b'\n', &mut text).map_err(|it| error(it.to_string()))?;
        let head: serde_json::Value = serde_json::from_slice(&text)
            .map_err(|_| error("it is no record that `run --out` has written".to_owned()))?;
        match head["version"].as_u64() {
            Some(version) if version == u64::from(VERSION) => {}
            Some(version) => {
                let why = format!("it has version {version}, and this program reads {VERSION}");
                return Err(error(why));
            }
            None => return Err(error("it is no head of a record".to_owned())),
        }
        let head = serde_json::from_value(head).map_err(|it| error(it.to_string()))?;
        Ok(RunReader { input, text, line: 1, head })
    }

    /// What is played.
    pub fn head(&self) -> &RunHead {
        &self.head
    }

    /// The next line; `None` after the last. A last line that was not written whole is left out.
    ///
    /// # Errors
    /// When the line cannot be read.
    pub fn next_item(&mut self) -> Result<Option<RunItem<'_>>, ReadError> {
        self.text.clear();
        self.line += 1;
        let line = self.line;
        let read = self.input.read_until(b'\n', &mut self.text);
        read.map_err(|it| ReadError { line, why: it.to_string() })?;
        if self.text.last() != Some(&b'\n') {
            return Ok(None);
        }
        parse(&self.text).map(Some).map_err(|it| ReadError { line, why: it.to_string() })
    }
}

fn parse(text: &[u8]) -> Result<RunItem<'_>, serde_json::Error> {
    // The kind stands first, so that a line is read once.
    if text.starts_with(b"{\"kind\":\"worlds\"") {
        return serde_json::from_slice(text).map(RunItem::Worlds);
    }
    if text.starts_with(b"{\"kind\":\"end\"") {
        return serde_json::from_slice::<RunEnd>(text).map(|_| RunItem::End);
    }
    serde_json::from_slice(text).map(|line| RunItem::Record(Box::new(line)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::line::{LineCause, LineKind};

    const HEAD: &str = concat!(
        r#"{"kind":"head","version":1,"program":"p","scenario":"s","file":"s.toml","title":"t","#,
        r#""seed":7,"start":"2026-03-02T08:00:00Z","ends":"2026-03-03T08:00:00Z","replay":"r"}"#,
        "\n"
    );

    fn why(text: &str) -> String {
        let Err(error) = RunReader::new(text.as_bytes()) else { panic!("{text} was read") };
        error.to_string()
    }

    #[test]
    fn what_is_no_record_is_refused_with_the_reason() {
        assert!(why("title = 1\n").contains("no record"), "{}", why("title = 1\n"));
        assert!(why("{\"log\":{}}\n").contains("no head"));
        assert!(why(&HEAD.replace("\"version\":1", "\"version\":2")).contains("version 2"));
    }

    #[test]
    fn a_line_that_was_not_written_whole_ends_a_record() {
        let line = r#"{"kind":"fault","seq":1,"at":"x","us":5,"cause":{"request":9},"to":9}"#;
        let text = format!("{HEAD}{line}\n{}", &line[..20]);
        let mut reader = RunReader::new(text.as_bytes()).expect("a head");
        assert_eq!(reader.head().seed, 7);
        match reader.next_item() {
            Ok(Some(RunItem::Record(line))) => {
                assert_eq!((line.kind, line.cause), (LineKind::Fault, Some(LineCause::Request(9))));
            }
            _ => panic!("a record was to be read"),
        }
        assert!(matches!(reader.next_item(), Ok(None)));
        let bad = format!("{HEAD}{{\"kind\":\"row\"}}\n");
        let mut reader = RunReader::new(bad.as_bytes()).expect("a head");
        assert_eq!(reader.next_item().err().map(|error| error.line), Some(2));
    }
}
