//! `run --target`: plays scenarios against a SCIM server that is not ours, one after the other, and
//! deletes what they made there.

use std::sync::atomic::Ordering;
use std::time::Instant;

use super::signals::Signals;
use super::source;
use crate::app::cli::RunArgs;
use crate::app::exit::{CommandError, Exit};
use crate::app::remote::{self, Address, HttpServer, RemoteTarget, STOP};
use crate::app::terminal;
use crate::scenario::report::{self, Line, Summary, Tone};
use crate::scenario::{Override, Script};

/// Runs the scenarios against the server and prints their reports; the worst exit code wins.
pub fn run(args: &RunArgs, quiet: bool, verbose: u8) -> Result<Exit, CommandError> {
    let url = args.remote.target.as_deref().unwrap_or_default();
    let access = &args.remote.access;
    let address = Address::parse(url)?;
    address.must_be_near(access.anywhere)?;
    let headers = remote::headers(access)?;
    stop_when_told();
    let mut worst = Exit::Met;
    for typed in &args.scenarios {
        let found = source::find(typed)?;
        let Ok(script) = source::script(&found, &overrides(args, &address)) else {
            worst = worst.max(Exit::Bad);
            continue;
        };
        if !quiet {
            announce(&address, &script, args);
        }
        let server = HttpServer::new(&address, access)?;
        let mut target =
            RemoteTarget::new(server, &address.base_path, headers.clone(), args.remote.budget);
        worst = worst.max(play(script, &mut target, args, verbose));
        if STOP.load(Ordering::Relaxed) {
            return Ok(Exit::Interrupted);
        }
    }
    Ok(worst)
}

fn play(script: Script, target: &mut RemoteTarget, args: &RunArgs, verbose: u8) -> Exit {
    let began = Instant::now();
    let play = target.play(script);
    let took = began.elapsed();
    let mut lines = Vec::new();
    if verbose > 0 {
        lines.extend(report::exchanges(&play, verbose > 1));
    }
    lines.extend(report::lines(&play, Some(took), terminal::columns()));
    terminal::print_lines(&lines);
    let made = target.made().len();
    let left = if args.remote.keep { target.made().to_vec() } else { target.clean_up() };
    let mut said = format!("{} requests; {made} objects made there", target.sent());
    said += &match left.len() {
        0 => ", all deleted again".to_owned(),
        _ => format!(", still there: {}", left.join(" ")),
    };
    let tone = if left.is_empty() { Tone::Faint } else { Tone::Warn };
    terminal::print_lines(&[Line::of(tone, said)]);
    if let Some(why) = target.ended() {
        terminal::complain(&format!("the run ended before its time: {why}"));
        return Exit::NotStarted;
    }
    if Summary::of(&play).failed > 0 { Exit::Failed } else { Exit::Met }
}

/// What the command line says, and what a server that is not ours needs: its path, and a secret
/// that is replaced by the one of the command line before a request is sent.
fn overrides(args: &RunArgs, address: &Address) -> Vec<Override> {
    let path = if address.base_path.is_empty() { "/" } else { &address.base_path };
    let set = |path: &str, value: &str, typed: String| Override {
        typed: Some(typed),
        ..Override::new(path, format!("\"{value}\""))
    };
    let target = format!(" --target {}{}", address.origin, address.base_path);
    let mut all = vec![
        set("entra.tenant_url", path, target),
        set("entra.auth", "bearer", String::new()),
        set("entra.secret", "the-token-of-the-command-line", String::new()),
    ];
    if let Some(tag) = &args.remote.tag {
        all.push(set("people.domain", &format!("{tag}.example"), format!(" --tag {tag}")));
    }
    all.extend(args.changes.overrides());
    all
}

/// Says what will be written where, before the first request.
fn announce(address: &Address, script: &Script, args: &RunArgs) {
    let after = if args.remote.keep { "it stays there" } else { "it is deleted at the end" };
    let places: Vec<String> = address.places.iter().map(ToString::to_string).collect();
    terminal::print_lines(&[
        Line::of(
            Tone::Strong,
            format!("{} into {}{}", script.name, address.origin, address.base_path),
        ),
        Line::of(
            Tone::Faint,
            format!(
                "at {}; what this run makes there, {after}; [golinks] is about the mock and does not hold there",
                places.join(", ")
            ),
        ),
    ]);
}

/// Lets Ctrl-C and a termination signal end the run before its next request, so that it cleans up;
/// a second one ends the program at once.
fn stop_when_told() {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return tracing::warn!("signals cannot be caught");
    };
    let mut signals = {
        let _inside = runtime.enter();
        Signals::catch()
    };
    std::thread::spawn(move || {
        runtime.block_on(signals.next());
        STOP.store(true, Ordering::Relaxed);
        terminal::complain(
            "stopping: what was made at the server is deleted; again to leave it there",
        );
        let exit = runtime.block_on(signals.next());
        std::process::exit(exit as i32);
    });
}
