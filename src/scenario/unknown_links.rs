//! Warnings of go links that no workspace has and no action makes: only people at GoLinks' own
//! pages could make them.

use std::collections::BTreeSet;

use crate::base::{Problems, Span};
use crate::entra::AppId;
use crate::world::actions::Name;
use crate::world::{Action, WorkspaceId};

use super::Script;
use super::expect::{Observable, ObservedValue, ProductPart};
use super::script::ScriptedAction;

/// How many links a message names.
const SHOWN: usize = 5;

/// Adds a warning for each link that an action or an expectation names and its workspace lacks.
pub fn warn(script: &Script, problems: &mut Problems) {
    let mut told: BTreeSet<(WorkspaceId, String)> = BTreeSet::new();
    let made = made_in_the_story(script);
    let mut tell = |name: &str, app: Option<AppId>, span: Span, follows: bool| {
        let workspace = script.setup.workspace_of(app.unwrap_or(AppId::MAIN));
        let links = &script.setup.settings_of(workspace).links.0;
        // What stands behind a slash goes into the URL of a variable link.
        let folded = name.split('/').next().unwrap_or(name).to_lowercase();
        let known = links.iter().any(|link| *link.name == *folded);
        if known || made.contains(&(workspace, folded.clone())) || !told.insert((workspace, folded))
        {
            return;
        }
        let label = match follows {
            true => "it leads nowhere unless it is made at GoLinks' pages by then",
            false => "there is nothing to expect of it unless it is made at GoLinks' pages",
        };
        let help = match links.is_empty() {
            true => format!("[golinks.links] {name} = \"https://…\" makes one"),
            false => {
                let some = links.iter().take(SHOWN).map(|link| format!("go/{}", link.name));
                let more = if links.len() > SHOWN { " and others" } else { "" };
                format!("it has {}{more}", some.collect::<Vec<_>>().join(", "))
            }
        };
        problems.warning(span, format!("GoLinks has no link `{name}`")).label(label).help(help);
    };
    for ScriptedAction { action, span, .. } in script.steps.iter().flat_map(|it| &it.actions) {
        for name in action.names() {
            if let Name::Link(name) = name {
                tell(name, app_of(script, action), *span, true);
            }
        }
    }
    for expectation in script.expectations().filter(|it| !it.test.met(&ObservedValue::Absent)) {
        if let Observable::Product { name, part: ProductPart::Link(_) } = &expectation.observed {
            tell(name, expectation.app, script.source.line_span(expectation.line), false);
        }
    }
}

/// The links that actions of the story make, or give a new name.
fn made_in_the_story(script: &Script) -> BTreeSet<(WorkspaceId, String)> {
    let actions = script.steps.iter().flat_map(|it| &it.actions);
    let made = actions.flat_map(|it| {
        let app = app_of(script, &it.action).unwrap_or(AppId::MAIN);
        let workspace = script.setup.workspace_of(app);
        it.action.names().into_iter().filter_map(move |name| match name {
            Name::NewLink(name) => Some((workspace, name.to_owned())),
            _ => None,
        })
    });
    made.collect()
}

/// The application for which an action is meant.
fn app_of(script: &Script, action: &Action) -> Option<AppId> {
    let at = script.setup.apps.iter().position(|app| Some(app.name.as_str()) == action.app())?;
    Some(AppId(u16::try_from(at + 1).unwrap_or(u16::MAX)))
}
