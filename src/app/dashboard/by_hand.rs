//! The panel of everything that was done by hand: each action with its instant, and the scenario
//! that does the same without a hand.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::expectations::file_name;
use super::panels::Scene;
use super::words;
use crate::base::Time;
use crate::base::time::write_duration;
use crate::entra::job::audit::ActingClient;
use crate::scenario::{Play, Script, report, tagged_by_hand};
use crate::world::{Action, ActionError, secrets_of};

/// An action that was done by hand.
#[derive(Clone, PartialEq, Debug)]
pub struct Done {
    /// When.
    pub at: Time,
    /// How many steps of the script had been played by then.
    pub steps: usize,
    /// What.
    pub action: Action,
    /// Whether its secrets are shown nowhere, not even in the file that repeats it: a client has
    /// sent them.
    pub hidden: bool,
    /// The client of Graph that did it.
    pub by: Option<Arc<ActingClient>>,
    /// Whether it was done at a page of GoLinks.
    pub at_page: bool,
}

impl Done {
    /// Carries it out.
    ///
    /// # Errors
    /// The reason why it is refused.
    pub fn carry_out(&self, play: &mut Play) -> Result<(), ActionError> {
        match self.hidden {
            true => play.act_hidden(self.action.clone(), self.by.as_ref()),
            // What is kept, and becomes a file, has no word in its names: the command that plays
            // the file puts it there.
            false => play.act(tagged_by_hand(&self.action, play.script())),
        }
    }
}

impl Done {
    /// Where it was done, unless it was at the dashboard or by the control API.
    fn place(&self) -> String {
        match &self.by {
            Some(client) => format!("by the Graph client {}", client.name),
            None if self.at_page => "on GoLinks’ page".to_owned(),
            None => String::new(),
        }
    }
}

/// Whether an action says a secret that a client sent in one of these.
pub fn came_from_client(action: &Action, done: &[Done]) -> bool {
    let mut own = Vec::new();
    secrets_of(action, &mut own);
    let mut sent = Vec::new();
    done.iter().filter(|done| done.hidden).for_each(|done| secrets_of(&done.action, &mut sent));
    own.iter().any(|secret| sent.contains(secret))
}

/// Everything that was done by hand.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct ByHand {
    /// The heading: `3 actions`.
    pub says: String,
    /// What a replay of the file does not bring back, if anything.
    pub note: Option<String>,
    /// The actions, oldest first.
    pub rows: Vec<DoneRow>,
    /// The scenario file with these actions as moments; absent when nothing was done.
    pub file: Option<String>,
    /// The name to save it under.
    pub name: String,
    /// The command that runs it.
    pub command: String,
}

/// One action by hand.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct DoneRow {
    /// When: `day 3 07:12`.
    pub at: String,
    /// The same for the address of the page: `2026-03-05T07:12:00Z`.
    pub instant: String,
    /// Its verb: `disable`.
    pub verb: String,
    /// The action as a scenario writes it: `{ disable = "ann" }`.
    pub action: String,
    /// Where it was done, unless it was here: `on GoLinks’ page`, `by the Graph client Tooling`.
    pub place: String,
    /// Whether it is still to be repeated, because the run was played again from its start.
    pub ahead: bool,
}

/// The panel's view of a play.
pub fn view(scene: &Scene<'_>) -> ByHand {
    let (script, actions) = (scene.play.script(), scene.live.by_hand);
    let now = scene.app().now();
    let row = |done: &Done| DoneRow {
        at: words::moment(script.start, done.at),
        instant: done.at.to_string(),
        verb: done.action.verb().to_owned(),
        action: done.action.without_secrets().to_toml(),
        place: done.place(),
        ahead: done.at > now,
    };
    let (name, command) = saved_as(script);
    ByHand {
        says: words::counted(actions.len() as u64, "action", "actions"),
        note: note(scene.live.outside, actions)
            .map(|said| scene.app().target().called().says(&said)),
        rows: actions.iter().map(row).collect(),
        file: (!actions.is_empty()).then(|| scene.stand_in(&file(script, actions))),
        command,
        name,
    }
}

/// What is said of secrets that clients sent, behind what repeats the actions.
pub(super) const SECRETS_LACK: &str = ", which lack the secrets that clients sent";

/// Whether the file lacks a secret, because a client has sent it.
pub(super) fn lack_secrets(actions: &[Done]) -> bool {
    actions.iter().any(|done| done.hidden && done.action.without_secrets() != done.action)
}

/// What stands before a moment whose secret is shown nowhere.
const STANDS_IN: &str = "# Another text stands for the secret, alike for the same.\n";

/// What a replay of the file does not bring back.
fn note(outside: bool, actions: &[Done]) -> Option<String> {
    let outside = outside
        .then_some("Clients from outside sent requests to GoLinks too, which no file repeats.");
    let secrets = lack_secrets(actions)
        .then_some("The file lacks the secrets that clients sent: *** stands in place of each.");
    let own = |done: &Done| !done.hidden && done.action.without_secrets() != done.action;
    let stand_in = actions.iter().any(own).then_some(
        "Secrets stand as secret-1, secret-2 and so on, alike for the same, so that the file plays.",
    );
    let said: Vec<&str> = outside.into_iter().chain(secrets).chain(stand_in).collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// The name under which the file of what was done by hand is saved, and the command that runs it.
fn saved_as(script: &Script) -> (String, String) {
    let stem = file_name(&script.source.name).trim_end_matches(".toml");
    let name = format!("{stem}-by-hand.toml");
    let command = report::replay(script).replacen(&script.source.name, &name, 1);
    (name, command)
}

/// The scenario with these actions as moments: its name, its text, and the command that runs it;
/// `None` when nothing was done by hand.
pub fn saved_by_hand(script: &Script, actions: &[Done]) -> Option<(String, String, String)> {
    let (name, command) = saved_as(script);
    (!actions.is_empty()).then(|| (name, file(script, actions), command))
}

/// Actions as `[[at]]` moments of a scenario file.
pub fn moments(start: Time, actions: &[Done]) -> String {
    actions.iter().map(|done| moment(start, done)).collect::<Vec<_>>().join("\n")
}

fn moment(start: Time, done: &Done) -> String {
    let time = write_duration(done.at.since(start));
    let written = match done.hidden {
        true => done.action.without_secrets(),
        false => done.action.clone(),
    };
    let has_secret = done.action.without_secrets() != done.action;
    // What a client sent is known to the client alone: the file asks for it.
    let lacks = match (has_secret, done.hidden) {
        (false, _) => "",
        (true, true) => {
            "# A client sent the secret, which is not kept: write it in place of ***.\n"
        }
        (true, false) => STANDS_IN,
    };
    format!("[[at]]\ntime = \"{time}\"\n{lacks}do = {}\n", written.to_toml())
}

/// The file of a script with these actions as moments, each before the first moment of the file
/// that had not come when it was done.
fn file(script: &Script, actions: &[Done]) -> String {
    let text = &script.source.text;
    let mut out = String::with_capacity(text.len() + 64 * actions.len());
    let mut rest = actions.iter().peekable();
    for (nth, line) in text.lines().enumerate() {
        let here =
            |done: &&Done| script.steps.get(done.steps).is_some_and(|next| next.line == nth + 1);
        while let Some(done) = rest.next_if(here) {
            out += &format!("# by hand\n{}\n", moment(script.start, done));
        }
        out += line;
        out.push('\n');
    }
    for done in rest {
        out += &format!("\n# by hand\n{}", moment(script.start, done));
    }
    out
}
