//! What is broken on purpose now: faults, quirks and the token, each with the action that mends it.

use schemars::JsonSchema;
use serde::Serialize;

use super::panels::Scene;
use super::words;
use crate::base::Node;
use crate::golinks::quirks::QuirkRow;
use crate::scenario::bugs;
use crate::world::actions::DOWN;
use crate::world::{Action, AppView, MASK};

/// One thing that is broken on purpose.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Chip {
    /// What it is, in a few words: `down`, `Removing one member empties the group`.
    pub word: String,
    /// What it does.
    pub says: String,
    /// The action that mends it, as a scenario writes it.
    pub off: String,
}

/// How many chips are shown.
const SHOWN: usize = 8;

/// The panel's view of a play.
pub fn view(scene: &Scene<'_>) -> Vec<Chip> {
    let view = scene.app();
    faults(view).chain(token(view)).chain(quirks(view)).take(SHOWN).collect()
}

fn faults<'w>(view: AppView<'w>) -> impl Iterator<Item = Chip> + 'w {
    view.faults().iter().filter(|running| running.on).map(move |running| {
        let name = &running.fault.name;
        let until = match running.until {
            _ if !running.may_strike() => " It strikes no more.".to_owned(),
            Some(until) => format!(" It ends {}.", words::ahead(view.now(), until)),
            None => String::new(),
        };
        let struck = words::counted(running.struck, "request", "requests");
        Chip {
            word: name.clone(),
            says: format!(
                "Fault: {}. It has struck {struck}.{until}",
                running.fault.to_node().to_toml()
            ),
            off: match name.as_str() {
                DOWN => "\"up\"".to_owned(),
                name => format!("{{ clear_fault = {} }}", Node::text(name).to_toml()),
            },
        }
    })
}

fn quirks<'w>(view: AppView<'w>) -> impl Iterator<Item = Chip> + 'w {
    let server = view.target().mock();
    let on = server.into_iter().flat_map(|server| server.settings().quirks.on());
    on.map(|(row, word)| Chip {
        word: title(row),
        says: format!("Quirk {}, {} = {word}: {}", row.bugs.join(", "), row.path, row.story),
        off: format!("{{ set = {{ golinks.{} = {} }} }}", row.path, toml_word(row.words[0])),
    })
}

/// The bug that a quirk brings, as `explain B27` is headed, after its number: where there is no
/// room for all of it, the number says which it is.
fn title(row: &QuirkRow) -> String {
    let bug = row.bugs.first().and_then(|bug| bugs::find(bug));
    let words = bug.map_or(row.name.to_owned(), |bug| format!("{} {}", bug.number, bug.title));
    words.replace('`', "")
}

fn token(view: AppView<'_>) -> Option<Chip> {
    let (_, why) = sent_token(view)?;
    Some(Chip {
        word: "token".to_owned(),
        says: format!("GoLinks refuses the token that Entra sends: {}.", why?),
        off: format!("{{ rotate_token = {{ value = \"{MASK}\" }} }}"),
    })
}

/// An action with the token that the job sends where [`MASK`] stands for it: the page is told to
/// bring that token back, and not told the token.
pub fn resolved(action: &Action, view: AppView<'_>) -> Action {
    let token = sent_token(view).map(|(token, _)| token);
    action.with_secrets(|text| match &token {
        Some(token) if text == MASK => token.clone(),
        _ => text.to_owned(),
    })
}

/// The bearer token that the job sends to the mock GoLinks, and why it is refused, if it is.
pub fn sent_token(view: AppView<'_>) -> Option<(String, Option<&'static str>)> {
    let (server, job) = (view.target().mock()?, view.entra().job());
    if job.uses_oauth() {
        return None;
    }
    let token = job.authorization()?.to_str().ok()?.strip_prefix("Bearer ")?.to_owned();
    let why = server.refuses_token(&token, view.now());
    Some((token, why))
}

/// A value of a quirk as TOML.
pub fn toml_word(word: &str) -> String {
    match word {
        "true" | "false" => word.to_owned(),
        number if number.parse::<u64>().is_ok() => number.to_owned(),
        word => Node::text(word).to_toml(),
    }
}
