//! `run --target`: plays scenarios against a SCIM server that is not ours, one after the other, and
//! deletes what they made there.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use super::run::made;
use super::signals::{DELETES_FIRST, signalled, stop_when_told};
use super::source;
use crate::app::annotations;
use crate::app::cli::{AccessFlags, Changes, OutputFormat, RemoteFlags, RunArgs};
use crate::app::exit::{CommandError, Exit};
use crate::app::remote::{self, Address, HttpServer, Patience, RemoteTarget, TokenClient};
use crate::app::run_record::{Framed, Recorder};
use crate::app::terminal;
use crate::base::Seed;
use crate::foreign::{Access, Left, Target};
use crate::scenario::report::{self, Line, Summary, Tone};
use crate::scenario::{Override, Script, needs_when_rehearsed};

/// Runs the scenarios against the server and prints their reports; the worst exit code wins.
pub fn run(args: &RunArgs, quiet: bool, verbose: u8) -> Result<Exit, CommandError> {
    let url = args.remote.target.as_deref().unwrap_or_default();
    let address = allowed(url, &args.remote)?;
    let patience = Patience::new(args.remote.access.max_wait);
    patience.tell_by(|why| {
        if let Some(why) = why {
            terminal::note(&format!("{why}; virtual time stands"));
        }
    });
    stop_when_told(DELETES_FIRST);
    let mut worst = Exit::Met;
    let named: Vec<Option<String>> = args.scenarios.iter().cloned().map(Some).collect();
    let folders = args.evidence.folders(&named);
    for (typed, out) in args.scenarios.iter().zip(&folders) {
        let found = source::find(typed)?;
        let Ok(script) = source::script(&found, &overrides(&args.remote, &args.changes, &address)?)
        else {
            worst = worst.max(Exit::Bad);
            continue;
        };
        let own = args.changes.overrides()?;
        let needs = needs_when_rehearsed(&script, |setting| {
            let all: Vec<Override> = own.iter().cloned().chain(setting).collect();
            source::load(&found, &all).ok()
        });
        if !quiet {
            announce(&address, &script, &args.remote, &needs);
        }
        let mut target = RemoteTarget::of(target(&address, &args.remote, script.seed, &patience)?);
        let out = out.as_deref();
        worst = worst.max(play((script, &needs), &mut target, args, (verbose, out))?);
        if let Some(exit) = signalled() {
            return Ok(exit);
        }
    }
    if let Some(out) = &args.evidence.out {
        made(out, &args.evidence.report, quiet)?;
    }
    Ok(worst)
}

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

/// Plays a script, and records it in a folder if one is given.
fn play(
    (script, needs): (Script, &[String]),
    target: &mut RemoteTarget,
    args: &RunArgs,
    (verbose, out): (u8, Option<&Path>),
) -> Result<Exit, CommandError> {
    let began = Instant::now();
    let mut recorder = None;
    let mut play = target.play_with(script, args.speed, &mut |play| {
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
            target.clean_up(args.remote.keep);
            return Err(why);
        }
    }
    let mut lines = Vec::new();
    if verbose > 0 {
        lines.extend(report::exchanges(&play, verbose > 1));
    }
    lines.extend(report::lines(&play, Some(took), terminal::columns()));
    let summary = Summary::of(&play);
    let unclear = summary.failed > 0 && !needs.is_empty();
    if unclear {
        // The report's last line is its verdict.
        lines.pop();
        lines.push(Line::of(
            Tone::Warn,
            format!(
                "CANNOT TELL   {} expectations are not met, and the story needs what only the mock \
                 GoLinks has: {}",
                summary.failed,
                needs.join(", ")
            ),
        ));
    }
    terminal::print_lines(&lines);
    if args.format == OutputFormat::Github {
        for annotation in annotations::of_play(&play) {
            terminal::print(&annotation.to_line());
        }
    }
    let left = target.clean_up(args.remote.keep);
    terminal::print_lines(&said_of(&left, target.sent()));
    if let Some(why) = target.ended() {
        terminal::complain(&format!("the run ended before its time: {why}"));
        return Ok(Exit::NotStarted);
    }
    Ok(match summary.failed {
        0 => Exit::Met,
        _ if unclear => Exit::NotStarted,
        _ => Exit::Failed,
    })
}

