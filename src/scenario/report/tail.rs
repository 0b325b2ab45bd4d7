//! The end of a report: expectations, totals, the command that replays the run, the verdict.

use crate::base::time::show_duration;
use crate::entra::job::ScheduleState;
use crate::scenario::expect::{Reason, Why};
use crate::scenario::matrix::CHOICE;
use crate::scenario::play::{Checked, Outcome, Verdict};
use crate::scenario::script::Script;
use crate::scenario::switched::bugs_brought_about;
use crate::scenario::{Override, Play};
use crate::world::AppView;
use crate::world::applications::MAIN;
use crate::world::intent::{self, UserCounts};

use crate::scenario::layout::{Line, Tone, day_and_time, grouped, pad, plural, wrap};
use crate::world::Drive;

/// The widths of a judged expectation: its mark, its step, its text, and the reasons below it.
const MARK: usize = 10;
const STEP: usize = 8;
const EXPECTED: usize = 58;
const WHY: usize = 100;
/// In a narrow report: the width that is kept for the file and its line, and the least width of an
/// expectation's text.
const PLACE: usize = 20;
const LEAST: usize = 30;

/// The section of the expectations, each with its outcome.
pub fn expectations(play: &Play, verdict: &Verdict, columns: usize) -> Vec<Line> {
    let expected = columns.saturating_sub(2 + MARK + STEP + PLACE).clamp(LEAST, EXPECTED);
    let why = columns.saturating_sub(2 + MARK).clamp(LEAST, WHY);
    let left_out = match verdict.left_out {
        0 => String::new(),
        count => format!(", {count} beyond the end left out"),
    };
    let kept = match verdict.kept {
        0 => String::new(),
        count => format!(", {count} kept so far"),
    };
    let judged = verdict.met + verdict.failed;
    let counts = format!("{} of {judged} met{kept}{left_out}", verdict.met);
    let mut head = Line::of(Tone::Strong, pad("EXPECTATIONS", 2 + MARK + STEP + expected));
    let tone = match verdict.outcome() {
        Outcome::Cut | Outcome::CannotTell => Tone::Warn,
        _ if verdict.green() => Tone::Good,
        _ => Tone::Bad,
    };
    head.add(tone, counts);
    let mut lines = vec![Line::default(), head];
    for check in &verdict.checks {
        lines.extend(one(play.script(), check, expected, why));
    }
    lines
}

fn one(script: &Script, check: &Checked, expected: usize, why: usize) -> Vec<Line> {
    let (mark, tone) = match (check.met, check.kept) {
        (_, true) => ("✓ kept", Tone::Good),
        (true, _) => ("✓ met", Tone::Good),
        (false, _) => ("✗ FAILED", Tone::Bad),
    };
    let mut line = Line::of(tone, format!("  {}", pad(mark, MARK)));
    line.add(Tone::Faint, pad(&check.step, STEP));
    line.add(if check.met { Tone::Plain } else { Tone::Bad }, pad(&check.expected, expected));
    line.add(Tone::Faint, place(script, check.line));
    let mut lines = vec![line];
    let actual = std::iter::once(check.actual.clone()).filter(|actual| !actual.is_empty());
    for reason in actual.chain(check.why.iter().map(|why| why.words(script.start))) {
        for text in wrap(&reason, why) {
            lines.push(Line::of(Tone::Plain, format!("{}{text}", " ".repeat(2 + MARK))));
        }
    }
    if let Some(more) = more(script, check, None) {
        lines.push(Line::of(Tone::Faint, format!("{}more: {more}", " ".repeat(2 + MARK))));
    }
    lines
}

/// The command that shows more of what an expectation that failed speaks of; `None` where a run
/// cannot be played again like this one.
///
/// `by_hand` is the command that plays the scenario that repeats what was done by hand.
pub fn more(script: &Script, check: &Checked, by_hand: Option<&str>) -> Option<String> {
    let about = check.about.as_ref().filter(|_| !check.met)?;
    let replay = by_hand.map_or_else(|| replay(script), str::to_owned);
    let run = replay.strip_prefix("scimulator run ").filter(|run| !run.contains(" --target "))?;
    let of_sign_in =
        |why: &Why| matches!(why.reason, Reason::LastSignIn { .. } | Reason::NoSignIn(_));
    let of_sign_in = check.why.iter().any(of_sign_in);
    // An expectation that names no application speaks of the main one.
    let main = (!script.setup.apps.is_empty()).then_some(MAIN);
    let app = check.app.as_deref().or(main);
    let app = app.map(|app| format!(" --app {}", quoted(app))).unwrap_or_default();
    Some(match of_sign_in {
        // No request of provisioning tells of it.
        true => format!("scimulator explain user {} --scenario {run}{app}", quoted(about)),
        false => format!("scimulator requests {run} --user {}{app}", quoted(about)),
    })
}

