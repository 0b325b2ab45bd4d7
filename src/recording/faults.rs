//! What went wrong on the way, as the faults of a scenario.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::lives::{LifeEvent, Lives, Mishap, What};
use super::preamble::quoted;
use super::scenario::Keys;
use super::stuck::Stuck;
use super::times::Times;

/// The `[[fault]]` tables.
pub fn write(lives: &Lives, times: &Times, keys: &Keys) -> String {
    let mut text = String::new();
    let mut number = 0;
    for (index, one) in lives.stuck.iter().enumerate() {
        stuck(&mut text, index + 1, one, times, keys);
    }
    for (first, last, what) in outages(lives) {
        number += 1;
        let until =
            if last + 1 < lives.cycles.len() { times.opens(last + 1) } else { times.closes(last) };
        fault(&mut text, number, (&times.opens(first), &until), "", &effect(what, false));
    }
    for ((cycle, method, what, carried_out), which) in alike(lives) {
        number += 1;
        let mut users: Vec<String> =
            which.iter().filter_map(|one| keys.find(&one.about)).map(quoted).collect();
        users.sort();
        users.dedup();
        let mut when = format!("method = \"{method}\", nth = {{ max = {} }}", which.len());
        if !users.is_empty() && !which.iter().any(|one| lives.is_group(&one.about)) {
            let _ = write!(when, ", user = [{}]", users.join(", "));
        } else if which.iter().any(|one| lives.is_group(&one.about)) {
            when += ", path = \"/Groups*\"";
        }
        let window = (times.opens(cycle), times.closes(cycle));
        fault(&mut text, number, (&window.0, &window.1), &when, &effect(what, carried_out));
    }
    text
}

/// A write that never got through: it is answered in the same way to the end.
fn stuck(text: &mut String, number: usize, one: &Stuck, times: &Times, keys: &Keys) {
    let method = &one.method;
    let mut when = format!("method = \"{method}\"");
    match keys.find(&one.about) {
        Some(key) if !one.of_group => {
            let _ = write!(when, ", user = [{}]", quoted(key));
        }
        _ if one.of_group => when += ", path = \"/Groups*\"",
        _ => {}
    }
    let _ = write!(
        text,
        "\n[[fault]]\nname = \"never got through {number}\"\nfrom = \"{}\"\nwhen = {{ {when} }}\n{}\n",
        times.opens(one.cycle),
        effect(&one.what, false)
    );
}

fn fault(text: &mut String, number: u32, window: (&str, &str), when: &str, effect: &str) {
    let _ = write!(
        text,
        "\n[[fault]]\nname = \"recorded {number}\"\nfrom = \"{}\"\nuntil = \"{}\"\n",
        window.0, window.1
    );
    if !when.is_empty() {
        let _ = writeln!(text, "when = {{ {when} }}");
    }
    let _ = writeln!(text, "{effect}");
}

/// Cycles in a row in which nothing worked, for one reason.
fn outages(lives: &Lives) -> Vec<(usize, usize, &What)> {
    let mut outages: Vec<(usize, usize, &What)> = Vec::new();
    for (cycle, what) in &lives.dead_cycles {
        match outages.last_mut() {
            Some((_, last, same)) if *last + 1 == *cycle && *same == what => *last = *cycle,
            _ => outages.push((*cycle, *cycle, what)),
        }
    }
    outages
}

type Alike<'a> = BTreeMap<(usize, &'a str, &'a What, bool), Vec<&'a Mishap>>;

/// Mishaps of one cycle, method and kind.
fn alike(lives: &Lives) -> Alike<'_> {
    let mut alike = Alike::new();
    for mishap in &lives.mishaps {
        let carried_out = lives.was_carried_out(mishap);
        let key = (mishap.cycle, mishap.method.as_str(), &mishap.what, carried_out);
        alike.entry(key).or_default().push(mishap);
    }
    alike
}

impl Lives {
    fn is_group(&self, about: &str) -> bool {
        let named = |name: &str| name.eq_ignore_ascii_case(about);
        self.lives.iter().any(|life| life.of_group && (life.id == about || named(&life.name())))
    }

    /// Whether a request without an answer was carried out: a later answer shows what it created.
    fn was_carried_out(&self, mishap: &Mishap) -> bool {
        let created = |event: &LifeEvent| matches!(event, LifeEvent::Created(_));
        let lost = matches!(mishap.what, What::Reset | What::NoAnswer);
        lost && self.lives.iter().any(|life| {
            let first = life.events.first();
            !life.id.is_empty()
                && first.is_some_and(|first| first.seq == mishap.seq && created(&first.event))
        })
    }
}

/// What a fault does.
fn effect(what: &What, carried_out: bool) -> String {
    match what {
        What::Status(status, retry) if retry.is_empty() => format!("respond = {status}"),
        What::Status(status, retry) => {
            format!(
                "respond = {{ status = {status}, headers = {{ Retry-After = {} }} }}",
                quoted(retry)
            )
        }
        What::Refusal(status, body) if body.is_empty() => format!("respond = {status}"),
        What::Refusal(status, body) => {
            format!("respond = {{ status = {status}, body = {} }}", quoted(body))
        }
        What::Ignored => "respond = 204               # acknowledged, and nothing of it is shown \
                          when it is read"
            .to_owned(),
        What::Refused => "refuse = true".to_owned(),
        What::Reset | What::NoAnswer if carried_out => {
            "reset = \"after\"             # what it created was found later".to_owned()
        }
        What::Reset => {
            "reset = \"before\"            # or \"after\": the recording does not tell".to_owned()
        }
        What::NoAnswer => {
            "stall = true                # the client gave up before an answer came".to_owned()
        }
        What::Slow(seconds) => format!("delay = \"{seconds}s\""),
    }
}
