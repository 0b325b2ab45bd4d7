//! Reads the moments of the story, `[[at]]`: time, caption, actions, expectations.

use crate::base::diagnostic::nearest;
use crate::base::time::{parse_duration, write_duration};
use crate::base::{Kind, Node, Problems, Span, Time};
use crate::entra::AppId;
use crate::entra::key_doc::{KeyDoc, refuse_unknown};
use crate::scenario::Source;
use crate::scenario::expect::{self, Expectation, ReadContext};
use crate::scenario::script::{ScriptedAction, Step, When};
use crate::world::Action;

use super::advice::WAIT;
use super::header::{Header, instant};
use super::repeat;
use super::tables::list_of_tables;
use crate::scenario::names::{NameKind, Names};

const AFTER: &str = "it is \"cycle 1\" (by number), \"next cycle\", \"quarantine\", \"recovery\", \
                     or a fault: \"outage begins\", \"outage ends\"";

/// The keys of a moment.
#[rustfmt::skip]
pub const KEYS: [KeyDoc; 7] = [
    key("time", "When it comes: a duration since the start, or a date-time.", "\"1d 2h\""),
    key("after", "After what it comes: \"cycle 3\", \"next cycle\" (the first to begin after the moment before, once it has ended), \"quarantine\", \"recovery\", or a fault by its name: \"outage begins\", \"outage ends\" or \"outage\", which is its end.", "\"next cycle\""),
    key("say", "What the narrator says.", "\"Ann leaves.\""),
    key("do", "What is done: an action or a list of them.", "{ disable = \"ann\" }"),
    key("expect", "What must hold after it.", "{ job.status = \"Active\" }"),
    key("repeat", "How often it comes again: `every` so long, so many `times` in all or `until` a moment; without them to the end. After a \"next cycle\" the `times` alone.", "{ every = \"1d\", times = 5 }"),
    key("within", "How long the expectations may take to hold, all at one instant.", "\"45m\""),
];

const fn key(name: &'static str, doc: &'static str, example: &'static str) -> KeyDoc {
    KeyDoc { name, doc, example }
}

/// Reads all moments in file order.
pub fn read(
    source: &Source,
    root: &Node,
    header: &Header,
    names: &mut Names,
    problems: &mut Problems,
) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut latest: Option<(Time, Span)> = None;
    // Where the moments begin that have a `time`, with none between that comes after something, and
    // the times that are repeated among them.
    let (mut timed, mut repeated): (usize, Vec<(Time, Span)>) = (0, Vec::new());
    for node in list_of_tables(root, "at", problems) {
        let Some(step) = step(source, node, header, names, problems) else { continue };
        let again = node.get("repeat").map(|again| repeat::read(again, &step, header, problems));
        match step.when {
            When::At(time) => {
                let span = node.get("time").map_or(node.span, |time| time.span);
                order(time, span, &mut latest, header, source, problems);
                repeated.extend(again.iter().flatten().filter_map(|step| match step.when {
                    When::At(time) => Some((time, span)),
                    _ => None,
                }));
            }
            _ => in_order(&mut steps[timed..], &mut repeated, &mut latest),
        }
        steps.push(step);
        steps.extend(again.into_iter().flatten());
        if !matches!(steps.last(), Some(Step { when: When::At(_), .. })) {
            timed = steps.len();
        }
    }
    in_order(&mut steps[timed..], &mut repeated, &mut latest);
    if let Some((time, _)) = latest
        && time > header.ends
        && header.ends_span != Span::default()
        && !header.is_cut
    {
        let last = write_duration(time.since(header.start));
        problems
            .warning(header.ends_span, "the scenario ends before its last moment")
            .label(format!("the last moment comes at \"{last}\""))
            .help(format!(
                "write ends = \"{last}\" or later, or take the moment out: what comes after the end \
                 is never done, and its expectations fail"
            ));
    }
    steps
}

/// Puts moments with a time, some of which are repeated, in the order in which they come; at one
/// instant the order of the file stays.
fn in_order(
    steps: &mut [Step],
    repeated: &mut Vec<(Time, Span)>,
    latest: &mut Option<(Time, Span)>,
) {
    let time = |step: &Step| match step.when {
        When::At(time) => Some(time),
        _ => None,
    };
    if !repeated.is_empty() {
        steps.sort_by_key(time);
    }
    *latest = repeated.drain(..).chain(*latest).max_by_key(|(time, _)| *time);
}