/// The file's name with the line, or `--set` for line 0.
pub fn place(script: &Script, line: usize) -> String {
    let file = script.source.name.rsplit(['/', '\\']).next().unwrap_or_default();
    match line {
        0 => "--set".to_owned(),
        _ => format!("{file}:{line}"),
    }
}

/// How the two worlds compare, what was sent, and the command that replays the run; `by_hand` is
/// that of the scenario that repeats what was done by hand.
pub fn totals(play: &Play, verdict: &Verdict, by_hand: Option<&str>) -> Vec<Line> {
    let script = play.script();
    let counters = play.world().journal().counters();
    let methods = [
        ("GET", counters.get),
        ("POST", counters.post),
        ("PATCH", counters.patch),
        ("PUT", counters.put),
        ("DELETE", counters.delete),
        ("for tokens", counters.tokens),
    ];
    let sent: Vec<String> = methods
        .iter()
        .filter(|(_, n)| *n > 0)
        .map(|(method, n)| format!("{method} {}", grouped(*n)))
        .collect();
    let inner = match sent.is_empty() {
        true => "none".to_owned(),
        false => format!("{}; {} failed", sent.join(", "), grouped(counters.failed)),
    };
    let requests = format!("requests {} ({inner})", grouped(counters.requests()));
    let mails = if counters.mails > 0 {
        format!(" · {}", plural(counters.mails, "mail"))
    } else {
        String::new()
    };
    let running = match play.world().views().any(|app| app.entra().job().cycle().is_some()) {
        true => ", the last still running",
        false => "",
    };
    let cycles = format!(" · {}{running}", plural(counters.cycles, "cycle"));
    let digest = match &verdict.digest {
        Some(digest) => format!("digest {}", &digest[..digest.len().min(8)]),
        None if play.touched() => "no digest: the run was touched from outside".to_owned(),
        None => "no digest: the run has not ended".to_owned(),
    };
    let mut lines = vec![Line::default()];
    for (nth, app) in play.world().views().enumerate() {
        let name = app.label().map(|name| format!("{name}: ")).unwrap_or_default();
        let text = match verdict.stopped.is_some() && app.target().mock().is_none() {
            true => last_read(app),
            false => worlds(app, false),
        };
        lines.push(labelled(if nth == 0 { "WORLDS" } else { "" }, &(name + &text)));
    }
    lines.push(labelled("TOTALS", &(requests + &cycles + &mails)));
    let command = by_hand.map_or_else(|| replay(script), str::to_owned);
    let mut replayed = labelled("REPLAY", &pad(&command, 50));
    replayed.add(Tone::Plain, format!("   {digest}"));
    lines.push(replayed);
    let lacks = match by_hand {
        Some(_) => "The run was touched by hand: this command needs the scenario that repeats it.",
        None if play.touched() => "It plays the story alone, without what came from outside.",
        None => return lines,
    };
    lines.push(labelled("", lacks));
    lines
}

/// How the worlds compared when another server was read last, of a run that ended before its time:
/// what that server holds now is known only as far as it still answers.
fn last_read(app: AppView<'_>) -> String {
    let now = match app.target().is_gone() {
        true => "the target answers no more, so what it holds is not known; ",
        false => "",
    };
    match app.target().read_at() {
        None => format!("{now}nothing was read at the target"),
        Some(at) => {
            let at = day_and_time(app.start(), at);
            format!("{now}when it was read last, at {}, {}", at.trim_end(), worlds(app, true))
        }
    }
}

/// How the worlds compare, now or then.
fn worlds(app: AppView<'_>, then: bool) -> String {
    let are = |are: &'static str| match (then, are) {
        (true, "is") => "was",
        (true, _) => "were",
        (false, are) => are,
    };
    let users = intent::user_counts(app);
    let counts = users.all;
    let mut text = match counts.in_scope {
        0 => format!("no user {} in scope", are("is")),
        in_scope => format!(
            "{} of {} in scope {} right at {}",
            grouped(counts.right as u64),
            grouped(in_scope as u64),
            are(counts.are()),
            app.target().called().amid()
        ),
    };
    text += &intent::switched_off(app).map(|with| format!(" {with}")).unwrap_or_default();
    text += &leavers(&users, then);
    text += &kept(app);
    text += &groups(app, &are);
    text += &failures(app);
    if let Some(exposure) = intent::longest_exposure(app) {
        text += &format!(
            " · longest exposure {} ({})",
            show_duration(exposure.lasted),
            exposure.handle
        );
    }
    text
}

