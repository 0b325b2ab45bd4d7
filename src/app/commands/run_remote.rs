//! `run --target`: plays scenarios against a SCIM server that is not ours, one after the other, and
//! deletes what they made there.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::HeaderValue;

use super::left::{self, LeftAt};
use super::run::{folders, made, names, one_matrix};
use super::signals::{DELETES_FIRST, signalled, stop_when_told};
use super::source::{self, FoundScenario, Provisions};
use super::to_run;
use crate::app::annotations;
use crate::app::cli::{AccessFlags, Changes, MAX_TIME, OutputFormat, RemoteFlags, RunArgs};
use crate::app::exit::{CommandError, Exit};
use crate::app::remote::{self, Address, HttpServer, Patience, RemoteTarget, TokenClient, ledger};
use crate::app::run_record::{Framed, Recorder};
use crate::app::terminal;
use crate::base::Seed;
use crate::base::time::write_duration;
use crate::foreign::{Access, Left, Target};
use crate::scenario::play::Outcome;
use crate::scenario::report::{self, Line, NotRun, Summary, Tone, plural};
use crate::scenario::{Created, Override, Script, created_when_rehearsed, needs_when_rehearsed};

/// Runs the scenarios against the server and prints their reports; the worst exit code wins.
pub fn run(args: &RunArgs, quiet: bool, verbose: u8) -> Result<Exit, CommandError> {
    let url = args.remote.target.as_deref().unwrap_or_default();
    let address = allowed(url, &args.remote)?;
    remote::must_listen(&address)?;
    let patience = Patience::new(args.remote.access.max_wait);
    patience.tell_by(|why| {
        if let Some(why) = why {
            why.note("; virtual time stands");
        }
    });
    stop_when_told(DELETES_FIRST);
    let (runs, mut worst, not_run) = read(args, &address)?;
    let named: Vec<Option<String>> = runs.iter().map(|run| Some(run.script.run_name())).collect();
    let folders = folders(&args.evidence, &named, &not_run)?;
    let mut summaries = Vec::new();
    let (mut let_in, mut early) = (false, None);
    for (run, out) in runs.iter().zip(&folders) {
        let seed = run.script.seed;
        let mut beforehand = 0;
        if !let_in {
            let mut asked = bounded(&address, &args.remote, seed, &patience)?;
            let credentials = is_about_credentials(&run.script);
            let access = &args.remote.access;
            let mut ask = |path: &str| asked.ask_host(path);
            let first = remote::must_let_in(&address, access, credentials, &mut ask)?;
            remote::must_tell_apart(&address, &mut asked, &first)?;
            let_in = !credentials;
            beforehand += asked.sent();
        }
        if !quiet {
            let most = args.remote.max_time.unwrap_or(MAX_TIME);
            announce(&address, &run.script, &args.remote, Some(most));
        }
        let mut asked = bounded(&address, &args.remote, seed, &patience)?;
        let there = there_before(&mut asked, &run.creates, args.remote.budget)?;
        beforehand += asked.sent();
        if !there.is_empty() && !args.remote.adopt {
            let said = said_of_there(&there, &address) + "; nothing was written";
            return Err(CommandError::not_started(said).help(OTHER_NAMES));
        }
        if !there.is_empty() {
            terminal::note(&said_of_there(&there, &address));
        }
        let mut target = RemoteTarget::of(bounded(&address, &args.remote, seed, &patience)?);
        let shown = (quiet, verbose, out.as_deref());
        let (exit, summary, took) = play(run, (&mut target, beforehand), (args, &address), shown)?;
        worst = worst.max(exit);
        summaries.push((summary, Some(took)));
        early = ends_all(&target, &address);
        if early.is_some() || signalled().is_some() {
            break;
        }
    }
    let all: Vec<&Script> = runs.iter().map(|run| &run.script).collect();
    if let Some(script) = one_matrix(&all).filter(|_| not_run.is_empty()) {
        terminal::print_lines(&report::matrix_lines(&script.name, &script.title, &summaries));
    } else if runs.len() + not_run.len() > 1 {
        terminal::print_lines(&report::summary_lines(&summaries, &not_run));
    }
    if let Some(out) = &args.evidence.out {
        made(out, &args.evidence.report, &not_run, quiet)?;
    }
    let more = runs.len() - summaries.len();
    if more > 0 {
        let why =
            if signalled().is_some() { "stopped".to_owned() } else { early.unwrap_or_default() };
        terminal::complain(&format!("{why}: {more} of {} runs were not begun", runs.len()));
    }
    Ok(signalled().unwrap_or(worst))
}

