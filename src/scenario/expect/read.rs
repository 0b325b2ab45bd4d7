//! Reads expectations: follows nested and dotted keys down to an observable name.

mod guessed;
mod product;

use crate::base::diagnostic::{did_you_mean, nearest};
use crate::base::node::{Entry, unknown_key};
use crate::base::{Kind, Node, ProblemKind, Problems, Span};
use crate::entra::AppId;
use crate::golinks::written;
use crate::scenario::Source;
use crate::scenario::names::{NameKind, Names, Places};
use crate::world::actions::Mention;

use super::compare::is_comparison;
use super::conditions;
use super::{
    Expectation, GroupPart, How, LogField, Observable, ObservableRow, ObservedValue, OnDemandField,
    ROWS, RequestField, Shape, Test,
};

/// The context in which a table of expectations is read.
pub struct ReadContext<'a> {
    /// The file, for lines.
    pub source: &'a Source,
    /// Whether this is `[always]`, which takes counters only.
    pub always: bool,
}

/// Reads a table of expectations.
pub fn read(
    node: &Node,
    reader: &ReadContext<'_>,
    names: &mut Names,
    problems: &mut Problems,
) -> Vec<Expectation> {
    let mut found = Vec::new();
    let mut walk = Walk { reader, names, found: &mut found, app: None };
    if !matches!(node.kind, Kind::Table(_)) {
        let help = "name what is seen, and its value: { golinks.account.ann.active = false }, or \
                    { job.status = \"Active\" }";
        return node.expected_like("a table", help, problems).unwrap_or_default();
    }
    for entry in node.entries() {
        walk.name(&entry.key, entry, problems);
    }
    if reader.always {
        for ReadExpectation { expectation, name, span } in &found {
            if !expectation.is_counter() {
                problems
                    .error(*span, format!("`{name}` is not a counter"))
                    .label("[always] is judged after every change, so it takes counters only")
                    .help("put it into [finally], or into an [[at]] with `within`");
            }
        }
    }
    found.into_iter().map(|read| read.expectation).collect()
}

/// An expectation, with the name and the place that messages about it show.
struct ReadExpectation {
    expectation: Expectation,
    /// The observed dotted name.
    name: String,
    /// The place of its last key.
    span: Span,
}

struct Walk<'a, 'b> {
    reader: &'a ReadContext<'a>,
    names: &'b mut Names,
    found: &'b mut Vec<ReadExpectation>,
    /// The application of which the names that follow speak, with its name.
    app: Option<(String, AppId)>,
}

/// The fields of something that is observed of a user or a group.
struct Fields<F: 'static> {
    /// The dotted name.
    path: String,
    /// What has the fields, in two sentences.
    words: (&'static str, &'static str),
    /// A field and its value.
    example: &'static str,
    /// The thing as a whole.
    whole: F,
    /// Every field: its key, the kind of its value, what it is.
    all: &'static [(&'static str, Shape, F)],
}

