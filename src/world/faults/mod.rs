//! Faults, which strike requests on their way: a matcher says which requests, an effect says what
//! is done to them. There is one file for each effect, and the table of the effects.

mod certificate;
mod delay;
mod garble;
mod keys;
mod matcher;
mod refuse;
mod reset;
mod respond;
mod running;
mod service_error;
mod stall;

use std::time::Duration;

use bytes::Bytes;
use http::Response;

use crate::base::diagnostic::did_you_mean;
use crate::base::node::{Entry, PointInTime, unknown_key};
use crate::base::{Kind, Node, Problems};

pub use certificate::Certificate;
pub use delay::Delay;
pub use garble::Garble;
pub use keys::{FAULT_KEYS, WHEN_KEYS};
pub use matcher::{Matcher, Nth, RequestFacts};
pub use reset::Reset;
pub use respond::Respond;
pub use running::{Faults, RunningFault, Switched};

/// One fault: when it strikes, and what it does.
#[derive(Clone, PartialEq, Debug)]
pub struct Fault {
    /// Its name; unique in a world, and part of the name of every draw it makes.
    pub name: String,
    /// When it becomes active; `None` for at once.
    pub from: Option<PointInTime>,
    /// When it ends; `None` for never.
    pub until: Option<PointInTime>,
    /// How long it lasts once it is active, an alternative to `until`.
    pub lasts: Option<Duration>,
    /// How likely a matching request is struck: above 0.0, at most 1.0.
    pub probability: f64,
    /// Which requests it may strike.
    pub when: Matcher,
    /// What it does to them.
    pub effect: Effect,
}

/// What a fault does, as a scenario file has it; a [`Strike`] is its effect on one request.
#[derive(Clone, PartialEq, Debug)]
pub enum Effect {
    /// Handled now, answered late.
    Delay(Delay),
    /// Never handled, never answered.
    Stall,
    /// Not handled; this response is sent.
    Respond(Respond),
    /// The connection is refused.
    Refuse,
    /// The handshake fails.
    Certificate(Certificate),
    /// The connection is reset, before or after handling.
    Reset(Reset),
    /// Handled, and the answer is spoiled.
    Garble(Garble),
    /// Not sent: the provisioning service fails by itself.
    ServiceError,
}

/// What a fault does to one request.
#[derive(Debug)]
pub enum Strike {
    /// Handled now, answered after this long.
    Delay(Duration),
    /// Never handled, never answered.
    Stall,
    /// Not handled; this response is sent.
    Respond(Response<Bytes>),
    /// The connection is refused. The engine's call is not sent at all, because the page and SCIM
    /// share a port.
    Refuse,
    /// The handshake fails. The engine's call is not sent at all.
    Certificate(Certificate),
    /// The connection is reset.
    Reset(Reset),
    /// Handled, and the answer is spoiled.
    Garble(Garble),
    /// The engine's call is not sent.
    ServiceError,
}

/// How an effect is written, read and explained.
pub struct EffectKind {
    /// The key in scenario files.
    pub name: &'static str,
    /// What it does, for `explain`.
    pub doc: &'static str,
    /// An example in TOML: what stands in a `[[fault]]`.
    pub example: &'static str,
    /// Reads its value.
    pub read: fn(&Node, &mut Problems) -> Option<Effect>,
}

/// Every effect, in the order `explain` prints them.
pub const FAULTS: &[EffectKind] = &[
    delay::KIND,
    stall::KIND,
    respond::KIND,
    refuse::KIND,
    certificate::KIND,
    reset::KIND,
    garble::KIND,
    service_error::KIND,
];

/// The keys of a `[[fault]]` beside those of [`FAULTS`].
pub const KEYS: [&str; 6] = ["name", "from", "until", "for", "probability", "when"];

impl Fault {
    /// Reads a `[[fault]]` table.
    pub fn read(node: &Node, problems: &mut Problems) -> Option<Fault> {
        let entries = node.as_table(problems)?;
        let before = problems.errors();
        let effect = read_effect(node, entries, problems);
        let name = node.get("name").map(|n| n.as_text(problems).unwrap_or_default().to_owned());
        let fault = Fault {
            name: name
                .unwrap_or_else(|| effect.as_ref().map_or("", |(kind, _)| kind.name).to_owned()),
            from: node.get("from").and_then(|n| n.as_instant(problems)),
            until: node.get("until").and_then(|n| n.as_instant(problems)),
            lasts: node.get("for").and_then(|n| n.as_duration(problems)),
            probability: node
                .get("probability")
                .and_then(|n| read_probability(n, problems))
                .unwrap_or(1.0),
            when: node.get("when").and_then(|n| Matcher::read(n, problems)).unwrap_or_default(),
            effect: effect?.1,
        };
        if let (Some(until), Some(_)) = (node.get("until"), node.get("for")) {
            problems.error(until.span, "a fault has `until` or `for`, not both");
        }
        fault.check_bounds(node, problems);
        (problems.errors() == before).then_some(fault)
    }