/// Why no other run is begun after this one: a server that is down, or gets nowhere, would end each
/// of them in the same way.
fn ends_all(target: &RemoteTarget, address: &Address) -> Option<String> {
    let ended = target.ended()?;
    match remote::must_listen(address) {
        Err(_) => Some("the server answers no more".to_owned()),
        Ok(()) => target.is_stuck().then(|| ended.to_owned()),
    }
}

/// The actions of stories that tell of credentials, which a server may refuse.
const OF_CREDENTIALS: [&str; 5] =
    ["set_secret", "test_connection", "rotate_token", "revoke_token", "issue_token"];

/// Whether a story tells of credentials, so that a server that refuses them is part of it.
pub fn is_about_credentials(script: &Script) -> bool {
    let actions = script.steps.iter().flat_map(|step| &step.actions);
    actions.into_iter().any(|scripted| OF_CREDENTIALS.contains(&scripted.action.verb()))
}

/// A script to be played, and what it creates.
struct ToRun {
    script: Script,
    creates: Vec<Created>,
}

/// Reads all scenarios, each cell of a matrix as a script of its own; returns with them those that
/// could not be read, and their exit code.
fn read(
    args: &RunArgs,
    address: &Address,
) -> Result<(Vec<ToRun>, Exit, Vec<NotRun>), CommandError> {
    let (mut runs, mut worst) = (Vec::new(), Exit::Met);
    let all = overrides(&args.remote, &args.changes, address)?;
    let scripts = to_run::read(&names(args), &all, Provisions::Server);
    let not_run = to_run::not_run(&scripts);
    for one in scripts {
        match one {
            Ok((found, script)) => {
                let needs = needs(&found, &script, &args.changes)?;
                let creates = creates(&found, &script, (&args.remote, &args.changes))?;
                runs.push(ToRun {
                    script: Script { needs, target: Some(address.to_string()), ..script },
                    creates,
                });
            }
            Err(unread) => worst = worst.max(unread.exit),
        }
    }
    Ok((runs, worst, not_run))
}

/// What of a story only the mock has, as a rehearsal with the mock tells.
///
/// # Errors
/// When a bug has no switch.
pub fn needs(
    found: &FoundScenario,
    script: &Script,
    changes: &Changes,
) -> Result<Vec<String>, CommandError> {
    let own = own_overrides(script, changes)?;
    Ok(needs_when_rehearsed(script, |setting| {
        let all: Vec<Override> = own.iter().cloned().chain(setting).collect();
        source::load(found, &all).ok()
    }))
}

/// What the command line changes of a story, without what a server that is not ours needs.
fn own_overrides(script: &Script, changes: &Changes) -> Result<Vec<Override>, CommandError> {
    Ok(changes.overrides()?.into_iter().chain(script.chosen_cell()).collect())
}

/// The most names that are looked for one by one beforehand, and the share of the budget that may
/// be used for it.
const LOOKED_FOR: u64 = 200;
const OF_BUDGET: u64 = 10;