/// The users and groups that failed: ` · 1 fails and waits for a retry`.
fn failures(app: AppView<'_>) -> String {
    let job = app.entra().job();
    let runs = job.state() == ScheduleState::Active || job.cycle().is_some();
    match (job.escrows().len(), runs) {
        (0, _) => String::new(),
        (1, true) => " · 1 fails and waits for a retry".to_owned(),
        (many, true) => format!(" · {} fail and wait for a retry", grouped(many as u64)),
        (1, false) => " · 1 failed and is tried again once the job is started".to_owned(),
        (many, false) => format!(
            " · {} failed and are tried again once the job is started",
            grouped(many as u64)
        ),
    }
}

/// The groups in scope, where groups are provisioned: ` · 2 of 3 groups are right`.
fn groups(world: AppView<'_>, are: &dyn Fn(&'static str) -> &'static str) -> String {
    let counts = intent::group_counts(world);
    let out_of_scope = counts.wrong - (counts.in_scope - counts.right);
    let mut text = match counts.in_scope {
        0 => String::new(),
        1 if counts.right == 1 => format!(" · the group {} right", are("is")),
        1 => format!(" · the group {} not right", are("is")),
        in_scope => format!(
            " · {} of {} groups {} right",
            grouped(counts.right as u64),
            grouped(in_scope as u64),
            are(counts.are())
        ),
    };
    match out_of_scope {
        0 => {}
        1 => text += &format!(" · 1 group out of scope {} still there", are("is")),
        many => {
            let many = grouped(many as u64);
            text += &format!(" · {many} groups out of scope {} still there", are("are"));
        }
    }
    text
}

/// The users no longer in scope that differ: `, 1 blocked or deleted differs`.
fn leavers(users: &UserCounts, then: bool) -> String {
    let told = |count: usize, who: &str| match (count, then) {
        (0, _) => String::new(),
        (_, true) => format!(", {} {who} differed", grouped(count as u64)),
        (1, false) => format!(", 1 {who} differs"),
        (_, false) => format!(", {} {who} differ", grouped(count as u64)),
    };
    told(users.left, "blocked or deleted") + &told(users.out_of_scope, "out of scope")
}

/// The users out of scope whose active accounts a setting keeps.
fn kept(app: AppView<'_>) -> String {
    let policy = &app.entra().job().settings().policy;
    if !policy.skip_out_of_scope_deletions {
        return String::new();
    }
    let users = app.entra().tenant().users();
    let is_kept = |user| intent::keeper(app, user) == Some(intent::Keeper::SkipOutOfScope);
    match users.filter(|(user, _)| is_kept(*user)).count() as u64 {
        0 => String::new(),
        1 => " · 1 out of scope keeps an active account (`skip_out_of_scope_deletions`)".to_owned(),
        many => format!(
            " · {} out of scope keep an active account (`skip_out_of_scope_deletions`)",
            grouped(many)
        ),
    }
}

fn labelled(label: &str, text: &str) -> Line {
    let mut line = Line::of(Tone::Strong, pad(label, 9));
    line.add(Tone::Plain, text);
    line
}

/// The command that plays the same run again, with its seed and its overrides.
pub fn replay(script: &Script) -> String {
    let mut command =
        format!("scimulator run {} --seed {}", quoted(&script.source.name), script.seed.0);
    if let Some(cell) = &script.cell {
        command += &format!(" --cell {}", cell.nth);
    }
    for bug in bugs_brought_about(script) {
        command += &format!(" --bug {bug}");
    }
    let not_yet =
        |over: &&Override| over.path != "seed" && over.path != CHOICE && over.bug.is_none();
    for over in script.source.overrides.iter().filter(not_yet) {
        if over.path == "ends" {
            command += &format!(" --until {}", quoted(over.value.trim_matches('"')));
            continue;
        }
        command += &match &over.typed {
            None => format!(" --set {}", quoted(&format!("{}={}", over.path, over.value))),
            Some(typed) => typed.clone(),
        };
    }
    command
}

