//! What a story needs that only the mock GoLinks has: a quirk, a limit, an account that is edited
//! by hand. At a server that is not ours its expectations cannot be judged.

use super::Override;
use super::play::Play;
use super::script::Script;
use crate::scim::Object;
use crate::world::RecordedEvent;

/// Settings without which a story is the same: how the server is reached, and what it offers.
const HARMLESS: [&str; 9] = [
    "profile",
    "schema",
    "capabilities",
    "base_path",
    "public_url",
    "delete",
    "groups",
    "patch_reply",
    "body_limit",
];

/// What makes the mock a server with all of SCIM, for a rehearsal.
fn with_all_of_scim() -> Override {
    Override::new("golinks.profile", "\"generic\"")
}

/// What a story needs of the mock, when it is also rehearsed: a story that holds at the mock as it
/// is, and not at a mock with all of SCIM, tells of what GoLinks does not have. `read` reads it
/// with one setting more, or with none.
pub fn needs_when_rehearsed(
    script: &Script,
    read: impl Fn(Option<Override>) -> Option<Script>,
) -> Vec<String> {
    let needs = needs_of_mock(script);
    let holds = |setting| {
        read(setting).is_some_and(|script| {
            let mut play = Play::new(script);
            play.run_to_end();
            play.verdict().green()
        })
    };
    match needs.is_empty() && !holds(Some(with_all_of_scim())) && holds(None) {
        true => vec!["golinks.profile = \"golinks\"".to_owned()],
        false => needs,
    }
}

/// What a story creates at the server.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Created {
    /// Whether it is a group.
    pub is_group: bool,
    /// Its userName, or the displayName of a group.
    pub name: String,
}

/// What a story creates, in the order of a play with the mock: its accounts that are there from the
/// beginning first. `read` reads it with one setting more.
pub fn created_when_rehearsed(read: impl Fn(Override) -> Option<Script>) -> Vec<Created> {
    let Some(script) = read(with_all_of_scim()) else { return Vec::new() };
    let accounts = script.setup.accounts.iter().map(|account| &account.resource);
    let mut created: Vec<Created> =
        accounts.filter_map(|account| Created::of(false, account)).collect();
    let mut play = Play::new(script);
    play.run_to_end();
    let journal = play.world().journal();
    for record in journal.records() {
        let RecordedEvent::Request(request) = record.event else { continue };
        let is_group = request.target.ends_with("/Groups");
        if request.method == "POST" && (is_group || request.target.ends_with("/Users")) {
            let body = journal.body(record.seq).and_then(|body| Object::parse(body).ok());
            let made = body.and_then(|body| Created::of(is_group, &body));
            created.extend(made.filter(|made| !created.contains(made)));
        }
    }
    created
}

impl Created {
    fn of(is_group: bool, resource: &Object) -> Option<Created> {
        let attribute = if is_group { "displayName" } else { "userName" };
        let name = resource.get(attribute)?.as_text()?.to_owned();
        Some(Created { is_group, name })
    }
}

/// What a story needs of the mock, as it is written: `golinks.quirks`, `sign_in`. Nothing for one
/// that suits every server.
pub fn needs_of_mock(script: &Script) -> Vec<String> {
    let settings = &script.setup.golinks;
    let mut needs: Vec<String> = settings
        .chosen()
        .into_iter()
        .filter(|key| !HARMLESS.contains(key))
        .filter(|key| {
            *key != "token"
                || settings
                    .good_tokens()
                    .any(|token| token.chosen().iter().any(|key| *key != "value"))
        })
        .map(|key| format!("golinks.{key}"))
        .collect();
    let actions = script.steps.iter().flat_map(|step| &step.actions);
    needs.extend(actions.filter(|it| it.action.needs_mock()).map(|it| it.action.verb().to_owned()));
    if !script.setup.workspaces.is_empty() {
        needs.push("workspace".to_owned());
    }
    let mut once: Vec<String> = Vec::new();
    for need in needs {
        if !once.contains(&need) {
            once.push(need);
        }
    }
    once
}
