//! Problems in a scenario file: where each is, what is wrong, and what to write instead.

/// A range of bytes in a source text; the default, an empty range at zero, means no place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The span from `start` up to `end`, without `end`.
    pub fn new(start: usize, end: usize) -> Span {
        Span { start, end }
    }
}

impl From<std::ops::Range<usize>> for Span {
    fn from(range: std::ops::Range<usize>) -> Span {
        Span { start: range.start, end: range.end }
    }
}

/// How bad a problem is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// The scenario runs, but probably not as meant.
    Warning,
    /// The scenario cannot run.
    Error,
}

/// The kind of a problem, for code to match on; the texts are only for people.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ProblemKind {
    /// No code treats the problem specially.
    #[default]
    Other,
    /// It is about the mock GoLinks, and means nothing where another server is provisioned.
    OfMock,
    /// There is no key or setting of this name.
    UnknownKey,
    /// This required key is missing.
    MissingKey(&'static str),
}

/// One problem, with its place and what to do about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// The kind, for code to match on.
    pub kind: ProblemKind,
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong, in one line, without a full stop.
    pub message: String,
    /// Where the problem is; `None` for a problem of the whole file.
    pub span: Option<Span>,
    /// The text under the caret; empty for none.
    pub label: String,
    /// What to do about it; empty when there is nothing to add.
    pub help: String,
    /// The words one of which was expected, for an unknown one.
    pub words: Vec<&'static str>,
}

/// All problems of one source, collected so that an author sees all of them together.
#[derive(Clone, Default, Debug)]
pub struct Problems {
    list: Vec<Diagnostic>,
}

impl Problems {
    /// Adds an error at a place and returns it for a label or a help to be added.
    pub fn error(&mut self, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.add(Severity::Error, span, message.into())
    }

    /// Adds a warning at a place and returns it for a label or a help to be added.
    pub fn warning(&mut self, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.add(Severity::Warning, span, message.into())
    }

    /// Adds a problem that was found elsewhere.
    pub fn push(&mut self, problem: Diagnostic) {
        self.list.push(problem);
    }

    /// The problems in the order they were added.
    pub fn list(&self) -> &[Diagnostic] {
        &self.list
    }

    /// The problems, for a caller that knows their places better than the reader did.
    pub fn list_mut(&mut self) -> &mut [Diagnostic] {
        &mut self.list
    }

    /// Whether any problem is an error.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.severity == Severity::Error)
    }

    /// How many of the problems are errors.
    pub fn errors(&self) -> usize {
        self.list.iter().filter(|d| d.severity == Severity::Error).count()
    }

    /// The problems in the order of their places in the text.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.list.sort_by_key(|d| d.span.map_or((0, 0), |s| (s.start, s.end)));
        self.list
    }

    fn add(&mut self, severity: Severity, span: Span, message: String) -> &mut Diagnostic {
        let span = (span != Span::default()).then_some(span);
        self.list.push(Diagnostic {
            kind: ProblemKind::Other,
            severity,
            message,
            span,
            label: String::new(),
            help: String::new(),
            words: Vec::new(),
        });
        self.list.last_mut().expect("one was just pushed")
    }
}

impl Diagnostic {
    /// Sets the kind.
    pub fn kind(&mut self, kind: ProblemKind) -> &mut Diagnostic {
        self.kind = kind;
        self
    }

    /// Sets the text under the caret.
    pub fn label(&mut self, label: impl Into<String>) -> &mut Diagnostic {
        self.label = label.into();
        self
    }

    /// Sets the words one of which was expected.
    pub fn words(&mut self, words: impl IntoIterator<Item = &'static str>) -> &mut Diagnostic {
        self.words = words.into_iter().collect();
        self
    }

    /// The message and the label, if any, in one line: for places that do not show the source.
    pub fn with_reason(&self) -> String {
        match self.label.as_str() {
            "" => self.message.clone(),
            label => format!("{}: {label}", self.message),
        }
    }

    /// Sets the help: what to do about the problem.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Diagnostic {
        self.help = help.into();
        self
    }
}

/// The known name nearest to `wrong`; `None` when none is near enough to be meant.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = wrong.to_lowercase();
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&wrong, &name.to_lowercase()), name))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, name)| *distance <= (name.len().max(wrong.len()) / 3).max(1))
        .map(|(_, name)| name)
}