/// Reports a moment that lies before the one above it.
fn order(
    time: Time,
    span: Span,
    latest: &mut Option<(Time, Span)>,
    header: &Header,
    source: &Source,
    problems: &mut Problems,
) {
    if let Some((before, place)) = *latest
        && time < before
    {
        let (line, at) = (source.line(place), write_duration(before.since(header.start)));
        problems
            .error(span, "moments never run backwards")
            .label(format!("the moment on line {line} comes later, at \"{at}\""))
            .help("put the moments in the order in which they come");
        return;
    }
    *latest = Some((time, span));
}

fn step(
    source: &Source,
    node: &Node,
    header: &Header,
    names: &mut Names,
    problems: &mut Problems,
) -> Option<Step> {
    let before = problems.errors();
    let entries = node.as_table(problems)?;
    refuse_unknown(entries, "[[at]]", &KEYS, problems);
    let (when, app, fault) = match when(node, header, names, problems) {
        Some(Comes { when, app, fault }) => (Some(when), Some(app), fault),
        None => (None, None, String::new()),
    };
    let within = node.get("within").and_then(|within| within.as_duration(problems));
    let say = node.get("say").and_then(|say| caption(say, problems));
    let taken = names.taken();
    let actions =
        node.get("do").map(|list| actions(source, list, names, problems)).unwrap_or_default();
    let expect = match node.get("expect") {
        Some(expect) => {
            expect::read(expect, &ReadContext { source, always: false }, names, problems)
        }
        None => Vec::new(),
    };
    if expect.iter().any(Expectation::is_refusal) {
        names.forgive(taken);
    }
    if let (true, Some(refusal)) = (actions.is_empty(), expect.iter().find(|e| e.is_refusal())) {
        refuses_nothing(source, refusal, problems);
    }
    if let (Some(within), true) = (node.get("within"), expect.iter().any(Expectation::is_census)) {
        let help = "count at a moment, or name them: worlds = { differ = [\"ann\"] }";
        problems
            .error(within.span, "those that differ are not counted after every change")
            .help(help);
    }
    if let (Some(within), None) = (node.get("within"), node.get("expect")) {
        problems
            .warning(within.span, "nothing is expected within this time")
            .help("add an expect, or leave it out");
    }
    let silent = say.is_none() && actions.is_empty() && expect.is_empty() && within.is_none();
    if silent && problems.errors() == before {
        let place = node.get("time").or(node.get("after")).map_or(node.span, |when| when.span);
        problems
            .warning(place, "nothing happens at this moment")
            .help("let it say, do or expect something");
    }
    let line = match source.line(node.span) {
        0 => entries.first().map_or(0, |entry| source.line(entry.key_span)),
        line => line,
    };
    Some(Step { line, when: when?, app: app?, fault, within, say, actions, expect })
}

/// What the narrator says.
fn caption(say: &Node, problems: &mut Problems) -> Option<String> {
    match say.kind {
        Kind::List(_) => {
            let help = "one text; what is said later is a moment of its own, and several lines \
                        stand in three quotes";
            say.expected_like("a string", help, problems)
        }
        _ => say.as_text(problems).map(str::to_owned),
    }
}

/// Reports an expected refusal where nothing is done.
pub(super) fn refuses_nothing(source: &Source, refusal: &Expectation, problems: &mut Problems) {
    problems
        .error(source.line_span(refusal.line), "nothing is done here that could be refused")
        .label("`refused` is about the actions of its own moment")
        .help("put it into the [[at]] whose `do` is refused");
}

/// When a moment comes.
struct Comes {
    when: When,
    app: AppId,
    fault: String,
}

impl Comes {
    fn of(when: When) -> Comes {
        Comes { when, app: AppId::MAIN, fault: String::new() }
    }
}

fn when(node: &Node, header: &Header, names: &mut Names, problems: &mut Problems) -> Option<Comes> {
    match (node.get("time"), node.get("after")) {
        (Some(time), None) => {
            instant(time, header.start, problems).map(|at| Comes::of(When::At(at)))
        }
        (None, Some(after)) => after_what(after, names, problems),
        (Some(_), Some(after)) => {
            problems
                .error(after.span, "a moment has a `time` or an `after`, not both")
                .help("make two moments of it");
            None
        }
        (None, None) => {
            problems
                .error(node.span, "this moment does not say when it comes")
                .help("add time = \"1d\" or after = \"cycle 1\"");
            None
        }
    }
}

