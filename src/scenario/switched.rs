//! What a script switches on from the beginning: quirks, faults, policies with another value, and
//! what brings about the bugs that the command line names.

use super::Script;
use crate::golinks;

/// Something that is switched on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Switched {
    /// As a scenario writes it: `golinks.quirks.hide_unmanaged = true`.
    pub what: String,
    /// What it does, in a sentence; empty when its name says it.
    pub says: String,
    /// The bugs that it plays.
    pub bugs: Vec<&'static str>,
}

/// Everything that the script switches on, in the order of servers, way, and engine.
pub fn switched_on(script: &Script) -> Vec<Switched> {
    let setup = &script.setup;
    let quirks = setup.all_workspaces().enumerate().flat_map(|(nth, (name, settings))| {
        let whose = if nth == 0 { "golinks".to_owned() } else { format!("workspace.{name}") };
        let chosen = chosen(settings, &whose);
        chosen.into_iter().chain(settings.quirks.on().map(move |(row, word)| Switched {
            what: format!("{whose}.{} = {word}", row.path),
            says: row.story.to_owned(),
            bugs: row.bugs.to_vec(),
        }))
    });
    let faults = setup.faults.iter().map(|fault| Switched {
        what: format!("fault.{}", fault.name),
        says: format!("On the way: {}.", fault.to_node().to_toml()),
        bugs: Vec::new(),
    });
    let policies = setup.entra.policy.overridden().into_iter().map(|row| Switched {
        what: format!("entra.policy.{}", row.text()),
        says: format!("By default it is {}.", row.default),
        bugs: Vec::new(),
    });
    let mut all: Vec<Switched> = quirks.chain(faults).chain(policies).collect();
    // What a bug sets beside them, such as a limit of the server.
    const TOLD: [&str; 3] = ["golinks.quirks.", "fault.", "entra.policy."];
    for over in script.source.overrides.iter().filter(|over| over.bug.is_some()) {
        let what = format!("{} = {}", over.path, over.value);
        match all.iter_mut().find(|it| it.what == what) {
            Some(it) => {
                let new = over.bug.filter(|bug| !it.bugs.contains(bug));
                it.bugs.extend(new);
            }
            None if TOLD.iter().any(|told| over.path.starts_with(told)) => {}
            None => all.push(Switched {
                what,
                says: String::new(),
                bugs: over.bug.into_iter().collect(),
            }),
        }
    }
    all
}

/// What a server is set to beside its quirks: its profile, and the keys that do not say what they
/// do by default. Their values stay in the file, for some are secrets.
fn chosen(settings: &golinks::Settings, whose: &str) -> Vec<Switched> {
    let rows = golinks::Settings::rows();
    let keys = settings.chosen().into_iter().filter(|key| *key != "quirks");
    let told = |key: &str| {
        let row = rows.iter().find(|row| row.name == key);
        let default = row.map(|row| row.default).filter(|default| !default.is_empty());
        let (value, says) = match (key, default) {
            ("profile", _) => (
                " = \"generic\"".to_owned(),
                "The server takes all attributes of RFC 7643, and groups.".to_owned(),
            ),
            (_, Some(default)) => {
                (String::new(), format!("It is set; by default it is {default}."))
            }
            (_, None) => (String::new(), "It is set.".to_owned()),
        };
        Switched { what: format!("{whose}.{key}{value}"), says, bugs: Vec::new() }
    };
    keys.map(told).collect()
}

/// The bugs that the command line brings about, each once.
pub fn bugs_brought_about(script: &Script) -> Vec<&'static str> {
    let mut bugs: Vec<&str> = script.source.overrides.iter().filter_map(|it| it.bug).collect();
    bugs.dedup();
    bugs
}
