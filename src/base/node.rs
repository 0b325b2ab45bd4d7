//! A parsed value with its place in the source: the common form of TOML files, `--set` and the
//! control API.
//!
//! Settings, actions, faults and expectations are all read from nodes, so each of them can report
//! the place of a mistake.

use std::time::Duration;

use super::diagnostic::{ProblemKind, Problems, Span, did_you_mean};
use super::time::{Time, parse_duration, write_duration};

/// A value and its place.
#[derive(Clone, PartialEq, Debug)]
pub struct Node {
    /// The place in the source.
    pub span: Span,
    /// The value.
    pub kind: Kind,
}

/// A value, by its type.
#[derive(Clone, PartialEq, Debug)]
pub enum Kind {
    /// A string.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Float(f64),
    /// True or false.
    Bool(bool),
    /// An instant: a TOML date-time.
    Time(Time),
    /// An array.
    List(Vec<Node>),
    /// A table, its keys in the order written.
    Table(Vec<Entry>),
}

/// One key of a table with its value.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// The place of the key.
    pub key_span: Span,
    /// The value of the key.
    pub value: Node,
}

/// The help for a time that is written as people say it: `day 2`, `10:00`.
fn said_of_time(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    if let Some(day) = text.strip_prefix("day").map(str::trim) {
        return day.parse::<u64>().ok().map(|day| format!("days count from the start: \"{day}d\""));
    }
    let (hour, minute) = text.split_once(':')?;
    let is_clock = hour.parse::<u64>().is_ok() && minute.get(..2)?.parse::<u64>().is_ok();
    is_clock.then(|| {
        "a time counts from the start, which `start` sets: \"2h\" is two hours after it".to_owned()
    })
}

/// What authors write for a word of a setting.
const SAID_OTHERWISE: [(&[&str], &str); 5] = [
    (&["everyone", "everybody", "all users", "all users and groups", "users"], "all"),
    (&["selected", "assigned users", "assigned users and groups", "some"], "assigned"),
    (&["aadOptscim062020", "rfc", "rfc7644", "strict", "standard"], "compliant"),
    (&["default", "legacy", "entra", "azure"], "classic"),
    (&["healthy", "running", "on", "ok"], "Active"),
];

impl Node {
    /// A value without a place in a source, as the control API sends it.
    pub fn bare(kind: Kind) -> Node {
        Node { span: Span::default(), kind }
    }

    /// A string without a place in a source.
    pub fn text(text: impl Into<String>) -> Node {
        Node::bare(Kind::Text(text.into()))
    }

