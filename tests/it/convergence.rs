//! First everything breaks and changes by chance, then calm: after a few cycles GoLinks must hold
//! what Entra intends.
//!
//! Each story is written as a scenario file, so a failure prints a file that replays it.

use std::fmt::Write;

use scimulator::base::Seed;
use scimulator::scenario::{Play, load, messages, report};

const STORIES: u64 = 200;
const HOURS_OF_TROUBLE: u64 = 72;

#[test]
fn after_trouble_and_calm_the_worlds_agree() {
    for seed in 0..STORIES {
        let text = story(Seed(seed));
        let script = match load("convergence.toml", &text, &[]) {
            Ok(script) => script,
            Err(problems) => {
                panic!("story {seed} is no scenario:\n{}\n{text}", messages::render(&problems))
            }
        };
        let mut play = Play::new(script);
        play.run_to_end();
        assert!(
            play.verdict().green(),
            "story {seed} does not converge:\n{}\n{text}",
            report::plain(&play, None)
        );
    }
}

/// What the generator knows of a person, so that it writes only what the directory takes.
#[derive(Clone, Copy)]
struct Person {
    enabled: bool,
    deleted: bool,
    assigned: bool,
}

fn story(seed: Seed) -> String {
    let mut text = format!(
        "title = \"Trouble by chance, then calm\"\nseed = {}\nstart = 2026-03-02T08:00:00Z\nends = \"8d\"\n\n\
         [golinks]\ntoken = \"t\"\n\n[entra]\nscope = \"assigned\"\ndialect = \"{}\"\n\n[people]\ngenerate = 12\nassigned = true\n\n",
        seed.0,
        ["classic", "compliant"][pick(seed, "dialect", 0, 2)],
    );
    let mut people = Vec::new();
    for nth in 0..6 {
        let assigned = pick(seed, "assigned", nth, 3) > 0;
        let _ =
            write!(text, "[user.p{nth}]\nname = \"Person Number{nth}\"\nassigned = {assigned}\n\n");
        people.push(Person { enabled: true, deleted: false, assigned });
    }
    faults(seed, &mut text);
    text.push_str("[[at]]\ntime = \"0d\"\ndo = \"start\"\n\n");
    let mut minute = 0;
    for nth in 0..30 {
        minute += 1 + pick(seed, "pause", nth, 2 * 60 * HOURS_OF_TROUBLE as usize / 30);
        let who = pick(seed, "who", nth, people.len());
        let action = act(seed, nth, who, &mut people[who]);
        let _ = write!(text, "[[at]]\ntime = \"{minute}m\"\ndo = {{ {action} }}\n\n");
    }
    text.push_str("[finally]\nworlds = \"agree\"\n");
    text
}

/// Faults that end with the trouble. A create whose answer is lost is left out: when the person
/// leaves scope before the next cycle, nobody knows the account any more, as in life.
fn faults(seed: Seed, text: &mut String) {
    let effects = [
        ("respond = { status = 503 }", "POST"),
        ("respond = { status = 429, headers = { retry-after = \"60\" } }", "GET"),
        ("respond = { status = 500 }", "PATCH"),
        ("reset = \"before\"", "POST"),
        ("reset = \"after\"", "PATCH"),
        ("delay = \"130s\"", "PATCH"),
        ("garble = \"truncate\"", "GET"),
        ("refuse = true", "POST"),
    ];
    for nth in 0..3 {
        let (effect, method) = effects[pick(seed, "effect", nth, effects.len())];
        let from = pick(seed, "from", nth, HOURS_OF_TROUBLE as usize - 1);
        let _ = write!(
            text,
            "[[fault]]\nname = \"trouble{nth}\"\nfrom = \"{from}h\"\nuntil = \"{HOURS_OF_TROUBLE}h\"\nprobability = 0.{}\n\
             when = {{ method = \"{method}\" }}\n{effect}\n\n",
            2 + pick(seed, "probability", nth, 7),
        );
    }
}

/// One change that the directory takes, and what it does to the person.
fn act(seed: Seed, nth: u64, who: usize, person: &mut Person) -> String {
    if person.deleted {
        person.deleted = false;
        return format!("restore = \"p{who}\"");
    }
    match pick(seed, "act", nth, 6) {
        0 => {
            person.enabled = !person.enabled;
            format!("{} = \"p{who}\"", if person.enabled { "enable" } else { "disable" })
        }
        1 => {
            person.assigned = !person.assigned;
            format!("{} = \"p{who}\"", if person.assigned { "assign" } else { "unassign" })
        }
        2 => {
            person.deleted = true;
            format!("delete = \"p{who}\"")
        }
        3 => format!("update = {{ p{who} = {{ surname = \"Surname{nth}\" }} }}"),
        4 => format!(
            "update = {{ p{who} = {{ userPrincipalName = \"p{who}.{nth}@contoso.example\" }} }}"
        ),
        _ => format!("update = {{ p{who} = {{ department = \"Department{nth}\" }} }}"),
    }
}

fn pick(seed: Seed, kind: &str, nth: u64, bound: usize) -> usize {
    seed.below(kind, "convergence", nth, bound as u64) as usize
}