    /// Reports a fault that lasts no time or ends before it begins, and a name that is empty or has
    /// control characters.
    fn check_bounds(&self, node: &Node, problems: &mut Problems) {
        if let (Some(node), Some(Duration::ZERO)) = (node.get("for"), self.lasts) {
            problems.error(node.span, "this fault is never active").help("let it last, say \"1h\"");
        }
        let begins = self.from.unwrap_or(PointInTime::After(Duration::ZERO));
        if let (Some(at), Some(until)) = (node.get("until"), self.until)
            && until.is_not_after(begins)
        {
            problems
                .error(at.span, "this fault ends before it begins")
                .label(format!("it begins at {}", begins.to_node().to_toml()))
                .help("let `until` be later than `from`, or say how long it lasts: for = \"1h\"");
        }
        if let Some(node) = node.get("name")
            && (self.name.trim().is_empty() || self.name.chars().any(char::is_control))
        {
            problems.error(node.span, "a fault needs a name that can be read");
        }
    }

    /// The fault as the inline table that [`Fault::read`] reads.
    pub fn to_node(&self) -> Node {
        let mut entries = vec![("name", Node::text(&self.name))];
        entries.extend(self.from.map(|when| ("from", when.to_node())));
        entries.extend(self.until.map(|when| ("until", when.to_node())));
        entries.extend(self.lasts.map(|lasts| ("for", duration_node(lasts))));
        if self.probability < 1.0 {
            entries.push(("probability", Node::bare(Kind::Float(self.probability))));
        }
        entries.extend((self.when != Matcher::default()).then(|| ("when", self.when.to_node())));
        entries.push(self.effect.to_entry());
        Node::table(entries)
    }
}

impl Effect {
    /// Its key and its value, as a scenario file has them.
    fn to_entry(&self) -> (&'static str, Node) {
        match self {
            Effect::Delay(delay) => (delay::KIND.name, delay.to_node()),
            Effect::Stall => (stall::KIND.name, Node::bare(Kind::Bool(true))),
            Effect::Respond(respond) => (respond::KIND.name, respond.to_node()),
            Effect::Refuse => (refuse::KIND.name, Node::bare(Kind::Bool(true))),
            Effect::Certificate(wrong) => (certificate::KIND.name, Node::text(wrong.word())),
            Effect::Reset(reset) => (reset::KIND.name, Node::text(reset.word())),
            Effect::Garble(garble) => (garble::KIND.name, Node::text(garble.word())),
            Effect::ServiceError => (service_error::KIND.name, Node::bare(Kind::Bool(true))),
        }
    }
}

impl Strike {
    /// What it does to a request, for the journal: `delayed by 8 s`.
    pub fn words(&self) -> String {
        match self {
            Strike::Delay(by) => format!("delayed by {}", crate::base::time::show_duration(*by)),
            Strike::Stall => "stalled".to_owned(),
            Strike::Respond(response) => {
                format!("answered {} in GoLinks' place", response.status().as_u16())
            }
            Strike::Refuse => "refused".to_owned(),
            Strike::Certificate(wrong) => format!("certificate not trusted: {}", wrong.word()),
            Strike::Reset(reset) => format!("reset {} handling", reset.word()),
            Strike::Garble(garble) => format!("answer spoiled: {}", garble.word()),
            Strike::ServiceError => "not sent, the service failed".to_owned(),
        }
    }
}

fn duration_node(span: Duration) -> Node {
    Node::text(crate::base::time::write_duration(span))
}

fn read_effect(
    node: &Node,
    entries: &[Entry],
    problems: &mut Problems,
) -> Option<(&'static EffectKind, Effect)> {
    let names: Vec<&str> = FAULTS.iter().map(|kind| kind.name).collect();
    let mut found: Option<(&EffectKind, Effect)> = None;
    let mut written: Option<&Entry> = None;
    let mut unknown = false;
    for entry in entries.iter().filter(|entry| !KEYS.contains(&entry.key.as_str())) {
        let Some(kind) = FAULTS.iter().find(|kind| kind.name == entry.key) else {
            unknown = true;
            let known: Vec<&str> = KEYS.iter().chain(&names).copied().collect();
            unknown_key(entry, "a fault", &known, problems);
            continue;
        };
        if let Some(first) = written {
            let message = format!("a fault does one thing: `{}` or `{}`", first.key, entry.key);
            problems
                .error(entry.key_span, message)
                .help("write a second `[[fault]]`; the first that strikes wins");
            continue;
        }
        written = Some(entry);
        found = (kind.read)(&entry.value, problems).map(|effect| (kind, effect));
    }
    // An unknown key may be what it was to do, and is reported already.
    if written.is_none() && !unknown {
        let help = did_you_mean("", names.iter().copied());
        problems
            .error(node.span, "this fault does nothing")
            .help(format!("say what it does: {help}"));
    }
    found
}

fn read_probability(node: &Node, problems: &mut Problems) -> Option<f64> {
    let value = node.as_number(problems)?;
    if value > 0.0 && value <= 1.0 {
        return Some(value);
    }
    problems
        .error(node.span, "expected a probability above 0.0, and 1.0 at most")
        .label(format!("this is {value}"));
    None
}

/// Reads the value of an effect without settings, which must be `true`.
fn read_flag(node: &Node, effect: Effect, problems: &mut Problems) -> Option<Effect> {
    match node.as_bool(problems)? {
        true => Some(effect),
        false => node.expected("true; a fault that does nothing is left out", problems),
    }
}

#[cfg(test)]
mod tests;