impl Walk<'_, '_> {
    /// Reads the value of a dotted name, or the names below it.
    fn name(&mut self, path: &str, entry: &Entry, problems: &mut Problems) {
        let row = row_of(path);
        let deeper = deeper(path).next().is_some();
        match (row, path) {
            (None, "app") if self.app.is_none() => self.apps(entry, problems),
            (Some(row), _) if !deeper || is_comparison(&entry.value) => {
                self.row(row, entry, problems)
            }
            (None, "log.where" | "requests.where") => self.tallies(path, entry, problems),
            (None, "worlds") => self.worlds(entry, problems),
            (None, "log.last") => self.users(path, entry, problems, Walk::last),
            (None, "requests.last") => self.users(path, entry, problems, Walk::last_request),
            (None, "ondemand") => self.users(path, entry, problems, Walk::on_demand),
            (None, "exposure") => self.users(path, entry, problems, Walk::exposure),
            (None, "link") => self.users(path, entry, problems, Walk::link),
            (None, "golinks.account") => self.users(path, entry, problems, Walk::account),
            (None, "golinks.group") => self.users(path, entry, problems, Walk::group),
            (None, "golinks.session") => self.users(path, entry, problems, Walk::session),
            (None, "golinks.api_token") => self.users(path, entry, problems, Walk::api_token),
            (None, "golinks.api_call") => self.users(path, entry, problems, Walk::api_call),
            (None, "golinks.role") => self.users(path, entry, problems, Walk::role),
            (None, "golinks.link") => self.users(path, entry, problems, Walk::go_link),
            (None, "signins.last") => self.users(path, entry, problems, Walk::sign_in),
            _ if self.of_app(path, entry, problems) => {}
            _ if deeper => match &entry.value.kind {
                Kind::Table(inner) => inner.iter().for_each(|inner| {
                    self.name(&format!("{path}.{}", inner.key), inner, problems);
                }),
                _ => {
                    let help = guessed::of_whole(path, &entry.value)
                        .unwrap_or_else(|| format!("it has {}", listed(deeper_names(path))));
                    problems
                        .error(entry.key_span, format!("`{path}` is not a value by itself"))
                        .help(help);
                }
            },
            _ => unknown(path, entry, problems),
        }
    }

    /// Reports the name of an application where `app` is left out before it: `test.job.links`.
    fn of_app(&self, path: &str, entry: &Entry, problems: &mut Problems) -> bool {
        let is_app = !path.contains('.') && self.app.is_none() && self.names.app(path).is_ok();
        let observed = |inner: &Entry| {
            let below = format!("{path}.{}", inner.key);
            row_of(&below).is_some() || deeper(&below).next().is_some()
        };
        if !is_app || entry.value.entries().iter().any(observed) {
            return false;
        }
        problems
            .error(entry.key_span, format!("`{path}` is an application"))
            .label("what is observed of it stands below `app`")
            .help(format!("did you mean `app.{path}`?"));
        true
    }

    /// `app.<name>` = names of that application.
    fn apps(&mut self, entry: &Entry, problems: &mut Problems) {
        for app in entry.value.as_table(problems).unwrap_or_default() {
            let id = match self.names.app(&app.key) {
                Ok(id) => id,
                Err(help) => {
                    let message = format!("unknown application `{}`", app.key);
                    problems.error(app.key_span, message).help(help);
                    continue;
                }
            };
            let workspace = self.names.workspace_of(id);
            let before = self.names.turn_to(workspace);
            self.app = Some((app.key.clone(), id));
            for name in app.value.as_table(problems).unwrap_or_default() {
                self.name(&name.key, name, problems);
            }
            self.app = None;
            self.names.turn_to(before);
        }
    }

    fn row(&mut self, row: &'static ObservableRow, entry: &Entry, problems: &mut Problems) {
        if let Some((other, word)) = meant_of_family(row, &entry.value) {
            problems
                .error(entry.value.span, format!("`{}` is never `{word}`", row.path))
                .label(row.doc)
                .help(format!("did you mean {other} = \"{word}\"?"));
            return;
        }
        if let Some(test) = Test::read(&entry.value, row.shape, problems) {
            self.add(row.path, entry, Observable::Named(row), test);
        }
    }

    /// `exposure.longest`, `exposure.<user>` = a duration.
    fn exposure(&mut self, name: &str, entry: &Entry, problems: &mut Problems) {
        let path = format!("exposure.{name}");
        if let Some(row) = row_of(&path) {
            return self.row(row, entry, problems);
        }
        self.names.uses(name, NameKind::User, entry.key_span);
        let Some(test) = Test::read(&entry.value, Shape::Span, problems) else { return };
        if matches!(test.how, How::Absent(_)) {
            problems
                .error(entry.value.span, "an exposure is always a length of time")
                .help(format!("of a user who never was exposed it is none: {path} = \"0s\""));
            return;
        }
        self.add(&path, entry, Observable::Exposure { name: name.to_owned() }, test);
    }