/// Quotes a word for a shell if it needs quotes.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-=:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// The last line: whether all expectations were met, and the [`remark`].
pub fn verdict(play: &Play, verdict: &Verdict) -> Line {
    let judged = verdict.met + verdict.failed;
    let (failed, all) = (verdict.failed, plural(judged as u64, "expectation"));
    let because = verdict.known_bad.as_deref().unwrap_or_default();
    let (tone, text) = match verdict.outcome() {
        Outcome::Unfinished => (Tone::Warn, unfinished(play, verdict)),
        Outcome::Failed | Outcome::KnownBad if verdict.stopped.is_some() => {
            (Tone::Bad, unfinished(play, verdict))
        }
        Outcome::Cut => (Tone::Warn, cut(verdict)),
        Outcome::Green if verdict.checks.is_empty() => {
            (Tone::Good, "DONE     nothing was expected".to_owned())
        }
        Outcome::Green => (Tone::Good, format!("GREEN    {all} met")),
        Outcome::Failed => (Tone::Bad, format!("FAILED   {failed} of {all}")),
        Outcome::KnownBad => {
            (Tone::Warn, format!("KNOWN    {failed} of {all} failed, as is known: {because}"))
        }
        Outcome::Surprise => (
            Tone::Bad,
            format!("SURPRISE {all} met, although the matrix says known_bad: {because}"),
        ),
        Outcome::CannotTell => (Tone::Warn, cannot_tell(verdict)),
    };
    let mut line = Line::of(tone, text);
    if let Some(remark) = remark(play) {
        line.add(Tone::Warn, format!(" · {remark}"));
    }
    line
}

/// The verdict of a story that did not come out as it says and needs the mock.
fn cannot_tell(verdict: &Verdict) -> String {
    let needs = verdict.needs.join(", ");
    let all = plural((verdict.met + verdict.failed) as u64, "expectation");
    match (verdict.failed, &verdict.known_bad) {
        (0, Some(because)) => format!(
            "CANNOT TELL  {all} met; the matrix says known_bad ({because}) of what only the mock \
             GoLinks has: {needs}"
        ),
        (failed, _) => format!(
            "CANNOT TELL  {failed} of {all} not met, and the story needs what only the mock GoLinks \
             has: {needs}"
        ),
    }
}

/// The verdict of a run that something else than its file has ended.
fn unfinished(play: &Play, verdict: &Verdict) -> String {
    let at = day_and_time(play.script().start, play.now());
    let why = verdict.stopped.as_deref().unwrap_or_default();
    let told = [
        (verdict.met > 0).then(|| format!("{} met", plural(verdict.met as u64, "expectation"))),
        (verdict.failed > 0).then(|| format!("{} failed", verdict.failed)),
        (verdict.kept > 0).then(|| format!("{} kept so far", verdict.kept)),
        (verdict.left_out > 0).then(|| format!("not judged: {}", left_out(verdict))),
    ];
    let told: Vec<String> = told.into_iter().flatten().collect();
    format!("UNFINISHED  at {}: {why}; {}", at.trim_end(), told.join(", "))
        .trim_end_matches("; ")
        .to_owned()
}

/// The verdict of a run that ended before its file says: what was not judged can still fail.
fn cut(verdict: &Verdict) -> String {
    let met = match verdict.met {
        0 => String::new(),
        met => format!("{} met, ", plural(met as u64, "expectation")),
    };
    let left_out = left_out(verdict);
    let kept = match verdict.kept {
        0 => String::new(),
        kept => format!("{kept} kept so far, "),
    };
    format!(
        "CUT      {met}{kept}not judged: {left_out}, left out by an end before the file's (--until)"
    )
}

/// How many expectations were not judged.
fn left_out(verdict: &Verdict) -> String {
    match (verdict.left_out, verdict.left_out_at_end) {
        (count, at_end) if count == at_end => {
            format!("{} in [finally]", plural(count as u64, "expectation"))
        }
        (count, 0) => plural(count as u64, "expectation"),
        (count, at_end) => {
            format!("{} ({at_end} of them in [finally])", plural(count as u64, "expectation"))
        }
    }
}

/// The remarks that a green verdict must not hide: the job is in quarantine, was given up, or has
/// no user in scope, each with the name of its application where there are several; and a fault
/// that struck no request.
pub fn remark(play: &Play) -> Option<String> {
    let labelled = |app: AppView<'_>| {
        let words = remark_on(app)?;
        Some(app.label().map_or(words.to_owned(), |name| format!("{name}: {words}")))
    };
    let missed = play.world().faults().missed();
    let missed = missed.map(|name| format!("the fault `{name}` struck no request"));
    let remarks: Vec<String> = play.world().views().filter_map(labelled).chain(missed).collect();
    (!remarks.is_empty()).then(|| remarks.join(" · "))
}

/// The remark about the job of one application; `None` when there is none.
pub fn remark_on(app: AppView<'_>) -> Option<&'static str> {
    let job = app.entra().job();
    match (job.quarantine(), job.state()) {
        _ if app.entra().gone().is_some() => Some("the application is deleted"),
        _ if app.entra().is_job_deleted() => Some("the job is deleted"),
        (Some(_), ScheduleState::Disabled) => Some("the job was given up in quarantine"),
        (Some(_), _) => Some("the job is in quarantine"),
        (None, _) if job.counters().cycles == 0 => None,
        (None, _) if !intent::has_users_in_scope(app) => Some("no user is in scope"),
        (None, _) => None,
    }
}