    /// The value under a key, mutable, when this is a table that has it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        match &mut self.kind {
            Kind::Table(entries) => {
                entries.iter_mut().find(|entry| entry.key == key).map(|entry| &mut entry.value)
            }
            _ => None,
        }
    }

    /// The value under a key, when this is a table that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.kind {
            Kind::Table(entries) => entries.iter().find(|e| e.key == key).map(|e| &e.value),
            _ => None,
        }
    }

    /// The entries of a table; none for any other value.
    pub fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Table(entries) => entries,
            _ => &[],
        }
    }

    /// The type of the value, for a message: `a string`, `a table` and so on.
    pub fn kind_name(&self) -> &'static str {
        match self.kind {
            Kind::Text(_) => "a string",
            Kind::Integer(_) => "a whole number",
            Kind::Float(_) => "a number",
            Kind::Bool(_) => "true or false",
            Kind::Time(_) => "a date-time",
            Kind::List(_) => "a list",
            Kind::Table(_) => "a table",
        }
    }

    /// Reads a string, or reports that one was expected.
    pub fn as_text(&self, problems: &mut Problems) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => self.expected_like("a string", &self.in_quotes(), problems),
        }
    }

    /// Whether it is the text without characters.
    pub fn is_empty_text(&self) -> bool {
        matches!(&self.kind, Kind::Text(text) if text.is_empty())
    }

    /// Reads a boolean, or reports that one was expected.
    pub fn as_bool(&self, problems: &mut Problems) -> Option<bool> {
        match self.kind {
            Kind::Bool(value) => Some(value),
            _ => self.expected_like("true or false", &self.truth_in_words(), problems),
        }
    }

    /// Reads a whole number of at least zero.
    pub fn as_count(&self, problems: &mut Problems) -> Option<u64> {
        match self.kind {
            Kind::Integer(value) if value >= 0 => Some(value as u64),
            Kind::Integer(value) => {
                problems
                    .error(self.span, "expected a whole number of at least 0")
                    .label(format!("this is {value}"));
                None
            }
            _ => {
                let help = self.count_in_text();
                self.expected_like("a whole number of at least 0", &help, problems)
            }
        }
    }

    /// Reads any number.
    pub fn as_number(&self, problems: &mut Problems) -> Option<f64> {
        match self.kind {
            Kind::Integer(value) => Some(value as f64),
            Kind::Float(value) if value.is_finite() => Some(value),
            _ => self.expected_like("a number", &self.number_in_text(), problems),
        }
    }

    /// Reads a duration such as `"40m"`.
    pub fn as_duration(&self, problems: &mut Problems) -> Option<Duration> {
        let what = "a duration such as \"40m\"";
        let text = match &self.kind {
            Kind::Text(text) if self.quoted_time().is_some() => {
                return self.refused(what, &format!("the date-time `{text}`"), problems);
            }
            Kind::Text(text) => text,
            _ => return self.expected_like(what, &self.with_a_unit(), problems),
        };
        match parse_duration(text) {
            Ok(span) => Some(span),
            Err(why) => {
                let problem = problems.error(self.span, why);
                if let Some(help) = said_of_time(text) {
                    problem.help(help);
                }
                None
            }
        }
    }

    /// Reads an instant: a duration since the start such as `"30d"`, or a date-time.
    pub fn as_instant(&self, problems: &mut Problems) -> Option<PointInTime> {
        let what = "a duration since the start such as \"30d\", or a date-time";
        match &self.kind {
            Kind::Time(time) => Some(PointInTime::At(*time)),
            Kind::Text(_) => match self.quoted_time() {
                Some(_) => self.expected_like(what, &self.without_quotes(), problems),
                None => self.as_duration(problems).map(PointInTime::After),
            },
            Kind::Integer(0) => self.expected_like(what, "the start is \"0d\"", problems),
            _ => self.expected_like(what, &self.with_a_unit(), problems),
        }
    }

    /// Reads one of a closed list of words and returns the value beside it.
    pub fn as_word<T: Copy>(
        &self,
        words: &[(&'static str, T)],
        problems: &mut Problems,
    ) -> Option<T> {
        let Kind::Text(text) = &self.kind else {
            let help = did_you_mean("", words.iter().map(|(word, _)| *word).collect::<Vec<_>>());
            return self.expected_like("a string", &help, problems);
        };
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return Some(*value);
        }
        let known: Vec<&'static str> = words.iter().map(|(word, _)| *word).collect();
        let said = SAID_OTHERWISE.iter().find(|(said, means)| {
            known.contains(means) && said.iter().any(|said| said.eq_ignore_ascii_case(text))
        });
        let help = match said {
            Some((_, means)) => format!("did you mean `{means}`?"),
            None => did_you_mean(text, known.iter().copied()),
        };
        problems.error(self.span, format!("unknown value `{text}`")).help(help).words(known);
        None
    }

    /// Reads one string or a list of strings.
    pub fn as_texts(&self, problems: &mut Problems) -> Option<Vec<String>> {
        match &self.kind {
            Kind::Text(text) => Some(vec![text.clone()]),
            Kind::List(items) => {
                items.iter().map(|item| item.as_text(problems).map(str::to_owned)).collect()
            }
            _ => self.expected("a string or a list of strings", problems),
        }
    }

    /// One value or the values of a list: the places of what [`Node::as_texts`] reads.
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }

    /// The entries of the table below a name; a text in its place is shown at the key that it is
    /// meant for.
    pub fn as_table_with(&self, key: &str, problems: &mut Problems) -> Option<&[Entry]> {
        match self.kind {
            Kind::Text(_) => {
                let help = format!("write {{ {key} = {} }}", self.to_toml());
                self.expected_like("a table", &help, problems)
            }
            _ => self.as_table(problems),
        }
    }

    /// Reads a table.
    pub fn as_table(&self, problems: &mut Problems) -> Option<&[Entry]> {
        match &self.kind {
            Kind::Table(entries) => Some(entries),
            _ => self.expected_like("a table", &self.names_in_a_list(), problems),
        }
    }

    /// Reports that `what` was expected here, and returns `None`.
    pub fn expected<T>(&self, what: &str, problems: &mut Problems) -> Option<T> {
        self.expected_like(what, "", problems)
    }

    /// As [`Node::expected`], with a help that shows the right form.
    pub fn expected_like<T>(&self, what: &str, help: &str, problems: &mut Problems) -> Option<T> {
        problems
            .error(self.span, format!("expected {what}"))
            .label(format!("this is {}", self.kind_name()))
            .help(help);
        None
    }

    /// Reports that `what` was expected here, of a value whose type is right: `shown` says what is
    /// there instead.
    pub fn refused<T>(&self, what: &str, shown: &str, problems: &mut Problems) -> Option<T> {
        problems.error(self.span, format!("expected {what}")).label(format!("this is {shown}"));
        None
    }

    /// The help for a date-time written as a string; empty for others.
    pub fn without_quotes(&self) -> String {
        let bare = self.quoted_time();
        bare.map(|bare| format!("a date-time stands without quotes: {bare}")).unwrap_or_default()
    }

    /// The date-time that a text holds, as it would stand without quotes; the offset is added when
    /// it is missing.
    fn quoted_time(&self) -> Option<String> {
        let Kind::Text(text) = &self.kind else { return None };
        let text = text.trim();
        if Time::parse(text).is_some() {
            return Some(text.to_owned());
        }
        let whole = match text.len() {
            10 => format!("{text}T08:00:00Z"),
            16 => format!("{text}:00Z").replace(' ', "T"),
            _ => format!("{text}Z").replace(' ', "T"),
        };
        Time::parse(&whole).map(|_| whole)
    }

    /// The help for true or false written in words or as a number; empty for others.
    fn truth_in_words(&self) -> String {
        let word = match &self.kind {
            Kind::Text(text) => text.trim().to_lowercase(),
            Kind::Integer(number) => number.to_string(),
            _ => return String::new(),
        };
        match word.as_str() {
            "true" | "yes" | "on" | "1" => "write true, without quotes".to_owned(),
            "false" | "no" | "off" | "0" => "write false, without quotes".to_owned(),
            _ => String::new(),
        }
    }

    /// The help for a whole number written as a string; empty for others.
    pub fn count_in_text(&self) -> String {
        match &self.kind {
            Kind::Text(text) if text.trim().parse::<u64>().is_ok() => {
                format!("a number stands without quotes: {}", text.trim())
            }
            Kind::Text(text) if ["none", "no", "zero", "nothing"].contains(&text.trim()) => {
                "none is the number 0".to_owned()
            }
            _ => String::new(),
        }
    }

    /// The help for a number written as a string, such as `"5"` or `"20%"`; empty for others.
    fn number_in_text(&self) -> String {
        let Kind::Text(text) = &self.kind else { return String::new() };
        let text = text.trim();
        let percent = text.strip_suffix('%').and_then(|rest| rest.trim().parse::<f64>().ok());
        match (text.parse::<f64>(), percent) {
            (Ok(_), _) => format!("a number stands without quotes: {text}"),
            (_, Some(percent)) => format!("a share is a part of 1: {}", percent / 100.0),
            _ => String::new(),
        }
    }

    /// The help for names in a list where each has a value; empty for others.
    fn names_in_a_list(&self) -> String {
        match &self.kind {
            Kind::List(items) => match items.first().map(|item| &item.kind) {
                Some(Kind::Text(name)) if !name.contains('"') => {
                    format!("each name has its value: {{ {name} = ... }}")
                }
                _ => String::new(),
            },
            _ => String::new(),
        }
    }

    /// The help for a number that should be a string; empty for others.
    pub fn in_quotes(&self) -> String {
        match self.kind {
            Kind::Integer(number) => format!("in quotes: \"{number}\""),
            Kind::Float(number) => format!("in quotes: \"{number}\""),
            _ => String::new(),
        }
    }

    /// The help for a duration written as a bare number; empty for others.
    fn with_a_unit(&self) -> String {
        match self.kind {
            Kind::Integer(n) => {
                format!("with its unit, in quotes: \"{n}d\", \"{n}h\", \"{n}m\" or \"{n}s\"")
            }
            _ => String::new(),
        }
    }
}