    /// `worlds = "agree"`, `worlds = { differ = ["ann"] }` or `worlds = { differ = 2 }`.
    fn worlds(&mut self, entry: &Entry, problems: &mut Problems) {
        let value = &entry.value;
        if value.get("differ").is_some() {
            let others = value.entries().iter().filter(|entry| entry.key != "differ");
            others.for_each(|entry| unknown_key(entry, "`worlds`", &["differ"], problems));
        }
        if let Some(count) = value.get("differ").filter(|it| counts(it)) {
            return self.differing(count, entry, problems);
        }
        let agrees = matches!(&value.kind, Kind::Text(text) if text == "agree");
        let differ = match value.get("differ") {
            _ if agrees => Some(Vec::new()),
            Some(list) => match list.as_texts(problems) {
                Some(names) if names.is_empty() => list.refused(
                    "those that differ; without any it is \"agree\"",
                    "an empty list",
                    problems,
                ),
                names => names,
            },
            None => return wrong_worlds(value, problems),
        };
        let Some(mut differ) = differ else { return };
        let places = Places::of(value);
        for name in &differ {
            self.names.uses(name, NameKind::Object, places.of_name(name));
        }
        differ.sort();
        let test = Test { since: None, how: How::Is(ObservedValue::Text("agree".to_owned())) };
        self.add("worlds", entry, Observable::Worlds { differ }, test);
    }

    /// `worlds.differ` as a number, or compared with numbers.
    fn differing(&mut self, count: &Node, entry: &Entry, problems: &mut Problems) {
        let Some(test) = Test::read(count, Shape::Count, problems) else { return };
        match test.since {
            Some(_) => {
                problems
                    .error(count.span, "the worlds are compared as they are, not `since` a cycle")
                    .help("such as worlds = { differ = { max = 2 } }");
            }
            None => self.add("worlds", entry, Observable::Differing, test),
        }
    }

    /// `log.where`, `requests.where` = conditions and a comparison, or a list of such.
    fn tallies(&mut self, path: &str, entry: &Entry, problems: &mut Problems) {
        let alone = std::slice::from_ref(&entry.value);
        let each = if let Kind::List(items) = &entry.value.kind { items } else { alone };
        for value in each {
            let Some((counted, test)) = conditions::read(value, path, problems) else { continue };
            for (key, kind) in [("user", NameKind::User), ("group", NameKind::Group)] {
                if let (Some(name), Some(said)) = (value.get(key), counted.subject()) {
                    self.names.uses(said, kind, name.span);
                }
            }
            let one = Entry { key: entry.key.clone(), key_span: value.span, value: value.clone() };
            self.add(path, &one, Observable::Tally(counted), test);
        }
    }

    /// A table whose keys are users or groups.
    fn users(
        &mut self,
        path: &str,
        entry: &Entry,
        problems: &mut Problems,
        read: fn(&mut Self, &str, &Entry, &mut Problems),
    ) {
        let Kind::Table(users) = &entry.value.kind else {
            let help = match path {
                "exposure" => {
                    "such as exposure.longest = { max = \"1h\" }, or exposure.ann".to_owned()
                }
                _ => format!("each below its name: {path}.ann"),
            };
            return entry.value.expected_like("a table", &help, problems).unwrap_or_default();
        };
        for user in users {
            read(self, &user.key.clone(), user, problems);
        }
    }

    /// `log.last.<name>` = { action, status, code, reason } or absent.
    fn last(&mut self, name: &str, entry: &Entry, problems: &mut Problems) {
        let of = Fields {
            path: format!("log.last.{name}"),
            words: ("a row of the log", "a log row"),
            example: "status = \"success\"",
            whole: LogField::Row,
            all: &LogField::FIELDS,
        };
        let observed = |field| Observable::LastLog { name: name.to_owned(), field };
        self.fields(name, entry, &of, observed, problems);
    }

