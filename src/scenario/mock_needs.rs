//! What a story needs that only the mock GoLinks has: a quirk, a limit, an account that is edited
//! by hand. At a server that is not ours its expectations cannot be judged.

use super::Override;
use super::play::Play;
use super::script::Script;

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