/// What a story creates, as a rehearsal with the mock tells: nothing of one that is too large for
/// its budget anyway.
///
/// # Errors
/// When a bug has no switch.
pub fn creates(
    found: &FoundScenario,
    script: &Script,
    (remote, changes): (&RemoteFlags, &Changes),
) -> Result<Vec<Created>, CommandError> {
    if script.setup.population.count() > remote.budget {
        return Ok(Vec::new());
    }
    let mut own = own_overrides(script, changes)?;
    own.extend(remote.tag.as_deref().map(of_tag));
    Ok(created_when_rehearsed(|setting| {
        let all: Vec<Override> = own.iter().cloned().chain(Some(setting)).collect();
        source::load(found, &all).ok()
    }))
}

/// What a story would create and the server has already: told before anything is written. A few
/// names are looked for one by one; for more, the server's users and groups are listed page by
/// page, and where these are too many for a share of the budget the first names are looked for.
///
/// # Errors
/// Why the server is not asked any more.
pub fn there_before(
    target: &mut Target<HttpServer>,
    creates: &[Created],
    budget: u64,
) -> Result<Vec<String>, CommandError> {
    let mut found = Vec::new();
    let most = LOOKED_FOR.min(budget / OF_BUDGET);
    let listed = match creates.len() as u64 > most {
        true => [false, true].map(|is_group| {
            let has_some = creates.iter().any(|created| created.is_group == is_group);
            has_some.then(|| target.listed(is_group, most / 2)).flatten()
        }),
        false => [None, None],
    };
    let mut asked = 0;
    for Created { is_group, name } in creates {
        target.must_go_on().map_err(CommandError::not_started)?;
        let path = match &listed[usize::from(*is_group)] {
            Some(all) => all.get(&name.to_lowercase()).cloned(),
            // What is there later is left alone too, and the run ends then.
            None if asked >= most => None,
            None => {
                asked += 1;
                target.there(*is_group, name)
            }
        };
        found.extend(path.map(|path| format!("{path} ({name})")));
    }
    Ok(found)
}

/// How much is there already, in a sentence.
pub fn said_of_there(there: &[String], address: &Address) -> String {
    let shown: Vec<&str> = there.iter().take(3).map(String::as_str).collect();
    let more = if there.len() > shown.len() { ", …" } else { "" };
    let (count, are) = (there.len(), if there.len() == 1 { "is" } else { "are" });
    format!(
        "{count} of the names that this story gives {are} taken at {address} already: {}{more}",
        shown.join(", ")
    )
}

/// What to do about it.
pub const OTHER_NAMES: &str = "--tag with a word of its own gives users and groups names that no other run has; --adopt lets what is there be changed and deleted";

/// The address of a target that may be written to.
pub fn allowed(url: &str, remote: &RemoteFlags) -> Result<Address, CommandError> {
    let address = Address::parse(url)?;
    address.must_be_near(remote.access.anywhere)?;
    Ok(address)
}

/// A target that has been sent nothing.
pub fn target(
    address: &Address,
    remote: &RemoteFlags,
    seed: Seed,
    patience: &Arc<Patience>,
) -> Result<Target<HttpServer>, CommandError> {
    let oauth = TokenClient::read(&remote.access, seed)?;
    let access = Access {
        base_path: address.base_path.clone(),
        headers: remote::headers(&remote.access)?,
        tokens: oauth.map(|oauth| oauth.endpoint()),
        budget: remote.budget,
        adopt: remote.adopt,
    };
    Ok(Target::new(HttpServer::new(address, &remote.access, patience)?, access))
}

/// A target that has been sent nothing, and is waited for no longer than a run may.
pub fn bounded(
    address: &Address,
    remote: &RemoteFlags,
    seed: Seed,
    patience: &Arc<Patience>,
) -> Result<Target<HttpServer>, CommandError> {
    let most = remote.max_time.unwrap_or(MAX_TIME);
    Ok(target(address, remote, seed, patience)?.within(most))
}