    /// `requests.last.<name>` = { method, path, sent, status, answer } or absent.
    fn last_request(&mut self, name: &str, entry: &Entry, problems: &mut Problems) {
        let of = Fields {
            path: format!("requests.last.{name}"),
            words: ("the last request", "the last request"),
            example: "method = \"PATCH\"",
            whole: RequestField::Request,
            all: &RequestField::FIELDS,
        };
        let observed = |field| Observable::LastRequest { name: name.to_owned(), field };
        self.fields(name, entry, &of, observed, problems);
    }

    /// `ondemand.count`, `ondemand.<name>` = { result, steps, ... } or absent.
    fn on_demand(&mut self, name: &str, entry: &Entry, problems: &mut Problems) {
        let path = format!("ondemand.{name}");
        if row_of(&path).is_some() {
            return self.name(&path, entry, problems);
        }
        let of = Fields {
            path,
            words: ("a run on demand", "a run on demand"),
            example: "result = \"Success\"",
            whole: OnDemandField::Run,
            all: &OnDemandField::FIELDS,
        };
        let observed = |field| Observable::OnDemand { name: name.to_owned(), field };
        self.fields(name, entry, &of, observed, problems);
    }

    /// Something about a user or a group, field by field, or whether it is absent.
    fn fields<F: Copy>(
        &mut self,
        name: &str,
        entry: &Entry,
        of: &Fields<F>,
        observed: impl Fn(F) -> Observable,
        problems: &mut Problems,
    ) {
        self.names.uses(name, NameKind::Object, entry.key_span);
        let Fields { path, words, example, whole, all } = of;
        if !matches!(entry.value.kind, Kind::Table(_)) {
            let help = format!("such as {path}.{example}");
            problems.error(entry.value.span, format!("{} has fields", words.0)).help(help);
            return;
        }
        if is_comparison(&entry.value) {
            if let Some(test) = Test::read(&entry.value, Shape::Presence, problems) {
                self.add(path, entry, observed(*whole), test);
            }
            return;
        }
        for field in entry.value.as_table(problems).unwrap_or_default() {
            let Some((key, shape, which)) = all.iter().find(|row| row.0 == field.key) else {
                let names: Vec<&'static str> = all.iter().map(|row| row.0).collect();
                unknown_field(field, words.1, &names, problems);
                continue;
            };
            match Test::read(&field.value, *shape, problems) {
                Some(test) if test.since.is_some() => {
                    problems
                        .error(field.value.span, format!("`{path}.{key}` is not counted"))
                        .help("leave `since` out");
                }
                Some(test) => self.add(&format!("{path}.{key}"), field, observed(*which), test),
                None => {}
            }
        }
    }

    /// `link.<name>` = { target } or absent.
    fn link(&mut self, name: &str, entry: &Entry, problems: &mut Problems) {
        self.names.uses(name, NameKind::Object, entry.key_span);
        let path = format!("link.{name}");
        let observed = || Observable::Link { name: name.to_owned() };
        if is_comparison(&entry.value) {
            if let Some(test) = Test::read(&entry.value, Shape::Text, problems) {
                self.add(&path, entry, observed(), test);
            }
            return;
        }
        for field in entry.value.as_table(problems).unwrap_or_default() {
            if field.key != "target" {
                unknown_field(field, "a connection", &["target"], problems);
            } else if let Some(test) = Test::read(&field.value, Shape::Text, problems) {
                self.add(&format!("{path}.target"), field, observed(), test);
            }
        }
    }

    /// `golinks.account.<user>` = { <SCIM path> = ... } or absent.
    fn account(&mut self, name: &str, entry: &Entry, problems: &mut Problems) {
        self.names.uses(name, NameKind::Account, entry.key_span);
        self.value(name, "", entry, problems);
    }

