//! Renders the problems of a scenario file: the line, a caret, what was expected, and the nearest
//! valid name.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::base::printable;
use crate::base::{Diagnostic, Problems, Severity, Span};

use super::Override;

/// The input of a scenario: a file's name and text, and the overrides of the command line.
///
/// An override has a span too: the overrides follow the file's text one after the other, each as
/// `path=value`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Source {
    /// The name shown in messages, as the author typed it.
    pub name: String,
    /// The text of the file.
    pub text: String,
    /// The overrides of the command line, in order.
    pub overrides: Vec<Override>,
    /// The first byte of each line after the first, so that a line is found without reading the
    /// text again.
    line_starts: Vec<usize>,
    /// The files that it extends; their spans follow those of the overrides.
    bases: Vec<BaseFile>,
    /// The sheets of people that it names, each with its path and its text.
    sheets: Vec<(String, String)>,
}

/// A file that a scenario extends.
#[derive(Clone, PartialEq, Eq, Debug)]
struct BaseFile {
    /// Where its spans begin.
    start: usize,
    /// Its name and text, as a source of its own.
    source: Source,
}

/// Where a problem is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SourcePlace {
    /// In the file, or in one that it extends; lines and columns are counted from 1, columns in
    /// characters.
    File {
        /// Which of the files that it extends; `None` for the scenario itself.
        base: Option<usize>,
        /// Line of the first character.
        line: usize,
        /// Column of the first character.
        column: usize,
        /// Line of the end.
        end_line: usize,
        /// Column one past the last character.
        end_column: usize,
    },
    /// On the command line: the index of the override.
    CommandLine(usize),
    /// In the whole file.
    Whole,
}

/// All problems of one source, in the order of their spans.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    /// The file and the overrides; boxed, for it travels as an error.
    pub source: Box<Source>,
    /// The problems found in it.
    pub list: Vec<Diagnostic>,
}

impl Source {
    /// Makes a source and finds the starts of its lines.
    pub fn new(name: &str, text: &str, overrides: &[Override]) -> Source {
        let newlines = memchr::memchr_iter(b'\n', text.as_bytes());
        Source {
            name: name.to_owned(),
            text: text.to_owned(),
            overrides: overrides.to_vec(),
            line_starts: newlines.map(|newline| newline + 1).collect(),
            bases: Vec::new(),
            sheets: Vec::new(),
        }
    }

    /// Adds a sheet of people that the scenario, or a file that it extends, names.
    pub fn add_sheet(&mut self, path: &str, text: &str) {
        self.sheets.push((path.to_owned(), text.to_owned()));
    }

    /// The files beside the scenario, by their paths as from its folder: those that it extends,
    /// and the sheets of people.
    pub fn files_beside(&self) -> impl Iterator<Item = (&str, &str)> {
        let bases = self.bases.iter().map(|it| (&*it.source.name, &*it.source.text));
        bases.chain(self.sheets.iter().map(|(path, text)| (&**path, &**text)))
    }

    /// Adds a file that the scenario extends; returns where its spans begin.
    pub fn add_base(&mut self, name: &str, text: &str) -> usize {
        let start = match self.bases.last() {
            Some(base) => base.start + base.source.text.len() + 1,
            None => self.override_start(self.overrides.len()),
        };
        self.bases.push(BaseFile { start, source: Source::new(name, text, &[]) });
        start
    }

    /// The name of the file in which a place is.
    pub fn file_of(&self, place: SourcePlace) -> &str {
        match place {
            SourcePlace::File { base: Some(nth), .. } => &self.bases[nth].source.name,
            _ => &self.name,
        }
    }

    /// The line of the file in which a span begins, counted from 1; 0 for a span of the command
    /// line, for one of a file that it extends, and for the empty span at 0.
    pub fn line(&self, span: Span) -> usize {
        match self.place(Some(span)) {
            SourcePlace::File { base: None, line, .. } => line,
            _ => 0,
        }
    }

    /// Returns the place of a span; no span, or the empty one at 0, means the whole file.
    pub fn place(&self, span: Option<Span>) -> SourcePlace {
        let Some(span) = span.filter(|span| *span != Span::default()) else {
            return SourcePlace::Whole;
        };
        if span.start <= self.text.len() {
            let (line, column) = self.position(span.start);
            let (end_line, end_column) = self.position(span.end);
            return SourcePlace::File { base: None, line, column, end_line, end_column };
        }
        if let Some(nth) = self.bases.iter().rposition(|base| base.start <= span.start) {
            let BaseFile { start, source } = &self.bases[nth];
            let (line, column) = source.position(span.start - start);
            let (end_line, end_column) = source.position(span.end - start);
            return SourcePlace::File { base: Some(nth), line, column, end_line, end_column };
        }
        let found =
            (0..self.overrides.len()).rev().find(|&nth| self.override_start(nth) <= span.start);
        found.map_or(SourcePlace::Whole, SourcePlace::CommandLine)
    }

