//! The rule of transit: a run over sockets has the journal of the pure driver's, to the byte.

use scimulator::app::live::Speed;
use scimulator::app::server_setup::{Told, play_over_http};
use scimulator::scenario::play::Outcome;
use scimulator::scenario::{Diagnostics, Play, Script, library, load, messages};

#[cfg(unix)]
use super::program::{run, serve};

fn check(script: &Script) {
    let mut pure = Play::new(script.clone());
    pure.run_to_end();
    let live = play_over_http(Play::new(script.clone()), Speed::Max, Told::default())
        .expect("a free port");
    let (pure, live) = (pure.verdict(), live.verdict());
    assert!(pure.digest.is_some(), "{}: nobody outside touched it", script.name);
    assert_eq!(pure.checks, live.checks, "{}", script.name);
    assert_eq!(pure.digest, live.digest, "{}", script.name);
}

fn good(name: &str, read: Result<Script, Diagnostics>) -> Script {
    read.unwrap_or_else(|problems| panic!("{name}: {}", messages::render(&problems)))
}

fn read(name: &str, text: &str) -> Script {
    good(name, load(name, text, &[]))
}

#[test]
fn every_scenario_has_one_journal_whatever_carries_it() {
    let scripts: Vec<Script> =
        library::list().iter().map(|entry| good(&entry.name, entry.load(&[]))).collect();
    assert!(!scripts.is_empty());
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(script) =
                    scripts.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
                {
                    check(script);
                }
            });
        }
    });
}

#[test]
fn every_fault_strikes_alike_by_either_driver() {
    let effects = [
        "delay = \"8s\"",
        "delay = \"130s\"",
        "stall = true",
        "respond = { status = 503, headers = { Retry-After = \"120\" }, body = \"down\" }",
        "respond = { status = 204 }",
        "respond = { status = 429, headers = { Retry-After = \"7\", Connection = \"close\" } }",
        "refuse = true",
        "reset = \"before\"",
        "reset = \"after\"",
        "garble = \"html\"",
        "garble = \"truncate\"",
        "garble = \"empty\"",
        "garble = \"type\"",
    ];
    for effect in effects {
        for method in ["GET", "POST"] {
            let fault = format!(
                "[[fault]]\n{effect}\nprobability = 0.5\nwhen = {{ method = \"{method}\" }}\n"
            );
            let story = super::STORY.replace("\"3d\"", "\"1d\"");
            check(&read(effect, &format!("{story}\n{fault}")));
        }
    }
}

#[test]
fn several_calls_in_flight_keep_their_order() {
    for calls in [1, 3, 16] {
        let text = format!(
            "{}\n[[fault]]\ndelay = {{ uniform = [\"1s\", \"150s\"] }}\nprobability = 0.6\n",
            super::STORY.replace("[entra]", &format!("[entra]\npolicy.concurrency = {calls}")),
        );
        check(&read("in flight", &text));
    }
}

/// Where the clock jumps, requests reach their door without a socket; between the jumps they have
/// one. Answers that are late are awaited across both.
#[test]
#[cfg(unix)]
fn a_served_run_that_jumps_has_the_journal_of_a_run() {
    let fault = "[[fault]]\ndelay = { uniform = [\"1s\", \"150s\"] }\nprobability = 0.6\n";
    let text = format!("{}\n{fault}", super::STORY);
    let server = serve(&text, &["--paused"]);
    for (word, body) in [
        ("step", ""),
        ("jump", r#"{"to":"2s"}"#),
        ("step", ""),
        ("step", ""),
        ("jump", r#"{"to":"1m"}"#),
        ("step", ""),
        ("cycle", ""),
        ("step", ""),
        ("moment", ""),
        ("jump", r#"{"to":"3d"}"#),
    ] {
        server.command(word, body);
    }
    let path = server.file();
    let alone = run(&["run", "story.toml"], path.parent().expect("a folder"));
    let (_, served) = server.stop();
    let digest = |said: &str| {
        let (_, rest) = said.split_once("digest ").unwrap_or_else(|| panic!("{said}"));
        rest.split_whitespace().next().map(str::to_owned)
    };
    assert_eq!(digest(&served), digest(&String::from_utf8_lossy(&alone.stdout)), "{served}");
}

/// A clock of real time would never come to the end of the story.
#[test]
fn a_run_over_sockets_that_is_told_to_stop_ends_at_the_next_instant() {
    let script = read("story", super::STORY);
    let told = Told { stops: Box::new(|| Some("stopped by a test")), ..Told::default() };
    let play = play_over_http(Play::new(script), Speed::Times(1.0), told).expect("a free port");
    let verdict = play.verdict();
    assert!(play.ended() && verdict.left_out > 0, "what comes later is left out");
    assert_ne!(verdict.outcome(), Outcome::Green);
}