    /// `golinks.group.<group>` = { members, <SCIM path> = ... } or absent.
    fn group(&mut self, name: &str, entry: &Entry, problems: &mut Problems) {
        self.names.uses(name, NameKind::Group, entry.key_span);
        let shown = format!("golinks.group.{name}");
        if is_comparison(&entry.value) {
            let test = Test::read(&entry.value, Shape::Any, problems);
            match test.filter(|test| matches!(test.how, How::Absent(_))) {
                Some(test) => self.add_group(&shown, name, entry, GroupPart::Whole, test),
                None => {
                    problems
                        .error(entry.value.span, "a group is compared part by part")
                        .help(guessed::of_group(&shown, &entry.value));
                }
            }
            return;
        }
        for part in entry.value.as_table(problems).unwrap_or_default() {
            let shown = format!("{shown}.{}", part.key);
            let Some(mut test) = Test::read(&part.value, Shape::Any, problems) else { continue };
            let observed = match part.key.as_str() {
                "members" if test.compares_numbers() => {
                    match Test::read(&part.value, Shape::Count, problems) {
                        Some(count) => test = count,
                        None => continue,
                    }
                    GroupPart::MemberCount
                }
                "members" => {
                    self.members(&part.value, &mut test);
                    GroupPart::MemberNames
                }
                key => match written::path(key) {
                    Ok(path) => {
                        self.names.group_path(&path, part.key_span);
                        GroupPart::Value(Box::new(path))
                    }
                    Err(why) => {
                        let what = format!("`{key}` is not a SCIM path: {why}");
                        problems.error(part.key_span, what);
                        continue;
                    }
                },
            };
            self.add_group(&shown, name, part, observed, test);
        }
    }

    /// Takes in the names of members, which are compared in any order.
    fn members(&mut self, value: &Node, test: &mut Test) {
        let places = Places::of(value);
        let mut used = |name: &ObservedValue| {
            if let ObservedValue::Text(name) = name {
                self.names.uses(name, NameKind::Account, places.of_name(name));
            }
        };
        match &mut test.how {
            How::Is(ObservedValue::List(names)) => {
                names.iter().for_each(&mut used);
                names.sort_by_key(ObservedValue::show);
            }
            How::Contains(name) => used(name),
            _ => {}
        }
    }

    fn add_group(&mut self, shown: &str, name: &str, entry: &Entry, part: GroupPart, test: Test) {
        self.add(shown, entry, Observable::Group { name: name.to_owned(), part }, test);
    }

    fn value(&mut self, name: &str, path: &str, entry: &Entry, problems: &mut Problems) {
        let shown = match path {
            "" => format!("golinks.account.{name}"),
            _ => format!("golinks.account.{name}.{path}"),
        };
        if !is_comparison(&entry.value) {
            for inner in entry.value.as_table(problems).unwrap_or_default() {
                let deeper = match path {
                    "" => inner.key.clone(),
                    _ => written::join(path, &inner.key),
                };
                self.value(name, &deeper, inner, problems);
            }
            return;
        }
        let path = match path {
            "" => None,
            _ => match written::path(path) {
                Ok(path) => Some(Box::new(path)),
                Err(why) => {
                    problems.error(entry.key_span, format!("`{path}` is not a SCIM path: {why}"));
                    return;
                }
            },
        };
        if let Some(test) = Test::read(&entry.value, Shape::Any, problems) {
            if path.is_none() && !matches!(test.how, How::Absent(_)) {
                problems.error(entry.value.span, "an account is compared value by value").help(
                    format!("such as {shown}.active = true, or {shown} = {{ absent = true }}"),
                );
                return;
            }
            if let Some(path) = &path {
                let mention = if matches!(test.how, How::Absent(true)) {
                    Mention::ExpectedAbsent
                } else {
                    Mention::Expected
                };
                self.names.path(path, entry.key_span, mention);
            }
            self.add(&shown, entry, Observable::Account { name: name.to_owned(), path }, test);
        }
    }