/// A point in time as an author writes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PointInTime {
    /// This long after the start of the run.
    After(Duration),
    /// A date-time.
    At(Time),
}

impl PointInTime {
    /// The instant that it means in a run that begins at `start`.
    pub fn instant(self, start: Time) -> Time {
        match self {
            PointInTime::After(span) => start + span,
            PointInTime::At(time) => time,
        }
    }

    /// Whether it surely is not later than `other`: a duration and a date-time cannot be compared
    /// before the start is known.
    pub fn is_not_after(self, other: PointInTime) -> bool {
        match (self, other) {
            (PointInTime::After(this), PointInTime::After(other)) => this <= other,
            (PointInTime::At(this), PointInTime::At(other)) => this <= other,
            _ => false,
        }
    }

    /// The value as a scenario file has it.
    pub fn to_node(self) -> Node {
        match self {
            PointInTime::After(span) => Node::text(write_duration(span)),
            PointInTime::At(time) => Node::bare(Kind::Time(time)),
        }
    }
}

/// Reports an unknown key of `whole`, and suggests a known one.
pub fn unknown_key(entry: &Entry, whole: &str, known: &[&str], problems: &mut Problems) {
    let help = did_you_mean(&entry.key, known.iter().copied());
    problems
        .error(entry.key_span, format!("unknown key `{}` in {whole}", entry.key))
        .kind(ProblemKind::UnknownKey)
        .help(help);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_take_what_fits_and_say_what_does_not() {
        let mut problems = Problems::default();
        assert_eq!(Node::text("40m").as_duration(&mut problems), Some(Duration::from_secs(2400)));
        assert_eq!(Node::bare(Kind::Integer(3)).as_count(&mut problems), Some(3));
        assert_eq!(Node::text("x").as_texts(&mut problems), Some(vec!["x".to_owned()]));
        assert!(!problems.has_errors());
        assert_eq!(Node::bare(Kind::Integer(-3)).as_count(&mut problems), None);
        assert_eq!(Node::bare(Kind::Bool(true)).as_text(&mut problems), None);
        assert_eq!(
            Node::text("clasic").as_word(&[("classic", 1), ("compliant", 2)], &mut problems),
            None
        );
        assert_eq!(problems.list()[2].help, "did you mean `classic`?");
        assert_eq!(problems.errors(), 3);
    }

    #[test]
    fn a_date_time_in_quotes_is_told_to_stand_without_them() {
        let said = |text: &str| {
            let mut problems = Problems::default();
            assert_eq!(Node::text(text).as_instant(&mut problems), None, "{text}");
            problems.list()[0].help.clone()
        };
        for (text, bare) in [
            ("2026-03-01T08:00:00Z", "2026-03-01T08:00:00Z"),
            ("2026-03-01 08:00:00", "2026-03-01T08:00:00Z"),
            ("2026-03-01T08:00", "2026-03-01T08:00:00Z"),
            ("2026-03-01", "2026-03-01T08:00:00Z"),
        ] {
            assert_eq!(said(text), format!("a date-time stands without quotes: {bare}"));
        }
        assert_eq!(said("tomorrow"), "");
    }
}