/// Plays a script, records it in a folder if one is given, and prints its report and what was
/// cleaned; so many requests were sent beforehand.
fn play(
    run: &ToRun,
    (target, beforehand): (&mut RemoteTarget, u64),
    (args, address): (&RunArgs, &Address),
    (quiet, verbose, out): (bool, u8, Option<&Path>),
) -> Result<(Exit, Summary, Duration), CommandError> {
    let began = Instant::now();
    let mut recorder = None;
    let mut play = target.play_with(run.script.clone(), args.speed, &mut |play| {
        recorder = out.map(|out| Recorder::begin(out, play));
    });
    let took = began.elapsed();
    if let Some(recorder) = recorder {
        // What was made at the server is deleted even if the record cannot be written.
        let finished = recorder.and_then(|recorder| {
            let panels = Framed::new(&mut play, &recorder).end();
            recorder.finish(&mut play, target.ended(), Some(&panels))
        });
        if let Err(why) = finished {
            cleaned(target, args.remote.keep);
            return Err(why);
        }
    }
    let mut lines = Vec::new();
    if verbose > 0 {
        lines.extend(report::exchanges(&play, verbose > 1));
    }
    lines.extend(report::lines(&play, Some(took), terminal::columns()));
    let summary = Summary::of(&play);
    // With --quiet a run without a failure prints its verdict alone, as against the mock.
    let is_told = summary.outcome.is_red() || summary.outcome == Outcome::CannotTell;
    let shown = if quiet && !is_told { lines.len().saturating_sub(1) } else { 0 };
    terminal::print_lines(&lines[shown..]);
    if args.format == OutputFormat::Github {
        for annotation in annotations::of_play(&play) {
            terminal::print(&annotation.to_line());
        }
    }
    let left = cleaned(target, args.remote.keep);
    let (url, sent) = (address.to_string(), beforehand + target.sent());
    terminal::print_lines(&said_of(&left, sent, &LeftAt::of(&url, &args.remote.access)));
    let exit = match (target.ended(), summary.outcome.is_red()) {
        (Some(_), _) => Exit::NotStarted,
        (None, true) => Exit::Failed,
        (None, false) if summary.outcome == Outcome::CannotTell => Exit::NotStarted,
        (None, false) => Exit::Met,
    };
    Ok((exit, summary, took))
}

/// How many requests a server was sent, those of provisioning among them, what was made there, and
/// what of it is still there.
pub fn said_of(left: &Left, sent: u64, at: &LeftAt<'_>) -> Vec<Line> {
    let (sent, made) = (plural(sent, "request"), plural(left.made as u64, "object"));
    let mut said = format!(
        "{sent} in all, with those that look beforehand, read back and clean up; {made} made there"
    );
    match (left.there.as_slice(), left.unknown.as_slice()) {
        ([], []) if left.made > 0 => said += ", all deleted again",
        ([], _) => {}
        (there, _) => said += &format!(", {} {}", there.len(), left::how(left)),
    }
    let tone = if left.is_nothing() { Tone::Faint } else { Tone::Warn };
    let mut lines = vec![Line::of(tone, said)];
    lines.extend(at.things(left, tone));
    lines
}

/// Deletes what was made, unless it is to stay, and shows how far that has come.
fn cleaned(target: &mut RemoteTarget, keep: bool) -> Left {
    if keep { target.clean_up(true) } else { ledger::cleaning(|| target.clean_up(false)) }
}

/// What the command line says, and what a server that is not ours needs: its path, and a secret
/// that is replaced by the one of the command line before a request is sent.
///
/// # Errors
/// When a bug has no switch.
pub fn overrides(
    remote: &RemoteFlags,
    changes: &Changes,
    address: &Address,
) -> Result<Vec<Override>, CommandError> {
    let mut all = of_target(address, &remote.access);
    if let Some(typed) = all.first_mut().and_then(|target| target.typed.as_mut()) {
        *typed += &remote.typed();
    }
    if let Some(tag) = &remote.tag {
        let typed = Some(format!(" --tag {tag}"));
        all.push(Override { typed, ..of_tag(tag) });
    }
    all.extend(changes.overrides()?);
    Ok(all)
}

