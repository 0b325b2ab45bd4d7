//! How far a running server has come with what `ctl` has asked of it, which may take long.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::anyhow;
use bytes::Bytes;
use http::StatusCode;

use super::run_progress::MANY;
use super::signals::exit_when_told;
use crate::app::client::Ask;
use crate::app::progress::ShownProgress;
use crate::app::standing::RunStanding;
use crate::base::Time;
use crate::base::time::parse_duration;

/// What takes less time shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often it is looked how far the server has come.
const EVERY: Duration = Duration::from_millis(250);

/// How long the server may take to say how far it has come.
const ANSWERS: Duration = Duration::from_secs(10);

/// What is said when a signal ends the command.
const LEFT: &str = "the server goes on with it; `scimulator ctl pause` stops the clock";

/// Sends a command and shows how far the server has come until it answers. `to` is the moment of a
/// jump. A signal ends the wait, and the server goes on.
///
/// # Errors
/// When the server cannot be reached.
pub fn send(ask: Ask<'_>, to: Option<&str>, quiet: bool) -> anyhow::Result<(StatusCode, Bytes)> {
    exit_when_told(LEFT);
    let url = ask.url;
    std::thread::scope(|scope| {
        let (sender, answers) = channel();
        scope.spawn(move || sender.send(ask.send()));
        let mut shown = Shown { to, now: None };
        let mut patience = PATIENCE;
        let answer = loop {
            match answers.recv_timeout(patience) {
                Ok(answer) => break answer,
                Err(RecvTimeoutError::Timeout) if quiet => {}
                Err(RecvTimeoutError::Timeout) => shown.look(url),
                Err(RecvTimeoutError::Disconnected) => break Err(anyhow!("no answer came")),
            }
            patience = EVERY;
        };
        shown.finish();
        answer
    })
}

/// What is shown now.
struct Shown<'a> {
    to: Option<&'a str>,
    now: Option<(Counted, ShownProgress)>,
}

/// What is counted, and its plural.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Counted {
    /// The users and groups of this cycle.
    Cycle(u64),
    /// The hours up to the moment of a jump.
    Hours,
}

impl Shown<'_> {
    fn look(&mut self, url: &str) {
        // A server of before has no such reading; then nothing is shown.
        let Ok((status, body)) = Ask::get(url, "/api/v1/progress", ANSWERS).send() else { return };
        let Some(standing) = serde_json::from_slice(&body).ok().filter(|_| status.is_success())
        else {
            return;
        };
        let Some((counted, done, whole)) = far(&standing, self.to) else { return };
        if self.now.as_ref().is_none_or(|(before, _)| *before != counted) {
            self.finish();
            let unit = match counted {
                Counted::Cycle(_) => "users and groups",
                Counted::Hours => "hours of virtual time",
            };
            self.now = Some((counted, ShownProgress::new(whole, unit, false)));
        }
        if let Some((_, progress)) = &mut self.now {
            if let Counted::Cycle(number) = counted {
                progress.say(format!(" in cycle {number}"));
            }
            progress.set(done);
        }
    }

    fn finish(&mut self) {
        if let Some((_, progress)) = self.now.take() {
            progress.finish();
        }
    }
}

/// What is shown of a server, how much of it is done, and of how much.
fn far(standing: &RunStanding, to: Option<&str>) -> Option<(Counted, u64, u64)> {
    if let Some(cycle) = standing.cycle.filter(|cycle| cycle.whole >= MANY) {
        return Some((Counted::Cycle(cycle.number), cycle.done, cycle.whole));
    }
    let (to, start) = (to?, Time::parse(&standing.start)?);
    let to = Time::parse(to).or_else(|| Some(start + parse_duration(to).ok()?))?;
    let hours = |span: Duration| span.as_secs() / 3600;
    let now = Time::parse(&standing.now)?;
    Some((Counted::Hours, hours(now.since(start)), hours(to.since(start)).max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::standing::CycleStanding;

    #[test]
    fn a_long_cycle_is_shown_by_its_users_and_a_jump_by_its_hours() {
        let standing = |whole| RunStanding {
            begun: true,
            start: "2026-03-02T08:00:00Z".into(),
            now: "2026-03-04T08:30:00Z".into(),
            ends: "2026-03-30T08:00:00Z".into(),
            cycle: Some(CycleStanding { number: 3, done: 500, whole }),
        };
        let long = far(&standing(2_000), Some("10d"));
        assert_eq!(long, Some((Counted::Cycle(3), 500, 2_000)));
        for to in ["10d", "2026-03-12T08:00:00Z"] {
            assert_eq!(far(&standing(20), Some(to)), Some((Counted::Hours, 48, 240)), "{to}");
        }
        assert_eq!(far(&standing(20), None), None);
    }
}