    /// The span of a line, counted from 1, without the blanks around it; the empty span for line 0.
    pub fn line_span(&self, line: usize) -> Span {
        let start = match line {
            0 => return Span::default(),
            1 => 0,
            _ => self.line_starts.get(line - 2).copied().unwrap_or(self.text.len()),
        };
        let text = self.text[start..].lines().next().unwrap_or_default();
        let blanks = text.len() - text.trim_start().len();
        Span::new(start + blanks, start + text.trim_end().len().max(blanks))
    }

    /// The line and the column of a byte, both counted from 1; columns count characters.
    fn position(&self, at: usize) -> (usize, usize) {
        let at = at.min(self.text.len());
        let (line, line_start) = self.line_of(at);
        let before = &self.text.as_bytes()[line_start..at];
        (line, String::from_utf8_lossy(before).chars().count() + 1)
    }

    /// The number of the line that contains a byte, and the first byte of that line.
    fn line_of(&self, at: usize) -> (usize, usize) {
        let newlines = self.line_starts.partition_point(|start| *start <= at);
        let start = newlines.checked_sub(1).map_or(0, |nth| self.line_starts[nth]);
        (newlines + 1, start)
    }

    /// The offset at which an override begins, after the file's text.
    pub fn override_start(&self, nth: usize) -> usize {
        let before = self.overrides.iter().take(nth);
        self.text.len()
            + 1
            + before.map(|over| over.path.len() + over.value.len() + 2).sum::<usize>()
    }
}

impl Diagnostics {
    /// Sorts the problems of a source by place.
    pub fn new(source: &Source, problems: Problems) -> Diagnostics {
        Diagnostics { source: Box::new(source.clone()), list: problems.into_sorted() }
    }

    /// Whether any problem is an error, so that the scenario cannot run.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.severity == Severity::Error)
    }
}

/// Renders all problems as plain text.
pub fn render(diagnostics: &Diagnostics) -> String {
    render_with(diagnostics, &Renderer::plain(), &str::to_owned)
}

/// Renders all problems with colours, as ANSI sequences. Each text is shown as `shown` has it,
/// which leaves the secrets out; the caret stays where it was meant to be.
pub fn render_coloured(diagnostics: &Diagnostics, shown: ShownAs<'_>) -> String {
    render_with(diagnostics, &Renderer::styled(), shown)
}

/// How a text is shown.
pub type ShownAs<'s> = &'s dyn Fn(&str) -> String;

fn render_with(diagnostics: &Diagnostics, renderer: &Renderer, shown: ShownAs<'_>) -> String {
    let one = |problem: &Diagnostic| {
        let problem = &visible(problem, shown);
        let quoted = Quoted::of(&diagnostics.source, problem, shown);
        let group = group(&diagnostics.source, problem, &quoted);
        let mut text = renderer.render(&[group]) + "\n";
        // Without a source line the renderer prints only its margin, so the help is added here.
        if !problem.help.is_empty() && !in_file_at_all(&diagnostics.source, problem) {
            text += &format!("  = help: {}\n", problem.help);
        }
        text
    };
    diagnostics.list.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// The problem with its hidden characters written out; the renderer does so for the source line.
fn visible(problem: &Diagnostic, shown: ShownAs<'_>) -> Diagnostic {
    let shown = |text: &str| printable::lines(&shown(text)).into_owned();
    Diagnostic {
        message: shown(&problem.message),
        label: shown(&problem.label),
        help: shown(&problem.help),
        ..problem.clone()
    }
}

fn group<'a>(source: &'a Source, problem: &'a Diagnostic, quoted: &'a Quoted) -> Group<'a> {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = match source.place(problem.span) {
        SourcePlace::File { .. } => in_file(quoted, problem, level),
        SourcePlace::CommandLine(nth) => {
            let over = &source.overrides[nth];
            let said = match problem.label.is_empty() {
                true => String::new(),
                false => format!(" ({})", problem.label),
            };
            let title = format!("--set {}={}: {}{said}", over.path, quoted.line, problem.message);
            Group::with_title(level.primary_title(title))
        }
        SourcePlace::Whole => {
            Group::with_title(level.primary_title(format!("{}: {}", source.name, problem.message)))
        }
    };
    if !problem.help.is_empty() && in_file_at_all(source, problem) {
        group = group.element(Level::HELP.message(&problem.help));
    }
    group
}

fn in_file_at_all(source: &Source, problem: &Diagnostic) -> bool {
    matches!(source.place(problem.span), SourcePlace::File { .. })
}

fn in_file<'a>(quoted: &'a Quoted, problem: &'a Diagnostic, level: Level<'static>) -> Group<'a> {
    let mut caret = AnnotationKind::Primary.span(quoted.caret.clone());
    if !problem.label.is_empty() {
        caret = caret.label(&problem.label);
    }
    let snippet = Snippet::source(&quoted.line).line_start(quoted.number).path(&quoted.file);
    level.primary_title(&problem.message).element(snippet.annotation(caret))
}

