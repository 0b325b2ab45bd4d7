//! Warnings of Graph paths that have a name of the scenario where Graph wants an id.

use std::collections::BTreeSet;

use crate::base::Problems;
use crate::world::Action;
use crate::world::actions::Name;

use super::Script;

/// The collections of Graph in which a path names one object.
const COLLECTIONS: [&str; 8] = [
    "users",
    "groups",
    "members",
    "owners",
    "applications",
    "servicePrincipals",
    "directoryObjects",
    "deletedItems",
];

/// Adds a warning for each name of a user or a group that stands in a path without braces: Graph
/// finds no object by it.
pub fn warn(script: &Script, problems: &mut Problems) {
    let population = &script.setup.population;
    let users = population.users.iter().map(|user| user.handle.as_str());
    let groups = population.groups.iter().map(|group| group.handle.as_str());
    let actions = || script.steps.iter().flat_map(|step| &step.actions);
    let made: Vec<String> = actions()
        .flat_map(|it| it.action.names())
        .filter_map(|name| match name {
            Name::NewUser(name) | Name::NewGroup(name) => Some(name.to_owned()),
            _ => None,
        })
        .collect();
    let known: BTreeSet<&str> =
        users.chain(groups).chain(made.iter().map(String::as_str)).collect();
    for scripted in actions() {
        let Action::GraphWrite(request) = &scripted.action else { continue };
        let segments: Vec<&str> = request.path.split('/').collect();
        let bare = segments.windows(2).find_map(|pair| match pair {
            [of, name] if COLLECTIONS.contains(of) && known.contains(name) => Some((*of, *name)),
            _ => None,
        });
        if let Some((of, name)) = bare {
            let method = request.method.as_str().to_lowercase();
            let path = request.path.replace(&format!("{of}/{name}"), &format!("{of}/{{{name}}}"));
            problems
                .warning(scripted.span, format!("Graph knows no `{name}`"))
                .label("this name is the scenario's; in a path of Graph an id stands there")
                .help(format!("in braces it stands for the id: {method} = \"{path}\""));
        }
    }
}
