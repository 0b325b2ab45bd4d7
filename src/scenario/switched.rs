//! What a script switches on from the beginning: quirks, faults, policies with another value, and
//! what brings about the bugs that the command line names.

use super::Script;

/// Something that is switched on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Switched {
    /// As a scenario writes it: `golinks.quirks.hide_unmanaged = true`.
    pub what: String,
    /// What it does, in a sentence; empty when its name says it.
    pub says: String,
}

/// Everything that the script switches on, in the order of servers, way, and engine.
pub fn switched_on(script: &Script) -> Vec<Switched> {
    let setup = &script.setup;
    let quirks = setup.all_workspaces().enumerate().flat_map(|(nth, (name, settings))| {
        let whose = if nth == 0 { "golinks".to_owned() } else { format!("workspace.{name}") };
        settings.quirks.on().map(move |(row, word)| Switched {
            what: format!("{whose}.{} = {word}", row.path),
            says: row.story.to_owned(),
        })
    });
    let faults = setup.faults.iter().map(|fault| Switched {
        what: format!("fault.{}", fault.name),
        says: format!("On the way: {}.", fault.to_node().to_toml()),
    });
    let policies = setup.entra.policy.overridden().into_iter().map(|row| Switched {
        what: format!("entra.policy.{}", row.text()),
        says: format!("By default it is {}.", row.default),
    });
    let mut all: Vec<Switched> = quirks.chain(faults).chain(policies).collect();
    // What a bug sets beside them, such as a limit of the server.
    const TOLD: [&str; 3] = ["golinks.quirks.", "fault.", "entra.policy."];
    for over in script.source.overrides.iter().filter(|over| over.bug.is_some()) {
        if !TOLD.iter().any(|told| over.path.starts_with(told)) {
            let what = format!("{} = {}", over.path, over.value);
            all.push(Switched { what, says: String::new() });
        }
    }
    all
}

/// The bugs that the command line brings about, each once.
pub fn bugs_brought_about(script: &Script) -> Vec<&'static str> {
    let mut bugs: Vec<&str> = script.source.overrides.iter().filter_map(|it| it.bug).collect();
    bugs.dedup();
    bugs
}