/// What is quoted with a problem: the line of a file, or the value of an override.
#[derive(Default)]
struct Quoted {
    file: String,
    number: usize,
    line: String,
    /// The bytes of the line below which the caret stands.
    caret: std::ops::Range<usize>,
}

impl Quoted {
    fn of(source: &Source, problem: &Diagnostic, shown: ShownAs<'_>) -> Quoted {
        match source.place(problem.span) {
            SourcePlace::File { base, .. } => {
                let mut span = problem.span.unwrap_or_default();
                let base = base.map(|nth| &source.bases[nth]);
                if let Some(BaseFile { start, .. }) = base {
                    span = Span::new(span.start - start, span.end.saturating_sub(*start));
                }
                Quoted::line(base.map_or(source, |base| &base.source), span, shown)
            }
            SourcePlace::CommandLine(nth) => {
                let value = &source.overrides[nth].value;
                let quoted = shown(&format!("'{value}'"));
                let inner = quoted.strip_prefix('\'').and_then(|it| it.strip_suffix('\''));
                let line = inner.map_or_else(|| shown(value), shown);
                Quoted { line, ..Quoted::default() }
            }
            SourcePlace::Whole => Quoted::default(),
        }
    }

    fn line(source: &Source, span: Span, shown: ShownAs<'_>) -> Quoted {
        let span = on_characters(&source.text, span);
        // The renderer gets only this line, since it reads its whole input again for every problem.
        let (number, start) = source.line_of(span.start);
        let line = source.text[start..].lines().next().unwrap_or_default();
        let (from, to) = (span.start - start, (span.end - start).min(line.len()));
        let masked = shown(line);
        let parts = line.get(..from).zip(line.get(from..to)).zip(line.get(to..));
        let parts = parts.map(|((before, own), behind)| (shown(before), shown(own), shown(behind)));
        let caret = match parts {
            _ if masked == line => from..span.end - start,
            Some((before, own, behind)) if [&*before, &own, &behind].concat() == masked => {
                before.len()..before.len() + own.len()
            }
            // It points into a secret.
            _ => 0..masked.len(),
        };
        Quoted { file: source.name.clone(), number, line: masked, caret }
    }
}

/// Clips a span to the text and to its first line, and widens it to whole characters.
fn on_characters(text: &str, span: Span) -> std::ops::Range<usize> {
    let mut start = span.start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = span.end.clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    let line_end = text[start..end].find('\n').map_or(end, |newline| start + newline);
    start..line_end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(text: &str, span: Span, overrides: Vec<Override>) -> String {
        let source = Source::new("a.toml", text, &overrides);
        let mut problems = Problems::default();
        problems.error(span, "unknown key `x`").label("here").help("did you mean `y`?");
        render(&Diagnostics::new(&source, problems))
    }

    #[test]
    fn a_problem_shows_its_line_and_its_remedy() {
        expect_test::expect![[r#"
            error: unknown key `x`
             --> a.toml:2:1
              |
            2 | x = 1
              | ^ here
              |
              = help: did you mean `y`?
        "#]]
        .assert_eq(&rendered("title = \"ä\"\nx = 1\n", Span::new(13, 14), Vec::new()));
    }

    #[test]
    fn behind_a_secret_caret_and_column_are_those_of_what_is_shown() {
        let text = "a = { value = \"geheim-4711\", x = 1 }\n";
        let at = text.find(" x =").expect("it has one") + 1;
        let source = Source::new("a.toml", text, &[]);
        let mut problems = Problems::default();
        problems.error(Span::new(at, at + 1), "unknown key `x`");
        let mask = |text: &str| text.replace("geheim-4711", "***");
        let told = render_with(&Diagnostics::new(&source, problems), &Renderer::plain(), &mask);
        expect_test::expect![[r#"
            error: unknown key `x`
             --> a.toml:1:22
              |
            1 | a = { value = "***", x = 1 }
              |                      ^
        "#]]
        .assert_eq(&told);
    }

    #[test]
    fn the_command_line_is_blamed_for_its_own() {
        let overrides = vec![
            Override::parse("a.b=1").expect("it has a path"),
            Override::parse("x=2").expect("so"),
        ];
        let text = "title = 1\n";
        expect_test::expect![[r#"
            error: --set x=2: unknown key `x` (here)
              = help: did you mean `y`?
        "#]]
        .assert_eq(&rendered(text, Span::new(text.len() + 1 + 6, text.len() + 8), overrides));
    }

    #[test]
    fn places_never_leave_the_text() {
        let source = Source::new("", "ä\n\nö", &[]);
        for start in 0..9 {
            for end in start..9 {
                let mut problems = Problems::default();
                problems.error(Span::new(start, end), "x");
                let _ = render(&Diagnostics::new(&source, problems));
            }
        }
    }
}