/// What is left at the server, in a line or two.
pub fn said_of(left: &Left, sent: u64) -> Vec<Line> {
    let mut said = format!("{sent} requests; {} objects made there", left.made);
    match (left.there.as_slice(), left.unknown.as_slice()) {
        ([], []) if left.made > 0 => said += ", all deleted again",
        ([], _) => {}
        (there, _) => said += &format!(", still there: {}", listed(there, " ")),
    }
    let clean = left.there.is_empty() && left.unknown.is_empty();
    let tone = if clean { Tone::Faint } else { Tone::Warn };
    let mut lines = vec![Line::of(tone, said)];
    if !left.unknown.is_empty() {
        let names = listed(&left.unknown, ", ");
        let said = format!("no answer came to these creates, so they may be there too: {names}");
        lines.push(Line::of(tone, said));
    }
    lines
}

/// How many things a line names.
const NAMED: usize = 20;

/// The first few of a list, and how many more there are.
fn listed(all: &[String], between: &str) -> String {
    let shown = all.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(between);
    match all.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
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
    if let Some(tag) = &remote.tag {
        let domain = format!("\"{tag}.example\"");
        let typed = Some(format!(" --tag {tag}"));
        all.push(Override { typed, ..Override::new("people.domain", domain) });
    }
    all.extend(changes.overrides()?);
    Ok(all)
}

/// What a server that is not ours needs of every scenario.
pub fn of_target(address: &Address, access: &AccessFlags) -> Vec<Override> {
    let path = if address.base_path.is_empty() { "/" } else { &address.base_path };
    let set = |path: &str, value: &str, typed: String| Override {
        typed: Some(typed),
        ..Override::new(path, format!("\"{value}\""))
    };
    let target = format!(" --target {address}");
    let query = address.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
    let mut all = vec![set("entra.tenant_url", &format!("{path}{query}"), target)];
    let quiet = |path: &str, value: &str| set(path, value, String::new());
    match &access.token_url {
        None => all.extend([
            quiet("entra.auth", "bearer"),
            quiet("entra.secret", "the-token-of-the-command-line"),
        ]),
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
pub fn announce(address: &Address, script: &Script, remote: &RemoteFlags, needs: &[String]) {
    let after = if remote.keep { "stays there" } else { "is deleted at the end" };
    let others = match remote.adopt {
        true => "what was there before may change too",
        false => "what was there before is left alone",
    };
    let places: Vec<String> = address.places.iter().map(ToString::to_string).collect();
    let users = script.setup.population.count();
    terminal::print_lines(&[
        Line::of(Tone::Strong, format!("{} into {address}", script.name)),
        Line::of(
            Tone::Faint,
            format!(
                "at {}; {users} users in the directory, at most {} requests; what this run makes {after}, \
                 {others}",
                places.join(", "),
                remote.budget
            ),
        ),
        Line::of(
            Tone::Faint,
            "faults strike on the way; settings, quirks and actions of the mock GoLinks do not hold there",
        ),
    ]);
    if !needs.is_empty() {
        terminal::print_lines(&[Line::of(
            Tone::Warn,
            format!(
                "this story needs what only the mock has ({}): of an expectation that is not met there \
                 nothing can be said; `scimulator list target` names those that suit every server",
                needs.join(", ")
            ),
        )]);
    }
    if let Ok(Some(oauth)) = TokenClient::read(&remote.access, script.seed)
        && oauth.is_federated()
    {
        terminal::print_lines(&[Line::of(Tone::Faint, oauth.trusted())]);
    }
}
