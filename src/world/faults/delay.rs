//! `delay`: GoLinks handles the request at once, and the answer arrives late.

use std::time::Duration;

use super::{Effect, EffectKind, duration_node};
use crate::base::node::unknown_key;
use crate::base::{Kind, Node, Problems, Seed};

/// How it is written.
pub const KIND: EffectKind = EffectKind {
    name: "delay",
    doc: "GoLinks handles the request at once and the answer arrives late; when the engine has given up by then, the \
          server has done it and the client does not know.\nA fixed time, or drawn by the seed: \
          `{ uniform = [\"1s\", \"9s\"] }`, `{ normal = { mean = \"8s\", deviation = \"2s\" } }`, or growing from \
          when the fault begins: `{ ramp = { from = \"8s\", to = \"130s\", over = \"20m\" } }`, or growing with what GoLinks \
          holds: `{ per_account = \"12ms\" }` (B71).",
    example: "delay = \"8s\"",
    read: |node, problems| Delay::read(node, problems).map(Effect::Delay),
};

/// How long an answer is held.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Delay {
    /// Always the same.
    Fixed(Duration),
    /// Evenly between two bounds.
    Uniform(Duration, Duration),
    /// Around a mean, never below zero.
    Normal {
        /// The mean.
        mean: Duration,
        /// The standard deviation.
        deviation: Duration,
    },
    /// This long for each account GoLinks has.
    PerAccount(Duration),
    /// Grows evenly from the moment the fault begins, then stays the same.
    Ramp {
        /// At the beginning.
        from: Duration,
        /// At the end of the growth.
        to: Duration,
        /// How long the growth takes.
        over: Duration,
    },
}

impl Delay {
    fn read(node: &Node, problems: &mut Problems) -> Option<Delay> {
        let Kind::Table(entries) = &node.kind else {
            return some_time(node, problems).map(Delay::Fixed);
        };
        let [entry] = entries.as_slice() else {
            return node.expected(
                "a duration, or one of `uniform`, `normal`, `ramp` and `per_account`",
                problems,
            );
        };
        match entry.key.as_str() {
            "uniform" => match &entry.value.kind {
                Kind::List(bounds) if bounds.len() == 2 => {
                    let (low, high) =
                        (bounds[0].as_duration(problems)?, bounds[1].as_duration(problems)?);
                    if low > high {
                        let help = "the shorter one comes first";
                        problems.error(entry.value.span, "no delay lies between them").help(help);
                        return None;
                    }
                    Some(Delay::Uniform(low, high))
                }
                _ => entry.value.expected("two durations, such as [\"1s\", \"9s\"]", problems),
            },
            "normal" => {
                let [mean, deviation] = durations(&entry.value, ["mean", "deviation"], problems)?;
                Some(Delay::Normal { mean, deviation })
            }
            "ramp" => {
                let [from, to, over] = durations(&entry.value, ["from", "to", "over"], problems)?;
                if let (Some(node), Duration::ZERO) = (entry.value.get("over"), over) {
                    return node.refused("a duration above 0", "no time", problems);
                }
                Some(Delay::Ramp { from, to, over })
            }
            "per_account" => some_time(&entry.value, problems).map(Delay::PerAccount),
            _ => {
                unknown_key(
                    entry,
                    "`delay`",
                    &["uniform", "normal", "ramp", "per_account"],
                    problems,
                );
                None
            }
        }
    }

    /// The delay of the `nth` struck request, `active` after the fault began, when GoLinks has this
    /// number of accounts.
    pub fn draw(
        self,
        seed: Seed,
        name: &str,
        nth: u64,
        active: Duration,
        accounts: usize,
    ) -> Duration {
        match self {
            Delay::PerAccount(each) => {
                each.saturating_mul(u32::try_from(accounts).unwrap_or(u32::MAX))
            }
            Delay::Fixed(span) => span,
            Delay::Uniform(low, high) => {
                low + (high - low).mul_f64(seed.unit("fault delay", name, nth))
            }
            Delay::Normal { mean, deviation } => {
                // The sum of twelve even draws: near enough to a normal one, and the same on any
                // machine.
                let sum: f64 =
                    (0..12).map(|part| seed.unit("fault delay", name, nth * 12 + part)).sum();
                let secs = mean.as_secs_f64() + deviation.as_secs_f64() * (sum - 6.0);
                whole_micros(secs.max(0.0))
            }
            Delay::Ramp { from, to, over } => {
                let part =
                    if active >= over { 1.0 } else { active.as_secs_f64() / over.as_secs_f64() };
                whole_micros(from.as_secs_f64() + (to.as_secs_f64() - from.as_secs_f64()) * part)
            }
        }
    }

    /// The shortest and the longest delay of a request, `active` after the fault began.
    pub fn bounds(self, active: Duration, accounts: usize) -> (Duration, Duration) {
        match self {
            Delay::Uniform(low, high) => (low, high),
            Delay::Normal { mean, deviation } => {
                let span = deviation.saturating_mul(6);
                (mean.saturating_sub(span), mean.saturating_add(span))
            }
            Delay::Fixed(_) | Delay::PerAccount(_) | Delay::Ramp { .. } => {
                let one = self.draw(Seed(0), "", 1, active, accounts);
                (one, one)
            }
        }
    }

    /// The value as a scenario file has it.
    pub fn to_node(self) -> Node {
        match self {
            Delay::Fixed(span) => duration_node(span),
            Delay::Uniform(low, high) => Node::table([(
                "uniform",
                Node::bare(Kind::List(vec![duration_node(low), duration_node(high)])),
            )]),
            Delay::Normal { mean, deviation } => {
                let inner =
                    [("mean", duration_node(mean)), ("deviation", duration_node(deviation))];
                Node::table([("normal", Node::table(inner))])
            }
            Delay::PerAccount(each) => Node::table([("per_account", duration_node(each))]),
            Delay::Ramp { from, to, over } => {
                let inner = [
                    ("from", duration_node(from)),
                    ("to", duration_node(to)),
                    ("over", duration_node(over)),
                ];
                Node::table([("ramp", Node::table(inner))])
            }
        }
    }
}

/// Reads a duration above zero: a delay of no time is none.
fn some_time(node: &Node, problems: &mut Problems) -> Option<Duration> {
    match node.as_duration(problems)? {
        Duration::ZERO => node.refused("a duration above 0", "no time", problems),
        span => Some(span),
    }
}

fn whole_micros(secs: f64) -> Duration {
    Duration::from_micros((secs * 1e6) as u64)
}

/// Reads a table of exactly these durations.
fn durations<const N: usize>(
    node: &Node,
    keys: [&str; N],
    problems: &mut Problems,
) -> Option<[Duration; N]> {
    for entry in node.as_table(problems)?.iter().filter(|entry| !keys.contains(&entry.key.as_str()))
    {
        unknown_key(entry, "this distribution", &keys, problems);
    }
    let mut read = [Duration::ZERO; N];
    for (place, key) in read.iter_mut().zip(keys) {
        let Some(value) = node.get(key) else {
            problems
                .error(node.span, format!("`{key}` is missing"))
                .help(format!("it has {}", keys.join(", ")));
            return None;
        };
        *place = value.as_duration(problems)?;
    }
    Some(read)
}