    fn add(&mut self, path: &str, entry: &Entry, observed: Observable, test: Test) {
        let line = self.reader.source.line(entry.key_span);
        let whole = match &self.app {
            Some((app, _)) => format!("app.{app}.{path}"),
            None => path.to_owned(),
        };
        let text = format!("{whole} = {}", write(&entry.value));
        let app = self.app.as_ref().map(|(_, id)| *id);
        let expectation = Expectation { line, text, app, observed, test };
        self.found.push(ReadExpectation {
            expectation,
            name: path.to_owned(),
            span: entry.key_span,
        });
    }
}

/// The observable names that are no rows of [`ROWS`].
const OTHERS: &[&str] = &[
    "worlds",
    "log.last",
    "log.where",
    "requests.last",
    "requests.where",
    "link",
    "golinks.account",
    "golinks.group",
    "golinks.session",
    "golinks.api_token",
    "golinks.api_call",
    "golinks.role",
    "golinks.link",
    "signins.last",
    "app",
];

/// What authors may call an observed name, and what to write in place of its last key.
const OTHER_NAMES: [(&[&str], &str); 10] = [
    (&["user", "users"], "golinks.account"),
    (&["groups"], "golinks.group"),
    (&["cycles"], "cycle.count"),
    (&["mail", "emails"], "mails.sent"),
    (&["golinks.users", "golinks.count"], "accounts.total"),
    (&["mails.count", "mails.total"], "sent"),
    (&["golinks.user"], "account"),
    (&["quarantine"], "job.quarantine"),
    (&["status"], "job.status"),
    (&["failures", "errors"], "log.failures"),
];

/// The name beside a row, such as `job.status` beside `job.state`, that can have the word which an
/// author has written for the row, and the word; `None` when the row itself can.
fn meant_of_family(
    row: &'static ObservableRow,
    value: &Node,
) -> Option<(&'static str, &'static str)> {
    let (Shape::Word(words), Kind::Text(typed)) = (row.shape, &value.kind) else { return None };
    let is_it = |word: &&&str| word.eq_ignore_ascii_case(typed);
    if words.iter().any(|word| is_it(&word)) {
        return None;
    }
    let family = row.path.rsplit_once('.')?.0;
    let beside =
        |other: &&ObservableRow| other.path.rsplit_once('.').is_some_and(|(of, _)| of == family);
    ROWS.iter().copied().flatten().filter(beside).find_map(|other| match other.shape {
        Shape::Word(words) => Some((other.path, *words.iter().find(is_it)?)),
        _ => None,
    })
}

/// The row of a dotted name.
fn row_of(path: &str) -> Option<&'static ObservableRow> {
    ROWS.iter().flat_map(|rows| rows.iter()).find(|row| row.path == path)
}

/// Every observable name that lies below a dotted path.
fn deeper(path: &str) -> impl Iterator<Item = &'static str> {
    let rows = ROWS.iter().flat_map(|rows| rows.iter()).map(|row| row.path);
    rows.chain(OTHERS.iter().copied()).filter(move |name| below(name, path).is_some())
}

/// The rest of a name below a path; the whole name below the empty path.
fn below(name: &'static str, path: &str) -> Option<&'static str> {
    match path {
        "" => Some(name),
        _ => name.strip_prefix(path).and_then(|rest| rest.strip_prefix('.')),
    }
}

/// The keys that may follow a path.
fn deeper_names(path: &str) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = Vec::new();
    for rest in deeper(path).filter_map(|name| below(name, path)) {
        let key = rest.split('.').next().unwrap_or(rest);
        if !names.contains(&key) {
            names.push(key);
        }
    }
    names
}

/// Whether a value of `worlds.differ` is a number of names, and not the names.
fn counts(differ: &Node) -> bool {
    matches!(differ.kind, Kind::Integer(_) | Kind::Table(_))
}

