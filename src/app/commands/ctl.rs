//! `ctl`: calls the control API of a running server from a shell.

use std::path::Path;
use std::time::Duration;

use http::{Method, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::asked::{AppFlag, RequestFlags, RowFlags};
use super::ctl_args::{Ctl, CtlArgs};
use super::{ctl_applications, ctl_progress};
use crate::app::client::Ask;
use crate::app::exit::{CommandError, Exit};
use crate::app::run_record::cannot_write;
use crate::app::standing::RunStanding;
use crate::app::terminal;
use crate::base::Time;
use crate::world::actions::form_of_words;

/// How long a step or a jump may take: a cycle of a million people over sockets is slow.
const PATIENCE: Duration = Duration::from_secs(3600);

const JSON: &str = "application/json";
const TOML: &str = "application/toml";

/// What to do where no server answers.
pub const START_ONE: &str =
    "is a server running? `scimulator serve` starts one; `--url` says where it is";

/// Sends a command to a running server, and prints its clock afterwards; or prints what is asked
/// for.
pub fn run(args: &CtlArgs, quiet: bool) -> Result<Exit, CommandError> {
    let url = &args.remote.url;
    let (path, kind, body) = match request(&args.what)? {
        Sent::Command(path, kind, body) => (path, kind, body),
        Sent::State => return show(url, "/api/v1/state"),
        Sent::Report(file) => return save(url, "/api/v1/report", file),
        Sent::Reading { path, what, of } => {
            show(url, &path)?;
            if let Some(said) = ctl_applications::note(url, what, of) {
                terminal::note(&said);
            }
            return Ok(Exit::Met);
        }
    };
    let ask = Ask { url, method: Method::POST, path, kind, body, patience: PATIENCE };
    let to = if let Ctl::Jump { to } = &args.what { Some(to.as_str()) } else { None };
    let (status, answer) = ctl_progress::send(ask, to, quiet).map_err(unreachable)?;
    let answer: Value = serde_json::from_slice(&answer).unwrap_or_default();
    if !status.is_success() {
        return Err(refusal(&answer, status));
    }
    let clock = if answer["paused"] == true { "paused" } else { "running" };
    let text = |key: &str| answer[key].as_str().unwrap_or_default();
    terminal::print(&format!("{} {clock} at {}\n", text("now"), text("speed")));
    for result in ["test", "on_demand", "sign_in", "lost"] {
        if let Some(says) = answer[result]["says"].as_str() {
            terminal::print(&format!("{says}\n"));
        }
    }
    if matches!(args.what, Ctl::Jump { .. } | Ctl::Cycle | Ctl::Moment)
        && let Ok((_, body)) = Ask::get(url, "/api/v1/progress", PATIENCE).send()
        && let Ok(standing) = serde_json::from_slice(&body)
        && let Some(said) = at_the_end(&args.what, &standing)
    {
        terminal::note(&said);
    }
    Ok(Exit::Met)
}

/// What is sent to the server.
enum Sent<'a> {
    /// A command: its path, the type of its body, and the body.
    Command(&'static str, &'static str, String),
    /// What the page shows.
    State,
    /// The report, saved in this file.
    Report(&'a Path),
    /// What is read of one application: the path, what it is in words, and of which.
    Reading { path: String, what: &'static str, of: &'a AppFlag },
}

fn request(what: &Ctl) -> Result<Sent<'_>, CommandError> {
    let bare = |path| Sent::Command(path, JSON, String::new());
    let told = |path, body: Value| Sent::Command(path, JSON, body.to_string());
    Ok(match what {
        Ctl::Pause => bare("/api/v1/pause"),
        Ctl::Resume => bare("/api/v1/resume"),
        Ctl::Step => bare("/api/v1/step"),
        Ctl::Cycle => bare("/api/v1/cycle"),
        Ctl::Moment => bare("/api/v1/moment"),
        Ctl::Unbranch => bare("/api/v1/unbranch"),
        Ctl::Rerun => bare("/api/v1/rerun"),
        Ctl::Jump { to } => told("/api/v1/jump", json!({ "to": to })),
        Ctl::Branch { from } => told("/api/v1/branch", json!({ "from": from })),
        Ctl::Captions { mode } => told("/api/v1/captions", json!({ "captions": mode.word() })),
        Ctl::Speed { speed } => told("/api/v1/speed", json!({ "speed": speed.to_string() })),
        Ctl::Action { toml } => Sent::Command("/api/v1/action", TOML, action(toml)?),
        Ctl::Fault { toml } => Sent::Command("/api/v1/action", TOML, fault(toml)),
        Ctl::State => Sent::State,
        Ctl::Report { file } => Sent::Report(file),
        Ctl::Job(of) => reading("/api/v1/job", "the job", of, &[]),
        Ctl::Audit(of) => reading("/api/v1/audit", "the audit log", of, &[]),
        Ctl::Mails(of) => reading("/api/v1/mails", "the mails", of, &[]),
        Ctl::Log { which: RowFlags { user, status, action }, of } => {
            let asked = [("user", user), ("status", status), ("action", action)];
            reading("/api/v1/log", "the provisioning log", of, &asked)
        }
        Ctl::Requests { which: RequestFlags { user, status, method, path }, of } => {
            let status = &status.map(|status| status.to_string());
            let asked = [("user", user), ("status", status), ("method", method), ("path", path)];
            reading("/api/v1/requests", "the requests", of, &asked)
        }
    })
}