/// Reads `"cycle 3"`, `"quarantine"`; `"cycle 3 of test"` is that of another application.
fn after_what(node: &Node, names: &mut Names, problems: &mut Problems) -> Option<Comes> {
    if let Kind::Integer(number) = node.kind {
        let help = format!("after = \"cycle {number}\"");
        return node.expected_like("a string", &help, problems);
    }
    let whole = node.as_text(problems)?;
    if let Some((when, fault)) = of_fault(whole, names) {
        names.uses(fault, NameKind::Fault, node.span);
        return Some(Comes { fault: fault.to_owned(), ..Comes::of(when) });
    }
    let (text, app) = match whole.split_once(" of ") {
        None => (whole, AppId::MAIN),
        Some((text, app)) => match names.app(app.trim()) {
            Ok(app) => (text, app),
            Err(help) => {
                problems.error(node.span, format!("unknown application `{app}`")).help(help);
                return None;
            }
        },
    };
    let when = after_event(text, node, problems)?;
    Some(Comes { app, ..Comes::of(when) })
}

/// Reads `"outage begins"`, `"outage ends"`, and `"outage"`, which is its end, if a fault of that
/// name has been made above.
fn of_fault<'a>(text: &'a str, names: &Names) -> Option<(When, &'a str)> {
    if let Some(fault) = text.strip_suffix(" begins") {
        return Some((When::AfterFaultBegins, fault.trim()));
    }
    if let Some(fault) = text.strip_suffix(" ends") {
        return Some((When::AfterFaultEnds, fault.trim()));
    }
    let taken = ["quarantine", "recovery", "next cycle"].contains(&text);
    (!taken && names.has_fault(text)).then_some((When::AfterFaultEnds, text))
}

fn after_event(text: &str, node: &Node, problems: &mut Problems) -> Option<When> {
    let number = text.strip_prefix("cycle ").and_then(|number| number.trim().parse::<u64>().ok());
    match (text, number) {
        ("next cycle", _) => Some(When::AfterNextCycle),
        ("quarantine", _) => Some(When::AfterQuarantine),
        ("recovery", _) => Some(When::AfterRecovery),
        (_, Some(number)) if number > 0 => Some(When::AfterCycle(number)),
        _ => {
            let lower = text.to_lowercase();
            let meant = ["next cycle", "quarantine", "recovery"].contains(&lower.as_str())
                || lower.strip_prefix("cycle ").is_some_and(|it| it.parse::<u64>().is_ok());
            let help = match lower.as_str() {
                _ if meant && lower != text => format!("did you mean `{lower}`?"),
                "first cycle" | "initial cycle" | "the first cycle" | "cycle one" | "start" => {
                    "did you mean `cycle 1`?".to_owned()
                }
                "cycle" | "a cycle" | "the next cycle" | "next" => {
                    "did you mean `next cycle`?".to_owned()
                }
                _ if parse_duration(text).is_ok() => {
                    format!("a time since the start stands in `time`: time = \"{text}\"")
                }
                _ => match written_together(&lower) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => AFTER.to_owned(),
                },
            };
            let message = format!("nothing is called `{text}` that a moment could come after");
            problems.error(node.span, message).help(help);
            None
        }
    }
}

/// What is meant by `next_cycle`, `cycle3`, `cycle #3` and `nxt cycle`.
fn written_together(text: &str) -> Option<String> {
    let apart = text.replace(['_', '-', '#'], " ");
    let number = apart.trim_start_matches(|c: char| !c.is_ascii_digit()).trim();
    let word = apart[..apart.len() - number.len()].trim();
    if let (Ok(number), Some(_)) = (number.parse::<u64>(), nearest(word, ["cycle"])) {
        return (number > 0).then(|| format!("cycle {number}"));
    }
    let joined: String = apart.split_whitespace().collect();
    let known =
        [("nextcycle", "next cycle"), ("quarantine", "quarantine"), ("recovery", "recovery")];
    let near = nearest(&joined, known.iter().map(|(joined, _)| *joined))?;
    known.iter().find(|(joined, _)| *joined == near).map(|(_, name)| (*name).to_owned())
}

/// Reads one action or a list of actions.
fn actions(
    source: &Source,
    node: &Node,
    names: &mut Names,
    problems: &mut Problems,
) -> Vec<ScriptedAction> {
    let items = match &node.kind {
        Kind::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let mut actions = Vec::new();
    for item in items {
        if let Kind::Text(words) = &item.kind
            && ["wait", "sleep"].contains(&words.split_whitespace().next().unwrap_or_default())
        {
            problems.error(item.span, "no action waits").help(WAIT);
            continue;
        }
        let Some(action) = Action::read(item, problems) else {
            names.of_faulty_action(item);
            continue;
        };
        names.of_action(&action, item);
        if let Some(Kind::Text(name)) =
            item.get("create_account").and_then(|a| a.get("userName")).map(|n| &n.kind)
        {
            names.add_account(name.split('@').next().unwrap_or(name));
        }
        let (line, span) = (source.line(item.span), item.span);
        actions.push(ScriptedAction { action, line, span });
    }
    actions
}