/// Reports what is neither `"agree"` nor `{ differ = [..] }`.
fn wrong_worlds(value: &Node, problems: &mut Problems) {
    const WHAT: &str = "\"agree\" or { differ = [\"ann\"] }";
    let differ = "name those that differ: worlds = { differ = [\"ann\"] }";
    let (label, help) = match &value.kind {
        Kind::Text(word) => {
            let help = match nearest(word, ["agree", "differ", "differs", "disagree"]) {
                Some("agree") => "did you mean `agree`?",
                Some(_) => differ,
                None => "",
            };
            (format!("this is `{word}`"), help)
        }
        Kind::Bool(true) => ("this is true".to_owned(), "did you mean `agree`?"),
        Kind::Bool(false) => ("this is false".to_owned(), differ),
        _ => (format!("this is {}", value.kind_name()), ""),
    };
    let help = match value.entries() {
        [entry] if nearest(&entry.key, ["differ"]).is_some() => "did you mean `differ`?",
        _ => help,
    };
    let at = value.entries().first().map_or(value.span, |entry| entry.key_span);
    problems.error(at, format!("expected {WHAT}")).label(label).help(help);
}

fn unknown_field(field: &Entry, of: &str, names: &[&'static str], problems: &mut Problems) {
    let help = did_you_mean(&field.key, names.iter().copied());
    problems
        .error(field.key_span, format!("unknown field `{}` of {of}", field.key))
        .kind(ProblemKind::UnknownKey)
        .help(help);
}

fn unknown(path: &str, entry: &Entry, problems: &mut Problems) {
    let parent = path
        .strip_suffix(&entry.key)
        .and_then(|parent| parent.strip_suffix('.'))
        .unwrap_or_default();
    let known = deeper_names(parent);
    // A name may be written without what stands before it, such as accounts for golinks.accounts.
    let names = ROWS.iter().flat_map(|rows| rows.iter()).map(|row| row.path);
    let within =
        names.chain(OTHERS.iter().copied()).filter(|_| parent.is_empty()).find_map(|name| {
            let at = name.split('.').position(|part| part == entry.key)?;
            Some(name.split('.').take(at + 1).collect::<Vec<_>>().join("."))
        });
    // A user's or a group's name where a key is left out before it.
    let last = parent == "requests" && matches!(entry.value.kind, Kind::Table(_));
    let other = OTHER_NAMES.iter().find(|(words, _)| words.contains(&path)).map(|(_, name)| *name);
    let help = match (other, within) {
        _ if last => format!("did you mean `requests.last.{}`?", entry.key),
        _ if let Some(help) = guessed::of_accounts(parent, entry, &known) => help,
        (Some(name), _) => format!("did you mean `{name}`?"),
        _ if let Some(help) = guessed::of_one(parent, entry, &known) => help,
        (None, Some(within)) => format!("did you mean `{within}`?"),
        _ => did_you_mean(&entry.key, known),
    };
    problems
        .error(entry.key_span, format!("nothing that can be observed is called `{path}`"))
        .kind(ProblemKind::UnknownKey)
        .help(help);
}

fn listed(names: Vec<&str>) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// A value as one line of TOML.
fn write(node: &Node) -> String {
    match &node.kind {
        Kind::Text(text) => format!("{text:?}"),
        Kind::Integer(value) => value.to_string(),
        Kind::Float(value) => value.to_string(),
        Kind::Bool(value) => value.to_string(),
        Kind::Time(time) => time.rfc3339(),
        Kind::List(items) => {
            format!("[{}]", items.iter().map(write).collect::<Vec<_>>().join(", "))
        }
        Kind::Table(entries) => {
            let parts: Vec<String> =
                entries.iter().map(|e| format!("{} = {}", e.key, write(&e.value))).collect();
            format!("{{ {} }}", parts.join(", "))
        }
    }
}