/// The known name with which a longer word begins, as `match` for `matching`.
fn beginning<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let begins = known.into_iter().filter(|name| name.len() > 3 && wrong.starts_with(name));
    begins.max_by_key(|name| name.len())
}

/// The longest list of names that is shown whole.
const LISTED: usize = 20;

/// How many names of a longer list are shown.
const SHOWN: usize = 4;

/// How unlike a shown name may be, in millionths: 0 is the same word, and chance alone makes some
/// names of a long list half alike.
const UNLIKE: u32 = 300_000;

/// The help for an unknown name: the nearest known name; when none is near the whole list, or of a
/// long list the few names that are most alike.
pub fn did_you_mean<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    did_you_mean_of(wrong, known, "explain")
}

/// Tables that a dotted path may begin with.
const TABLES: [&str; 3] = ["entra", "golinks", "people"];

/// As [`did_you_mean`], with the command of `scimulator` that lists all names; empty for names that
/// none lists, such as those of a scenario.
pub fn did_you_mean_of<'a>(
    wrong: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
    command: &str,
) -> String {
    if let Some((table, _)) = wrong.split_once('.')
        && TABLES.contains(&table)
        && known.clone().into_iter().any(|name| name == table)
    {
        return format!("a path stands without quotes: {wrong} = …");
    }
    let near = || nearest(wrong, known.clone()).or_else(|| beginning(wrong, known.clone()));
    // Of two numbers none is a typo of the other.
    let is_number = wrong.parse::<f64>().is_ok();
    if let Some(name) = (!is_number).then(near).flatten() {
        return format!("did you mean `{name}`?");
    }
    let mut all: Vec<&str> = known.clone().into_iter().collect();
    let few = all.len() <= LISTED;
    if !few {
        let unlike = |name: &&str| {
            let alike = strsim::jaro_winkler(&wrong.to_lowercase(), &name.to_lowercase());
            ((1.0 - alike) * 1e6) as u32
        };
        all.retain(|name| unlike(name) <= UNLIKE);
        all.sort_by_cached_key(unlike);
        all.truncate(SHOWN);
    }
    let names: Vec<String> = all.into_iter().map(|name| format!("`{name}`")).collect();
    match (few, names.as_slice()) {
        (true, []) => String::new(),
        (true, [only]) => format!("it is {only}"),
        (true, _) => format!("it is one of {}", names.join(", ")),
        (false, []) if command.is_empty() => {
            let some: Vec<String> =
                known.into_iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
            format!("some are {}", some.join(", "))
        }
        (false, _) if command.is_empty() => format!("most alike are {}", names.join(", ")),
        (false, []) => format!("`scimulator {command}` lists all"),
        (false, _) => {
            format!("most alike are {}; `scimulator {command}` lists all", names.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_is_answered_with_the_nearest_name_and_nonsense_with_the_list() {
        let known = ["disable", "enable", "delete", "rotate_token"];
        assert_eq!(nearest("disabel", known), Some("disable"));
        assert_eq!(nearest("rotate_tokens", known), Some("rotate_token"));
        assert_eq!(nearest("fly", known), None);
        assert_eq!(did_you_mean("matching", ["mat", "match"]), "did you mean `match`?");
        let path = "a path stands without quotes: entra.dialect = …";
        assert_eq!(did_you_mean("entra.dialect", ["seed", "entra"]), path);
        assert_eq!(did_you_mean("ann.lind", ["ann", "bb"]), "it is one of `ann`, `bb`");
        assert_eq!(did_you_mean("fly", ["a", "bb"]), "it is one of `a`, `bb`");
        let many: Vec<String> = ('a'..='z').map(|letter| format!("{letter}{letter}-key")).collect();
        assert_eq!(
            did_you_mean_of("bb", many.iter().map(String::as_str), "explain keys"),
            "most alike are `bb-key`; `scimulator explain keys` lists all"
        );
    }

    #[test]
    fn problems_come_in_the_order_of_their_places() {
        let mut problems = Problems::default();
        problems.error(Span::new(9, 12), "late").help("mend it");
        problems.warning(Span::new(1, 2), "early");
        assert!(problems.has_errors());
        let sorted = problems.into_sorted();
        assert_eq!(sorted[0].message, "early");
        assert_eq!(sorted[1].help, "mend it");
    }
}
