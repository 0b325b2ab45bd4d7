//! What stands at the top of a scenario that is made of a recording: where it comes from, what the
//! recording does not tell, and how both sides are set up.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::exchange::{Exchange, Recording};
use super::lives::{Life, LifeEvent, Lives, What};
use super::mapped::Mapped;
use super::stuck::Stuck;
use super::times::Times;

/// Where it comes from, and the keys at the top.
pub fn header(
    text: &mut String,
    recording: &Recording,
    exchanges: &[Exchange],
    lives: &Lives,
    times: &Times,
) {
    let first = exchanges.first().map(|one| instant(one.started_us)).unwrap_or_default();
    let last = exchanges.last().map(|one| instant(one.started_us)).unwrap_or_default();
    let masked = if recording.masked { "people by pseudonyms" } else { "as it was" };
    let start =
        lives.cycles.first().map_or_else(|| "2026-03-02T08:00:00Z".into(), |us| minute(*us));
    let _ = write!(
        text,
        "# Written from a recording of {}{}, {masked}:\n# {} exchanges from {first} to {last}, in {} cycles.\n",
        plain(&recording.upstream),
        plain(&recording.base_path),
        exchanges.len(),
        lives.cycles.len(),
    );
    let _ = write!(
        text,
        "\ntitle = \"From a recording of {first}\"\nseed = 1\nstart = {start}\nends = \"{}\"\n",
        times.ends()
    );
}

/// Says what the recording cannot tell, and what of it the scenario leaves out.
pub fn doubts(
    text: &mut String,
    lives: &Lives,
    times: &Times,
    mapped: &Mapped,
    mut unsaid: Vec<String>,
) {
    let mut lines = vec![
        "an account that is switched off: the user may have been blocked, unassigned, filtered out or deleted;\nhere `disable`, or `delete` when its userName becomes that of Entra's recycle bin or a DELETE follows".to_owned(),
        "a new account: the user may have been hired or only assigned; here `hire`".to_owned(),
        "when in the time before a cycle something was done; here ten minutes before it".to_owned(),
        "scoping filters, expressions of mappings, default values: here every mapping is direct".to_owned(),
    ];
    lines.extend(times.doubts());
    if lives.words.is_empty() {
        lines.push("the dialect: no PATCH was sent".to_owned());
    }
    lines.extend(mapped.doubts());
    if !lives.probes && !lives.lives.is_empty() {
        lines.push("cycles: there are no connection probes, so the client may not be Entra; a cycle\nends where nothing comes for half an hour, or where an object changes again".to_owned());
    }
    unsaid.sort();
    unsaid.dedup();
    lines.extend(unsaid);
    for (what, times) in &lives.unknown {
        lines.push(format!("{what} ({times} times): it has no place in a scenario"));
    }
    lines.extend(lives.stuck.iter().map(|one| never(lives, one)));
    for life in lives.lives.iter().filter(|life| !life.missing.is_empty()) {
        lines.push(format!(
            "{} does not show {} as it was told: the mock keeps them, so the story ends otherwise there",
            life.name(),
            life.missing.join(", ")
        ));
    }
    for (refusal, times) in &lives.refusals {
        lines.push(format!(
            "{} was refused with {} ({times} times): the mock does not, so the story goes without",
            refusal.request, refusal.status
        ));
    }
    *text += "\n# What the recording does not tell:\n";
    for line in lines {
        let line = line.split('\n').map(plain).collect::<Vec<_>>().join("\n#   ");
        let _ = writeln!(text, "# - {line}");
    }
}

/// A write that never got through, and how the story has it.
fn never(lives: &Lives, one: &Stuck) -> String {
    let life = lives.lives.iter().find(|life| life.id == one.about);
    let name = life.map_or(one.about.clone(), Life::name);
    let (method, seq) = (&one.method, one.seq);
    let how = match &one.what {
        What::Ignored => "was acknowledged and changed nothing".to_owned(),
        What::Refusal(status, _) | What::Status(status, _) => format!("was answered {status}"),
        _ => "got no answer".to_owned(),
    };
    let all = match (&one.what, one.of_group) {
        (What::Ignored, _) => "; whether the server drops every change or this one",
        (_, true) => {
            "; whether it is this group or this change; here no change of a group gets through"
        }
        (_, false) => "; whether it is this user or this change",
    };
    format!(
        "why the {method} about {name} (exchange {seq}) {how} to the end{all};\nhere each {method} about them is answered so from then on"
    )
}

/// How both sides are set up.
pub fn settings(text: &mut String, lives: &Lives, times: &Times, mapped: &Mapped) {
    *text += "\n[golinks]\nprofile = \"generic\"\n";
    let deleted = |life: &&Life| life.events.iter().any(|one| one.event == LifeEvent::Deleted);
    if lives.lives.iter().filter(|life| !life.of_group).any(|life| deleted(&life)) {
        *text += "delete = \"remove\"\n";
    }
    if lives.patched_with.iter().eq([&204]) {
        *text += "patch_reply = \"204\"\n";
    }
    *text += "\n[entra]\nscope = \"assigned\"\n";
    let capital = |word: &String| word.starts_with(char::is_uppercase);
    if !lives.words.is_empty() {
        let dialect = if lives.words.iter().any(capital) { "classic" } else { "compliant" };
        let _ = writeln!(text, "dialect = \"{dialect}\"");
    }
    let mut policies = times.policies();
    if lives.active_as == (false, true) && lives.words.iter().any(capital) {
        policies.push("bool_as_string = false".to_owned());
    }
    if mapped.updates_inactive() {
        policies.push("update_inactive = true".to_owned());
    }
    if !policies.is_empty() {
        let _ = write!(text, "\n[entra.policy]\n{}\n", policies.join("\n"));
    }
    let groups = lives.lives.iter().any(|life| life.of_group);
    *text += &mapped.tables(groups);
}

/// A date-time to the second.
pub fn instant(us: u64) -> String {
    Timestamp::from_second(i64::try_from(us / 1_000_000).unwrap_or_default())
        .unwrap_or_default()
        .to_string()
}

/// A date-time to the minute.
fn minute(us: u64) -> String {
    instant(us - us % 60_000_000)
}

/// A text in a comment: without characters that a comment may not have.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

/// A text as TOML has it.
pub fn quoted(text: &str) -> String {
    // JSON's escapes are TOML's too, but for one character that TOML wants escaped.
    serde_json::to_string(text).unwrap_or_default().replace('\u{7f}', "\\u007f")
}
