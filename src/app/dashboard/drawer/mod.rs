//! The drawer: everything about one user, account, group or request, in sections of sentences and
//! tables.
//!
//! The page asks with `about`: a kind and a name, such as `user ann`. What is named in the drawer
//! and has a drawer of its own carries the words to ask for that one.

mod account;
mod exchanges;
mod group;
pub mod parts;
mod person;
mod request;
mod row;
mod settings;
mod stored;

use schemars::JsonSchema;
use serde::Serialize;

use super::panels::Scene;
use parts::Section;
pub use settings::words as setting_words;

/// Everything about one thing.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawer {
    /// What the page asked for.
    pub about: String,
    /// What it is: `user`, `account`, `group`, `request`, `settings` or a row of the log.
    pub kind: &'static str,
    /// The title.
    pub title: String,
    /// A second line: the userPrincipalName of a user, for example.
    pub detail: String,
    /// The name in actions, for what can be changed.
    pub handle: String,
    /// The verbs of the actions to offer; their argument is the handle.
    pub can: Vec<&'static str>,
    /// Whether its sections are tabs, of which one is shown at a time.
    pub tabs: bool,
    /// The sections, the most telling first.
    pub sections: Vec<Section>,
}

/// The panel's view of a play.
pub fn view(scene: &Scene<'_>) -> Drawer {
    let about = scene.query.about.as_str();
    let (kind, name) = about.split_once(' ').unwrap_or((about, ""));
    let found = match kind {
        "user" => person::of(scene, name),
        "account" => account::of(scene, name),
        "group" => group::of(scene, name),
        "request" => request::of(scene, name),
        "row" => row::of(scene, name),
        "settings" => Some(settings::of(scene)),
        _ => None,
    };
    let drawer = found.unwrap_or_else(|| nothing(kind, name));
    Drawer { about: about.to_owned(), ..drawer }
}

/// What the drawer says when there is no such thing, as after a jump back.
fn nothing(kind: &str, name: &str) -> Drawer {
    let why = match kind {
        "user" => "Nobody in the directory has this name at this moment of the run.",
        "account" => "There is no such account at this moment of the run.",
        "group" => "There is no such group at this moment of the run.",
        "request" => "There is no such request at this moment of the run, or it is no longer kept.",
        "row" => {
            "The provisioning log has no such row at this moment of the run, or keeps it no more."
        }
        _ => "The page can tell about a user, an account, a group, a request or a row of the log.",
    };
    Drawer { title: name.to_owned(), sections: vec![Section::of("", why)], ..Drawer::default() }
}