/// A reading with what was asked for.
fn reading<'a>(
    route: &str,
    what: &'static str,
    of: &'a AppFlag,
    asked: &[(&str, &Option<String>)],
) -> Sent<'a> {
    let app = [("app", &of.app)];
    let asked = asked.iter().chain(&app);
    let pairs = asked.filter_map(|(key, value)| Some((key, value.as_deref()?)));
    let pairs: Vec<String> = pairs
        .map(|(key, value)| format!("{key}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
        .collect();
    Sent::Reading { path: format!("{route}?{}", pairs.join("&")), what, of }
}

/// What is said when a command has come to the end of the story.
fn at_the_end(what: &Ctl, standing: &RunStanding) -> Option<String> {
    let (now, ends) = (Time::parse(&standing.now)?, Time::parse(&standing.ends)?);
    if now < ends {
        return None;
    }
    let why = match what {
        Ctl::Cycle if !standing.begun => {
            "a job that was never started has no cycle: `scimulator ctl rerun`, then `scimulator \
             ctl action start`"
        }
        Ctl::Cycle => {
            "no cycle comes before that; `scimulator ctl rerun` starts it anew, and the story's own end is `ends` in \
             its file"
        }
        _ => "nothing comes later; `scimulator ctl rerun` starts it anew",
    };
    Some(format!("the story ends at {}; {why}", standing.ends))
}

/// Prints what the server tells under a path, as JSON.
fn show(url: &str, path: &str) -> Result<Exit, CommandError> {
    let (status, answer) = Ask::get(url, path, PATIENCE).send().map_err(unreachable)?;
    let value: Value = serde_json::from_slice(&answer).unwrap_or_default();
    if !status.is_success() {
        return Err(refusal(&value, status));
    }
    terminal::print(&format!("{value:#}\n"));
    Ok(Exit::Met)
}

/// Saves what the server answers under a path.
fn save(url: &str, path: &str, file: &Path) -> Result<Exit, CommandError> {
    let (status, answer) = Ask::get(url, path, PATIENCE).send().map_err(unreachable)?;
    if !status.is_success() {
        return Err(refusal(&serde_json::from_slice(&answer).unwrap_or_default(), status));
    }
    std::fs::write(file, &answer).map_err(|error| cannot_write(file, &error))?;
    terminal::note(&format!("written: {}", file.display()));
    Ok(Exit::Met)
}

/// What the server says about a request that it refused.
fn refusal(answer: &Value, status: StatusCode) -> CommandError {
    let text = |key: &str| answer["error"][key].as_str().unwrap_or_default().to_owned();
    let message = match text("message") {
        none if none.is_empty() => format!("the server answers {status}"),
        message => message,
    };
    CommandError::bad(message).help(text("help"))
}

/// The action to send. It is one argument, quoted for the shell; the error for several words
/// shows the right form.
fn action(words: &[String]) -> Result<String, CommandError> {
    match words {
        [toml] => Ok(toml.clone()),
        _ => {
            let words = words.join(" ");
            let form = form_of_words(&words).unwrap_or_else(|| "disable = \"ann\"".to_owned());
            Err(CommandError::bad(format!("`{words}` is no action"))
                .help(format!("write scimulator ctl action '{form}'")))
        }
    }
}

/// The action that adds a fault, given as an inline table or as the keys of a `[[fault]]`.
fn fault(toml: &str) -> String {
    let toml = toml.trim();
    if toml.starts_with('{') { format!("fault = {toml}") } else { format!("[fault]\n{toml}\n") }
}

fn unreachable(error: anyhow::Error) -> CommandError {
    CommandError::not_started(format!("{error:#}")).help(START_ONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_came_to_the_end_of_the_story_says_so_and_what_to_do() {
        let at = |now: &str, begun: bool| RunStanding {
            begun,
            start: "2026-03-02T08:00:00Z".into(),
            now: now.into(),
            ends: "2026-03-09T08:00:00Z".into(),
            cycle: None,
        };
        let standing = |now: &str| at(now, true);
        let jump = Ctl::Jump { to: "9d".to_owned() };
        let ended = standing("2026-03-09T08:00:00Z");
        let said = at_the_end(&jump, &ended).expect("the end is reached");
        assert!(
            said.starts_with("the story ends at 2026-03-09T08:00:00Z; nothing comes"),
            "{said}"
        );
        let said = at_the_end(&Ctl::Cycle, &ended).expect("the end is reached");
        assert!(
            !said.contains("never started") && said.contains("no cycle comes before"),
            "{said}"
        );
        let ended = at("2026-03-09T08:00:00Z", false);
        let said = at_the_end(&Ctl::Cycle, &ended).expect("the end is reached");
        assert!(said.contains("never started") && said.contains("ctl action start"), "{said}");
        assert_eq!(at_the_end(&jump, &standing("2026-03-04T08:00:00Z")), None);
    }
}