fn of_tag(tag: &str) -> Override {
    Override::new("people.tag", format!("\"{tag}\""))
}

/// The secret of a scenario's job in place of the token of the command line, which is put into each
/// request as it leaves.
const PLACEHOLDER: &str = "the-token-of-the-command-line";

/// The secrets of a scenario that stand for the token of the command line. Any other is tried by a
/// client of Graph, or on the page.
pub fn stand_ins(script: &Script) -> Vec<HeaderValue> {
    let beside = script.setup.apps.iter().filter_map(|app| app.settings.secret.as_deref());
    let mock = script.setup.golinks.good_tokens().map(|token| token.value.as_str());
    let all = beside.chain(mock).chain([PLACEHOLDER]);
    all.filter_map(|secret| HeaderValue::try_from(format!("Bearer {secret}")).ok()).collect()
}

/// What a server that is not ours needs of every scenario.
pub fn of_target(address: &Address, access: &AccessFlags) -> Vec<Override> {
    let path = if address.base_path.is_empty() { "/" } else { &address.base_path };
    let set = |path: &str, value: &str, typed: String| Override {
        typed: Some(typed),
        ..Override::new(path, format!("\"{value}\""))
    };
    let target = format!(" --target {}", address.typed());
    let query = address.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
    let mut all = vec![set("entra.tenant_url", &format!("{path}{query}"), target)];
    let quiet = |path: &str, value: &str| set(path, value, String::new());
    match &access.token_url {
        None => all.extend([quiet("entra.auth", "bearer"), quiet("entra.secret", PLACEHOLDER)]),
        Some(url) => {
            let method = if access.federated { "federation" } else { "client_credentials" };
            let client = access.client_id.as_deref().unwrap_or_default();
            let federated = if access.federated { " --federated" } else { "" };
            let typed = format!(" --token-url {url} --client-id {client}{federated}");
            all.extend([
                set("entra.auth", method, typed),
                quiet("entra.oauth.token_url", url),
                quiet("entra.oauth.client_id", client),
            ]);
            if !access.federated {
                all.push(quiet("entra.oauth.client_secret", "the-secret-of-the-command-line"));
            }
        }
    }
    all
}

/// Says what will be written where, before the first request.
pub fn announce(address: &Address, script: &Script, remote: &RemoteFlags, most: Option<Duration>) {
    let after = if remote.keep { "stays there" } else { "is deleted at the end" };
    let others = match remote.adopt {
        true => "what was there before may change too",
        false => "what was there before is left alone",
    };
    let places: Vec<String> = address.places.iter().map(ToString::to_string).collect();
    let users = plural(script.setup.population.count(), "user");
    terminal::print_lines(&[
        Line::of(Tone::Strong, format!("{} into {address}", script.name)),
        Line::of(
            Tone::Faint,
            format!(
                "at {}; {users} in the directory, at most {} requests{}; what this run makes {after}, \
                 {others}",
                places.join(", "),
                remote.budget,
                most.map(|most| format!(" and {} of waiting for answers", write_duration(most)))
                    .unwrap_or_default()
            ),
        ),
        Line::of(
            Tone::Faint,
            "faults strike on the way; settings, quirks and actions of the mock GoLinks do not hold there",
        ),
    ]);
    if !script.needs.is_empty() {
        terminal::print_lines(&[Line::of(
            Tone::Warn,
            format!(
                "this story needs what only the mock has ({}): of an expectation that is not met there \
                 nothing can be said; `scimulator list target` names those that suit every server",
                script.needs.join(", ")
            ),
        )]);
    }
    if let Ok(Some(oauth)) = TokenClient::read(&remote.access, script.seed)
        && oauth.is_federated()
    {
        terminal::print_lines(&[Line::of(Tone::Faint, oauth.trusted())]);
    }
}
